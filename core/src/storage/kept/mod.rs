//! The kept snapshot: the verified bank beside `content.db`, to rebuild it from without a network, and to make the next one of.
//!
//! ```text
//! 7.snapshot    the file that a whole snapshot began, and what was new in those after it
//! 9.pieces      what snapshot 9 is made of: stretches of that file
//! 9.head        the signed statement that vouches for it
//! full-9-….part  what came of a packed file before its answer was cut
//! ```

mod incoming;
mod pieces;

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

pub(crate) use incoming::{Incoming, Packed};
use otsupport_wire::snapshot::Piece;
use otsupport_wire::trust::Newest;
use otsupport_wire::{BankVersion, Sha256};
use pieces::{Pieces, Stretches};

use crate::error::Error;

/// The largest zstd window that a full snapshot may ask for, as a power of two: 16 MB of memory.
const WINDOW: u32 = 24;

/// The folder of kept snapshots.
pub(crate) struct Kept {
    folder: PathBuf,
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
            // What came of a packed file is worth going on with.
            if path.extension().is_some_and(|it| it == "part") && !Packed::is_part(&path) {
                incoming::forget(&path)?;
            }
        }
        Ok(Self { folder: folder.to_owned() })
    }

    /// A file to receive a packed one in, with what an earlier run left of it. What came under another digest goes.
    pub(crate) fn receive(&self, packed: Packed, newest: &Newest) -> Result<Incoming, Error> {
        let ours = format!("-{}.part", newest.sha256);
        self.forget_parts(|name| !name.ends_with(&ours))?;
        if let Some(incoming) = Incoming::resume(self.folder.join(packed.part(newest)))? {
            return Ok(incoming);
        }
        let path = self.part();
        let file = locked(&path)?;
        Ok(Incoming::passing(path, file))
    }

    /// Removes what came of packed files: the snapshot that they led to is kept.
    pub(crate) fn forget_incoming(&self) -> Result<(), Error> {
        self.forget_parts(|_| true)
    }

    fn forget_parts(&self, goes: impl Fn(&str) -> bool) -> Result<(), Error> {
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if Packed::is_part(&entry.path()) && goes(&entry.file_name().to_string_lossy()) {
                incoming::forget(&entry.path())?;
            }
        }
        Ok(())
    }

    /// Unpacks the full snapshot that was received, checks that it is `newest`, and keeps it.
    pub(crate) fn keep(&self, incoming: &mut Incoming, newest: &Newest) -> Result<(), Unpacking> {
        let mut decoder = zstd::Decoder::new(incoming.packed()?)?;
        decoder.window_log_max(WINDOW)?;
        self.keep_read(decoder, newest)
    }

    /// Keeps a snapshot that was found to be `newest`.
    pub(crate) fn keep_bytes(&self, snapshot: &[u8], newest: &Newest) -> Result<(), Unpacking> {
        self.keep_read(snapshot, newest)
    }

    /// Keeps the snapshot that follows that of `base`, made of these pieces.
    pub(crate) fn keep_next(
        &self,
        base: BankVersion,
        pieces: &[Piece],
        new: &[u8],
        newest: &Newest,
    ) -> Result<(), Unpacking> {
        let was = self.pieces(base)?;
        let path = self.path(was.file);
        let mut file = File::options().append(true).open(&path)?;
        // Another program may be putting something there too. Where files cannot be locked, one app has the folder alone.
        match file.lock() {
            Err(error) if error.kind() != io::ErrorKind::Unsupported => return Err(error.into()),
            _ => {}
        }
        // Without a list of its own, the one before would be all of the file, with what is put there now.
        if !self.pieces_path(base).exists() {
            self.keep_text(&self.pieces_path(base), was.write().as_bytes())?;
        }
        let end = file.seek(SeekFrom::End(0))?;
        let Some((next, added)) = was.next(pieces, end) else { return self.keep_read(new, newest) };
        for at in added {
            file.write_all(&new[at])?;
        }
        file.sync_data()?;
        self.keep_text(&self.pieces_path(newest.version), next.write().as_bytes())?;
        Ok(())
    }

    /// Whether the snapshot of `version` lies here. Whether it is whole is told by its digest.
    pub(crate) fn has(&self, version: BankVersion) -> bool {
        self.pieces(version).is_ok_and(|it| self.path(it.file).is_file())
    }

    fn keep_read(&self, snapshot: impl Read, newest: &Newest) -> Result<(), Unpacking> {
        let path = self.part();
        let kept = write_as_signed(snapshot, newest, &path)
            .and_then(|()| Ok(fs::rename(&path, self.path(newest.version))?));
        if kept.is_err() {
            let _ = fs::remove_file(&path);
        }
        kept?;
        let whole = Pieces::whole(newest.version, newest.length);
        Ok(self.keep_text(&self.pieces_path(newest.version), whole.write().as_bytes())?)
    }

    /// Keeps the head that vouches for the snapshot of `version`.
    pub(crate) fn keep_head(&self, version: BankVersion, head: &[u8]) -> Result<(), Error> {
        let path = self.head_path(version);
        // As for the floor: what is here already is not written again.
        if fs::read(&path).is_ok_and(|it| it == head) {
            return Ok(());
        }
        Ok(self.keep_text(&path, head)?)
    }

    /// Keeps a small file: the old one or the new one is there, whole.
    fn keep_text(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let part = self.part();
        let mut file = locked(&part)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(part, path)
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
    ) -> Result<Option<BufReader<Stretches>>, Error> {
        let mut file = match self.snapshot(version) {
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

    /// The kept snapshot of `version`, whatever its bytes are. It is that of `newest` if [`Self::keep`] or [`Self::keep_next`] has just
    /// kept it.
    pub(crate) fn snapshot(&self, version: BankVersion) -> io::Result<BufReader<Stretches>> {
        let pieces = self.pieces(version)?;
        let path = self.path(pieces.file);
        Ok(BufReader::with_capacity(64 * 1024, pieces.open(&path)?))
    }

    /// The same in memory.
    pub(crate) fn bytes(&self, version: BankVersion) -> io::Result<Vec<u8>> {
        let pieces = self.pieces(version)?;
        let path = self.path(pieces.file);
        let length = pieces.length().min(fs::metadata(&path)?.len());
        let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
        pieces.open(&path)?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Removes all but the snapshot of `version`.
    pub(crate) fn forget_others(&self, version: BankVersion) -> Result<(), Error> {
        for path in self.others(version)? {
            fs::remove_file(path)?;
        }
        self.forget_incoming()
    }

    /// Does it if a kill came before it was done. Only what is whole takes the place of what was before.
    pub(crate) fn tidy(&self, newest: &Newest) -> Result<(), Error> {
        if !self.has(newest.version) {
            return Ok(());
        }
        let is_alone = self.others(newest.version)?.is_empty();
        if !is_alone && self.read(newest.version, newest.sha256)?.is_none() {
            return Ok(());
        }
        self.forget_others(newest.version)
    }

    /// The files of all snapshots but that of `version`.
    fn others(&self, version: BankVersion) -> Result<Vec<PathBuf>, Error> {
        let stays =
            [self.path(self.pieces(version)?.file), self.pieces_path(version), self.head_path(version)];
        let mut others = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            let is_one =
                path.extension().is_some_and(|it| it == "snapshot" || it == "pieces" || it == "head");
            if is_one && !stays.contains(&path) {
                others.push(path);
            }
        }
        Ok(others)
    }

    /// What the snapshot of `version` is made of. Without a list it is a file of its own.
    fn pieces(&self, version: BankVersion) -> io::Result<Pieces> {
        match fs::read(self.pieces_path(version)) {
            // A damaged list is as good as none, and the file may hold more than it began with.
            Ok(list) => std::str::from_utf8(&list)
                .ok()
                .and_then(Pieces::parse)
                .ok_or_else(|| io::Error::from(io::ErrorKind::NotFound)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Ok(Pieces::whole(version, fs::metadata(self.path(version))?.len()))
            }
            Err(error) => Err(error),
        }
    }

    /// How many bytes the kept snapshots take.
    pub(crate) fn size(&self) -> Result<u64, Error> {
        let mut bytes = 0;
        for entry in fs::read_dir(&self.folder)? {
            bytes += entry?.metadata()?.len();
        }
        Ok(bytes)
    }

    fn path(&self, version: BankVersion) -> PathBuf {
        self.folder.join(format!("{version}.snapshot"))
    }

    fn pieces_path(&self, version: BankVersion) -> PathBuf {
        self.folder.join(format!("{version}.pieces"))
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
    let file = File::options().read(true).write(true).create_new(true).open(path)?;
    match file.lock() {
        // Android's standard library has no locks.
        Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(file),
        locked => locked.map(|()| file),
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
