//! What the fuzzer began with and what it found holds in every ordinary run, without a fuzzer.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
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

/// The fuzzer has a lock file of its own, which nothing else would bring up to date.
#[test]
fn the_fuzzer_reads_with_the_libraries_that_ship() {
    let (ours, fuzzed) = (locked("../Cargo.lock"), locked("fuzz/Cargo.lock"));
    let renew = "copy Cargo.lock to tests/fuzz and run `cargo fetch` there";
    for (name, packages) in &fuzzed {
        let versions = |it: &[Package]| it.iter().map(|it| it.version.clone()).collect::<BTreeSet<_>>();
        let shipped = ours.get(name).is_none_or(|it| versions(it).is_superset(&versions(packages)));
        assert!(shipped, "{name}: {renew}");
    }
    let mut left_out = ours["otsupport-wire"][0].uses.clone();
    left_out.retain(|it| !fuzzed["otsupport-wire"][0].uses.contains(it));
    // What only tests use, and the feature `other-schemes`, which no phone has.
    assert_eq!(left_out, ["proptest", "ring", "spki"], "{renew}");
}

struct Package {
    version: String,
    uses: Vec<String>,
}

/// The packages of a lock file by name.
fn locked(file: &str) -> BTreeMap<String, Vec<Package>> {
    let mut packages: BTreeMap<String, Vec<Package>> = BTreeMap::new();
    for package in fs::read_to_string(place(file)).unwrap().split("[[package]]").skip(1) {
        let said = |key: &str| package.lines().find_map(|it| it.strip_prefix(key)).unwrap().trim_matches('"');
        let uses = package.lines().filter_map(|it| it.strip_prefix(" \"")?.split(['"', ' ']).next());
        let (name, version) = (said("name = ").to_owned(), said("version = ").to_owned());
        packages.entry(name).or_default().push(Package { version, uses: uses.map(str::to_owned).collect() });
    }
    packages
}
