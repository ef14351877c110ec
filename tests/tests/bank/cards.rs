//! The how-to cards: what a strategy says stands on its card, with its marks and all of its warnings.

use lopdf::Document;
use otsupport_wire::snapshot::{Item, Part};

use super::{BANK, content, part, strategies};

/// The words of the first so many pages of a card, without line breaks and bullets.
fn words_of(card: &str, pages: usize) -> String {
    let document = Document::load(content().join(card)).unwrap();
    let pages: Vec<u32> = document.get_pages().keys().copied().take(pages).collect();
    squeezed(&document.extract_text(&pages).unwrap())
}

fn squeezed(text: &str) -> String {
    text.replace('•', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Each strategy that has a card, with its file.
fn cards() -> Vec<(&'static Item, String)> {
    strategies()
        .flat_map(|item| item.media.iter().map(move |it| (item, it.file.to_string())))
        .filter(|(_, file)| file.ends_with(".pdf"))
        .collect()
}

#[test]
fn there_are_two_and_each_is_fetched_only_when_asked_for() {
    assert_eq!(cards().len(), 2);
    assert_eq!(BANK.snapshot.media.len(), 2);
}

#[test]
fn a_card_says_what_its_strategy_says() {
    for (item, file) in cards() {
        let card = words_of(&file, usize::MAX);
        for section in &item.sections {
            for line in section.text.lines().filter(|it| !it.is_empty()) {
                let line = squeezed(line.trim_start_matches("- "));
                assert!(card.contains(&line), "{file} does not say: {line}; run `make cards`");
            }
        }
    }
}

#[test]
fn a_card_carries_its_title_marks_date_warnings_and_emergency_help() {
    for (item, file) in cards() {
        let card = words_of(&file, usize::MAX);
        let topic = BANK.snapshot.topics.iter().find(|it| it.slug == item.topic).unwrap();
        for line in topic.safety.iter().chain([&item.title]) {
            assert!(card.contains(line), "{file}: {line}");
        }
        for words in
            ["Demonstration, not clinical advice", "Not reviewed by a clinician", "Made on ", "Page 1 of"]
        {
            assert!(card.contains(words), "{file}: {words}");
        }
        let place = |words: &str| card.find(words).unwrap_or(usize::MAX);
        for part in [Part::Steps, Part::StopIf, Part::GetHelpWhen] {
            let heading = Part::HEADINGS.iter().find(|(it, _)| *it == part).unwrap().1;
            assert!(place("Call 999") < place(heading), "{file}: {heading}");
            assert!(place(heading) != usize::MAX, "{file}: {heading}");
        }
    }
}

#[test]
fn a_lost_second_page_takes_no_step_and_no_warning_with_it() {
    for (item, file) in cards() {
        let card = words_of(&file, 1);
        for of in [Part::Steps, Part::StopIf, Part::GetHelpWhen] {
            for line in part(item, of).lines() {
                let line = squeezed(line.trim_start_matches("- "));
                assert!(card.contains(&line), "{file}: {line}");
            }
        }
    }
}
