//! The urgent-help check against labelled phrases: `tests/search/urgent/*.tsv`.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::Path;

use otsupport_core::urgent_help::urgency;

/// A phrase and the levels it calls for, the worst first; none for a calm one.
struct Labelled {
    text: String,
    levels: Vec<String>,
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
    let (missed, alarms) = judged("english.tsv");
    assert_eq!(missed, [""; 0]);
    assert_eq!(alarms, [""; 0]);
}

#[test]
fn what_families_ask_of_the_bank_is_calm_and_can_be_read() {
    let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("../content");
    let (mut asks, mut alarms, mut unread) = (0, 0, 0);
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
            }
        }
    }
    println!("{asks} asks, {alarms} false alarms, {unread} unread");
    assert!(asks > 2000 && alarms * 200 < asks && unread * 25 < asks);
}
