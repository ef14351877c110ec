//! What the fuzzer began with and what it found holds in every ordinary run, without a fuzzer.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use otsupport_tests::network_bytes::TARGETS;

fn place(below: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(below)
}

fn listed(folder: &Path) -> BTreeSet<PathBuf> {
    fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect()
}

#[test]
fn every_target_has_a_corpus() {
    let folders: BTreeSet<_> = listed(&place("fuzz/corpus"))
        .iter()
        .map(|it| it.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(folders, TARGETS.iter().map(|it| it.name.to_owned()).collect());
}

#[test]
fn what_has_to_hold_of_any_bytes_holds_of_the_corpus() {
    for target in TARGETS {
        let (mut taken, mut refused) = (0, 0);
        for path in listed(&place("fuzz/corpus").join(target.name)) {
            println!("{}", path.display());
            let count = if (target.check)(&fs::read(&path).unwrap()) { &mut taken } else { &mut refused };
            *count += 1;
        }
        assert!(
            taken > 0,
            "{}: nothing is taken; has its format changed? See src/bin/fuzz_seeds.rs",
            target.name
        );
        assert!(refused > 0, "{}: nothing is refused", target.name);
    }
}

#[test]
fn hardly_any_bytes_are_no_trouble() {
    for target in TARGETS {
        assert!(!(target.check)(b""), "{}", target.name);
        for byte in 0..=u8::MAX {
            assert!(!(target.check)(&[byte]), "{}", target.name);
        }
    }
}
