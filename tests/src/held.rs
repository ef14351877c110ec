//! What a phone holds, whatever way it came: for comparing it with what another phone holds.

use std::collections::BTreeMap;
use std::path::Path;

use fst::Streamer;
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

/// The rows of each table.
pub type Rows = BTreeMap<&'static str, Vec<Vec<Value>>>;

/// Everything that `content.db` in this folder holds of a bank, in an order of its own. No hub may be writing there.
///
/// # Errors
/// What the database reports, and an index that does not fit its texts.
pub fn holds(folder: &Path) -> rusqlite::Result<Rows> {
    let content = Connection::open(folder.join("content.db"))?;
    let tables = [
        ("bank", "version, newer, service, newest"),
        ("topics", "*"),
        ("words", "*"),
        (
            "items",
            "id, original, language, easy, kind, topic, title, audiences, settings, age_from, age_to, minutes,
             demonstration, withdrawn, next_review, record",
        ),
        ("events", "*"),
        ("media", "*"),
        ("pictures", "*"),
        ("recalled", "*"),
    ];
    let mut held = Rows::new();
    for (table, columns) in tables {
        let mut statement = content.prepare(&format!("SELECT {columns} FROM {table}"))?;
        let width = statement.column_count();
        let rows = statement.query_map([], |row| (0..width).map(|it| row.get(it)).collect())?;
        let mut rows = rows.collect::<rusqlite::Result<Vec<Vec<Value>>>>()?;
        rows.sort_by_key(|row| format!("{row:?}"));
        held.insert(table, rows);
    }
    held.insert("index", index(&content)?);
    held.insert("meanings", meanings(&content)?);
    Ok(held)
}

/// Where each stem stands, and how strongly: the stem, the item, the weight. The numbers of terms and of rows differ from phone to
/// phone.
fn index(content: &Connection) -> rusqlite::Result<Vec<Vec<Value>>> {
    let Some(dictionary) = content
        .query_row("SELECT dictionary FROM search_index", [], |row| row.get::<_, Vec<u8>>(0))
        .optional()?
    else {
        return Ok(Vec::new());
    };
    let damaged = || rusqlite::Error::InvalidQuery;
    let dictionary = fst::Map::new(dictionary).map_err(|_| damaged())?;
    let mut rows = Vec::new();
    let mut keys = dictionary.stream();
    while let Some((key, term)) = keys.next() {
        let Some(stem) = key.strip_prefix(b"\x01") else { continue };
        let stem = String::from_utf8_lossy(stem).into_owned();
        let term = i64::try_from(term).map_err(|_| damaged())?;
        let mut lists = content.prepare_cached("SELECT place, list FROM postings WHERE place >> 20 = ?1")?;
        let lists = lists.query_map([term], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)))?;
        for list in lists {
            let (place, list) = list?;
            let mut item = (place & 0xF_FFFF) * 2048;
            let mut bytes = list.into_iter();
            while let Some(first) = bytes.next() {
                item += match first {
                    0..0x80 => i64::from(first),
                    _ => i64::from(first & 0x7F) << 8 | i64::from(bytes.next().ok_or_else(damaged)?),
                };
                let weight = i64::from(bytes.next().ok_or_else(damaged)?);
                rows.push(vec![
                    Value::Text(stem.clone()),
                    Value::Text(name(content, item)?),
                    Value::Integer(weight),
                ]);
            }
        }
    }
    rows.sort_by_key(|row| format!("{row:?}"));
    Ok(rows)
}

/// What each item means: the item, the bytes of its vector.
fn meanings(content: &Connection) -> rusqlite::Result<Vec<Vec<Value>>> {
    let mut rows = Vec::new();
    let dims: Option<usize> = content
        .query_row("SELECT dims FROM search_index WHERE told_by IS NOT NULL", [], |row| row.get(0))
        .optional()?;
    let Some(dims) = dims else { return Ok(rows) };
    let mut blocks = content.prepare("SELECT block, vectors FROM meanings")?;
    let blocks = blocks.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)))?;
    for block in blocks {
        let (block, vectors) = block?;
        for (item, vector) in (block * 256..).zip(vectors.chunks(4 + dims)) {
            if vector.iter().any(|it| *it != 0) {
                rows.push(vec![Value::Text(name(content, item)?), Value::Blob(vector.to_vec())]);
            }
        }
    }
    rows.sort_by_key(|row| format!("{row:?}"));
    Ok(rows)
}

fn name(content: &Connection, item: i64) -> rusqlite::Result<String> {
    let mut name =
        content.prepare_cached("SELECT id FROM items WHERE item = ?1 AND original = 1 AND NOT withdrawn")?;
    name.query_row([item], |row| row.get(0))
}

/// What the phone with this folder has once trusted: none of it may ever go down.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Debug, Default)]
pub struct Floor {
    /// The number of the newest root.
    pub root: i64,
    /// The number of the newest timestamp.
    pub timestamp: i64,
    /// The number of the newest snapshot.
    pub snapshot: i64,
    /// The number of the newest targets.
    pub targets: i64,
    /// The newest bank.
    pub bank: i64,
    /// The newest instant that was signed: milliseconds since 1970, UTC.
    pub verified_at: i64,
}

impl Floor {
    /// Reads it. A hub may be open there.
    ///
    /// # Errors
    /// What the database reports.
    pub fn of(folder: &Path) -> rusqlite::Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let family = Connection::open_with_flags(folder.join("family.db"), flags)?;
        family.query_row(
            "SELECT root_version, timestamp, snapshot, targets, bank, verified_at FROM floor",
            [],
            |row| {
                Ok(Self {
                    root: row.get(0)?,
                    timestamp: row.get(1)?,
                    snapshot: row.get(2)?,
                    targets: row.get(3)?,
                    bank: row.get(4)?,
                    verified_at: row.get(5)?,
                })
            },
        )
    }

    /// Whether nothing of it is lower than before; a newer root may say otherwise of what other keys have signed.
    pub fn is_no_lower_than(&self, before: &Self) -> bool {
        self.root > before.root
            || (self.root == before.root
                && self.timestamp >= before.timestamp
                && self.snapshot >= before.snapshot
                && self.targets >= before.targets
                && self.bank >= before.bank
                && self.verified_at >= before.verified_at)
    }
}
