//! The shelf: what the family saved, in their order.

use chrono::{DateTime, Utc};
use otsupport_wire::ItemId;
use otsupport_wire::snapshot::{Item, ReviewStatus};
use rusqlite::{OptionalExtension, params};

use super::change::changes;
use super::currency::Freshness;
use super::show::item;
use super::view::{Currency, SavedItem};
use crate::error::Error;
use crate::storage::{FamilyStore, Reading};

/// A row of the shelf: the item as it was when the family saved it.
pub(crate) struct Saved {
    pub(super) saved_at: DateTime<Utc>,
    pub(super) seen: Item,
}

type Row = (String, i64, Vec<u8>);

impl Saved {
    /// Whether the item is on the shelf, and the copy of it if that still opens.
    pub(super) fn read(family: &FamilyStore, id: &ItemId) -> Result<Option<Option<Self>>, Error> {
        let row: Option<Row> = family.read(|reading| {
            Ok(reading
                .prepare_cached("SELECT item, saved_at, seen FROM saved WHERE item = ?1")?
                .query_row([id.as_str()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
                .optional()?)
        })?;
        Ok(row.map(|row| Self::open(family, &row).ok()))
    }

    fn open(family: &FamilyStore, (id, saved_at, seen): &Row) -> Result<Self, Error> {
        let seen = family.key().open(&place(id), seen)?;
        Ok(Self {
            saved_at: DateTime::from_timestamp_millis(*saved_at).unwrap_or_default(),
            seen: serde_json::from_slice(&seen)?,
        })
    }
}

/// Where the sealed copy belongs: it opens in no other row.
fn place(id: &str) -> String {
    format!("saved.seen/{id}")
}

/// Saves the items, all or none.
pub(crate) fn save(
    reading: &Reading<'_>,
    family: &FamilyStore,
    ids: &[ItemId],
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let sealed = ids
        .iter()
        .map(|id| {
            let (_, seen) = item(reading, id)?.ok_or_else(|| Error::NotFound(id.to_string()))?;
            // What is withdrawn may keep its place on the shelf; it is not put there.
            if matches!(seen.review.status, ReviewStatus::Withdrawn { .. }) {
                return Err(Error::Invalid("withdrawn"));
            }
            let seen = zeroize::Zeroizing::new(serde_json::to_vec(&seen)?);
            Ok((id, family.key().seal(&place(id.as_str()), &seen)?))
        })
        .collect::<Result<Vec<_>, Error>>()?;
    family.write(|writing| {
        let mut save = writing.prepare_cached(
            "INSERT INTO saved (item, position, saved_at, seen)
             VALUES (?1, (SELECT coalesce(max(position), 0) + 1 FROM saved), ?2, ?3)
             ON CONFLICT (item) DO UPDATE SET saved_at = excluded.saved_at, seen = excluded.seen",
        )?;
        for (id, seen) in &sealed {
            save.execute(params![id.as_str(), now.timestamp_millis(), seen])?;
        }
        Ok(())
    })
}

/// Takes items off the shelf.
pub(crate) fn unsave(family: &FamilyStore, ids: &[ItemId]) -> Result<(), Error> {
    family.write(|writing| {
        let mut unsave = writing.prepare_cached("DELETE FROM saved WHERE item = ?1")?;
        for id in ids {
            unsave.execute([id.as_str()])?;
        }
        Ok(())
    })
}

/// The saved items in the family's order.
pub(crate) fn saved(
    reading: &Reading<'_>,
    family: &FamilyStore,
    freshness: &Freshness,
) -> Result<Vec<SavedItem>, Error> {
    let rows: Vec<Row> = family.read(|family| {
        let mut rows = family.prepare_cached("SELECT item, saved_at, seen FROM saved ORDER BY position")?;
        let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    })?;
    rows.iter()
        .map(|row| {
            let (id, saved_at, _) = row;
            let id: ItemId = id.parse().map_err(|_| Error::Internal("an id on the shelf"))?;
            // A copy that does not open any more costs the comparison, not the place.
            let saved = Saved::open(family, row).ok();
            let now = item(reading, &id)?.map(|(_, now)| now);
            let changed =
                saved.as_ref().zip(now.as_ref()).is_some_and(|(saved, now)| changes(saved, now).is_some());
            let title = now.as_ref().map(|it| it.title.clone()).or(saved.map(|it| it.seen.title));
            Ok(SavedItem {
                title: title.unwrap_or_else(|| id.to_string()),
                id,
                saved_at: DateTime::from_timestamp_millis(*saved_at).unwrap_or_default(),
                changed,
                listed: now.is_some(),
                currency: now.as_ref().map_or(Currency::NotChecked, |it| freshness.of(&it.review.status)),
                review: now.map(|it| it.review),
            })
        })
        .collect()
}
