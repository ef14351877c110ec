//! What comes, what goes, and in which order: pure rules over what the bank names, what is here and what the family chose.

use std::collections::{BTreeMap, BTreeSet};

use otsupport_wire::Sha256;

use super::{Blob, Held};
use crate::strategies::KeepMedia;

/// Which files belong to saved items.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Saved {
    /// These.
    Known(BTreeSet<Blob>),
    /// What the family saved cannot be read now: any file may be one of them, and none goes.
    Unknown,
}

impl Saved {
    /// Whether the file must stay.
    fn may_hold(&self, sha256: Sha256) -> bool {
        match self {
            Self::Known(blobs) => holds(blobs, sha256),
            Self::Unknown => true,
        }
    }

    fn holds(&self, blob: &Blob) -> bool {
        matches!(self, Self::Known(blobs) if blobs.contains(blob))
    }

    /// How many bytes of what is here belong to saved items; 0 if that is not known.
    pub(crate) fn bytes(&self, held: &[Held]) -> u64 {
        match self {
            Self::Known(blobs) => total(held.iter().filter(|it| holds(blobs, it.sha256))),
            Self::Unknown => 0,
        }
    }
}

fn holds(blobs: &BTreeSet<Blob>, sha256: Sha256) -> bool {
    blobs.range(Blob { sha256, bytes: 0 }..).next().is_some_and(|it| it.sha256 == sha256)
}

/// There is no room for the file within the family's budget, whatever else would go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct OverBudget;

/// What has to go so that `blob` fits into `budget` bytes, the least recently used first. What belongs to a saved item never
/// goes. If what is saved alone is over the budget nothing goes, and only what is saved comes.
pub(crate) fn room_for(
    blob: &Blob,
    held: &[Held],
    saved: &Saved,
    budget: u64,
) -> Result<Vec<Sha256>, OverBudget> {
    let others: Vec<Held> = held.iter().filter(|it| it.sha256 != blob.sha256).copied().collect();
    match going(&others, saved, budget.checked_sub(blob.bytes)) {
        Some(going) => Ok(going),
        None if saved.holds(blob) => Ok(Vec::new()),
        None => Err(OverBudget),
    }
}

/// What has to go so that what is here fits into a budget that was lowered.
pub(crate) fn too_much(held: &[Held], saved: &Saved, budget: u64) -> Vec<Sha256> {
    going(held, saved, Some(budget)).unwrap_or_default()
}

/// What has to go so that the rest fits into `room`; `None` if nothing helps.
fn going(held: &[Held], saved: &Saved, room: Option<u64>) -> Option<Vec<Sha256>> {
    let room = room?;
    let (stays, mut may_go): (Vec<Held>, Vec<Held>) =
        held.iter().copied().partition(|it| saved.may_hold(it.sha256));
    if total(&stays) > room {
        return None;
    }
    // A begun file is of use to nobody yet.
    may_go.sort_by_key(|it| (it.whole, it.used_at, it.sha256));
    let mut over = total(held).saturating_sub(room);
    let mut going = Vec::new();
    for it in may_go {
        if over == 0 {
            break;
        }
        over = over.saturating_sub(it.bytes);
        going.push(it.sha256);
    }
    Some(going)
}

/// What the family's choice asks for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Wanted {
    /// What it wants to have, here or not.
    pub(crate) files: BTreeSet<Blob>,
    /// What of that is not here, in the order to fetch it.
    pub(crate) missing: Vec<Blob>,
    /// How many more it would want if there were room.
    pub(crate) left_out: usize,
}

/// What of the bank's files the family's choice wants: what is saved first, then what else there is room for without anything
/// going, the smallest first.
pub(crate) fn wanted(
    choice: KeepMedia,
    bank: &BTreeSet<Blob>,
    held: &[Held],
    saved: &Saved,
    budget: u64,
) -> Wanted {
    let whole: BTreeSet<Blob> =
        held.iter().filter(|it| it.whole).map(|it| Blob { sha256: it.sha256, bytes: it.bytes }).collect();
    let begun: BTreeMap<Sha256, u64> =
        held.iter().filter(|it| !it.whole).map(|it| (it.sha256, it.bytes)).collect();
    let (of_saved, rest): (BTreeSet<Blob>, BTreeSet<Blob>) = bank.iter().partition(|it| saved.holds(it));
    let mut wanted = Wanted::default();
    let mut used = total(held);
    let takes = |it: &Blob| it.bytes.saturating_sub(begun.get(&it.sha256).copied().unwrap_or(0));
    if choice != KeepMedia::OnDemand {
        for it in smallest_first(of_saved) {
            wanted.files.insert(it);
            if !whole.contains(&it) {
                used = used.saturating_add(takes(&it));
                wanted.missing.push(it);
            }
        }
    }
    if choice == KeepMedia::All {
        for it in smallest_first(rest) {
            if whole.contains(&it) {
                wanted.files.insert(it);
            } else if used.saturating_add(takes(&it)) <= budget {
                used = used.saturating_add(takes(&it));
                wanted.files.insert(it);
                wanted.missing.push(it);
            } else {
                wanted.left_out += 1;
            }
        }
    }
    wanted
}

/// By length, since what is small is here soon; by digest where two are as long.
pub(crate) fn smallest_first(blobs: BTreeSet<Blob>) -> Vec<Blob> {
    let mut blobs: Vec<Blob> = blobs.into_iter().collect();
    blobs.sort_by_key(|it| (it.bytes, it.sha256));
    blobs
}

/// How many bytes these take together.
pub(crate) fn total<'a>(held: impl IntoIterator<Item = &'a Held>) -> u64 {
    held.into_iter().fold(0, |sum, it| sum.saturating_add(it.bytes))
}

#[cfg(test)]
#[path = "room_tests.rs"]
mod tests;
