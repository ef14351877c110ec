//! A content folder small enough to know every line of, and edits to it as data.

use std::fs;
use std::path::Path;

use crate::site::{Publisher, copy};

/// One edit of a content folder.
#[derive(Clone, Debug)]
pub enum Edit {
    /// In this file, this text becomes that one.
    Swap(&'static str, &'static str, &'static str),
    /// This file holds these bytes.
    Write(&'static str, Vec<u8>),
    /// This file or folder goes.
    Remove(&'static str),
    /// This file is a link to that place.
    Link(&'static str, &'static str),
    /// This file's text becomes a file of that name too.
    Copy(&'static str, &'static str),
}

/// A hub whose content is `fixtures/small`: two strategies, a French variant, a withdrawn strategy, a resource, an event, a
/// line picture and a paper.
///
/// # Errors
/// What the disk reports.
pub fn small() -> Result<Publisher, Box<dyn std::error::Error>> {
    let publisher = Publisher::new()?;
    restore(&publisher)?;
    Ok(publisher)
}

/// Undoes every edit.
///
/// # Errors
/// What the disk reports.
pub fn restore(publisher: &Publisher) -> std::io::Result<()> {
    if publisher.content().exists() {
        fs::remove_dir_all(publisher.content())?;
    }
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/small"), &publisher.content())
}

/// Makes the edits.
///
/// # Errors
/// What the disk reports, and a text to swap that is not there.
pub fn edit(publisher: &Publisher, edits: &[Edit]) -> Result<(), Box<dyn std::error::Error>> {
    let place = |file: &str| publisher.content().join(file);
    let room = |file: &str| place(file).parent().map_or(Ok(()), fs::create_dir_all);
    for edit in edits {
        match edit {
            Edit::Swap(file, from, to) => publisher.edit(file, from, to)?,
            Edit::Write(file, bytes) => {
                room(file)?;
                fs::write(place(file), bytes)?;
            }
            Edit::Remove(file) if place(file).is_dir() => fs::remove_dir_all(place(file))?,
            Edit::Remove(file) => fs::remove_file(place(file))?,
            #[cfg(unix)]
            Edit::Link(file, to) => std::os::unix::fs::symlink(to, place(file))?,
            #[cfg(not(unix))]
            Edit::Link(..) => return Err("no links on this system".into()),
            Edit::Copy(from, to) => {
                room(to)?;
                fs::copy(place(from), place(to))?;
            }
        }
    }
    Ok(())
}
