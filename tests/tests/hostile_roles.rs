//! Every role's document missing a signature, signed by the wrong hand, expired, replayed, mixed or forked: the phone keeps its bank, says
//! why in one code, trusts nothing lower than before, and takes the next honest answer.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;

use chrono::TimeDelta;
use otsupport_core::sync::{Outcome, Reason, SyncReport};
use otsupport_tests::hostile_hub::Answer;
use otsupport_tests::siege::{Siege, THIRD};
use otsupport_tests::signed::{says, signed_again, tampered};
use otsupport_tests::site::instant;
use otsupport_wire::trust::{Head, MOST_ROOTS, ROOT_LIMIT, RoleKeys, Root, SigningKey, sign};
use serde_json::{Value, json};

const ROLES: [&str; 3] = ["timestamp", "snapshot", "targets"];

/// The document of a role in a head.
fn document<'a>(head: &'a mut Head, role: &str) -> &'a mut Vec<u8> {
    match role {
        "timestamp" => &mut head.timestamp,
        "snapshot" => &mut head.snapshot,
        _ => &mut head.targets,
    }
}

/// Attacks a twin of the phone with what the hub answers now. Says what went wrong.
fn attack(siege: &Siege, reasons: &[Reason]) -> Result<SyncReport, Box<dyn std::error::Error>> {
    let phone = siege.phone.twin()?;
    let open = phone.open()?;
    let report = siege.sync(&open)?;
    if report.outcome == Outcome::Updated || !report.reason.is_some_and(|it| reasons.contains(&it)) {
        return Err(format!("not {reasons:?} but {report:?}").into());
    }
    siege.stands(&phone, &open)?;
    // Asked again, it answers the same: what was refused left nothing that is believed later.
    let again = siege.sync(&open)?;
    if again.reason != report.reason {
        return Err(format!("asked again: {again:?}").into());
    }
    siege.stands(&phone, &open)?;
    siege.recovers(&phone, &open)?;
    open.close();
    Ok(report)
}

/// Each head of the table, and what is wrong with each.
fn refuses(siege: &Siege, cases: Vec<(String, Head, Vec<Reason>)>) {
    assert!(!cases.is_empty());
    let mut wrong = BTreeMap::new();
    for (what, head, reasons) in cases {
        siege.tell_honestly().unwrap();
        siege.hub.tell("head", Answer::Bytes(head.pack().unwrap()));
        if let Err(error) = attack(siege, &reasons) {
            wrong.insert(what, error.to_string());
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What is done to a document of the third head.
enum Bend {
    /// All signatures go.
    Unsigned,
    /// Signed by this key of the hub instead.
    By(&'static str),
    /// Signed by a stranger.
    ByStranger,
    /// Signed by a stranger under the right key's name.
    UnderAnotherName,
    /// One bit of the signature is another.
    Garbled,
    /// The right signature stands there twice.
    Twice,
    /// The signature is that of the publication before.
    OfBefore,
    /// One member is another, and nobody signs it again.
    Altered(&'static str, Value),
    /// One member is another (none: gone), signed with the right key.
    Signed(&'static str, Option<Value>),
    /// Other bytes.
    Bytes(&'static [u8]),
}

impl Bend {
    fn of(self, siege: &Siege, role: &str) -> Vec<u8> {
        let mut head = siege.head(3).unwrap();
        let honest = document(&mut head, role).clone();
        let stranger = SigningKey::from_secret(&[9; 32]);
        let by = |key: &SigningKey| signed_again(&honest, |_| {}, &[key]).unwrap();
        match self {
            Self::Unsigned => tampered(&honest, |it| it["signatures"] = json!([])).unwrap(),
            Self::By(key) => by(&siege.key(key).unwrap()),
            Self::ByStranger => by(&stranger),
            Self::UnderAnotherName => {
                let name = siege.key(role).unwrap().public().id();
                tampered(&by(&stranger), |it| it["signatures"][0]["keyid"] = json!(name)).unwrap()
            }
            Self::Garbled => tampered(&honest, |it| {
                let sig = it["signatures"][0]["sig"].as_str().unwrap();
                let other = if sig.starts_with('0') { "1" } else { "0" };
                it["signatures"][0]["sig"] = json!(format!("{other}{}", &sig[1..]));
            })
            .unwrap(),
            Self::Twice => tampered(&honest, |it| {
                let one = it["signatures"][0].clone();
                it["signatures"] = json!([one, one]);
            })
            .unwrap(),
            Self::OfBefore => {
                let mut before = siege.head(2).unwrap();
                let before: Value = serde_json::from_slice(document(&mut before, role)).unwrap();
                tampered(&honest, |it| it["signatures"] = before["signatures"].clone()).unwrap()
            }
            Self::Altered(member, value) => tampered(&honest, |it| it["signed"][member] = value).unwrap(),
            Self::Signed(member, value) => {
                let bend = |it: &mut Value| match value {
                    Some(value) => it[member] = value,
                    None => drop(it.as_object_mut().unwrap().remove(member)),
                };
                signed_again(&honest, bend, &[&siege.key(role).unwrap()]).unwrap()
            }
            Self::Bytes(bytes) => bytes.to_owned(),
        }
    }
}

#[test]
fn a_document_that_the_right_hand_did_not_sign_or_that_does_not_hold_is_refused() {
    use Bend::*;
    let siege = Siege::begin().unwrap();
    let mut cases = Vec::new();
    for role in ROLES {
        let mut bends: Vec<(String, Bend, Reason)> = vec![
            ("unsigned".into(), Unsigned, Reason::BadSignature),
            ("by a stranger".into(), ByStranger, Reason::BadSignature),
            ("by a stranger under the right name".into(), UnderAnotherName, Reason::BadSignature),
            ("garbled".into(), Garbled, Reason::BadSignature),
            ("signed twice by one".into(), Twice, Reason::BadSignature),
            ("the signature of before".into(), OfBefore, Reason::BadSignature),
            ("altered".into(), Altered("expires", json!("2030-01-01T00:00:00Z")), Reason::BadSignature),
            ("altered where nobody looks".into(), Altered("more", json!(1)), Reason::BadSignature),
            (
                "expired a second ago".into(),
                Signed("expires", Some(json!("2026-11-26T08:59:59Z"))),
                Reason::Expired,
            ),
            ("expires now".into(), Signed("expires", Some(json!(THIRD))), Reason::Expired),
            (
                "expired long ago".into(),
                Signed("expires", Some(json!("1970-01-01T00:00:00Z"))),
                Reason::Expired,
            ),
            (
                "of another specification".into(),
                Signed("spec_version", Some(json!("2.0.0"))),
                Reason::BadHead,
            ),
            ("without a number".into(), Signed("version", None), Reason::BadHead),
            ("number 0".into(), Signed("version", Some(json!(0))), Reason::BadHead),
            ("a number below 0".into(), Signed("version", Some(json!(-1))), Reason::BadHead),
            ("no whole number".into(), Signed("version", Some(json!("three"))), Reason::BadHead),
            ("no date".into(), Signed("expires", Some(json!("soon"))), Reason::BadHead),
            ("without a date".into(), Signed("expires", None), Reason::BadHead),
            ("of no kind".into(), Signed("_type", None), Reason::BadHead),
            ("no JSON".into(), Bytes(b"{\"signed\":"), Reason::BadHead),
            ("empty".into(), Bytes(b""), Reason::BadHead),
            ("another JSON".into(), Bytes(b"[1]"), Reason::BadHead),
        ];
        for key in ["root", "timestamp", "snapshot", "targets"].into_iter().filter(|it| *it != role) {
            bends.push((format!("by the key of {key}"), By(key), Reason::BadSignature));
        }
        for kind in
            ["root", "timestamp", "snapshot", "targets", "mirrors"].into_iter().filter(|it| *it != role)
        {
            bends.push((format!("calls itself {kind}"), Signed("_type", Some(json!(kind))), Reason::BadHead));
        }
        let numbers = [
            (
                "the number of long before",
                json!(1),
                if role == "timestamp" { Reason::Rollback } else { Reason::Mixed },
            ),
            (
                "a number that SQLite cannot hold",
                json!(u64::MAX),
                if role == "timestamp" { Reason::BadHead } else { Reason::Mixed },
            ),
        ];
        for (what, number, reason) in numbers {
            bends.push((what.into(), Signed("version", Some(number)), reason));
        }
        for (what, bend, reason) in bends {
            let mut head = siege.head(3).unwrap();
            *document(&mut head, role) = bend.of(&siege, role);
            // A number that is none may be told before or after the documents are found not to fit together.
            let mut reasons = vec![reason];
            if what.contains("SQLite") {
                reasons.push(Reason::BadHead);
            }
            cases.push((format!("{role}: {what}"), head, reasons));
        }
        // Each in the other's place.
        for other in ROLES.into_iter().filter(|it| *it != role) {
            let mut head = siege.head(3).unwrap();
            *document(&mut head, role) = document(&mut siege.head(3).unwrap(), other).clone();
            cases.push((format!("{role}: {other} in its place"), head, vec![Reason::BadHead]));
        }
    }
    refuses(&siege, cases);
}

/// Every choice of documents out of three publications, all signed with the right keys. Only those of one publication belong together.
#[test]
fn documents_of_two_publications_are_never_taken_together() {
    let siege = Siege::begin().unwrap();
    let mut cases = Vec::new();
    for timestamp in 1..=3 {
        for snapshot in 1..=3 {
            for targets in 1..=3 {
                if timestamp > 1 && timestamp == snapshot && snapshot == targets {
                    continue;
                }
                let head = Head {
                    root: 1,
                    timestamp: siege.head(timestamp).unwrap().timestamp,
                    snapshot: siege.head(snapshot).unwrap().snapshot,
                    targets: siege.head(targets).unwrap().targets,
                };
                // Where an old document stands among others, both are true.
                let reasons = match [timestamp, snapshot, targets] {
                    [1, _, _] => vec![Reason::Rollback],
                    it if it.contains(&1) => vec![Reason::Mixed, Reason::Rollback],
                    _ => vec![Reason::Mixed],
                };
                cases.push((
                    format!("timestamp {timestamp}, snapshot {snapshot}, targets {targets}"),
                    head,
                    reasons,
                ));
            }
        }
    }
    assert_eq!(cases.len(), 25);
    refuses(&siege, cases);
}

/// What the documents say of each other and of the bank, signed with the right keys: whoever signs so has stolen a key.
#[test]
fn documents_that_name_others_than_are_there_are_refused() {
    let siege = Siege::begin().unwrap();
    let honest = siege.head(3).unwrap();
    let listed = says(&honest.targets).unwrap()["targets"]["bank/3"].clone();
    let held = says(&siege.head(2).unwrap().targets).unwrap()["targets"]["bank/2"].clone();
    let other = {
        let mut it = listed.clone();
        it["hashes"]["sha256"] = json!("0".repeat(64));
        it
    };
    let named = |number: Value| json!({"snapshot.json": number});
    let targets = |number: Value| json!({"targets.json": number});
    let zeros = "0".repeat(64);
    let cases: Vec<(&str, &str, &str, Value, Vec<Reason>)> = vec![
        ("timestamp", "names a newer snapshot", "meta", named(json!({"version": 4})), vec![Reason::Mixed]),
        ("timestamp", "names the snapshot before", "meta", named(json!({"version": 2})), vec![Reason::Mixed]),
        ("timestamp", "names an old snapshot", "meta", named(json!({"version": 1})), vec![Reason::Rollback]),
        ("timestamp", "names no snapshot", "meta", json!({}), vec![Reason::BadHead]),
        ("timestamp", "names a snapshot without a number", "meta", named(json!({})), vec![Reason::BadHead]),
        (
            "timestamp",
            "another digest",
            "meta",
            named(json!({"version": 3, "hashes": {"sha256": zeros}})),
            vec![Reason::Mixed],
        ),
        (
            "timestamp",
            "no known digest",
            "meta",
            named(json!({"version": 3, "hashes": {"md5": "00"}})),
            vec![Reason::Mixed],
        ),
        (
            "timestamp",
            "a smaller size",
            "meta",
            named(json!({"version": 3, "length": 10})),
            vec![Reason::Mixed],
        ),
        ("snapshot", "names newer targets", "meta", targets(json!({"version": 4})), vec![Reason::Mixed]),
        ("snapshot", "names the targets before", "meta", targets(json!({"version": 2})), vec![Reason::Mixed]),
        ("snapshot", "names old targets", "meta", targets(json!({"version": 1})), vec![Reason::Rollback]),
        ("snapshot", "names no targets", "meta", json!({}), vec![Reason::Rollback, Reason::Mixed]),
        (
            "snapshot",
            "another digest",
            "meta",
            targets(json!({"version": 3, "hashes": {"sha256": zeros}})),
            vec![Reason::Mixed],
        ),
        (
            "snapshot",
            "a smaller size",
            "meta",
            targets(json!({"version": 3, "length": 10})),
            vec![Reason::Mixed],
        ),
        ("targets", "no bank", "targets", json!({}), vec![Reason::BadHead]),
        (
            "targets",
            "two banks",
            "targets",
            json!({"bank/3": listed, "bank/4": listed}),
            vec![Reason::BadHead],
        ),
        (
            "targets",
            "a bank without a number",
            "targets",
            json!({"bank/three": listed}),
            vec![Reason::BadHead],
        ),
        ("targets", "a bank below 0", "targets", json!({"bank/-3": listed}), vec![Reason::BadHead]),
        ("targets", "a bank elsewhere", "targets", json!({"../bank/3": listed}), vec![Reason::BadHead]),
        (
            "targets",
            "a bank that is a path",
            "targets",
            json!({"bank/../../3": listed}),
            vec![Reason::BadHead],
        ),
        (
            "targets",
            "a bank that SQLite cannot hold",
            "targets",
            json!({"bank/9223372036854775808": listed}),
            vec![Reason::BadHead],
        ),
        (
            "targets",
            "the largest number",
            "targets",
            json!({"bank/18446744073709551615": listed}),
            vec![Reason::BadHead],
        ),
        ("targets", "an older bank", "targets", json!({"bank/1": listed}), vec![Reason::Rollback]),
        ("targets", "bank 0", "targets", json!({"bank/0": listed}), vec![Reason::Rollback, Reason::BadHead]),
        (
            "targets",
            "the bank that is here, forked",
            "targets",
            json!({"bank/2": listed}),
            vec![Reason::Forked],
        ),
        (
            "targets",
            "the bank before under a new number",
            "targets",
            json!({"bank/3": held}),
            vec![Reason::BadBank],
        ),
        ("targets", "another digest", "targets", json!({"bank/3": other}), vec![Reason::BadBank]),
        (
            "targets",
            "a bank without a digest",
            "targets",
            json!({"bank/3": {"length": 5, "hashes": {}}}),
            vec![Reason::BadHead],
        ),
        (
            "targets",
            "no digest that is known",
            "targets",
            json!({"bank/3": {"length": 5, "hashes": {"md5": "00"}, "custom": listed["custom"]}}),
            vec![Reason::BadHead],
        ),
        ("targets", "nothing", "targets", Value::Null, vec![Reason::BadHead]),
    ];
    let heads = cases.into_iter().map(|(role, what, member, value, reasons)| {
        let mut head = honest.clone();
        let key = siege.key(role).unwrap();
        *document(&mut head, role) =
            signed_again(document(&mut honest.clone(), role), |it| it[member] = value, &[&key]).unwrap();
        (format!("{role}: {what}"), head, reasons)
    });
    refuses(&siege, heads.collect());
}

/// The same numbers for other bytes: what is believed of the bank does not change by it.
#[test]
fn a_bank_that_was_forked_after_it_was_taken_is_refused() {
    let siege = Siege::begin().unwrap();
    let phone = siege.phone.twin().unwrap();
    let open = phone.open().unwrap();
    assert_eq!(siege.sync(&open).unwrap().to, 3);
    let floor = otsupport_tests::held::Floor::of(phone.folder()).unwrap();
    let newest = siege.newest().unwrap();
    let forked = otsupport_wire::trust::Newest { sha256: otsupport_wire::Sha256::of(b"another"), ..newest };
    for number in [3, 4] {
        let head = siege.publisher.head(&forked, number, &siege.key("targets").unwrap()).unwrap();
        siege.hub.tell("head", Answer::Bytes(head.pack().unwrap()));
        let report = siege.sync(&open).unwrap();
        assert_eq!((report.reason, report.to), (Some(Reason::Forked), 3), "number {number}");
        assert_eq!(otsupport_tests::held::Floor::of(phone.folder()).unwrap(), floor, "number {number}");
    }
}

/// The root that the phone trusts, and the keys of the hub that are in it.
fn root_of(siege: &Siege) -> Root {
    serde_json::from_value(says(&siege.publisher.root().unwrap()).unwrap()).unwrap()
}

/// The next root after a change, signed by the root's key.
fn next_root(siege: &Siege, bend: impl FnOnce(&mut Value)) -> Vec<u8> {
    let bend = |it: &mut Value| {
        it["version"] = json!(2);
        bend(it);
    };
    signed_again(&siege.publisher.root().unwrap(), bend, &[&siege.key("root").unwrap()]).unwrap()
}

#[test]
fn a_root_that_the_one_before_does_not_vouch_for_is_refused() {
    let siege = Siege::begin().unwrap();
    let honest = next_root(&siege, |_| {});
    let stranger = SigningKey::from_secret(&[9; 32]);
    let by = |keys: &[&SigningKey]| signed_again(&honest, |_| {}, keys).unwrap();
    // A root that names a new root key, and who signs it.
    let new_key = |signers: &[&SigningKey]| {
        let mut root = root_of(&siege);
        root.head.version = 2;
        root.keys.insert(stranger.public().id(), stranger.public());
        root.roles.insert("root".into(), RoleKeys { keyids: [stranger.public().id()].into(), threshold: 1 });
        sign(&root, signers).unwrap()
    };
    let threshold = |number: u32, signers: &[&SigningKey]| {
        let mut root = root_of(&siege);
        root.head.version = 2;
        root.keys.insert(stranger.public().id(), stranger.public());
        let role = root.roles.get_mut("root").unwrap();
        role.keyids.insert(stranger.public().id());
        role.threshold = number;
        sign(&root, signers).unwrap()
    };
    let root = siege.key("root").unwrap();
    let without =
        |role: &'static str| next_root(&siege, |it| drop(it["roles"].as_object_mut().unwrap().remove(role)));
    let sized = |bytes: u64| next_root(&siege, |it| it["more"] = json!("x".repeat(bytes as usize)));
    let cases: Vec<(&str, Answer, Reason)> = vec![
        (
            "unsigned",
            Answer::Bytes(tampered(&honest, |it| it["signatures"] = json!([])).unwrap()),
            Reason::BadSignature,
        ),
        ("by a stranger", Answer::Bytes(by(&[&stranger])), Reason::BadSignature),
        (
            "by the timestamp's key",
            Answer::Bytes(by(&[&siege.key("timestamp").unwrap()])),
            Reason::BadSignature,
        ),
        ("by the targets' key", Answer::Bytes(by(&[&siege.key("targets").unwrap()])), Reason::BadSignature),
        (
            "altered",
            Answer::Bytes(tampered(&honest, |it| it["signed"]["more"] = json!(1)).unwrap()),
            Reason::BadSignature,
        ),
        ("a new key, signed by it alone", Answer::Bytes(new_key(&[&stranger])), Reason::BadSignature),
        ("a new key that did not sign", Answer::Bytes(new_key(&[&root])), Reason::BadSignature),
        ("below its own threshold", Answer::Bytes(threshold(2, &[&root])), Reason::BadSignature),
        ("a threshold of none", Answer::Bytes(threshold(0, &[&root])), Reason::BadSignature),
        (
            "a threshold that nobody reaches",
            Answer::Bytes(threshold(3, &[&root, &stranger])),
            Reason::BadSignature,
        ),
        ("no keys for the root", Answer::Bytes(without("root")), Reason::BadHead),
        ("no keys for the timestamp", Answer::Bytes(without("timestamp")), Reason::BadHead),
        ("no keys for the snapshot", Answer::Bytes(without("snapshot")), Reason::BadHead),
        ("no keys for the targets", Answer::Bytes(without("targets")), Reason::BadHead),
        ("skips a number", Answer::Bytes(next_root(&siege, |it| it["version"] = json!(3))), Reason::Mixed),
        ("the one that is here", Answer::Bytes(siege.publisher.root().unwrap()), Reason::Mixed),
        ("number 0", Answer::Bytes(next_root(&siege, |it| it["version"] = json!(0))), Reason::BadHead),
        (
            "expired",
            Answer::Bytes(next_root(&siege, |it| it["expires"] = json!("2026-11-26T08:59:59Z"))),
            Reason::Expired,
        ),
        (
            "another kind",
            Answer::Bytes(next_root(&siege, |it| it["_type"] = json!("targets"))),
            Reason::BadHead,
        ),
        ("targets in its place", Answer::Bytes(siege.head(3).unwrap().targets), Reason::BadHead),
        (
            "another specification",
            Answer::Bytes(next_root(&siege, |it| it["spec_version"] = json!("3"))),
            Reason::BadHead,
        ),
        ("no JSON", Answer::Bytes(b"{".to_vec()), Reason::BadHead),
        ("empty", Answer::Bytes(Vec::new()), Reason::BadHead),
        ("too large", Answer::Bytes(sized(ROOT_LIMIT)), Reason::BadHead),
        ("endless", Answer::Endless, Reason::BadHead),
        (
            "a log-in page",
            Answer::Bytes(b"<!doctype html><title>Log in</title>".to_vec()),
            Reason::CaptivePortal,
        ),
        ("a redirect", Answer::Status("302 Found\r\nLocation: file:///etc/passwd"), Reason::CaptivePortal),
        ("cut", Answer::Cut(honest.clone(), honest.len() - 1), Reason::HubDown),
    ];
    let mut wrong = BTreeMap::new();
    for (what, answer, reason) in cases {
        siege.tell_honestly().unwrap();
        let head = Head { root: 2, ..siege.head(3).unwrap() };
        siege.hub.tell("head", Answer::Bytes(head.pack().unwrap()));
        siege.hub.tell("metadata/2.root.json", answer);
        if let Err(error) = attack(&siege, &[reason]) {
            wrong.insert(what, error.to_string());
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Whoever hides the next root gains nothing: what is trusted judges the head.
#[test]
fn a_root_that_is_promised_and_not_there_holds_nothing_up() {
    for root in [2, 1000, u64::MAX] {
        for answer in ["404 Not Found", "500 Internal Server Error", "410 Gone"] {
            let siege = Siege::begin().unwrap();
            let head = Head { root, ..siege.head(3).unwrap() };
            siege.hub.tell("head", Answer::Bytes(head.pack().unwrap()));
            siege.hub.tell("metadata/2.root.json", Answer::Status(answer));
            let open = siege.phone.open().unwrap();
            let report = siege.sync(&open).unwrap();
            assert_eq!(
                (report.outcome, report.to, report.requests),
                (Outcome::Updated, 3, 3),
                "{root}: {answer}"
            );
        }
    }
}

/// A chain that never ends is followed so far and no further; the next sync goes on where this one ended.
#[test]
fn an_endless_chain_of_roots_ends() {
    let siege = Siege::begin().unwrap();
    let key = siege.key("root").unwrap();
    for number in 2..=2 * u64::from(MOST_ROOTS) + 10 {
        let root =
            signed_again(&siege.publisher.root().unwrap(), |it| it["version"] = json!(number), &[&key]);
        siege.hub.tell(&format!("metadata/{number}.root.json"), Answer::Bytes(root.unwrap()));
    }
    let mut head = siege.head(3).unwrap();
    head.root = u64::MAX;
    // The head itself is no good, so that the phone would ask for ever.
    head.timestamp = siege.head(1).unwrap().timestamp;
    siege.hub.tell("head", Answer::Bytes(head.pack().unwrap()));
    let phone = siege.phone.twin().unwrap();
    let open = phone.open().unwrap();
    for sync in 1..=2 {
        let report = siege.sync(&open).unwrap();
        assert_eq!((report.reason, report.to, report.requests), (Some(Reason::Rollback), 2, 1 + MOST_ROOTS));
        siege.stands(&phone, &open).unwrap();
        let floor = otsupport_tests::held::Floor::of(phone.folder()).unwrap();
        assert_eq!(floor.root, 1 + sync * i64::from(MOST_ROOTS));
    }
    siege.recovers(&phone, &open).unwrap();
}

/// Two of two must sign: one of them, one of them twice, or one of them and a stranger is not enough.
#[test]
fn a_document_below_its_threshold_is_refused() {
    for role in ROLES {
        let siege = Siege::begin().unwrap();
        let (first, second) = (siege.key(role).unwrap(), SigningKey::from_secret(&[5; 32]));
        let stranger = SigningKey::from_secret(&[9; 32]);
        let mut root = root_of(&siege);
        root.keys.insert(second.public().id(), second.public());
        // The first key under another name: a key is what it is, not what it is called.
        let alias = "a".repeat(64);
        let mut root = serde_json::to_value(root).unwrap();
        root["keys"][&alias] = json!(first.public());
        root["version"] = json!(2);
        root["roles"][role] =
            json!({"keyids": [first.public().id(), second.public().id(), alias], "threshold": 2});
        let root = sign(&root, &[&siege.key("root").unwrap()]).unwrap();
        let honest = document(&mut siege.head(3).unwrap(), role).clone();
        let by = |keys: &[&SigningKey]| signed_again(&honest, |_| {}, keys).unwrap();
        let under_two_names = tampered(&by(&[&first]), |it| {
            let sig = it["signatures"][0]["sig"].clone();
            it["signatures"].as_array_mut().unwrap().push(json!({"keyid": alias, "sig": sig}));
        });
        let bends = [
            ("one of two", by(&[&first])),
            ("the other of two", by(&[&second])),
            ("one and a stranger", by(&[&first, &stranger])),
            ("one under two names", under_two_names.unwrap()),
        ];
        let with = |bytes: Vec<u8>| {
            let mut head = Head { root: 2, ..siege.head(3).unwrap() };
            *document(&mut head, role) = bytes;
            Answer::Bytes(head.pack().unwrap())
        };
        let mut wrong = BTreeMap::new();
        for (what, bytes) in bends {
            siege.tell_honestly().unwrap();
            siege.hub.tell("head", with(bytes));
            siege.hub.tell("metadata/2.root.json", Answer::Bytes(root.clone()));
            if let Err(error) = attack(&siege, &[Reason::BadSignature]) {
                wrong.insert(what, error.to_string());
            }
        }
        assert!(wrong.is_empty(), "{role}: {wrong:#?}");
        siege.tell_honestly().unwrap();
        siege.hub.tell("head", with(by(&[&first, &second])));
        siege.hub.tell("metadata/2.root.json", Answer::Bytes(root));
        let open = siege.phone.open().unwrap();
        assert_eq!(siege.sync(&open).unwrap().to, 3, "{role}: both");
    }
}

/// A root with two keys needs both for the next one, whatever that one says of itself.
#[test]
fn a_root_below_the_threshold_of_the_one_before_is_refused() {
    let siege = Siege::begin().unwrap();
    let (first, second) = (siege.key("root").unwrap(), SigningKey::from_secret(&[5; 32]));
    let two = |root: &mut Value, number: u64| {
        root["version"] = json!(number);
        root["keys"][json!(second.public().id()).as_str().unwrap()] = json!(second.public());
        root["roles"]["root"] =
            json!({"keyids": [first.public().id(), second.public().id()], "threshold": 2});
    };
    let root = siege.publisher.root().unwrap();
    let second_root = signed_again(&root, |it| two(it, 2), &[&first, &second]).unwrap();
    let third = |keys: &[&SigningKey]| {
        let third = |it: &mut Value| {
            it["version"] = json!(3);
        };
        signed_again(&root, third, keys).unwrap()
    };
    let head = Head { root: 3, ..siege.head(3).unwrap() };
    let tell = |third: Vec<u8>| {
        siege.tell_honestly().unwrap();
        siege.hub.tell("head", Answer::Bytes(head.pack().unwrap()));
        siege.hub.tell("metadata/2.root.json", Answer::Bytes(second_root.clone()));
        siege.hub.tell("metadata/3.root.json", Answer::Bytes(third));
    };
    for keys in [&[&first][..], &[&second][..], &[][..]] {
        tell(third(keys));
        attack(&siege, &[Reason::BadSignature]).unwrap();
    }
    tell(third(&[&first, &second]));
    let open = siege.phone.open().unwrap();
    assert_eq!(siege.sync(&open).unwrap().to, 3);
}

/// A hub that was not looked after, and a phone whose clock was set: neither brings back what was there before.
#[test]
fn what_expired_is_refused_at_any_hour_and_a_clock_set_back_does_not_help() {
    let siege = Siege::begin().unwrap();
    for days in [31, 400, 5 * 365 + 2, 100 * 365] {
        let mut phone = siege.phone.twin().unwrap();
        phone.now = (instant(THIRD) + TimeDelta::days(days)).to_rfc3339();
        siege.tell_honestly().unwrap();
        let open = phone.open().unwrap();
        let report = siege.sync(&open).unwrap();
        assert_eq!((report.outcome, report.reason), (Outcome::Refused, Some(Reason::Expired)), "{days} days");
        siege.stands(&phone, &open).unwrap();
    }
    // What was signed on the 26th ends what held until the 25th, whatever the clock says.
    let mut phone = siege.phone.twin().unwrap();
    assert_eq!(siege.sync(&phone.open().unwrap()).unwrap().to, 3);
    phone.now = "2020-01-01T00:00:00Z".to_owned();
    let key = siege.key("timestamp").unwrap();
    let mut head = siege.head(3).unwrap();
    let bend = |it: &mut Value| {
        it["version"] = json!(4);
        it["expires"] = json!("2026-11-25T00:00:00Z");
        drop(it.as_object_mut().unwrap().remove("issued"));
    };
    head.timestamp = signed_again(&head.timestamp, bend, &[&key]).unwrap();
    siege.hub.tell("head", Answer::Bytes(head.pack().unwrap()));
    let report = siege.sync(&phone.open().unwrap()).unwrap();
    assert_eq!((report.reason, report.to), (Some(Reason::Expired), 3));
}
