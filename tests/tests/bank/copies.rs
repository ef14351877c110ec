//! No two items are near copies: they share few runs of words, their topic's red flags apart.

use std::collections::{BTreeMap, BTreeSet};

use otsupport_wire::snapshot::{Item, Part};

use super::{originals, words};

/// The longest run of words that ordinary phrases share.
const RUN: usize = 4;
/// Two items are near copies if so much of the shorter one's text stands in the other.
const NEAR: f64 = 0.2;

#[test]
fn no_two_items_are_near_copies() {
    let items: Vec<&Item> = originals().collect();
    let near = near_copies(&items);
    assert!(near.is_empty(), "{near:#?}");
}

#[test]
fn a_copy_in_which_every_seventh_word_was_changed_is_found() {
    let first = originals().next().unwrap();
    let mut copy = first.clone();
    for section in &mut copy.sections {
        let words = section.text.split(' ').enumerate();
        let changed: Vec<&str> = words.map(|(at, it)| if at % 7 == 6 { "changed" } else { it }).collect();
        section.text = changed.join(" ");
    }
    assert_eq!(near_copies(&[first, &copy]).len(), 1);
}

fn near_copies(items: &[&Item]) -> Vec<String> {
    let runs: Vec<BTreeSet<Vec<String>>> = items.iter().map(|it| runs(it)).collect();
    let mut holders: BTreeMap<&[String], Vec<usize>> = BTreeMap::new();
    for (item, runs) in runs.iter().enumerate() {
        for run in runs {
            holders.entry(run).or_default().push(item);
        }
    }
    let mut shared: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for holders in holders.values() {
        for (at, a) in holders.iter().enumerate() {
            for b in &holders[at + 1..] {
                *shared.entry((*a, *b)).or_default() += 1;
            }
        }
    }
    shared
        .into_iter()
        .map(|((a, b), shared)| (a, b, shared as f64 / runs[a].len().min(runs[b].len()) as f64))
        .filter(|(_, _, share)| *share > NEAR)
        .map(|(a, b, share)| format!("{} and {} share {:.0} %", items[a].id, items[b].id, share * 100.0))
        .collect()
}

fn runs(item: &Item) -> BTreeSet<Vec<String>> {
    let own = item.sections.iter().filter(|it| Part::of(&it.heading) != Part::GetHelpWhen);
    own.flat_map(|it| words(&it.text).windows(RUN).map(<[String]>::to_vec).collect::<Vec<_>>()).collect()
}
