//! SQLite's own full-text search over the same texts.

use otsupport_wire::snapshot::Item;
use rusqlite::Connection;

use crate::{Failure, Ranking, text};

/// How the words of a query are put together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Joined {
    /// As FTS5 does by itself.
    And,
    /// Any of them, without words that mean little.
    Or,
}

const STOP_WORDS: &str = " a about all am an and any are as at be because been but by can cant child children could day did didnt \
    do does doesnt doing dont for from get gets getting give had has hasnt have having he hed her hers him his how i if im in \
    into is isnt it its just keep keeps kid kids let like make makes me my need needs no not of off on or our out over own put \
    she shes so some son daughter than that the their them then there they this to too up very want wants was we what when \
    where which who why will with wont would wouldnt you your ";

pub(crate) fn rank(items: &[Item], queries: &[&str], joined: Joined) -> Result<Ranking, Failure> {
    let index = Connection::open_in_memory()?;
    index.execute_batch(
        "CREATE VIRTUAL TABLE found USING fts5 (title, asks, keywords, text, tokenize = 'porter unicode61 remove_diacritics 2')",
    )?;
    for (row, item) in items.iter().enumerate() {
        index.execute(
            "INSERT INTO found (rowid, title, asks, keywords, text) VALUES (?1, ?2, ?3, ?4, ?5)",
            (row, &item.title, item.asks.join("\n"), item.keywords.join("\n"), text(item)),
        )?;
    }
    let mut find = index.prepare(
        "SELECT rowid FROM found WHERE found MATCH ?1 AND rank MATCH 'bm25(10.0, 6.0, 4.0, 1.0)' ORDER BY rank LIMIT 10",
    )?;
    let mut ranking = Ranking::new();
    for query in queries {
        let words: Vec<String> = query
            .to_lowercase()
            .replace(['\'', '’'], "")
            .split(|c: char| !c.is_alphanumeric())
            .filter(|it| {
                !it.is_empty() && (joined == Joined::And || !STOP_WORDS.contains(&format!(" {it} ")))
            })
            .map(|it| format!("\"{it}\""))
            .collect();
        if words.is_empty() {
            continue;
        }
        let rows = find.query_map([words.join(if joined == Joined::And { " " } else { " OR " })], |row| {
            row.get::<_, usize>(0)
        })?;
        let ids =
            rows.map(|row| Ok(items[row?].id.to_string())).collect::<Result<Vec<_>, rusqlite::Error>>()?;
        ranking.insert((*query).to_owned(), ids);
    }
    Ok(ranking)
}
