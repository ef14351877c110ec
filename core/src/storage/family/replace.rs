//! A new database in place of one that is damaged or locked. The old one is kept beside it, whole, under another name.
//!
//! The new one is filled under the name `family.db.new` first. Then the old one moves away, its log after it, and the new one
//! takes its place. A kill between any two of these is told by what is there, and [`finish`] goes on.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::open_writer;
use crate::error::Error;
use crate::storage::open::alone_with_names;

/// Why a database is set aside.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Aside {
    /// Parts of it cannot be read.
    Damaged,
    /// Its key was lost.
    Locked,
}

impl Aside {
    const ALL: [Self; 2] = [Self::Damaged, Self::Locked];

    fn word(self) -> &'static str {
        match self {
            Self::Damaged => "damaged",
            Self::Locked => "locked",
        }
    }
}

/// What SQLite keeps beside a database.
const COMPANIONS: [&str; 2] = ["-wal", "-shm"];

/// Fills a new database and puts it in the place of the one at `path`. Gives the old one's new name.
pub(super) fn with(
    path: &Path,
    why: Aside,
    fill: impl FnOnce(&mut Connection) -> Result<(), Error>,
) -> Result<PathBuf, Error> {
    let new = named(path, ".new");
    remove_database(&new)?;
    let mut writer = open_writer(&new)?;
    fill(&mut writer)?;
    // Closing folds the log in: from here on the new database is one file.
    writer.close().map_err(|(_, error)| error)?;
    let aside = (1..u32::MAX)
        .map(|number| named(path, &format!(".{}-{number}", why.word())))
        .find(|it| !it.exists())
        .ok_or(Error::Internal("no free name"))?;
    let _names = alone_with_names();
    move_away(path, &aside)?;
    fs::rename(&new, path)?;
    Ok(aside)
}

/// Held while one program replaces a database on purpose. Where files cannot be locked, one app has the folder alone.
pub(super) fn alone(path: &Path) -> Result<fs::File, Error> {
    let file = fs::File::create(path.with_extension("lock"))?;
    match file.try_lock() {
        Err(fs::TryLockError::WouldBlock) => Err(Error::Busy),
        Err(fs::TryLockError::Error(error)) if error.kind() != io::ErrorKind::Unsupported => {
            Err(error.into())
        }
        _ => Ok(file),
    }
}

/// Ends a replacement that was cut short between moving the old one away and putting the new one in its place.
pub(super) fn finish(path: &Path) -> Result<(), Error> {
    let new = named(path, ".new");
    if !new.exists() {
        return Ok(());
    }
    // Whoever is replacing it just now ends it.
    let _alone = alone(path)?;
    let _names = alone_with_names();
    if path.exists() {
        // Filled, or half filled, and not needed: the old one was never moved.
        return remove_database(&new);
    }
    // The log that stayed belongs to the one that moved last.
    let newest = aside(path)?.into_iter().max_by_key(|it| {
        fs::metadata(it).and_then(|it| it.modified()).map_or(std::time::SystemTime::UNIX_EPOCH, |it| it)
    });
    if let Some(newest) = newest {
        move_companions(path, &newest)?;
    }
    rename(&new, path)
}

/// The databases that were set aside.
pub(super) fn aside(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let companion =
        |it: &Path| COMPANIONS.iter().any(|end| it.as_os_str().as_encoded_bytes().ends_with(end.as_bytes()));
    let mut found = beside(path)?;
    found.retain(|it| !companion(it));
    found.sort();
    Ok(found)
}

/// Removes the databases that were set aside, with what lies beside them.
pub(super) fn remove_aside(path: &Path) -> Result<(), Error> {
    for file in beside(path)? {
        gone_is_fine(fs::remove_file(file))?;
    }
    gone_is_fine(fs::remove_file(path.with_extension("lock")))?;
    remove_database(&named(path, ".new"))
}

/// Every file that belongs to a database that was set aside. The folder is read: somebody may have moved one of them, and
/// what follows a gap in the numbers is a family's too.
fn beside(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return Ok(Vec::new()) };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let begins = |why: &Aside| [name.as_encoded_bytes(), format!(".{}-", why.word()).as_bytes()].concat();
    let beginnings: Vec<Vec<u8>> = Aside::ALL.iter().map(begins).collect();
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let file = entry.file_name();
        if beginnings.iter().any(|it| file.as_encoded_bytes().starts_with(it)) {
            found.push(folder.join(file));
        }
    }
    Ok(found)
}

fn move_away(path: &Path, aside: &Path) -> Result<(), Error> {
    rename(path, aside)?;
    move_companions(path, aside)
}

fn move_companions(path: &Path, aside: &Path) -> Result<(), Error> {
    for suffix in COMPANIONS {
        rename(&named(path, suffix), &named(aside, suffix))?;
    }
    Ok(())
}

fn rename(from: &Path, to: &Path) -> Result<(), Error> {
    gone_is_fine(fs::rename(from, to))
}

fn remove_database(path: &Path) -> Result<(), Error> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        gone_is_fine(fs::remove_file(named(path, suffix)))?;
    }
    Ok(())
}

fn gone_is_fine(done: io::Result<()>) -> Result<(), Error> {
    match done {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

fn named(path: &Path, suffix: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
