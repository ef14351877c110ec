//! Rows whose text is sealed under its place: table, column and row.

use std::collections::HashSet;

use chrono::DateTime;
use rusqlite::{OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::error::Error;
use crate::storage::access::{Reading, Writing};
use crate::storage::seal::{FamilyKey, random};
use crate::strategies::{RowId, Shelved};

/// A table of rows with a place in the family's order, a random id and a sealed text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Table {
    Shelf,
    Lists,
    Profiles,
    Plans,
    Log,
    Preferences,
    Waiting,
    Notices,
    Followed,
    Lookouts,
    KnownEvents,
    Armed,
    Enquiries,
}

impl Table {
    pub(super) const ALL: [Self; 13] = [
        Self::Shelf,
        Self::Lists,
        Self::Profiles,
        Self::Plans,
        Self::Log,
        Self::Preferences,
        Self::Waiting,
        Self::Notices,
        Self::Followed,
        Self::Lookouts,
        Self::KnownEvents,
        Self::Armed,
        Self::Enquiries,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Shelf => "shelf",
            Self::Lists => "lists",
            Self::Profiles => "profiles",
            Self::Plans => "plans",
            Self::Log => "log",
            Self::Preferences => "preferences",
            Self::Waiting => "waiting",
            Self::Notices => "notices",
            Self::Followed => "followed",
            Self::Lookouts => "lookouts",
            Self::KnownEvents => "known_events",
            Self::Armed => "armed",
            Self::Enquiries => "enquiries",
        }
    }

    /// Where a text belongs: it opens nowhere else.
    fn place(self, column: &str, id: &str) -> String {
        format!("{}.{column}/{id}", self.name())
    }

    /// The columns that are sealed.
    fn sealed_columns(self) -> &'static [&'static str] {
        if self == Self::Shelf { &["sealed", "seen"] } else { &["sealed"] }
    }
}

/// Something that the family made, kept as one sealed row.
pub(crate) trait FamilyRecord: Serialize + DeserializeOwned {
    /// Where it is kept.
    const TABLE: Table;

    /// Its id, which never changes.
    fn id(&self) -> &str;
}

/// What the family made, to be read.
pub(crate) struct FamilyReading<'a> {
    reading: Reading<'a>,
    key: &'a FamilyKey,
}

impl<'a> FamilyReading<'a> {
    pub(super) fn new(reading: Reading<'a>, key: &'a FamilyKey) -> Self {
        Self { reading, key }
    }

    /// Everything of one kind, in the family's order. A row that does not open any more costs no other.
    pub(crate) fn all<R: FamilyRecord>(&self) -> Result<Vec<R>, Error> {
        all(&self.reading, self.key)
    }

    /// The rest of a row that is large and seldom needed.
    pub(crate) fn seen(&self, id: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let sealed: Option<Vec<u8>> = self
            .reading
            .prepare_cached("SELECT seen FROM shelf WHERE id = ?1")?
            .query_row([id], |row| row.get(0))
            .optional()?;
        Ok(sealed.and_then(|it| self.key.open(&Table::Shelf.place("seen", id), &it).ok()))
    }

    /// How many rows do not open although the key is right.
    pub(crate) fn unreadable(&self) -> Result<u32, Error> {
        let mut unreadable = 0;
        for table in Table::ALL {
            let sql = format!("SELECT id, sealed FROM {}", table.name());
            let mut rows = self.reading.prepare_cached(&sql)?;
            let mut rows = rows.query([])?;
            while let Some(row) = rows.next()? {
                let (id, sealed): (String, Vec<u8>) = (row.get(0)?, row.get(1)?);
                unreadable += u32::from(self.key.open(&table.place("sealed", &id), &sealed).is_err());
            }
        }
        Ok(unreadable)
    }

    pub(crate) fn safety_copy(&self) -> Result<SafetyCopyState, Error> {
        safety_copy(&self.reading)
    }
}

/// What the family made, to be changed. It is one transaction.
pub(crate) struct FamilyWriting<'a> {
    writing: &'a Writing<'a>,
    key: &'a FamilyKey,
}

impl<'a> FamilyWriting<'a> {
    pub(super) fn new(writing: &'a Writing<'a>, key: &'a FamilyKey) -> Self {
        Self { writing, key }
    }

    /// The same transaction, to be read.
    pub(crate) fn reading(&self) -> FamilyReading<'_> {
        FamilyReading::new(self.writing.reading(), self.key)
    }

    /// Everything of one kind, in the family's order.
    pub(crate) fn all<R: FamilyRecord>(&self) -> Result<Vec<R>, Error> {
        all(&self.writing.reading(), self.key)
    }

    /// The record with this id, if there is one that opens.
    pub(crate) fn get<R: FamilyRecord>(&self, id: &str) -> Result<Option<R>, Error> {
        let sql = format!("SELECT sealed FROM {} WHERE id = ?1", R::TABLE.name());
        let sealed: Option<Vec<u8>> =
            self.writing.prepare_cached(&sql)?.query_row([id], |row| row.get(0)).optional()?;
        Ok(sealed.and_then(|it| opened(self.key, id, &it)))
    }

    /// Keeps a record: in its place if it has one, else behind the others.
    pub(crate) fn put<R: FamilyRecord>(&self, record: &R) -> Result<(), Error> {
        let table = R::TABLE;
        let plain = Zeroizing::new(serde_json::to_vec(record)?);
        let sealed = self.key.seal(&table.place("sealed", record.id()), &plain)?;
        // What belongs to a shelved item besides is put by `put_seen`.
        let (columns, values) = if table == Table::Shelf {
            ("id, sealed, seen", "?1, ?2, x''")
        } else {
            ("id, sealed", "?1, ?2")
        };
        let sql = format!(
            "INSERT INTO {} ({columns}) VALUES ({values})
             ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed",
            table.name()
        );
        self.writing.prepare_cached(&sql)?.execute(params![record.id(), sealed])?;
        Ok(())
    }

    /// Keeps the rest of a row of the shelf.
    pub(crate) fn put_seen(&self, id: &str, seen: &[u8]) -> Result<(), Error> {
        let sealed = self.key.seal(&Table::Shelf.place("seen", id), seen)?;
        self.writing
            .prepare_cached("UPDATE shelf SET seen = ?2 WHERE id = ?1")?
            .execute(params![id, sealed])?;
        Ok(())
    }

    /// Removes a record. One that is not there is no fault.
    pub(crate) fn remove<R: FamilyRecord>(&self, id: &str) -> Result<(), Error> {
        let sql = format!("DELETE FROM {} WHERE id = ?1", R::TABLE.name());
        self.writing.prepare_cached(&sql)?.execute([id])?;
        Ok(())
    }

    /// Puts the records with these ids first, in this order; the others follow in theirs.
    pub(crate) fn arrange<R: FamilyRecord>(&self, ids: &[&str]) -> Result<(), Error> {
        let table = R::TABLE.name();
        let before: Vec<String> = self
            .writing
            .prepare_cached(&format!("SELECT id FROM {table} ORDER BY position"))?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let first: HashSet<&str> = ids.iter().copied().collect();
        let others = before.iter().map(String::as_str).filter(|it| !first.contains(it));
        // Positions are unique at every step: they go below zero first.
        self.writing.execute(&format!("UPDATE {table} SET position = -position"), [])?;
        let mut place =
            self.writing.prepare_cached(&format!("UPDATE {table} SET position = ?2 WHERE id = ?1"))?;
        for (position, id) in (1i64..).zip(ids.iter().copied().chain(others)) {
            place.execute(params![id, position])?;
        }
        Ok(())
    }

    pub(crate) fn safety_copy(&self) -> Result<SafetyCopyState, Error> {
        safety_copy(&self.writing.reading())
    }

    pub(crate) fn set_safety_copy(&self, state: SafetyCopyState) -> Result<(), Error> {
        self.writing.execute(
            "INSERT INTO safety_copy (one, made_at, asked_at, entries) VALUES (1, ?1, ?2, ?3)
             ON CONFLICT (one) DO UPDATE
             SET made_at = excluded.made_at, asked_at = excluded.asked_at, entries = excluded.entries",
            params![state.made_at, state.asked_at, state.entries],
        )?;
        Ok(())
    }
}

/// What is known of safety copies. Instants are milliseconds since 1970, UTC.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct SafetyCopyState {
    /// When the last one was made.
    pub(crate) made_at: Option<i64>,
    /// When the family was last asked to make one.
    pub(crate) asked_at: Option<i64>,
    /// Log entries written since the last one.
    pub(crate) entries: u32,
}

fn safety_copy(reading: &Reading<'_>) -> Result<SafetyCopyState, Error> {
    let row = |row: &rusqlite::Row<'_>| {
        Ok(SafetyCopyState { made_at: row.get(0)?, asked_at: row.get(1)?, entries: row.get(2)? })
    };
    Ok(reading
        .prepare_cached("SELECT made_at, asked_at, entries FROM safety_copy")?
        .query_row([], row)
        .optional()?
        .unwrap_or_default())
}

fn all<R: FamilyRecord>(reading: &Reading<'_>, key: &FamilyKey) -> Result<Vec<R>, Error> {
    let table = R::TABLE;
    let sql = format!("SELECT id, sealed FROM {} ORDER BY position", table.name());
    let mut rows = reading.prepare_cached(&sql)?;
    let rows = rows.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Vec<u8>>(1)?)))?;
    let mut records = Vec::new();
    for row in rows {
        let (id, sealed) = row?;
        records.extend(opened(key, &id, &sealed));
    }
    Ok(records)
}

/// The record, unless it does not open any more.
fn opened<R: FamilyRecord>(key: &FamilyKey, id: &str, sealed: &[u8]) -> Option<R> {
    let plain = key.open(&R::TABLE.place("sealed", id), sealed);
    let record = plain.and_then(|plain| Ok(serde_json::from_slice(&plain)?)).ok();
    if record.is_none() {
        tracing::warn!(table = R::TABLE.name(), "a row does not open");
    }
    record
}

/// Whether something stands where the first schema kept it.
pub(super) fn has_saved(reading: &Reading<'_>) -> Result<bool, Error> {
    Ok(reading.prepare_cached("SELECT 1 FROM saved")?.exists([])?)
}

/// Moves what the first schema kept half open into the shelf.
pub(super) fn move_saved(writing: &Writing<'_>, key: &FamilyKey) -> Result<(), Error> {
    type Row = (String, i64, Vec<u8>);
    let rows: Vec<Row> = writing
        .prepare_cached("SELECT item, saved_at, seen FROM saved ORDER BY position")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    let family = FamilyWriting::new(writing, key);
    for (item, saved_at, seen) in rows {
        let seen = key.open(&format!("saved.seen/{item}"), &seen);
        let Ok(id) = item.parse() else { continue };
        let saved_at = DateTime::from_timestamp_millis(saved_at).unwrap_or_default();
        let shelved = Shelved::new(RowId::from_random(random()?), id, saved_at);
        family.put(&shelved)?;
        // A copy that does not open costs the comparison, not the place.
        if let Ok(seen) = seen {
            family.put_seen(shelved.id(), &seen)?;
        }
        writing.execute("DELETE FROM saved WHERE item = ?1", [item])?;
    }
    Ok(())
}

/// Seals every row under another key. A row that did not open before stays as it is.
pub(super) fn seal_anew(writing: &Writing<'_>, old: &FamilyKey, new: &FamilyKey) -> Result<(), Error> {
    for table in Table::ALL {
        for column in table.sealed_columns() {
            let name = table.name();
            let mut rows = writing.prepare(&format!("SELECT id, {column} FROM {name}"))?;
            let rows: Vec<(String, Vec<u8>)> =
                rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
            let mut update = writing.prepare(&format!("UPDATE {name} SET {column} = ?2 WHERE id = ?1"))?;
            for (id, sealed) in rows {
                let place = table.place(column, &id);
                if let Ok(plain) = old.open(&place, &sealed) {
                    update.execute(params![id, new.seal(&place, &plain)?])?;
                }
            }
        }
    }
    Ok(())
}

/// Removes every row but what this phone has trusted.
pub(super) fn clear(writing: &Writing<'_>) -> Result<(), Error> {
    for table in Table::ALL.map(Table::name).into_iter().chain(["saved", "safety_copy", "key_check"]) {
        writing.execute(&format!("DELETE FROM {table}"), [])?;
    }
    Ok(())
}
