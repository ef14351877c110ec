//! Every schema of `family.db` that was ever on main opens with its data, and then equals a fresh one.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use otsupport_core::platform::{GivenKey, Platform};
use otsupport_core::{FamilyKey, OpenOptions, SupportHub};
use rusqlite::Connection;

/// Dumps of `family.db`, made by `sqlite3 family.db .dump` and the number of their schema. The key is 32 times 7.
fn dumps() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/schema");
    let mut dumps: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    dumps.sort();
    dumps
}

fn open(folder: &Path) -> SupportHub {
    let platform = Platform::with_key(Arc::new(GivenKey(FamilyKey::from_bytes(&[7; 32]).unwrap())));
    SupportHub::open(OpenOptions { folder: folder.to_owned(), root: None, seed: None }, platform).unwrap()
}

fn schema(folder: &Path) -> (i64, Vec<String>) {
    let database = Connection::open(folder.join("family.db")).unwrap();
    let version = database.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    let mut statement =
        database.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name").unwrap();
    let tables = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    (version, tables)
}

/// What a dump holds besides the two saved strategies, as far as its schema could.
fn of_schema(dump: &Path) -> &'static [&'static str] {
    if dump.ends_with("family-1.sql") {
        return &["2026-11-24T09:00:00Z"];
    }
    &["Mornings", "2021-05", "Grandad", "She cried, so we stopped.", "school", "c2VhbGVk", "\"wed\""]
}

#[test]
fn every_shipped_family_schema_opens_with_its_data_and_equals_a_fresh_one() {
    let fresh = tempfile::tempdir().unwrap();
    open(fresh.path()).close();
    let dumps = dumps();
    assert!(!dumps.is_empty());
    for dump in dumps {
        let folder = tempfile::tempdir().unwrap();
        let old = Connection::open(folder.path().join("family.db")).unwrap();
        old.execute_batch(&std::fs::read_to_string(&dump).unwrap()).unwrap();
        drop(old);
        let hub = open(folder.path());
        let saved: Vec<String> = hub.saved().unwrap().iter().map(|it| it.title.clone()).collect();
        assert_eq!(saved, ["Make socks feel better", "Take the pedals off"], "{}", dump.display());
        let kept = String::from_utf8(hub.plain_copy().unwrap().to_vec()).unwrap();
        for words in of_schema(&dump) {
            assert!(kept.contains(words), "{words} of {}", dump.display());
        }
        // Closing folds the log in; opened again, everything is still there.
        hub.close();
        assert_eq!(*open(folder.path()).plain_copy().unwrap(), *kept.as_bytes(), "{}", dump.display());
        assert_eq!(schema(folder.path()), schema(fresh.path()), "{}", dump.display());
    }
}

#[test]
fn the_newest_family_schema_has_its_dump() {
    let fresh = tempfile::tempdir().unwrap();
    open(fresh.path()).close();
    let (version, _) = schema(fresh.path());
    assert!(dumps().iter().any(|it| it.ends_with(format!("family-{version}.sql"))));
}
