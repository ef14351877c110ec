//! One item, whole.

use otsupport_wire::snapshot::{Item, Part, ReviewStatus, Section, ServiceStatus, Topic};
use otsupport_wire::{ItemId, Language};
use rusqlite::OptionalExtension;

use super::change::changes;
use super::currency::Freshness;
use super::media::media_view;
use super::shelf::Saved;
use super::view::{ItemView, Kind, SectionView, VariantChoice};
use crate::error::Error;
use crate::storage::{Bank, FamilyStore, MediaStore, Reading};

/// The item's original, or the variant that was asked for if there is one.
pub(crate) fn show(
    reading: &Reading<'_>,
    family: &FamilyStore,
    store: &MediaStore,
    id: &ItemId,
    choice: &VariantChoice,
    freshness: &Freshness,
) -> Result<ItemView, Error> {
    let (kind, original) = item(reading, id)?.ok_or_else(|| Error::NotFound(id.to_string()))?;
    let saved = Saved::read(family, id)?;
    let changed = saved.iter().flatten().find_map(|it| changes(it, &original));
    let topic = topic(reading, &original)?;
    let get_help = topic.iter().flat_map(|it| it.unsaid(&original)).cloned().collect();
    let service = Bank::service(reading)?.status;
    let withdrawn = matches!(original.review.status, ReviewStatus::Withdrawn { .. });
    // A withdrawn original withdraws its variants.
    let text = if withdrawn { None } else { variant(reading, id, choice)? };
    let mut text = text.unwrap_or_else(|| original.clone());
    let variant = text.variant.take();
    let outdated = variant.as_ref().is_some_and(|it| it.outdated);
    if outdated {
        // Today's warnings come before a text that may have been made from older ones.
        let warnings = original.sections.iter().filter(|it| Part::of(&it.heading).is_safety());
        text.sections.splice(..0, warnings.cloned());
    }
    let media = text.media.iter().map(|it| media_view(reading, store, it)).collect::<Result<_, _>>()?;
    Ok(ItemView {
        id: original.id,
        kind,
        version: text.changed_in,
        title: text.title,
        topic: original.topic,
        audiences: original.audiences,
        settings: original.settings,
        ages: original.ages,
        minutes: original.minutes,
        equipment: text.equipment,
        easy: variant.as_ref().is_some_and(|it| it.easy),
        language: variant.map_or_else(Language::english, |it| it.language),
        outdated,
        demonstration: service == ServiceStatus::Demonstration
            || text.review.status == ReviewStatus::Demonstration,
        currency: freshness.of(&text.review.status),
        review: text.review,
        sections: text.sections.into_iter().map(section).collect(),
        links: text.links,
        safety: topic.as_ref().map(|it| it.safety.clone()).unwrap_or_default(),
        get_help,
        media,
        saved: saved.is_some(),
        changed,
        may_have_changed: freshness.may_have_changed,
        checked_at: freshness.checked_at,
    })
}

/// The original of an item.
pub(super) fn item(reading: &Reading<'_>, id: &ItemId) -> Result<Option<(Kind, Item)>, Error> {
    let row = reading
        .prepare_cached("SELECT kind, record FROM items WHERE id = ?1 AND original = 1")?
        .query_row([id.as_str()], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))
        .optional()?;
    row.map(|(kind, record)| Ok((Kind::from_number(kind), serde_json::from_str(&record)?))).transpose()
}

/// Whether an item is withdrawn. What is not in the bank is not.
pub(crate) fn is_withdrawn(reading: &Reading<'_>, id: &ItemId) -> Result<bool, Error> {
    Ok(reading
        .prepare_cached("SELECT 1 FROM items WHERE id = ?1 AND original = 1 AND withdrawn = 1")?
        .exists([id.as_str()])?)
}

fn section(Section { heading, text }: Section) -> SectionView {
    SectionView { part: Part::of(&heading), heading, text }
}

fn variant(reading: &Reading<'_>, id: &ItemId, choice: &VariantChoice) -> Result<Option<Item>, Error> {
    // Easy read in the language asked for, else that language, else English easy read.
    let language = choice.language.as_ref().map_or("en", |it| it.as_str());
    let record: Option<String> = reading
        .prepare_cached(
            "SELECT record FROM items
             WHERE id = ?1 AND original = 0 AND (easy = 0 OR ?3)
               AND (language = ?2 OR (?3 AND language = 'en'))
             ORDER BY language = ?2 DESC, easy DESC LIMIT 1",
        )?
        .query_row((id.as_str(), language, choice.easy), |row| row.get(0))
        .optional()?;
    Ok(record.map(|it| serde_json::from_str(&it)).transpose()?)
}

pub(super) fn topic(reading: &Reading<'_>, item: &Item) -> Result<Option<Topic>, Error> {
    let record: Option<String> = reading
        .prepare_cached("SELECT record FROM topics WHERE slug = ?1")?
        .query_row([item.topic.as_str()], |row| row.get(0))
        .optional()?;
    Ok(record.map(|it| serde_json::from_str(&it)).transpose()?)
}
