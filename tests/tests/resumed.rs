//! What was fetched is not fetched again: a cut answer goes on where it was cut, a verified bank waits for a newer app, and what was put
//! together of two bodies is found out and costs the whole once.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};

use otsupport_core::sync::{Outcome, Reason, SyncReport};
use otsupport_hub::embedded::EmbeddedHub;
use otsupport_tests::content_folder::small;
use otsupport_tests::held::holds;
use otsupport_tests::hostile_hub::{Answer, Asked, HostileHub};
use otsupport_tests::household::demonstration;
use otsupport_tests::phone::{Phone, sync};
use otsupport_tests::seeded::Seeded;
use otsupport_tests::siege::Siege;
use otsupport_tests::signed::signed_again;
use otsupport_tests::site::{MORNING, Publisher, copy};
use otsupport_wire::trust::Newest;
use otsupport_wire::{Sha256, delta};

/// The most that a sync may fetch again of what it had.
const MOST: usize = 64 << 10;

/// What came of packed files and waits for the next run.
fn parts(phone: &Phone) -> Vec<PathBuf> {
    let files = fs::read_dir(phone.folder().join("kept")).unwrap().map(|it| it.unwrap().path());
    files.filter(|it| it.extension().is_some_and(|it| it == "part")).collect()
}

fn asked(path: &str, from: usize, sent: usize) -> Asked {
    Asked { path: path.to_owned(), from, sent }
}

/// The bank of today, cut after so many bytes: the next sync, in a new process, fetches what is missing.
#[test]
fn a_large_bank_that_was_cut_goes_on_where_it_was_cut() {
    let publisher = demonstration().unwrap();
    let (head, full) = (
        fs::read(publisher.site().join("head")).unwrap(),
        fs::read(publisher.site().join("full/1.zst")).unwrap(),
    );
    assert!(full.len() > 3 * MOST, "{} bytes are no test of it", full.len());
    for at in [1, 1000, full.len() / 2, 200_000.min(full.len() - 1), full.len() - 1] {
        let hub = HostileHub::start().unwrap();
        hub.tell("head", Answer::Bytes(head.clone()));
        hub.tell("full/1.zst", Answer::Cut(full.clone(), at));
        let phone = Phone::new(publisher.root().unwrap()).unwrap();
        let open = phone.open().unwrap();
        let report = sync(&open, &hub.address).unwrap();
        assert_eq!((report.outcome, report.reason), (Outcome::Offline, Some(Reason::HubDown)), "at {at}");
        // What travelled is told, although it led nowhere yet.
        assert_eq!(report.bytes, (head.len() + at) as u64, "at {at}");
        open.close();
        hub.asked();
        hub.tell("full/1.zst", Answer::Bytes(full.clone()));
        let open = phone.open().unwrap();
        let report = sync(&open, &hub.address).unwrap();
        assert_eq!((report.outcome, report.to), (Outcome::Updated, 1), "at {at}");
        let again = [asked("head", 0, head.len()), asked("full/1.zst", at, full.len() - at)];
        assert_eq!(hub.asked(), again, "at {at}");
        assert_eq!(report.bytes, (head.len() + full.len() - at) as u64, "at {at}");
        assert_eq!(parts(&phone), [] as [PathBuf; 0], "at {at}");
    }
}

/// Cut again and again at places chosen by chance: all in all the bank travels once.
#[test]
fn a_bank_in_many_pieces_travels_once() {
    let seed = Seeded::from_environment().0;
    println!("OTSUPPORT_SEED={seed}");
    let mut chance = Seeded(seed);
    let siege = Siege::begin().unwrap();
    siege.tell_without_deltas().unwrap();
    let full = siege.file(3, "full/3.zst").unwrap();
    let whole = {
        let phone = siege.phone.twin().unwrap();
        let open = phone.open().unwrap();
        assert_eq!(siege.sync(&open).unwrap().to, 3);
        open.close();
        holds(phone.folder()).unwrap()
    };
    for round in 0..20 {
        let phone = siege.phone.twin().unwrap();
        siege.hub.asked();
        for sync in 0.. {
            assert!(sync < 10_000, "round {round} does not end");
            siege.hub.tell("full/3.zst", Answer::Cut(full.clone(), 1 + chance.below(300)));
            let open = phone.open().unwrap();
            let report = siege.sync(&open).unwrap();
            if report.outcome == Outcome::Updated {
                break;
            }
            assert_eq!(report.reason, Some(Reason::HubDown), "round {round}");
            siege.stands(&phone, &open).unwrap();
        }
        let travelled: usize =
            siege.hub.asked().iter().filter(|it| it.path != "head").map(|it| it.sent).sum();
        assert_eq!(travelled, full.len(), "round {round}");
        phone.open().unwrap().close();
        assert!(holds(phone.folder()).unwrap() == whole, "round {round}");
    }
}

#[test]
fn a_delta_that_was_cut_goes_on_where_it_was_cut() {
    let siege = Siege::begin().unwrap();
    let delta = siege.file(3, "delta/2-3.dcz").unwrap();
    for at in 1..delta.len() {
        siege.tell_honestly().unwrap();
        siege.hub.tell("delta/2-3.dcz", Answer::Cut(delta.clone(), at));
        let phone = siege.phone.twin().unwrap();
        let open = phone.open().unwrap();
        assert_eq!(siege.sync(&open).unwrap().reason, Some(Reason::HubDown), "at {at}");
        siege.tell_honestly().unwrap();
        siege.hub.asked();
        assert_eq!(siege.sync(&open).unwrap().to, 3, "at {at}");
        assert_eq!(siege.hub.asked()[1..], [asked("delta/2-3.dcz", at, delta.len() - at)], "at {at}");
    }
}

/// The hub's own server, which knows ranges, and what of a bank an earlier run left.
#[test]
fn the_real_hub_gives_the_rest() {
    let siege = Siege::begin().unwrap();
    siege.tell_without_deltas().unwrap();
    let full = siege.file(3, "full/3.zst").unwrap();
    siege.hub.tell("full/3.zst", Answer::Cut(full.clone(), 1000));
    let phone = siege.phone.twin().unwrap();
    let open = phone.open().unwrap();
    assert_eq!(siege.sync(&open).unwrap().reason, Some(Reason::HubDown));
    fs::write(siege.site(3).join("head"), {
        let head = siege.publisher.head(&siege.newest().unwrap(), 3, &siege.key("targets").unwrap());
        head.unwrap().pack().unwrap()
    })
    .unwrap();
    let served = EmbeddedHub::start(&siege.site(3)).unwrap();
    let report = sync(&open, served.address()).unwrap();
    let head = siege.file(3, "head").unwrap();
    assert_eq!((report.to, report.requests), (3, 2));
    assert_eq!(report.bytes as usize, head.len() + full.len() - 1000);
}

/// A hub that cannot go on in the middle, or says so and does not: the whole is fetched once, and what is wrong is found.
#[test]
fn a_hub_that_does_not_go_on_costs_the_whole_once() {
    let siege = Siege::begin().unwrap();
    let full = siege.file(3, "full/3.zst").unwrap();
    let length = full.len();
    let rest = |status: &str, bytes: &[u8]| {
        let answer =
            format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", bytes.len());
        Answer::Verbatim([answer.as_bytes(), bytes].concat())
    };
    let range =
        |from: usize| format!("206 Partial Content\r\nContent-Range: bytes {from}-{}/{length}", length - 1);
    let cases = [
        ("knows no ranges", rest("200 OK", &full), 2),
        ("goes on elsewhere", rest(&range(999), &full[999..]), 3),
        ("goes on nowhere", rest("206 Partial Content", &full[1000..]), 3),
        (
            "has no more",
            rest(&format!("416 Range Not Satisfiable\r\nContent-Range: bytes */{length}"), b""),
            3,
        ),
        ("gives too much", rest(&range(1000), &[&full[1000..], b"x"].concat()), 3),
        ("gives other bytes", rest(&range(1000), &vec![0; length - 1000]), 3),
    ];
    for (what, answer, requests) in cases {
        siege.tell_without_deltas().unwrap();
        siege.hub.tell("full/3.zst", Answer::Cut(full.clone(), 1000));
        let phone = siege.phone.twin().unwrap();
        let open = phone.open().unwrap();
        assert_eq!(siege.sync(&open).unwrap().reason, Some(Reason::HubDown), "{what}");
        siege.hub.tell_once("full/3.zst", answer);
        siege.hub.tell("full/3.zst", Answer::Bytes(full.clone()));
        let report = siege.sync(&open).unwrap();
        assert_eq!((report.outcome, report.to), (Outcome::Updated, 3), "{what}: {report:?}");
        assert_eq!(report.requests, requests, "{what}");
    }
}

/// Whoever begins a bank with bytes of his own spoils it once: they are thrown away, and it begins anew.
#[test]
fn what_was_put_together_of_two_bodies_begins_anew_once() {
    let siege = Siege::begin().unwrap();
    let full = siege.file(3, "full/3.zst").unwrap();
    for (what, begun) in [
        ("zeros", vec![0; full.len()]),
        ("all but a bit", {
            let mut bytes = full.clone();
            bytes[500] ^= 1;
            bytes
        }),
    ] {
        for at in [1, 600, full.len() - 1] {
            siege.tell_without_deltas().unwrap();
            siege.hub.tell("full/3.zst", Answer::Cut(begun.clone(), at));
            let phone = siege.phone.twin().unwrap();
            let open = phone.open().unwrap();
            assert_eq!(siege.sync(&open).unwrap().reason, Some(Reason::HubDown), "{what} at {at}");
            // Lied to again: one more request, no bank, and no end without one.
            siege.hub.tell("full/3.zst", Answer::Bytes(vec![0; full.len()]));
            siege.hub.asked();
            assert_eq!(siege.sync(&open).unwrap().reason, Some(Reason::BadBank), "{what} at {at}");
            assert_eq!(siege.hub.asked().len(), 3, "{what} at {at}");
            assert_eq!(parts(&phone), [] as [PathBuf; 0], "{what} at {at}");
            siege.stands(&phone, &open).unwrap();
            siege.hub.tell("full/3.zst", Answer::Cut(begun.clone(), at));
            assert_eq!(siege.sync(&open).unwrap().reason, Some(Reason::HubDown), "{what} at {at}");
            siege.hub.tell("full/3.zst", Answer::Bytes(full.clone()));
            let report = siege.sync(&open).unwrap();
            assert_eq!((report.outcome, report.to), (Outcome::Updated, 3), "{what} at {at}");
        }
    }
}

/// What came of a bank is worth nothing for another one, also where that bears the same number.
#[test]
fn what_came_under_another_digest_is_not_gone_on_with() {
    let siege = Siege::begin().unwrap();
    siege.tell_without_deltas().unwrap();
    let full = siege.file(3, "full/3.zst").unwrap();
    siege.hub.tell("full/3.zst", Answer::Cut(full.clone(), 1000));
    let phone = siege.phone.twin().unwrap();
    let open = phone.open().unwrap();
    assert_eq!(siege.sync(&open).unwrap().reason, Some(Reason::HubDown));
    let begun = parts(&phone);
    assert_eq!(begun.len(), 1);
    let other = Newest { version: otsupport_wire::BankVersion(4), ..siege.newest().unwrap() };
    let other = Newest { sha256: Sha256::of(b"another"), ..other };
    let head = siege.publisher.head(&other, 4, &siege.key("targets").unwrap()).unwrap();
    siege.hub.tell("head", Answer::Bytes(head.pack().unwrap()));
    siege.hub.tell("full/4.zst", Answer::Cut(full.clone(), 10));
    siege.hub.asked();
    assert_eq!(siege.sync(&open).unwrap().reason, Some(Reason::HubDown));
    assert_eq!(siege.hub.asked()[1..], [asked("full/4.zst", 0, 10)]);
    assert!(parts(&phone).len() == 1 && parts(&phone) != begun, "of the one before nothing is left");
}

/// A verified bank that needs a newer app lies there until that app comes: it is fetched once.
#[test]
fn a_bank_that_waits_for_a_newer_app_is_fetched_once() {
    for with_delta in [false, true] {
        let siege = Siege::begin().unwrap();
        let (old, honest) = (
            zstd::decode_all(siege.file(2, "full/2.zst").unwrap().as_slice()).unwrap(),
            zstd::decode_all(siege.file(3, "full/3.zst").unwrap().as_slice()).unwrap(),
        );
        let honest = String::from_utf8(honest).unwrap();
        let newer = honest.replacen("otsupport-snapshot 1.1", "otsupport-snapshot 2.0", 1);
        let newer = if newer == honest { honest.replacen("snapshot 1.1", "snapshot 2.0", 1) } else { newer };
        assert_ne!(newer, honest);
        let full = zstd::encode_all(newer.as_bytes(), 19).unwrap();
        let delta = delta::pack(&old, newer.as_bytes(), 19).unwrap();
        let newest = Newest {
            length: newer.len() as u64,
            sha256: Sha256::of(newer.as_bytes()),
            packed: full.len() as u64,
            ..siege.newest().unwrap()
        };
        let key = siege.key("targets").unwrap();
        let mut head = siege.publisher.head(&newest, 3, &key).unwrap();
        if with_delta {
            let deltas = |it: &mut serde_json::Value| {
                it["targets"]["bank/3"]["custom"]["deltas"] = serde_json::json!({"2": delta.len()});
            };
            head.targets = signed_again(&head.targets, deltas, &[&key]).unwrap();
        }
        siege.hub.forget();
        siege.hub.tell("head", Answer::Bytes(head.pack().unwrap()));
        siege.hub.tell("full/3.zst", Answer::Bytes(full));
        siege.hub.tell("delta/2-3.dcz", Answer::Bytes(delta));
        let phone = siege.phone.twin().unwrap();
        for sync in 1..=3 {
            let open = phone.open().unwrap();
            siege.hub.asked();
            assert_eq!(siege.sync(&open).unwrap().reason, Some(Reason::NeedsUpdate), "sync {sync}");
            siege.stands(&phone, &open).unwrap();
            let requests = siege.hub.asked().len();
            assert_eq!(requests, if sync == 1 { 2 } else { 1 }, "sync {sync}, with a delta: {with_delta}");
            assert_eq!(parts(&phone), [] as [PathBuf; 0], "sync {sync}");
            open.close();
        }
    }
}

/// Three steps of sixteen banks, and a phone from before all of them: 17 to 32, 32 to 64, 64 to 65.
struct Chain {
    publisher: Publisher,
    phone: Phone,
    hub: HostileHub,
}

const HOPS: [&str; 3] = ["delta/17-32.dcz", "delta/32-64.dcz", "delta/64-65.dcz"];

impl Chain {
    fn new() -> Self {
        let publisher = small().unwrap();
        // A picture that does not pack makes the whole dearer than a few requests.
        let mut chance = Seeded(7);
        let noise: String = (0..1500).map(|_| format!("{} ", chance.number() % 1000)).collect();
        let picture = fs::read_to_string(publisher.content().join("media/coat.svg")).unwrap();
        let picture = picture.replace("</svg>", &format!("<path d=\"M{noise}\"/></svg>"));
        fs::write(publisher.content().join("media/coat.svg"), picture).unwrap();
        let publish = |banks: std::ops::Range<u32>| {
            for bank in banks {
                publisher
                    .edit("strategies/dressing/coat-flip.md", "3. ", &format!("3. Slowly {bank}. "))
                    .unwrap();
                publisher.publish("2026-11-25T09:00:00Z").unwrap();
            }
        };
        publisher.publish(MORNING).unwrap();
        publish(0..16);
        let mut phone = Phone::new(publisher.root().unwrap()).unwrap();
        phone.now = "2026-11-26T09:00:00Z".to_owned();
        let served = EmbeddedHub::start(&publisher.site()).unwrap();
        assert_eq!(sync(&phone.open().unwrap(), served.address()).unwrap().to, 17);
        publish(16..64);
        let chain = Self { publisher, phone, hub: HostileHub::start().unwrap() };
        chain.tell_honestly();
        chain
    }

    fn file(&self, path: &str) -> Vec<u8> {
        fs::read(self.publisher.site().join(path)).unwrap()
    }

    fn tell_honestly(&self) {
        for path in ["head", "full/65.zst"].into_iter().chain(HOPS) {
            self.hub.tell(path, Answer::Bytes(self.file(path)));
        }
        self.hub.asked();
    }

    /// A sync of another process on the same files: what came of it, and what it asked for.
    fn sync(&self, phone: &Phone) -> (Outcome, u64, Vec<Asked>) {
        let (report, asked) = self.sync_telling(phone);
        assert_eq!(report.bytes, asked.iter().map(|it| it.sent as u64).sum::<u64>(), "{report:?}: {asked:?}");
        (report.outcome, report.to, asked)
    }

    fn sync_telling(&self, phone: &Phone) -> (SyncReport, Vec<Asked>) {
        let open = phone.open().unwrap();
        self.hub.asked();
        let report = sync(&open, &self.hub.address).unwrap();
        open.close();
        (report, self.hub.asked())
    }
}

#[test]
fn a_chain_that_was_cut_goes_on_where_it_was_cut() {
    let chain = Chain::new();
    let whole = {
        let phone = chain.phone.twin().unwrap();
        let (outcome, to, asked) = chain.sync(&phone);
        assert_eq!((outcome, to), (Outcome::Updated, 65));
        let paths: Vec<_> = asked.iter().map(|it| it.path.as_str()).collect();
        assert_eq!(paths, ["head", HOPS[0], HOPS[1], HOPS[2]]);
        holds(phone.folder()).unwrap()
    };
    for (number, hop) in HOPS.into_iter().enumerate() {
        let bytes = chain.file(hop);
        for at in [1, 39, 40, 41, bytes.len() / 2, bytes.len() - 1] {
            chain.tell_honestly();
            let phone = chain.phone.twin().unwrap();
            chain.hub.tell(hop, Answer::Cut(bytes.clone(), at));
            assert_eq!(chain.sync(&phone).0, Outcome::Offline, "{hop} at {at}");
            chain.tell_honestly();
            let (outcome, to, again) = chain.sync(&phone);
            assert_eq!((outcome, to), (Outcome::Updated, 65), "{hop} at {at}");
            let mut expected = vec![asked("head", 0, chain.file("head").len())];
            if number > 0 {
                // The size of the first hop is not signed: that it is all here is what the hub has to say.
                expected.push(asked(HOPS[0], chain.file(HOPS[0]).len(), 0));
            }
            expected.push(asked(hop, at, bytes.len() - at));
            expected.extend(HOPS[number + 1..].iter().map(|it| asked(it, 0, chain.file(it).len())));
            assert_eq!(again, expected, "{hop} at {at}");
            assert!(holds(phone.folder()).unwrap() == whole, "{hop} at {at}");
            assert_eq!(parts(&phone), [] as [PathBuf; 0], "{hop} at {at}");
        }
    }
}

/// One hop of the chain lies: the whole is taken, and all in all no more travels than the chain and the whole; twice the whole where the
/// first hop lies, whose size is not signed.
#[test]
fn a_chain_one_of_whose_hops_lies_ends_with_the_whole_and_bounded_traffic() {
    let chain = Chain::new();
    let all: usize = ["head", "full/65.zst"].into_iter().chain(HOPS).map(|it| chain.file(it).len()).sum();
    let other = zstd::decode_all(chain.file("full/60.zst").as_slice()).unwrap();
    let unpacked = |bank: u64| zstd::decode_all(chain.file(&format!("full/{bank}.zst")).as_slice()).unwrap();
    let sixty_fourth = unpacked(64);
    for hop in HOPS {
        let honest = chain.file(hop);
        let mut bent = honest.clone();
        let last = bent.len() - 3;
        bent[last] ^= 0x41;
        // Of the size that was signed, where it was: what is wrong is inside.
        let fill = |mut bytes: Vec<u8>| {
            let room = honest.len().checked_sub(bytes.len() + 8);
            if let Some(room) = room {
                // A frame that zstd passes over.
                bytes.extend_from_slice(&[0x50, 0x2a, 0x4d, 0x18]);
                bytes.extend_from_slice(&(room as u32).to_le_bytes());
                bytes.extend(vec![0; room]);
            }
            bytes
        };
        let lies = [
            ("bent", bent),
            ("to another bank", fill(delta::pack(&sixty_fourth, &other[..other.len() / 9], 19).unwrap())),
            ("zeros", vec![0; honest.len()]),
            ("too long", vec![0; chain.file("full/65.zst").len() + 1]),
            ("too short", honest[..honest.len() - 1].to_vec()),
        ];
        for (what, lie) in lies {
            chain.tell_honestly();
            chain.hub.tell(hop, Answer::Bytes(lie));
            let phone = chain.phone.twin().unwrap();
            let (report, asked) = chain.sync_telling(&phone);
            assert_eq!((report.outcome, report.to), (Outcome::Updated, 65), "{hop} {what}");
            assert_eq!(asked.last().unwrap().path, "full/65.zst", "{hop} {what}");
            // What was offered beyond its signed size was not waited for.
            let most = if hop == HOPS[0] { all + chain.file("full/65.zst").len() } else { all };
            assert!(
                report.bytes <= most as u64 && asked.len() <= 5,
                "{hop} {what}: more than {most} bytes: {report:?}"
            );
            assert_eq!(parts(&phone), [] as [PathBuf; 0], "{hop} {what}");
        }
    }
}

/// A bank that was verified and not taken in before the power went is not fetched again.
#[test]
fn a_verified_bank_is_not_fetched_again() {
    let siege = Siege::begin().unwrap();
    let newest = siege.phone.twin().unwrap();
    let open = newest.open().unwrap();
    assert_eq!(siege.sync(&open).unwrap().to, 3);
    open.close();
    // As a kill leaves it: the third bank is kept, the second is in the database.
    let phone = siege.phone.twin().unwrap();
    copy(&newest.folder().join("kept"), &phone.folder().join("kept")).unwrap();
    copy_file(newest.folder(), phone.folder(), "family.db");
    let open = phone.open().unwrap();
    siege.hub.asked();
    let report = siege.sync(&open).unwrap();
    assert_eq!((report.outcome, report.to), (Outcome::Unchanged, 3));
    assert_eq!(siege.hub.asked().len(), 1);
}

fn copy_file(from: &Path, to: &Path, name: &str) {
    fs::copy(from.join(name), to.join(name)).unwrap();
}
