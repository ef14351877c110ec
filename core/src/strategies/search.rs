//! Finding items by a person's own words: full-text search with OR and a stop list, ranked by field.

use std::collections::HashSet;

use otsupport_wire::snapshot::{HelpLevel, Item, UrgentContact};
use rusqlite::{OptionalExtension, named_params};

use super::browse::{CARD_COLUMNS, PASSES, card, card_columns, passing};
use super::currency::Freshness;
use super::preferences::Lens;
use super::view::{Card, Filter, Help, Match, Search, SearchAnswer};
use crate::urgent_help::urgency;
use crate::error::Error;
use crate::storage::{Bank, Reading};

/// Results if the person did not say how many.
const DEFAULT_LIMIT: u32 = 20;
/// What is read of a text; the rest of a longer one changes nothing.
const MOST_WORDS: usize = 32;
/// A match is good if its score is at least this share of the best one's.
const GOOD: f64 = 0.5;
/// What suits the child, or is for whoever looks, stands so much higher: it orders near matches and never beats a better one.
const SUITING: f64 = 1.1;

/// Searches the bank. Help comes with the answer, never instead of it.
pub(crate) fn search(
    reading: &Reading<'_>,
    search: &Search,
    lens: &Lens,
    freshness: &Freshness,
) -> Result<SearchAnswer, Error> {
    let urgency = urgency(&search.words);
    let help = help(reading, &urgency.levels)?;
    let terms = terms(&search.words, search.as_you_type);
    let mut answer =
        SearchAnswer { help, checked: urgency.checked, confident: false, hidden: 0, results: Vec::new() };
    if terms.is_empty() {
        return Ok(answer);
    }
    let query = terms.iter().map(Term::query).collect::<Vec<_>>().join(" OR ");
    let Some((best, score)) = best(reading, &query)? else {
        return Ok(answer);
    };
    answer.confident = answers(reading, best, &terms)?;
    if search.filter != Filter::default() {
        answer.hidden = hidden(reading, &query, &search.filter, score * GOOD)?;
    }
    answer.results = found(reading, search, &query, lens, freshness)?
        .into_iter()
        .map(|it| {
            let snippet = snippet(reading, it.item, &terms)?;
            Ok(Card { matched: Some(Match { score: it.score, snippet }), ..it.card })
        })
        .collect::<Result<_, Error>>()?;
    Ok(answer)
}

/// Whom to ring or text where a person's words may mean that help is needed at once: those for the worst first.
pub(crate) fn help(reading: &Reading<'_>, levels: &[HelpLevel]) -> Result<Option<Help>, Error> {
    let Some((level, also)) = levels.split_first() else {
        return Ok(None);
    };
    let contacts: Vec<UrgentContact> = Bank::service(reading)?.urgent;
    let concerns = |contact: &UrgentContact, level| contact.levels.contains(level);
    // Those for the worst come first.
    let (first, rest): (Vec<_>, Vec<_>) = contacts.into_iter().partition(|it| concerns(it, level));
    let rest = rest.into_iter().filter(|it| also.iter().any(|level| concerns(it, level)));
    Ok(Some(Help { level: *level, also: also.to_vec(), contacts: first.into_iter().chain(rest).collect() }))
}

/// A word to look for.
struct Term {
    word: String,
    /// Whether it may be the beginning of a longer one.
    unfinished: bool,
}

impl Term {
    /// The term for FTS5, quoted so that nothing in it is syntax: it holds letters and digits only.
    fn query(&self) -> String {
        format!("\"{}\"{}", self.word, if self.unfinished { "*" } else { "" })
    }

    /// Whether `word`, in lower case, would be found by it: near enough for marking and snippets.
    fn fits(&self, word: &str) -> bool {
        let stem = self.word.trim_end_matches("ing").trim_end_matches(['s', 'e']);
        let stem = if stem.len() < 3 { self.word.as_str() } else { stem };
        word.starts_with(stem) && (self.unfinished || word.len() <= stem.len() + 4)
    }
}

/// The words that mean something, each once.
fn terms(text: &str, as_you_type: bool) -> Vec<Term> {
    let lower = text.to_lowercase().replace(['\'', '’'], "");
    let unfinished = as_you_type && lower.chars().next_back().is_some_and(char::is_alphanumeric);
    let mut words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && word.len() <= 64)
        .take(MOST_WORDS)
        .collect();
    let last = if unfinished { words.pop() } else { None };
    let meaning: Vec<&str> = words.iter().copied().filter(|word| !is_stop_word(word)).collect();
    // Words that are all stop words are better than none.
    let chosen = if meaning.is_empty() && last.is_none() { words } else { meaning };
    let mut seen = HashSet::new();
    chosen
        .into_iter()
        .map(|word| (word, false))
        .chain(last.filter(|word| word.chars().count() > 1).map(|word| (word, true)))
        .filter(|(word, _)| seen.insert(*word))
        .map(|(word, unfinished)| Term { word: word.to_owned(), unfinished })
        .collect()
}

fn is_stop_word(word: &str) -> bool {
    const WORDS: &str = " a about all am an and any are as at be because been but by can cant child children could day did \
        didnt do does doesnt doing dont for from get gets getting give had has hasnt have having he hed her hers him his how \
        i if im in into is isnt it its just keep keeps kid kids let like make makes me my need needs no not of off on or our \
        out over own put she shes so some son daughter than that the their them then there they this to too up very want wants \
        was we what when where which who why will with wont would wouldnt you your ";
    WORDS.contains(&format!(" {word} "))
}

/// Every match, ranked by where it stands: title, asks, keywords, text.
const RANKED: &str = "found MATCH :query AND rank MATCH 'bm25(10.0, 6.0, 4.0, 1.0)'";

/// The best match of the whole bank and its score.
fn best(reading: &Reading<'_>, query: &str) -> Result<Option<(i64, f64)>, Error> {
    let sql = format!("SELECT rowid, -rank FROM found WHERE {RANKED} ORDER BY rank, rowid LIMIT 1");
    Ok(reading
        .prepare_cached(&sql)?
        .query_row(named_params! { ":query": query }, |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}

/// How many matches of at least this score the filter hides.
fn hidden(reading: &Reading<'_>, query: &str, filter: &Filter, score: f64) -> Result<u32, Error> {
    let sql = format!(
        "SELECT count(*) FROM found JOIN items ON items.item = found.rowid
         WHERE {RANKED} AND -rank >= :score AND NOT ({PASSES})"
    );
    let mut values = passing(filter);
    values.push((":query", query.to_owned().into()));
    values.push((":score", score.into()));
    Ok(reading.prepare_cached(&sql)?.query_row(values.as_slice(), |row| row.get(0))?)
}

struct Found {
    item: i64,
    score: f64,
    card: Card,
}

/// The matches that pass the filter, the best first. Which they are is told by the words alone; who looks and for whom only
/// orders them, so that nothing falls off the end for it.
fn found(
    reading: &Reading<'_>,
    search: &Search,
    query: &str,
    lens: &Lens,
    freshness: &Freshness,
) -> Result<Vec<Found>, Error> {
    let (card_columns, suits, for_view) = (card_columns(), Lens::SUITS, Lens::FOR_VIEW);
    let sql = format!(
        "SELECT {card_columns}, items.item,
                -rank * iif(coalesce({suits}, 0), {SUITING:?}, 1.0) * iif({for_view}, {SUITING:?}, 1.0) AS score
         FROM found JOIN items ON items.item = found.rowid
         WHERE {RANKED} AND {PASSES} ORDER BY rank, items.id LIMIT :limit"
    );
    let mut values = passing(&search.filter);
    values.extend(lens.suiting());
    values.push(lens.eyes());
    values.push((":query", query.to_owned().into()));
    values.push((":limit", search.limit.unwrap_or(DEFAULT_LIMIT).into()));
    let mut rows = reading.prepare_cached(&sql)?;
    let found = rows.query_map(values.as_slice(), |row| {
        Ok((row.get(CARD_COLUMNS)?, row.get(CARD_COLUMNS + 1)?, card(row, freshness)))
    })?;
    let mut found: Vec<Found> = found
        .map(|row| {
            let (item, score, card) = row?;
            Ok::<_, Error>(Found { item, score, card: card? })
        })
        .collect::<Result<_, _>>()?;
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    Ok(found)
}

/// Whether the best match holds at least half of the words that mean something.
fn answers(reading: &Reading<'_>, item: i64, terms: &[Term]) -> Result<bool, Error> {
    let mut holds = reading.prepare_cached("SELECT 1 FROM found WHERE found MATCH ?1 AND rowid = ?2")?;
    let mut held = 0;
    for term in terms {
        if holds.exists((term.query(), item))? {
            held += 1;
        }
    }
    Ok(held * 2 >= terms.len())
}

/// The line of an item that holds the most of the words.
fn snippet(reading: &Reading<'_>, item: i64, terms: &[Term]) -> Result<String, Error> {
    let record: String = reading
        .prepare_cached("SELECT record FROM items WHERE item = ?1")?
        .query_row([item], |row| row.get(0))?;
    let item: Item = serde_json::from_str(&record)?;
    let lines = item.sections.iter().flat_map(|it| it.text.lines()).filter(|line| !line.is_empty());
    let held = |line: &str| {
        let line = line.to_lowercase();
        let words: Vec<&str> = line.split(|c: char| !c.is_alphanumeric()).collect();
        terms.iter().filter(|term| words.iter().any(|word| term.fits(word))).count()
    };
    // The first of the best: a later line must hold more to be chosen.
    let best =
        lines.map(|line| (held(line), line)).reduce(|best, line| if line.0 > best.0 { line } else { best });
    Ok(shortened(best.map_or("", |(_, line)| line)))
}

/// At most 160 characters, cut between words.
fn shortened(line: &str) -> String {
    const MOST: usize = 160;
    match line.char_indices().nth(MOST) {
        None => line.to_owned(),
        Some((end, _)) => {
            let cut = line[..end].rfind(' ').unwrap_or(end);
            format!("{}…", &line[..cut])
        }
    }
}
