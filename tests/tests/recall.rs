//! A withdrawal works as soon as its signed news is here, whether or not its bank can be had.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;

use otsupport_core::SupportHub;
use otsupport_core::reminders::planner::NotificationKind;
use otsupport_core::strategies::{
    Currency, Day, Filter, Page, PracticeResult, Search, SignpostRequest, TryRequest, VariantChoice,
};
use otsupport_core::sync::{Outcome, Reason};
use otsupport_core::wire::snapshot::ReviewStatus;
use otsupport_tests::content_folder::small;
use otsupport_tests::hostile_hub::{Answer, HostileHub};
use otsupport_tests::household::{code, id, went};
use otsupport_tests::phone::{Phone, sync};
use otsupport_tests::site::{MORNING, Publisher};

const BUTTONS: &str = "strategies/dressing/big-buttons.md";
const EVENING: &str = "2026-11-25T18:00:00Z";

/// A phone that holds bank 1 and keeps a strategy in every way, and a hub that tells whatever it is told.
struct Scene {
    publisher: Publisher,
    hub: HostileHub,
    phone: Phone,
    open: SupportHub,
}

impl Scene {
    fn new() -> Self {
        let publisher = small().unwrap();
        publisher.publish(MORNING).unwrap();
        let hub = HostileHub::start().unwrap();
        let mut phone = Phone::new(publisher.root().unwrap()).unwrap();
        phone.now = EVENING.to_owned();
        let open = phone.open().unwrap();
        let scene = Self { publisher, hub, phone, open };
        scene.tell(&["head", "full/1.zst"]);
        assert_eq!(scene.sync(), (Outcome::Updated, None, 1));
        let item = id("big-buttons");
        scene.open.save(&[item.clone(), id("coat-flip")]).unwrap();
        let days = [Day::Mon, Day::Fri].into();
        scene.open.try_this_week(&TryRequest { item: item.clone(), profile: None, days }).unwrap();
        scene.open.log(&went("big-buttons", PracticeResult::Helped)).unwrap();
        scene
    }

    /// Answers these files of the site, and nothing else.
    fn tell(&self, files: &[&str]) {
        for file in files {
            let bytes = fs::read(self.publisher.site().join(file)).unwrap();
            self.hub.tell(file, Answer::Bytes(bytes));
        }
    }

    fn sync(&self) -> (Outcome, Option<Reason>, u64) {
        let report = sync(&self.open, &self.hub.address).unwrap();
        (report.outcome, report.reason, report.to)
    }

    fn withdraw(&self) {
        self.publisher.relink("big-buttons", "coat-flip").unwrap();
        // An item does not point to itself.
        let flip = self.publisher.content().join("strategies/dressing/coat-flip.md");
        let text = fs::read_to_string(&flip).unwrap();
        fs::write(&flip, text.replace(" See [big buttons](coat-flip) too.", "")).unwrap();
        self.publisher
            .edit(
                BUTTONS,
                "review: {status: reviewed, author: A team, reviewer: B lead, reviewed: 2026-01-31, next: 2027-01-31}",
                "review: {status: withdrawn, author: A team}\nwithdrawn: {on: 2026-11-25, reason: A button came off., instead: coat-flip}",
            )
            .unwrap();
        self.publisher.publish("2026-11-25T09:00:00Z").unwrap();
    }

    fn is_withdrawn(&self, hub: &SupportHub, what: &str) {
        let item = id("big-buttons");
        let search = Search { words: "big buttons".to_owned(), ..Search::default() };
        let found = hub.search(&search).unwrap();
        assert!(found.results.iter().all(|it| it.id != item), "{what}: found");
        let cards = hub.browse(&Filter::default(), Page::default()).unwrap();
        assert!(cards.iter().all(|it| it.id != item) && !cards.is_empty(), "{what}: listed");
        let shown = hub.show(&item, &VariantChoice::default()).unwrap();
        assert_eq!(shown.currency, Currency::Withdrawn, "{what}");
        assert!(shown.sections.is_empty() && shown.media.is_empty(), "{what}: advice is left");
        let says = |status: &ReviewStatus| match status {
            ReviewStatus::Withdrawn { on, reason, instead } => {
                assert_eq!(on.to_string(), "2026-11-25");
                assert_eq!(reason, "A button came off.");
                assert_eq!(instead.as_ref().unwrap().as_str(), "coat-flip");
            }
            other => panic!("{what}: {other:?}"),
        };
        says(&shown.review.status);
        let saved = hub.saved().unwrap();
        assert_eq!(saved.len(), 2, "{what}: its place stays");
        says(&saved[0].review.as_ref().unwrap().status);
        let plan = &hub.week().unwrap().plans[0];
        assert_eq!(plan.currency, Currency::Withdrawn, "{what}");
        says(&plan.review.as_ref().unwrap().status);
        let request = TryRequest { item: item.clone(), profile: None, days: [Day::Tue].into() };
        assert_eq!(code(hub.try_this_week(&request)), "invalid-withdrawn", "{what}");
        let hub_address = "https://hub.example".to_owned();
        let signpost =
            SignpostRequest { items: vec![item.clone()], site: hub_address, ..SignpostRequest::default() };
        assert_eq!(code(hub.signpost(&signpost)), "invalid-withdrawn", "{what}");
        let record = hub.record_html(&Default::default()).unwrap();
        assert!(record.contains("Big buttons first") && !record.contains("Push it through"), "{what}");
        assert_eq!(hub.storage().unwrap().items, 2, "{what}");
        let notices = hub.notices().unwrap();
        assert_eq!(notices.len(), 1, "{what}: one notice");
        assert_eq!(
            (notices[0].kind, notices[0].items.as_slice()),
            (NotificationKind::Recall, &[item][..]),
            "{what}"
        );
        assert_eq!(notices[0].at.to_rfc3339(), "2026-11-25T18:00:00+00:00", "{what}");
    }
}

#[test]
fn what_was_withdrawn_is_no_advice_although_its_bank_cannot_be_had() {
    let scene = Scene::new();
    assert!(scene.open.notices().unwrap().is_empty());
    assert!(!scene.open.service().unwrap().may_have_changed);
    let before = fs::read(scene.publisher.site().join("head")).unwrap();
    scene.withdraw();
    scene.tell(&["head"]);
    assert_eq!(scene.sync(), (Outcome::Offline, Some(Reason::HubDown), 1));
    scene.is_withdrawn(&scene.open, "by the news alone");
    // The rest of the bank is as it was, and says that it may have changed.
    assert!(scene.open.service().unwrap().may_have_changed);
    let other = scene.open.show(&id("coat-flip"), &VariantChoice::default()).unwrap();
    assert!(other.may_have_changed && !other.sections.is_empty());
    assert_eq!(scene.sync(), (Outcome::Offline, Some(Reason::HubDown), 1));
    scene.is_withdrawn(&scene.open, "asked again");
    scene.open.close();
    let open = scene.phone.open().unwrap();
    scene.is_withdrawn(&open, "opened again");
    open.close();
    fs::write(scene.phone.folder().join("content.db"), b"damaged").unwrap();
    let open = scene.phone.open().unwrap();
    scene.is_withdrawn(&open, "rebuilt from the bank before");
    assert!(open.service().unwrap().may_have_changed);
    // Whoever hides the news afterwards is found out.
    scene.hub.tell("head", Answer::Bytes(before));
    let report = sync(&open, &scene.hub.address).unwrap();
    assert_eq!((report.reason, report.to), (Some(Reason::Rollback), 1));
    scene.is_withdrawn(&open, "after a replay");
    scene.tell(&["head", "full/2.zst"]);
    let report = sync(&open, &scene.hub.address).unwrap();
    assert_eq!((report.outcome, report.to), (Outcome::Updated, 2));
    scene.is_withdrawn(&open, "with its bank");
    assert!(!open.service().unwrap().may_have_changed);
}

#[test]
fn what_is_given_again_is_advice_again() {
    let scene = Scene::new();
    scene.withdraw();
    scene.tell(&["head"]);
    scene.sync();
    scene.is_withdrawn(&scene.open, "by the news alone");
    scene
        .publisher
        .edit(
            BUTTONS,
            "review: {status: withdrawn, author: A team}\nwithdrawn: {on: 2026-11-25, reason: A button came off., instead: coat-flip}",
            "review: {status: reviewed, author: A team, reviewer: B lead, reviewed: 2026-11-26, next: 2027-01-31}",
        )
        .unwrap();
    scene.publisher.publish("2026-11-26T09:00:00Z").unwrap();
    scene.tell(&["head", "full/3.zst", "delta/1-3.dcz"]);
    assert_eq!(scene.sync(), (Outcome::Updated, None, 3));
    let search = Search { words: "big buttons".to_owned(), ..Search::default() };
    assert_eq!(scene.open.search(&search).unwrap().results[0].id, id("big-buttons"));
    let shown = scene.open.show(&id("big-buttons"), &VariantChoice::default()).unwrap();
    assert!(shown.saved && !shown.sections.is_empty());
}

#[test]
fn a_family_that_kept_nothing_of_it_is_told_nothing() {
    let scene = Scene::new();
    scene.open.unsave(&[id("big-buttons")]).unwrap();
    scene.open.stop_trying(&id("big-buttons"), None).unwrap();
    scene.withdraw();
    scene.tell(&["head", "full/2.zst", "delta/1-2.dcz"]);
    assert_eq!(scene.sync(), (Outcome::Updated, None, 2));
    assert!(scene.open.notices().unwrap().is_empty());
    let logged =
        &scene.open.entries("2026-11-01".parse().unwrap(), "2026-11-30".parse().unwrap()).unwrap()[0];
    assert_eq!(logged.title, "Big buttons first", "what was written down stays");
}

#[test]
fn a_locked_family_is_told_when_it_opens() {
    let mut scene = Scene::new();
    scene.open.close();
    scene.phone.key = 8;
    scene.open = scene.phone.open().unwrap();
    assert!(scene.open.locked().is_some());
    scene.withdraw();
    scene.tell(&["head"]);
    scene.sync();
    assert!(
        scene
            .open
            .search(&Search { words: "big buttons".to_owned(), ..Search::default() })
            .unwrap()
            .results
            .iter()
            .all(|it| it.id != id("big-buttons"))
    );
    scene.open.close();
    scene.phone.key = 7;
    scene.open = scene.phone.open().unwrap();
    scene.is_withdrawn(&scene.open, "opened with its key");
}

#[test]
fn recalls_stand_in_the_head_for_ninety_days_and_cost_nothing_without_any() {
    let scene = Scene::new();
    let recalls = |scene: &Scene| -> Vec<String> {
        scene.publisher.verified().unwrap().news.recalls.keys().map(ToString::to_string).collect()
    };
    // The small bank begins with a withdrawn item.
    assert_eq!(recalls(&scene), ["late-games"]);
    scene.withdraw();
    assert_eq!(recalls(&scene), ["big-buttons", "late-games"]);
    for day in 1..=18 {
        scene.publisher.edit("strategies/dressing/coat-flip.md", "3. ", "3. Now. ").unwrap();
        scene.publisher.publish(&format!("2027-02-{day:02}T09:00:00Z")).unwrap();
    }
    assert_eq!(recalls(&scene), ["big-buttons"], "the other was withdrawn more than ninety days ago");
    scene.publisher.publish("2027-02-24T09:00:00Z").unwrap();
    assert!(recalls(&scene).is_empty());
}
