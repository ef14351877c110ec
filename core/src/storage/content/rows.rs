//! The rows that a record is stored as, and the search index beside them.

use std::sync::Arc;

use otsupport_wire::snapshot::{Audience, Item, Record, ReviewStatus, ServiceStatus, Setting};
use rusqlite::{OptionalExtension, params};

use crate::error::Error;
use crate::storage::access::Writing;
use crate::strategies::{Indexing, Kind, Table};

/// Puts records in and takes them out.
pub(super) struct Rows<'a> {
    pub(super) writing: &'a Writing<'a>,
    /// Whether the whole service is a demonstration: then so is every item.
    demonstration: bool,
    /// Whether the record of the service came by: it stands with the bank.
    pub(super) service: Option<String>,
    index: Indexing,
}

impl<'a> Rows<'a> {
    /// Goes on with the records that are there. `table` tells what items mean.
    pub(super) fn begin(
        writing: &'a Writing<'a>,
        demonstration: bool,
        table: Option<Arc<Table>>,
    ) -> Result<Self, Error> {
        Ok(Self { writing, demonstration, service: None, index: Indexing::begin(writing, table)? })
    }

    /// Removes every record.
    pub(super) fn clear(writing: &Writing<'_>) -> Result<(), Error> {
        writing.execute_batch(
            "DELETE FROM topics; DELETE FROM words; DELETE FROM items; DELETE FROM events; DELETE FROM media;
             DELETE FROM pictures; DELETE FROM recalled;",
        )?;
        Indexing::clear(writing)
    }

    /// Ends the index.
    pub(super) fn finish(self) -> Result<(), Error> {
        self.index.finish(self.writing)
    }

    /// Puts in a record that is not there, with its canonical JSON.
    pub(super) fn put(&mut self, record: Record, json: &str) -> Result<(), Error> {
        match record {
            Record::Strategy(it) => self.put_item(Kind::Strategy, &it, None, json),
            Record::Resource(it) => self.put_item(Kind::Resource, &it, None, json),
            Record::Service(it) => {
                self.demonstration = it.status == ServiceStatus::Demonstration;
                self.service = Some(json.to_owned());
                Ok(())
            }
            Record::Topic(it) => self.execute(
                "INSERT INTO topics (slug, position, record) VALUES (?1, ?2, ?3)",
                params![it.slug.as_str(), it.order, json],
            ),
            Record::Words(it) => {
                self.index.know(&it);
                self.execute("INSERT INTO words (record) VALUES (?1)", params![json])
            }
            Record::Event(it) => {
                self.execute("INSERT INTO events (uid, record) VALUES (?1, ?2)", params![it.uid, json])
            }
            Record::Media(it) => self.execute(
                "INSERT INTO media (file, sha256, bytes) VALUES (?1, ?2, ?3)",
                params![it.file.as_str(), it.sha256.to_string(), it.bytes],
            ),
            Record::Picture(it) => self.execute(
                "INSERT INTO pictures (file, svg) VALUES (?1, ?2)",
                params![it.file.as_str(), it.svg],
            ),
        }
    }

    /// Puts in a record in place of the one of its name, if there is one.
    pub(super) fn replace(&mut self, record: Record, json: &str) -> Result<(), Error> {
        match record {
            Record::Strategy(it) => {
                let row = self.take_item_out(Kind::Strategy, &it)?;
                self.put_item(Kind::Strategy, &it, row, json)
            }
            Record::Resource(it) => {
                let row = self.take_item_out(Kind::Resource, &it)?;
                self.put_item(Kind::Resource, &it, row, json)
            }
            other => {
                self.take_out(&other)?;
                self.put(other, json)
            }
        }
    }

    /// Takes out the record of this name.
    pub(super) fn take_out(&mut self, record: &Record) -> Result<(), Error> {
        match record {
            Record::Service(_) => Ok(()),
            Record::Strategy(it) => self.take_item_out(Kind::Strategy, it).map(drop),
            Record::Resource(it) => self.take_item_out(Kind::Resource, it).map(drop),
            Record::Topic(it) => self.execute("DELETE FROM topics WHERE slug = ?1", [it.slug.as_str()]),
            Record::Words(it) => {
                self.execute("DELETE FROM words WHERE record = ?1", [serde_json::to_string(it)?])
            }
            Record::Event(it) => self.execute("DELETE FROM events WHERE uid = ?1", [&it.uid]),
            Record::Media(it) => self.execute("DELETE FROM media WHERE file = ?1", [it.file.as_str()]),
            Record::Picture(it) => self.execute("DELETE FROM pictures WHERE file = ?1", [it.file.as_str()]),
        }
    }

    fn execute(&self, sql: &str, values: impl rusqlite::Params) -> Result<(), Error> {
        self.writing.prepare_cached(sql)?.execute(values)?;
        Ok(())
    }

    /// Puts an item in, at the place of the row that it takes the place of.
    pub(super) fn put_item(
        &mut self,
        kind: Kind,
        item: &Item,
        row: Option<i64>,
        json: &str,
    ) -> Result<(), Error> {
        let variant = item.variant.as_ref();
        let (withdrawn, next) = match &item.review.status {
            ReviewStatus::Demonstration => (false, None),
            ReviewStatus::Reviewed { next, .. } => (false, Some(next.to_string())),
            ReviewStatus::Withdrawn { .. } => (true, None),
        };
        self.execute(
            "INSERT INTO items (item, id, original, language, easy, kind, topic, title, audiences, settings, age_from, age_to,
                                minutes, demonstration, withdrawn, next_review, record)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
            params![
                row,
                item.id.as_str(),
                variant.is_none(),
                language(item),
                easy(item),
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
        if is_found(item) {
            let row = self.writing.last_insert_rowid();
            self.index.put(self.writing, row, item)?;
        }
        Ok(())
    }

    /// Takes an item of this name out, and gives the place of its row.
    fn take_item_out(&mut self, kind: Kind, item: &Item) -> Result<Option<i64>, Error> {
        let found = self
            .writing
            .prepare_cached(
                "SELECT item, record FROM items
                 WHERE id = ?1 AND original = ?2 AND language = ?3 AND easy = ?4 AND kind = ?5",
            )?
            .query_row(
                params![item.id.as_str(), item.variant.is_none(), language(item), easy(item), kind.number()],
                |row| Ok((row.get(0)?, row.get::<_, String>(1)?)),
            )
            .optional()?;
        let Some((row, record)) = found else { return Ok(None) };
        self.take_row_out(row, &serde_json::from_str(&record)?)?;
        Ok(Some(row))
    }

    /// Takes out the row of an item as it is stored there.
    pub(super) fn take_row_out(&mut self, row: i64, stored: &Item) -> Result<(), Error> {
        if is_found(stored) {
            // An index without a copy of the text must be told what it was.
            self.index.take_out(row, stored)?;
        }
        self.execute("DELETE FROM items WHERE item = ?1", [row])
    }
}

/// A variant is never a second result, and withdrawn advice is not found.
fn is_found(item: &Item) -> bool {
    item.variant.is_none() && !matches!(item.review.status, ReviewStatus::Withdrawn { .. })
}

fn language(item: &Item) -> &str {
    item.variant.as_ref().map_or("en", |it| it.language.as_str())
}

fn easy(item: &Item) -> bool {
    item.variant.as_ref().is_some_and(|it| it.easy)
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
