//! Even a hub whose key was stolen cannot fill a phone: what is larger than a phone ever takes in is not fetched.
#![allow(clippy::unwrap_used)]

use std::fs;

use otsupport_core::sync::Reason;
use otsupport_tests::content_folder::small;
use otsupport_tests::hostile_hub::{Answer, HostileHub};
use otsupport_tests::phone::{Phone, sync};
use otsupport_tests::site::{MORNING, instant};
use otsupport_wire::trust::Newest;
use otsupport_wire::{BankVersion, Sha256};

/// The largest bank that a phone takes in, unpacked; a packed one is never larger.
const MOST: u64 = 128 << 20;

#[test]
fn a_signed_bank_beyond_every_limit_is_refused_before_it_fills_the_phone() {
    for (what, length, packed) in [("packed", 1 << 20, 1 << 40), ("both", 1 << 40, 1 << 40)] {
        let publisher = small().unwrap();
        publisher.publish(MORNING).unwrap();
        let newest = Newest {
            version: BankVersion(1),
            length,
            sha256: Sha256::of(b"anything"),
            packed,
            published: instant(MORNING),
        };
        let key = publisher.key("targets").unwrap();
        let head = publisher.head(&newest, 1, &key).unwrap();
        let hub = HostileHub::start().unwrap();
        hub.tell("head", Answer::Bytes(head.pack().unwrap()));
        hub.tell("full/1.zst", Answer::Endless);
        let phone = Phone::new(publisher.root().unwrap()).unwrap();
        let report = sync(&phone.open().unwrap(), &hub.address).unwrap();
        assert_eq!((report.reason, report.to), (Some(Reason::BadBank), 0), "{what}");
        assert!(report.bytes <= MOST + (1 << 20), "{what}: {} bytes were fetched", report.bytes);
        // The signed news is kept, and nothing of what it promises.
        let left: u64 = fs::read_dir(phone.folder().join("kept"))
            .unwrap()
            .map(|it| it.unwrap().metadata().unwrap().len())
            .sum();
        assert!(left < 2000, "{what}: {left} bytes are left");
    }
}
