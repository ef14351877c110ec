//! What this phone has once trusted. It only ever rises, but for a change of keys that says otherwise.

use chrono::{DateTime, Utc};
use otsupport_wire::Sha256;
use otsupport_wire::trust::Versions;
use rusqlite::{Connection, OptionalExtension, params};

use crate::error::Error;
use crate::storage::access::{Reading, Writing};

/// What this phone has once trusted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Floor {
    /// The newest trusted root, as signed.
    pub(crate) root: Vec<u8>,
    /// Its number.
    pub(crate) root_version: u64,
    /// The numbers of the newest documents; 0 for none.
    pub(crate) versions: Versions,
    /// The newest verified bank; 0 for none.
    pub(crate) bank: u64,
    /// Its digest.
    pub(crate) sha256: Option<Sha256>,
    /// The newest instant at which a verified timestamp was signed.
    pub(crate) verified_at: DateTime<Utc>,
}

impl Floor {
    /// Trusts a root and nothing else yet.
    pub(crate) fn on(root: Vec<u8>, root_version: u64) -> Self {
        Self {
            root,
            root_version,
            versions: Versions::default(),
            bank: 0,
            sha256: None,
            verified_at: DateTime::UNIX_EPOCH,
        }
    }

    pub(super) fn read(reading: &Reading<'_>) -> Result<Option<Self>, Error> {
        let row = |row: &rusqlite::Row<'_>| {
            let sha256: String = row.get(6)?;
            Ok(Self {
                root: row.get(0)?,
                root_version: row.get(1)?,
                versions: Versions { timestamp: row.get(2)?, snapshot: row.get(3)?, targets: row.get(4)? },
                bank: row.get(5)?,
                sha256: sha256.parse().ok(),
                verified_at: DateTime::from_timestamp_millis(row.get(7)?).unwrap_or_default(),
            })
        };
        Ok(reading
            .prepare_cached(
                "SELECT root, root_version, timestamp, snapshot, targets, bank, sha256, verified_at FROM floor",
            )?
            .query_row([], row)
            .optional()?)
    }

    /// Stores the floor unless a higher one is already there: a newer root, or the same root and nothing lower.
    pub(super) fn raise(&self, writing: &Writing<'_>) -> Result<(), Error> {
        self.store(writing)
    }

    /// Carries the floor into a new database.
    pub(super) fn carry(&self, new: &Connection) -> Result<(), Error> {
        self.store(new)
    }

    fn store(&self, connection: &Connection) -> Result<(), Error> {
        connection.execute(
            "INSERT INTO floor (one, root, root_version, timestamp, snapshot, targets, bank, sha256, verified_at)
             VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (one) DO UPDATE
             SET root = excluded.root, root_version = excluded.root_version, timestamp = excluded.timestamp,
                 snapshot = excluded.snapshot, targets = excluded.targets, bank = excluded.bank, sha256 = excluded.sha256,
                 verified_at = CASE WHEN excluded.root_version > root_version THEN excluded.verified_at
                                    ELSE max(verified_at, excluded.verified_at) END
             WHERE excluded.root_version > root_version
                OR (excluded.root_version = root_version AND excluded.timestamp >= timestamp
                    AND excluded.snapshot >= snapshot AND excluded.targets >= targets AND excluded.bank >= bank)",
            params![
                self.root,
                self.root_version,
                self.versions.timestamp,
                self.versions.snapshot,
                self.versions.targets,
                self.bank,
                self.sha256.map(|it| it.to_string()).unwrap_or_default(),
                self.verified_at.timestamp_millis(),
            ],
        )?;
        Ok(())
    }
}
