//! What the family's database held can be lost in part or whole. What is left still works, and an old bank is still old.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::PathBuf;

use otsupport_core::strategies::{Filter, Page, VariantChoice};
use otsupport_core::sync::{Outcome, Reason};
use otsupport_core::wire::ItemId;
use otsupport_core::{HubError, Mended, SupportHub};
use otsupport_hub::embedded::EmbeddedHub;
use otsupport_tests::content_folder::{Edit, edit, small};
use otsupport_tests::phone::{Phone, sync};
use otsupport_tests::site::{MORNING, Publisher, copy};
use rusqlite::Connection;
use tempfile::TempDir;

/// A phone that holds the second bank and saved three of its items, a hub that offers it, and the first bank's site.
struct Scene {
    publisher: Publisher,
    first: TempDir,
    phone: Phone,
}

impl Scene {
    fn new() -> Self {
        let publisher = small().unwrap();
        publisher.publish(MORNING).unwrap();
        let first = tempfile::tempdir().unwrap();
        copy(&publisher.site(), first.path()).unwrap();
        edit(
            &publisher,
            &[Edit::Swap("strategies/dressing/coat-flip.md", "3. Flip it up.", "3. Flip it over.")],
        )
        .unwrap();
        publisher.publish("2026-11-25T09:00:00Z").unwrap();
        let phone = Phone::new(publisher.root().unwrap()).unwrap();
        let served = EmbeddedHub::start(&publisher.site()).unwrap();
        let hub = phone.open().unwrap();
        assert_eq!(sync(&hub, served.address()).unwrap().to, 2);
        hub.save(&ids()).unwrap();
        hub.close();
        Self { publisher, first, phone }
    }

    fn file(&self) -> PathBuf {
        self.phone.folder().join("family.db")
    }
}

fn ids() -> [ItemId; 3] {
    ["coat-flip", "big-buttons", "teacher-notes"].map(|it| it.parse().unwrap())
}

fn shelf(hub: &SupportHub) -> Vec<String> {
    hub.saved().unwrap().iter().map(|it| it.id.to_string()).collect()
}

#[test]
fn with_the_family_database_lost_an_older_bank_is_still_refused() {
    let scene = Scene::new();
    fs::write(scene.file(), "no database ".repeat(4000)).unwrap();
    let hub = scene.phone.open().unwrap();
    assert!(matches!(hub.mended(), [Mended::FamilyQuarantined { .. }]), "{:?}", hub.mended());
    let served = EmbeddedHub::start(scene.first.path()).unwrap();
    let report = sync(&hub, served.address()).unwrap();
    assert_eq!((report.outcome, report.reason, report.to), (Outcome::Refused, Some(Reason::Rollback), 2));
}

#[test]
fn with_the_family_database_lost_the_bank_can_still_be_rebuilt() {
    let scene = Scene::new();
    fs::write(scene.file(), "no database ".repeat(4000)).unwrap();
    scene.phone.open().unwrap().close();
    fs::write(scene.phone.folder().join("content.db"), "no database ".repeat(4000)).unwrap();
    let hub = scene.phone.open().unwrap();
    assert_eq!(hub.storage().unwrap().version, 2, "{:?}", hub.mended());
}

#[test]
fn with_both_databases_lost_the_hub_brings_the_bank() {
    let scene = Scene::new();
    for name in ["family.db", "content.db"] {
        fs::write(scene.phone.folder().join(name), "no database ".repeat(4000)).unwrap();
    }
    let hub = scene.phone.open().unwrap();
    assert_eq!(hub.mended().len(), 2, "{:?}", hub.mended());
    let served = EmbeddedHub::start(&scene.publisher.site()).unwrap();
    assert_eq!(sync(&hub, served.address()).unwrap().to, 2);
    assert_eq!(hub.browse(&Filter::default(), Page::default()).unwrap().len(), 3);
}

/// One sealed row that no longer opens is one row lost, not the shelf.
#[test]
fn a_saved_row_that_no_longer_opens_leaves_the_others_readable() {
    let scene = Scene::new();
    let database = Connection::open(scene.file()).unwrap();
    let (id, mut sealed): (String, Vec<u8>) = database
        .query_row("SELECT id, seen FROM shelf WHERE position = 2", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    let last = sealed.len() - 1;
    sealed[last] ^= 1;
    database.execute("UPDATE shelf SET seen = ?1 WHERE id = ?2", (sealed, &id)).unwrap();
    database.close().unwrap();
    let hub = scene.phone.open().unwrap();
    let saved = hub.saved();
    let listed = saved.as_ref().map(|it| it.iter().map(|it| it.id.as_str()).collect::<Vec<_>>());
    let whole = |ids: &[&str]| ids.contains(&"coat-flip") && ids.contains(&"teacher-notes");
    assert!(listed.as_ref().is_ok_and(|it| whole(it)), "{listed:?}");
}

/// Rows behind a damaged one are as readable as those before it.
#[test]
fn every_row_that_can_be_read_is_carried_over_not_only_those_before_the_damage() {
    for position in 1..=3 {
        let scene = Scene::new();
        let file = scene.file();
        let database = Connection::open(&file).unwrap();
        // A long sealed text has pages of its own: break the chain of one.
        database.execute("UPDATE shelf SET seen = zeroblob(40000) WHERE position = ?1", [position]).unwrap();
        let size: usize = database.pragma_query_value(None, "page_size", |row| row.get(0)).unwrap();
        database.pragma_update(None, "journal_mode", "DELETE").unwrap();
        database.close().unwrap();
        let mut bytes = fs::read(&file).unwrap();
        let pages = bytes.len() / size;
        // Each page of the chain names the next: let one name a page far outside.
        let links = |page: &[u8]| page[..4] != [0; 4] && page[4..].iter().all(|it| *it == 0);
        let page = (0..pages).find(|page| links(&bytes[page * size..(page + 1) * size])).unwrap();
        bytes[page * size..page * size + 4].fill(0x7f);
        fs::write(&file, bytes).unwrap();
        let hub = scene.phone.open().unwrap();
        let [Mended::FamilyQuarantined { salvaged, .. }] = hub.mended() else {
            panic!("position {position}: {:?}", hub.mended());
        };
        assert_eq!(*salvaged, 2, "the damaged row stood at {position}");
        assert_eq!(shelf(&hub).len(), 2);
    }
}

#[test]
fn a_damaged_family_database_and_another_key_lose_nothing() {
    let mut scene = Scene::new();
    let database = Connection::open(scene.file()).unwrap();
    let page: usize = database
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_shelf_1'", [], |row| {
            row.get(0)
        })
        .unwrap();
    let size: usize = database.pragma_query_value(None, "page_size", |row| row.get(0)).unwrap();
    database.close().unwrap();
    let mut bytes = fs::read(scene.file()).unwrap();
    bytes[(page - 1) * size..page * size].fill(0xaa);
    fs::write(scene.file(), &bytes).unwrap();
    scene.phone.key = 8;
    // Whether it is refused or set aside: the right key opens everything again afterwards.
    match scene.phone.open() {
        Err(error) => assert!(matches!(error, HubError::WrongKey { .. }), "{error}"),
        Ok(hub) => hub.close(),
    }
    scene.phone.key = 7;
    let saved = scene.phone.open().and_then(|hub| hub.saved());
    assert_eq!(saved.map(|it| it.len()), Ok(3));
}

/// What goes wrong in the family's database while the app is open is told as such: the bank is not thrown away for it.
#[test]
fn a_family_database_that_is_damaged_while_it_is_open_costs_the_bank_nothing() {
    let scene = Scene::new();
    let hub = scene.phone.open().unwrap();
    let other = Connection::open(scene.file()).unwrap();
    other.execute_batch("DROP TABLE shelf").unwrap();
    // Without what it could be rebuilt from, a bank that was thrown away would be gone.
    fs::remove_dir_all(scene.phone.folder().join("kept")).unwrap();
    fs::create_dir(scene.phone.folder().join("kept")).unwrap();
    assert!(matches!(hub.saved(), Err(HubError::Storage { .. })));
    assert!(hub.show(&ids()[0], &VariantChoice::default()).is_err());
    assert_eq!(hub.browse(&Filter::default(), Page::default()).unwrap().len(), 3);
}
