//! The demonstration bank itself.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use otsupport_hub::keys;
use otsupport_hub::publish::{PublishOptions, publish};
use otsupport_wire::snapshot::{Limits, ReviewStatus, Snapshot};

fn bank() -> (Vec<String>, Snapshot) {
    let folder = tempfile::tempdir().unwrap();
    let (site, key_folder) = (folder.path().join("site"), folder.path().join("keys"));
    keys::make(&key_folder, None).unwrap();
    let done = publish(&PublishOptions {
        content: Path::new(env!("CARGO_MANIFEST_DIR")).join("../content"),
        site: site.clone(),
        keys: key_folder,
        passphrase: None,
        now: "2026-11-24T09:00:00Z".parse().unwrap(),
        allow_removed: false,
    })
    .unwrap();
    let packed = std::fs::read(site.join("full/1.zst")).unwrap();
    let snapshot =
        Snapshot::parse(&zstd::decode_all(packed.as_slice()).unwrap(), &Limits::default()).unwrap();
    (done.warnings.iter().map(ToString::to_string).collect(), snapshot)
}

#[test]
fn it_is_published_without_a_warning_and_is_large_enough() {
    let (warnings, bank) = bank();
    assert_eq!(warnings, Vec::<String>::new());
    assert_eq!(bank.topics.len(), 24);
    assert!(bank.strategies.len() >= 30, "{}", bank.strategies.len());
    let topics: std::collections::BTreeSet<_> = bank.strategies.iter().map(|it| &it.topic).collect();
    assert!(topics.len() >= 10, "{}", topics.len());
    assert!(bank.resources.len() >= 4 && bank.events.len() >= 4);
}

#[test]
fn every_item_is_marked_as_a_demonstration() {
    for item in bank().1.items() {
        assert_eq!(item.review.status, ReviewStatus::Demonstration, "{}", item.id);
    }
}

#[test]
fn every_strategy_says_when_to_stop_and_when_to_get_help_and_how_families_ask_for_it() {
    for item in &bank().1.strategies {
        for heading in ["Stop if", "Get help when"] {
            assert!(item.sections.iter().any(|it| it.heading == heading), "{}: {heading}", item.id);
        }
        assert!(item.asks.len() >= 3, "{}", item.id);
    }
}
