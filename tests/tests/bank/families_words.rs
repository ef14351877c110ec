//! `words.yaml`: what families say, and words that the bank really holds.

use std::collections::{BTreeMap, BTreeSet};

use super::{BANK, originals, text};

#[test]
fn there_are_400_entries_and_no_phrase_stands_twice() {
    assert!(BANK.snapshot.words.len() >= 400, "{}", BANK.snapshot.words.len());
    let mut said = BTreeSet::new();
    for phrase in BANK.snapshot.words.iter().flat_map(|it| &it.says) {
        assert!(said.insert(phrase.to_lowercase()), "{phrase}");
    }
}

#[test]
fn every_meaning_stands_in_the_bank() {
    let bank: String = originals()
        .map(|it| format!("{}\n{}\n{}\n", it.title, it.keywords.join("\n"), text(it)).to_lowercase())
        .collect();
    let lost: Vec<&String> = BANK
        .snapshot
        .words
        .iter()
        .flat_map(|it| &it.means)
        .filter(|it| !bank.contains(&it.to_lowercase()))
        .collect();
    assert!(lost.is_empty(), "{lost:?}");
}

#[test]
fn the_words_reach_every_topic() {
    let mut reach: BTreeMap<&str, usize> =
        BANK.snapshot.topics.iter().map(|it| (it.slug.as_str(), 0)).collect();
    for entry in &BANK.snapshot.words {
        let reached: BTreeSet<&str> = originals()
            .filter(|item| {
                let names: Vec<String> =
                    item.keywords.iter().chain([&item.title]).map(|it| it.to_lowercase()).collect();
                entry.means.iter().any(|means| names.iter().any(|it| it.contains(&means.to_lowercase())))
            })
            .map(|it| it.topic.as_str())
            .collect();
        for topic in reached {
            *reach.get_mut(topic).unwrap() += 1;
        }
    }
    let few: Vec<_> = reach.iter().filter(|(_, entries)| **entries < 10).collect();
    assert!(few.is_empty(), "{few:?}");
}
