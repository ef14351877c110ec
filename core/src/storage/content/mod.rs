//! `content.db`: the bank as the hub published it.

mod load;
mod recall;
mod rows;

use std::ops::Deref;
use std::path::{Path, PathBuf};

use otsupport_wire::snapshot::Service;
use rusqlite::{Connection, OptionalExtension, params};
use rusqlite_migration::{M, Migrations};

use super::access::{Database, Reading, Writing};
use super::open::{self, Durability};
use crate::error::Error;
use crate::strategies::{Memory, index_all, is_missing};

pub(crate) use load::{Changing, Loading};
pub(crate) use recall::recall;
pub(crate) use rows::{audience_bit, setting_bit};

/// The numbered schemas. Each is kept for ever; a new one is added at the end.
const MIGRATIONS: &[M<'_>] = &[
    M::up(include_str!("../schema/content-1.sql")),
    M::up(include_str!("../schema/content-2.sql")),
    M::up(include_str!("../schema/content-3.sql")),
];

/// The bank's database.
pub(crate) struct ContentStore {
    database: Database,
    search: Memory,
}

impl ContentStore {
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let database = Database::open(path, open_writer)?;
        // The first read tells whether the file is a database at all.
        database.read(Bank::read)?;
        if database.read(is_missing)? {
            match database.write(|writing| index_all(writing, None)) {
                // Reading goes on; the next opening asks for room again.
                Err(error) if error.is_full() => {}
                indexed => indexed?,
            }
        }
        Ok(Self { database, search: Memory::default() })
    }

    /// What a search holds between two keystrokes.
    pub(crate) fn search(&self) -> &Memory {
        &self.search
    }

    /// Removes the database's files: it is rebuilt from the kept snapshot.
    pub(crate) fn discard(path: &Path) -> Result<(), Error> {
        let _names = open::alone_with_names();
        for suffix in ["", "-wal", "-shm"] {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            match std::fs::remove_file(PathBuf::from(name)) {
                Ok(()) => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

fn open_writer(path: &Path) -> Result<Connection, Error> {
    open::writer(path, Durability::Normal, &Migrations::from_slice(MIGRATIONS))
}

impl Deref for ContentStore {
    type Target = Database;

    fn deref(&self) -> &Database {
        &self.database
    }
}

/// The bank that is here; `None` before the first.
pub(crate) struct Bank {
    pub(crate) version: u64,
    pub(crate) newer: bool,
    /// When it was published: milliseconds since 1970, UTC.
    pub(crate) published: i64,
    pub(crate) head: Vec<u8>,
    /// The newest bank that was verified. If it is another one, advice may have changed since.
    pub(crate) newest: u64,
}

impl Bank {
    pub(crate) fn read(reading: &Reading<'_>) -> Result<Option<Self>, Error> {
        let row = |row: &rusqlite::Row<'_>| {
            let (version, newer, published) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(Self { version, newer, published, head: row.get(3)?, newest: row.get(4)? })
        };
        Ok(reading
            .prepare_cached("SELECT version, newer, published, head, max(version, newest) FROM bank")?
            .query_row([], row)
            .optional()?)
    }

    /// Stores a newer head that vouches for the same bank.
    pub(crate) fn vouch(writing: &Writing<'_>, head: &[u8]) -> Result<(), Error> {
        writing.execute("UPDATE bank SET head = ?1", [head])?;
        Ok(())
    }

    /// Whether a newer one was verified and is not here.
    pub(crate) fn is_behind(&self) -> bool {
        self.newest > self.version
    }

    /// Notes which bank is the newest, whether or not it can be had.
    pub(crate) fn note_newest(writing: &Writing<'_>, newest: u64) -> Result<(), Error> {
        writing.execute("UPDATE bank SET newest = ?1", [newest])?;
        Ok(())
    }

    pub(crate) fn service(reading: &Reading<'_>) -> Result<Service, Error> {
        let record: Option<String> =
            reading.prepare_cached("SELECT service FROM bank")?.query_row([], |row| row.get(0)).optional()?;
        Ok(record.map(|it| serde_json::from_str(&it)).transpose()?.unwrap_or_default())
    }
}

/// A hub that failed, and how long it is left alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Failing {
    /// How often in a row.
    pub(crate) failures: u32,
    /// Milliseconds since 1970, UTC.
    pub(crate) not_before: i64,
}

impl Failing {
    pub(crate) fn read(reading: &Reading<'_>, host: &str) -> Result<Option<Self>, Error> {
        let row = |row: &rusqlite::Row<'_>| Ok(Self { failures: row.get(0)?, not_before: row.get(1)? });
        Ok(reading
            .prepare_cached("SELECT failures, not_before FROM hosts WHERE host = ?1")?
            .query_row([host], row)
            .optional()?)
    }

    pub(crate) fn store(&self, writing: &Writing<'_>, host: &str) -> Result<(), Error> {
        writing.execute(
            "INSERT OR REPLACE INTO hosts (host, failures, not_before) VALUES (?1, ?2, ?3)",
            params![host, self.failures, self.not_before],
        )?;
        Ok(())
    }

    /// It answers again.
    pub(crate) fn forget(writing: &Writing<'_>, host: &str) -> Result<(), Error> {
        writing.execute("DELETE FROM hosts WHERE host = ?1", [host])?;
        Ok(())
    }
}

/// What travelled in one month, in bytes of answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Travelled {
    pub(crate) metered: u64,
    pub(crate) unmetered: u64,
}

impl Travelled {
    /// In a month such as `2026-11`.
    pub(crate) fn read(reading: &Reading<'_>, month: &str) -> Result<Self, Error> {
        let mut rows = reading.prepare_cached("SELECT metered, bytes FROM traffic WHERE month = ?1")?;
        let mut rows = rows.query_map([month], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.try_fold(Self::default(), |sum, row| {
            Ok(match row? {
                (true, metered) => Self { metered, ..sum },
                (false, unmetered) => Self { unmetered, ..sum },
            })
        })
    }

    /// Counts some more. What is older than a year is forgotten.
    pub(crate) fn count(writing: &Writing<'_>, month: &str, metered: bool, bytes: u64) -> Result<(), Error> {
        writing.execute(
            "INSERT INTO traffic (month, metered, bytes) VALUES (?1, ?2, ?3)
             ON CONFLICT (month, metered) DO UPDATE SET bytes = bytes + excluded.bytes",
            params![month, metered, bytes],
        )?;
        writing.execute(
            "DELETE FROM traffic WHERE month NOT IN (SELECT DISTINCT month FROM traffic ORDER BY month DESC LIMIT 12)",
            [],
        )?;
        Ok(())
    }
}

/// The last answer of the hub.
pub(crate) struct Checked {
    /// Milliseconds since 1970, UTC.
    pub(crate) at: i64,
    pub(crate) etag: Option<String>,
}

impl Checked {
    pub(crate) fn read(reading: &Reading<'_>) -> Result<Option<Self>, Error> {
        let row = |row: &rusqlite::Row<'_>| Ok(Self { at: row.get(0)?, etag: row.get(1)? });
        Ok(reading.prepare_cached("SELECT at, etag FROM checked")?.query_row([], row).optional()?)
    }

    /// The head that is stored from now on did not come with the tag that is: whoever answers to that one answers to another head.
    pub(crate) fn forget_tag(writing: &Writing<'_>) -> Result<(), Error> {
        writing.execute("UPDATE checked SET etag = NULL", [])?;
        Ok(())
    }

    pub(crate) fn store(&self, writing: &Writing<'_>) -> Result<(), Error> {
        writing.execute(
            "INSERT INTO checked (one, at, etag) VALUES (1, ?1, ?2)
             ON CONFLICT (one) DO UPDATE SET at = max(at, excluded.at), etag = excluded.etag",
            params![self.at, self.etag],
        )?;
        Ok(())
    }
}
