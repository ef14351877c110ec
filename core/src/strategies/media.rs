//! An item's pictures, sound and papers, and what the family chose to have of them.

use std::collections::BTreeSet;

use otsupport_wire::snapshot::{Item, MediaUse};
use otsupport_wire::{ItemId, MediaPath};
use rusqlite::OptionalExtension;

use super::preferences::{KeepMedia, MediaBudget, Preferences};
use super::shelf::Shelved;
use super::show::item;
use super::view::MediaView;
use crate::error::Error;
use crate::storage::{Blob, FamilyStore, MediaStore, Reading, Saved, blob_of, named_by};

/// A media file of an item, and whether it is here.
pub(super) fn media_view(
    reading: &Reading<'_>,
    store: &MediaStore,
    used: &MediaUse,
) -> Result<MediaView, Error> {
    let picture: Option<String> = reading
        .prepare_cached("SELECT svg FROM pictures WHERE file = ?1")?
        .query_row([used.file.as_str()], |row| row.get(0))
        .optional()?;
    let (bytes, here) = match &picture {
        Some(svg) => (svg.len() as u64, true),
        None => {
            let blob = blob_of(reading, &used.file)?;
            (blob.map_or(0, |it| it.bytes), blob.is_some_and(|it| store.has(&it)))
        }
    };
    let MediaUse { file, alt, caption } = used.clone();
    Ok(MediaView { file, alt, caption, bytes, here, picture })
}

/// Every media file of an item and its variants, the original's first. Withdrawn advice has none.
pub(crate) fn media(reading: &Reading<'_>, store: &MediaStore, id: &ItemId) -> Result<Vec<MediaView>, Error> {
    uses(reading, id)?.iter().map(|it| media_view(reading, store, it)).collect()
}

/// The file of this name, if the item names it as advice: no other item's file is opened under it.
pub(crate) fn names(reading: &Reading<'_>, id: &ItemId, file: &MediaPath) -> Result<Option<Blob>, Error> {
    if uses(reading, id)?.iter().any(|it| it.file == *file) { blob_of(reading, file) } else { Ok(None) }
}

fn uses(reading: &Reading<'_>, id: &ItemId) -> Result<Vec<MediaUse>, Error> {
    item(reading, id)?.ok_or_else(|| Error::NotFound(id.to_string()))?;
    let mut records = reading.prepare_cached(
        "SELECT record FROM items
         WHERE id = ?1 AND NOT withdrawn
           AND NOT EXISTS (SELECT 1 FROM items WHERE id = ?1 AND original = 1 AND withdrawn)
         ORDER BY original DESC, language, easy",
    )?;
    let records: Vec<String> =
        records.query_map([id.as_str()], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let mut uses = Vec::new();
    let mut seen = BTreeSet::new();
    for record in records {
        let item: Item = serde_json::from_str(&record)?;
        uses.extend(item.media.into_iter().filter(|it| seen.insert(it.file.clone())));
    }
    Ok(uses)
}

/// What the family chose of media, and which items it saved.
pub(crate) struct MediaChoice {
    pub(crate) keep: KeepMedia,
    pub(crate) budget: MediaBudget,
    /// `None` while what the family made does not open.
    shelf: Option<Vec<ItemId>>,
}

impl MediaChoice {
    /// Reads it. While it is locked nothing is fetched by itself, and whatever is here may be a saved item's.
    pub(crate) fn read(family: &FamilyStore) -> Result<Self, Error> {
        let read = family.read(|reading| {
            let Preferences { media, media_budget, .. } = Preferences::of(reading.all()?);
            let shelf = reading.all::<Shelved>()?.into_iter().map(|it| it.item).collect();
            Ok(Self { keep: media, budget: media_budget, shelf: Some(shelf) })
        });
        match read {
            Err(Error::Locked(_)) => {
                Ok(Self { keep: KeepMedia::default(), budget: MediaBudget::default(), shelf: None })
            }
            other => other,
        }
    }
}

/// Which of the bank's files belong to saved items.
pub(crate) fn saved_blobs(reading: &Reading<'_>, choice: &MediaChoice) -> Result<Saved, Error> {
    let Some(shelf) = &choice.shelf else { return Ok(Saved::Unknown) };
    let mut blobs = BTreeSet::new();
    for id in shelf {
        blobs.extend(named_by(reading, id)?);
    }
    Ok(Saved::Known(blobs))
}
