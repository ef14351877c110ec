//! One writer, several readers, told apart by type: what takes a [`Reading`] cannot write.

use std::ops::Deref;
use std::path::PathBuf;
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
pub(crate) struct Database {
    path: PathBuf,
    writer: Mutex<Option<Connection>>,
    readers: Mutex<Vec<Connection>>,
    /// Asked before a reader is opened or kept. Readers never wait for the writer's lock.
    closed: AtomicBool,
}

/// Readers that are kept open when at rest.
const READERS: usize = 3;

impl Database {
    pub(crate) fn new(path: PathBuf, writer: Connection) -> Self {
        Self {
            path,
            writer: Mutex::new(Some(writer)),
            readers: Mutex::new(Vec::new()),
            closed: AtomicBool::new(false),
        }
    }

    pub(crate) fn read<T>(&self, work: impl FnOnce(&Reading<'_>) -> Result<T, Error>) -> Result<T, Error> {
        if self.closed.load(Ordering::Acquire) {
            return Err(Error::Closed);
        }
        let at_rest = lock(&self.readers).pop();
        let connection = match at_rest {
            Some(connection) => connection,
            None => open::reader(&self.path)?,
        };
        let result = {
            // One snapshot for the whole of the work, whatever is written meanwhile.
            let view = connection.unchecked_transaction()?;
            work(&Reading(&view))
        };
        let mut readers = lock(&self.readers);
        if readers.len() < READERS && !self.closed.load(Ordering::Acquire) {
            // The last one used has the warmest pages and is handed out first.
            readers.push(connection);
        }
        result
    }

    pub(crate) fn write<T>(&self, work: impl FnOnce(&Writing<'_>) -> Result<T, Error>) -> Result<T, Error> {
        let mut writer = lock(&self.writer);
        let connection = writer.as_mut().ok_or(Error::Closed)?;
        let writing = Writing(connection.transaction_with_behavior(TransactionBehavior::Immediate)?);
        let done = work(&writing)?;
        writing.0.commit()?;
        Ok(done)
    }

    /// Folds the log back into the database and empties it, so that nothing of what was there before is left in it.
    pub(crate) fn fold_log(&self) -> Result<(), Error> {
        let writer = lock(&self.writer);
        let connection = writer.as_ref().ok_or(Error::Closed)?;
        let busy: bool = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if busy { Err(Error::Busy) } else { Ok(()) }
    }

    /// Writes the database anew without the room of what was removed.
    pub(crate) fn compact(&self) -> Result<(), Error> {
        lock(&self.writer).as_ref().ok_or(Error::Closed)?.execute_batch("VACUUM")?;
        self.fold_log()
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
