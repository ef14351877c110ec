//! What a phone holds, whatever way it came: for comparing it with what another phone holds.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};

/// The rows of each table.
pub type Rows = BTreeMap<&'static str, Vec<Vec<Value>>>;

/// Everything that `content.db` in this folder holds of a bank, in an order of its own. No hub may be writing there.
///
/// # Errors
/// What the database reports, and an index that does not fit its texts.
pub fn holds(folder: &Path) -> rusqlite::Result<Rows> {
    let content = Connection::open(folder.join("content.db"))?;
    content.execute_batch("CREATE VIRTUAL TABLE temp.terms USING fts5vocab('main', 'found', 'row')")?;
    content.execute("INSERT INTO found (found) VALUES ('integrity-check')", [])?;
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
        ("terms", "*"),
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
    Ok(held)
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
