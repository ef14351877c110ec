//! How much room sound, photographs and papers take, what goes and what stays, and what comes by itself.
#![allow(clippy::unwrap_used)]

use std::fs;

use otsupport_core::SupportHub;
use otsupport_core::strategies::{KeepMedia, MediaBudget};
use otsupport_core::sync::{MediaSizes, Outcome, Reason};
use otsupport_core::wire::Sha256;
use otsupport_tests::blob_hub::BlobHub;
use otsupport_tests::household::{code, id};
use otsupport_tests::media::{
    fetch, fetch_wanted, file, folder, noise, opened, phone_of, shown, whole, with_papers,
};
use otsupport_tests::phone::Phone;
use otsupport_tests::site::Publisher;

const COAT: &str = "coat-flip";
const BUTTONS: &str = "big-buttons";
const CHART: &str = "teacher-notes";
const PAPERS: [(&str, &str); 3] =
    [(COAT, "media/coat.pdf"), (BUTTONS, "media/buttons.pdf"), (CHART, "media/chart.pdf")];

/// A phone whose bank has three papers of 40, 30 and 20 KB.
struct Setting {
    publisher: Publisher,
    phone: Phone,
    blobs: BlobHub,
    papers: [Vec<u8>; 3],
}

impl Setting {
    fn new() -> Self {
        let papers = [noise(40_000, 1), noise(30_000, 2), noise(20_000, 3)];
        let publisher = with_papers(&papers[0], &papers[1], &papers[2]).unwrap();
        let phone = phone_of(&publisher).unwrap();
        let blobs = BlobHub::start().unwrap();
        for bytes in &papers {
            blobs.serve(bytes);
        }
        Self { publisher, phone, blobs, papers }
    }

    /// The hub at this minute of the morning.
    fn at(&mut self, minute: u32) -> SupportHub {
        self.phone.now = format!("2026-11-24T10:{minute:02}:00Z");
        self.phone.open().unwrap()
    }

    fn fetch(&self, hub: &SupportHub, item: &str) -> (Outcome, Option<Reason>) {
        let report = fetch(hub, &self.blobs.address, item).unwrap();
        (report.outcome, report.reason)
    }

    /// The items whose paper is here.
    fn here(&self, hub: &SupportHub) -> Vec<&'static str> {
        let is_here = |item: &str| shown(hub, item).unwrap().iter().any(|it| it.here);
        let here: Vec<&str> = PAPERS.iter().map(|(item, _)| *item).filter(|it| is_here(it)).collect();
        let files = folder(&self.phone).unwrap();
        assert_eq!(files.len(), here.len(), "{files:?}");
        here
    }

    /// Publishes what was edited, and gives the phone that bank.
    fn publish(&mut self, day: u32) -> SupportHub {
        let now = format!("2026-11-{day}T09:00:00Z");
        self.publisher.publish(&now).unwrap();
        self.phone.now = now;
        self.phone.open().unwrap()
    }
}

fn budget(hub: &SupportHub, keep: KeepMedia, bytes: u64) {
    hub.choose_media(keep, MediaBudget(bytes)).unwrap();
}

const CAME: (Outcome, Option<Reason>) = (Outcome::Updated, None);

#[test]
fn what_was_not_opened_for_longest_goes_when_something_else_is_wanted() {
    let mut setting = Setting::new();
    let hub = setting.at(0);
    budget(&hub, KeepMedia::OnDemand, 75_000);
    assert_eq!(setting.fetch(&hub, COAT), CAME);
    let hub = setting.at(1);
    assert_eq!(setting.fetch(&hub, BUTTONS), CAME);
    // The older one is opened again.
    let hub = setting.at(2);
    assert_eq!(opened(&hub, COAT, "media/coat.pdf").unwrap().unwrap(), setting.papers[0]);
    let hub = setting.at(3);
    assert_eq!(setting.fetch(&hub, CHART), CAME);
    assert_eq!(setting.here(&hub), [COAT, CHART]);
    // The clock was wrong: an order, no more.
    let hub = setting.at(1);
    assert_eq!(setting.fetch(&hub, BUTTONS), CAME);
    assert_eq!(setting.here(&hub), [BUTTONS, CHART]);
    let storage = hub.storage().unwrap();
    assert_eq!((storage.media, storage.media_saved, storage.media_budget), (50_000, 0, 75_000));
    assert_eq!(
        storage.total,
        storage.content + storage.snapshot + storage.family + storage.aside + storage.media
    );
}

#[test]
fn what_belongs_to_a_saved_item_never_goes_and_always_comes() {
    let mut setting = Setting::new();
    let hub = setting.at(0);
    hub.save(&[id(COAT)]).unwrap();
    budget(&hub, KeepMedia::OnDemand, 65_000);
    assert_eq!(setting.fetch(&hub, COAT), CAME);
    let hub = setting.at(1);
    assert_eq!(setting.fetch(&hub, CHART), CAME);
    // The oldest is the saved one.
    let hub = setting.at(2);
    let refused = (Outcome::Refused, Some(Reason::MediaBudget));
    assert_eq!(setting.fetch(&hub, BUTTONS), refused, "40 and 30 KB are over 65");
    assert_eq!(setting.here(&hub), [COAT, CHART], "and nothing went in vain");
    hub.save(&[id(BUTTONS)]).unwrap();
    assert_eq!(setting.fetch(&hub, BUTTONS), CAME);
    assert_eq!(
        setting.here(&hub),
        [COAT, BUTTONS, CHART],
        "what is saved alone is over the budget: nothing goes"
    );
    let storage = hub.storage().unwrap();
    assert_eq!((storage.media, storage.media_saved, storage.media_budget), (90_000, 70_000, 65_000));
    // A lower budget takes what is not saved, unless that helps nothing.
    budget(&hub, KeepMedia::OnDemand, 0);
    assert_eq!(setting.here(&hub), [COAT, BUTTONS, CHART]);
    budget(&hub, KeepMedia::OnDemand, 89_999);
    assert_eq!(setting.here(&hub), [COAT, BUTTONS]);
    hub.unsave(&[id(COAT)]).unwrap();
    budget(&hub, KeepMedia::OnDemand, 89_999);
    assert_eq!(setting.fetch(&hub, CHART), CAME);
    assert_eq!(setting.here(&hub), [COAT, BUTTONS, CHART][1..]);
}

#[test]
fn what_comes_by_itself_is_what_the_family_chose() {
    let mut setting = Setting::new();
    let hub = setting.at(0);
    hub.save(&[id(COAT)]).unwrap();
    assert_eq!(hub.preferences().unwrap().media, KeepMedia::OnDemand);
    assert_eq!(hub.preferences().unwrap().media_budget, MediaBudget(200_000_000));
    assert_eq!(hub.wanted_media().unwrap(), MediaSizes::default());
    let report = fetch_wanted(&hub, &setting.blobs.address).unwrap();
    assert_eq!((report.outcome, report.requests, report.here), (Outcome::Unchanged, 0, 0));

    budget(&hub, KeepMedia::Saved, 10_000);
    let sizes = MediaSizes { files: 1, bytes: 40_000, left_out: 0 };
    assert_eq!(hub.wanted_media().unwrap(), sizes);
    let report = fetch_wanted(&hub, &setting.blobs.address).unwrap();
    assert_eq!((report.outcome, report.fetched, report.bytes, report.here), (Outcome::Updated, 1, 40_000, 1));
    assert_eq!(setting.here(&hub), [COAT]);

    setting.blobs.asked();
    budget(&hub, KeepMedia::All, 75_000);
    let sizes = MediaSizes { files: 1, bytes: 20_000, left_out: 1 };
    assert_eq!(hub.wanted_media().unwrap(), sizes);
    assert_eq!(fetch_wanted(&hub, &setting.blobs.address).unwrap().fetched, 1);
    assert_eq!(
        setting.here(&hub),
        [COAT, CHART],
        "the smallest first, and nothing goes for what nobody asked for"
    );
    budget(&hub, KeepMedia::All, 90_000);
    assert_eq!(fetch_wanted(&hub, &setting.blobs.address).unwrap().fetched, 1);
    assert_eq!(setting.here(&hub), [COAT, BUTTONS, CHART]);
    assert_eq!(setting.blobs.asked().len(), 2);
    assert_eq!(hub.wanted_media().unwrap(), MediaSizes::default());

    // The choice is the family's: it is there after closing, and travels in a safety copy.
    let copy = hub.plain_copy().unwrap();
    hub.close();
    assert_eq!(setting.at(1).preferences().unwrap().media, KeepMedia::All);
    let mut second = Setting::new();
    let other = second.at(1);
    other.import(&copy, None).unwrap();
    let chosen = other.preferences().unwrap();
    assert_eq!((chosen.media, chosen.media_budget), (KeepMedia::All, MediaBudget(90_000)));
}

#[test]
fn a_copy_made_before_there_was_a_choice_is_read() {
    let mut setting = Setting::new();
    let hub = setting.at(0);
    hub.save(&[id(COAT)]).unwrap();
    let copy = String::from_utf8(hub.plain_copy().unwrap().to_vec()).unwrap();
    let lines = copy.lines().filter(|it| !it.contains("\"media\": \"") && !it.contains("\"media_budget\""));
    let before: String = lines.map(|it| format!("{it}\n")).collect();
    assert_eq!(before.lines().count() + 2, copy.lines().count());
    let mut second = Setting::new();
    let other = second.at(1);
    assert_eq!(other.import(before.as_bytes(), None).unwrap().saved, 1);
    assert_eq!(other.preferences().unwrap().media, KeepMedia::OnDemand);
    // What no version knows is still no copy.
    let odd = copy.replace("\"media_budget\"", "\"media_budgets\"");
    assert_eq!(code(other.import(odd.as_bytes(), None)), "invalid-copy");
}

#[test]
fn the_files_of_withdrawn_advice_go_unless_another_item_uses_them() {
    let mut setting = Setting::new();
    let hub = setting.at(0);
    hub.save(&[id(COAT)]).unwrap();
    for (item, _) in PAPERS {
        assert_eq!(setting.fetch(&hub, item), CAME);
    }
    // The resource uses the coat's paper too.
    setting
        .publisher
        .edit("resources/teacher-notes.md", "media: [", "media: [{file: media/coat.pdf, alt: The steps.}, ")
        .unwrap();
    hub.close();
    let hub = setting.publish(25);
    assert!(shown(&hub, CHART).unwrap().iter().all(|it| it.here));
    withdraw(&setting.publisher);
    hub.close();
    let hub = setting.publish(26);
    assert!(shown(&hub, COAT).unwrap().is_empty() && hub.media(&id(COAT)).unwrap().is_empty());
    assert_eq!(hub.open_media(&id(COAT), &file("media/coat.pdf")).unwrap(), None, "it is no advice any more");
    assert!(opened(&hub, CHART, "media/coat.pdf").unwrap().is_some());
    setting
        .publisher
        .edit("resources/teacher-notes.md", "{file: media/coat.pdf, alt: The steps.}, ", "")
        .unwrap();
    hub.close();
    let hub = setting.publish(27);
    let names = folder(&setting.phone).unwrap();
    let left: Vec<String> = setting.papers[1..].iter().map(|it| whole(it)).collect();
    assert!(names.len() == 2 && left.iter().all(|it| names.contains_key(it)), "{names:?}");
    assert_eq!(hub.storage().unwrap().media_saved, 0);
}

/// The service takes the coat's strategy back.
fn withdraw(publisher: &Publisher) {
    publisher
        .edit("strategies/sleep/late-games.md", &format!("instead: {COAT}"), &format!("instead: {BUTTONS}"))
        .unwrap();
    for variant in ["", ".fr", ".easy"] {
        let path = publisher.content().join(format!("strategies/dressing/{COAT}{variant}.md"));
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let text = text.replacen("status: demonstration", "status: withdrawn", 1);
        let why = format!("\nwithdrawn: {{on: 2026-11-25, reason: It can hurt., instead: {BUTTONS}}}\n---\n");
        fs::write(&path, text.replacen("\n---\n", &why, 1)).unwrap();
    }
}

#[test]
fn another_picture_under_the_same_name_is_never_shown_for_it() {
    let mut setting = Setting::new();
    let hub = setting.at(0);
    for (item, _) in PAPERS {
        assert_eq!(setting.fetch(&hub, item), CAME);
    }
    // An item opens its own files only, by the name that the bank of today gives them.
    assert_eq!(hub.open_media(&id(BUTTONS), &file("media/coat.pdf")).unwrap(), None);
    let newer = noise(40_000, 9);
    fs::write(setting.publisher.content().join("media/coat.pdf"), &newer).unwrap();
    hub.close();
    let hub = setting.publish(25);
    assert_eq!(setting.here(&hub), [BUTTONS, CHART]);
    assert_eq!(opened(&hub, COAT, "media/coat.pdf").unwrap(), None);
    setting.blobs.serve(&newer);
    assert_eq!(setting.fetch(&hub, COAT), CAME);
    assert_eq!(opened(&hub, COAT, "media/coat.pdf").unwrap().unwrap(), newer);
}

#[test]
fn while_the_shelf_is_locked_nothing_of_what_is_here_goes() {
    let mut setting = Setting::new();
    let hub = setting.at(0);
    hub.save(&[id(COAT)]).unwrap();
    budget(&hub, KeepMedia::All, 95_000);
    assert_eq!(setting.fetch(&hub, COAT), CAME);
    hub.close();
    setting.phone.key = 8;
    let hub = setting.at(1);
    assert!(hub.locked().is_some());
    // Reading and asking work; nothing comes by itself, since nobody knows what was chosen.
    assert_eq!(setting.fetch(&hub, BUTTONS), CAME);
    assert_eq!(hub.wanted_media().unwrap(), MediaSizes::default());
    assert_eq!(setting.here(&hub), [COAT, BUTTONS]);
    assert_eq!(hub.storage().unwrap().media, 70_000);
    assert_eq!(code(hub.choose_media(KeepMedia::All, MediaBudget(0))), "wrong-key");
}

#[test]
fn erasing_takes_the_media_too() {
    let mut setting = Setting::new();
    let hub = setting.at(0);
    assert_eq!(setting.fetch(&hub, COAT), CAME);
    hub.erase().unwrap();
    assert!(setting.here(&hub).is_empty());
    assert_eq!(setting.fetch(&hub, COAT), CAME);
}

#[test]
fn what_is_not_ours_in_the_folder_is_left_alone_and_what_nobody_names_is_not() {
    let mut setting = Setting::new();
    let hub = setting.at(0);
    assert_eq!(setting.fetch(&hub, COAT), CAME);
    hub.close();
    let media = setting.phone.folder().join("media");
    let stranger = Sha256::of(b"stranger");
    for name in [stranger.to_string(), format!("{stranger}.part"), format!("{stranger}.tag")] {
        fs::write(media.join(name), b"stranger").unwrap();
    }
    fs::write(media.join("holiday.jpg"), b"ours").unwrap();
    setting.publisher.edit("resources/teacher-notes.md", "Give time", "Leave time").unwrap();
    setting.publish(25);
    let names = folder(&setting.phone).unwrap();
    assert_eq!(names.keys().collect::<Vec<_>>(), [&whole(&setting.papers[0]), "holiday.jpg"]);
}
