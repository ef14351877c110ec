//! Whether anything in the bank really answers. A cosine alone cannot tell; what is known of the words, how much of them one line
//! holds, and whether the best agree on a topic can.

use super::lines::Nearness;
use super::query::Query;
use super::ranking::Close;

/// How many of the best are asked for their topic.
const FIRST: usize = 5;

/// What tells whether the best items answer.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(super) struct Signs {
    /// The share of what is wanted that the best item holds anywhere; from 0 to 1.
    pub(super) held: f32,
    /// How near its lines come.
    pub(super) near: Nearness,
    /// The share of the five best that are of one topic.
    pub(super) agree: f32,
    /// The share of words that nobody knows.
    pub(super) unknown: f32,
    /// Whether meanings are known.
    pub(super) with_meaning: bool,
}

impl Signs {
    pub(super) fn of(query: &Query, tells: &[f32], close: &[Close], with_meaning: bool) -> Self {
        let Some(best) = close.first() else { return Self::default() };
        let all: f32 = tells.iter().sum();
        let bits = best.candidate.held;
        let is_held = |number: &usize| {
            u32::try_from(*number).is_ok_and(|it| bits.checked_shr(it).unwrap_or(0) & 1 == 1)
        };
        let held: f32 = (0..query.wanted.len()).filter(is_held).filter_map(|it| tells.get(it)).sum();
        let first = &close[..close.len().min(FIRST)];
        let of_one = |it: &Close| first.iter().filter(|other| other.topic == it.topic).count();
        let most = first.iter().map(of_one).max().unwrap_or(0);
        #[allow(clippy::cast_precision_loss)]
        let agree = most as f32 / first.len() as f32;
        let strange = query.wanted.iter().filter(|it| it.choices.is_empty()).count();
        #[allow(clippy::cast_precision_loss)]
        let unknown = strange as f32 / query.wanted.len().max(1) as f32;
        Self { held: if all > 0.0 { held / all } else { 0.0 }, near: best.near, agree, unknown, with_meaning }
    }
}

/// Whether the best item answers. The shares were fitted to the tuning part of the labelled queries, where a query that nothing
/// answers counts as much as five that something does.
pub(super) fn answers(signs: &Signs) -> bool {
    let Signs { held, near, agree, unknown, with_meaning } = *signs;
    // Where no meanings are known, what the best line holds tells nearly as much.
    let means = if with_meaning { near.means } else { near.holds };
    held * 2.8 + means * 4.7 + agree * 1.9 + near.side_by_side * 2.4 - unknown * 1.6 > 5.4
}
