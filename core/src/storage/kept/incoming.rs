//! A packed file on its way: what came of it stays for the next run, so that a cut answer costs nothing twice.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use otsupport_wire::delta;
use otsupport_wire::trust::{Hop, Newest};

use super::Unpacking;
use crate::platform::Sink;

/// Which packed file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Packed {
    /// The whole snapshot.
    Full,
    /// A delta on the way to it.
    Delta(Hop),
}

impl Packed {
    /// The name of what came of it. It bears the digest that was signed: under another one it is worth nothing.
    pub(super) fn part(self, newest: &Newest) -> String {
        let Newest { version, sha256, .. } = newest;
        match self {
            Self::Full => format!("full-{version}-{sha256}.part"),
            Self::Delta(Hop { from, to, .. }) => format!("delta-{from}-{to}-{sha256}.part"),
        }
    }

    /// Whether a file has the name of what came of one.
    pub(super) fn is_part(path: &Path) -> bool {
        let name = path.file_name().and_then(|it| it.to_str()).unwrap_or_default();
        name.ends_with(".part") && (name.starts_with("full-") || name.starts_with("delta-"))
    }
}

/// A packed file being received, locked while it is open.
pub(crate) struct Incoming {
    path: PathBuf,
    file: File,
    /// Whether it is there for the next run too.
    stays: bool,
    length: u64,
    /// How many of its bytes an earlier run left.
    found: u64,
}

impl Incoming {
    /// Goes on with what an earlier run left; `None` while another sync has it.
    pub(super) fn resume(path: PathBuf) -> io::Result<Option<Self>> {
        let mut file = File::options().read(true).write(true).create(true).truncate(false).open(&path)?;
        if !lock(&file)? {
            return Ok(None);
        }
        let length = file.seek(SeekFrom::End(0))?;
        Ok(Some(Self { path, file, stays: true, length, found: length }))
    }

    /// A new file that goes when it is dropped.
    pub(super) fn passing(path: PathBuf, file: File) -> Self {
        Self { path, file, stays: false, length: 0, found: 0 }
    }

    /// How many bytes are here.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Whether some of its bytes were left by an earlier run: they may be those of another body.
    pub(crate) fn is_pieced(&self) -> bool {
        self.found > 0
    }

    /// Begins anew with nothing.
    pub(crate) fn throw_away(&mut self) -> io::Result<()> {
        self.found = 0;
        self.cut(0)
    }

    /// Gives the disk back what came since it was opened: a family that writes needs the room more.
    pub(crate) fn give_back(&mut self) -> io::Result<()> {
        self.cut(self.found)
    }

    /// Unpacks the delta that was received against `old`, to at most so many bytes.
    pub(crate) fn patch(&mut self, old: &[u8], most: u64) -> Result<Vec<u8>, Unpacking> {
        let mut delta = Vec::new();
        self.packed()?.read_to_end(&mut delta)?;
        delta::apply(&delta, old, most).map_err(|_| Unpacking::NotAsSigned)
    }

    /// What was received, from its beginning.
    pub(super) fn packed(&mut self) -> io::Result<&File> {
        self.file.seek(SeekFrom::Start(0))?;
        Ok(&self.file)
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.file.set_len(length)?;
        self.length = self.file.seek(SeekFrom::Start(length))?;
        Ok(())
    }
}

impl Write for Incoming {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Sink for Incoming {
    fn begins(&mut self, _: Option<&str>) -> io::Result<()> {
        self.throw_away()
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if !self.stays || self.length == 0 {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Removes what came of a packed file, unless a sync is under way that has it.
pub(super) fn forget(path: &Path) -> io::Result<()> {
    let gone = |error: io::Error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) };
    match File::open(path) {
        Ok(file) if !lock(&file)? => Ok(()),
        Ok(_) => fs::remove_file(path).or_else(gone),
        Err(error) => gone(error),
    }
}

/// Locks a file; false while another has it. Where files cannot be locked, one app has the folder alone.
pub(super) fn lock(file: &File) -> io::Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
