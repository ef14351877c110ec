//! Which items answer best: by their words, by their meaning, and by the line that says it most nearly.

use super::lines::Nearness;
use super::postings::Weight;
use super::query::Choice;
use super::vectors::NOTHING;

/// How soon another place of a word adds little.
const SATURATION: f32 = 1.4;
/// Meaning's share beside words.
const MEANING: f32 = 0.4;

/// How telling a term is that stands in so many of the items.
#[allow(clippy::cast_precision_loss)]
pub(super) fn tells(items: u32, of: u32) -> f32 {
    let (all, found) = (items as f32, of.min(items) as f32);
    (1.0 + (all - found + 0.5) / (found + 0.5)).ln()
}

/// A place where something that is looked for stands.
#[derive(Clone, Copy)]
pub(super) struct Place {
    item: u32,
    worth: f32,
}

/// What every item scores by the words in it.
pub(super) struct Scores {
    saturated: [f32; 256],
    scores: Vec<f32>,
    /// Which of the wanted words an item holds, a bit each.
    held: Vec<u64>,
    best: Vec<f32>,
}

impl Scores {
    /// For items up to the row `most`.
    pub(super) fn new(most: u32) -> Self {
        let saturated = Weight::frequencies().map(|it| it * (SATURATION + 1.0) / (it + SATURATION));
        let rows = most as usize + 1;
        Self { saturated, scores: vec![0.0; rows], held: vec![0; rows], best: vec![0.0; rows] }
    }

    /// A term's place for [`Self::add`].
    pub(super) fn place(&self, item: u32, weight: Weight, choice: Choice, tells: f32) -> Place {
        Place { item, worth: self.saturated[weight.number()] * choice.worth * tells }
    }

    /// Adds the places of one wanted word: where several of its terms stand in an item, the best counts.
    pub(super) fn add(&mut self, places: &[Place], wanted: Option<usize>, share: f32) {
        let bit = wanted.map_or(0, |it| 1_u64.checked_shl(u32::try_from(it).unwrap_or(63)).unwrap_or(0));
        for Place { item, worth } in places {
            let Some(best) = self.best.get_mut(*item as usize) else { continue };
            *best = best.max(*worth);
        }
        for Place { item, .. } in places {
            let item = *item as usize;
            let Some(best) = self.best.get_mut(item).map(std::mem::take) else { continue };
            self.scores[item] += best * share;
            self.held[item] |= bit;
        }
    }

    /// The best items by words and by meaning, at most so many, the best first. `near` is each item's cosine; empty if unknown.
    pub(super) fn best(&self, near: &[f32], most: usize) -> Vec<Candidate> {
        let top = self.scores.iter().copied().fold(0.0, f32::max);
        let (usual, nearest) = usual_and_most(near);
        let spread = (nearest - usual).max(f32::EPSILON);
        let mut found: Vec<Candidate> = Vec::new();
        let mut least = 0.0;
        for (item, score) in self.scores.iter().enumerate() {
            let by_words = if top > 0.0 { score / top } else { 0.0 };
            let cosine = near.get(item).copied().unwrap_or(NOTHING);
            let by_meaning = if near.is_empty() { 0.0 } else { ((cosine - usual) / spread).clamp(0.0, 1.0) };
            let share = if near.is_empty() { 0.0 } else { MEANING };
            let score = by_words * (1.0 - share) + by_meaning * share;
            if score <= least {
                continue;
            }
            let held = self.held[item];
            found.push(Candidate {
                item: u32::try_from(item).unwrap_or(0),
                held,
                by_words,
                by_meaning,
                score,
            });
            if found.len() >= most * 4 {
                keep_best(&mut found, most);
                least = found.last().map_or(0.0, |it| it.score);
            }
        }
        keep_best(&mut found, most);
        found
    }
}

/// An item that may answer.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Candidate {
    /// Its row.
    pub(super) item: u32,
    /// Which of the wanted words it holds, a bit each.
    pub(super) held: u64,
    /// From 0 to 1, 1 for the best.
    pub(super) by_words: f32,
    /// From 0 to 1, 1 for the nearest.
    pub(super) by_meaning: f32,
    /// Both.
    pub(super) score: f32,
}

impl Candidate {
    /// What it is worth once its lines were looked at. The shares were fitted to the tuning part of the labelled queries.
    pub(super) fn closely(&self, near: &Nearness, with_meaning: bool) -> f32 {
        if with_meaning {
            self.by_words * 0.25
                + self.by_meaning * 0.48
                + near.side_by_side * 0.02
                + near.means.max(0.0) * 0.39
        } else {
            self.by_words * 0.42 + near.is * 0.09 + near.side_by_side * 0.03
        }
    }
}

/// An item that was looked at closely.
pub(super) struct Close {
    pub(super) score: f32,
    pub(super) candidate: Candidate,
    pub(super) near: Nearness,
    pub(super) topic: String,
}

/// What an item gains by its topic if all that is best is of that topic.
const TOPIC: f32 = 0.19;
/// How much worse than the best an item is that counts a third of it for its topic.
const WORSE: f32 = 0.047;
/// How many of the best speak for their topics.
const SPEAK: usize = 12;

/// Items of a topic that several of the best are of stand higher: one lucky word does not put a stranger among them. Sorts them, the
/// best first.
pub(super) fn with_their_topics(close: &mut [Close]) {
    let sort = |close: &mut [Close]| {
        close.sort_unstable_by(|a, b| {
            b.score.total_cmp(&a.score).then(a.candidate.item.cmp(&b.candidate.item))
        });
    };
    sort(close);
    let Some(best) = close.first().map(|it| it.score) else { return };
    let counts = |it: &Close| ((it.score - best) / WORSE).exp();
    let all: f32 = close.iter().take(SPEAK).map(counts).sum();
    let mut topics: Vec<(String, f32)> = Vec::new();
    for it in close.iter().take(SPEAK) {
        match topics.iter_mut().find(|(topic, _)| *topic == it.topic) {
            Some((_, sum)) => *sum += counts(it),
            None => topics.push((it.topic.clone(), counts(it))),
        }
    }
    for it in close.iter_mut() {
        let sum = topics.iter().find(|(topic, _)| *topic == it.topic).map_or(0.0, |it| it.1);
        it.score += TOPIC * sum / all;
    }
    sort(close);
}

fn keep_best(found: &mut Vec<Candidate>, most: usize) {
    found.sort_unstable_by(|a, b| b.score.total_cmp(&a.score).then(a.item.cmp(&b.item)));
    found.truncate(most);
}

/// The cosine of the middle item, told from some of them, and of the nearest.
fn usual_and_most(near: &[f32]) -> (f32, f32) {
    const SOME: usize = 1000;
    let most = near.iter().copied().fold(0.0, f32::max);
    let mut some: Vec<f32> =
        near.iter().copied().filter(|it| *it > NOTHING).step_by((near.len() / SOME).max(1)).collect();
    let middle = some.len() / 2;
    if some.is_empty() {
        return (0.0, most);
    }
    let (_, usual, _) = some.select_nth_unstable_by(middle, f32::total_cmp);
    (*usual, most)
}
