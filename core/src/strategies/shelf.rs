//! The shelf: what the family saved, in their order.

use chrono::{DateTime, Utc};
use otsupport_wire::ItemId;
use otsupport_wire::snapshot::{Item, ReviewStatus};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::change::changes;
use super::currency::Freshness;
use super::ids::RowId;
use super::list::List;
use super::show::item;
use super::view::{Currency, SavedItem};
use crate::error::Error;
use crate::storage::{FamilyReading, FamilyRecord, FamilyStore, FamilyWriting, Reading, Table, random};

/// A row of the shelf. The item as it was when the family saved it stands beside it, since it is large and seldom needed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Shelved {
    id: RowId,
    pub(crate) item: ItemId,
    pub(crate) saved_at: DateTime<Utc>,
}

impl Shelved {
    pub(crate) fn new(id: RowId, item: ItemId, saved_at: DateTime<Utc>) -> Self {
        Self { id, item, saved_at }
    }

    /// The item as it was when the family saved it; `None` if the copy does not open any more.
    pub(crate) fn seen(&self, reading: &FamilyReading<'_>) -> Result<Option<Item>, Error> {
        let seen = reading.seen(self.id.as_str())?;
        Ok(seen.and_then(|it| serde_json::from_slice(&it).ok()))
    }

    /// The same with another instant.
    pub(crate) fn at(self, saved_at: DateTime<Utc>) -> Self {
        Self { saved_at, ..self }
    }
}

impl FamilyRecord for Shelved {
    const TABLE: Table = Table::Shelf;

    fn id(&self) -> &str {
        self.id.as_str()
    }
}

/// The item as it was when it was saved, and when that was.
pub(super) struct Saved {
    pub(super) saved_at: DateTime<Utc>,
    pub(super) seen: Item,
}

impl Saved {
    /// Whether the item is on the shelf, and the copy of it if that still opens.
    pub(super) fn read(family: &FamilyStore, id: &ItemId) -> Result<Option<Option<Self>>, Error> {
        let found = family.read(|reading| {
            let shelf: Vec<Shelved> = reading.all()?;
            let Some(shelved) = shelf.into_iter().find(|it| it.item == *id) else { return Ok(None) };
            let seen = shelved.seen(reading)?;
            Ok(Some(seen.map(|seen| Self { saved_at: shelved.saved_at, seen })))
        });
        match found {
            // What is locked is not known to be saved, and the item is read all the same.
            Err(Error::Locked(_)) => Ok(None),
            other => other,
        }
    }
}

/// Saves the items, all or none.
pub(crate) fn save(
    bank: &Reading<'_>,
    family: &FamilyStore,
    ids: &[ItemId],
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let items = savable(bank, ids)?;
    family.write(|writing| items.iter().try_for_each(|(item, row)| put(writing, item, row, now)))
}

/// The items as they are today, each with an id for its row. What is withdrawn may keep its place on the shelf; it is not put
/// there.
pub(super) fn savable(bank: &Reading<'_>, ids: &[ItemId]) -> Result<Vec<(Item, RowId)>, Error> {
    ids.iter()
        .map(|id| {
            let (_, today) = item(bank, id)?.ok_or_else(|| Error::NotFound(id.to_string()))?;
            match today.review.status {
                ReviewStatus::Withdrawn { .. } => Err(Error::Invalid("withdrawn")),
                _ => Ok((today, RowId::from_random(random()?))),
            }
        })
        .collect()
}

/// Saves one item. One that was saved takes its text of today as seen and keeps its place.
pub(super) fn put(
    writing: &FamilyWriting<'_>,
    today: &Item,
    row: &RowId,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let before = writing.all::<Shelved>()?.into_iter().find(|it| it.item == today.id);
    let shelved = before.unwrap_or_else(|| Shelved::new(row.clone(), today.id.clone(), now)).at(now);
    put_copy(writing, &shelved, Some(today))
}

/// Keeps a row of the shelf with its copy, if there is one.
pub(crate) fn put_copy(
    writing: &FamilyWriting<'_>,
    shelved: &Shelved,
    seen: Option<&Item>,
) -> Result<(), Error> {
    writing.put(shelved)?;
    let Some(seen) = seen else { return Ok(()) };
    writing.put_seen(shelved.id(), &Zeroizing::new(serde_json::to_vec(seen)?))
}

/// Takes items off the shelf, and off every list.
pub(crate) fn unsave(family: &FamilyStore, ids: &[ItemId], now: DateTime<Utc>) -> Result<(), Error> {
    family.write(|writing| {
        for shelved in writing.all::<Shelved>()?.iter().filter(|it| ids.contains(&it.item)) {
            writing.remove::<Shelved>(shelved.id())?;
        }
        for mut list in writing.all::<List>()? {
            let before = list.items.len();
            list.items.retain(|it| !ids.contains(it));
            if list.items.len() < before {
                list.changed_at = now;
                writing.put(&list)?;
            }
        }
        Ok(())
    })
}

/// Puts these items first on the shelf, in this order; the others follow in theirs.
pub(crate) fn arrange(family: &FamilyStore, ids: &[ItemId]) -> Result<(), Error> {
    family.write(|writing| {
        let shelf: Vec<Shelved> = writing.all()?;
        let row = |id: &ItemId| shelf.iter().find(|it| it.item == *id).map(FamilyRecord::id);
        let mut first = Vec::new();
        for id in ids {
            let row = row(id).ok_or_else(|| Error::NotFound(id.to_string()))?;
            if !first.contains(&row) {
                first.push(row);
            }
        }
        writing.arrange::<Shelved>(&first)
    })
}

/// The saved items in the family's order.
pub(crate) fn saved(
    bank: &Reading<'_>,
    family: &FamilyStore,
    freshness: &Freshness,
) -> Result<Vec<SavedItem>, Error> {
    let rows: Vec<(Shelved, Option<Item>)> = family.read(|reading| {
        let shelf: Vec<Shelved> = reading.all()?;
        shelf.into_iter().map(|it| Ok((it.clone(), it.seen(reading)?))).collect()
    })?;
    rows.into_iter()
        .map(|(Shelved { item: id, saved_at, .. }, seen)| {
            let now = item(bank, &id)?.map(|(_, now)| now);
            let title = now.as_ref().or(seen.as_ref()).map_or_else(|| id.to_string(), |it| it.title.clone());
            // A copy that does not open any more costs the comparison, not the place.
            let saved = seen.map(|seen| Saved { saved_at, seen });
            let changed =
                saved.as_ref().zip(now.as_ref()).is_some_and(|(saved, now)| changes(saved, now).is_some());
            Ok(SavedItem {
                title,
                id,
                saved_at,
                changed,
                listed: now.is_some(),
                currency: now.as_ref().map_or(Currency::NotChecked, |it| freshness.of(&it.review.status)),
                review: now.map(|it| it.review),
            })
        })
        .collect()
}
