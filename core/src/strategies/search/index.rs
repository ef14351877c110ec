//! The index as a search uses it: what is small is held, the lists of terms are read when they are asked for.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{OptionalExtension, params};

use super::dictionary::Dictionary;
use super::families::Families;
use super::indexing;
use super::lines::KnownWords;
use super::meaning::Table;
use super::postings::{self, BLOCK, Weight};
use super::vectors::Vectors;
use crate::error::Error;
use crate::storage::Reading;

/// An index at rest.
pub(super) struct Index {
    generation: i64,
    /// How many items it holds.
    pub(super) items: u32,
    /// The highest row of an item.
    pub(super) most: u32,
    pub(super) dictionary: Dictionary,
    pub(super) families: Families,
    pub(super) vectors: Vectors,
    /// What told the meanings of the items.
    pub(super) table: Option<Arc<Table>>,
    /// Words of items that were looked up.
    pub(super) known: Mutex<KnownWords>,
}

impl Index {
    fn read(reading: &Reading<'_>, table: Option<&Arc<Table>>) -> Result<Option<Self>, Error> {
        let mut state = reading.prepare_cached(
            "SELECT generation, items, (SELECT coalesce(max(item), 0) FROM items), dictionary, told_by FROM search_index",
        )?;
        let mut rows = state.query([])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let (generation, items, most) = (row.get(0)?, row.get(1)?, indexing::number(row.get(2)?)?);
        let dictionary = Dictionary::read(row.get(3)?)?;
        let told_by: Option<String> = row.get(4)?;
        let table = table.filter(|it| told_by.as_deref() == Some(it.name())).cloned();
        let dims = table.as_ref().map_or(0, |it| it.dims());
        let vectors = if dims == 0 { Vectors::default() } else { Vectors::read(reading, dims, most)? };
        let families = Families::read(reading, &dictionary)?;
        Ok(Some(Self {
            generation,
            items,
            most,
            dictionary,
            families,
            vectors,
            table,
            known: Mutex::default(),
        }))
    }

    /// Every item that a term stands in.
    pub(super) fn list(
        reading: &Reading<'_>,
        term: u32,
        mut found: impl FnMut(u32, Weight),
    ) -> Result<(), Error> {
        let (from, to) = postings::places(term);
        let mut lists =
            reading.prepare_cached("SELECT place, list FROM postings WHERE place BETWEEN ?1 AND ?2")?;
        let mut rows = lists.query(params![from, to])?;
        while let Some(row) = rows.next()? {
            let first = postings::block(row.get(0)?) * BLOCK;
            let list = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
            postings::each(list, |item, weight| found(first + item, weight));
        }
        Ok(())
    }
}

/// The index that was used last, and the table that tells meanings.
#[derive(Default)]
pub(crate) struct Memory {
    index: Mutex<Option<Arc<Index>>>,
    table: Mutex<Option<Arc<Table>>>,
}

impl Memory {
    /// The index as the reading sees it; `None` before the first bank.
    pub(super) fn index(&self, reading: &Reading<'_>) -> Result<Option<Arc<Index>>, Error> {
        let generation: Option<i64> = reading
            .prepare_cached("SELECT generation FROM search_index")?
            .query_row([], |row| row.get(0))
            .optional()?;
        if let Some(index) = held(&self.index).filter(|it| Some(it.generation) == generation) {
            return Ok(Some(index));
        }
        let read = Index::read(reading, self.table().as_ref())?.map(Arc::new);
        self.index.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&read);
        Ok(read)
    }

    /// What tells meanings, if it is here.
    pub(crate) fn table(&self) -> Option<Arc<Table>> {
        held(&self.table)
    }

    /// Tells meanings by this table from now on.
    pub(crate) fn learn(&self, table: Arc<Table>) {
        *self.table.lock().unwrap_or_else(PoisonError::into_inner) = Some(table);
        *self.index.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

fn held<T: Clone>(it: &Mutex<Option<T>>) -> Option<T> {
    it.lock().unwrap_or_else(PoisonError::into_inner).clone()
}
