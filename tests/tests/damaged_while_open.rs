//! A bank that is damaged under an open app: whatever the app does next, the bank comes back without a restart.
#![allow(clippy::unwrap_used)]

use std::fs;

use otsupport_core::strategies::{Filter, Page, Search, VariantChoice};
use otsupport_core::{HubError, SupportHub};
use otsupport_hub::embedded::EmbeddedHub;
use otsupport_tests::phone::{Phone, sync};
use otsupport_tests::site::{MORNING, Publisher};

/// Something that the app does.
type Act = fn(&SupportHub, &str) -> Result<(), HubError>;

const ACTS: [(&str, Act); 7] = [
    ("topics", |hub, _| hub.topics().map(drop)),
    ("browse", |hub, _| hub.browse(&Filter::default(), Page::default()).map(drop)),
    ("search", |hub, _| hub.search(&Search { words: "socks".to_owned(), ..Search::default() }).map(drop)),
    ("save", |hub, _| hub.save(&["pedals-off".parse().unwrap()]).map(drop)),
    ("show", |hub, _| hub.show(&"pedals-off".parse().unwrap(), &VariantChoice::default()).map(drop)),
    ("storage", |hub, _| hub.storage().map(drop)),
    ("sync", |hub, address| sync(hub, address).map(drop)),
];

/// The bytes that the file holds afterwards; none if it is gone.
type Damage = fn(&[u8]) -> Option<Vec<u8>>;

const DAMAGE: [(&str, Damage); 5] = [
    ("garbage", |whole| Some(b"no database ".repeat(whole.len() / 12))),
    ("no file", |_| None),
    ("nothing", |_| Some(Vec::new())),
    ("its first half", |whole| Some(whole[..whole.len() / 2].to_vec())),
    ("garbage behind the first page", |whole| {
        Some(whole.iter().enumerate().map(|(at, byte)| if at < 4096 { *byte } else { 0xaa }).collect())
    }),
];

#[test]
fn the_bank_comes_back_whatever_the_app_does_next() {
    let publisher = Publisher::new().unwrap();
    let bank = publisher.publish(MORNING).unwrap();
    let all = bank.strategies + bank.resources;
    let first = EmbeddedHub::start(&publisher.site()).unwrap();
    let mut misfits = Vec::new();
    for (act, act_on) in ACTS {
        for (damage, spoil) in DAMAGE {
            let phone = Phone::new(publisher.root().unwrap()).unwrap();
            let hub = phone.open().unwrap();
            sync(&hub, first.address()).unwrap();
            hub.close();
            let hub = phone.open().unwrap();
            let file = phone.folder().join("content.db");
            let whole = fs::read(&file).unwrap();
            match spoil(&whole) {
                Some(bytes) => fs::write(&file, bytes).unwrap(),
                None => fs::remove_file(&file).unwrap(),
            }
            if let Err(error) = act_on(&hub, first.address()) {
                misfits.push(format!("{act} over {damage}: {error:?}"));
            }
            let items = hub.browse(&Filter::default(), Page::default()).map(|it| it.len());
            let topics = hub.topics().map(|it| it.len());
            if (&items, &topics) != (&Ok(all), &Ok(24)) {
                misfits.push(format!("after {act} over {damage}: {items:?} items, {topics:?} topics"));
            }
            hub.close();
            let items = phone.open().and_then(|hub| hub.browse(&Filter::default(), Page::default()));
            if !items.as_ref().is_ok_and(|it| it.len() == all) {
                misfits
                    .push(format!("opened again after {act} over {damage}: {:?}", items.map(|it| it.len())));
            }
        }
    }
    assert!(misfits.is_empty(), "{misfits:#?}");
}
