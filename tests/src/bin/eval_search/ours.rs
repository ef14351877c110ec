//! This search, as a phone does it: over a published bank.

use std::collections::HashMap;

use otsupport_core::SupportHub;
use otsupport_core::strategies::Search;
use otsupport_tests::family::open;
use otsupport_tests::site::{MORNING, Publisher};
use otsupport_wire::snapshot::Item;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::{Failure, Ranking};

/// A published bank, and a phone that has it.
pub(crate) struct Bank {
    publisher: Publisher,
    phone: TempDir,
}

impl Bank {
    /// The repository's own.
    pub(crate) fn published() -> Result<Self, Failure> {
        let publisher = Publisher::with_meaning()?;
        publisher.publish(MORNING)?;
        Ok(Self { publisher, phone: tempfile::tempdir()? })
    }

    /// The same for a phone that has no table of meanings.
    pub(crate) fn without_meaning() -> Result<Self, Failure> {
        let publisher = Publisher::new()?;
        publisher.publish(MORNING)?;
        Ok(Self { publisher, phone: tempfile::tempdir()? })
    }

    fn open(&self) -> Result<SupportHub, Failure> {
        Ok(open(self.phone.path(), &self.publisher.site())?)
    }

    /// Every item that can be found.
    pub(crate) fn items(&self) -> Result<Vec<Item>, Failure> {
        self.open()?.close();
        let content = Connection::open(self.phone.path().join("content.db"))?;
        let mut rows =
            content.prepare("SELECT record FROM items WHERE original = 1 AND withdrawn = 0 ORDER BY item")?;
        let records = rows.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        Ok(records.iter().map(|it| serde_json::from_str(it)).collect::<Result<_, _>>()?)
    }

    /// What each query finds, and whether the search is sure of it.
    pub(crate) fn search(&self, queries: &[&str]) -> Result<(Ranking, HashMap<String, bool>), Failure> {
        let hub = self.open()?;
        let (mut ranking, mut confident) = (Ranking::new(), HashMap::new());
        for query in queries {
            let answer =
                hub.search(&Search { words: (*query).to_owned(), limit: Some(10), ..Search::default() })?;
            confident.insert((*query).to_owned(), answer.confident);
            let ids = answer.results.iter().map(|it| it.id.to_string()).collect();
            ranking.insert((*query).to_owned(), ids);
        }
        hub.close();
        Ok((ranking, confident))
    }
}
