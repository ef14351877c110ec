//! One writer, several readers, told apart by type: what takes a [`Reading`] cannot write.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::open;
use crate::error::Error;

/// A connection on which only reading is possible.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'a>(&'a Connection);

impl Deref for Reading<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.0
    }
}

/// A transaction of the one writer.
pub(crate) struct Writing<'a>(Transaction<'a>);

impl Writing<'_> {
    /// The same transaction for a function that only reads.
    pub(crate) fn reading(&self) -> Reading<'_> {
        Reading(&self.0)
    }
}

impl Deref for Writing<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.0
    }
}

/// A database: its writer and the readers that are at rest.
///
/// On a full disk there is no room for what SQLite keeps beside a database that is written to. Then it is read alone, and every
/// write asks for room again.
pub(crate) struct Database {
    path: PathBuf,
    opener: Opener,
    writer: Mutex<Option<Connection>>,
    readers: Mutex<Vec<Connection>>,
    /// Whether it is read alone, as it lies there.
    still: AtomicBool,
    /// Asked before a reader is opened or kept. Readers never wait for the writer's lock.
    closed: AtomicBool,
    /// Which file this is: another one may have taken its place under the same name.
    file: Option<FileId>,
}

/// Opens the writer of the database at a path.
type Opener = fn(&Path) -> Result<Connection, Error>;

/// Readers that are kept open when at rest.
const READERS: usize = 3;

impl Database {
    /// Opens the database, and makes it if it is not there.
    pub(crate) fn open(path: &Path, opener: Opener) -> Result<Self, Error> {
        match opener(path) {
            Ok(writer) => Ok(Self::over(path, opener, Some(writer))),
            // What was folded in at the last closing can be read where nothing can be written.
            Err(error) if error.is_full() && open::can_lie_still(path) => Ok(Self::over(path, opener, None)),
            Err(error) => Err(error),
        }
    }

    fn over(path: &Path, opener: Opener, writer: Option<Connection>) -> Self {
        Self {
            path: path.to_owned(),
            opener,
            still: AtomicBool::new(writer.is_none()),
            writer: Mutex::new(writer),
            readers: Mutex::new(Vec::new()),
            closed: AtomicBool::new(false),
            file: file_id(path),
        }
    }

    /// Whether the file of this name is still the one that was opened.
    pub(crate) fn is_in_place(&self) -> bool {
        file_id(&self.path) == self.file
    }

    pub(crate) fn read<T>(&self, work: impl FnOnce(&Reading<'_>) -> Result<T, Error>) -> Result<T, Error> {
        if self.closed.load(Ordering::Acquire) {
            return Err(Error::Closed);
        }
        let still = self.still.load(Ordering::Acquire);
        let at_rest = lock(&self.readers).pop();
        let connection = match at_rest {
            Some(connection) => connection,
            None if still => open::still_reader(&self.path)?,
            None => open::reader(&self.path)?,
        };
        let result = {
            // One snapshot for the whole of the work, whatever is written meanwhile.
            let view = connection.unchecked_transaction()?;
            work(&Reading(&view))
        };
        let mut readers = lock(&self.readers);
        let stays = !self.closed.load(Ordering::Acquire) && still == self.still.load(Ordering::Acquire);
        if readers.len() < READERS && stays {
            // The last one used has the warmest pages and is handed out first.
            readers.push(connection);
        }
        result
    }

    pub(crate) fn write<T>(&self, work: impl FnOnce(&Writing<'_>) -> Result<T, Error>) -> Result<T, Error> {
        let mut writer = lock(&self.writer);
        let connection = self.writer(&mut writer)?;
        let writing = Writing(connection.transaction_with_behavior(TransactionBehavior::Immediate)?);
        let done = work(&writing)?;
        writing.0.commit()?;
        Ok(done)
    }

    /// Folds the log back into the database and empties it, so that nothing of what was there before is left in it.
    pub(crate) fn fold_log(&self) -> Result<(), Error> {
        let mut writer = lock(&self.writer);
        let connection = self.writer(&mut writer)?;
        let busy: bool = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if busy { Err(Error::Busy) } else { Ok(()) }
    }

    /// Writes the database anew without the room of what was removed.
    pub(crate) fn compact(&self) -> Result<(), Error> {
        self.writer(&mut lock(&self.writer))?.execute_batch("VACUUM")?;
        self.fold_log()
    }

    /// The writer, opened now if there was no room for it before.
    fn writer<'a>(&self, writer: &'a mut Option<Connection>) -> Result<&'a mut Connection, Error> {
        if self.closed.load(Ordering::Acquire) {
            return Err(Error::Closed);
        }
        if writer.is_none() {
            *writer = Some((self.opener)(&self.path)?);
            self.still.store(false, Ordering::Release);
            // They would not see what is written from now on.
            lock(&self.readers).clear();
        }
        writer.as_mut().ok_or(Error::Closed)
    }

    /// Closes every connection. Work under way on another thread ends first or closes its own.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        // The writer last: only its closing folds the log back into the database.
        lock(&self.readers).clear();
        *lock(&self.writer) = None;
    }
}

/// A panic while a lock was held rolled its transaction back; the connection is whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Database {
    fn drop(&mut self) {
        self.close();
    }
}

/// What tells one file from another, whatever their names.
type FileId = (u64, u64);

#[cfg(unix)]
fn file_id(path: &Path) -> Option<FileId> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).ok().map(|it| (it.dev(), it.ino()))
}

#[cfg(not(unix))]
fn file_id(_: &Path) -> Option<FileId> {
    None
}
