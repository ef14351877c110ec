//! The bank's words and the families', each with the term that it is found as.
//!
//! An FST holds two kinds of keys: words, and stems behind a mark. Both give a term's number.

use std::collections::BTreeMap;

use fst::{IntoStreamer, Map, MapBuilder, Streamer};

use super::spelling::Misspelt;
use crate::error::Error;

/// Stands before a stem; no word begins so.
const STEM: char = '\u{1}';

/// Every word that is known.
pub(super) struct Dictionary(Map<Vec<u8>>);

/// A known word near one that is not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Near {
    pub(super) word: String,
    pub(super) term: u32,
    /// Letters that differ.
    pub(super) distance: u8,
}

impl Dictionary {
    pub(super) fn empty() -> Self {
        Self(Map::default())
    }

    pub(super) fn read(bytes: Vec<u8>) -> Result<Self, Error> {
        Map::new(bytes).map(Self).map_err(|_| Error::damaged_bank())
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_fst().as_bytes()
    }

    /// The term of a word.
    pub(super) fn word(&self, word: &str) -> Option<u32> {
        self.0.get(word).map(number)
    }

    /// The term of a stem.
    pub(super) fn stem(&self, stem: &str) -> Option<u32> {
        self.0.get(format!("{STEM}{stem}")).map(number)
    }

    /// The terms of words that begin so, each once, at most so many.
    pub(super) fn beginning(&self, beginning: &str, most: usize) -> Vec<u32> {
        let mut terms = Vec::new();
        let mut words = self.0.range().ge(beginning).into_stream();
        while let Some((word, term)) = words.next() {
            if !word.starts_with(beginning.as_bytes()) || terms.len() == most {
                break;
            }
            let term = number(term);
            if !terms.contains(&term) {
                terms.push(term);
            }
        }
        terms
    }

    /// The words that somebody may have meant who wrote this one, the nearest first.
    pub(super) fn near(&self, misspelt: &Misspelt<'_>) -> Vec<Near> {
        let mut found = Vec::new();
        let mut words = self.0.search_with_state(misspelt).into_stream();
        while let Some((word, term, state)) = words.next() {
            if let (Ok(word), Some(distance)) = (std::str::from_utf8(word), misspelt.distance(&state)) {
                found.push(Near { word: word.to_owned(), term: number(term), distance });
            }
        }
        found.sort_by(|a, b| (a.distance, &a.word).cmp(&(b.distance, &b.word)));
        found
    }

    /// With some more words and stems.
    pub(super) fn with(
        &self,
        words: &BTreeMap<String, u32>,
        stems: &BTreeMap<String, u32>,
    ) -> Result<Self, Error> {
        let mut all: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
        let mut known = self.0.stream();
        while let Some((key, term)) = known.next() {
            all.insert(key.to_owned(), term);
        }
        all.extend(words.iter().map(|(word, term)| (word.clone().into_bytes(), u64::from(*term))));
        all.extend(stems.iter().map(|(stem, term)| (format!("{STEM}{stem}").into_bytes(), u64::from(*term))));
        let mut builder = MapBuilder::memory();
        for (key, term) in all {
            builder.insert(key, term).map_err(|_| Error::Internal("dictionary"))?;
        }
        builder.into_inner().map_err(|_| Error::Internal("dictionary")).and_then(Self::read)
    }
}

/// Terms are numbered from 0.
fn number(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
