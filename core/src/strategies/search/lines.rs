//! The line of an item that says most nearly what was asked: its title, or one of the things that people ask.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::dictionary::Dictionary;
use super::meaning::{self, Table};
use super::query::Query;
use super::words;

/// How near an item's lines come.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(super) struct Nearness {
    /// The share of what is wanted that the best line holds, weighed by how much it tells; from 0 to 1.
    pub(super) holds: f32,
    /// The same, less what else the line is about.
    pub(super) is: f32,
    /// The share of neighbouring words that are neighbours in a line too.
    pub(super) side_by_side: f32,
    /// The cosine of the line that means it most nearly.
    pub(super) means: f32,
}

/// What is known of a word.
struct Known {
    /// Its term, if it means something.
    term: Option<u32>,
    meaning: Vec<f32>,
}

/// Words that were looked up: at the next keystroke most come again.
#[derive(Default)]
pub(super) struct KnownWords(HashMap<String, Known>);

impl KnownWords {
    /// More are not kept.
    const MOST: usize = 8192;

    /// Takes them out; whoever comes meanwhile begins with none.
    pub(super) fn take(from: &Mutex<Self>) -> Self {
        std::mem::take(&mut *from.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn put_back(self, to: &Mutex<Self>) {
        if self.0.len() <= Self::MOST {
            *to.lock().unwrap_or_else(PoisonError::into_inner) = self;
        }
    }

    fn get(&mut self, word: &str, dictionary: &Dictionary, table: Option<&Table>) -> Option<&Known> {
        if !self.0.contains_key(word) {
            let term = if words::is_stop_word(word) { None } else { dictionary.word(word) };
            let meaning = table.map_or_else(Vec::new, |it| it.word(word));
            self.0.insert(word.to_owned(), Known { term, meaning });
        }
        self.0.get(word)
    }

    /// The term of a word that means something.
    pub(super) fn term(&mut self, word: &str, dictionary: &Dictionary) -> Option<u32> {
        match self.0.get(word) {
            Some(known) => known.term,
            None if words::is_stop_word(word) => None,
            None => dictionary.word(word),
        }
    }
}

/// Compares lines with what is wanted.
pub(super) struct Lines<'a> {
    pub(super) dictionary: &'a Dictionary,
    pub(super) table: Option<&'a Table>,
    pub(super) query: &'a Query,
    /// How much each wanted word tells.
    pub(super) tells: &'a [f32],
    /// The meaning of the whole query, of length 1.
    pub(super) meant: &'a [f32],
    pub(super) known: &'a mut KnownWords,
}

impl Lines<'_> {
    /// How near an item comes.
    pub(super) fn nearness<'b>(&mut self, title: &'b str, asks: impl Iterator<Item = &'b str>) -> Nearness {
        let mut best = Nearness::default();
        for line in std::iter::once(title).chain(asks) {
            let line = self.line(line);
            best.holds = best.holds.max(line.holds);
            best.is = best.is.max(line.is);
            best.side_by_side = best.side_by_side.max(line.side_by_side);
            best.means = best.means.max(line.means);
        }
        best
    }

    fn line(&mut self, line: &str) -> Nearness {
        let wanted = &self.query.wanted;
        // For each word of the line that means something, which wanted one it is.
        let mut places: Vec<Option<usize>> = Vec::new();
        let mut worths = vec![0.0_f32; wanted.len()];
        let mut sum = vec![0.0_f32; self.meant.len()];
        let (known, table, dictionary) = (&mut *self.known, self.table, self.dictionary);
        words::each(line, |word, _| {
            let Some(word) = known.get(word, dictionary, table) else { return };
            for (sum, value) in sum.iter_mut().zip(&word.meaning) {
                *sum += value;
            }
            let Some(term) = word.term else { return };
            let mut place = None;
            for (index, wanted) in wanted.iter().enumerate() {
                if let Some(choice) = wanted.choices.iter().find(|it| it.term == term) {
                    worths[index] = worths[index].max(choice.worth);
                    place = Some(index);
                }
            }
            places.push(place);
        });
        let all: f32 = self.tells.iter().sum();
        if all <= 0.0 {
            return Nearness { means: self.means(&mut sum), ..Nearness::default() };
        }
        let held: f32 = worths.iter().zip(self.tells).map(|(worth, tells)| worth * tells).sum();
        let holds = held / all;
        let there = places.iter().flatten().count();
        #[allow(clippy::cast_precision_loss)]
        let about = if places.is_empty() { 0.0 } else { there as f32 / places.len() as f32 };
        let pairs = wanted.len().saturating_sub(1);
        let neighbours =
            places.windows(2).filter(|it| matches!(it, [Some(a), Some(b)] if *b == a + 1)).count();
        #[allow(clippy::cast_precision_loss)]
        let side_by_side = if pairs == 0 { 0.0 } else { (neighbours.min(pairs)) as f32 / pairs as f32 };
        Nearness { holds, is: holds * about.sqrt(), side_by_side, means: self.means(&mut sum) }
    }

    fn means(&self, sum: &mut [f32]) -> f32 {
        meaning::to_unit(sum);
        meaning::cosine(sum, self.meant)
    }
}
