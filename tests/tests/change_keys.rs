//! The hub changes its keys: phones follow, and a thief's numbers are forgotten.
#![allow(clippy::unwrap_used)]

use std::fs;

use otsupport_core::sync::{Outcome, Reason};
use otsupport_hub::embedded::EmbeddedHub;
use otsupport_hub::publish::{ChangeOptions, RefreshOptions, SigningRole, change, refresh};
use otsupport_tests::content_folder::{Edit, edit, small};
use otsupport_tests::hostile_hub::{Answer, HostileHub};
use otsupport_tests::phone::{Phone, sync};
use otsupport_tests::signed::{head, signed_again};
use otsupport_tests::site::{MORNING, Publisher, instant};
use otsupport_wire::BankVersion;
use otsupport_wire::trust::Newest;

fn changed(publisher: &Publisher, role: SigningRole, stolen: bool) -> u64 {
    change(&ChangeOptions {
        site: publisher.site(),
        keys: publisher.keys(),
        passphrase: None,
        now: instant("2026-11-25T09:00:00Z"),
        role,
        stolen,
    })
    .unwrap()
}

/// A hub with one bank, and a phone that holds it.
fn scene() -> (Publisher, Phone) {
    let publisher = small().unwrap();
    publisher.publish(MORNING).unwrap();
    let mut phone = Phone::new(publisher.root().unwrap()).unwrap();
    let served = EmbeddedHub::start(&publisher.site()).unwrap();
    assert_eq!(sync(&phone.open().unwrap(), served.address()).unwrap().to, 1);
    phone.now = "2026-11-26T09:00:00Z".to_owned();
    (publisher, phone)
}

fn news(publisher: &Publisher) {
    let clearer = Edit::Swap("strategies/dressing/coat-flip.md", "3. Flip it up.", "3. Flip it over.");
    edit(publisher, &[clearer]).unwrap();
    publisher.publish("2026-11-26T08:00:00Z").unwrap();
}

#[test]
fn phones_follow_a_change_of_every_key() {
    let (publisher, phone) = scene();
    for (role, root) in SigningRole::ALL.into_iter().zip(2..) {
        assert_eq!(changed(&publisher, role, false), root);
    }
    news(&publisher);
    let served = EmbeddedHub::start(&publisher.site()).unwrap();
    let hub = phone.open().unwrap();
    let report = sync(&hub, served.address()).unwrap();
    // The head, four roots, the bank.
    assert_eq!((report.outcome, report.to, report.requests), (Outcome::Updated, 2, 6));
    let again = sync(&hub, served.address()).unwrap();
    assert_eq!((again.outcome, again.requests, again.bytes), (Outcome::Unchanged, 1, 0));
    // A phone that begins today trusts the newest root.
    let new = Phone::new(publisher.root().unwrap()).unwrap();
    assert_eq!(sync(&new.open().unwrap(), served.address()).unwrap().to, 2);
}

#[test]
fn numbers_that_a_thief_drove_up_are_forgotten_with_the_stolen_key() {
    let (publisher, phone) = scene();
    let hub = phone.open().unwrap();
    // The thief has every key but the root's, and names bank 1,000,000.
    let honest = publisher.verified().unwrap().news.newest;
    let packed = fs::read(publisher.site().join("full/1.zst")).unwrap();
    let text = String::from_utf8(zstd::decode_all(packed.as_slice()).unwrap()).unwrap();
    let text = text.replacen("snapshot 1.1 1\n", "snapshot 1.1 1000000\n", 1);
    let stolen = zstd::encode_all(text.as_bytes(), 3).unwrap();
    let newest = Newest {
        version: BankVersion(1_000_000),
        length: text.len() as u64,
        sha256: otsupport_wire::Sha256::of(text.as_bytes()),
        packed: stolen.len() as u64,
        ..honest
    };
    let head = publisher.head(&newest, 1_000_000, &publisher.key("targets").unwrap()).unwrap();
    let thief = HostileHub::start().unwrap();
    thief.tell("head", Answer::Bytes(head.pack().unwrap()));
    thief.tell("full/1000000.zst", Answer::Bytes(stolen));
    assert_eq!(sync(&hub, &thief.address).unwrap().to, 1_000_000);
    let served = EmbeddedHub::start(&publisher.site()).unwrap();
    assert_eq!(sync(&hub, served.address()).unwrap().reason, Some(Reason::Rollback));
    changed(&publisher, SigningRole::Targets, true);
    news(&publisher);
    assert_eq!(sync(&hub, served.address()).unwrap().to, 2);
    // The thief's keys sign nothing any more.
    assert_eq!(sync(&hub, &thief.address).unwrap().reason, Some(Reason::BadSignature));
}

#[test]
fn a_new_root_is_kept_although_what_it_vouches_for_cannot_be_had() {
    let (publisher, phone) = scene();
    let old = fs::read(publisher.site().join("head")).unwrap();
    changed(&publisher, SigningRole::Targets, true);
    news(&publisher);
    let hub = HostileHub::start().unwrap();
    for file in ["head", "metadata/2.root.json"] {
        hub.tell(file, Answer::Bytes(fs::read(publisher.site().join(file)).unwrap()));
    }
    // The bank does not come: the sync ends, and the keys of before are gone all the same.
    let open = phone.open().unwrap();
    assert_eq!(sync(&open, &hub.address).unwrap().outcome, Outcome::Offline);
    open.close();
    hub.tell("head", Answer::Bytes(old));
    let open = phone.open().unwrap();
    assert_eq!(sync(&open, &hub.address).unwrap().reason, Some(Reason::BadSignature));
    let served = EmbeddedHub::start(&publisher.site()).unwrap();
    assert_eq!(sync(&open, served.address()).unwrap().to, 2);
}

#[test]
fn a_change_that_was_cut_short_is_ended_by_the_next_command() {
    let (publisher, phone) = scene();
    let before = [
        fs::read(publisher.site().join("head")).unwrap(),
        fs::read(publisher.keys().join("targets.key")).unwrap(),
    ];
    changed(&publisher, SigningRole::Targets, false);
    // As if it had been killed after the root was published: the old head, and the keys not yet in their places.
    fs::write(publisher.site().join("head"), &before[0]).unwrap();
    let (key, new) = (publisher.keys().join("targets.key"), publisher.keys().join("targets.key.new"));
    fs::rename(&key, new).unwrap();
    fs::write(&key, &before[1]).unwrap();
    news(&publisher);
    let served = EmbeddedHub::start(&publisher.site()).unwrap();
    assert_eq!(sync(&phone.open().unwrap(), served.address()).unwrap().to, 2);
}

#[test]
fn publishing_needs_no_root_key_after_the_first_time() {
    let (publisher, phone) = scene();
    fs::remove_file(publisher.keys().join("root.key")).unwrap();
    news(&publisher);
    let served = EmbeddedHub::start(&publisher.site()).unwrap();
    assert_eq!(sync(&phone.open().unwrap(), served.address()).unwrap().to, 2);
    let options = ChangeOptions {
        site: publisher.site(),
        keys: publisher.keys(),
        passphrase: None,
        now: instant(MORNING),
        role: SigningRole::Targets,
        stolen: false,
    };
    assert!(change(&options).unwrap_err().to_string().contains("root.key"));
}

#[test]
fn a_hub_that_is_not_looked_after_is_noticed_in_a_month_and_a_fresh_timestamp_mends_it() {
    let (publisher, mut phone) = scene();
    phone.now = "2026-12-25T09:00:00Z".to_owned();
    let served = EmbeddedHub::start(&publisher.site()).unwrap();
    let late = sync(&phone.open().unwrap(), served.address()).unwrap();
    assert_eq!((late.outcome, late.reason), (Outcome::Refused, Some(Reason::Expired)));
    let options = RefreshOptions {
        site: publisher.site(),
        keys: publisher.keys(),
        passphrase: None,
        now: instant("2026-12-24T09:00:00Z"),
    };
    assert_eq!(refresh(&options).unwrap(), 1);
    assert_eq!(sync(&phone.open().unwrap(), served.address()).unwrap().outcome, Outcome::Unchanged);
    // A clock that was set back does not bring the old timestamp back.
    phone.now = MORNING.to_owned();
    assert_eq!(sync(&phone.open().unwrap(), served.address()).unwrap().outcome, Outcome::Unchanged);
}

/// Whoever has stolen the timestamp's key can say any date: phones that believed it would hold every later document to have expired.
#[test]
fn a_thief_s_date_is_forgotten_with_the_key_that_said_it() {
    let (publisher, phone) = scene();
    let mut head = head(&publisher.site()).unwrap();
    let bend = |it: &mut serde_json::Value| {
        it["version"] = 2.into();
        it["issued"] = "2999-01-01T00:00:00Z".into();
        it["expires"] = "2999-02-01T00:00:00Z".into();
    };
    head.timestamp = signed_again(&head.timestamp, bend, &[&publisher.key("timestamp").unwrap()]).unwrap();
    let thief = HostileHub::start().unwrap();
    thief.tell("head", Answer::Bytes(head.pack().unwrap()));
    let hub = phone.open().unwrap();
    sync(&hub, &thief.address).unwrap();
    changed(&publisher, SigningRole::Timestamp, true);
    news(&publisher);
    let served = EmbeddedHub::start(&publisher.site()).unwrap();
    let report = sync(&hub, served.address()).unwrap();
    assert_eq!((report.reason, report.to), (None, 2));
    hub.close();
    let again = sync(&phone.open().unwrap(), served.address()).unwrap();
    assert_eq!(again.outcome, Outcome::Unchanged);
}
