//! The urgent-help check against labelled phrases: `tests/search/urgent/*.tsv`.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use otsupport_core::strategies::{Search, View};
use otsupport_core::urgent_help::urgency;
use otsupport_tests::phone::Phone;
use otsupport_tests::site::{MORNING, Publisher};

/// A phrase and the levels it calls for, the worst first; none for a calm one.
struct Labelled {
    text: String,
    levels: Vec<String>,
}

const HELD_OUT: [&str; 3] = ["held-out.tsv", "held-out-2.tsv", "held-out-3.tsv"];

fn words(text: &str) -> Vec<String> {
    let text = text.to_lowercase().replace(['\'', '’'], "");
    text.split(|it: char| !it.is_alphanumeric()).filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

fn labelled(file: &str) -> Vec<Labelled> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("search/urgent").join(file);
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().filter(|it| !it.starts_with('#')).skip(1);
    let read = |line: &str| {
        let (text, levels) = line.split_once('\t').unwrap();
        let levels = levels.split(',').filter(|it| *it != "calm").map(str::to_owned).collect();
        Labelled { text: text.to_owned(), levels }
    };
    lines.map(read).collect()
}

fn found(text: &str) -> Vec<String> {
    let name = |level| serde_json::to_value(level).unwrap().as_str().unwrap().to_owned();
    urgency(text).levels.into_iter().map(name).collect()
}

/// Of the urgent ones the missed, and of the calm ones the false alarms.
fn judged(file: &str) -> (Vec<String>, Vec<String>) {
    let all = labelled(file);
    let (calm, urgent): (Vec<_>, Vec<_>) = all.iter().partition(|it| it.levels.is_empty());
    let missed: Vec<String> =
        urgent.iter().filter(|it| found(&it.text).is_empty()).map(|it| it.text.clone()).collect();
    let alarms: Vec<String> =
        calm.iter().filter(|it| !found(&it.text).is_empty()).map(|it| it.text.clone()).collect();
    let worst = urgent.iter().filter(|it| found(&it.text).first() == it.levels.first()).count();
    println!(
        "{file}: {} urgent, {} missed, {worst} at their worst level; {} calm, {} false alarms",
        urgent.len(),
        missed.len(),
        calm.len(),
        alarms.len()
    );
    (missed, alarms)
}

#[test]
fn no_urgent_phrase_that_is_labelled_is_missed() {
    for file in ["english.tsv", "french.tsv", "arabic.tsv"] {
        let (missed, alarms) = judged(file);
        assert_eq!(missed, [""; 0], "{file}");
        assert_eq!(alarms, [""; 0], "{file}");
    }
}

/// Three sets of 150 urgent phrases and 150 calm ones, written apart from rules and weights (ADR 12: how blind they still are).
#[test]
fn phrases_that_were_not_learned_are_found_and_calm_ones_left_alone() {
    let (mut missed, mut alarms) = (0, 0);
    for file in HELD_OUT {
        let (missed_here, alarms_here) = judged(file);
        missed += missed_here.len();
        alarms += alarms_here.len();
    }
    assert!(missed * 100 <= 3 * 450, "{missed} of 450 missed");
    assert!(alarms * 100 <= 5 * 450, "{alarms} of 450 false alarms");
}

/// A phrase that was learned says nothing of those that were not.
#[test]
fn no_phrase_that_judges_is_among_those_that_are_learned() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("search/urgent/phrases");
    let learned: BTreeSet<Vec<String>> = fs::read_dir(folder)
        .unwrap()
        .map(|it| format!("phrases/{}", it.unwrap().file_name().to_str().unwrap()))
        .chain(["english.tsv".to_owned()])
        .flat_map(|file| labelled(&file))
        .map(|it| words(&it.text))
        .collect();
    assert!(learned.len() > 9_000);
    for phrase in HELD_OUT.iter().flat_map(|file| labelled(file)) {
        assert!(!learned.contains(&words(&phrase.text)), "{} is learned", phrase.text);
    }
}

#[test]
fn a_text_in_a_language_without_rules_is_never_called_calm() {
    for text in [
        "mi hijo no puede respirar ahora",
        "meu filho nao consegue respirar bem",
        "ilmahaygu ma neefsan karo caawa",
        "djali im nuk merr dot fryme",
        "δεν μπορεί να αναπνεύσει",
    ] {
        assert!(!urgency(text).checked, "{text}");
    }
}

#[test]
fn what_families_ask_of_the_bank_is_calm_and_can_be_read() {
    let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("../content");
    let (mut asks, mut alarms, mut unread) = (0, 0, 0);
    let (mut typed, mut alarms_typed) = (0, 0);
    for folder in fs::read_dir(content.join("strategies")).unwrap().map(|it| it.unwrap().path()) {
        for file in fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()) {
            if file.file_name().unwrap().to_str().unwrap().matches('.').count() != 1 {
                continue;
            }
            let text = fs::read_to_string(file).unwrap();
            let (_, rest) = text.split_once("asks:\n").unwrap();
            for ask in rest.lines().map_while(|it| it.strip_prefix("  - ")) {
                let found = urgency(ask.trim_matches('"'));
                asks += 1;
                alarms += usize::from(!found.levels.is_empty());
                unread += usize::from(!found.checked);
                // And while somebody types it, from the second letter on.
                for (end, _) in ask.char_indices().skip(2).filter(|_| asks % 20 == 0) {
                    typed += 1;
                    alarms_typed += usize::from(!urgency(&ask[..end]).levels.is_empty());
                }
            }
        }
    }
    println!("{asks} asks, {alarms} false alarms, {unread} unread");
    println!("{typed} beginnings of them, {alarms_typed} false alarms");
    assert!(typed > 2000 && alarms_typed * 50 < typed);
    assert!(asks > 2000 && alarms * 200 < asks && unread * 25 < asks);
}

#[test]
fn staff_of_a_school_are_told_of_the_safeguarding_lead_first() {
    let publisher = Publisher::new().unwrap();
    publisher.publish(MORNING).unwrap();
    let mut phone = Phone::new(publisher.root().unwrap()).unwrap();
    phone.seed = Some(publisher.site());
    let hub = phone.open().unwrap();
    let contacts = |words: &str| -> Vec<String> {
        let found = hub.search(&Search { words: words.to_owned(), ..Search::default() }).unwrap();
        let searched: Vec<String> = found.help.unwrap().contacts.into_iter().map(|it| it.id).collect();
        let checked = hub.check(words).unwrap().help.unwrap().contacts;
        assert_eq!(searched, checked.into_iter().map(|it| it.id).collect::<Vec<_>>());
        searched
    };
    let lead = "safeguarding-lead".to_owned();
    assert!(!contacts("his dad hits him").contains(&lead));
    hub.set_view(View::School).unwrap();
    assert_eq!(contacts("his dad hits him")[0], lead);
    let both = contacts("his dad hits him and he cant breathe");
    assert_eq!((both[0].as_str(), &both[1]), ("emergency-999", &lead));
    assert!(!contacts("he cant breathe").contains(&lead));
}
