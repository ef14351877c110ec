//! Sound, photographs and papers of the bank: files named by their SHA-256, in a folder beside `content.db`.
//!
//! What is here is told by the file system: `<sha256>` is whole and was verified, `<sha256>.part` is begun, `<sha256>.tag` is the tag
//! that its beginning came with. When a file was last used is its time of modification: losing that costs an order, nothing else.

mod claim;
mod named;
mod part;
mod room;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use otsupport_wire::Sha256;

pub(crate) use self::claim::Claim;
use self::claim::Claims;
pub(crate) use self::named::{blob_of, named, named_by};
pub(crate) use self::part::Part;
pub(crate) use self::room::{OverBudget, Saved, Wanted, room_for, smallest_first, too_much, total, wanted};
use crate::error::Error;

/// A file as the bank names it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Blob {
    pub(crate) sha256: Sha256,
    /// Its signed length.
    pub(crate) bytes: u64,
}

/// A file in the folder.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Held {
    pub(crate) sha256: Sha256,
    /// How many bytes of it are here.
    pub(crate) bytes: u64,
    pub(crate) used_at: SystemTime,
    /// False for one that is only begun.
    pub(crate) whole: bool,
}

/// The folder of media.
pub(crate) struct MediaStore {
    folder: PathBuf,
    claims: Claims,
}

impl MediaStore {
    /// The store in this folder, which is made when the first file comes.
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder, claims: Claims::default() }
    }

    /// Whether the file is here with its signed length. Its digest is looked at when it is opened.
    pub(crate) fn has(&self, blob: &Blob) -> bool {
        fs::metadata(self.whole(blob.sha256)).is_ok_and(|it| it.is_file() && it.len() == blob.bytes)
    }

    /// Where the file is, if its bytes are those that were signed; notes that it was used. A damaged one is removed.
    pub(crate) fn open(&self, blob: &Blob, now: SystemTime) -> Result<Option<PathBuf>, Error> {
        let path = self.whole(blob.sha256);
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        if file.metadata()?.len() != blob.bytes || digest(&mut file)? != blob.sha256 {
            drop(file);
            remove(&path)?;
            return Ok(None);
        }
        // On a disk that nothing can be written to, the order of last use stays as it is.
        let _ = File::options().write(true).open(&path).and_then(|it| it.set_modified(now));
        Ok(Some(path))
    }

    /// Everything in the folder that takes room.
    pub(crate) fn held(&self) -> Result<Vec<Held>, Error> {
        let mut held = Vec::new();
        for (name, path) in self.files()? {
            let Name { sha256, kind } = name;
            if kind == Kind::Tag {
                continue;
            }
            // Another program may have removed it meanwhile.
            let Ok(metadata) = fs::metadata(path) else { continue };
            let used_at = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            held.push(Held { sha256, bytes: metadata.len(), used_at, whole: kind == Kind::Whole });
        }
        Ok(held)
    }

    /// How many bytes of the file are here, whole or begun.
    pub(crate) fn begun(&self, sha256: Sha256) -> u64 {
        fs::metadata(self.part(sha256)).map_or(0, |it| it.len())
    }

    /// Takes the right to fetch this file, once nobody else in this program does.
    pub(crate) async fn claim(&self, sha256: Sha256) -> Claim<'_> {
        self.claims.claim(sha256).await
    }

    /// Opens the begun file, or begins it; `None` while another program writes to it. Whoever calls this holds the claim.
    pub(crate) fn begin(&self, blob: &Blob) -> Result<Option<Part>, Error> {
        make_folder(&self.folder)?;
        let paths = [self.part(blob.sha256), self.tag(blob.sha256), self.whole(blob.sha256)];
        Ok(Part::open(paths, blob)?)
    }

    /// Removes these files, whole and begun, but for those that are being fetched.
    pub(crate) fn remove(&self, files: &[Sha256]) -> Result<(), Error> {
        for sha256 in files {
            let Some(_claim) = self.claims.try_claim(*sha256) else { continue };
            remove(&self.whole(*sha256))?;
            Part::remove([self.part(*sha256), self.tag(*sha256)])?;
        }
        Ok(())
    }

    /// Removes what is not among `named`, and what has grown longer than was signed or is whole and shorter.
    pub(crate) fn keep_only(&self, named: &BTreeSet<Blob>) -> Result<(), Error> {
        let fits = |name: &Name, length: u64| {
            let mut blobs = named.range(Blob { sha256: name.sha256, bytes: 0 }..);
            blobs.next().is_some_and(|it| {
                it.sha256 == name.sha256
                    && match name.kind {
                        Kind::Whole => length == it.bytes,
                        Kind::Part => length <= it.bytes,
                        Kind::Tag => true,
                    }
            })
        };
        for (name, path) in self.files()? {
            let Ok(metadata) = fs::metadata(&path) else { continue };
            if fits(&name, metadata.len()) {
                continue;
            }
            let Some(_claim) = self.claims.try_claim(name.sha256) else { continue };
            match name.kind {
                Kind::Whole => remove(&path)?,
                Kind::Part | Kind::Tag => Part::remove([self.part(name.sha256), self.tag(name.sha256)])?,
            }
        }
        Ok(())
    }

    /// Removes everything: which files a family fetched says something about a child.
    pub(crate) fn clear(&self) -> Result<(), Error> {
        match fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    fn files(&self) -> Result<Vec<(Name, PathBuf)>, Error> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let mut files = Vec::new();
        for entry in entries {
            let entry = entry?;
            // What bears no such name is not ours.
            files.extend(Name::of(&entry.file_name().to_string_lossy()).map(|name| (name, entry.path())));
        }
        Ok(files)
    }

    /// Where the file is if it is here.
    pub(crate) fn whole(&self, sha256: Sha256) -> PathBuf {
        self.folder.join(sha256.to_string())
    }

    fn part(&self, sha256: Sha256) -> PathBuf {
        self.folder.join(format!("{sha256}.part"))
    }

    fn tag(&self, sha256: Sha256) -> PathBuf {
        self.folder.join(format!("{sha256}.tag"))
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Whole,
    Part,
    Tag,
}

struct Name {
    sha256: Sha256,
    kind: Kind,
}

impl Name {
    fn of(name: &str) -> Option<Self> {
        let (sha256, kind) = match name.split_once('.') {
            None => (name, Kind::Whole),
            Some((sha256, "part")) => (sha256, Kind::Part),
            Some((sha256, "tag")) => (sha256, Kind::Tag),
            Some(_) => return None,
        };
        Some(Self { sha256: sha256.parse().ok()?, kind })
    }
}

/// The digest of what is left of a file.
fn digest(file: &mut File) -> io::Result<Sha256> {
    let mut digest = Sha256::hasher();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(digest.finish()),
            read => digest.update(&buffer[..read]),
        }
    }
}

/// Removes a file, if it is there.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Makes the folder, which only its owner can look into: on a phone no other app can anyway.
fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
