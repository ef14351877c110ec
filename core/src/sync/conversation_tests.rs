//! The conversation tried in every order, without a network.
#![allow(clippy::unwrap_used, clippy::panic)]

use chrono::TimeDelta;
use otsupport_wire::trust::{
    Deltas, Expiry, Recall, Recalls, Root, STEP, Signers, SigningKey, Skips, Versions, sign,
};
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
    sign(&Root::of_one_key(&key().public(), noon() + TimeDelta::days(1000)), &[&key()]).unwrap()
}

/// The root after it: another key signs everything.
fn next_root(signers: &[&SigningKey]) -> Vec<u8> {
    let mut root = Root::of_one_key(&next_key().public(), noon() + TimeDelta::days(1000));
    root.head.version = 2;
    sign(&root, signers).unwrap()
}

fn next_key() -> SigningKey {
    SigningKey::from_secret(&[3; 32])
}

fn newest(version: u64) -> Newest {
    let sha256 = Sha256::of(&version.to_be_bytes());
    Newest { version: BankVersion(version), length: 1000, sha256, packed: 100, published: noon() }
}

fn head_by(key: &SigningKey, newest: &Newest, number: u64) -> Vec<u8> {
    head_under(1, key, newest, number)
}

fn head_under(root: u64, key: &SigningKey, newest: &Newest, number: u64) -> Vec<u8> {
    let versions = Versions { timestamp: number, snapshot: number, targets: number };
    let expiry = Expiry { timestamp: noon() + TimeDelta::days(30), rest: noon() + TimeDelta::days(365) };
    let signers = Signers { timestamp: key, snapshot: key, targets: key };
    Head::naming(&news(newest), root, versions, noon(), expiry, &signers).unwrap().pack().unwrap()
}

/// Every head offers a delta from bank 3, and recalls an item.
fn news(newest: &Newest) -> News {
    let deltas = [(BankVersion(3), 20)].into();
    let recall = Recall { on: noon().date_naive(), reason: "It may harm.".to_owned(), instead: None };
    let recalls = Recalls::from([("pedals-off".parse().unwrap(), recall)]);
    News { newest: *newest, deltas, skips: Skips::new(), recalls }
}

fn hop(from: u64, to: u64, most: u64) -> Hop {
    Hop { from: BankVersion(from), to: BankVersion(to), most, sized: true }
}

/// The head comes, and what it says is trusted: what is asked for next.
fn trusting(talk: &mut Conversation, head: Vec<u8>) -> Instruction {
    match talk.step(Event::Head(body(), head.clone()), noon()) {
        Instruction::Trust { head: kept, .. } => assert_eq!(kept, head),
        other => panic!("{other:?}"),
    }
    talk.step(Event::Trusted, noon())
}

fn head(version: u64, number: u64) -> Vec<u8> {
    head_by(&key(), &newest(version), number)
}

/// A phone that holds bank 3, vouched for by targets 5.
fn here() -> Here {
    let versions = Versions { timestamp: 5, snapshot: 5, targets: 5 };
    Here {
        floor: Floor { versions, bank: 3, sha256: Some(newest(3).sha256), ..Floor::on(root(), 1) },
        bank: 3,
        base: Some(newest(3)),
        head: Some((head(3, 5), Some("tag".to_owned()))),
        has_base: false,
        judges_expiry: true,
    }
}

fn rest() -> Result<Reply, HttpFault> {
    Ok(Reply::Rest { bytes: 1 })
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
fn a_newer_bank_is_trusted_then_fetched_unpacked_and_applied() {
    let (mut talk, _) = Conversation::begin(here());
    match talk.step(Event::Head(body(), head(4, 6)), noon()) {
        Instruction::Trust { floor, head: vouching, news: it } => {
            assert_eq!((floor.versions.targets, floor.bank, floor.sha256), (6, 4, Some(newest(4).sha256)));
            assert_eq!((vouching, it), (head(4, 6), news(&newest(4))));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(talk.step(Event::Trusted, noon()), Instruction::FetchFull { newest: newest(4) });
    assert_eq!(talk.step(Event::Full(body()), noon()), Instruction::Unpack { newest: newest(4) });
    match talk.step(Event::Unpacked(true), noon()) {
        Instruction::Apply { newest: it, head: vouching, etag } => {
            assert_eq!(it, newest(4));
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
            assert_eq!((floor.versions.targets, floor.bank), (7, 3));
            assert_eq!(vouching, head(3, 7));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn nothing_new_is_confirmed_until_the_stored_head_expires() {
    let not_modified = || Event::Head(Ok(Reply::NotModified), Vec::new());
    assert!(matches!(answer_to_head(not_modified()), Instruction::Confirm { .. }));
    let late = noon() + TimeDelta::days(31);
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
fn a_delta_is_taken_where_its_base_is_kept_and_the_whole_where_it_leads_nowhere() {
    let ask = || {
        let (mut talk, _) = Conversation::begin(Here { has_base: true, ..here() });
        let newest = Newest { packed: 50_000, ..newest(4) };
        let asked = trusting(&mut talk, head_by(&key(), &newest, 6));
        assert_eq!(asked, Instruction::FetchDelta { hop: hop(3, 4, 20), newest });
        talk
    };
    let newest = Newest { packed: 50_000, ..newest(4) };
    let full = Instruction::FetchFull { newest };
    let mut talk = ask();
    let patch = Instruction::Patch { hop: hop(3, 4, 20), newest };
    assert_eq!(talk.step(Event::Delta(body()), noon()), patch);
    assert!(matches!(talk.step(Event::Unpacked(true), noon()), Instruction::Apply { .. }));
    let mut talk = ask();
    talk.step(Event::Delta(body()), noon());
    assert_eq!(talk.step(Event::Unpacked(false), noon()), full);
    assert_eq!(ask().step(Event::Delta(Ok(Reply::Status(404))), noon()), full);
    for fault in [HttpFault::TooLarge, HttpFault::AnotherBody] {
        assert_eq!(ask().step(Event::Delta(Err(fault)), noon()), full);
    }
    // What was pieced together is worth one more request.
    let mut talk = ask();
    assert_eq!(talk.step(Event::Delta(rest()), noon()), patch);
    let again = Instruction::FetchDelta { hop: hop(3, 4, 20), newest };
    assert_eq!(talk.step(Event::Unpacked(false), noon()), again);
    talk.step(Event::Delta(body()), noon());
    assert_eq!(talk.step(Event::Unpacked(false), noon()), full);
    ends_with(ask().step(Event::Delta(Err(HttpFault::NoNetwork)), noon()), Reason::NoNetwork);
    assert!(matches!(ask().step(Event::Kept, noon()), Instruction::Apply { .. }));
}

#[test]
fn a_chain_is_followed_hop_by_hop_and_the_whole_taken_where_it_breaks() {
    let newest = Newest { packed: 50_000, ..newest(2 * STEP + 1) };
    let skips = Skips::from([(BankVersion(STEP), Deltas::from([(BankVersion(0), 200)]))]);
    let deltas = [(BankVersion(STEP), 300)].into();
    let versions = Versions { timestamp: 6, snapshot: 6, targets: 6 };
    let expiry = Expiry { timestamp: noon() + TimeDelta::days(30), rest: noon() + TimeDelta::days(365) };
    let key = key();
    let signers = Signers { timestamp: &key, snapshot: &key, targets: &key };
    let news = News { newest, deltas, skips, recalls: Recalls::new() };
    let head = Head::naming(&news, 1, versions, noon(), expiry, &signers).unwrap().pack().unwrap();
    let first = Hop { sized: false, ..hop(3, STEP, 50_000) };
    let second = hop(STEP, 2 * STEP + 1, 300);
    let ask = || {
        let (mut talk, _) = Conversation::begin(Here { has_base: true, ..here() });
        let asked = trusting(&mut talk, head.clone());
        assert_eq!(asked, Instruction::FetchDelta { hop: first, newest });
        assert_eq!(talk.step(Event::Delta(body()), noon()), Instruction::Patch { hop: first, newest });
        talk
    };
    let mut talk = ask();
    assert_eq!(talk.step(Event::Unpacked(true), noon()), Instruction::FetchDelta { hop: second, newest });
    assert_eq!(talk.step(Event::Delta(body()), noon()), Instruction::Patch { hop: second, newest });
    assert!(matches!(talk.step(Event::Unpacked(true), noon()), Instruction::Apply { .. }));
    assert_eq!(ask().step(Event::Unpacked(false), noon()), Instruction::FetchFull { newest });
    let mut talk = ask();
    talk.step(Event::Unpacked(true), noon());
    assert_eq!(talk.step(Event::Delta(Ok(Reply::Status(404))), noon()), Instruction::FetchFull { newest });
}

#[test]
fn what_is_recalled_is_trusted_even_if_its_bank_is_too_large() {
    let (mut talk, _) = Conversation::begin(here());
    let huge = Newest { length: BANK_LIMIT + 1, ..newest(4) };
    ends_with(trusting(&mut talk, head_by(&key(), &huge, 6)), Reason::BadBank);
}

#[test]
fn a_bank_that_is_not_the_signed_one_is_refused() {
    let fetching = || {
        let (mut talk, _) = Conversation::begin(here());
        trusting(&mut talk, head(4, 6));
        talk
    };
    for fault in [HttpFault::TooLarge, HttpFault::AnotherBody] {
        ends_with(fetching().step(Event::Full(Err(fault)), noon()), Reason::BadBank);
    }
    ends_with(fetching().step(Event::Full(Ok(Reply::Status(404))), noon()), Reason::HubDown);
    let mut unpacking = fetching();
    unpacking.step(Event::Full(body()), noon());
    ends_with(unpacking.step(Event::Unpacked(false), noon()), Reason::BadBank);
    // What was pieced together is asked for once more.
    let mut unpacking = fetching();
    unpacking.step(Event::Full(rest()), noon());
    let again = unpacking.step(Event::Unpacked(false), noon());
    assert_eq!(again, Instruction::FetchFull { newest: newest(4) });
    unpacking.step(Event::Full(body()), noon());
    ends_with(unpacking.step(Event::Unpacked(false), noon()), Reason::BadBank);
}

#[test]
fn a_newer_root_is_followed_and_kept_before_the_head_is_judged() {
    let (mut talk, _) = Conversation::begin(here());
    // The number of the bank was driven up with a stolen key: the new keys begin lower.
    let head = head_under(2, &next_key(), &newest(2), 1);
    let asked = talk.step(Event::Head(body(), head.clone()), noon());
    assert_eq!(asked, Instruction::FetchRoot { version: 2 });
    let root = next_root(&[&key(), &next_key()]);
    match talk.step(Event::Root(body(), root.clone()), noon()) {
        Instruction::KeepRoot { floor } => {
            assert_eq!((&floor.root, floor.root_version, floor.bank), (&root, 2, 0));
            assert_eq!(floor.versions, Versions::default());
        }
        other => panic!("{other:?}"),
    }
    match talk.step(Event::RootKept, noon()) {
        Instruction::Trust { floor, .. } => {
            assert_eq!((floor.root, floor.root_version, floor.bank), (root, 2, 2));
            assert_eq!(floor.versions, Versions { timestamp: 1, snapshot: 1, targets: 1 });
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_root_that_the_one_before_did_not_sign_is_refused() {
    let follow = |root: Vec<u8>| {
        let (mut talk, _) = Conversation::begin(here());
        talk.step(Event::Head(body(), head_under(2, &next_key(), &newest(4), 6)), noon());
        talk.step(Event::Root(body(), root), noon())
    };
    ends_with(follow(next_root(&[&next_key()])), Reason::BadSignature);
    ends_with(follow(next_root(&[&key()])), Reason::BadSignature);
    ends_with(follow(root()), Reason::Mixed);
    ends_with(follow(b"{}".to_vec()), Reason::BadHead);
}

#[test]
fn a_root_that_is_promised_and_not_there_changes_nothing() {
    let (mut talk, _) = Conversation::begin(here());
    talk.step(Event::Head(body(), head_under(9, &key(), &newest(4), 6)), noon());
    let next = talk.step(Event::Root(Ok(Reply::Status(404)), Vec::new()), noon());
    assert!(matches!(next, Instruction::Trust { .. }), "{next:?}");
}

#[test]
fn time_does_not_run_behind_what_a_hub_has_signed() {
    let mut late = here();
    late.floor.verified_at = noon() + TimeDelta::days(31);
    // The clock was set back to noon; the head had expired by then.
    ends_with(Conversation::begin(late).0.step(Event::Head(body(), head(4, 6)), noon()), Reason::Expired);
}

fn any_event() -> impl Strategy<Value = u8> {
    0u8..18
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
        12 => Event::Kept,
        13 => Event::Root(body(), next_root(&[&key(), &next_key()])),
        14 => Event::RootKept,
        15 => Event::Trusted,
        17 => Event::Full(rest()),
        _ => Event::Root(Ok(Reply::Status(404)), Vec::new()),
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
                Instruction::Apply { .. } => {
                    let fetched = happened.ends_with(&[5, 8]) || happened.ends_with(&[17, 8]) || happened.ends_with(&[0, 15, 12]);
                    prop_assert!(happened.starts_with(&[0, 15]), "{happened:?}");
                    prop_assert!(fetched, "{happened:?}");
                }
                Instruction::Trust { floor, .. } | Instruction::Confirm { floor, .. } => {
                    prop_assert!(floor.versions.targets >= 5 && floor.bank >= 3);
                }
                _ => {}
            }
        }
    }
}
