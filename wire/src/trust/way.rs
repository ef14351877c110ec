//! The cheapest way from the bank that a phone has to the newest: one delta, a chain of them, or the whole.

use std::collections::BTreeMap;

use super::bank::{News, STEP};
use crate::BankVersion;

/// What a request costs besides its answer, in bytes: its own headers and those of the answer.
const REQUEST: u64 = 1000;
/// The most deltas that a phone asks for in a row.
const MOST_HOPS: usize = 12;

/// One delta of a way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hop {
    /// What it is made against.
    pub from: BankVersion,
    /// What it leads to.
    pub to: BankVersion,
    /// The most bytes that it may take.
    pub most: u64,
    /// Whether it takes exactly so many: the size of the first of a chain is not signed.
    pub sized: bool,
}

/// How to come to the newest bank.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Way {
    /// One delta after the other, at least one.
    Deltas(Vec<Hop>),
    /// The whole bank.
    Full,
}

/// The rest of a way: its bytes, requests included, and its hops.
#[derive(Clone)]
struct Rest {
    bytes: u64,
    hops: Vec<Hop>,
}

impl News {
    /// The cheapest way from the bank that is here, if its snapshot is.
    ///
    /// The sizes of all hops are signed but for the first of a chain, from a bank between two steps: it is taken to be as large as that
    /// from the step before, which tells of more changes.
    pub fn cheapest(&self, here: Option<BankVersion>) -> Way {
        let Some(here) = here else { return Way::Full };
        let full = Rest { bytes: self.newest.packed.saturating_add(REQUEST), hops: Vec::new() };
        let ways = [self.direct(here), self.chain(here)];
        let best =
            ways.into_iter().flatten().fold(full, |best, it| if it.bytes < best.bytes { it } else { best });
        if best.hops.is_empty() { Way::Full } else { Way::Deltas(best.hops) }
    }

    fn direct(&self, from: BankVersion) -> Option<Rest> {
        let bytes = *self.deltas.get(&from)?;
        let hop = Hop { from, to: self.newest.version, most: bytes, sized: true };
        Some(Rest { bytes: bytes.checked_add(REQUEST)?, hops: vec![hop] })
    }

    fn chain(&self, here: BankVersion) -> Option<Rest> {
        let by_steps = self.by_steps();
        if let Some(rest) = by_steps.get(&here) {
            return Some(rest.clone());
        }
        let step = BankVersion(here.0.checked_next_multiple_of(STEP)?);
        let rest = by_steps.get(&step)?;
        let before = BankVersion(step.0.checked_sub(STEP)?);
        let bytes = *self.skips.get(&step)?.get(&before)?;
        let hop = Hop { from: here, to: step, most: self.newest.packed, sized: false };
        then(hop, bytes, rest)
    }

    /// The cheapest ways from all steps, the newest step first.
    fn by_steps(&self) -> BTreeMap<BankVersion, Rest> {
        let mut ways: BTreeMap<BankVersion, Rest> =
            self.deltas.keys().filter_map(|it| Some((*it, self.direct(*it)?))).collect();
        for (to, deltas) in self.skips.iter().rev() {
            for (from, bytes) in deltas.iter().filter(|(from, _)| *from < to) {
                let hop = Hop { from: *from, to: *to, most: *bytes, sized: true };
                let Some(way) = ways.get(to).and_then(|rest| then(hop, *bytes, rest)) else { continue };
                if ways.get(from).is_none_or(|it| way.bytes < it.bytes) {
                    ways.insert(*from, way);
                }
            }
        }
        ways
    }
}

fn then(hop: Hop, bytes: u64, rest: &Rest) -> Option<Rest> {
    if rest.hops.len() == MOST_HOPS {
        return None;
    }
    let bytes = rest.bytes.checked_add(bytes)?.checked_add(REQUEST)?;
    Some(Rest { bytes, hops: [hop].into_iter().chain(rest.hops.iter().copied()).collect() })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::{Deltas, Newest, Recalls, Skips};
    use super::*;
    use crate::Sha256;

    /// Bank 70 of 100,000 bytes packed: deltas from the last 16, steps 16, 32, 48 and 64.
    fn news(direct: u64, step: u64) -> News {
        let newest = Newest {
            version: BankVersion(70),
            length: 900_000,
            sha256: Sha256::of(b""),
            packed: 100_000,
            published: Default::default(),
        };
        let deltas: Deltas = (54..70).map(|it| (BankVersion(it), direct * (70 - it))).collect();
        let skip = |to: u64, from: u64| (BankVersion(from), (to - from) / STEP * step);
        let skips = Skips::from([
            (BankVersion(32), [skip(32, 16)].into()),
            (BankVersion(48), [skip(48, 32)].into()),
            (BankVersion(64), [skip(64, 48), skip(64, 32)].into()),
        ]);
        News { newest, deltas, skips, recalls: Recalls::new() }
    }

    fn hops(way: &Way) -> Vec<(u64, u64)> {
        match way {
            Way::Full => Vec::new(),
            Way::Deltas(hops) => hops.iter().map(|it| (it.from.0, it.to.0)).collect(),
        }
    }

    #[test]
    fn the_cheapest_way_is_chosen() {
        for (what, news, here, expected) in [
            ("no snapshot here", news(100, 1600), None, vec![]),
            ("a delta", news(100, 1600), Some(69), vec![(69, 70)]),
            ("a delta dearer than the whole", news(20_000, 1600), Some(60), vec![]),
            ("from a step", news(100, 1600), Some(48), vec![(48, 64), (64, 70)]),
            ("a skip saves a request", news(100, 1600), Some(32), vec![(32, 64), (64, 70)]),
            ("from between steps", news(100, 1600), Some(35), vec![(35, 48), (48, 64), (64, 70)]),
            ("a chain dearer than the whole", news(100, 60_000), Some(20), vec![]),
            ("before any step that is listed", news(100, 1600), Some(3), vec![]),
            ("newer than the newest", news(100, 1600), Some(90), vec![]),
        ] {
            assert_eq!(hops(&news.cheapest(here.map(BankVersion))), expected, "{what}");
        }
    }

    #[test]
    fn nonsense_costs_nothing() {
        let mut odd = news(100, 1600);
        odd.skips.insert(BankVersion(16), [(BankVersion(16), 1), (BankVersion(99), 1)].into());
        odd.skips.insert(BankVersion(u64::MAX), [(BankVersion(1), u64::MAX)].into());
        odd.deltas.insert(BankVersion(64), u64::MAX);
        odd.newest.packed = u64::MAX - REQUEST;
        for here in [0, 1, 16, 48, 64, 70, u64::MAX] {
            let _ = odd.cheapest(Some(BankVersion(here)));
        }
    }
}
