//! Notices: what a family is told once, whatever happens in between.
//!
//! A notice is the mark that it was made. It is found by comparing what the family keeps with the bank, and stored in one transaction
//! of the family's database; so a kill at any point gives it once.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use otsupport_wire::enquiry::EnquiryId;
use otsupport_wire::{ItemId, Sha256};
use serde::{Deserialize, Serialize};

use super::planner::{Difference, Found, NotificationKind, Told};
use crate::enquiries::{Enquiry, is_still_so};
use crate::error::Error;
use crate::storage::{FamilyReading, FamilyRecord, FamilyStore, Reading, Table};
use crate::strategies::{Plan, RowId, Shelved, is_withdrawn};

/// Something that the family is told once. What it says on a locked screen names nothing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Notice {
    /// Its row.
    pub(crate) id: RowId,
    /// What it is about.
    pub kind: NotificationKind,
    /// The items that it is about.
    #[serde(default)]
    pub items: Vec<ItemId>,
    /// The event that it is about.
    #[serde(default)]
    pub event: Option<EventNotice>,
    /// The enquiry that it is about.
    #[serde(default)]
    pub enquiry: Option<EnquiryId>,
    /// The instant at which it was found, UTC.
    pub at: DateTime<Utc>,
}

/// What became of an event.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct EventNotice {
    /// Its UID.
    pub uid: String,
    /// What it was called.
    pub title: String,
    /// What became of which of its dates; none for a new event.
    pub differences: Vec<Difference>,
    /// What the notice should come before, UTC.
    pub before: Option<DateTime<Utc>>,
    /// Until when it is of use, UTC.
    pub until: DateTime<Utc>,
}

impl Notice {
    /// A notice of what became of an event.
    pub(super) fn of_event(id: RowId, uid: &str, title: &str, found: Found, at: DateTime<Utc>) -> Self {
        let Found { kind, differences, before, until } = found;
        let event = EventNotice { uid: uid.to_owned(), title: title.to_owned(), differences, before, until };
        Self { id, kind, items: Vec::new(), event: Some(event), enquiry: None, at }
    }

    /// A notice of an enquiry, for an instant that may lie ahead. The same of the same enquiry is one notice, whenever it is made.
    pub(crate) fn of_enquiry(
        kind: NotificationKind,
        enquiry: EnquiryId,
        what: &str,
        at: DateTime<Utc>,
    ) -> Self {
        let name = Sha256::of(format!("{what} {enquiry}").as_bytes());
        let mut id = [0; 16];
        id.copy_from_slice(&name.as_bytes()[..16]);
        Self { id: RowId::from_random(id), kind, items: Vec::new(), event: None, enquiry: Some(enquiry), at }
    }

    /// Whether it is of use still: until what it tells of is over, or for two weeks.
    pub(super) fn is_of_use(&self, now: DateTime<Utc>) -> bool {
        let until = self.event.as_ref().map_or(self.at + TimeDelta::days(14), |it| it.until);
        now < until
    }

    /// As the plan takes it.
    pub(super) fn told(&self) -> Told {
        let event = self.event.as_ref();
        Told {
            id: self.id.to_string(),
            kind: self.kind,
            uid: event.map(|it| it.uid.clone()),
            occurrence: event.and_then(|it| Some(it.differences.first()?.occurrence)),
            title: event.map(|it| it.title.clone()).unwrap_or_default(),
            at: self.at,
            before: event.and_then(|it| it.before),
        }
    }
}

impl FamilyRecord for Notice {
    const TABLE: Table = Table::Notices;

    fn id(&self) -> &str {
        self.id.as_str()
    }
}

/// The notices whose time has come and that are still so, in the order in which they were made.
pub(crate) fn notices(family: &FamilyStore, now: DateTime<Utc>) -> Result<Vec<Notice>, Error> {
    family.read(|reading| {
        let (mut notices, enquiries): (Vec<Notice>, Vec<Enquiry>) = (reading.all()?, reading.all()?);
        notices.retain(|it| it.enquiry.is_none() || (it.at <= now && is_still_so(it, &enquiries)));
        Ok(notices)
    })
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
        writing.put(&Notice {
            id: row.clone(),
            kind: NotificationKind::Recall,
            items,
            event: None,
            enquiry: None,
            at: now,
        })
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
