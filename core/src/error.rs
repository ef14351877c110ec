//! Errors: a detailed one inside, a small typed one with a stable code at the boundary.

use std::io;

use otsupport_wire::snapshot::ReadError;
use otsupport_wire::trust::TrustError;

use crate::storage::Locked;

/// What a front end can act on. Each carries a stable code for its string table; none carries personal data.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum HubError {
    /// The hub was closed; open it again.
    #[error("{code}")]
    Closed {
        /// `closed`
        code: String,
    },
    /// The bank has no such item, or names no key to seal an enquiry to.
    #[error("{code}")]
    NotFound {
        /// `not-found` or `no-service-key`
        code: String,
        /// What was asked for.
        id: String,
    },
    /// An argument breaks its rule; mend it and call again.
    #[error("{code}")]
    Invalid {
        /// `invalid-…`
        code: String,
        /// Which argument.
        field: String,
    },
    /// The data was written by a newer app; update this one.
    #[error("{code}")]
    NeedsUpdate {
        /// `needs-update`
        code: String,
    },
    /// The phone has no space left. Nothing was lost; make room and try again.
    #[error("{code}")]
    StorageFull {
        /// `storage-full`
        code: String,
    },
    /// The files cannot be read or written. Nothing was lost.
    #[error("{code}")]
    Storage {
        /// `storage-read-only`, `storage-busy`, `storage-damaged` or `storage-failed`
        code: String,
    },
    /// What the family made is locked: its key is lost, or is not the one that it was sealed with. The bank works all the same.
    /// Ask the keystore again, or start afresh beside the old file and bring back a safety copy.
    #[error("{code}")]
    WrongKey {
        /// `wrong-key` or `key-unavailable`
        code: String,
    },
    /// No trusted root is known, or what was given is not one.
    #[error("{code}")]
    Untrusted {
        /// `no-root` or `bad-root`
        code: String,
    },
    /// A fault of this program.
    #[error("{code}")]
    Internal {
        /// `internal`
        code: String,
    },
}

impl HubError {
    /// The stable code.
    pub fn code(&self) -> &str {
        match self {
            Self::Closed { code }
            | Self::NotFound { code, .. }
            | Self::Invalid { code, .. }
            | Self::NeedsUpdate { code }
            | Self::StorageFull { code }
            | Self::Storage { code }
            | Self::WrongKey { code }
            | Self::Untrusted { code }
            | Self::Internal { code } => code,
        }
    }
}

/// What went wrong inside. It never leaves the crate; [`HubError`] does.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("closed")]
    Closed,
    #[error("no such item")]
    NotFound(String),
    #[error("invalid {0}")]
    Invalid(&'static str),
    #[error("the database is newer than this app")]
    NewerSchema,
    #[error("SQLite: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// Told apart from the bank's: no fault of the family's database may cost the bank.
    #[error("family.db: {0}")]
    Family(rusqlite::Error),
    #[error("file: {0}")]
    Io(#[from] io::Error),
    #[error("stored record: {0}")]
    Record(#[from] serde_json::Error),
    #[error("snapshot: {0}")]
    Snapshot(#[from] ReadError),
    #[error("sealed with another key")]
    WrongKey,
    /// What the family made cannot be opened.
    #[error("locked")]
    Locked(Locked),
    /// Another program changed the key.
    #[error("the key was changed meanwhile")]
    KeyMoved,
    /// Another program holds the file.
    #[error("busy")]
    Busy,
    /// A file that was to be brought back breaks its form at this place, counted from 1.
    #[error("not a safety copy: line {line}, column {column}")]
    BadCopy { line: usize, column: usize },
    /// The bank that is here names no key that enquiries could be sealed to.
    #[error("no service key")]
    NoServiceKey,
    #[error("no trusted root")]
    NoRoot,
    #[error("root: {0}")]
    BadRoot(#[from] TrustError),
    #[error("internal: {0}")]
    Internal(&'static str),
}

impl Error {
    /// Whether a file that holds a database is not one any more.
    pub(crate) fn is_damage(&self) -> bool {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
        match self {
            Self::Sqlite(error) => {
                matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase))
            }
            _ => false,
        }
    }

    /// Whether there is no room left: not for the data, and not for what SQLite keeps beside a database.
    pub(crate) fn is_full(&self) -> bool {
        match self {
            Self::Sqlite(error) | Self::Family(error) => is_full(error),
            Self::Io(error) => {
                matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
            }
            _ => false,
        }
    }

    /// What the bank's database holds breaks its rules.
    pub(crate) fn damaged_bank() -> Self {
        let corrupt = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
        Self::Sqlite(rusqlite::Error::SqliteFailure(corrupt, None))
    }

    /// Whether the bank's database failed by what it holds, not by the disk or by another program: its statements never
    /// change, so whatever else they report is damage, and the bank can be rebuilt.
    pub(crate) fn is_damage_of_bank(&self) -> bool {
        use rusqlite::ErrorCode as Sql;
        match self {
            Self::Record(_) => true,
            Self::Sqlite(error) => !matches!(
                error.sqlite_error_code(),
                Some(
                    Sql::DatabaseBusy
                        | Sql::DatabaseLocked
                        | Sql::DiskFull
                        | Sql::SystemIoFailure
                        | Sql::ReadOnly
                        | Sql::CannotOpen
                        | Sql::PermissionDenied
                        | Sql::OutOfMemory
                        | Sql::OperationInterrupted
                )
            ),
            _ => false,
        }
    }
}

impl From<Error> for HubError {
    fn from(error: Error) -> Self {
        let public = Self::of(error);
        // The code alone: the words of an inner error may hold what somebody wrote.
        tracing::warn!(code = public.code(), "refused");
        public
    }
}

impl HubError {
    fn of(error: Error) -> Self {
        use rusqlite::ErrorCode as Sql;
        let storage = |code: &str| Self::Storage { code: code.to_owned() };
        match error {
            Error::Closed => Self::Closed { code: "closed".to_owned() },
            Error::NotFound(id) => Self::NotFound { code: "not-found".to_owned(), id },
            Error::Invalid(field) => {
                Self::Invalid { code: format!("invalid-{field}"), field: field.to_owned() }
            }
            Error::NewerSchema | Error::Snapshot(ReadError::TooNew(_)) => {
                Self::NeedsUpdate { code: "needs-update".to_owned() }
            }
            Error::WrongKey | Error::Locked(Locked::WrongKey) => {
                Self::WrongKey { code: "wrong-key".to_owned() }
            }
            Error::Locked(Locked::KeyUnavailable) => Self::WrongKey { code: "key-unavailable".to_owned() },
            Error::KeyMoved | Error::Busy => storage("storage-busy"),
            Error::BadCopy { line, column } => Self::Invalid {
                code: "invalid-copy".to_owned(),
                field: format!("line {line}, column {column}"),
            },
            Error::NoServiceKey => {
                Self::NotFound { code: "no-service-key".to_owned(), id: "service-key".to_owned() }
            }
            Error::NoRoot => Self::Untrusted { code: "no-root".to_owned() },
            Error::BadRoot(_) => Self::Untrusted { code: "bad-root".to_owned() },
            Error::Io(error) => match error.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => full(),
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                    storage("storage-read-only")
                }
                _ => storage("storage-failed"),
            },
            Error::Sqlite(error) | Error::Family(error) if is_full(&error) => full(),
            Error::Sqlite(error) | Error::Family(error) => match error.sqlite_error_code() {
                Some(Sql::ReadOnly | Sql::PermissionDenied | Sql::CannotOpen) => storage("storage-read-only"),
                Some(Sql::DatabaseBusy | Sql::DatabaseLocked) => storage("storage-busy"),
                Some(Sql::DatabaseCorrupt | Sql::NotADatabase) => storage("storage-damaged"),
                _ => storage("storage-failed"),
            },
            Error::Record(_) | Error::Snapshot(_) => storage("storage-damaged"),
            Error::Internal(_) => Self::Internal { code: "internal".to_owned() },
        }
    }
}

fn is_full(error: &rusqlite::Error) -> bool {
    use rusqlite::ffi::{SQLITE_FULL, SQLITE_IOERR_SHMSIZE};
    error.sqlite_error().is_some_and(|it| matches!(it.extended_code, SQLITE_FULL | SQLITE_IOERR_SHMSIZE))
}

fn full() -> HubError {
    HubError::StorageFull { code: "storage-full".to_owned() }
}
