//! The reading age, counted here by the contract's formula (Flesch–Kincaid grade plus 5) and not by the publisher's code.

use std::collections::BTreeSet;

use otsupport_wire::Language;
use otsupport_wire::snapshot::Item;

use super::{BANK, resources};

#[test]
fn no_english_strategy_is_harder_than_11_and_no_resource_harder_than_14() {
    let english = |it: &&Item| it.variant.as_ref().is_none_or(|it| it.language == Language::english());
    for item in BANK.snapshot.strategies.iter().filter(english) {
        assert!(reading_age(item) <= 11.0, "{}: {:.1}", item.id, reading_age(item));
    }
    for item in resources() {
        assert!(reading_age(item) <= 14.0, "{}: {:.1}", item.id, reading_age(item));
    }
}

#[test]
fn hard_words_in_long_sentences_are_found_to_be_hard() {
    let mut item = BANK.snapshot.strategies[0].clone();
    item.sections.truncate(1);
    item.sections[0].text = "Occupational therapists recommend individualised desensitisation programmes incorporating graduated \
        experiences, because sensory processing characteristics considerably influence participation throughout educational \
        environments and therapeutic relationships, notwithstanding considerable organisational complexity elsewhere."
        .to_owned();
    assert!(reading_age(&item) > 20.0, "{}", reading_age(&item));
}

fn reading_age(item: &Item) -> f64 {
    let explained: BTreeSet<String> = BANK
        .snapshot
        .service
        .explained
        .keys()
        .flat_map(|it| it.split(' ').map(str::to_lowercase).collect::<Vec<_>>())
        .collect();
    let (mut sentences, mut words, mut syllables) = (0.0, 0.0, 0.0);
    for section in &item.sections {
        for sentence in section.text.split(['.', '?', '!', ':', ';', '\n']) {
            let counted: Vec<String> = super::words(sentence)
                .into_iter()
                .filter(|it| it.chars().any(char::is_alphabetic) && !explained.contains(it))
                .collect();
            sentences += f64::from(u8::from(!counted.is_empty()));
            words += counted.len() as f64;
            syllables += counted.iter().map(|it| syllables_of(it)).sum::<usize>() as f64;
        }
    }
    0.39 * words / sentences + 11.8 * syllables / words - 15.59 + 5.0
}

/// Sounded vowels: groups of vowel letters without the silent endings of English.
fn syllables_of(word: &str) -> usize {
    let letters: String = word.chars().filter(|it| it.is_alphabetic()).collect();
    let groups =
        letters.split(|c: char| !"aeiouyàâçéèêëîïôûùü".contains(c)).filter(|it| !it.is_empty()).count();
    let silent = |ending: &str, sounded: &[&str]| {
        letters.ends_with(ending) && !sounded.iter().any(|it| letters.ends_with(it))
    };
    let quiet = silent("e", &["le", "ee", "ie", "oe", "ue", "ye"])
        || (letters.ends_with("le") && letters.chars().rev().nth(2).is_some_and(|c| "aeiouy".contains(c)))
        || silent("ed", &["ted", "ded", "eed", "ied"])
        || silent("es", &["ses", "zes", "ches", "shes", "ges", "ces", "xes", "ees", "ies", "les"]);
    groups.saturating_sub(usize::from(quiet)).max(1)
}
