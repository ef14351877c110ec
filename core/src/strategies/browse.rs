//! Topics, and lists of items.

use otsupport_wire::snapshot::{Ages, Service, ServiceStatus, Topic};
use rusqlite::Row;
use rusqlite::types::Value;

use super::currency::Freshness;
use super::preferences::Lens;
use super::view::{Card, Filter, Kind, Page, ServiceView, TopicView};
use crate::error::Error;
use crate::storage::{Bank, Reading, audience_bit, setting_bit};

/// Who offers the bank.
pub(crate) fn service(reading: &Reading<'_>) -> Result<ServiceView, Error> {
    let Service { name, status, contact, urgent, .. } = Bank::service(reading)?;
    let may_have_changed = Bank::read(reading)?.is_some_and(|it| it.is_behind());
    let demonstration = status == ServiceStatus::Demonstration;
    Ok(ServiceView { name, demonstration, contact, urgent, may_have_changed })
}

/// All topics in the service's order.
pub(crate) fn topics(reading: &Reading<'_>) -> Result<Vec<TopicView>, Error> {
    let mut rows = reading.prepare_cached(
        "SELECT topics.record, pictures.svg,
                (SELECT count(*) FROM items WHERE topic = slug AND original = 1 AND withdrawn = 0)
         FROM topics LEFT JOIN pictures ON pictures.file = topics.record ->> 'picture'
         ORDER BY position, slug",
    )?;
    let rows = rows.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?)))?;
    rows.map(|row| {
        let (record, picture, items) = row?;
        let topic: Topic = serde_json::from_str(&record)?;
        let Topic { slug, title, covers, audiences, safety, get_help, .. } = topic;
        Ok(TopicView { slug, title, covers, audiences, picture, safety, get_help, items })
    })
    .collect()
}

/// The columns that a [`Card`] is made of; they ask for what [`Lens::suiting`] gives.
pub(super) fn card_columns() -> String {
    format!(
        "items.id, items.kind, items.title, items.topic, items.next_review, items.demonstration, age_from, age_to, {}",
        Lens::SUITS
    )
}

/// How many they are.
pub(super) const CARD_COLUMNS: usize = 9;

/// The filter that lists and searches share.
pub(super) const PASSES: &str = "original = 1 AND withdrawn = 0
    AND (:topic IS NULL OR topic = :topic)
    AND (:audience IS NULL OR audiences & :audience)
    AND (:setting IS NULL OR settings & :setting)
    AND (:age IS NULL OR age_from IS NULL OR :age BETWEEN age_from AND age_to)
    AND (:minutes IS NULL OR minutes IS NULL OR minutes <= :minutes)
    AND (:kind IS NULL OR kind = :kind)";

/// The values that [`PASSES`] asks for.
pub(super) fn passing(filter: &Filter) -> Vec<(&'static str, Value)> {
    vec![
        (":topic", filter.topic.as_ref().map(|it| it.to_string()).into()),
        (":audience", filter.audience.map(audience_bit).into()),
        (":setting", filter.setting.map(setting_bit).into()),
        (":age", filter.age.into()),
        (":minutes", filter.minutes.into()),
        (":kind", filter.kind.map(Kind::number).into()),
    ]
}

/// The items that pass the filter, by topic; within a topic, what is for whoever looks and suits the child first, then by title.
pub(crate) fn browse(
    reading: &Reading<'_>,
    filter: &Filter,
    page: Page,
    lens: &Lens,
    freshness: &Freshness,
) -> Result<Vec<Card>, Error> {
    let card_columns = card_columns();
    let topic = match filter.topic {
        Some(_) => "",
        None => "(SELECT position FROM topics WHERE slug = topic), topic,",
    };
    let one_topic = if filter.topic.is_some() { "topic = :topic AND" } else { "" };
    let sql = format!(
        "SELECT {card_columns} FROM items WHERE {one_topic} {PASSES}
         ORDER BY {topic} {} DESC, coalesce({}, 1) DESC, title, id LIMIT :limit OFFSET :offset",
        Lens::FOR_VIEW,
        Lens::SUITS
    );
    let mut rows = reading.prepare_cached(&sql)?;
    let mut values = passing(filter);
    values.extend(lens.suiting());
    values.push(lens.eyes());
    values.push((":limit", page.limit.map_or(-1, i64::from).into()));
    values.push((":offset", page.offset.into()));
    let cards = rows.query_map(values.as_slice(), |row| Ok(card(row, freshness)))?;
    cards.map(|it| it?).collect()
}

/// A card from the first columns of a row, as [`card_columns`] names them.
pub(super) fn card(row: &Row<'_>, freshness: &Freshness) -> Result<Card, Error> {
    let text = |column| row.get::<_, String>(column);
    let next: Option<String> = row.get(4)?;
    let ages: (Option<u8>, Option<u8>) = (row.get(6)?, row.get(7)?);
    Ok(Card {
        id: text(0)?.try_into().map_err(|_| Error::damaged_bank())?,
        kind: Kind::from_number(row.get(1)?),
        title: text(2)?,
        topic: text(3)?.try_into().map_err(|_| Error::damaged_bank())?,
        ages: ages.0.zip(ages.1).map(|(from, to)| Ages { from, to }),
        suits: row.get(8)?,
        matched: None,
        currency: freshness.until(next.and_then(|it| it.parse().ok())),
        demonstration: row.get(5)?,
    })
}
