//! Finding items by a person's own words.
//!
//! [`query`] reads what was typed: stems, slips, words run together, the families' words. [`ranking`] scores every item by its words
//! (BM25F over the lists of [`postings`]) and by its meaning ([`vectors`]); [`lines`] looks closer at the best ones, and
//! [`confidence`] says whether they answer at all. [`indexing`] keeps all of it true when the bank changes. Nothing of a search is
//! written anywhere.

mod confidence;
mod dictionary;
mod families;
mod index;
mod indexing;
mod lines;
mod meaning;
mod postings;
mod query;
mod ranking;
mod snippet;
mod spelling;
mod stem;
mod vectors;
mod weighing;
mod words;

use otsupport_wire::snapshot::Section;
use rusqlite::named_params;
use serde::Deserialize;

use self::confidence::Signs;
use self::index::Index;
use self::lines::{KnownWords, Lines};
use self::meaning::Packed;
use self::query::Query;
use self::ranking::{Close, Scores, tells};
use super::browse::{CARD_COLUMNS, PASSES, card, card_columns, passing};
use super::currency::Freshness;
use super::preferences::Lens;
use super::view::{Card, Filter, Match, Search, SearchAnswer};
use crate::error::Error;
use crate::storage::Reading;
use crate::urgent_help::{help, urgency};

pub(crate) use index::Memory;
pub(crate) use indexing::{Indexing, index_all, is_missing, told_by};
pub(crate) use meaning::Table;

/// Results if the person did not say how many.
const DEFAULT_LIMIT: u32 = 20;
/// Items that are looked at closely.
const CLOSELY: usize = 24;
/// Items that are listed at most.
const MOST: usize = 400;
/// Topics that are named where nothing answers.
const NEIGHBOURS: usize = 3;
/// A match is good if its score is at least this share of the best one's.
const GOOD: f32 = 0.6;
/// What suits the child, or is for whoever looks, stands so much higher: it orders near matches and never beats a better one.
const SUITING: f32 = 1.05;

/// Searches the bank. Help comes with the answer, never instead of it.
pub(crate) fn search(
    reading: &Reading<'_>,
    memory: &Memory,
    search: &Search,
    lens: &Lens,
    freshness: &Freshness,
) -> Result<SearchAnswer, Error> {
    let urgency = urgency(&search.words);
    let help = help(reading, &urgency.levels, lens.view())?;
    let mut answer = SearchAnswer {
        help,
        checked: urgency.checked,
        confident: false,
        topics: Vec::new(),
        hidden: 0,
        results: Vec::new(),
    };
    let Some(index) = memory.index(reading)? else { return Ok(answer) };
    let query = query::read(&search.words, search.as_you_type, &index.dictionary, &index.families);
    if query.wanted.is_empty() {
        return Ok(answer);
    }
    let mut known = KnownWords::take(&index.known);
    let ranked = rank(reading, &index, &query, &mut known)?;
    let Some(best) = ranked.items.first() else { return Ok(answer) };
    answer.confident = confidence::answers(&ranked.signs);
    let good = best.score * GOOD;
    let is_filtered = search.filter != Filter::default();
    let limit = search.limit.unwrap_or(DEFAULT_LIMIT) as usize;
    let mut cards = Cards::new(reading, &search.filter, lens, freshness);
    let mut found: Vec<(f32, u32, Card)> = Vec::new();
    for it in &ranked.items {
        let is_good = it.score >= good;
        if found.len() >= limit && !(is_filtered && is_good) {
            break;
        }
        let Some((passes, worth, card)) = cards.get(it.item)? else { continue };
        match passes {
            true if found.len() < limit => found.push((it.score * worth, it.item, card)),
            true => {}
            false => answer.hidden += u32::from(is_good),
        }
    }
    // Which they are is told by the words alone; who looks and for whom only orders them, so that nothing falls off the end for it.
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.2.id.cmp(&b.2.id)));
    for (score, item, card) in found {
        let sections: Text = text(reading, item)?;
        let runs = snippet::runs(&sections.sections, &query, &index.dictionary, &mut known);
        let snippet = runs.iter().map(|it| it.text.as_str()).collect();
        let matched = Match { score: f64::from(score), snippet, runs };
        answer.results.push(Card { matched: Some(matched), ..card });
    }
    known.put_back(&index.known);
    if !answer.confident {
        for Card { topic, .. } in &answer.results {
            if answer.topics.len() < NEIGHBOURS && !answer.topics.contains(topic) {
                answer.topics.push(topic.clone());
            }
        }
    }
    Ok(answer)
}

/// An item and how well it answers.
struct Ranked {
    item: u32,
    score: f32,
}

/// Every item that answers somehow, the best first, and what tells whether they answer at all.
struct Answers {
    items: Vec<Ranked>,
    signs: Signs,
}

fn rank(
    reading: &Reading<'_>,
    index: &Index,
    query: &Query,
    known: &mut KnownWords,
) -> Result<Answers, Error> {
    let (scores, tells) = by_words(reading, index, query)?;
    let meant = index.table.as_ref().map_or_else(Vec::new, |it| it.text(&query.text));
    let near = index.vectors.near(&Packed::of(&meant));
    let candidates = scores.best(&near, MOST);
    let (dictionary, table) = (&index.dictionary, index.table.as_deref());
    let mut lines = Lines { dictionary, table, query, tells: &tells, meant: &meant, known };
    let mut close = Vec::new();
    for candidate in candidates.iter().take(CLOSELY) {
        let Asks { title, topic, asks } = text(reading, candidate.item)?;
        let near = lines.nearness(&title, asks.iter().map(AsRef::as_ref));
        close.push(Close {
            score: candidate.closely(&near, table.is_some()),
            candidate: *candidate,
            near,
            topic,
        });
    }
    ranking::with_their_topics(&mut close);
    let signs = Signs::of(query, &tells, &close, index.table.is_some());
    let least = close.last().map_or(0.0, |it| it.score);
    let mut items: Vec<Ranked> =
        close.iter().map(|it| Ranked { item: it.candidate.item, score: it.score }).collect();
    // The others stand behind them in the order they came in.
    let first = candidates.get(CLOSELY).map_or(1.0, |it| it.score);
    items.extend(
        candidates.iter().skip(CLOSELY).map(|it| Ranked { item: it.item, score: least * it.score / first }),
    );
    Ok(Answers { items, signs })
}

/// Scores every item by its words. Gives how much each wanted word tells, too.
fn by_words(reading: &Reading<'_>, index: &Index, query: &Query) -> Result<(Scores, Vec<f32>), Error> {
    let mut scores = Scores::new(index.most);
    let mut telling = Vec::new();
    let mut list = Vec::new();
    let mut places = Vec::new();
    for (number, wanted) in query.wanted.iter().enumerate() {
        places.clear();
        let mut most: f32 = 0.0;
        // An unfinished word tells as much as all that it may become do together.
        let mut together = 0;
        let mut lists = Vec::new();
        for choice in &wanted.choices {
            list.clear();
            Index::list(reading, choice.term, |item, weight| list.push((item, weight)))?;
            let of = u32::try_from(list.len()).unwrap_or(u32::MAX);
            together += of;
            if wanted.unfinished {
                lists.push((*choice, std::mem::take(&mut list)));
                continue;
            }
            let tells = tells(index.items, of);
            most = most.max(tells * choice.worth);
            places.extend(list.iter().map(|(item, weight)| scores.place(*item, *weight, *choice, tells)));
        }
        if wanted.unfinished {
            most = tells(index.items, together);
            for (choice, list) in lists {
                places.extend(list.iter().map(|(item, weight)| scores.place(*item, *weight, choice, most)));
            }
        }
        scores.add(&places, Some(number), 1.0);
        // What nobody knows might have told the most.
        telling.push(if together == 0 { tells(index.items, 1) } else { most });
    }
    let share = 1.0 / (query.meant.len().max(1) as f32).sqrt();
    for choice in &query.meant {
        places.clear();
        list.clear();
        Index::list(reading, choice.term, |item, weight| list.push((item, weight)))?;
        let tells = tells(index.items, u32::try_from(list.len()).unwrap_or(u32::MAX));
        places.extend(list.iter().map(|(item, weight)| scores.place(*item, *weight, *choice, tells)));
        scores.add(&places, None, share);
    }
    Ok((scores, telling))
}

/// What is read of an item to look at it closely.
#[derive(Deserialize)]
struct Asks {
    title: String,
    topic: String,
    #[serde(default)]
    asks: Vec<String>,
}

/// What is read of an item to show why it was found.
#[derive(Deserialize)]
struct Text {
    sections: Vec<Section>,
}

fn text<T: serde::de::DeserializeOwned>(reading: &Reading<'_>, item: u32) -> Result<T, Error> {
    let mut record = reading.prepare_cached("SELECT record FROM items WHERE item = :item")?;
    let mut rows = record.query(named_params! { ":item": item })?;
    let row = rows.next()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    Ok(serde_json::from_str(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?)
}

/// Cards of items, one after the other.
struct Cards<'a> {
    reading: &'a Reading<'a>,
    freshness: &'a Freshness,
    sql: String,
    values: Vec<(&'static str, rusqlite::types::Value)>,
}

impl<'a> Cards<'a> {
    fn new(reading: &'a Reading<'a>, filter: &Filter, lens: &Lens, freshness: &'a Freshness) -> Self {
        let (columns, suits, for_view) = (card_columns(), Lens::SUITS, Lens::FOR_VIEW);
        let sql = format!(
            "SELECT {columns}, ({PASSES}),
                    iif(coalesce({suits}, 0), {SUITING:?}, 1.0) * iif({for_view}, {SUITING:?}, 1.0)
             FROM items WHERE item = :item AND original = 1 AND withdrawn = 0"
        );
        let mut values = passing(filter);
        values.extend(lens.suiting());
        values.push(lens.eyes());
        Self { reading, freshness, sql, values }
    }

    /// Whether the item passes the filter, what it is worth to whoever looks, and its card. `None` for what is no advice any more.
    fn get(&mut self, item: u32) -> Result<Option<(bool, f32, Card)>, Error> {
        let mut values = self.values.clone();
        values.push((":item", item.into()));
        let mut statement = self.reading.prepare_cached(&self.sql)?;
        let mut rows = statement.query(values.as_slice())?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let passes: Option<bool> = row.get(CARD_COLUMNS)?;
        let worth: f64 = row.get(CARD_COLUMNS + 1)?;
        #[allow(clippy::cast_possible_truncation)]
        let worth = worth as f32;
        Ok(Some((passes.unwrap_or(false), worth, card(row, self.freshness)?)))
    }
}
