//! A begun file: what came of a body so far.

use std::fs::{self, File, TryLockError};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{Blob, digest, remove};
use crate::platform::Sink;

/// Longer tags are not kept; the digest judges without one too.
const LONGEST_TAG: usize = 256;

/// A begun file, locked while it is open. What was written stays when it is dropped.
pub(crate) struct Part {
    part: PathBuf,
    tag_file: PathBuf,
    whole: PathBuf,
    file: File,
    blob: Blob,
    length: u64,
    /// The tag that its beginning came with.
    tag: Option<String>,
    /// How many of its bytes an earlier run left.
    found: u64,
    received: u64,
}

impl Part {
    /// Opens it; `None` while another program has it. The paths are its own, its tag's, and that of the whole file.
    pub(super) fn open([part, tag_file, whole]: [PathBuf; 3], blob: &Blob) -> io::Result<Option<Self>> {
        let mut file = File::options().read(true).write(true).create(true).truncate(false).open(&part)?;
        // It may have been kept or removed by another program before the lock was free.
        if !lock(&file)? || !is_in_place(&file, &part) {
            return Ok(None);
        }
        let mut length = file.seek(SeekFrom::End(0))?;
        if length > blob.bytes {
            file.set_len(0)?;
            length = file.seek(SeekFrom::Start(0))?;
        }
        let tag = fs::read_to_string(&tag_file).ok().filter(|it| length > 0 && it.len() <= LONGEST_TAG);
        Ok(Some(Self { part, tag_file, whole, file, blob: *blob, length, tag, found: length, received: 0 }))
    }

    /// Removes a begun file and its tag, unless another program writes to it.
    pub(super) fn remove([part, tag]: [PathBuf; 2]) -> io::Result<()> {
        match File::open(&part) {
            Ok(file) if !lock(&file)? => return Ok(()),
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        remove(&tag)?;
        remove(&part)
    }

    /// How many bytes are here.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// How many bytes came since it was opened.
    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    /// Whether some of its bytes were left by an earlier run: they may be those of another body.
    pub(crate) fn is_pieced(&self) -> bool {
        self.found > 0
    }

    /// What to ask for.
    pub(crate) fn resume(&self) -> (u64, Option<String>) {
        (self.length, self.tag.clone())
    }

    /// Whether it holds the bytes that were signed.
    pub(crate) fn is_as_signed(&mut self) -> io::Result<bool> {
        if self.length != self.blob.bytes {
            return Ok(false);
        }
        self.file.seek(SeekFrom::Start(0))?;
        Ok(digest(&mut self.file)? == self.blob.sha256)
    }

    /// Keeps what was found to be as signed as the whole file.
    pub(crate) fn keep(&mut self, now: SystemTime) -> io::Result<()> {
        // Where a file system keeps no times, the order of last use is lost, and nothing else.
        let _ = self.file.set_modified(now);
        self.file.sync_all()?;
        fs::rename(&self.part, &self.whole)?;
        remove(&self.tag_file)
    }

    /// Begins anew with nothing.
    pub(crate) fn throw_away(&mut self) -> io::Result<()> {
        self.cut(0)?;
        self.found = 0;
        self.tag = None;
        remove(&self.tag_file)
    }

    /// Gives the disk back what came since it was opened: a family that writes needs the room more.
    pub(crate) fn give_back(&mut self) -> io::Result<()> {
        self.cut(self.found)
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.file.set_len(length)?;
        self.length = self.file.seek(SeekFrom::Start(length))?;
        Ok(())
    }
}

impl Write for Part {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.length += written as u64;
        self.received += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Sink for Part {
    fn begins(&mut self, etag: Option<&str>) -> io::Result<()> {
        self.throw_away()?;
        let Some(tag) = etag.filter(|it| it.len() <= LONGEST_TAG) else { return Ok(()) };
        self.tag = Some(tag.to_owned());
        fs::write(&self.tag_file, tag)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if self.length == 0 && is_in_place(&self.file, &self.part) {
            let _ = remove(&self.tag_file);
            let _ = remove(&self.part);
        }
    }
}

/// Locks the file; false while another program has it. Where files cannot be locked, one app has the folder alone.
fn lock(file: &File) -> io::Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Whether the file still bears this name.
#[cfg(unix)]
fn is_in_place(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let (Ok(ours), Ok(named)) = (file.metadata(), fs::metadata(path)) else { return false };
    (ours.dev(), ours.ino()) == (named.dev(), named.ino())
}

#[cfg(not(unix))]
fn is_in_place(_: &File, path: &Path) -> bool {
    path.exists()
}
