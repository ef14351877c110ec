//! Damaged, foreign and newer files: the bank comes back, what the family made is never lost or touched.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use otsupport_core::strategies::{Filter, Page, VariantChoice};
use otsupport_core::sync::{Outcome, Reason};
use otsupport_core::{HubError, Locked, Mended, SupportHub};
use otsupport_hub::embedded::EmbeddedHub;
use otsupport_tests::phone::{Phone, sync};

use otsupport_tests::site::{MORNING, Publisher};

struct Scene {
    publisher: Publisher,
    phone: Phone,
    /// How many strategies and resources the bank holds.
    items: usize,
}

impl Scene {
    /// A phone that synced once, saved one strategy, and is closed.
    fn new() -> Self {
        let publisher = Publisher::new().unwrap();
        let bank = publisher.publish(MORNING).unwrap();
        let phone = Phone::new(publisher.root().unwrap()).unwrap();
        let scene = Self { publisher, phone, items: bank.strategies + bank.resources };
        let served = EmbeddedHub::start(&scene.publisher.site()).unwrap();
        let hub = scene.phone.open().unwrap();
        sync(&hub, served.address()).unwrap();
        hub.save(&["seam-free-socks".parse().unwrap()]).unwrap();
        hub.close();
        scene
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.phone.folder().join(name)
    }
}

fn items(hub: &SupportHub) -> usize {
    hub.browse(&Filter::default(), Page::default()).unwrap().len()
}

fn garble(file: &Path) {
    let length = fs::metadata(file).unwrap().len() as usize;
    fs::write(file, b"not a database. ".repeat(length / 16 + 1)).unwrap();
}

fn offline(hub: &SupportHub) {
    assert_eq!(sync(hub, "http://127.0.0.1:1").unwrap().outcome, Outcome::Offline);
}

#[test]
fn a_damaged_bank_is_rebuilt_without_a_network_and_accepts_nothing_older() {
    let scene = Scene::new();
    let old = tempfile::tempdir().unwrap();
    otsupport_tests::site::copy(&scene.publisher.site(), old.path()).unwrap();
    scene
        .publisher
        .edit("strategies/sensory-touch/seam-free-socks.md", "title: Make", "title: Now make")
        .unwrap();
    scene.publisher.publish("2026-11-25T09:00:00Z").unwrap();
    let served = EmbeddedHub::start(&scene.publisher.site()).unwrap();
    sync(&scene.phone.open().unwrap(), served.address()).unwrap();
    drop(served);
    garble(&scene.file("content.db"));
    let hub = scene.phone.open().unwrap();
    assert_eq!(hub.mended(), [Mended::ContentRebuilt { whole: true }]);
    offline(&hub);
    assert_eq!((items(&hub), hub.storage().unwrap().version), (scene.items, 2));
    assert!(hub.saved().unwrap()[0].changed);
    let served = EmbeddedHub::start(old.path()).unwrap();
    let report = sync(&hub, served.address()).unwrap();
    assert_eq!((report.reason, report.to), (Some(Reason::Rollback), 2));
}

#[test]
fn a_bank_cut_short_or_removed_is_rebuilt() {
    for length in [None, Some(0), Some(1), Some(100), Some(4096), Some(50_000), Some(200_000)] {
        let scene = Scene::new();
        let file = scene.file("content.db");
        let bytes = fs::read(&file).unwrap();
        match length {
            None => fs::remove_file(&file).unwrap(),
            Some(length) => fs::write(&file, &bytes[..length]).unwrap(),
        }
        let hub = scene.phone.open().unwrap();
        offline(&hub);
        assert_eq!(items(&hub), scene.items, "{length:?}");
        assert_eq!(hub.saved().unwrap().len(), 1, "{length:?}");
        assert_eq!(hub.topics().unwrap().len(), 24, "{length:?}");
    }
}

#[test]
fn a_bank_that_is_damaged_while_it_is_open_is_rebuilt_by_the_next_reading() {
    let scene = Scene::new();
    let hub = scene.phone.open().unwrap();
    garble(&scene.file("content.db"));
    assert_eq!(items(&hub), scene.items);
}

#[test]
fn without_a_kept_snapshot_the_next_sync_brings_the_bank() {
    let scene = Scene::new();
    garble(&scene.file("content.db"));
    garble(&scene.file("kept/1.snapshot"));
    let hub = scene.phone.open().unwrap();
    assert_eq!(hub.mended(), [Mended::ContentRebuilt { whole: false }]);
    assert_eq!(items(&hub), 0);
    assert_eq!(hub.saved().unwrap()[0].title, "Make socks feel better");
    let served = EmbeddedHub::start(&scene.publisher.site()).unwrap();
    let report = sync(&hub, served.address()).unwrap();
    assert_eq!((report.outcome, report.to), (Outcome::Updated, 1));
    assert_eq!(items(&hub), scene.items);
}

#[test]
fn a_damaged_family_database_is_set_aside_byte_for_byte_and_told() {
    let scene = Scene::new();
    garble(&scene.file("family.db"));
    let bytes = fs::read(scene.file("family.db")).unwrap();
    let hub = scene.phone.open().unwrap();
    let damaged = scene.file("family.db.damaged-1");
    assert_eq!(hub.mended(), [Mended::FamilyQuarantined { file: damaged.clone(), salvaged: 0 }]);
    assert!(fs::read(&damaged).unwrap() == bytes);
    assert_eq!(items(&hub), scene.items);
    hub.save(&["pedals-off".parse().unwrap()]).unwrap();
    hub.close();
    garble(&scene.file("family.db"));
    let hub = scene.phone.open().unwrap();
    assert!(
        matches!(&hub.mended()[0], Mended::FamilyQuarantined { file, .. } if file.ends_with("family.db.damaged-2"))
    );
    assert!(fs::read(&damaged).unwrap() == bytes);
}

#[test]
fn what_can_be_read_of_a_damaged_family_database_is_carried_over() {
    let scene = Scene::new();
    let file = scene.file("family.db");
    let ids: Vec<_> =
        ["pedals-off", "short-pencil", "dough-workout", "now-and-next"].map(|it| it.parse().unwrap()).into();
    let hub = scene.phone.open().unwrap();
    hub.save(&ids).unwrap();
    hub.close();
    // The index of positions lies on a page of its own: without it every row is still there.
    let database = rusqlite::Connection::open(&file).unwrap();
    let page: usize = database
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_shelf_1'", [], |row| {
            row.get(0)
        })
        .unwrap();
    let size: usize = database.pragma_query_value(None, "page_size", |row| row.get(0)).unwrap();
    drop(database);
    let mut bytes = fs::read(&file).unwrap();
    bytes[(page - 1) * size..page * size].fill(0xaa);
    fs::write(&file, bytes).unwrap();
    let hub = scene.phone.open().unwrap();
    let damaged = scene.file("family.db.damaged-1");
    assert_eq!(hub.mended(), [Mended::FamilyQuarantined { file: damaged, salvaged: 5 }]);
    assert_eq!(hub.saved().unwrap().len(), 5);
}

#[test]
fn a_newer_schema_is_refused_and_not_touched() {
    for name in ["content.db", "family.db"] {
        let scene = Scene::new();
        let file = scene.file(name);
        let database = rusqlite::Connection::open(&file).unwrap();
        database.pragma_update(None, "user_version", 99).unwrap();
        database.close().unwrap();
        let bytes = fs::read(&file).unwrap();
        assert!(matches!(scene.phone.open(), Err(HubError::NeedsUpdate { .. })), "{name}");
        assert!(fs::read(&file).unwrap() == bytes, "{name}");
    }
}

#[test]
fn another_key_is_refused_and_nothing_is_touched() {
    let mut scene = Scene::new();
    let bytes = fs::read(scene.file("family.db")).unwrap();
    scene.phone.key = 8;
    let hub = scene.phone.open().unwrap();
    assert_eq!(hub.locked(), Some(Locked::WrongKey));
    assert!(matches!(hub.saved(), Err(HubError::WrongKey { code }) if code == "wrong-key"));
    assert!(hub.save(&["pedals-off".parse().unwrap()]).is_err());
    // A family whose key is lost reads and searches as before.
    assert_eq!(items(&hub), scene.items);
    assert!(!hub.show(&"seam-free-socks".parse().unwrap(), &VariantChoice::default()).unwrap().saved);
    hub.close();
    assert!(fs::read(scene.file("family.db")).unwrap() == bytes);
    scene.phone.key = 7;
    assert_eq!(scene.phone.open().unwrap().saved().unwrap().len(), 1);
}

#[test]
fn what_the_family_saved_is_noise_without_the_key() {
    let scene = Scene::new();
    for entry in fs::read_dir(scene.phone.folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_str().unwrap().starts_with("family") {
            let bytes = fs::read(&path).unwrap();
            assert!(!bytes.windows(22).any(|it| it == b"Make socks feel better"), "{}", path.display());
        }
    }
}
