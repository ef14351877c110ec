//! What this phone has once trusted. It only ever rises.

use otsupport_wire::Sha256;
use rusqlite::{Connection, OptionalExtension, params};

use crate::error::Error;
use crate::storage::access::{Reading, Writing};

/// What this phone has once trusted.
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
    pub(super) fn read(reading: &Reading<'_>) -> Result<Option<Self>, Error> {
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
    pub(super) fn raise(&self, writing: &Writing<'_>) -> Result<(), Error> {
        self.store(writing)
    }

    /// Carries the floor into a new database.
    pub(super) fn carry(&self, new: &Connection) -> Result<(), Error> {
        self.store(new)
    }

    fn store(&self, connection: &Connection) -> Result<(), Error> {
        connection.execute(
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
