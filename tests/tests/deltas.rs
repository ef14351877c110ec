//! An update costs what changed: a delta where the phone holds its base, the whole bank where a delta leads nowhere.
#![allow(clippy::unwrap_used)]

use std::fs;

use otsupport_core::strategies::VariantChoice;
use otsupport_core::sync::{Outcome, SyncReport};
use otsupport_core::{Mended, SupportHub};
use otsupport_hub::embedded::EmbeddedHub;
use otsupport_tests::content_folder::small;
use otsupport_tests::hostile_hub::{Answer, HostileHub};
use otsupport_tests::phone::{Phone, sync};
use otsupport_tests::seeded::Seeded;
use otsupport_tests::site::{MORNING, Publisher};
use otsupport_wire::delta;

const SOCKS: &str = "strategies/sensory-touch/seam-free-socks.md";

/// A hub with the real bank, and a phone that holds its first version.
struct Scene {
    publisher: Publisher,
    phone: Phone,
}

impl Scene {
    fn new() -> Self {
        let publisher = Publisher::new().unwrap();
        publisher.publish(MORNING).unwrap();
        let phone = Phone::new(publisher.root().unwrap()).unwrap();
        let scene = Self { publisher, phone };
        assert_eq!(scene.sync().to, 1);
        scene
    }

    /// Publishes so many more banks, each with one more word.
    fn publish(&self, banks: u32) {
        for _ in 0..banks {
            self.publisher.edit(SOCKS, "## Steps\n\n1. ", "## Steps\n\n1. Slowly. ").unwrap();
            self.publisher.publish("2026-11-25T09:00:00Z").unwrap();
        }
    }

    fn sync(&self) -> SyncReport {
        let served = EmbeddedHub::start(&self.publisher.site()).unwrap();
        sync(&self.phone.open().unwrap(), served.address()).unwrap()
    }

    fn full(&self, version: u64) -> Vec<u8> {
        let packed = fs::read(self.publisher.site().join(format!("full/{version}.zst"))).unwrap();
        zstd::decode_all(packed.as_slice()).unwrap()
    }

    fn deltas(&self) -> Vec<String> {
        let files = fs::read_dir(self.publisher.site().join("delta")).unwrap();
        let mut names: Vec<String> = files.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// The phone holds the newest bank, byte for byte.
    fn is_newest(&self, version: u64) {
        let hub = self.phone.open().unwrap();
        assert_eq!(hub.storage().unwrap().version, version);
        assert!(first_step(&hub).starts_with("1. Slowly. "));
        hub.close();
        // What is kept gives the same bank again: its digest is that of the signed one.
        fs::write(self.phone.folder().join("content.db"), b"damaged").unwrap();
        let hub = self.phone.open().unwrap();
        assert_eq!(hub.mended(), [Mended::ContentRebuilt { whole: true }]);
        assert_eq!(hub.storage().unwrap().version, version);
        assert!(first_step(&hub).starts_with("1. Slowly. "));
    }
}

fn first_step(hub: &SupportHub) -> String {
    let item = hub.show(&"seam-free-socks".parse().unwrap(), &VariantChoice::default()).unwrap();
    item.sections.iter().find(|it| it.heading == "Steps").unwrap().text.clone()
}

#[test]
fn an_update_of_one_strategy_takes_two_requests_and_about_a_kilobyte() {
    let scene = Scene::new();
    scene.publish(1);
    let head = fs::metadata(scene.publisher.site().join("head")).unwrap().len();
    let delta = fs::metadata(scene.publisher.site().join("delta/1-2.dcz")).unwrap().len();
    let report = scene.sync();
    assert_eq!((report.outcome, report.requests, report.bytes), (Outcome::Updated, 2, head + delta));
    assert!(delta < 300 && head <= 836, "a head of {head} bytes and a delta of {delta}");
    scene.is_newest(2);
    assert_eq!((scene.sync().requests, scene.sync().bytes), (1, 0));
}

/// With a small bank: every publication makes a delta from each of the sixteen before.
#[test]
fn a_phone_that_was_away_for_sixteen_banks_takes_one_delta_and_later_the_whole() {
    let publisher = small().unwrap();
    let publish = |banks: u32| {
        for _ in 0..banks {
            publisher.edit("strategies/dressing/coat-flip.md", "3. ", "3. Slowly. ").unwrap();
            publisher.publish("2026-11-25T09:00:00Z").unwrap();
        }
    };
    let size = |file: &str| fs::metadata(publisher.site().join(file)).unwrap().len();
    publisher.publish(MORNING).unwrap();
    let phone = Phone::new(publisher.root().unwrap()).unwrap();
    let served = EmbeddedHub::start(&publisher.site()).unwrap();
    let synced = || sync(&phone.open().unwrap(), served.address()).unwrap();
    assert_eq!(synced().to, 1);
    publish(16);
    let report = synced();
    assert_eq!((report.to, report.requests), (17, 2));
    assert_eq!(report.bytes, size("head") + size("delta/1-17.dcz"));
    // The most deltas that a head ever names.
    assert!(size("head") <= 836, "a head of {} bytes", size("head"));
    publish(17);
    let longer_away = phone.twin().unwrap();
    let report = synced();
    // By way of bank 32, a step: the deltas to it stay.
    assert_eq!((report.to, report.requests), (34, 3));
    assert_eq!(report.bytes, size("head") + size("delta/17-32.dcz") + size("delta/32-34.dcz"));
    assert!(size("head") <= 836, "a head of {} bytes", size("head"));
    fs::remove_file(publisher.site().join("delta/32-34.dcz")).unwrap();
    let report = sync(&longer_away.open().unwrap(), served.address()).unwrap();
    assert_eq!((report.to, report.requests), (34, 4), "where a chain breaks the whole is taken");
}

/// Three steps of sixteen banks: a phone from before all of them comes by way of the steps.
#[test]
fn a_phone_that_was_away_for_long_is_led_from_step_to_step() {
    let publisher = small().unwrap();
    // A picture that does not pack makes the whole dearer than a few requests.
    let mut chance = Seeded(7);
    let noise: String = (0..1500).map(|_| format!("{} ", chance.number() % 1000)).collect();
    let picture = fs::read_to_string(publisher.content().join("media/coat.svg")).unwrap();
    let picture = picture.replace("</svg>", &format!("<path d=\"M{noise}\"/></svg>"));
    fs::write(publisher.content().join("media/coat.svg"), picture).unwrap();
    let publish = |banks: u32| {
        for bank in 0..banks {
            publisher
                .edit("strategies/dressing/coat-flip.md", "3. ", &format!("3. Slowly {bank}. "))
                .unwrap();
            publisher.publish("2026-11-25T09:00:00Z").unwrap();
        }
    };
    publisher.publish(MORNING).unwrap();
    publish(16);
    let phone = Phone::new(publisher.root().unwrap()).unwrap();
    let served = EmbeddedHub::start(&publisher.site()).unwrap();
    assert_eq!(sync(&phone.open().unwrap(), served.address()).unwrap().to, 17);
    publish(48);
    let report = sync(&phone.open().unwrap(), served.address()).unwrap();
    // 17 to 32, 32 to 64, 64 to 65.
    assert_eq!((report.to, report.requests), (65, 4));
    let fulls = fs::read_dir(publisher.site().join("full")).unwrap();
    let mut fulls: Vec<u64> =
        fulls.map(|it| it.unwrap().path().file_stem().unwrap().to_str().unwrap().parse().unwrap()).collect();
    fulls.sort();
    assert_eq!(fulls, (49..=65).collect::<Vec<u64>>(), "64 is the last multiple of every power of two");
}

#[test]
fn the_site_keeps_the_deltas_to_its_last_two_banks() {
    let scene = Scene::new();
    scene.publish(3);
    assert_eq!(scene.deltas(), ["1-3.dcz", "1-4.dcz", "2-3.dcz", "2-4.dcz", "3-4.dcz"]);
    let (old, new) = (scene.full(2), scene.full(4));
    let packed = fs::read(scene.publisher.site().join("delta/2-4.dcz")).unwrap();
    assert!(delta::apply(&packed, &old, new.len() as u64).unwrap() == new);
}

#[test]
fn a_delta_that_leads_nowhere_costs_one_more_request_and_nothing_else() {
    let scene = Scene::new();
    scene.publish(1);
    let read = |file: &str| fs::read(scene.publisher.site().join(file)).unwrap();
    let whole = read("delta/1-2.dcz");
    let other_base = delta::pack(b"another bank", &scene.full(2), 3).unwrap();
    let other_bank = delta::pack(&scene.full(1), b"another bank", 3).unwrap();
    let bent = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x41;
        bytes
    };
    let cases = [
        ("gone", Answer::Status("404 Not Found")),
        ("broken", Answer::Status("500 Internal Server Error")),
        ("nothing", Answer::Bytes(Vec::new())),
        ("cut", Answer::Bytes(whole[..whole.len() - 1].to_vec())),
        ("a page", Answer::Bytes(b"<!doctype html>".to_vec())),
        ("endless", Answer::Endless),
        ("another magic", Answer::Bytes(bent(0))),
        ("another digest", Answer::Bytes(bent(20))),
        ("other bytes", Answer::Bytes(bent(whole.len() - 3))),
        ("against another bank", Answer::Bytes(other_base)),
        ("to another bank", Answer::Bytes(other_bank)),
    ];
    for (what, answer) in cases {
        let phone = Phone::new(scene.publisher.root().unwrap()).unwrap();
        let first = tempfile::tempdir().unwrap();
        otsupport_tests::site::copy(&scene.phone.folder().join("kept"), &first.path().join("kept")).unwrap();
        for file in ["family.db", "content.db"] {
            fs::copy(scene.phone.folder().join(file), phone.folder().join(file)).unwrap();
        }
        otsupport_tests::site::copy(&first.path().join("kept"), &phone.folder().join("kept")).unwrap();
        let hub = HostileHub::start().unwrap();
        hub.tell("head", Answer::Bytes(read("head")));
        hub.tell("full/2.zst", Answer::Bytes(read("full/2.zst")));
        hub.tell("delta/1-2.dcz", answer);
        let open = phone.open().unwrap();
        let report = sync(&open, &hub.address).unwrap();
        assert_eq!((report.outcome, report.to, report.requests), (Outcome::Updated, 2, 3), "{what}");
        assert!(first_step(&open).starts_with("1. Slowly. "), "{what}");
    }
}

#[test]
fn without_its_base_a_phone_asks_for_the_whole_at_once() {
    for damage in ["gone", "bent"] {
        let scene = Scene::new();
        scene.publish(1);
        let base = scene.phone.folder().join("kept/1.snapshot");
        let requests = if damage == "gone" {
            fs::remove_file(&base).unwrap();
            2
        } else {
            let mut bytes = fs::read(&base).unwrap();
            bytes[1000] ^= 1;
            fs::write(&base, bytes).unwrap();
            3
        };
        assert_eq!(scene.sync().requests, requests, "{damage}");
        scene.is_newest(2);
    }
}
