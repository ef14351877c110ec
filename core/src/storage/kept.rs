//! The kept snapshot: the verified bank as a file beside `content.db`, to rebuild it from without a network.

use std::fs::{self, File, TryLockError};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use otsupport_wire::delta::{self, DeltaError};
use otsupport_wire::trust::Newest;
use otsupport_wire::{BankVersion, Sha256};

use crate::error::Error;
use crate::platform::Sink;

/// The largest zstd window that a full snapshot may ask for, as a power of two: 16 MB of memory.
const WINDOW: u32 = 24;

/// The folder of kept snapshots.
pub(crate) struct Kept {
    folder: PathBuf,
}

/// A packed snapshot being received. Its file goes with it.
pub(crate) struct Incoming {
    path: PathBuf,
    file: File,
}

/// Why a packed snapshot was not kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unpacking {
    /// It does not unpack, or to another length or digest than was signed.
    #[error("not the snapshot that was signed")]
    NotAsSigned,
    /// The file could not be written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Kept {
    /// The folder, made if missing, without what an earlier run left half done.
    pub(crate) fn open(folder: &Path) -> Result<Self, Error> {
        fs::create_dir_all(folder)?;
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            // A part that is locked belongs to a sync under way. Where files cannot be locked, one app has the folder alone.
            if path.extension().is_some_and(|it| it == "part")
                && !matches!(File::open(&path)?.try_lock(), Err(TryLockError::WouldBlock))
            {
                fs::remove_file(path)?;
            }
        }
        Ok(Self { folder: folder.to_owned() })
    }

    /// A file to receive a packed snapshot in.
    pub(crate) fn receive(&self) -> Result<Incoming, Error> {
        let path = self.part();
        let file = locked(&path)?;
        Ok(Incoming { path, file })
    }

    /// Unpacks the full snapshot that was received, checks that it is `newest`, and keeps it.
    pub(crate) fn keep(&self, incoming: &Incoming, newest: &Newest) -> Result<(), Unpacking> {
        let mut decoder = zstd::Decoder::new(File::open(&incoming.path)?)?;
        decoder.window_log_max(WINDOW)?;
        self.keep_read(decoder, newest)
    }

    /// Unpacks the delta that was received against the kept snapshot of `base`, checks that it gives `newest`, and keeps that.
    pub(crate) fn keep_patched(
        &self,
        incoming: &Incoming,
        base: BankVersion,
        newest: &Newest,
    ) -> Result<(), Unpacking> {
        let old = fs::read(self.path(base))?;
        match delta::unpack(File::open(&incoming.path)?, &old) {
            Ok(new) => self.keep_read(new, newest),
            Err(DeltaError::AnotherBase) => Err(Unpacking::NotAsSigned),
            Err(DeltaError::Io(error)) => Err(error.into()),
        }
    }

    /// Whether the snapshot of `version` lies here. Whether it is whole is told by what is made of it.
    pub(crate) fn has(&self, version: BankVersion) -> bool {
        self.path(version).is_file()
    }

    fn keep_read(&self, snapshot: impl Read, newest: &Newest) -> Result<(), Unpacking> {
        let path = self.part();
        let kept = write_as_signed(snapshot, newest, &path)
            .and_then(|()| Ok(fs::rename(&path, self.path(newest.version))?));
        if kept.is_err() {
            let _ = fs::remove_file(&path);
        }
        kept
    }

    /// Keeps the head that vouches for the snapshot of `version`.
    pub(crate) fn keep_head(&self, version: BankVersion, head: &[u8]) -> Result<(), Error> {
        let part = self.part();
        let mut file = locked(&part)?;
        file.write_all(head)?;
        file.sync_all()?;
        Ok(fs::rename(part, self.head_path(version))?)
    }

    /// The heads of all kept snapshots.
    pub(crate) fn heads(&self) -> Result<Vec<Vec<u8>>, Error> {
        let mut heads = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|it| it == "head") {
                heads.push(fs::read(path)?);
            }
        }
        Ok(heads)
    }

    /// The kept snapshot of `version` if its bytes are still those of `sha256`.
    pub(crate) fn read(
        &self,
        version: BankVersion,
        sha256: Sha256,
    ) -> Result<Option<BufReader<File>>, Error> {
        let path = self.path(version);
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let mut digest = Sha256::hasher();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let read = file.read(&mut buffer)?;
            if read == 0 {
                break;
            }
            digest.update(&buffer[..read]);
        }
        Ok(if digest.finish() == sha256 { Some(self.snapshot(version)?) } else { None })
    }

    /// The snapshot that [`Self::keep`] has just checked.
    pub(crate) fn snapshot(&self, version: BankVersion) -> Result<BufReader<File>, Error> {
        Ok(BufReader::with_capacity(64 * 1024, File::open(self.path(version))?))
    }

    /// Removes all but the snapshot of `version`.
    pub(crate) fn forget_others(&self, version: BankVersion) -> Result<(), Error> {
        let stays = [self.path(version), self.head_path(version)];
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if !stays.contains(&path) && path.extension().is_some_and(|it| it == "snapshot" || it == "head") {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    /// How many bytes the kept snapshots take.
    pub(crate) fn bytes(&self) -> Result<u64, Error> {
        let mut bytes = 0;
        for entry in fs::read_dir(&self.folder)? {
            bytes += entry?.metadata()?.len();
        }
        Ok(bytes)
    }

    fn path(&self, version: BankVersion) -> PathBuf {
        self.folder.join(format!("{version}.snapshot"))
    }

    fn head_path(&self, version: BankVersion) -> PathBuf {
        self.folder.join(format!("{version}.head"))
    }

    /// A name that no other run uses at the same time.
    fn part(&self) -> PathBuf {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        self.folder.join(format!("{}-{number}.part", std::process::id()))
    }
}

/// A new file, locked while it is open.
fn locked(path: &Path) -> io::Result<File> {
    let file = File::options().write(true).create_new(true).open(path)?;
    match file.lock() {
        // Android's standard library has no locks.
        Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(file),
        locked => locked.map(|()| file),
    }
}

impl Write for Incoming {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Sink for Incoming {}

impl Drop for Incoming {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Writes what is read to a file, if it has the length and the digest that were signed.
fn write_as_signed(mut snapshot: impl Read, newest: &Newest, to: &Path) -> Result<(), Unpacking> {
    let mut out = locked(to)?;
    let mut digest = Sha256::hasher();
    let mut buffer = vec![0; 64 * 1024];
    let mut length = 0u64;
    loop {
        let read = snapshot.read(&mut buffer).map_err(|_| Unpacking::NotAsSigned)?;
        if read == 0 {
            break;
        }
        length += read as u64;
        // What unpacks to more than was signed is not looked at any further.
        if length > newest.length {
            return Err(Unpacking::NotAsSigned);
        }
        digest.update(&buffer[..read]);
        out.write_all(&buffer[..read])?;
    }
    if length != newest.length || digest.finish() != newest.sha256 {
        return Err(Unpacking::NotAsSigned);
    }
    out.sync_all()?;
    Ok(())
}
