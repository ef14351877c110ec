//! What a text weighs: towards each level of help, beside calm.
//!
//! The weights were learned from phrases that people may write (`tests/search/urgent/phrases`); `make urgent-weights` writes their file. Every
//! sign stands there in plain text, so that anybody can look up what a word counts.

use otsupport_wire::snapshot::HelpLevel;

use super::signs::signs;

/// The levels in the order of the file's columns.
pub const LEVELS: [HelpLevel; 4] =
    [HelpLevel::Emergency, HelpLevel::SelfHarm, HelpLevel::Safeguarding, HelpLevel::Urgent];

/// A number of the file is so much of a natural logarithm of the odds.
const UNIT: f32 = 0.01;
/// A text is urgent above this: with each file of phrases left out in its turn, four of a hundred calm ones are.
const URGENT: f32 = 0.25;
/// A text of one or two words above this: while somebody types, most are the beginning of something else.
const URGENT_IN_FEW: f32 = 2.5;
/// From so many words on it is no such beginning.
const SOME_WORDS: usize = 3;
/// Levels within this of the heaviest count too: a fifth as likely.
const NEAR: f32 = 1.5;
/// A rule for a level is not followed at or below this: "hit the ball", "dying to see her".
const AGAINST: f32 = 0.0;
/// The same where a word is not known that may be a misspelt one: the rules read those, and the weights do not.
const AGAINST_UNKNOWN: f32 = -1.5;
/// Shorter words are seldom what tells.
const TELLING: usize = 5;
/// The most words that are weighed together: one urgent sentence is not outweighed by the rest of a letter.
const TOGETHER: usize = 40;
/// How many words later the next are weighed.
const STEP: usize = 10;

/// The weights of one language.
#[derive(Clone, Copy)]
pub(super) struct Weights {
    /// The sign and its four numbers, parted by tabs, in the order of the signs' bytes.
    lines: &'static str,
    /// What nothing weighs.
    none: [f32; 4],
}

/// What a text weighs beside calm, as the natural logarithm of the odds.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Weight {
    /// Towards each of [`LEVELS`].
    pub(super) of: [f32; 4],
    /// Towards all of them together.
    pub(super) together: f32,
    /// Above what it is urgent.
    bound: f32,
    /// Whether there is a word that the weights do not know.
    is_unsure: bool,
}

impl Weight {
    fn new(of: [f32; 4]) -> Self {
        let most = of.into_iter().fold(f32::NEG_INFINITY, f32::max);
        let together = most + of.iter().map(|it| (it - most).exp()).sum::<f32>().ln();
        Self { of, together, bound: URGENT, is_unsure: false }
    }

    /// The levels of a text that is not calm: the heaviest, and those that come near it.
    pub(super) fn levels(&self) -> impl Iterator<Item = HelpLevel> + use<> {
        let least = self.of.into_iter().fold(f32::NEG_INFINITY, f32::max) - NEAR;
        let (of, is_urgent) = (self.of, self.together > self.bound);
        let heavy = move |it: &(HelpLevel, f32)| is_urgent && it.1 >= least;
        LEVELS.into_iter().zip(of).filter(heavy).map(|it| it.0)
    }

    /// Whether the words speak against a level.
    pub(super) fn is_against(&self, level: HelpLevel) -> bool {
        let against = if self.is_unsure { AGAINST_UNKNOWN } else { AGAINST };
        LEVELS.into_iter().zip(self.of).any(|(it, weight)| it == level && weight <= against)
    }
}

impl Weights {
    /// Reads a file: comments, an empty line, what nothing weighs, and the lines.
    pub(super) fn read(file: &'static str) -> Option<Self> {
        let (_, lines) = file.split_once("\n\n")?;
        let (none, lines) = lines.split_once('\n')?;
        Some(Self { lines, none: numbers(none)?.map(|it| it * UNIT) })
    }

    /// What a text weighs; of a long one its heaviest part.
    pub(super) fn weigh(&self, words: &[String]) -> Weight {
        let last = words.len().saturating_sub(TOGETHER).div_ceil(STEP) * STEP;
        let parts = (0..=last).step_by(STEP).map(|from| &words[from..words.len().min(from + TOGETHER)]);
        let weights = parts.map(|it| self.weigh_together(it));
        let heaviest = weights.reduce(|a, b| if b.together > a.together { b } else { a });
        let is_unsure = words.iter().any(|it| it.len() >= TELLING && self.find(it).is_none());
        let bound = if words.len() < SOME_WORDS { URGENT_IN_FEW } else { URGENT };
        Weight { bound, is_unsure, ..heaviest.unwrap_or(Weight::new(self.none)) }
    }

    fn weigh_together(&self, words: &[String]) -> Weight {
        let signs = signs(words);
        let share = UNIT / (signs.len() as f32).sqrt();
        let mut of = self.none;
        for numbers in signs.iter().filter_map(|it| self.find(it)) {
            of.iter_mut().zip(numbers).for_each(|(sum, it)| *sum += it * share);
        }
        Weight::new(of)
    }

    fn find(&self, sign: &str) -> Option<[f32; 4]> {
        let mut lines = self.lines;
        while !lines.is_empty() {
            let middle = lines.len() / 2;
            let from = lines.as_bytes()[..middle].iter().rposition(|it| *it == b'\n').map_or(0, |it| it + 1);
            let (before, rest) = lines.split_at_checked(from)?;
            let (line, after) = rest.split_once('\n')?;
            let (found, weights) = line.split_once('\t')?;
            match sign.cmp(found) {
                std::cmp::Ordering::Less => lines = before,
                std::cmp::Ordering::Greater => lines = after,
                std::cmp::Ordering::Equal => return numbers(weights),
            }
        }
        None
    }
}

fn numbers(text: &str) -> Option<[f32; 4]> {
    let mut numbers = text.split('\t').map(|it| it.parse::<i16>().map(f32::from));
    let mut next = || numbers.next()?.ok();
    Some([next()?, next()?, next()?, next()?])
}
