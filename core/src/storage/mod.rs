//! SQLite: `content.db` holds what the hub published and can be rebuilt; `family.db` holds what the family made and is
//! the only copy in the world.

mod access;
mod content;
mod family;
mod kept;
mod media;
mod open;
mod safety_copy;
mod seal;

pub(crate) use access::{Reading, Writing};
pub(crate) use content::{
    Bank, Changing, Checked, ContentStore, Failing, Loading, Travelled, audience_bit, recall, setting_bit,
};
pub use family::Locked;
pub(crate) use family::{
    FamilyReading, FamilyRecord, FamilyStore, FamilyWriting, Floor, SafetyCopyState, Table,
};
pub(crate) use kept::{Incoming, Kept, Packed, Unpacking};
pub(crate) use media::{
    Blob, Held, MediaStore, OverBudget, Part, Saved, Wanted, blob_of, named, named_by, room_for,
    smallest_first, too_much, total, wanted,
};
pub use safety_copy::{CopyDue, Holdings, LARGEST_COPY, PASSPHRASE_LEAST, is_sealed};
pub(crate) use safety_copy::{
    Waiting, copy_due, holdings, import, kept, last_kept, plain, seal as seal_copy, unreadable,
};
pub use seal::FamilyKey;
pub(crate) use seal::random;

use serde::Serialize;

/// What the hub takes on this phone, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct StorageReport {
    /// The bank's database, with its search index, and the table that tells what words mean.
    pub content: u64,
    /// The kept snapshot that the database can be rebuilt from.
    pub snapshot: u64,
    /// What the family made.
    pub family: u64,
    /// Sound, photographs and papers, with those that are only begun.
    pub media: u64,
    /// How much of that belongs to saved items: it stays. 0 while what the family made does not open.
    pub media_saved: u64,
    /// The most that media may take, by the family's choice.
    pub media_budget: u64,
    /// Files that were set aside: damaged ones, and ones whose key was lost.
    pub aside: u64,
    /// All of it.
    pub total: u64,
    /// Which bank is here; 0 if none.
    pub version: u64,
    /// How many strategies and resources it holds.
    pub items: u32,
    /// Whether the bank holds parts that only a newer app understands.
    pub newer_app_needed: bool,
    /// Why what the family made does not open; absent if it does.
    pub locked: Option<Locked>,
    /// Rows of the family that do not open although the key is right: a damaged disk, most likely.
    pub unreadable: u32,
    /// When a safety copy was last kept.
    pub copy_kept_at: Option<chrono::DateTime<chrono::Utc>>,
    /// What travelled this month over links that are paid for by the byte.
    pub metered_this_month: u64,
    /// What travelled this month over other links.
    pub unmetered_this_month: u64,
    /// When the hub last confirmed this bank.
    pub checked_at: Option<chrono::DateTime<chrono::Utc>>,
}
