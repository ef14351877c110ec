//! One opener for every connection.

use std::path::Path;
use std::sync::{PoisonError, RwLock, RwLockWriteGuard};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};
use rusqlite_migration::{Error as Migrating, MigrationDefinitionError, Migrations};

use crate::error::Error;

/// How much a commit survives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Durability {
    /// A loss of power may undo the last commits: enough for what can be fetched again.
    Normal,
    /// What was committed is on disk: for the only copy.
    Full,
}

/// Taken to read while a database is opened to be written to, and to write while its files get other names or go. SQLite tells by a
/// lock of the process whether anybody uses the shared memory beside a database: a second hub in one process that made a new database
/// beside the old one's shared memory would cut it off under the first (<https://sqlite.org/howtocorrupt.html>, 2.2 and 2.5).
static NAMES: RwLock<()> = RwLock::new(());

/// Waits until no database is being opened, and lets none be opened.
pub(crate) fn alone_with_names() -> RwLockWriteGuard<'static, ()> {
    NAMES.write().unwrap_or_else(PoisonError::into_inner)
}

/// Opens the one writing connection, makes or migrates the schema, and refuses a newer one.
pub(crate) fn writer(
    path: &Path,
    durability: Durability,
    migrations: &Migrations<'_>,
) -> Result<Connection, Error> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let _names = NAMES.read().unwrap_or_else(PoisonError::into_inner);
    let mut connection = Connection::open_with_flags(path, flags)?;
    prepare(&connection)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // WAL files stay at most this large between checkpoints.
    connection.pragma_update(None, "journal_size_limit", 4 << 20)?;
    match durability {
        Durability::Normal => connection.pragma_update(None, "synchronous", "NORMAL")?,
        Durability::Full => {
            connection.pragma_update(None, "synchronous", "FULL")?;
            // Apple's fsync leaves data in the drive's cache.
            connection.pragma_update(None, "fullfsync", true)?;
            connection.pragma_update(None, "checkpoint_fullfsync", true)?;
            // What is removed is overwritten: a deleted note does not live on in a free page.
            connection.pragma_update(None, "secure_delete", true)?;
        }
    }
    // Another program that starts for the first time may have made the schema meanwhile: then there is nothing left to do.
    let migrated = match migrations.to_latest(&mut connection) {
        Err(Migrating::RusqliteError { err, .. })
            if err.sqlite_error_code() != Some(ErrorCode::DatabaseBusy) =>
        {
            migrations.to_latest(&mut connection)
        }
        migrated => migrated,
    };
    match migrated {
        Ok(()) => Ok(connection),
        Err(Migrating::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead)) => {
            Err(Error::NewerSchema)
        }
        Err(Migrating::RusqliteError { err, .. }) => Err(err.into()),
        Err(_) => Err(Error::Internal("migration")),
    }
}

/// Opens a connection that cannot write.
pub(crate) fn reader(path: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    prepare(&connection)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// Whether the database can be read as it lies there: nothing waits in its log.
pub(crate) fn can_lie_still(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let log_is_empty = std::fs::metadata(log).map_or(true, |it| it.len() == 0);
    path.exists() && log_is_empty
}

/// Opens a connection that reads the file as it lies there and needs nothing beside it. For a full disk: nobody writes meanwhile.
pub(crate) fn still_reader(path: &Path) -> Result<Connection, Error> {
    // What an address would take for its own is written as such (https://sqlite.org/uri.html).
    let mut address = "file:".to_owned();
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
                address.push(char::from(*byte));
            }
            byte => address.push_str(&format!("%{byte:02X}")),
        }
    }
    address.push_str("?immutable=1");
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(address, flags)?;
    prepare(&connection)?;
    Ok(connection)
}

fn prepare(connection: &Connection) -> Result<(), Error> {
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // Android has no folder for temporary files.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(())
}
