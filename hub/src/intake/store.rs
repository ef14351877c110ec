//! Opens the database of enquiries.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{Error as Migrating, M, MigrationDefinitionError, Migrations};

const SCHEMAS: &[M<'_>] = &[M::up(include_str!("schema/intake-1.sql"))];
/// Staff and the serving hub write to one file: each waits so long for the other.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why the database could not be used. Nothing that it holds stands in it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is none.
    #[error("{0}: there is no database there yet; `serve` makes it")]
    Missing(PathBuf),
    /// A newer hub made it.
    #[error("the database was made by a newer hub")]
    Newer,
    /// Its file could not be made.
    #[error("{path}: the database cannot be made: {error}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// SQLite reports a fault.
    #[error("the database does not answer: {0}")]
    Sql(#[from] rusqlite::Error),
}

/// Opens the database for writing, and makes it if it is missing. Only its owner can read it.
///
/// # Errors
/// [`StoreError`], without [`StoreError::Missing`].
pub(crate) fn make(path: &Path) -> Result<Connection, StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    // What SQLite puts beside it takes its mode from it.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            Err(StoreError::Io { path: path.to_owned(), error })
        }
        _ => writer(path),
    }
}

/// Opens a database that is there for writing.
///
/// # Errors
/// [`StoreError`].
pub(crate) fn open(path: &Path) -> Result<Connection, StoreError> {
    if path.is_file() { writer(path) } else { Err(StoreError::Missing(path.to_owned())) }
}

/// Opens a connection that cannot write.
///
/// # Errors
/// [`StoreError::Sql`].
pub(crate) fn reader(path: &Path) -> Result<Connection, StoreError> {
    let connection = connect(path)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

fn writer(path: &Path) -> Result<Connection, StoreError> {
    let mut connection = connect(path)?;
    // Nearly every envelope, 12 kilobytes, lies on one page.
    connection.pragma_update(None, "page_size", 16 << 10)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // The log grows to so many pages before it is folded in, and stays at most this large: folding waits for the disk, too.
    connection.pragma_update(None, "wal_autocheckpoint", 1 << 10)?;
    connection.pragma_update(None, "journal_size_limit", 16 << 20)?;
    // What was committed is on the disk: this is the only copy.
    connection.pragma_update(None, "synchronous", "FULL")?;
    // What is withdrawn is overwritten.
    connection.pragma_update(None, "secure_delete", true)?;
    match Migrations::from_slice(SCHEMAS).to_latest(&mut connection) {
        Ok(()) => Ok(connection),
        Err(Migrating::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead)) => {
            Err(StoreError::Newer)
        }
        Err(Migrating::RusqliteError { err, .. }) => Err(err.into()),
        Err(_) => Err(rusqlite::Error::InvalidQuery.into()),
    }
}

fn connect(path: &Path) -> Result<Connection, StoreError> {
    // For reading too: whoever reads a log must be able to make its index.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(connection)
}
