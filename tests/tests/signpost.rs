//! Pointing a family to a few strategies: no server sees which, a cut link is told, and what is gone says so.
#![allow(clippy::unwrap_used)]

use otsupport_core::strategies::{NoteWarning, OpenedSignpost, SignpostRequest, SignpostView};
use otsupport_core::wire::ItemId;
use otsupport_core::wire::signpost::{MOST_ITEMS, NOTE_LIMIT, Note, Signpost, SignpostError};
use otsupport_core::{HubError, SupportHub};
use otsupport_tests::phone::Phone;
use otsupport_tests::site::{MORNING, Publisher};
use otsupport_wire::BankVersion;
use proptest::prelude::*;

const SITE: &str = "https://hub.otsupport.example.org";

fn ids(ids: &[&str]) -> Vec<ItemId> {
    ids.iter().map(|it| it.parse().unwrap()).collect()
}

fn open(publisher: &Publisher) -> SupportHub {
    let mut phone = Phone::new(publisher.root().unwrap()).unwrap();
    phone.seed = Some(publisher.site());
    phone.open().unwrap()
}

fn hub() -> SupportHub {
    let publisher = Publisher::new().unwrap();
    publisher.publish(MORNING).unwrap();
    open(&publisher)
}

fn request(items: &[&str], note: &str) -> SignpostRequest {
    SignpostRequest { items: ids(items), note: note.to_owned(), until: None, site: SITE.to_owned() }
}

fn names(opened: &OpenedSignpost) -> Vec<&str> {
    opened.items.iter().map(|it| it.id.as_str()).collect()
}

#[test]
fn a_link_opens_offline_on_another_phone_in_the_order_that_was_chosen() {
    let publisher = Publisher::new().unwrap();
    publisher.publish(MORNING).unwrap();
    let (school, family) = (open(&publisher), open(&publisher));
    let chosen = ["zip-helper", "coat-trick", "zip-helper", "signposting-parents"];
    let made = school.signpost(&request(&chosen, "Try the first\nthis week.")).unwrap();
    assert_eq!(made.warning, None);
    let opened = family.open_signpost(&made.link).unwrap();
    assert_eq!(names(&opened), ["zip-helper", "coat-trick", "signposting-parents"]);
    assert_eq!(opened.note, "Try the first this week.");
    assert!(!opened.expired && !opened.sync_may_help && opened.missing.is_empty());
    assert_eq!(made.until.to_string(), "2027-03-24");
    // A letter may have broken it over lines.
    let broken = made.link.replacen('+', "+\r\n  ", 1);
    assert_eq!(family.open_signpost(&broken).unwrap(), opened);
}

#[test]
fn no_server_sees_which_items() {
    let made = hub().signpost(&request(&["zip-helper"], "A note")).unwrap();
    let (before, after) = made.link.split_once('#').unwrap();
    assert_eq!(before, "https://hub.otsupport.example.org/s");
    assert!(after.contains("ZIP-HELPER"));
}

#[test]
fn what_the_bank_does_not_hold_or_has_withdrawn_says_so() {
    let publisher = Publisher::new().unwrap();
    publisher.publish(MORNING).unwrap();
    let older = open(&publisher);
    let file = "strategies/dressing/zip-helper.md";
    publisher.edit(file, "status: demonstration", "status: withdrawn").unwrap();
    let withdrawn = "\nwithdrawn: {on: 2026-11-24, reason: It can pinch., instead: coat-trick}\n---\n";
    publisher.edit(file, "\n---\n", withdrawn).unwrap();
    publisher.relink("zip-helper", "coat-trick").unwrap();
    publisher.publish("2026-11-25T09:00:00Z").unwrap();
    let newer = open(&publisher);

    let refused = newer.signpost(&request(&["coat-trick", "zip-helper"], ""));
    assert!(matches!(refused, Err(HubError::Invalid { code, .. }) if code == "invalid-withdrawn"));
    let link = older.signpost(&request(&["coat-trick", "zip-helper"], "")).unwrap().link;
    let opened = newer.open_signpost(&link).unwrap();
    assert_eq!((names(&opened), &opened.missing), (vec!["coat-trick"], &ids(&["zip-helper"])));
    assert!(!opened.sync_may_help);
    assert_eq!(opened.withdrawn[0].instead, Some(ids(&["coat-trick"])[0].clone()));

    let unknown = Signpost::new(
        &ids(&["coat-trick", "from-next-year"]),
        BankVersion(9),
        "2027-01-31".parse().unwrap(),
        Note::default(),
    );
    let opened = newer.open_signpost(&unknown.unwrap().fragment()).unwrap();
    assert_eq!((names(&opened), &opened.missing), (vec!["coat-trick"], &ids(&["from-next-year"])));
    assert!(opened.sync_may_help && opened.withdrawn.is_empty());
}

#[test]
fn one_that_has_run_out_still_opens_and_says_so() {
    let publisher = Publisher::new().unwrap();
    publisher.publish(MORNING).unwrap();
    let mut request = request(&["zip-helper"], "");
    request.until = Some("2026-11-24".parse().unwrap());
    let link = open(&publisher).signpost(&request).unwrap().link;
    let mut phone = Phone::new(publisher.root().unwrap()).unwrap();
    phone.seed = Some(publisher.site());
    assert!(!phone.open().unwrap().open_signpost(&link).unwrap().expired);
    phone.now = "2026-11-25T00:00:00Z".to_owned();
    let opened = phone.open().unwrap().open_signpost(&link).unwrap();
    assert!(opened.expired && names(&opened) == ["zip-helper"]);
    let late = phone.open().unwrap().signpost(&request);
    assert!(matches!(late, Err(HubError::Invalid { code, .. }) if code == "invalid-expires"));
}

#[test]
fn what_cannot_be_passed_on_is_refused_with_its_code() {
    let hub = hub();
    let code = |request: &SignpostRequest| hub.signpost(request).unwrap_err().code().to_owned();
    let many: Vec<String> = (0..=MOST_ITEMS).map(|it| format!("item-{it}")).collect();
    assert_eq!(code(&request(&[], "")), "invalid-items");
    assert_eq!(code(&request(&["no-such-strategy"], "")), "not-found");
    assert_eq!(code(&request(&many.iter().map(String::as_str).collect::<Vec<_>>(), "")), "not-found");
    assert_eq!(code(&request(&["zip-helper"], &"a".repeat(NOTE_LIMIT + 1))), "invalid-note");
    // Turned round by an invisible sign, a note could read as another.
    assert_eq!(code(&request(&["zip-helper"], "ok \u{202e}gnihton")), "invalid-note");
    for site in [
        "",
        "hub.example",
        "http://hub.example",
        "https://",
        "https://hub.example/#a",
        "https://a b",
        "http://localhost.example",
    ] {
        assert_eq!(
            code(&SignpostRequest { site: site.to_owned(), ..request(&["zip-helper"], "") }),
            "invalid-hub"
        );
    }
    for (link, wanted) in [
        ("", "invalid-link"),
        ("https://hub.example/s", "invalid-link"),
        ("https://elsewhere.example/#about", "invalid-link"),
        ("2.1.20270131.ZIP-HELPER..ABCD", "needs-update"),
        ("1.1.20270131.ZIP-HELPER..ABCD", "invalid-link-cut"),
        (&"1.".repeat(100_000), "invalid-link-cut"),
    ] {
        assert_eq!(hub.open_signpost(link).unwrap_err().code(), wanted);
    }
}

#[test]
fn a_note_that_may_name_a_child_is_warned_about_and_works_all_the_same() {
    let hub = hub();
    let made = hub.signpost(&request(&["zip-helper"], "For Amira, after school")).unwrap();
    assert_eq!(made.warning, Some(NoteWarning::MayNameAChild));
    assert_eq!(hub.open_signpost(&made.link).unwrap().note, "For Amira, after school");
}

/// What a second library reads off the picture, and the version of the code.
fn scanned(made: &SignpostView) -> (String, usize) {
    let size: usize =
        made.qr.split("viewBox=\"0 0 ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    let path = made.qr.split(" d=\"").nth(1).unwrap().split('"').next().unwrap();
    let mut dark = vec![false; size * size];
    for module in path.split('M').skip(1) {
        let at = module.split('h').next().unwrap();
        let (x, y) = at.split_once(' ').unwrap();
        dark[y.parse::<usize>().unwrap() * size + x.parse::<usize>().unwrap()] = true;
    }
    const PIXELS: usize = 4;
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(size * PIXELS, size * PIXELS, |x, y| {
        if dark[y / PIXELS * size + x / PIXELS] { 0 } else { 255 }
    });
    let (_, text) = image.detect_grids()[0].decode().unwrap();
    // A code of version v has 17 + 4v modules a side (ISO/IEC 18004, section 6.1); four empty ones stand round it.
    (text, (size - 8 - 17) / 4)
}

#[test]
fn twelve_items_and_a_hundred_characters_fit_version_15_and_another_library_reads_them() {
    let publisher = Publisher::new().unwrap();
    publisher.publish(MORNING).unwrap();
    let hub = open(&publisher);
    let mut all: Vec<String> = hub
        .browse(&Default::default(), Default::default())
        .unwrap()
        .iter()
        .map(|it| it.id.to_string())
        .collect();
    // The twelve with the longest names.
    all.sort_by_key(|it| std::cmp::Reverse(it.len()));
    let longest: Vec<&str> = all.iter().take(12).map(String::as_str).collect();
    for note in ["n".repeat(100), "ن".repeat(100)] {
        let made = hub.signpost(&request(&longest, &note)).unwrap();
        let (text, version) = scanned(&made);
        assert_eq!(text, made.link);
        assert!(version <= 15, "version {version} for {} characters", made.link.len());
    }
}

fn signposts() -> impl Strategy<Value = Signpost> {
    let id = "[a-z0-9]{1,12}(-[a-z0-9]{1,12}){0,3}";
    (prop::collection::vec(id, 1..=MOST_ITEMS), 0..u64::MAX, 0..200_000i32, ".{0,140}").prop_filter_map(
        "a note may hold what cannot be seen",
        |(items, bank, day, note)| {
            let items: Vec<ItemId> = items.iter().map(|it| it.parse().unwrap()).collect();
            let until = chrono::NaiveDate::from_ymd_opt(2026, 1, 1)?
                .checked_add_days(chrono::Days::new(day as u64))?;
            Signpost::new(&items, BankVersion(bank), until, Note::new(&note).ok()?).ok()
        },
    )
}

proptest! {
    #[test]
    fn every_signpost_comes_back_as_it_was(signpost in signposts()) {
        prop_assert_eq!(Signpost::read(&signpost.fragment()), Ok(signpost));
    }

    #[test]
    fn one_that_was_cut_or_mistyped_is_never_taken_for_another(
        signpost in signposts(), at in any::<prop::sample::Index>(), other in "[A-Z2-7.+-]"
    ) {
        let whole = signpost.fragment();
        let place = at.index(whole.len());
        prop_assert!(Signpost::read(&whole[..place]).is_err());
        let mut mistyped = whole.clone();
        mistyped.replace_range(place..=place, &other);
        if mistyped != whole {
            prop_assert!(matches!(
                Signpost::read(&mistyped),
                Err(SignpostError::Cut | SignpostError::NotOne | SignpostError::Newer)
            ));
        }
    }

    #[test]
    fn noise_is_refused(noise in ".{0,200}") {
        prop_assert!(Signpost::read(&noise).is_err());
    }
}
