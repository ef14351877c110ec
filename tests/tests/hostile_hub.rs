//! Whatever a hub or the network in between answers: the phone keeps the bank it had, says why in one code, and works
//! with the next honest answer.
#![allow(clippy::unwrap_used)]

use std::fs;

use otsupport_core::SupportHub;
use otsupport_core::strategies::{Search, VariantChoice};
use otsupport_core::sync::{Outcome, Reason};
use otsupport_hub::keys::read_signing;
use otsupport_tests::hostile_hub::{Answer, HostileHub};
use otsupport_tests::phone::{Phone, sync};
use otsupport_tests::site::{MORNING, Publisher};
use otsupport_wire::trust::{Head, Newest, SigningKey};
use otsupport_wire::{BankVersion, Sha256};

/// A hub with two banks published, and a phone that holds the first.
struct Scene {
    publisher: Publisher,
    hub: HostileHub,
    phone: SupportHub,
    files: Phone,
    first: [Vec<u8>; 2],
    second: [Vec<u8>; 2],
}

impl Scene {
    fn new() -> Self {
        let publisher = Publisher::new().unwrap();
        publisher.publish(MORNING).unwrap();
        let site = publisher.site();
        let first = [fs::read(site.join("head")).unwrap(), fs::read(site.join("full/1.zst")).unwrap()];
        publisher
            .edit("strategies/sensory-touch/seam-free-socks.md", "## Steps\n\n1. ", "## Steps\n\n1. First. ")
            .unwrap();
        publisher.publish("2026-11-25T09:00:00Z").unwrap();
        let second = [fs::read(site.join("head")).unwrap(), fs::read(site.join("full/2.zst")).unwrap()];
        let hub = HostileHub::start().unwrap();
        hub.tell("head", Answer::Bytes(first[0].clone()));
        hub.tell("full/1.zst", Answer::Bytes(first[1].clone()));
        let phone = Phone::new(publisher.root().unwrap()).unwrap();
        let open = phone.open().unwrap();
        assert_eq!(sync(&open, &hub.address).unwrap().outcome, Outcome::Updated);
        let scene = Self { publisher, hub, phone: open, files: phone, first, second };
        scene.tell_honestly();
        scene
    }

    fn tell_honestly(&self) {
        self.hub.tell("head", Answer::Bytes(self.second[0].clone()));
        self.hub.tell("full/2.zst", Answer::Bytes(self.second[1].clone()));
    }

    /// Syncs, expects `reason`, and that the first bank is here whole.
    fn refuses(&self, reason: Reason, what: &str) {
        self.refused_by(&self.phone, reason, what);
    }

    fn refused_by(&self, phone: &SupportHub, reason: Reason, what: &str) {
        let report = sync(phone, &self.hub.address).unwrap();
        assert_eq!(report.reason, Some(reason), "{what}");
        assert_eq!((report.from, report.to), (1, 1), "{what}");
        assert_ne!(report.outcome, Outcome::Updated, "{what}");
        let search = Search { words: "socks".to_owned(), ..Search::default() };
        assert!(!phone.search(&search).unwrap().results.is_empty(), "{what}");
        let item = phone.show(&"seam-free-socks".parse().unwrap(), &VariantChoice::default()).unwrap();
        assert_eq!(item.version, 1, "{what}");
        assert_eq!(phone.topics().unwrap().len(), 24, "{what}");
    }

    fn recovers(&self) {
        self.tell_honestly();
        let report = sync(&self.phone, &self.hub.address).unwrap();
        assert_eq!((report.outcome, report.from, report.to), (Outcome::Updated, 1, 2));
    }

    fn key(&self, name: &str) -> SigningKey {
        read_signing(&self.publisher.keys().join(name), None).unwrap()
    }

    /// What the second bank's head says, to be bent.
    fn newest(&self) -> Newest {
        self.publisher.verified().unwrap().news.newest
    }

    fn head(&self, newest: &Newest, number: u64, key: &SigningKey) -> Answer {
        Answer::Bytes(self.publisher.head(newest, number, key).unwrap().pack().unwrap())
    }
}

#[test]
fn a_head_cut_at_any_byte_is_refused() {
    let scene = Scene::new();
    for length in 0..scene.second[0].len() {
        scene.hub.tell("head", Answer::Bytes(scene.second[0][..length].to_vec()));
        scene.refuses(Reason::BadHead, &format!("{length} bytes"));
    }
    scene.recovers();
}

#[test]
fn a_head_with_any_byte_changed_is_refused_or_says_the_same() {
    let scene = Scene::new();
    for place in 0..scene.second[0].len() {
        let mut head = scene.second[0].clone();
        head[place] ^= 0x41;
        // The frame may hold bits that nobody reads; what is read must be what was signed.
        if Head::unpack(&head).is_ok_and(|it| it == Head::unpack(&scene.second[0]).unwrap()) {
            continue;
        }
        scene.hub.tell("head", Answer::Bytes(head));
        let report = sync(&scene.phone, &scene.hub.address).unwrap();
        assert_eq!((report.outcome, report.to), (Outcome::Refused, 1), "byte {place}");
    }
    scene.recovers();
}

#[test]
fn a_head_that_lies_is_refused() {
    let first = Scene::new();
    let (targets, stranger) = (first.key("targets.key"), SigningKey::from_secret(&[9; 32]));
    let honest = first.newest();
    let bent = |bend: fn(&mut Newest)| {
        let mut newest = honest;
        bend(&mut newest);
        newest
    };
    let cases = [
        ("another key", first.head(&honest, 2, &stranger), Reason::BadSignature),
        ("the root's key", first.head(&honest, 2, &first.key("root.key")), Reason::BadSignature),
        ("a smaller packed size", first.head(&bent(|it| it.packed -= 1), 2, &targets), Reason::BadBank),
        ("a longer bank", first.head(&bent(|it| it.length += 1), 2, &targets), Reason::BadBank),
        ("a shorter bank", first.head(&bent(|it| it.length -= 1), 2, &targets), Reason::BadBank),
        (
            "a bank beyond every limit",
            first.head(&bent(|it| it.length = 1 << 40), 2, &targets),
            Reason::BadBank,
        ),
        (
            "another digest",
            first.head(&bent(|it| it.sha256 = Sha256::of(b"x")), 2, &targets),
            Reason::BadBank,
        ),
        ("another number", first.head(&bent(|it| it.version = BankVersion(3)), 2, &targets), Reason::BadBank),
        ("an older bank", first.head(&bent(|it| it.version = BankVersion(0)), 3, &targets), Reason::Rollback),
        ("documents without a number", first.head(&honest, 0, &targets), Reason::BadHead),
        (
            "the same bank forked",
            first.head(&bent(|it| it.version = BankVersion(1)), 2, &targets),
            Reason::Forked,
        ),
    ];
    first.hub.tell("full/3.zst", Answer::Bytes(first.first[1].clone()));
    for (what, head, reason) in cases {
        // What was signed is believed from then on, so each lie is told to a phone of its own.
        let phone = first.files.twin().unwrap();
        first.hub.tell("head", head);
        first.refused_by(&phone.open().unwrap(), reason, what);
    }
    first.recovers();
}

#[test]
fn a_bank_cut_anywhere_is_refused() {
    let scene = Scene::new();
    let full = &scene.second[1];
    let last = full.len() - 1;
    let lengths = (0..64).map(|part| last * part / 64).chain(last - 8..=last);
    for length in lengths {
        scene.hub.tell("full/2.zst", Answer::Bytes(full[..length].to_vec()));
        scene.refuses(Reason::BadBank, &format!("{length} bytes"));
        scene.hub.tell("full/2.zst", Answer::Cut(full[..length].to_vec()));
        scene.refuses(Reason::HubDown, &format!("hung up after {length} bytes"));
    }
    scene.recovers();
}

#[test]
fn a_bank_with_any_byte_changed_is_refused() {
    let scene = Scene::new();
    for part in 0..128 {
        let mut full = scene.second[1].clone();
        let place = full.len() * part / 128;
        full[place] ^= 0x10;
        if zstd::decode_all(full.as_slice()).is_ok_and(|it| Sha256::of(&it) == scene.newest().sha256) {
            continue;
        }
        scene.hub.tell("full/2.zst", Answer::Bytes(full));
        scene.refuses(Reason::BadBank, &format!("byte {place}"));
    }
    scene.recovers();
}

#[test]
fn a_bank_that_unpacks_to_gigabytes_is_refused_without_unpacking_them() {
    let scene = Scene::new();
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    std::io::copy(&mut std::io::Read::take(std::io::repeat(0), 4 << 30), &mut encoder).unwrap();
    let bomb = encoder.finish().unwrap();
    // Signed with the right key: the hub itself has been broken into.
    let newest = Newest { packed: bomb.len() as u64, ..scene.newest() };
    scene.hub.tell("full/2.zst", Answer::Bytes(bomb));
    scene.hub.tell("head", scene.head(&newest, 2, &scene.key("targets.key")));
    scene.refuses(Reason::BadBank, "a bomb");
    let kept: u64 = fs::read_dir(scene.files.folder().join("kept"))
        .unwrap()
        .map(|it| it.unwrap().metadata().unwrap().len())
        .sum();
    // The bank before is kept, and nothing of the bomb.
    assert!(kept < 2 * scene.newest().length, "{kept} bytes were left behind");
    scene.recovers();
}

#[test]
fn whatever_else_stands_in_for_a_hub_has_its_code() {
    let scene = Scene::new();
    let page = b"<!DOCTYPE html><html><body>Log in to the free network</body></html>".to_vec();
    let cases = [
        ("a log-in page", Answer::Bytes(page), Reason::CaptivePortal),
        ("a redirect", Answer::Status("302 Found\r\nLocation: http://127.0.0.1:1/"), Reason::CaptivePortal),
        (
            "network authentication",
            Answer::Status("511 Network Authentication Required"),
            Reason::CaptivePortal,
        ),
        ("not found", Answer::Status("404 Not Found"), Reason::HubDown),
        ("broken", Answer::Status("500 Internal Server Error"), Reason::HubDown),
        ("no content", Answer::Status("204 No Content"), Reason::HubDown),
        ("nothing", Answer::Bytes(Vec::new()), Reason::BadHead),
        ("100 MB", Answer::Bytes(vec![0x28; 100 << 20]), Reason::BadHead),
        ("an endless answer", Answer::Endless, Reason::BadHead),
    ];
    for (what, answer, reason) in cases {
        scene.hub.tell("head", answer);
        scene.refuses(reason, what);
    }
    scene.tell_honestly();
    scene.hub.tell("full/2.zst", Answer::Endless);
    scene.refuses(Reason::BadBank, "an endless bank");
    scene.hub.tell("full/2.zst", Answer::Bytes(scene.first[1].clone()));
    scene.refuses(Reason::BadBank, "the bank before");
    scene.recovers();
}

#[test]
fn after_an_update_the_bank_before_is_never_taken_again() {
    let scene = Scene::new();
    scene.recovers();
    scene.hub.tell("head", Answer::Bytes(scene.first[0].clone()));
    let report = sync(&scene.phone, &scene.hub.address).unwrap();
    assert_eq!((report.reason, report.to), (Some(Reason::Rollback), 2));
}
