//! Nothing that a family needs waits for the network.
#![allow(clippy::unwrap_used)]

use otsupport_core::strategies::{Currency, Filter, Page, Search, VariantChoice};
use otsupport_core::sync::{Outcome, Reason};
use otsupport_core::{HubError, Mended, SupportHub};
use otsupport_hub::embedded::EmbeddedHub;
use otsupport_tests::phone::{Phone, sync};

use otsupport_tests::site::{MORNING, Publisher};

fn published() -> Publisher {
    let publisher = Publisher::new().unwrap();
    publisher.publish(MORNING).unwrap();
    publisher
}

/// Everything that a family can do without a network.
fn everything_reads(hub: &SupportHub) {
    assert_eq!(hub.topics().unwrap().len(), 24);
    assert!(!hub.service().unwrap().urgent.is_empty());
    let all = hub.browse(&Filter::default(), Page::default()).unwrap();
    assert!(all.len() > 200, "{}", all.len());
    let page = hub.browse(&Filter::default(), Page { offset: 5, limit: Some(3) }).unwrap();
    assert_eq!(page, all[5..8]);
    let answer =
        hub.search(&Search { words: "wont keep his socks on".to_owned(), ..Search::default() }).unwrap();
    assert_eq!(answer.results[0].id.as_str(), "seam-free-socks");
    assert!(answer.confident);
    let id = answer.results[0].id.clone();
    let item = hub.show(&id, &VariantChoice::default()).unwrap();
    assert!(item.demonstration && !item.sections.is_empty());
    assert_eq!(item.media.iter().filter(|it| it.here).count(), item.media.len());
    assert_eq!(hub.save(std::slice::from_ref(&id)).unwrap().len(), 1);
    assert_eq!(hub.saved().unwrap()[0].id, id);
    assert_eq!(hub.unsave(&[id]).unwrap(), []);
    assert_eq!(hub.storage().unwrap().version, 1);
}

#[test]
fn with_the_hub_stopped_after_one_sync_everything_reads_and_sync_says_offline() {
    let publisher = published();
    let phone = Phone::new(publisher.root().unwrap()).unwrap();
    let hub = phone.open().unwrap();
    let served = EmbeddedHub::start(&publisher.site()).unwrap();
    let address = served.address().to_owned();
    let report = sync(&hub, &address).unwrap();
    assert_eq!((report.outcome, report.from, report.to, report.requests), (Outcome::Updated, 0, 1, 2));
    let report = sync(&hub, &address).unwrap();
    assert_eq!((report.outcome, report.requests, report.bytes), (Outcome::Unchanged, 1, 0));
    drop(served);
    let report = sync(&hub, &address).unwrap();
    assert_eq!((report.outcome, report.reason, report.to), (Outcome::Offline, Some(Reason::HubDown), 1));
    everything_reads(&hub);
    hub.close();
    everything_reads(&phone.open().unwrap());
}

#[test]
fn a_first_start_with_a_carried_bank_needs_no_hub_at_all() {
    let publisher = published();
    let mut phone = Phone::new(publisher.root().unwrap()).unwrap();
    phone.seed = Some(publisher.site());
    let hub = phone.open().unwrap();
    assert_eq!(hub.mended(), []);
    everything_reads(&hub);
    assert_eq!(hub.storage().unwrap().checked_at, None);
}

#[test]
fn a_newer_carried_bank_is_taken_and_an_older_one_is_no_news() {
    let publisher = published();
    let old = tempfile::tempdir().unwrap();
    otsupport_tests::site::copy(&publisher.site(), old.path()).unwrap();
    publisher.edit("strategies/sensory-touch/seam-free-socks.md", "title: Make", "title: Now make").unwrap();
    publisher.publish("2026-11-25T09:00:00Z").unwrap();
    let mut phone = Phone::new(publisher.root().unwrap()).unwrap();
    for (seed, version) in [(old.path().to_owned(), 1), (publisher.site(), 2), (old.path().to_owned(), 2)] {
        phone.seed = Some(seed);
        let hub = phone.open().unwrap();
        assert_eq!(hub.storage().unwrap().version, version);
        assert_eq!(hub.mended(), []);
    }
}

#[test]
fn expiry_stops_updates_and_never_reading() {
    let publisher = published();
    let mut phone = Phone::new(publisher.root().unwrap()).unwrap();
    phone.seed = Some(publisher.site());
    phone.now = "2029-01-01T00:00:00Z".to_owned();
    let hub = phone.open().unwrap();
    everything_reads(&hub);
    let item = hub.show(&"seam-free-socks".parse().unwrap(), &VariantChoice::default()).unwrap();
    assert_eq!(item.currency, Currency::NotChecked);
    let served = EmbeddedHub::start(&publisher.site()).unwrap();
    let report = sync(&hub, served.address()).unwrap();
    assert_eq!((report.outcome, report.reason), (Outcome::Refused, Some(Reason::Expired)));
    everything_reads(&hub);
}

#[test]
fn a_text_is_called_old_after_the_services_days_without_a_check() {
    let publisher = published();
    let mut phone = Phone::new(publisher.root().unwrap()).unwrap();
    let served = EmbeddedHub::start(&publisher.site()).unwrap();
    sync(&phone.open().unwrap(), served.address()).unwrap();
    let currency = |phone: &Phone| {
        let hub = phone.open().unwrap();
        hub.show(&"seam-free-socks".parse().unwrap(), &VariantChoice::default()).unwrap().currency
    };
    assert_eq!(currency(&phone), Currency::Current);
    phone.now = "2027-02-22T09:00:00Z".to_owned();
    assert_eq!(currency(&phone), Currency::Current);
    phone.now = "2027-02-22T09:00:01Z".to_owned();
    assert_eq!(currency(&phone), Currency::NotChecked);
}

#[test]
fn a_carried_bank_of_other_keys_shows_nothing() {
    let (publisher, stranger) = (published(), published());
    let mut phone = Phone::new(publisher.root().unwrap()).unwrap();
    phone.seed = Some(stranger.site());
    let hub = phone.open().unwrap();
    assert_eq!(hub.mended(), [Mended::SeedRefused { reason: Reason::BadSignature }]);
    assert_eq!(hub.topics().unwrap(), []);
}

#[test]
fn without_a_trusted_root_nothing_is_taken() {
    let publisher = published();
    let mut phone = Phone::new(Vec::new()).unwrap();
    assert!(matches!(phone.open(), Err(HubError::Untrusted { code }) if code == "bad-root"));
    phone.root = None;
    phone.seed = Some(publisher.site());
    assert!(matches!(phone.open(), Err(HubError::Untrusted { code }) if code == "no-root"));
    phone.seed = None;
    let hub = phone.open().unwrap();
    assert!(
        matches!(sync(&hub, "http://127.0.0.1:1"), Err(HubError::Untrusted { code }) if code == "no-root")
    );
}

#[test]
fn a_filter_narrows_only_what_a_person_set_and_says_what_it_hides() {
    let publisher = published();
    let mut phone = Phone::new(publisher.root().unwrap()).unwrap();
    phone.seed = Some(publisher.site());
    let hub = phone.open().unwrap();
    let search =
        |filter| hub.search(&Search { words: "socks".to_owned(), filter, ..Search::default() }).unwrap();
    let all = search(Filter::default());
    assert_eq!(all.hidden, 0);
    let sleep = search(Filter { topic: Some("sleep".parse().unwrap()), ..Filter::default() });
    assert!(sleep.results.iter().all(|it| it.topic.as_str() == "sleep"));
    assert!(sleep.hidden > 0);
    let short = hub.browse(&Filter { minutes: Some(2), ..Filter::default() }, Page::default()).unwrap();
    assert!(
        !short.is_empty() && short.len() < hub.browse(&Filter::default(), Page::default()).unwrap().len()
    );
}

#[test]
fn words_of_an_emergency_put_help_first_and_hostile_words_are_answered() {
    let publisher = published();
    let mut phone = Phone::new(publisher.root().unwrap()).unwrap();
    phone.seed = Some(publisher.site());
    let hub = phone.open().unwrap();
    let search = |words: &str| {
        let search = Search { words: words.to_owned(), as_you_type: true, ..Search::default() };
        hub.search(&search).unwrap()
    };
    let help = search("he cant breathe").help.unwrap();
    assert_eq!(help.contacts[0].telephone.as_deref(), Some("999"));
    assert_eq!(search("socks").help, None);
    let long = "a".repeat(100_000);
    for words in [
        "\"",
        "socks*",
        "NEAR(a b)",
        "a AND",
        "-",
        "'; DROP TABLE items;--",
        "😀",
        "\u{202e}socks",
        "\0",
        "",
        &long,
    ] {
        search(words);
    }
}

#[test]
fn closed_is_an_ordinary_answer() {
    let publisher = published();
    let mut phone = Phone::new(publisher.root().unwrap()).unwrap();
    phone.seed = Some(publisher.site());
    let hub = phone.open().unwrap();
    hub.close();
    hub.close();
    assert!(matches!(hub.topics(), Err(HubError::Closed { .. })));
    assert!(matches!(hub.save(&["seam-free-socks".parse().unwrap()]), Err(HubError::Closed { .. })));
    assert!(matches!(sync(&hub, "http://127.0.0.1:1"), Err(HubError::Closed { .. })));
}
