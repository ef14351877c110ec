//! The shelf: what the family saved keeps its place and says what became of it.
#![allow(clippy::unwrap_used)]

use std::fs;

use otsupport_core::strategies::{Currency, Filter, Page, Search, VariantChoice};
use otsupport_core::wire::snapshot::ReviewStatus;
use otsupport_core::wire::{ItemId, snapshot::Part};
use otsupport_core::{HubError, SupportHub};
use otsupport_tests::phone::Phone;
use otsupport_tests::site::{MORNING, Publisher};

const SOCKS: &str = "strategies/sensory-touch/seam-free-socks.md";

fn id(text: &str) -> ItemId {
    text.parse().unwrap()
}

struct Family {
    publisher: Publisher,
    phone: Phone,
}

impl Family {
    /// Has the first bank and has saved two strategies.
    fn new() -> Self {
        let publisher = Publisher::new().unwrap();
        publisher.publish(MORNING).unwrap();
        let mut phone = Phone::new(publisher.root().unwrap()).unwrap();
        phone.seed = Some(publisher.site());
        let family = Self { publisher, phone };
        family.open().save(&[id("seam-free-socks"), id("pedals-off")]).unwrap();
        family
    }

    /// Opens the app, which takes in the newest bank.
    fn open(&self) -> SupportHub {
        self.phone.open().unwrap()
    }

    fn publish(&self) {
        self.publisher.publish("2026-11-25T09:00:00Z").unwrap();
    }

    fn shelf(hub: &SupportHub) -> Vec<String> {
        hub.saved().unwrap().iter().map(|it| it.id.to_string()).collect()
    }
}

fn withdraw(publisher: &Publisher, file: &str, instead: &str) {
    let path = publisher.content().join(file);
    let text = fs::read_to_string(&path).unwrap();
    let text = text.replacen("status: demonstration", "status: withdrawn", 1);
    let withdrawn =
        format!("\nwithdrawn: {{on: 2026-11-24, reason: It can hurt., instead: {instead}}}\n---\n");
    fs::write(&path, text.replacen("\n---\n", &withdrawn, 1)).unwrap();
    publisher.relink(path.file_stem().unwrap().to_str().unwrap(), instead).unwrap();
}

#[test]
fn the_order_is_the_familys_and_survives_closing() {
    let family = Family::new();
    let hub = family.open();
    hub.save(&[id("short-pencil"), id("seam-free-socks")]).unwrap();
    hub.close();
    assert_eq!(Family::shelf(&family.open()), ["seam-free-socks", "pedals-off", "short-pencil"]);
}

#[test]
fn all_are_saved_or_none() {
    let family = Family::new();
    let hub = family.open();
    let saved = hub.save(&[id("short-pencil"), id("no-such-strategy")]);
    assert!(matches!(saved, Err(HubError::NotFound { id, .. }) if id == "no-such-strategy"));
    assert_eq!(Family::shelf(&hub), ["seam-free-socks", "pedals-off"]);
}

#[test]
fn what_changed_since_saving_is_told_part_by_part_until_it_is_saved_again() {
    let family = Family::new();
    family.publisher.edit(SOCKS, "minutes: 5", "minutes: 7").unwrap();
    family.publisher.edit(SOCKS, "## Steps\n\n1. ", "## Steps\n\n1. Slowly now. ").unwrap();
    family.publish();
    let hub = family.open();
    let shelf = hub.saved().unwrap();
    assert_eq!(shelf.iter().map(|it| it.changed).collect::<Vec<_>>(), [true, false]);
    let changed = hub.show(&id("seam-free-socks"), &VariantChoice::default()).unwrap().changed.unwrap();
    let parts: Vec<&str> = changed.parts.iter().map(|it| it.part.as_str()).collect();
    assert_eq!(parts, ["Minutes", "Steps"]);
    assert_eq!(
        (changed.parts[0].before.as_deref(), changed.parts[0].after.as_deref()),
        (Some("5"), Some("7"))
    );
    assert!(changed.parts[1].after.as_ref().unwrap().starts_with("1. Slowly now."));
    hub.save(&[id("seam-free-socks")]).unwrap();
    assert_eq!(hub.show(&id("seam-free-socks"), &VariantChoice::default()).unwrap().changed, None);
    assert_eq!(Family::shelf(&hub), ["seam-free-socks", "pedals-off"]);
}

#[test]
fn what_is_withdrawn_keeps_its_place_says_why_and_is_no_advice_any_more() {
    let family = Family::new();
    withdraw(&family.publisher, SOCKS, "start-with-undressing");
    family.publish();
    let hub = family.open();
    assert_eq!(Family::shelf(&hub), ["seam-free-socks", "pedals-off"]);
    assert_eq!(hub.saved().unwrap()[0].currency, Currency::Withdrawn);
    let item = hub.show(&id("seam-free-socks"), &VariantChoice::default()).unwrap();
    assert_eq!((item.sections.len(), item.media.len(), item.saved), (0, 0, true));
    assert_eq!(
        item.review.status,
        ReviewStatus::Withdrawn {
            on: "2026-11-24".parse().unwrap(),
            reason: "It can hurt.".to_owned(),
            instead: Some(id("start-with-undressing")),
        }
    );
    let listed = hub.browse(&Filter::default(), Page::default()).unwrap();
    assert!(listed.iter().all(|it| it.id != item.id));
    let found = hub.search(&Search { words: "socks".to_owned(), ..Search::default() }).unwrap();
    assert!(found.results.iter().all(|it| it.id != item.id));
    let again = hub.save(&[id("seam-free-socks")]);
    assert!(matches!(again, Err(HubError::Invalid { code, .. }) if code == "invalid-withdrawn"));
}

#[test]
fn what_is_no_longer_listed_keeps_its_place_and_its_name() {
    let mut family = Family::new();
    for text in ["md", "easy.md", "fr.md", "ar.md"] {
        fs::remove_file(family.publisher.content().join(SOCKS.replace("md", text))).unwrap();
    }
    family.publisher.relink("seam-free-socks", "labels-out-cleanly").unwrap();
    family.publisher.allow_removed = true;
    family.publish();
    let shelf = family.open().saved().unwrap();
    assert_eq!((shelf[0].title.as_str(), shelf[0].listed), ("Make socks feel better", false));
    assert_eq!((shelf[1].title.as_str(), shelf[1].listed), ("Take the pedals off", true));
}

#[test]
fn a_translation_older_than_its_original_shows_todays_warnings_first() {
    let family = Family::new();
    let original = fs::read_to_string(family.publisher.content().join(SOCKS)).unwrap();
    let of = otsupport_core::wire::Sha256::of(original.as_bytes());
    let french = original
        .replacen(
            "title: Make socks feel better",
            &format!("title: Des chaussettes plus douces\nof: {of}"),
            1,
        )
        .replacen("1. ", "1. D'abord. ", 1);
    fs::write(family.publisher.content().join(SOCKS.replace(".md", ".fr.md")), french).unwrap();
    family.publish();
    let choice = VariantChoice { language: Some("fr".parse().unwrap()), easy: false };
    let show = || family.open().show(&id("seam-free-socks"), &choice).unwrap();
    let item = show();
    assert_eq!((item.title.as_str(), item.outdated), ("Des chaussettes plus douces", false));
    assert_eq!(item.sections[0].part, Part::WhyItHelps);
    let found =
        family.open().search(&Search { words: "chaussettes".to_owned(), ..Search::default() }).unwrap();
    assert!(
        found.results.iter().all(|it| it.id.as_str() != "seam-free-socks"),
        "a variant is never a result"
    );
    family.publisher.edit(SOCKS, "## Stop if\n\n- ", "## Stop if\n\n- Now: ").unwrap();
    family.publisher.publish("2026-11-26T09:00:00Z").unwrap();
    let item = show();
    assert!(item.outdated);
    assert_eq!([item.sections[0].part, item.sections[1].part], [Part::StopIf, Part::GetHelpWhen]);
    assert!(item.sections[0].text.starts_with("- Now: "));
    let english = family.open().show(&id("seam-free-socks"), &VariantChoice::default()).unwrap();
    assert_eq!((english.language.as_str(), english.outdated), ("en", false));
}
