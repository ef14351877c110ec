//! Notices: what a family is told once, whatever happens in between.
//!
//! A notice is the mark that it was made. It is found by comparing what the family keeps with the bank, and stored in one transaction
//! of the family's database; so a kill at any point gives it once.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use otsupport_wire::ItemId;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::storage::{FamilyReading, FamilyRecord, FamilyStore, Reading, Table};
use crate::strategies::{Plan, RowId, Shelved, is_withdrawn};

/// What a notice is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// Something that the family saved or plans was withdrawn.
    Recall,
}

/// Something that the family is told once. What it says on a locked screen names no item.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Notice {
    /// Its row.
    pub(crate) id: RowId,
    /// What it is about.
    pub kind: NoticeKind,
    /// The items that it is about.
    pub items: Vec<ItemId>,
    /// The instant at which it was found, UTC.
    pub at: DateTime<Utc>,
}

impl FamilyRecord for Notice {
    const TABLE: Table = Table::Notices;

    fn id(&self) -> &str {
        self.id.as_str()
    }
}

/// The notices, in the order in which they were made.
pub(crate) fn notices(family: &FamilyStore) -> Result<Vec<Notice>, Error> {
    family.read(|reading| reading.all())
}

/// Stores one notice of everything that was withdrawn, and that the family saved or plans, and that no notice tells of yet.
pub(crate) fn note_recalls(
    bank: &Reading<'_>,
    family: &FamilyStore,
    row: &RowId,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    // Seldom is there anything to write, and reading holds nobody up.
    if family.read(|reading| untold(bank, reading))?.is_empty() {
        return Ok(());
    }
    family.write(|writing| {
        let items = untold(bank, &writing.reading())?;
        if items.is_empty() {
            return Ok(());
        }
        writing.put(&Notice { id: row.clone(), kind: NoticeKind::Recall, items, at: now })
    })
}

fn untold(bank: &Reading<'_>, reading: &FamilyReading<'_>) -> Result<Vec<ItemId>, Error> {
    let notices: Vec<Notice> = reading.all()?;
    let told: BTreeSet<ItemId> = notices.into_iter().flat_map(|it| it.items).collect();
    let saved = reading.all::<Shelved>()?.into_iter().map(|it| it.item);
    let planned = reading.all::<Plan>()?.into_iter().map(|it| it.trial.item);
    let kept: BTreeSet<ItemId> = saved.chain(planned).filter(|it| !told.contains(it)).collect();
    let mut untold = Vec::new();
    for id in kept {
        if is_withdrawn(bank, &id)? {
            untold.push(id);
        }
    }
    Ok(untold)
}
