//! Easy read, French and Arabic: whole in what keeps a child safe, up to date, and marked as not yet checked.

use otsupport_wire::snapshot::{Item, Part};

use super::{BANK, part, strategies, text};

fn variants(language: &str, easy: bool) -> Vec<&'static Item> {
    let wanted = |it: &&Item| {
        it.variant.as_ref().is_some_and(|it| it.language.as_str() == language && it.easy == easy)
    };
    BANK.snapshot.strategies.iter().filter(wanted).collect()
}

fn original(variant: &Item) -> &'static Item {
    strategies().find(|it| it.id == variant.id).unwrap()
}

fn entries(item: &Item, of: Part) -> usize {
    let is_entry = |line: &&str| line.starts_with("- ") || line.starts_with(|c: char| c.is_ascii_digit());
    part(item, of).lines().filter(is_entry).count()
}

#[test]
fn there_are_20_easy_read_8_french_and_8_arabic() {
    assert!(variants("en", true).len() >= 20, "{}", variants("en", true).len());
    assert!(variants("fr", false).len() >= 8, "{}", variants("fr", false).len());
    assert!(variants("ar", false).len() >= 8, "{}", variants("ar", false).len());
}

#[test]
fn each_was_made_from_todays_original_and_has_all_of_its_warnings() {
    for item in BANK.snapshot.strategies.iter().filter(|it| it.variant.is_some()) {
        let variant = item.variant.as_ref().unwrap();
        assert!(!variant.outdated, "{}", item.id);
        for of in [Part::Steps, Part::StopIf, Part::GetHelpWhen] {
            let (ours, theirs) = (entries(item, of), entries(original(item), of));
            assert!(ours >= theirs, "{} {:?}: {ours} of {theirs} in {of:?}", item.id, variant.language);
        }
        // Telephone numbers, ages and counts of the warnings are the same in every language.
        for of in [Part::StopIf, Part::GetHelpWhen] {
            let numbers = |item: &Item| {
                let text = part(item, of);
                let mut numbers: Vec<String> = text
                    .split(|c: char| !c.is_ascii_digit())
                    .filter(|it| !it.is_empty())
                    .map(str::to_owned)
                    .collect();
                numbers.sort();
                numbers
            };
            assert_eq!(numbers(item), numbers(original(item)), "{} {:?} {of:?}", item.id, variant.language);
        }
    }
}

#[test]
fn a_translation_begins_by_saying_that_it_needs_a_review() {
    for (language, words) in [("fr", "traduction de démonstration"), ("ar", "ترجمة تجريبية")] {
        for item in variants(language, false) {
            let first = item.sections[0].text.lines().next().unwrap();
            assert!(first.contains(words), "{}: {first}", item.id);
        }
    }
}

#[test]
fn a_translation_is_in_its_language() {
    for item in variants("ar", false) {
        let text = text(item);
        let letters = text.chars().filter(|it| it.is_alphabetic());
        let (arabic, other): (Vec<char>, Vec<char>) =
            letters.partition(|it| ('\u{0600}'..='\u{06ff}').contains(it));
        assert!(arabic.len() > other.len() * 5, "{}", item.id);
    }
    for item in variants("fr", false) {
        let words = super::words(&text(item));
        let french = words
            .iter()
            .filter(|it| ["le", "la", "les", "de", "et", "est", "un", "une"].contains(&it.as_str()));
        assert!(french.count() * 10 > words.len(), "{}", item.id);
    }
}

#[test]
fn easy_read_has_short_sentences() {
    for item in variants("en", true) {
        for section in item.sections.iter().filter(|it| Part::of(&it.heading) != Part::GetHelpWhen) {
            for sentence in section.text.split(['.', '?', '!', '\n', ':']) {
                let words = super::words(sentence).len();
                assert!(words <= 13, "{}: {words} words: {sentence}", item.id);
            }
        }
    }
}
