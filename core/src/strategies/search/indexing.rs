//! Keeping the index true, in the transaction that changes the bank.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use otsupport_wire::snapshot::{Item, Words};
use rusqlite::{OptionalExtension, params};

use super::dictionary::Dictionary;
use super::meaning::{Packed, Table};
use super::postings::{self, BLOCK, Weight};
use super::stem::Stems;
use super::{vectors, weighing, words};
use crate::error::Error;
use crate::storage::{Reading, Writing};

/// The index being changed.
pub(crate) struct Indexing {
    /// What tells meanings.
    table: Option<Arc<Table>>,
    /// The name and the dimensions of the table that told those that are there.
    told_by: Option<(String, usize)>,
    /// Whether nothing was in it at the beginning.
    fresh: bool,
    dictionary: Dictionary,
    stems: Stems,
    /// The terms of the items' words that came by; a stop word has none.
    known: HashMap<String, Option<u32>>,
    new_words: BTreeMap<String, u32>,
    new_stems: BTreeMap<String, u32>,
    /// The number of the next new term.
    next: u32,
    /// How many items are in it.
    items: i64,
    /// What is not written yet: for the place of a list, the items that change in it.
    lists: HashMap<i64, Vec<(u32, Option<Weight>)>>,
    /// The block that is being filled of an index that was empty.
    block: u32,
    vectors: BTreeMap<u32, Option<Packed>>,
}

impl Indexing {
    /// Goes on with the index that is there. Meanings of two tables tell nothing beside each other: a table is used for an index that
    /// it told, and for an empty one.
    pub(crate) fn begin(writing: &Writing<'_>, table: Option<Arc<Table>>) -> Result<Self, Error> {
        let mut state =
            writing.prepare_cached("SELECT items, terms, dictionary, told_by, dims FROM search_index")?;
        let mut rows = state.query([])?;
        let there = rows.next()?;
        let fresh = there.is_none();
        let (items, next, dictionary, told_by) = match there {
            Some(row) => {
                let told_by: Option<String> = row.get(3)?;
                let dims = row.get(4)?;
                (row.get(0)?, row.get(1)?, Dictionary::read(row.get(2)?)?, told_by.map(|it| (it, dims)))
            }
            None => {
                let told_by = table.as_ref().map(|it| (it.name().to_owned(), it.dims()));
                (0, 0, Dictionary::empty(), told_by)
            }
        };
        let tells = |it: &Arc<Table>| told_by.as_ref().is_some_and(|(name, _)| name == it.name());
        let table = table.filter(tells);
        Ok(Self {
            table,
            told_by,
            fresh,
            dictionary,
            stems: Stems::new(),
            known: HashMap::new(),
            new_words: BTreeMap::new(),
            new_stems: BTreeMap::new(),
            next,
            items,
            lists: HashMap::new(),
            block: 0,
            vectors: BTreeMap::new(),
        })
    }

    /// Empties the index.
    pub(crate) fn clear(writing: &Writing<'_>) -> Result<(), Error> {
        writing.execute_batch("DELETE FROM postings; DELETE FROM meanings; DELETE FROM search_index;")?;
        Ok(())
    }

    /// Puts in the item of a row.
    pub(crate) fn put(&mut self, writing: &Writing<'_>, row: i64, item: &Item) -> Result<(), Error> {
        let row = number(row)?;
        if self.fresh && row / BLOCK != self.block {
            self.write_lists(writing)?;
            self.block = row / BLOCK;
        }
        self.change(row, item, Some);
        match &self.table {
            Some(table) => {
                let meaning = Packed::of(&table.text(&weighing::telling(item)));
                self.vectors.insert(row, Some(meaning));
            }
            // Meanings of some items only would rank those before the others: they are told anew when the table is here.
            None => self.told_by = None,
        }
        self.items += 1;
        Ok(())
    }

    /// Takes out the item of a row as it was put in.
    pub(crate) fn take_out(&mut self, row: i64, item: &Item) -> Result<(), Error> {
        let row = number(row)?;
        self.change(row, item, |_| None);
        self.vectors.insert(row, None);
        self.items -= 1;
        Ok(())
    }

    fn change(&mut self, row: u32, item: &Item, weight: impl Fn(Weight) -> Option<Weight>) {
        for (term, it) in weighing::weigh(item, |word| self.weighed(word)) {
            let list = self.lists.entry(postings::place(term, row / BLOCK)).or_default();
            list.push((row % BLOCK, weight(it)));
        }
    }

    /// Knows the families' words from now on.
    pub(crate) fn know(&mut self, families: &Words) {
        for text in families.says.iter().chain(&families.means) {
            words::each(text, |word, _| {
                self.term(word);
            });
        }
    }

    /// The term of an item's word.
    fn weighed(&mut self, word: &str) -> Option<u32> {
        if let Some(term) = self.known.get(word) {
            return *term;
        }
        let term = if words::is_stop_word(word) { None } else { Some(self.term(word)) };
        self.known.insert(word.to_owned(), term);
        term
    }

    /// The term of a word; a new one if it is not known.
    fn term(&mut self, word: &str) -> u32 {
        let new = self.new_words.get(word).copied();
        new.or_else(|| self.dictionary.word(word)).unwrap_or_else(|| {
            let stem = self.stems.of(word);
            let term =
                self.dictionary.stem(&stem).or_else(|| self.new_stems.get(&stem).copied()).unwrap_or_else(
                    || {
                        let term = self.next;
                        self.next += 1;
                        self.new_stems.insert(stem, term);
                        term
                    },
                );
            self.new_words.insert(word.to_owned(), term);
            term
        })
    }

    /// Writes what is left.
    pub(crate) fn finish(mut self, writing: &Writing<'_>) -> Result<(), Error> {
        self.write_lists(writing)?;
        match &self.told_by {
            Some((_, dims)) => vectors::write(writing, &self.vectors, *dims)?,
            None => drop(writing.execute("DELETE FROM meanings", [])?),
        }
        let dictionary = match self.new_words.is_empty() && self.new_stems.is_empty() {
            true => self.dictionary,
            false => self.dictionary.with(&self.new_words, &self.new_stems)?,
        };
        let (told_by, dims) = self.told_by.unzip();
        writing
            .prepare_cached(
                "INSERT INTO search_index (one, generation, items, terms, dictionary, told_by, dims)
                 VALUES (1, 1, ?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (one) DO UPDATE
                 SET generation = generation + 1, items = excluded.items, terms = excluded.terms,
                     dictionary = excluded.dictionary, told_by = excluded.told_by, dims = excluded.dims",
            )?
            .execute(params![self.items, self.next, dictionary.bytes(), told_by, dims.unwrap_or(0)])?;
        Ok(())
    }

    fn write_lists(&mut self, writing: &Writing<'_>) -> Result<(), Error> {
        let mut there = writing.prepare_cached("SELECT list FROM postings WHERE place = ?1")?;
        let mut put =
            writing.prepare_cached("INSERT OR REPLACE INTO postings (place, list) VALUES (?1, ?2)")?;
        let mut remove = writing.prepare_cached("DELETE FROM postings WHERE place = ?1")?;
        let mut lists: Vec<_> = self.lists.drain().collect();
        lists.sort_unstable_by_key(|it| it.0);
        for (place, mut changes) in lists {
            // Of several changes of one item the last counts.
            changes.sort_by_key(|it| it.0);
            changes.reverse();
            changes.dedup_by_key(|it| it.0);
            changes.reverse();
            let list: Vec<u8> = there.query_row([place], |row| row.get(0)).optional()?.unwrap_or_default();
            let new = postings::changed(&list, &changes);
            if new == list {
                continue;
            }
            if new.is_empty() {
                remove.execute([place])?;
            } else {
                put.execute(params![place, new])?;
            }
        }
        Ok(())
    }
}

/// The number of an item's row in the index.
pub(super) fn number(row: i64) -> Result<u32, Error> {
    u32::try_from(row).map_err(|_| Error::Internal("row of an item"))
}

/// Makes the whole index anew from the items that are here.
pub(crate) fn index_all(writing: &Writing<'_>, table: Option<Arc<Table>>) -> Result<(), Error> {
    Indexing::clear(writing)?;
    let mut indexing = Indexing::begin(writing, table)?;
    let mut families = writing.prepare("SELECT record FROM words")?;
    let mut rows = families.query([])?;
    while let Some(row) = rows.next()? {
        indexing.know(&serde_json::from_str(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?);
    }
    let mut items = writing
        .prepare("SELECT item, record FROM items WHERE original = 1 AND withdrawn = 0 ORDER BY item")?;
    let mut rows = items.query([])?;
    while let Some(row) = rows.next()? {
        let record = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
        indexing.put(writing, row.get(0)?, &serde_json::from_str(record)?)?;
    }
    indexing.finish(writing)
}

/// The table that told the meanings in the index.
pub(crate) fn told_by(reading: &Reading<'_>) -> Result<Option<String>, Error> {
    Ok(reading
        .prepare_cached("SELECT told_by FROM search_index")?
        .query_row([], |row| row.get(0))
        .optional()?
        .flatten())
}

/// Whether items are here and no index is, as after the index got another form.
pub(crate) fn is_missing(reading: &Reading<'_>) -> Result<bool, Error> {
    let missing = "SELECT EXISTS (SELECT 1 FROM items) AND NOT EXISTS (SELECT 1 FROM search_index)";
    Ok(reading.prepare_cached(missing)?.query_row([], |row| row.get(0))?)
}
