//! Publishing again: the same content is the same bytes and the same bank, nothing vanishes without a word, and another's
//! site is not written to.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use otsupport_hub::keys;
use otsupport_hub::publish::{PublishError, PublishOptions, publish};
use otsupport_tests::content_folder::{Edit, edit, restore, small};
use otsupport_tests::phone::Phone;
use otsupport_tests::site::{MORNING, Publisher, instant};
use otsupport_wire::snapshot::{Limits, Snapshot};

const LATER: &str = "2026-11-25T09:00:00Z";
const DROP_IN: &str = "events/drop-in.ics";

/// Every file below a folder by its name.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(inner) = open.pop() {
        for entry in fs::read_dir(inner).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}

fn bank(publisher: &Publisher, version: u64) -> Snapshot {
    let packed = fs::read(publisher.site().join(format!("full/{version}.zst"))).unwrap();
    Snapshot::parse(&zstd::decode_all(packed.as_slice()).unwrap(), &Limits::default()).unwrap()
}

/// The number of the targets document in the head, and its bank's.
fn head(publisher: &Publisher) -> (u64, u64) {
    let verified = publisher.verified().unwrap();
    (verified.versions.targets, verified.news.newest.version.0)
}

/// The faults or warnings, if what was published was refused for its content.
fn refusal(result: Result<otsupport_hub::publish::Published, PublishError>) -> Vec<String> {
    match result {
        Err(PublishError::Content(faults)) => faults.iter().map(ToString::to_string).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_same_content_keys_and_instant_give_the_same_site_byte_for_byte() {
    let publisher = small().unwrap();
    publisher.publish(MORNING).unwrap();
    let site = files(&publisher.site());
    fs::remove_dir_all(publisher.site()).unwrap();
    publisher.publish(MORNING).unwrap();
    assert!(files(&publisher.site()) == site);
    assert!(site.keys().any(|it| it.starts_with("blob/")) && site.contains_key("head"), "{:?}", site.keys());
}

/// The keys that a bank names are part of what it holds: the same ones for both, of all others each its own.
fn of_one_service(one: &Publisher, other: &Publisher) {
    for name in ["service.key", "recovery.key", "receipt.key"] {
        fs::copy(one.keys().join(name), other.keys().join(name)).unwrap();
    }
}

#[test]
fn other_signing_keys_and_another_instant_give_the_same_bank_byte_for_byte() {
    let (one, other) = (small().unwrap(), small().unwrap());
    of_one_service(&one, &other);
    one.publish(MORNING).unwrap();
    other.publish(LATER).unwrap();
    let full = |it: &Publisher| fs::read(it.site().join("full/1.zst")).unwrap();
    assert!(full(&one) == full(&other));
    assert!(one.root().unwrap() != other.root().unwrap());
}

#[test]
fn line_ends_and_a_byte_order_mark_change_nothing() {
    let (one, other) = (small().unwrap(), small().unwrap());
    of_one_service(&one, &other);
    for (name, bytes) in files(&other.content()) {
        if name.ends_with(".md") || name.ends_with(".yaml") || name.ends_with(".ics") {
            let text = String::from_utf8(bytes).unwrap().replace('\n', "\r\n");
            fs::write(other.content().join(&name), format!("\u{feff}{text}")).unwrap();
        }
    }
    one.publish(MORNING).unwrap();
    other.publish(MORNING).unwrap();
    assert_eq!(bank(&one, 1), bank(&other, 1));
}

#[test]
fn the_same_content_again_keeps_its_number_and_is_signed_again() {
    let publisher = small().unwrap();
    assert!(publisher.publish(MORNING).unwrap().new);
    let (full, before) = (fs::read(publisher.site().join("full/1.zst")).unwrap(), head(&publisher));
    assert_eq!(before, (1, 1));
    let again = publisher.publish(LATER).unwrap();
    assert_eq!((again.new, again.version), (false, 1));
    assert_eq!(head(&publisher), (2, 1));
    assert!(fs::read(publisher.site().join("full/1.zst")).unwrap() == full);
    assert!(!publisher.site().join("full/2.zst").exists());
}

#[test]
fn a_text_bears_the_number_of_the_bank_in_which_it_changed() {
    let publisher = small().unwrap();
    publisher.publish(MORNING).unwrap();
    edit(&publisher, &[Edit::Swap("strategies/dressing/big-buttons.md", "Push it", "Pull it")]).unwrap();
    assert_eq!(publisher.publish(LATER).unwrap().version, 2);
    let changed: BTreeMap<String, u64> = bank(&publisher, 2)
        .items()
        .map(|it| (format!("{}{}", it.id, it.variant.is_some()), it.changed_in))
        .collect();
    let in_second: Vec<&str> =
        changed.iter().filter(|(_, it)| **it == 2).map(|(id, _)| id.as_str()).collect();
    assert_eq!(in_second, ["big-buttonsfalse"]);
    assert!(changed.values().all(|it| (1..=2).contains(it)));
}

#[test]
fn what_was_changed_and_changed_back_is_a_new_bank() {
    let publisher = small().unwrap();
    publisher.publish(MORNING).unwrap();
    edit(&publisher, &[Edit::Swap("strategies/dressing/big-buttons.md", "Push it", "Pull it")]).unwrap();
    publisher.publish(LATER).unwrap();
    restore(&publisher).unwrap();
    let third = publisher.publish(LATER).unwrap();
    assert_eq!((third.new, third.version), (true, 3));
}

#[test]
fn an_item_that_vanishes_stops_the_publication_unless_allowed() {
    let mut publisher = small().unwrap();
    publisher.publish(MORNING).unwrap();
    let site = files(&publisher.site());
    edit(&publisher, &[Edit::Remove("resources/teacher-notes.md")]).unwrap();
    let told = refusal(publisher.publish(LATER));
    assert!(told.iter().any(|it| it.contains("`teacher-notes` was published and is gone")), "{told:?}");
    assert!(told.iter().any(|it| it.contains("1 of 4 items would vanish")), "{told:?}");
    assert!(files(&publisher.site()) == site);
    publisher.allow_removed = true;
    let done = publisher.publish(LATER).unwrap();
    assert_eq!((done.version, done.resources), (2, 0));
    assert!(done.warnings.iter().any(|it| it.what.contains("`teacher-notes`")), "{:?}", done.warnings);
}

#[test]
fn a_future_event_that_vanishes_stops_the_publication_and_a_past_one_does_not() {
    let publisher = small().unwrap();
    publisher.publish(MORNING).unwrap();
    edit(&publisher, &[Edit::Remove(DROP_IN)]).unwrap();
    let told = refusal(publisher.publish("2027-02-03T18:00:00Z"));
    assert!(
        told.iter().any(|it| it.contains("`drop-in@otsupport.example` was published and is gone")),
        "{told:?}"
    );
    assert_eq!(publisher.publish("2027-02-04T09:00:00Z").unwrap().events, 0);
}

/// A series goes on until its last date has passed, whichever way the file says so.
#[test]
fn a_series_that_still_has_dates_does_not_vanish_without_a_word() {
    for rule in [
        "RRULE:FREQ=WEEKLY",
        "RRULE:FREQ=WEEKLY;COUNT=100",
        "RRULE:FREQ=WEEKLY;UNTIL=20290101T000000Z",
        "RDATE;TZID=Europe/London:20280203T190000",
        "rrule:freq=weekly;until=20290101T000000Z",
    ] {
        let publisher = small().unwrap();
        publisher.edit(DROP_IN, "SUMMARY:", &format!("{rule}\nSUMMARY:")).unwrap();
        publisher.publish(MORNING).unwrap();
        edit(&publisher, &[Edit::Remove(DROP_IN)]).unwrap();
        assert!(publisher.publish("2027-06-01T09:00:00Z").is_err(), "{rule}");
    }
}

#[test]
fn a_lower_sequence_warns_and_the_published_event_stays() {
    let publisher = small().unwrap();
    publisher.publish(MORNING).unwrap();
    edit(
        &publisher,
        &[
            Edit::Swap(DROP_IN, "SEQUENCE:3", "SEQUENCE:2"),
            Edit::Swap(DROP_IN, "SUMMARY:Drop-in", "SUMMARY:Other"),
        ],
    )
    .unwrap();
    let done = publisher.publish(LATER).unwrap();
    assert!(
        done.warnings.iter().any(|it| it.what.contains("SEQUENCE 2, published was 3")),
        "{:?}",
        done.warnings
    );
    assert_eq!((done.new, bank(&publisher, 1).events[0].title.as_str()), (false, "Drop-in"));
    edit(&publisher, &[Edit::Swap(DROP_IN, "SEQUENCE:2", "SEQUENCE:4")]).unwrap();
    assert_eq!(publisher.publish(LATER).unwrap().version, 2);
    assert_eq!(bank(&publisher, 2).events[0].title, "Other");
}

#[test]
fn a_site_of_other_keys_is_not_written_to() {
    let publisher = small().unwrap();
    publisher.publish(MORNING).unwrap();
    let site = files(&publisher.site());
    let stranger = tempfile::tempdir().unwrap();
    keys::make(stranger.path(), None).unwrap();
    let with_other_keys = || {
        publish(&PublishOptions {
            content: publisher.content(),
            site: publisher.site(),
            keys: stranger.path().to_owned(),
            passphrase: None,
            now: instant(LATER),
            allow_removed: false,
        })
    };
    let refused = with_other_keys();
    assert!(
        matches!(&refused, Err(PublishError::Site(it)) if it.to_string().contains("other keys")),
        "{refused:?}"
    );
    assert!(files(&publisher.site()) == site);
    // A first publication that the power cut short left its root and no head.
    fs::remove_file(publisher.site().join("head")).unwrap();
    if with_other_keys().is_ok() {
        let mut phone = Phone::new(publisher.root().unwrap()).unwrap();
        phone.seed = Some(publisher.site());
        let hub = phone.open().unwrap();
        assert_eq!(hub.mended(), [], "the site was published, and its own root does not vouch for it");
    }
}

#[test]
fn a_damaged_site_is_told_and_not_written_over() {
    for (what, file) in [("head", "head"), ("bank", "full/1.zst"), ("root", "metadata/root.json")] {
        for damage in ["", "garbage"] {
            let publisher = small().unwrap();
            publisher.publish(MORNING).unwrap();
            fs::write(publisher.site().join(file), damage).unwrap();
            let site = files(&publisher.site());
            let refused = publisher.publish(LATER);
            assert!(matches!(&refused, Err(PublishError::Site(_))), "{what}: {refused:?}");
            assert!(files(&publisher.site()) == site, "{what}");
        }
    }
}

#[test]
fn what_goes_with_a_withdrawn_item_does_not_travel() {
    let publisher = small().unwrap();
    publisher.publish(MORNING).unwrap();
    assert_eq!(bank(&publisher, 1).media.len(), 1);
    let withdrawn = "status: withdrawn, author: A team}\nwithdrawn: {on: 2026-11-24, reason: It can hurt.}";
    let coat = "strategies/dressing/coat-flip.md";
    let instead = Edit::Swap("strategies/sleep/late-games.md", "instead: coat-flip", "instead: big-buttons");
    let withdraw = Edit::Swap(coat, "status: demonstration, author: A team}", withdrawn);
    edit(&publisher, &[withdraw, instead]).unwrap();
    publisher.publish(LATER).unwrap();
    assert_eq!(bank(&publisher, 2).media.len(), 0);
}

#[test]
fn a_text_that_no_phone_could_read_is_refused() {
    let publisher = small().unwrap();
    edit(&publisher, &[Edit::Swap("strategies/dressing/coat-flip.md", "Lay the coat", "Lay\u{1}the coat")])
        .unwrap();
    let told = refusal(publisher.publish(MORNING));
    assert!(
        told.iter().any(|it| it.starts_with("strategies/dressing/coat-flip.md:24: a control character")),
        "{told:?}"
    );
}
