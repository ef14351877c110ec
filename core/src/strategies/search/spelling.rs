//! Words as people spell them: slips of the finger, and spellings that are known.

use fst::Automaton;

/// Longer words are not corrected.
const LONGEST: usize = 24;

/// A word that is not known, on the way through those that are.
pub(super) struct Misspelt<'a> {
    letters: &'a [u8],
    most: u8,
    unfinished: bool,
}

/// The distances of what was read so far from each beginning of the word, and those one letter before.
#[derive(Clone)]
pub(super) struct Row {
    cells: [u8; LONGEST + 1],
    before: [u8; LONGEST + 1],
    last: u8,
    read: u8,
    /// The least distance of a whole beginning, for a word that is not finished.
    done: u8,
}

impl<'a> Misspelt<'a> {
    /// `None` for a word too short or too long to be corrected: up to three letters none may differ, up to eight one, from nine two.
    pub(super) fn new(word: &'a str, unfinished: bool) -> Option<Self> {
        let letters = word.chars().count();
        let most = match letters {
            0..=3 => return None,
            4..=8 => 1,
            _ => 2,
        };
        (word.len() <= LONGEST).then_some(Self { letters: word.as_bytes(), most, unfinished })
    }

    /// How many letters differ.
    pub(super) fn distance(&self, row: &Row) -> Option<u8> {
        let distance = if self.unfinished { row.done } else { row.cells[self.letters.len()] };
        (distance <= self.most).then_some(distance)
    }
}

/// A wrong first letter counts double.
const FIRST: u8 = 2;

impl Automaton for Misspelt<'_> {
    type State = Row;

    fn start(&self) -> Row {
        let mut cells = [u8::MAX; LONGEST + 1];
        cells[0] = 0;
        for (i, cell) in cells.iter_mut().enumerate().take(self.letters.len() + 1).skip(1) {
            *cell = FIRST - 1 + u8::try_from(i).unwrap_or(u8::MAX);
        }
        Row { cells, before: [u8::MAX; LONGEST + 1], last: 0, read: 0, done: u8::MAX }
    }

    fn is_match(&self, row: &Row) -> bool {
        self.distance(row).is_some()
    }

    fn can_match(&self, row: &Row) -> bool {
        row.done <= self.most || row.cells[..=self.letters.len()].iter().any(|it| *it <= self.most)
    }

    fn accept(&self, row: &Row, letter: u8) -> Row {
        // Stems stand behind a mark: they are no words.
        if letter < b' ' {
            return Row { cells: [u8::MAX; LONGEST + 1], ..row.clone() };
        }
        let mut cells = [u8::MAX; LONGEST + 1];
        let extra = if row.read == 0 { FIRST } else { 1 };
        cells[0] = row.cells[0].saturating_add(extra);
        for i in 1..=self.letters.len() {
            let wanted = self.letters[i - 1];
            let is_first = i == 1 && row.read == 0;
            let wrong = if wanted == letter {
                0
            } else if is_first {
                FIRST
            } else {
                1
            };
            let left_out = if i == 1 { FIRST } else { 1 };
            let added = if row.read == 0 { FIRST } else { 1 };
            let mut best = row.cells[i - 1].saturating_add(wrong);
            best = best.min(cells[i - 1].saturating_add(left_out));
            best = best.min(row.cells[i].saturating_add(added));
            if i > 1 && row.read > 0 && wanted == row.last && self.letters[i - 2] == letter {
                let turned = if i == 2 && row.read == 1 { FIRST } else { 1 };
                best = best.min(row.before[i - 2].saturating_add(turned));
            }
            cells[i] = best;
        }
        let whole = if self.unfinished { cells[self.letters.len()] } else { u8::MAX };
        Row {
            cells,
            before: row.cells,
            last: letter,
            read: row.read.saturating_add(1),
            done: row.done.min(whole),
        }
    }
}

/// What is written otherwise in Britain or out of text messages, a line each: what is typed, and what is meant.
const KNOWN: &str = include_str!("spellings.txt");

/// What somebody means who types a word that is known to be spelt so.
pub(super) fn meant(word: &str) -> Option<&'static str> {
    KNOWN.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let (typed, meant) = line.split_once(' ')?;
        (typed == word).then_some(meant)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::dictionary::Dictionary;
    use super::*;

    fn near(word: &str, unfinished: bool) -> Vec<String> {
        let words = ["button", "buttons", "handwriting", "knife", "scissors", "socks", "spoon", "toilet"];
        let words: BTreeMap<String, u32> = words.iter().map(|it| (*it).to_owned()).zip(0..).collect();
        let stems = [("buton".to_owned(), 9)].into();
        let dictionary = Dictionary::empty().with(&words, &stems).unwrap();
        let Some(misspelt) = Misspelt::new(word, unfinished) else { return Vec::new() };
        dictionary.near(&misspelt).into_iter().map(|it| it.word).collect()
    }

    #[test]
    fn one_slip_up_to_eight_letters_two_from_nine() {
        assert_eq!(near("butons", false), ["buttons"]);
        assert_eq!(near("toilte", false), ["toilet"]);
        assert_eq!(near("sokcs", false), ["socks"]);
        assert_eq!(near("butosn", false), [""; 0]);
        assert_eq!(near("handwirtng", false), ["handwriting"]);
        assert_eq!(near("sox", false), [""; 0]);
    }

    #[test]
    fn a_wrong_first_letter_counts_double() {
        assert_eq!(near("boilet", false), [""; 0]);
        assert_eq!(near("nife", false), [""; 0]);
        assert_eq!(near("jandwriting", false), ["handwriting"]);
        assert_eq!(near("jandwritng", false), [""; 0]);
    }

    #[test]
    fn an_unfinished_word_may_be_misspelt() {
        assert_eq!(near("buto", true), ["button", "buttons"]);
        assert_eq!(near("handrwi", true), ["handwriting"]);
    }

    #[test]
    fn known_spellings_are_read() {
        assert_eq!(meant("colour"), None);
        assert_eq!(meant("color"), Some("colour"));
    }
}
