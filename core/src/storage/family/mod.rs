//! `family.db`: what the family made, and what this phone has once trusted. Never deleted by code, unless the family erases it.
//!
//! The key is the platform's. Without it the floor is still read and raised, and everything else answers that it is locked.

mod floor;
mod replace;
mod salvage;
mod sealed;

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use rusqlite::{Connection, OptionalExtension};
use rusqlite_migration::{M, Migrations};
use serde::Serialize;

use super::access::{Database, Reading, Writing};
use super::open::{self, Durability};
use super::seal::FamilyKey;
use crate::error::Error;
use crate::platform::{KeyFault, KeyStore};

pub(crate) use floor::Floor;
pub(crate) use sealed::{FamilyReading, FamilyRecord, FamilyWriting, SafetyCopyState, Table};

/// The numbered schemas. Each is kept for ever; a new one is added at the end.
const MIGRATIONS: &[M<'_>] = &[
    M::up(include_str!("../schema/family-1.sql")),
    M::up(include_str!("../schema/family-2.sql")),
    M::up(include_str!("../schema/family-3.sql")),
];

/// Where the mark of the key is sealed.
const MARK: &str = "key_check.sealed";

/// Why the family's part does not open. The bank, search and help work all the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Locked {
    /// The keystore has no key, or not now.
    KeyUnavailable,
    /// The keystore has another key than the one that this data was sealed with.
    WrongKey,
}

/// The family's database.
pub(crate) struct FamilyStore {
    path: PathBuf,
    keys: Arc<dyn KeyStore>,
    /// Replaced only when the family starts afresh.
    database: RwLock<Arc<Database>>,
    /// Not asked for yet while it is none.
    door: RwLock<Option<Door>>,
}

#[derive(Clone)]
enum Door {
    Open(Opened),
    Locked(Locked),
}

/// A key that opens, and the mark that it was seen to open: another mark means that the key was changed meanwhile.
#[derive(Clone)]
struct Opened {
    key: FamilyKey,
    mark: Vec<u8>,
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
    /// and the second value says so. A key that is missing or wrong is no failure: see [`Self::locked`].
    pub(crate) fn open(path: &Path, keys: Arc<dyn KeyStore>) -> Result<(Self, Option<Quarantine>), Error> {
        replace::finish(path)?;
        let (writer, quarantine) = match whole(path) {
            Err(error) if error.is_damage() => {
                let mut salvaged = 0;
                let file = replace::with(path, replace::Aside::Damaged, |new| {
                    salvaged = salvage::carry_over(path, new)?;
                    Ok(())
                })?;
                (open_writer(path)?, Some(Quarantine { file, salvaged }))
            }
            opened => (opened?, None),
        };
        let database = RwLock::new(Arc::new(Database::new(path.to_owned(), writer)));
        let store = Self { path: path.to_owned(), keys, database, door: RwLock::new(None) };
        store.unlock()?;
        Ok((store, quarantine))
    }

    /// Why what the family made does not open; `None` if it does.
    pub(crate) fn locked(&self) -> Option<Locked> {
        match &*self.door.read().unwrap_or_else(PoisonError::into_inner) {
            Some(Door::Locked(locked)) => Some(*locked),
            _ => None,
        }
    }

    /// Asks the keystore for the key, again if need be.
    pub(crate) fn unlock(&self) -> Result<(), Error> {
        let door = self.try_key()?;
        if let Door::Open(Opened { key, .. }) = &door
            && self.database().read(sealed::has_saved).map_err(of_family)?
        {
            self.database().write(|writing| sealed::move_saved(writing, key)).map_err(of_family)?;
        }
        *self.door.write().unwrap_or_else(PoisonError::into_inner) = Some(door);
        Ok(())
    }

    fn try_key(&self) -> Result<Door, Error> {
        let keys = self.keys.keys();
        let Some(mark) = self.database().read(mark).map_err(of_family)? else {
            let key = match keys {
                Ok(keys) => keys.into_iter().next(),
                Err(KeyFault::Unavailable) => return Ok(Door::Locked(Locked::KeyUnavailable)),
                Err(KeyFault::Io(error)) => return Err(error.into()),
            };
            return Ok(Door::Open(self.first(key)?));
        };
        let Ok(keys) = keys else { return Ok(Door::Locked(Locked::KeyUnavailable)) };
        let several = keys.len() > 1;
        let Some(key) = keys.iter().find(|it| it.open(MARK, &mark).is_ok()) else {
            let none = keys.is_empty();
            return Ok(Door::Locked(if none { Locked::KeyUnavailable } else { Locked::WrongKey }));
        };
        if several {
            // A change of keys that was cut short ends here, on the side on which it stood.
            self.keys.retain(key).map_err(unkept)?;
        }
        Ok(Door::Open(Opened { key: key.clone(), mark }))
    }

    /// Marks an empty database with `key`, or with a new one.
    fn first(&self, key: Option<FamilyKey>) -> Result<Opened, Error> {
        let key = match key {
            Some(key) => key,
            None => {
                let key = FamilyKey::random()?;
                self.keys.add(&key).map_err(unkept)?;
                key
            }
        };
        let database = self.database();
        let mark = database.write(|writing| set_mark(writing, &key)).map_err(of_family)?;
        Ok(Opened { key, mark })
    }

    /// Reads what the family made. `work` may be called twice.
    pub(crate) fn read<T>(&self, work: impl Fn(&FamilyReading<'_>) -> Result<T, Error>) -> Result<T, Error> {
        self.through_the_door(|door| {
            self.database().read(|reading| {
                door.still_fits(reading)?;
                work(&FamilyReading::new(*reading, &door.key))
            })
        })
    }

    /// Changes what the family made, all or nothing: when this returns it is on disk. `work` may be called twice.
    pub(crate) fn write<T>(&self, work: impl Fn(&FamilyWriting<'_>) -> Result<T, Error>) -> Result<T, Error> {
        self.through_the_door(|door| {
            self.database().write(|writing| {
                door.still_fits(&writing.reading())?;
                work(&FamilyWriting::new(writing, &door.key))
            })
        })
    }

    /// Another program may have changed the key since it was asked for: then it is asked for once more.
    fn through_the_door<T>(&self, work: impl Fn(&Opened) -> Result<T, Error>) -> Result<T, Error> {
        let result = self.door().and_then(|door| work(&door));
        let result = match result {
            Err(Error::KeyMoved) => {
                self.unlock()?;
                self.door().and_then(|door| work(&door))
            }
            other => other,
        };
        result.map_err(of_family)
    }

    fn door(&self) -> Result<Opened, Error> {
        let door = self.door.read().unwrap_or_else(PoisonError::into_inner).clone();
        match door {
            Some(Door::Open(opened)) => Ok(opened),
            Some(Door::Locked(locked)) => Err(Error::Locked(locked)),
            None => Err(Error::KeyMoved),
        }
    }

    /// Seals everything anew under a new key. A kill at any point leaves the old key or the new one, and all rows under it.
    pub(crate) fn change_key(&self) -> Result<(), Error> {
        let key = FamilyKey::random()?;
        self.keys.add(&key).map_err(unkept)?;
        let mark = self.through_the_door(|door| {
            self.database().write(|writing| {
                door.still_fits(&writing.reading())?;
                sealed::seal_anew(writing, &door.key, &key)?;
                set_mark(writing, &key)
            })
        })?;
        *self.door.write().unwrap_or_else(PoisonError::into_inner) =
            Some(Door::Open(Opened { key: key.clone(), mark }));
        self.keys.retain(&key).map_err(unkept)?;
        self.database().fold_log().map_err(of_family)
    }

    /// Removes what the family made, the files that were set aside, and the key. What this phone has trusted stays.
    pub(crate) fn erase(&self) -> Result<(), Error> {
        replace::remove_aside(&self.path)?;
        let database = self.database();
        database.write(sealed::clear).map_err(of_family)?;
        *self.door.write().unwrap_or_else(PoisonError::into_inner) = None;
        database.compact().map_err(of_family)?;
        self.keys.erase().map_err(unkept)
    }

    /// Begins anew beside the old file, which is kept, and gives its new name. What this phone has trusted is carried over.
    pub(crate) fn start_afresh(&self) -> Result<PathBuf, Error> {
        let floor = self.floor()?;
        let mut database = self.database.write().unwrap_or_else(PoisonError::into_inner);
        database.close();
        let aside = replace::with(&self.path, replace::Aside::Locked, |new| match &floor {
            Some(floor) => floor.carry(new),
            None => Ok(()),
        });
        // Whatever happened, there is a database to go on with.
        *database = Arc::new(Database::new(self.path.clone(), open_writer(&self.path)?));
        drop(database);
        let aside = aside?;
        self.unlock()?;
        Ok(aside)
    }

    /// What this phone has trusted.
    pub(crate) fn floor(&self) -> Result<Option<Floor>, Error> {
        self.database().read(Floor::read).map_err(of_family)
    }

    /// Raises what this phone trusts.
    pub(crate) fn raise(&self, floor: &Floor) -> Result<(), Error> {
        self.database().write(|writing| floor.raise(writing)).map_err(of_family)
    }

    /// The files that were set aside: damaged ones, and ones whose key was lost.
    pub(crate) fn aside(&self) -> Result<Vec<PathBuf>, Error> {
        replace::aside(&self.path)
    }

    pub(crate) fn close(&self) {
        self.database().close();
    }

    fn database(&self) -> Arc<Database> {
        self.database.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Opened {
    fn still_fits(&self, reading: &Reading<'_>) -> Result<(), Error> {
        if mark(reading)?.as_deref() == Some(&self.mark) { Ok(()) } else { Err(Error::KeyMoved) }
    }
}

/// What this database reports is its own: work on the bank reads both, and only the bank is ever rebuilt.
fn of_family(error: Error) -> Error {
    match error {
        Error::Sqlite(error) => Error::Family(error),
        other => other,
    }
}

fn unkept(fault: KeyFault) -> Error {
    match fault {
        KeyFault::Unavailable => Error::Locked(Locked::KeyUnavailable),
        KeyFault::Io(error) => Error::Io(error),
    }
}

/// Opens a database that is whole.
fn whole(path: &Path) -> Result<Connection, Error> {
    let writer = open_writer(path)?;
    let verdict: String = writer.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" { Ok(writer) } else { Err(damage()) }
}

fn open_writer(path: &Path) -> Result<Connection, Error> {
    open::writer(path, Durability::Full, &Migrations::from_slice(MIGRATIONS))
}

fn damage() -> Error {
    let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
    Error::Sqlite(rusqlite::Error::SqliteFailure(code, None))
}

/// What only the right key opens.
fn mark(reading: &Reading<'_>) -> Result<Option<Vec<u8>>, Error> {
    Ok(reading.prepare_cached("SELECT sealed FROM key_check")?.query_row([], |row| row.get(0)).optional()?)
}

fn set_mark(writing: &Writing<'_>, key: &FamilyKey) -> Result<Vec<u8>, Error> {
    let mark = key.seal(MARK, b"otsupport")?;
    writing.execute(
        "INSERT INTO key_check (one, sealed) VALUES (1, ?1)
         ON CONFLICT (one) DO UPDATE SET sealed = excluded.sealed",
        [&mark],
    )?;
    Ok(mark)
}
