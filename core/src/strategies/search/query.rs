//! What a person's words look for: for each word that means something, the terms that may stand for it.

use std::collections::HashSet;
use std::ops::Range;

use super::dictionary::Dictionary;
use super::families::Families;
use super::spelling::{self, Misspelt};
use super::stem::Stems;
use super::words;

/// What is read of a text; the rest of a longer one changes nothing.
const MOST_WORDS: usize = 48;
/// Corrections of one word.
const MOST_CORRECTIONS: usize = 4;
/// Endings of one beginning.
const MOST_ENDINGS: usize = 200;

/// What a correction, by letters that differ, is worth beside the word itself.
const CORRECTED: [f32; 3] = [1.0, 0.85, 0.65];
/// What two words written as one, or one as two, are worth.
const JOINED: f32 = 0.9;
/// What the bank's words for a family's are worth beside their own.
const MEANT: f32 = 0.45;

/// A term, and what finding it is worth.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Choice {
    pub(super) term: u32,
    pub(super) worth: f32,
}

/// A word and what may stand for it.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Wanted {
    /// As the person meant it: corrected if it was misspelt.
    pub(super) word: String,
    pub(super) choices: Vec<Choice>,
    /// Whether it may be the beginning of a longer word.
    pub(super) unfinished: bool,
}

/// What is looked for.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Query {
    /// The words that mean something, in their order.
    pub(super) wanted: Vec<Wanted>,
    /// The bank's words for what the family says.
    pub(super) meant: Vec<Choice>,
    /// All words as they were meant, for their meaning as a whole.
    pub(super) text: String,
}

/// Reads what a person typed.
pub(super) fn read(typed: &str, as_you_type: bool, dictionary: &Dictionary, families: &Families) -> Query {
    let mut all: Vec<(String, Range<usize>)> = Vec::new();
    words::each(typed, |word, place| {
        if all.len() < MOST_WORDS {
            all.push((word.to_owned(), place));
        }
    });
    let unfinished = as_you_type && all.last().is_some_and(|(_, place)| place.end == typed.len());
    let mut reader = Reader { dictionary, stems: Stems::new(), wanted: Vec::new(), text: Vec::new() };
    let only_stop_words = all.iter().all(|(word, _)| words::is_stop_word(word));
    let count = all.len();
    for (index, (word, _)) in all.iter().enumerate() {
        let last = index + 1 == count;
        if last && unfinished {
            reader.beginning(word);
        } else if only_stop_words || !words::is_stop_word(word) {
            let next = all.get(index + 1).map(|(word, _)| word.as_str());
            reader.word(word, next);
        } else {
            reader.text.push(word.clone());
        }
    }
    let Reader { wanted, text, .. } = reader;
    let said: Vec<u32> = wanted.iter().flat_map(|it| it.choices.iter().map(|it| it.term)).collect();
    let meant = families.meant(&said).into_iter().map(|(term, share)| Choice { term, worth: MEANT * share });
    Query { meant: meant.collect(), wanted, text: text.join(" ") }
}

struct Reader<'a> {
    dictionary: &'a Dictionary,
    stems: Stems,
    wanted: Vec<Wanted>,
    text: Vec<String>,
}

impl Reader<'_> {
    fn known(&self, word: &str) -> Option<u32> {
        self.dictionary.word(word).or_else(|| self.dictionary.stem(&self.stems.of(word)))
    }

    fn want(&mut self, word: String, choices: Vec<Choice>, unfinished: bool) {
        self.text.push(word.clone());
        self.wanted.push(Wanted { word, choices, unfinished });
    }

    fn word(&mut self, word: &str, next: Option<&str>) {
        let mut choices = Vec::new();
        let mut meant = word.to_owned();
        // First, since families' words are known that are misspelt on purpose.
        if let Some(known) = spelling::meant(word) {
            if words::is_stop_word(known) {
                return;
            }
            known.clone_into(&mut meant);
            choices.extend(self.known(known).map(|term| Choice { term, worth: CORRECTED[0] }));
        } else if let Some(term) = self.known(word) {
            choices.push(Choice { term, worth: 1.0 });
        }
        // "bed time" is "bedtime".
        if let Some(term) = next.and_then(|next| self.dictionary.word(&format!("{word}{next}"))) {
            choices.push(Choice { term, worth: JOINED });
        }
        if choices.is_empty() {
            self.correct(word, false, 1, &mut choices, &mut meant);
        }
        if let Some((first, second)) = self.split(word).filter(|_| choices.is_empty()) {
            for half in [first, second] {
                if let Some(term) = self.known(half).filter(|_| !words::is_stop_word(half)) {
                    self.want(half.to_owned(), vec![Choice { term, worth: JOINED }], false);
                }
            }
            return;
        }
        if choices.is_empty() {
            self.correct(word, false, 2, &mut choices, &mut meant);
        }
        self.want(meant, choices, false);
    }

    fn beginning(&mut self, word: &str) {
        if word.chars().count() < 2 {
            return;
        }
        let mut seen = HashSet::new();
        let mut choices: Vec<Choice> = Vec::new();
        let whole = self.known(word);
        choices.extend(whole.filter(|it| seen.insert(*it)).map(|term| Choice { term, worth: 1.0 }));
        let endings = self.dictionary.beginning(word, MOST_ENDINGS);
        choices.extend(
            endings.into_iter().filter(|it| seen.insert(*it)).map(|term| Choice { term, worth: 0.9 }),
        );
        let mut meant = word.to_owned();
        if choices.is_empty() {
            if let Some(known) = spelling::meant(word) {
                known.clone_into(&mut meant);
                choices.extend(self.known(known).map(|term| Choice { term, worth: CORRECTED[0] }));
            } else {
                self.correct(word, true, 2, &mut choices, &mut meant);
            }
        }
        let is_whole = whole.is_some();
        self.wanted.push(Wanted { word: meant.clone(), choices, unfinished: true });
        if is_whole || meant != word {
            self.text.push(meant);
        }
    }

    /// The words that at most so many letters tell from this one.
    fn correct(&self, word: &str, unfinished: bool, most: u8, choices: &mut Vec<Choice>, meant: &mut String) {
        let Some(misspelt) = Misspelt::new(word, unfinished) else { return };
        for near in self.dictionary.near(&misspelt) {
            if choices.len() == MOST_CORRECTIONS || near.distance > most {
                break;
            }
            if choices.is_empty() {
                meant.clone_from(&near.word);
            }
            if choices.iter().all(|it| it.term != near.term) {
                let worth = CORRECTED.get(usize::from(near.distance)).copied().unwrap_or(0.5);
                choices.push(Choice { term: near.term, worth });
            }
        }
    }

    /// Two known words written as one.
    fn split<'b>(&self, word: &'b str) -> Option<(&'b str, &'b str)> {
        let halves = (3..word.len().saturating_sub(2)).filter(|at| word.is_char_boundary(*at));
        halves
            .map(|at| word.split_at(at))
            .filter(|(a, b)| {
                [a, b].iter().all(|it| self.dictionary.word(it).is_some() || words::is_stop_word(it))
            })
            // The evenest: "hand" and "writing", not "handwri" and "ting".
            .min_by_key(|(a, b)| a.len().abs_diff(b.len()))
    }
}
