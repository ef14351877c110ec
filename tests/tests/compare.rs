//! What changed between two snapshots: all of it, nothing else, and nothing that reading the new one would have refused.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;

use otsupport_tests::content_folder::small;
use otsupport_tests::generated_bank;
use otsupport_tests::seeded::Seeded;
use otsupport_tests::site::MORNING;
use otsupport_wire::snapshot::{
    Change, Comparison, Key, Limits, Piece, ReadError, Record, Snapshot, compare, read, write,
};
use proptest::prelude::*;

fn bytes(bank: &Snapshot) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(bank, &mut bytes).unwrap();
    bytes
}

type Records = BTreeMap<(u8, Key), (Record, String)>;

fn section(record: &Record) -> u8 {
    match record {
        Record::Service(_) => 0,
        Record::Topic(_) => 1,
        Record::Words(_) => 2,
        Record::Strategy(_) => 3,
        Record::Resource(_) => 4,
        Record::Event(_) => 5,
        Record::Media(_) => 6,
        Record::Picture(_) => 7,
    }
}

fn records(bytes: &[u8]) -> Records {
    let mut records = Records::new();
    read::<ReadError>(bytes, &Limits::default(), |record, json| {
        records.insert((section(&record), record.key()), (record, json.to_owned()));
        Ok(())
    })
    .unwrap();
    records
}

fn compared(old: &[u8], new: &[u8]) -> Comparison {
    compare(old, new, &Limits::default()).unwrap().unwrap()
}

/// Holds a comparison against both snapshots, read whole.
fn check(old: &[u8], new: &[u8]) {
    let comparison = compared(old, new);
    let rebuilt: Vec<u8> = comparison
        .pieces
        .iter()
        .flat_map(|piece| match piece {
            Piece::Old(at) => &old[at.clone()],
            Piece::New(at) => &new[at.clone()],
        })
        .copied()
        .collect();
    assert!(rebuilt == new, "the pieces are not the new snapshot");
    let (mut there, after) = (records(old), records(new));
    let differ = there.iter().filter(|(key, it)| after.get(*key) != Some(it)).map(|(key, _)| key);
    let mut differ: Vec<_> =
        differ.chain(after.keys().filter(|it| !there.contains_key(*it))).cloned().collect();
    differ.sort();
    let mut told: Vec<_> = comparison
        .changes
        .iter()
        .map(|it| match it {
            Change::Put(it, _) | Change::Removed(it) => (section(it), it.key()),
        })
        .collect();
    let in_order = told.is_sorted();
    told.sort();
    assert_eq!(told, differ);
    assert!(in_order, "the changes are not in the order of the file");
    for change in comparison.changes {
        match change {
            Change::Removed(it) => drop(there.remove(&(section(&it), it.key())).unwrap()),
            Change::Put(it, at) => {
                let json = String::from_utf8(new[at].to_vec()).unwrap();
                there.insert((section(&it), it.key()), (it, json));
            }
        }
    }
    assert!(there == after);
}

/// Some edits of any kind in any section, by chance.
fn edited(mut bank: Snapshot, chance: &mut Seeded, edits: u64) -> Snapshot {
    bank.version.0 += 1;
    for _ in 0..edits {
        let at = chance.number() as usize % bank.strategies.len();
        match chance.number() % 8 {
            0 => drop(bank.strategies.remove(at)),
            1 => bank.strategies[at].title.push('!'),
            2 | 3 => {
                let mut new = bank.strategies[at].clone();
                new.id = format!("{}-{}", new.id, chance.number() % 1000).parse().unwrap();
                if !bank.strategies.iter().any(|it| it.id == new.id) {
                    bank.strategies.push(new);
                }
            }
            4 => bank.service.name.push('x'),
            5 if !bank.topics.is_empty() => drop(bank.topics.pop()),
            6 => {
                let it = bank.strategies[at].clone();
                if !bank.resources.iter().any(|there| there.id == it.id) {
                    bank.resources.push(it);
                }
            }
            _ => bank.strategies[at].keywords.push("more".to_owned()),
        }
    }
    bank
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_comparison_tells_all_that_changed_and_nothing_else(seed: u64, size in 4usize..40, edits in 0u64..12) {
        let mut chance = Seeded(seed);
        let old = generated_bank::bank(size, seed).unwrap();
        let new = edited(old.clone(), &mut chance, edits);
        check(&bytes(&old), &bytes(&new));
        check(&bytes(&new), &bytes(&old));
    }

    #[test]
    fn what_reading_would_refuse_is_refused(seed: u64, flips in prop::collection::vec((any::<u32>(), any::<u8>()), 1..3)) {
        let old = bytes(&generated_bank::bank(5, seed).unwrap());
        let mut new = old.clone();
        for (at, byte) in flips {
            let at = at as usize % new.len();
            new[at] = byte;
        }
        same_verdict(&old, &new);
    }

    #[test]
    fn lines_that_moved_are_refused_as_reading_would(seed: u64, from: u16, to: u16, twice: bool) {
        let old = bytes(&generated_bank::bank(12, seed).unwrap());
        let mut lines: Vec<&[u8]> = old.split_inclusive(|it| *it == b'\n').collect();
        let (from, to) = (from as usize % lines.len(), to as usize % lines.len());
        let line = if twice { lines[from] } else { lines.remove(from) };
        lines.insert(to.min(lines.len()), line);
        same_verdict(&old, &lines.concat());
    }
}

/// A new snapshot is refused if and only if reading it would refuse it.
fn same_verdict(old: &[u8], new: &[u8]) {
    let whole = read::<ReadError>(new, &Limits::default(), |_, _| Ok(()));
    match (compare(old, new, &Limits::default()), whole) {
        (Ok(Some(_)), Ok(_)) => check(old, new),
        // It is to be read whole.
        (Ok(None), _) | (Err(_), Err(_)) => {}
        (here, whole) => panic!("{here:?} but {whole:?}"),
    }
}

#[test]
fn a_bank_as_published_is_compared_and_a_cut_one_refused() {
    let publisher = small().unwrap();
    publisher.publish(MORNING).unwrap();
    let packed = std::fs::read(publisher.site().join("full/1.zst")).unwrap();
    let old = zstd::decode_all(packed.as_slice()).unwrap();
    check(&old, &old);
    assert!(compared(&old, &old).changes.is_empty());
    for length in 0..old.len() {
        assert!(compare(&old, &old[..length], &Limits::default()).is_err(), "{length}");
    }
    let longer = [old.as_slice(), b"end 1\n"].concat();
    assert!(compare(&old, &longer, &Limits::default()).is_err());
}

#[test]
fn a_newer_format_is_to_be_read_whole() {
    let old = bytes(&generated_bank::bank(3, 1).unwrap());
    let text = String::from_utf8(old.clone()).unwrap();
    let newer = text.replacen("otsupport-snapshot 1.1", "otsupport-snapshot 1.9", 1);
    assert_eq!(compare(&old, newer.as_bytes(), &Limits::default()).unwrap(), None);
    assert_eq!(compare(newer.as_bytes(), &old, &Limits::default()).unwrap(), None);
}

#[test]
fn limits_hold_for_what_differs() {
    let old = generated_bank::bank(6, 1).unwrap();
    let mut new = old.clone();
    new.strategies[3].title = "x".repeat(5000);
    let (old, new) = (bytes(&old), bytes(&new));
    let line = Limits { line: 4000, ..Limits::default() };
    assert!(matches!(compare(&old, &new, &line), Err(ReadError::LineTooLong(_))));
    let records = Limits { records: 5, ..Limits::default() };
    assert!(matches!(compare(&old, &new, &records), Err(ReadError::TooMany(_))));
}
