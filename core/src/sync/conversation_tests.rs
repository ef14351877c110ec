//! The conversation tried in every order, without a network.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use otsupport_wire::trust::{Role, RoleKeys, Root, SPEC_VERSION, SigningKey, Targets, sign};
use otsupport_wire::{BankVersion, Sha256};
use proptest::prelude::*;

use super::*;

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

fn key() -> SigningKey {
    SigningKey::from_secret(&[1; 32])
}

fn root() -> Vec<u8> {
    let role = RoleKeys { keyids: BTreeSet::from([key().public().id()]), threshold: 1 };
    let root = Root {
        kind: "root".to_owned(),
        spec_version: SPEC_VERSION.to_owned(),
        version: 1,
        expires: noon() + TimeDelta::days(1000),
        consistent_snapshot: true,
        keys: BTreeMap::from([(key().public().id(), key().public())]),
        roles: [Role::Root, Role::Targets].map(|it| (it, role.clone())).into(),
    };
    sign(&root, &[&key()]).unwrap()
}

fn newest(version: u64) -> Newest {
    let sha256 = Sha256::of(&version.to_be_bytes());
    Newest { version: BankVersion(version), length: 1000, sha256, packed: 100, published: noon() }
}

fn head_by(key: &SigningKey, newest: &Newest, targets: u64) -> Vec<u8> {
    let targets = Targets::naming(newest, targets, noon() + TimeDelta::days(365));
    Head { root: 1, targets: sign(&targets, &[key]).unwrap() }.pack().unwrap()
}

fn head(version: u64, targets: u64) -> Vec<u8> {
    head_by(&key(), &newest(version), targets)
}

/// A phone that holds bank 3, vouched for by targets 5.
fn here() -> Here {
    let sha256 = Some(newest(3).sha256);
    Here {
        trusted: Trusted::read(&root()).unwrap(),
        floor: Floor { root: root(), targets: 5, bank: 3, sha256 },
        bank: 3,
        head: Some((head(3, 5), Some("tag".to_owned()))),
    }
}

fn body() -> Result<Reply, HttpFault> {
    Ok(Reply::Body { etag: Some("new".to_owned()), bytes: 1 })
}

fn answer_to_head(event: Event) -> Instruction {
    Conversation::begin(here()).0.step(event, noon())
}

fn ends_with(instruction: Instruction, reason: Reason) {
    assert_eq!(instruction, Instruction::Finish { outcome: reason.outcome(), reason: Some(reason) });
}

#[test]
fn the_stored_tag_is_asked_with() {
    let (_, first) = Conversation::begin(here());
    assert_eq!(first, Instruction::FetchHead { if_none_match: Some("tag".to_owned()) });
}

#[test]
fn a_newer_bank_is_fetched_unpacked_and_applied_with_a_raised_floor() {
    let (mut talk, _) = Conversation::begin(here());
    let fetch = talk.step(Event::Head(body(), head(4, 6)), noon());
    assert_eq!(fetch, Instruction::FetchFull { newest: newest(4) });
    assert_eq!(talk.step(Event::Full(body()), noon()), Instruction::Unpack { newest: newest(4) });
    match talk.step(Event::Unpacked(true), noon()) {
        Instruction::Apply { newest: it, floor, head: vouching, etag } => {
            assert_eq!(it, newest(4));
            assert_eq!((floor.targets, floor.bank, floor.sha256), (6, 4, Some(newest(4).sha256)));
            assert_eq!(vouching, head(4, 6));
            assert_eq!(etag.as_deref(), Some("new"));
        }
        other => panic!("{other:?}"),
    }
    let end = talk.step(Event::Applied(Ok(())), noon());
    assert_eq!(end, Instruction::Finish { outcome: Outcome::Updated, reason: None });
}

#[test]
fn the_same_bank_under_a_newer_signature_is_confirmed() {
    match answer_to_head(Event::Head(body(), head(3, 7))) {
        Instruction::Confirm { floor, head: vouching, .. } => {
            assert_eq!((floor.targets, floor.bank), (7, 3));
            assert_eq!(vouching, head(3, 7));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn nothing_new_is_confirmed_until_the_stored_head_expires() {
    let not_modified = || Event::Head(Ok(Reply::NotModified), Vec::new());
    assert!(matches!(answer_to_head(not_modified()), Instruction::Confirm { .. }));
    let late = noon() + TimeDelta::days(366);
    ends_with(Conversation::begin(here()).0.step(not_modified(), late), Reason::Expired);
    let mut empty = here();
    empty.head = None;
    ends_with(Conversation::begin(empty).0.step(not_modified(), noon()), Reason::HubDown);
}

#[test]
fn what_is_older_or_forked_or_unsigned_is_refused() {
    let stranger = SigningKey::from_secret(&[2; 32]);
    let mut other = newest(3);
    other.sha256 = Sha256::of(b"another bank 3");
    let cases = [
        (head(4, 4), Reason::Rollback),
        (head(2, 6), Reason::Rollback),
        (head_by(&key(), &other, 6), Reason::Forked),
        (head_by(&stranger, &newest(4), 6), Reason::BadSignature),
        (b"not a head".to_vec(), Reason::BadHead),
        (b" <!doctype html>".to_vec(), Reason::CaptivePortal),
        (Vec::new(), Reason::BadHead),
    ];
    for (head, reason) in cases {
        ends_with(answer_to_head(Event::Head(body(), head)), reason);
    }
}

#[test]
fn every_way_of_not_being_reached_has_its_code() {
    let cases: [(HttpFault, Reason); 5] = [
        (HttpFault::NoNetwork, Reason::NoNetwork),
        (HttpFault::HubDown, Reason::HubDown),
        (HttpFault::Intercepted, Reason::Intercepted),
        (HttpFault::Redirected, Reason::CaptivePortal),
        (HttpFault::TooLarge, Reason::BadHead),
    ];
    for (fault, reason) in cases {
        ends_with(answer_to_head(Event::Head(Err(fault), Vec::new())), reason);
    }
    ends_with(answer_to_head(Event::Head(Ok(Reply::Status(503)), Vec::new())), Reason::HubDown);
}

#[test]
fn a_bank_that_is_not_the_signed_one_is_refused() {
    let fetching = || {
        let (mut talk, _) = Conversation::begin(here());
        talk.step(Event::Head(body(), head(4, 6)), noon());
        talk
    };
    ends_with(fetching().step(Event::Full(Err(HttpFault::TooLarge)), noon()), Reason::BadBank);
    ends_with(fetching().step(Event::Full(Ok(Reply::Status(404))), noon()), Reason::HubDown);
    let mut unpacking = fetching();
    unpacking.step(Event::Full(body()), noon());
    ends_with(unpacking.step(Event::Unpacked(false), noon()), Reason::BadBank);
}

fn any_event() -> impl Strategy<Value = u8> {
    0u8..13
}

fn event(kind: u8) -> Event {
    match kind {
        0 => Event::Head(body(), head(4, 6)),
        1 => Event::Head(body(), head(3, 6)),
        2 => Event::Head(body(), head(2, 2)),
        3 => Event::Head(Ok(Reply::NotModified), Vec::new()),
        4 => Event::Head(Err(HttpFault::NoNetwork), Vec::new()),
        5 => Event::Full(body()),
        6 => Event::Full(Ok(Reply::Status(500))),
        7 => Event::Full(Err(HttpFault::HubDown)),
        8 => Event::Unpacked(true),
        9 => Event::Unpacked(false),
        10 => Event::Applied(Ok(())),
        11 => Event::Applied(Err(Reason::NeedsUpdate)),
        _ => Event::Kept,
    }
}

proptest! {
    /// Whatever happens in whatever order: nothing is applied that was not asked for, fetched and found to be as signed,
    /// and no floor is ever lowered.
    #[test]
    fn nothing_unverified_is_ever_applied(kinds in proptest::collection::vec(any_event(), 1..8)) {
        let (mut talk, _) = Conversation::begin(here());
        let mut happened = Vec::new();
        for kind in kinds {
            happened.push(kind);
            match talk.step(event(kind), noon()) {
                Instruction::Apply { floor, .. } => {
                    prop_assert!(happened.ends_with(&[0, 5, 8]) || happened.ends_with(&[0, 12]), "{happened:?}");
                    prop_assert!(floor.targets >= 5 && floor.bank >= 3);
                }
                Instruction::Confirm { floor, .. } => prop_assert!(floor.targets >= 5 && floor.bank >= 3),
                _ => {}
            }
        }
    }
}
