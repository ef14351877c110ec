//! A bank that was made for a newer app: what is known of it is taken, what cannot be read is refused, and the bank that
//! was here stays and can still be rebuilt.
#![allow(clippy::unwrap_used)]

use std::fs;

use otsupport_core::strategies::{Filter, Page};
use otsupport_core::sync::{Outcome, Reason};
use otsupport_tests::content_folder::small;
use otsupport_tests::hostile_hub::{Answer, HostileHub};
use otsupport_tests::phone::{Phone, sync};
use otsupport_tests::site::{MORNING, Publisher, instant};
use otsupport_wire::trust::Newest;
use otsupport_wire::{BankVersion, Sha256};

/// A hub whose first bank is on the phone, and whose second is whatever the test makes of the first.
struct Scene {
    publisher: Publisher,
    hub: HostileHub,
    phone: Phone,
}

impl Scene {
    fn new() -> Self {
        let publisher = small().unwrap();
        publisher.publish(MORNING).unwrap();
        let hub = HostileHub::start().unwrap();
        let phone = Phone::new(publisher.root().unwrap()).unwrap();
        for file in ["head", "full/1.zst"] {
            hub.tell(file, Answer::Bytes(fs::read(publisher.site().join(file)).unwrap()));
        }
        let open = phone.open().unwrap();
        assert_eq!(sync(&open, &hub.address).unwrap().to, 1);
        open.close();
        Self { publisher, hub, phone }
    }

    fn first(&self) -> String {
        let packed = fs::read(self.publisher.site().join("full/1.zst")).unwrap();
        String::from_utf8(zstd::decode_all(packed.as_slice()).unwrap()).unwrap()
    }

    /// Signs `snapshot` as bank `version` with the hub's own key.
    fn tell(&self, version: u64, snapshot: &str) {
        let packed = zstd::encode_all(snapshot.as_bytes(), 3).unwrap();
        let newest = Newest {
            version: BankVersion(version),
            length: snapshot.len() as u64,
            sha256: Sha256::of(snapshot.as_bytes()),
            packed: packed.len() as u64,
            published: instant(MORNING),
        };
        let key = self.publisher.key("targets").unwrap();
        let head = self.publisher.head(&newest, version, &key).unwrap();
        self.hub.tell("head", Answer::Bytes(head.pack().unwrap()));
        self.hub.tell(&format!("full/{version}.zst"), Answer::Bytes(packed));
    }
}

#[test]
fn a_newer_minor_format_is_taken_in_and_says_that_an_update_exists() {
    let scene = Scene::new();
    let newer = scene.first().replacen("snapshot 1.1 1\n", "snapshot 1.2 2\n", 1);
    scene.tell(2, &newer.replacen("{\"slug\":\"sleep\",", "{\"slug\":\"sleep\",\"mood\":1,", 1));
    let hub = scene.phone.open().unwrap();
    assert!(!hub.storage().unwrap().newer_app_needed);
    assert_eq!(sync(&hub, &scene.hub.address).unwrap().outcome, Outcome::Updated);
    let storage = hub.storage().unwrap();
    assert_eq!((storage.version, storage.newer_app_needed), (2, true));
    assert_eq!(hub.topics().unwrap().len(), 2);
}

#[test]
fn a_newer_major_format_is_refused_and_the_bank_here_stays() {
    let scene = Scene::new();
    scene.tell(2, &scene.first().replacen("snapshot 1.1 1\n", "snapshot 2.0 2\n", 1));
    let hub = scene.phone.open().unwrap();
    let report = sync(&hub, &scene.hub.address).unwrap();
    assert_eq!((report.outcome, report.reason, report.to), (Outcome::Refused, Some(Reason::NeedsUpdate), 1));
    assert_eq!(hub.browse(&Filter::default(), Page::default()).unwrap().len(), 3);
    hub.close();
    let hub = scene.phone.open().unwrap();
    assert_eq!((hub.mended(), hub.storage().unwrap().version), (&[][..], 1));
}

/// A signed bank that cannot be taken in, for whatever reason, costs the phone nothing: not its way back from damage either.
#[test]
fn after_a_bank_that_cannot_be_read_the_one_before_is_still_kept() {
    for (what, first_line) in
        [("needs an update", "snapshot 2.0 2\n"), ("names another bank", "snapshot 1.1 7\n")]
    {
        let scene = Scene::new();
        scene.tell(2, &scene.first().replacen("snapshot 1.1 1\n", first_line, 1));
        let hub = scene.phone.open().unwrap();
        assert_eq!(sync(&hub, &scene.hub.address).unwrap().to, 1, "{what}");
        hub.close();
        fs::write(scene.phone.folder().join("content.db"), "no database ".repeat(1000)).unwrap();
        let hub = scene.phone.open().unwrap();
        assert_eq!(hub.storage().unwrap().version, 1, "{what}: {:?}", hub.mended());
        assert_eq!(hub.browse(&Filter::default(), Page::default()).unwrap().len(), 3, "{what}");
    }
}

#[test]
fn a_bank_that_breaks_its_format_is_refused_and_the_next_good_one_is_taken() {
    let scene = Scene::new();
    scene.tell(
        2,
        &scene.first().replacen("snapshot 1.1 1\n", "snapshot 1.1 2\n", 1).replacen("words 1", "words 2", 1),
    );
    let hub = scene.phone.open().unwrap();
    let report = sync(&hub, &scene.hub.address).unwrap();
    assert_eq!((report.outcome, report.reason, report.to), (Outcome::Refused, Some(Reason::BadBank), 1));
    assert_eq!(hub.browse(&Filter::default(), Page::default()).unwrap().len(), 3);
    scene.tell(3, &scene.first().replacen("snapshot 1.1 1\n", "snapshot 1.1 3\n", 1));
    assert_eq!(sync(&hub, &scene.hub.address).unwrap().to, 3);
}

/// Two texts of one name in different sections pass the format but not the database: the bank is bad, the disk is not.
#[test]
fn a_bank_that_names_two_texts_alike_is_refused_as_bad() {
    let scene = Scene::new();
    let first = scene.first();
    let strategy = first.lines().find(|it| it.starts_with("{\"id\":\"coat-flip\",\"variant\":null")).unwrap();
    let end: u32 = first.lines().last().unwrap().strip_prefix("end ").unwrap().parse().unwrap();
    let alike = first
        .replacen("snapshot 1.1 1\n", "snapshot 1.1 2\n", 1)
        .replacen("resources 1\n", &format!("resources 2\n{strategy}\n"), 1)
        .replacen(&format!("end {end}\n"), &format!("end {}\n", end + 1), 1);
    scene.tell(2, &alike);
    let hub = scene.phone.open().unwrap();
    let report = sync(&hub, &scene.hub.address);
    assert!(matches!(&report, Ok(it) if it.reason == Some(Reason::BadBank) && it.to == 1), "{report:?}");
}
