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
    M::up(include_str!("../schema/family-4.sql")),
    M::up(include_str!("../schema/family-5.sql")),
    M::up(include_str!("../schema/family-6.sql")),
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
        let (database, quarantine) = match whole(path) {
            Err(error) if error.is_damage() => {
                let _alone = replace::alone(path)?;
                let mut salvaged = 0;
                let file = replace::with(path, replace::Aside::Damaged, |new| {
                    salvaged = salvage::carry_over(path, new)?;
                    Ok(())
                })?;
                (Database::open(path, open_writer)?, Some(Quarantine { file, salvaged }))
            }
            opened => (opened?, None),
        };
        let database = RwLock::new(Arc::new(database));
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
        self.follow()?;
        let door = self.try_key()?;
        if let Door::Open(Opened { key, .. }) = &door
            && self.database().read(sealed::has_saved).map_err(of_family)?
        {
            self.database().write(|writing| sealed::move_saved(writing, key)).map_err(of_family)?;
        }
        self.set_door(Some(door));
        Ok(())
    }

    fn try_key(&self) -> Result<Door, Error> {
        let Some(mark) = self.database().read(mark).map_err(of_family)? else { return self.first() };
        let Ok(keys) = self.keys.keys() else { return Ok(Door::Locked(Locked::KeyUnavailable)) };
        let Some(key) = keys.iter().find(|it| it.open(MARK, &mark).is_ok()) else {
            let none = keys.is_empty();
            return Ok(Door::Locked(if none { Locked::KeyUnavailable } else { Locked::WrongKey }));
        };
        let opened = Opened { key: key.clone(), mark };
        if keys.len() > 1 {
            // A change of keys that was cut short. What is left of it is no harm, so it need not succeed.
            let _ = self.forget_others(&opened);
        }
        Ok(Door::Open(opened))
    }

    /// Forgets every key but the one that opens. Under the database's lock, as every step of a keystore that changes it: no other
    /// program is then between two steps of its own.
    fn forget_others(&self, opened: &Opened) -> Result<(), Error> {
        let database = self.database();
        let forgotten = database.write(|writing| {
            still_fits(&database, opened, &writing.reading())?;
            self.keys.retain(&opened.key).map_err(unkept)
        });
        forgotten.map_err(of_family)
    }

    /// Marks an empty database with the keystore's key, or with a new one.
    fn first(&self) -> Result<Door, Error> {
        let database = self.database();
        let marked = database.write(|writing| {
            if mark(&writing.reading())?.is_some() {
                // Another program was first.
                return Ok(None);
            }
            let kept = match self.keys.keys() {
                Ok(keys) => keys.into_iter().next(),
                // What is no key is none; adding one says whether the keystore works.
                Err(KeyFault::Unavailable) => None,
                Err(KeyFault::Io(error)) => return Err(error.into()),
            };
            let key = match kept {
                Some(key) => key,
                None => {
                    let key = FamilyKey::random()?;
                    self.keys.add(&key).map_err(unkept)?;
                    key
                }
            };
            let mark = set_mark(writing, &key)?;
            Ok(Some(Opened { key, mark }))
        });
        match marked {
            Ok(Some(opened)) => Ok(Door::Open(opened)),
            Ok(None) => self.try_key(),
            Err(Error::Locked(locked)) => Ok(Door::Locked(locked)),
            Err(error) => Err(of_family(error)),
        }
    }

    /// Reads what the family made. `work` may be called twice.
    pub(crate) fn read<T>(&self, work: impl Fn(&FamilyReading<'_>) -> Result<T, Error>) -> Result<T, Error> {
        self.through_the_door(|door| {
            let database = self.database();
            database.read(|reading| {
                still_fits(&database, door, reading)?;
                work(&FamilyReading::new(*reading, &door.key))
            })
        })
    }

    /// Changes what the family made, all or nothing: when this returns it is on disk. `work` may be called twice.
    pub(crate) fn write<T>(&self, work: impl Fn(&FamilyWriting<'_>) -> Result<T, Error>) -> Result<T, Error> {
        self.through_the_door(|door| {
            let database = self.database();
            database.write(|writing| {
                still_fits(&database, door, &writing.reading())?;
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
        let opened = self.through_the_door(|door| {
            let key = FamilyKey::random()?;
            let database = self.database();
            let mark = database.write(|writing| {
                still_fits(&database, door, &writing.reading())?;
                self.keys.add(&key).map_err(unkept)?;
                sealed::seal_anew(writing, &door.key, &key)?;
                set_mark(writing, &key)
            })?;
            Ok(Opened { key, mark })
        })?;
        self.set_door(Some(Door::Open(opened.clone())));
        match self.forget_others(&opened) {
            // Another program has changed it once more: the key that opens now is its to keep.
            Err(Error::KeyMoved) => {}
            done => done?,
        }
        self.database().fold_log().map_err(of_family)
    }

    /// Removes what the family made, the files that were set aside, and the key. What this phone has trusted stays.
    pub(crate) fn erase(&self) -> Result<(), Error> {
        self.follow()?;
        replace::remove_aside(&self.path)?;
        let database = self.database();
        self.set_door(None);
        database.write(sealed::clear).map_err(of_family)?;
        database.compact().map_err(of_family)?;
        let begun_again = database.write(|writing| {
            let begun_again = mark(&writing.reading())?.is_some();
            if !begun_again {
                self.keys.erase().map_err(unkept)?;
            }
            Ok(begun_again)
        });
        if begun_again.map_err(of_family)? {
            // Another program has already written something new under the old key: that is kept, and the old key is not.
            self.unlock()?;
            return self.change_key();
        }
        Ok(())
    }

    /// Begins anew beside the old file, which is kept, and gives its new name; `None` if it opens after all. What this phone has
    /// trusted is carried over.
    pub(crate) fn start_afresh(&self) -> Result<Option<PathBuf>, Error> {
        let _alone = replace::alone(&self.path)?;
        // The key may be back, or another program may have begun anew already.
        self.unlock()?;
        if self.locked().is_none() {
            return Ok(None);
        }
        // The new key first: where the keystore keeps none, nothing has changed.
        if self.keys.keys().unwrap_or_default().is_empty() {
            self.keys.add(&FamilyKey::random()?).map_err(unkept)?;
        }
        let floor = self.floor()?;
        let old = self.database();
        let aside = replace::with(&self.path, replace::Aside::Locked, |new| {
            // Whoever has the old one open writes before this, or finds that it has moved.
            old.fold_log()?;
            match &floor {
                Some(floor) => floor.carry(new),
                None => Ok(()),
            }
        })?;
        self.follow()?;
        self.unlock()?;
        match self.locked() {
            Some(locked) => Err(Error::Locked(locked)),
            None => Ok(Some(aside)),
        }
    }

    /// Opens the database that is there under this name, if it is another than before.
    fn follow(&self) -> Result<(), Error> {
        let mut database = self.database.write().unwrap_or_else(PoisonError::into_inner);
        if !database.is_in_place() {
            *database = Arc::new(Database::open(&self.path, open_writer)?);
        }
        Ok(())
    }

    fn set_door(&self, door: Option<Door>) {
        *self.door.write().unwrap_or_else(PoisonError::into_inner) = door;
    }

    /// What this phone has trusted.
    pub(crate) fn floor(&self) -> Result<Option<Floor>, Error> {
        self.database().read(Floor::read).map_err(of_family)
    }

    /// Raises what this phone trusts.
    pub(crate) fn raise(&self, floor: &Floor) -> Result<(), Error> {
        // A sync that fails again and again at the same place wears no disk out.
        if self.floor()?.as_ref() == Some(floor) {
            return Ok(());
        }
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

/// Whether the key and the file are still those that were seen. Asked within a transaction.
fn still_fits(database: &Database, opened: &Opened, reading: &Reading<'_>) -> Result<(), Error> {
    let fits = mark(reading)?.as_deref() == Some(&opened.mark) && database.is_in_place();
    if fits { Ok(()) } else { Err(Error::KeyMoved) }
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
fn whole(path: &Path) -> Result<Database, Error> {
    let database = Database::open(path, open_writer)?;
    let verdict: String =
        database.read(|reading| Ok(reading.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?))?;
    if verdict == "ok" { Ok(database) } else { Err(damage()) }
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
