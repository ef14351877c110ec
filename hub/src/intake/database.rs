//! Where enquiries are kept, as a command line names it.

use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The file of a database: `sqlite:FILE`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Database(PathBuf);

/// Why a text names no database of this hub.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadDatabase {
    /// It names a PostgreSQL server.
    #[error("this build keeps enquiries in SQLite: give sqlite:FILE")]
    Postgres,
    /// It names nothing that is known.
    #[error("a database is named sqlite:FILE")]
    Unknown,
}

impl Database {
    /// The one in this file.
    pub fn in_file(path: PathBuf) -> Self {
        Self(path)
    }

    /// The one that a hub uses unless told otherwise: `intake.db` beside its receipt key.
    pub fn beside(receipt_key: &Path) -> Self {
        Self(receipt_key.with_file_name("intake.db"))
    }

    /// Its file.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl FromStr for Database {
    type Err = BadDatabase;

    fn from_str(text: &str) -> Result<Self, BadDatabase> {
        if text.starts_with("postgres:") || text.starts_with("postgresql:") {
            return Err(BadDatabase::Postgres);
        }
        let file = text.strip_prefix("sqlite:").ok_or(BadDatabase::Unknown)?;
        // As other tools write it: sqlite:///var/lib/intake.db
        let file = file.strip_prefix("//").unwrap_or(file);
        if file.is_empty() { Err(BadDatabase::Unknown) } else { Ok(Self(PathBuf::from(file))) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_file_of_sqlite_is_a_database() {
        for (text, file) in
            [("sqlite:a.db", "a.db"), ("sqlite:/v/a.db", "/v/a.db"), ("sqlite:///v/a.db", "/v/a.db")]
        {
            assert_eq!(text.parse(), Ok(Database::in_file(file.into())), "{text}");
        }
        assert_eq!("postgres://hub@host/intake".parse::<Database>(), Err(BadDatabase::Postgres));
        for text in ["sqlite:", "a.db", ""] {
            assert_eq!(text.parse::<Database>(), Err(BadDatabase::Unknown), "{text}");
        }
    }
}
