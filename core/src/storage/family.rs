//! `family.db`: what the family made, and what this phone has once trusted. Never deleted by code.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use otsupport_wire::Sha256;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};
use rusqlite_migration::{M, Migrations};

use super::access::{Database, Reading, Writing};
use super::open::{self, Durability};
use super::seal::FamilyKey;
use crate::error::Error;

/// The numbered schemas. Each is kept for ever; a new one is added at the end.
const MIGRATIONS: &[M<'_>] = &[M::up(include_str!("schema/family-1.sql"))];

/// The family's database.
pub(crate) struct FamilyStore {
    database: Database,
    key: FamilyKey,
}

/// A damaged `family.db` that was set aside.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Quarantine {
    /// Where the damaged file is now.
    pub(crate) file: PathBuf,
    /// How many saved items could be read from it.
    pub(crate) salvaged: usize,
}

impl FamilyStore {
    /// Opens the database. One that is damaged is set aside under another name, what can be read of it is carried over,
    /// and the second value says so.
    pub(crate) fn open(path: &Path, key: FamilyKey) -> Result<(Self, Option<Quarantine>), Error> {
        match Self::try_open(path, &key) {
            Ok(database) => Ok((Self { database, key }, None)),
            Err(error) if error.is_damage() => {
                let damaged = set_aside(path)?;
                let mut writer = open_writer(path)?;
                let salvaged = salvage(&damaged, &mut writer)?;
                // The mark of the first key came over too: another key is refused as before.
                check_key(&writer, &key)?;
                let database = Database::new(path.to_owned(), writer);
                let store = Self { database, key };
                Ok((store, Some(Quarantine { file: damaged, salvaged })))
            }
            Err(error) => Err(error),
        }
    }

    fn try_open(path: &Path, key: &FamilyKey) -> Result<Database, Error> {
        let writer = open_writer(path)?;
        let verdict: String = writer.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if verdict != "ok" {
            return Err(damage());
        }
        check_key(&writer, key)?;
        Ok(Database::new(path.to_owned(), writer))
    }

    pub(crate) fn key(&self) -> &FamilyKey {
        &self.key
    }

    pub(crate) fn read<T>(&self, work: impl FnOnce(&Reading<'_>) -> Result<T, Error>) -> Result<T, Error> {
        self.database.read(work).map_err(of_family)
    }

    pub(crate) fn write<T>(&self, work: impl FnOnce(&Writing<'_>) -> Result<T, Error>) -> Result<T, Error> {
        self.database.write(work).map_err(of_family)
    }

    pub(crate) fn close(&self) {
        self.database.close();
    }
}

/// What this database reports is its own: work on the bank reads both, and only the bank is ever rebuilt.
fn of_family(error: Error) -> Error {
    match error {
        Error::Sqlite(error) => Error::Family(error),
        other => other,
    }
}

fn open_writer(path: &Path) -> Result<Connection, Error> {
    open::writer(path, Durability::Full, &Migrations::from_slice(MIGRATIONS))
}

fn damage() -> Error {
    let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
    Error::Sqlite(rusqlite::Error::SqliteFailure(code, None))
}

/// A key that does not open the mark of the first one is refused before anything is read or written with it.
fn check_key(connection: &Connection, key: &FamilyKey) -> Result<(), Error> {
    const PLACE: &str = "key_check.sealed";
    let sealed: Option<Vec<u8>> =
        connection.query_row("SELECT sealed FROM key_check", [], |row| row.get(0)).optional()?;
    match sealed {
        Some(sealed) => key.open(PLACE, &sealed).map(drop),
        None => {
            let sealed = key.seal(PLACE, b"otsupport")?;
            connection.execute("INSERT INTO key_check (one, sealed) VALUES (1, ?1)", [sealed])?;
            Ok(())
        }
    }
}

/// Renames the database and its companions to the first free `family.db.damaged-N`.
fn set_aside(path: &Path) -> Result<PathBuf, Error> {
    let named = |number: u32, suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        if number > 0 {
            name.push(format!(".damaged-{number}"));
        }
        name.push(suffix);
        PathBuf::from(name)
    };
    let number = (1..).find(|number| !named(*number, "").exists()).unwrap_or(u32::MAX);
    // The log goes first: the new database must never meet the old one's.
    for suffix in ["-wal", "-shm", ""] {
        match fs::rename(named(0, suffix), named(number, suffix)) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(named(number, ""))
}

/// Carries over every row that can still be read, all in one transaction. What cannot stays in the file that was set aside.
fn salvage(damaged: &Path, writer: &mut Connection) -> Result<usize, Error> {
    let Ok(old) = open::reader(damaged) else { return Ok(0) };
    let new = writer.transaction()?;
    copy(&old, &new, "key_check", "one, sealed", 1);
    copy(&old, &new, "floor", "one, root, targets, bank, sha256", 1);
    let salvaged = rows(&old, "saved")
        .into_iter()
        .filter(|row| copy(&old, &new, "saved", "item, position, saved_at, seen", *row))
        .count();
    new.commit()?;
    Ok(salvaged)
}

/// The numbers of the rows that can be reached from either end: damage in the middle hides neither side.
fn rows(old: &Connection, table: &str) -> BTreeSet<i64> {
    let mut found = BTreeSet::new();
    for order in ["ASC", "DESC"] {
        let sql = format!("SELECT rowid FROM {table} NOT INDEXED ORDER BY rowid {order}");
        if let Ok(mut rows) = old.prepare(&sql)
            && let Ok(rows) = rows.query_map([], |row| row.get::<_, i64>(0))
        {
            found.extend(rows.map_while(Result::ok));
        }
    }
    found
}

/// Copies one row; says whether it could.
fn copy(old: &Connection, new: &Connection, table: &str, columns: &str, row: i64) -> bool {
    let width = columns.split(',').count();
    let values =
        old.query_row(&format!("SELECT {columns} FROM {table} NOT INDEXED WHERE rowid = ?1"), [row], |row| {
            (0..width).map(|column| row.get::<_, Value>(column)).collect::<Result<Vec<_>, _>>()
        });
    let marks = vec!["?"; width].join(", ");
    values.is_ok_and(|values| {
        new.execute(&format!("INSERT INTO {table} ({columns}) VALUES ({marks})"), params_from_iter(values))
            .is_ok()
    })
}

/// What this phone has once trusted. It only ever rises.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Floor {
    /// The newest trusted root, as signed.
    pub(crate) root: Vec<u8>,
    /// The number of the newest targets document; 0 for none.
    pub(crate) targets: u64,
    /// The newest verified bank; 0 for none.
    pub(crate) bank: u64,
    /// Its digest.
    pub(crate) sha256: Option<Sha256>,
}

impl Floor {
    pub(crate) fn read(reading: &Reading<'_>) -> Result<Option<Self>, Error> {
        let row = |row: &rusqlite::Row<'_>| {
            let sha256: String = row.get(3)?;
            Ok(Self {
                root: row.get(0)?,
                targets: row.get(1)?,
                bank: row.get(2)?,
                sha256: sha256.parse().ok(),
            })
        };
        Ok(reading
            .prepare_cached("SELECT root, targets, bank, sha256 FROM floor")?
            .query_row([], row)
            .optional()?)
    }

    /// Stores the floor unless a higher one is already there.
    pub(crate) fn raise(&self, writing: &Writing<'_>) -> Result<(), Error> {
        writing.execute(
            "INSERT INTO floor (one, root, targets, bank, sha256) VALUES (1, ?1, ?2, ?3, ?4)
             ON CONFLICT (one) DO UPDATE
             SET root = excluded.root, targets = excluded.targets, bank = excluded.bank, sha256 = excluded.sha256
             WHERE excluded.targets >= targets AND excluded.bank >= bank
               AND (excluded.targets > targets OR excluded.bank > bank OR excluded.sha256 <> sha256)",
            params![self.root, self.targets, self.bank, self.sha256.map(|it| it.to_string()).unwrap_or_default()],
        )?;
        Ok(())
    }
}
