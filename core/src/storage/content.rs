//! `content.db`: the bank as the hub published it.

use std::ops::Deref;
use std::path::{Path, PathBuf};

use otsupport_wire::snapshot::{
    Audience, Item, Record, ReviewStatus, Service, ServiceStatus, Setting, Summary,
};
use otsupport_wire::trust::Newest;
use rusqlite::{Connection, OptionalExtension, params};
use rusqlite_migration::{M, Migrations};

use super::access::{Database, Reading, Writing};
use super::open::{self, Durability};
use crate::error::Error;
use crate::strategies::Kind;

/// The numbered schemas. Each is kept for ever; a new one is added at the end.
const MIGRATIONS: &[M<'_>] = &[M::up(include_str!("schema/content-1.sql"))];

/// The bank's database.
pub(crate) struct ContentStore {
    database: Database,
}

impl ContentStore {
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let database = Database::open(path, open_writer)?;
        // The first read tells whether the file is a database at all.
        database.read(Bank::read)?;
        Ok(Self { database })
    }

    /// Removes the database's files: it is rebuilt from the kept snapshot.
    pub(crate) fn discard(path: &Path) -> Result<(), Error> {
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
}

impl Bank {
    pub(crate) fn read(reading: &Reading<'_>) -> Result<Option<Self>, Error> {
        let row = |row: &rusqlite::Row<'_>| {
            Ok(Self { version: row.get(0)?, newer: row.get(1)?, published: row.get(2)?, head: row.get(3)? })
        };
        Ok(reading
            .prepare_cached("SELECT version, newer, published, head FROM bank")?
            .query_row([], row)
            .optional()?)
    }

    /// Stores a newer head that vouches for the same bank.
    pub(crate) fn vouch(writing: &Writing<'_>, head: &[u8]) -> Result<(), Error> {
        writing.execute("UPDATE bank SET head = ?1", [head])?;
        Ok(())
    }

    pub(crate) fn service(reading: &Reading<'_>) -> Result<Service, Error> {
        let record: Option<String> =
            reading.prepare_cached("SELECT service FROM bank")?.query_row([], |row| row.get(0)).optional()?;
        Ok(record.map(|it| serde_json::from_str(&it)).transpose()?.unwrap_or_default())
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

    pub(crate) fn store(&self, writing: &Writing<'_>) -> Result<(), Error> {
        writing.execute(
            "INSERT INTO checked (one, at, etag) VALUES (1, ?1, ?2)
             ON CONFLICT (one) DO UPDATE SET at = max(at, excluded.at), etag = excluded.etag",
            params![self.at, self.etag],
        )?;
        Ok(())
    }
}

/// A bank being taken in, record by record, in place of the one before.
pub(crate) struct Loading<'a> {
    writing: &'a Writing<'a>,
    service: String,
    /// Whether the whole service is a demonstration: then so is every item.
    demonstration: bool,
    /// The text of an item for the index; kept to be used again.
    text: String,
}

impl<'a> Loading<'a> {
    pub(crate) fn begin(writing: &'a Writing<'a>) -> Result<Self, Error> {
        writing.execute_batch(
            "DELETE FROM bank; DELETE FROM topics; DELETE FROM words; DELETE FROM items; DELETE FROM events;
             DELETE FROM media; DELETE FROM pictures; INSERT INTO found (found) VALUES ('delete-all');",
        )?;
        Ok(Self { writing, service: String::new(), demonstration: false, text: String::new() })
    }

    /// Takes in one record with its canonical JSON.
    pub(crate) fn record(&mut self, record: Record, json: &str) -> Result<(), Error> {
        match record {
            Record::Service(it) => {
                self.demonstration = it.status == ServiceStatus::Demonstration;
                json.clone_into(&mut self.service);
            }
            Record::Topic(it) => self.insert(
                "INSERT INTO topics (slug, position, record) VALUES (?1, ?2, ?3)",
                params![it.slug.as_str(), it.order, json],
            )?,
            Record::Words(_) => self.insert("INSERT INTO words (record) VALUES (?1)", params![json])?,
            Record::Strategy(it) => self.item(Kind::Strategy, &it, json)?,
            Record::Resource(it) => self.item(Kind::Resource, &it, json)?,
            Record::Event(it) => {
                self.insert("INSERT INTO events (uid, record) VALUES (?1, ?2)", params![it.uid, json])?;
            }
            Record::Media(it) => self.insert(
                "INSERT INTO media (file, sha256, bytes) VALUES (?1, ?2, ?3)",
                params![it.file.as_str(), it.sha256.to_string(), it.bytes],
            )?,
            Record::Picture(it) => self.insert(
                "INSERT INTO pictures (file, svg) VALUES (?1, ?2)",
                params![it.file.as_str(), it.svg],
            )?,
        }
        Ok(())
    }

    /// Names the bank that was taken in and the head that vouches for it.
    pub(crate) fn finish(self, summary: &Summary, newest: &Newest, head: &[u8]) -> Result<(), Error> {
        self.insert(
            "INSERT INTO bank (one, version, newer, service, published, head) VALUES (1, ?1, ?2, ?3, ?4, ?5)",
            params![
                summary.version.0,
                summary.newer,
                self.service,
                newest.published.timestamp_millis(),
                head
            ],
        )
    }

    fn insert(&self, sql: &str, values: impl rusqlite::Params) -> Result<(), Error> {
        self.writing.prepare_cached(sql)?.execute(values)?;
        Ok(())
    }

    fn item(&mut self, kind: Kind, item: &Item, json: &str) -> Result<(), Error> {
        let original = item.variant.is_none();
        let variant = item.variant.as_ref();
        let (withdrawn, next) = match &item.review.status {
            ReviewStatus::Demonstration => (false, None),
            ReviewStatus::Reviewed { next, .. } => (false, Some(next.to_string())),
            ReviewStatus::Withdrawn { .. } => (true, None),
        };
        self.insert(
            "INSERT INTO items (id, original, language, easy, kind, topic, title, audiences, settings, age_from, age_to,
                                minutes, demonstration, withdrawn, next_review, record)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
            params![
                item.id.as_str(),
                original,
                variant.map_or("en", |it| it.language.as_str()),
                variant.is_some_and(|it| it.easy),
                kind.number(),
                item.topic.as_str(),
                item.title,
                item.audiences.iter().fold(0, |bits, it| bits | audience_bit(*it)),
                item.settings.iter().fold(0, |bits, it| bits | setting_bit(*it)),
                item.ages.map(|it| it.from),
                item.ages.map(|it| it.to),
                item.minutes,
                self.demonstration || item.review.status == ReviewStatus::Demonstration,
                withdrawn,
                next,
                json,
            ],
        )?;
        // A variant is never a second result, and withdrawn advice is not found.
        if original && !withdrawn {
            self.text.clear();
            for section in &item.sections {
                self.text.push_str(&section.text);
                self.text.push('\n');
            }
            self.insert(
                "INSERT INTO found (rowid, title, asks, keywords, text) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![
                    self.writing.last_insert_rowid(),
                    item.title,
                    item.asks.join("\n"),
                    item.keywords.join("\n"),
                    self.text,
                ],
            )?;
        }
        Ok(())
    }
}

pub(crate) fn audience_bit(audience: Audience) -> u8 {
    match audience {
        Audience::Family => 1,
        Audience::School => 2,
    }
}

pub(crate) fn setting_bit(setting: Setting) -> u8 {
    match setting {
        Setting::Home => 1,
        Setting::School => 2,
    }
}

impl Kind {
    /// How it is stored.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Strategy => 0,
            Self::Resource => 1,
        }
    }

    pub(crate) fn from_number(number: u8) -> Self {
        if number == 0 { Self::Strategy } else { Self::Resource }
    }
}
