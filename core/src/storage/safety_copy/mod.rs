//! Everything that the family made, as one file: sealed with a passphrase, or plain. And back again, without loss.

mod document;
mod due;
mod merge;
mod sealed;

use chrono::{DateTime, Utc};
use serde::Serialize;
use zeroize::Zeroizing;

use document::FamilyDocument;
pub(crate) use document::Waiting;
pub use due::CopyDue;
pub(crate) use due::copy_due;
pub use sealed::PASSPHRASE_LEAST;

use super::family::FamilyStore;
use crate::error::Error;

/// The largest file that is read back: a hundred years of a family's notes are a tenth of it.
pub const LARGEST_COPY: usize = 64 << 20;

/// How much the family made: what a file holds, or what will be lost.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Holdings {
    /// Children and classes.
    pub profiles: usize,
    /// Saved items.
    pub saved: usize,
    /// Named lists.
    pub lists: usize,
    /// Plans.
    pub plans: usize,
    /// Lines of the log.
    pub entries: usize,
    /// Those of them that have a note.
    pub notes: usize,
    /// Enquiries that have not been sent yet.
    pub waiting: usize,
    /// Enquiries that were sent and not answered yet.
    pub unanswered: usize,
    /// Enquiries, drafts and answered ones among them.
    pub enquiries: usize,
    /// Events that the family follows.
    pub followed: usize,
    /// What the family looks out for.
    pub lookouts: usize,
}

impl Holdings {
    /// Whether there is nothing at all.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// How much the family made.
pub(crate) fn holdings(family: &FamilyStore) -> Result<Holdings, Error> {
    Ok(FamilyDocument::read(family)?.holdings())
}

/// Everything as the documented JSON. The same data gives the same bytes.
pub(crate) fn plain(family: &FamilyStore) -> Result<Zeroizing<Vec<u8>>, Error> {
    FamilyDocument::read(family)?.to_json()
}

/// Everything, sealed.
pub(crate) fn seal(family: &FamilyStore, passphrase: &str) -> Result<Vec<u8>, Error> {
    sealed::seal(&plain(family)?, passphrase)
}

/// Whether these bytes are sealed: then a passphrase is needed.
pub fn is_sealed(file: &[u8]) -> bool {
    sealed::is_sealed(file)
}

/// Brings back what `file` holds, all or nothing, and says how much of it was new here.
pub(crate) fn import(family: &FamilyStore, file: &[u8], passphrase: Option<&str>) -> Result<Holdings, Error> {
    if file.len() > LARGEST_COPY {
        return Err(Error::Invalid("copy-size"));
    }
    let opened;
    let json = if is_sealed(file) {
        let passphrase = passphrase.ok_or(Error::Invalid("passphrase-missing"))?;
        opened = sealed::open(file, passphrase)?;
        opened.as_slice()
    } else {
        file
    };
    FamilyDocument::from_json(json)?.bring_back(family)
}

/// Notes that a safety copy was kept: it holds all that was written up to now.
pub(crate) fn kept(family: &FamilyStore, now: DateTime<Utc>) -> Result<(), Error> {
    family.write(|writing| {
        let before = writing.safety_copy()?;
        writing.set_safety_copy(super::SafetyCopyState {
            made_at: Some(now.timestamp_millis()),
            entries: 0,
            ..before
        })
    })
}

/// When the last safety copy was kept.
pub(crate) fn last_kept(family: &FamilyStore) -> Result<Option<DateTime<Utc>>, Error> {
    let state = family.read(|reading| reading.safety_copy())?;
    Ok(state.made_at.and_then(DateTime::from_timestamp_millis))
}

/// How many rows do not open although the key is right.
pub(crate) fn unreadable(family: &FamilyStore) -> Result<u32, Error> {
    family.read(|reading| reading.unreadable())
}
