//! Safety copies: nothing is lost on the way out and back, two phones become one without loss, and a hostile file costs nothing.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use otsupport_core::strategies::{
    Age, Day, KeepMedia, LogRequest, MediaBudget, PracticeResult, ProfileId, ProfileKind, ProfileRequest,
    TryRequest, View,
};
use otsupport_core::wire::Sha256;
use otsupport_core::wire::snapshot::{Ages, Setting};
use otsupport_core::{Holdings, HubError, LARGEST_COPY, PASSPHRASE_LEAST, SupportHub, is_sealed};
use otsupport_tests::household::{Household, child, code, id, went, went_with};
use proptest::prelude::*;
use serde_json::{Value, json};

use PracticeResult::{Helped, Not, Partly, Stopped};

const WORDS: &str = "four blue socks dancing";

fn plain(hub: &SupportHub) -> Vec<u8> {
    hub.plain_copy().unwrap().to_vec()
}

fn read(hub: &SupportHub) -> Value {
    serde_json::from_slice(&plain(hub)).unwrap()
}

fn bytes(copy: &Value) -> Vec<u8> {
    serde_json::to_vec(copy).unwrap()
}

fn empty() -> Value {
    json!({
        "format": "otsupport-family", "version": 1, "profiles": [], "shelf": [], "lists": [], "plans": [], "log": [],
        "preferences": {
            "view": "family", "profile": null, "media": "on-demand", "media_budget": 200_000_000, "changed_at": null,
            "reminders": {
                "notify": false, "off": [], "events": ["PT2H", "P1D"], "all_day": ["-1@18:00"], "deadlines": ["P2D"],
                "quiet": "22:00-07:00", "practice": "17:00:00", "zone": null, "horizon": 28, "limit": 60,
            },
        },
        "waiting": [], "followed": [], "lookouts": [], "enquiries": [],
    })
}

fn profile(number: u32, nickname: &str, changed_at: &str) -> Value {
    json!({"id": format!("{number:032x}"), "nickname": nickname, "kind": "child", "age": null, "settings": [], "changed_at": changed_at})
}

fn line(number: u32, profile: Option<u32>) -> Value {
    json!({"id": format!("{number:032x}"), "item": "coat-flip", "title": "Flip the coat",
        "profile": profile.map(|it| format!("{it:032x}")), "on": "2026-11-20", "result": "helped", "who": null, "note": null,
        "changed_at": "2026-11-20T09:00:00Z"})
}

/// Something of every kind, with awkward words.
fn fill(hub: &SupportHub) {
    let age = Some(Age::Band(Ages { from: 3, to: 6 }));
    let settings = [Setting::Home, Setting::School].into();
    let sam = hub.add_profile(&ProfileRequest { age, settings, ..child("سام 🦖") }).unwrap().id;
    let born = Some(Age::Born("2021-05".parse().unwrap()));
    hub.add_profile(&ProfileRequest { age: born, ..child("Zoe\u{308} \"O\"") }).unwrap();
    hub.add_profile(&ProfileRequest { kind: ProfileKind::Class, ..child("Acorns") }).unwrap();
    hub.save(&[id("big-buttons"), id("coat-flip"), id("teacher-notes")]).unwrap();
    hub.arrange(&[id("teacher-notes")]).unwrap();
    hub.put_list("Mornings ☀", &[id("coat-flip"), id("big-buttons")]).unwrap();
    hub.put_list("Evenings", &[id("big-buttons")]).unwrap();
    let days = BTreeSet::from([Day::Sat, Day::Mon]);
    hub.try_this_week(&TryRequest { item: id("coat-flip"), profile: Some(sam.clone()), days: days.clone() })
        .unwrap();
    hub.try_this_week(&TryRequest { item: id("coat-flip"), profile: None, days }).unwrap();
    for (result, note) in [
        (Helped, ""),
        (Partly, "ثانيا\n\\u0000 \"quoted\"\n\n👨‍👩‍👧‍👦"),
        (Not, "</script>"),
        (Stopped, "z\u{200d}z"),
    ] {
        let request = went_with("coat-flip", result, &sam, "2026-11-20");
        hub.log(&LogRequest { who: "Mum & Dad".to_owned(), note: note.to_owned(), ..request }).unwrap();
    }
    hub.log(&went("big-buttons", Helped)).unwrap();
    hub.choose_profile(Some(&sam)).unwrap();
    hub.choose_media(KeepMedia::Saved, MediaBudget(5_000_000)).unwrap();
    hub.set_view(View::School).unwrap();
    let mut waiting = empty();
    waiting["waiting"] =
        json!([{"id": "enquiry-1", "sealed": "c2VhbGVk"}, {"id": "enquiry-2", "sealed": "AAEC"}]);
    hub.import(&bytes(&waiting), None).unwrap();
}

#[test]
fn out_and_back_gives_the_same_bytes() {
    let mut house = Household::small().unwrap();
    fill(&house.hub);
    let holds = house.hub.holdings().unwrap();
    let expected = Holdings {
        profiles: 3,
        saved: 3,
        lists: 2,
        plans: 2,
        entries: 5,
        notes: 3,
        waiting: 2,
        ..Holdings::default()
    };
    assert_eq!(holds, expected);
    let before = plain(&house.hub);
    assert_eq!(plain(&house.hub), before, "the same data gives the same bytes");
    let sealed = house.hub.safety_copy(WORDS).unwrap();
    assert!(is_sealed(&sealed) && !is_sealed(&before));
    for (copy, words) in [(&before, None), (&sealed, Some(WORDS))] {
        house.hub.erase().unwrap();
        assert!(house.hub.holdings().unwrap().is_nothing());
        assert_eq!(read(&house.hub), empty());
        assert_eq!(house.hub.import(copy, words).unwrap(), expected);
        house.reopen().unwrap();
        assert!(plain(&house.hub) == before, "{}", String::from_utf8_lossy(&plain(&house.hub)));
        // What is here already is no news.
        assert_eq!(house.hub.import(copy, words).unwrap(), Holdings::default());
        assert!(plain(&house.hub) == before);
    }
    // And on another phone.
    let other = Household::small().unwrap();
    other.hub.import(&sealed, Some(WORDS)).unwrap();
    assert!(plain(&other.hub) == before);
    assert!(other.hub.saved().unwrap().iter().all(|it| !it.changed));
}

#[test]
fn a_sealed_copy_shows_nothing_and_is_never_the_same_twice() {
    let house = Household::small().unwrap();
    fill(&house.hub);
    let [one, two] = [(); 2].map(|()| house.hub.safety_copy(WORDS).unwrap());
    assert_ne!(one, two);
    let seen = |word: &str| one.windows(word.len()).any(|it| it == word.as_bytes());
    assert!(!["Mum", "coat", "Acorns", "profiles", WORDS].into_iter().any(seen));
}

#[test]
fn a_copy_made_when_the_clock_was_wrong_comes_back_whole() {
    let house = Household::small().unwrap();
    for now in ["1970-01-01T00:00:00Z", "1969-07-20T20:17:40Z", "2099-12-31T23:59:59.999Z"] {
        house.clock.set(now);
        house.hub.set_view(View::School).unwrap();
        house.hub.save(&[id("coat-flip")]).unwrap();
        house.hub.add_profile(&child("Sam")).unwrap();
        let before = plain(&house.hub);
        house.hub.erase().unwrap();
        house.hub.import(&before, None).unwrap();
        assert!(plain(&house.hub) == before, "{now}: {}", String::from_utf8_lossy(&plain(&house.hub)));
        house.hub.erase().unwrap();
    }
}

#[test]
fn a_passphrase_opens_however_it_is_typed_and_a_short_one_is_refused() {
    let house = Household::small().unwrap();
    let hub = &house.hub;
    hub.add_profile(&child("Sam")).unwrap();
    let sealed = hub.safety_copy("Zo\u{eb} und Andr\u{e9}").unwrap();
    hub.import(&sealed, Some("Zoe\u{308} und Andre\u{301}")).unwrap();
    assert_eq!(code(hub.import(&sealed, Some("Zoe und Andre"))), "invalid-passphrase");
    assert_eq!(code(hub.import(&sealed, Some(""))), "invalid-passphrase");
    assert_eq!(code(hub.import(&sealed, None)), "invalid-passphrase-missing");
    assert_eq!(PASSPHRASE_LEAST, 8);
    // Letters that are typed in two strokes are no longer for it.
    for short in ["", "1234567", "مرحبا", &"e\u{301}".repeat(7)] {
        assert_eq!(code(hub.safety_copy(short)), "invalid-passphrase-short", "{short:?}");
    }
    hub.safety_copy("مرحبا يا").unwrap();
}

#[test]
fn every_cut_and_every_changed_byte_of_a_sealed_copy_is_refused_and_nothing_changes() {
    let house = Household::small().unwrap();
    let hub = &house.hub;
    fill(hub);
    let sealed = hub.safety_copy(WORDS).unwrap();
    hub.erase().unwrap();
    hub.add_profile(&child("Still here")).unwrap();
    let before = plain(hub);
    let refused = |copy: &[u8], what: &str| {
        let code = code(hub.import(copy, Some(WORDS)));
        // A file that no longer says what it is can only be told to be none.
        let known = ["invalid-copy-damaged", "invalid-copy", "needs-update"].contains(&code.as_str());
        assert!(known, "{what}: {code:?}");
    };
    for length in 0..sealed.len() {
        refused(&sealed[..length], "cut");
    }
    let mut seed = 20_261_124u64;
    let mut random = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize
    };
    for _ in 0..2_000 {
        let (at, flip) = (random() % sealed.len(), 1 + (random() % 255) as u8);
        let mut copy = sealed.clone();
        copy[at] ^= flip;
        refused(&copy, &format!("byte {at} with {flip}"));
    }
    for more in [&b"\n"[..], b"\0", &sealed] {
        refused(&[&sealed, more].concat(), "longer");
    }
    assert!(plain(hub) == before);
}

/// The same file with other costs, and a check that fits.
fn with_costs(sealed: &[u8], costs: [u32; 3]) -> Vec<u8> {
    let mut copy = sealed[..sealed.len() - 32].to_vec();
    let at = b"otsupport-safety-copy 1\n".len();
    for (number, cost) in costs.iter().enumerate() {
        copy[at + 4 * number..][..4].copy_from_slice(&cost.to_be_bytes());
    }
    let check = Sha256::of(&copy);
    copy.extend_from_slice(check.as_bytes());
    copy
}

#[test]
fn a_file_that_asks_for_too_much_work_is_refused_at_once() {
    let house = Household::small().unwrap();
    let hub = &house.hub;
    let sealed = hub.safety_copy(WORDS).unwrap();
    let cost = |at: usize| u32::from_be_bytes(sealed[24 + 4 * at..][..4].try_into().unwrap());
    assert_eq!(with_costs(&sealed, [cost(0), cost(1), cost(2)]), sealed);
    assert!(cost(0) >= 19 * 1024 && cost(1) >= 2, "no weaker than is advised for passwords");
    let giants = [
        [u32::MAX; 3],
        [u32::MAX, 1, 1],
        [1 << 20, 3, 1],
        [8, u32::MAX, 1],
        [64 << 10, 1 << 20, 1],
        [64 << 10, 3, u32::MAX],
        [0, 0, 0],
        [7, 1, 1],
        [64 << 10, 0, 1],
        [64 << 10, 3, 0],
        [8, 1, 8],
    ];
    for costs in giants {
        let began = Instant::now();
        assert_eq!(
            code(hub.import(&with_costs(&sealed, costs), Some(WORDS))),
            "invalid-copy-damaged",
            "{costs:?}"
        );
        assert!(began.elapsed() < Duration::from_millis(100), "{costs:?}: {:?}", began.elapsed());
    }
    // A copy with other bearable costs asks the passphrase, which does not fit any more: the costs are bound to the text.
    assert_eq!(code(hub.import(&with_costs(&sealed, [1 << 10, 1, 1]), Some(WORDS))), "invalid-passphrase");
}

#[test]
fn a_copy_of_a_newer_app_asks_for_an_update() {
    let house = Household::small().unwrap();
    let hub = &house.hub;
    let sealed = hub.safety_copy(WORDS).unwrap();
    for layout in ["2\n", "9\n", "10\n"] {
        let copy = [b"otsupport-safety-copy ", layout.as_bytes(), &sealed[24..]].concat();
        assert_eq!(code(hub.import(&copy, Some(WORDS))), "needs-update", "{layout:?}");
    }
    let mut copy = empty();
    for version in [2, 3, u32::MAX] {
        copy["version"] = json!(version);
        // It may hold what this app has no name for.
        copy["diary"] = json!([1, {"two": 3}]);
        assert_eq!(code(hub.import(&bytes(&copy), None)), "needs-update", "{version}");
    }
}

/// The place that a refusal names.
fn place(refused: Result<Holdings, HubError>) -> String {
    match refused {
        Err(HubError::Invalid { code, field }) if code == "invalid-copy" => field,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_plain_file_that_breaks_its_form_is_refused_with_its_place_and_none_of_its_words() {
    let house = Household::small().unwrap();
    let hub = &house.hub;
    fill(hub);
    let before = plain(hub);
    let text = String::from_utf8(before.clone()).unwrap();
    let secret = "Quentin-at-23-Acacia-Avenue";
    let swap = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, &to.replace("SECRET", secret), 1).into_bytes()
    };
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let mut files: Vec<Vec<u8>> = [
        ("\"profiles\": [", "\"SECRET\": 1, \"profiles\": ["),
        ("\"kind\": \"child\"", "\"kind\": \"child\", \"SECRET\": 1"),
        ("\"kind\": \"child\"", "\"kind\": \"SECRET\""),
        ("\"nickname\": \"Acorns\"", "\"nickname\": [\"SECRET\"]"),
        ("\"nickname\": \"Acorns\"", "\"nickname\": \"\""),
        ("\"nickname\": \"Acorns\"", &format!("\"nickname\": \"{}\"", "SECRET".repeat(2))),
        ("\"result\": \"helped\"", "\"result\": \"SECRET\""),
        ("\"result\": \"helped\"", "\"result\": \"helped\", \"SECRET\": null"),
        ("\"result\": \"helped\"", "\"result\": \"helped\", \"result\": \"not\""),
        ("\"on\": \"2026-11-20\"", "\"on\": \"2026-02-30 SECRET\""),
        ("\"changed_at\": \"2026", "\"changed_at\": \"SECRET 2026"),
        ("\"view\": \"school\"", "\"view\": \"SECRET\""),
        ("\"view\": \"school\"", "\"view\": \"school\", \"SECRET\": 0"),
        ("\"days\": [", "\"days\": [\"SECRET\", "),
        ("\"since\": ", "\"SECRET\": 1, \"since\": "),
        ("\"saved_at\": ", "\"SECRET\": 1, \"saved_at\": "),
        ("\"item\": \"coat-flip\"", "\"item\": \"../SECRET\""),
        ("\"sealed\": \"AAEC\"", "\"sealed\": 17"),
        ("\"sealed\": \"AAEC\"", "\"sealed\": \"not base64 SECRET\""),
        ("\"format\": \"otsupport-family\"", "\"format\": \"SECRET\""),
        ("\"version\": 1", "\"version\": \"SECRET\""),
        ("\"version\": 1", "\"version\": -1"),
        ("\"lists\": [", &format!("\"SECRET\": {deep}, \"lists\": [")),
        ("\"note\": null", &format!("\"note\": {deep}")),
        ("\"note\": null", &format!("\"note\": \"{}\"", "x".repeat(2001))),
        ("\"note\": null", "\"note\": \"\\ud800 SECRET\""),
    ]
    .iter()
    .map(|(from, to)| swap(from, to))
    .collect();
    files.extend([
        b"".to_vec(),
        b"null".to_vec(),
        b"[]".to_vec(),
        b"{}".to_vec(),
        vec![0; 4096],
        deep.clone().into_bytes(),
    ]);
    files.extend([
        format!("\"{secret}\"").into_bytes(),
        format!("{text}{secret}").into_bytes(),
        b"\xef\xbb\xbf{".to_vec(),
    ]);
    files.push([&before[..before.len() / 2], b"\xff\xfe", &before[before.len() / 2..]].concat());
    files.push([&before[..before.len() / 2], b"\0", &before[before.len() / 2..]].concat());
    files.push(b"\x89PNG\r\n\x1a\n".to_vec());
    // A file that was cut anywhere.
    files.extend((0..before.len() - 2).step_by(97).map(|it| before[..it].to_vec()));
    for (number, file) in files.iter().enumerate() {
        let refused = hub.import(file, Some(WORDS));
        let said = format!("{refused:?}");
        assert!(!said.contains("Quentin") && !said.contains("Acacia"), "{said}");
        let place = place(refused);
        let (line, column) = place.strip_prefix("line ").and_then(|it| it.split_once(", column ")).unwrap();
        assert!(line.parse::<usize>().is_ok() && column.parse::<usize>().is_ok(), "{number}: {place}");
    }
    // The place is the right one.
    let wrong = swap("\"result\": \"partly\"", "\"result\": \"SECRET\"");
    let line = text.lines().position(|it| it.contains("\"partly\"")).unwrap() + 1;
    assert!(place(hub.import(&wrong, None)).starts_with(&format!("line {line}, column ")));
    assert!(plain(hub) == before);
}

#[test]
fn a_file_larger_than_any_familys_is_refused_by_its_size() {
    let house = Household::small().unwrap();
    let mut copy = plain(&house.hub);
    copy.resize(LARGEST_COPY, b' ');
    assert_eq!(house.hub.import(&copy, None).unwrap(), Holdings::default(), "the largest is read");
    copy.push(b' ');
    assert_eq!(code(house.hub.import(&copy, None)), "invalid-copy-size");
}

#[test]
fn odd_but_whole_files_are_merged_sanely() {
    let house = Household::small().unwrap();
    let hub = &house.hub;
    let mut copy = empty();
    let (early, late) = ("2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z");
    // One id twice, one name twice, lines and plans of a child who is not in it.
    copy["profiles"] = json!([
        profile(1, "Sam", early),
        profile(1, "Samuel", late),
        profile(2, "SAMUEL", early),
        profile(3, "Ada", early)
    ]);
    copy["log"] = json!([line(1, Some(1)), line(1, Some(3)), line(2, Some(2)), line(3, Some(99))]);
    let plan = json!({"item": "coat-flip", "title": "Flip the coat", "profile": format!("{:032x}", 99), "days": ["mon"],
        "since": "2026-01-01", "changed_at": early});
    copy["plans"] = json!([plan, plan]);
    copy["shelf"] = json!([{"item": "coat-flip", "saved_at": early, "seen": null}, {"item": "coat-flip", "saved_at": late, "seen": null}]);
    copy["lists"] = json!([{"id": format!("{:032x}", 1), "name": "Calm", "items": ["coat-flip", "coat-flip", "never-there"], "changed_at": early}]);
    copy["preferences"] = json!({"view": "school", "profile": format!("{:032x}", 99), "changed_at": early});
    hub.import(&bytes(&copy), None).unwrap();
    let names = |hub: &SupportHub| -> Vec<String> {
        hub.profiles().unwrap().iter().map(|it| it.nickname.as_str().to_lowercase()).collect()
    };
    let unique: BTreeSet<String> = names(hub).into_iter().collect();
    assert_eq!(unique.len(), names(hub).len(), "two of one name cannot be told apart");
    let holds = hub.holdings().unwrap();
    assert_eq!((holds.entries, holds.plans, holds.saved), (3, 1, 1));
    // Everything works on.
    hub.week().unwrap();
    hub.record(&Default::default()).unwrap();
    hub.saved().unwrap();
    hub.lists().unwrap();
    hub.browse(&Default::default(), Default::default()).unwrap();
    let before = plain(hub);
    hub.erase().unwrap();
    hub.import(&before, None).unwrap();
    assert!(
        plain(hub) == before,
        "{}\n{}",
        String::from_utf8_lossy(&before),
        String::from_utf8_lossy(&plain(hub))
    );
}

#[test]
fn what_a_file_calls_a_strategy_cannot_steer_a_terminal() {
    let house = Household::small().unwrap();
    let hub = &house.hub;
    let mut copy = empty();
    let mut entry = line(1, None);
    entry["item"] = json!("not-in-the-bank");
    entry["title"] = json!("\u{1b}]0;owned\u{7}Nice \u{202e}title\u{9b}31m");
    copy["log"] = json!([entry]);
    copy["plans"] = json!([{"item": "not-in-the-bank", "title": entry["title"], "profile": null, "days": ["mon"],
        "since": "2026-01-01", "changed_at": "2026-01-01T00:00:00Z"}]);
    hub.import(&bytes(&copy), None).unwrap();
    let record = hub.record(&Default::default()).unwrap();
    let titles = [record.strategies[0].strategy.title.clone(), hub.week().unwrap().plans[0].title.clone()];
    for title in titles {
        assert!(
            title.contains("Nice") && !title.contains(|it: char| it.is_control() || it == '\u{202e}'),
            "{title:?}"
        );
    }
}

#[test]
fn a_hundred_thousand_lines_are_merged_in_seconds() {
    let house = Household::small().unwrap();
    let mut copy = empty();
    copy["log"] = (0..100_000).map(|it| line(it, None)).collect();
    let began = Instant::now();
    assert_eq!(house.hub.import(&bytes(&copy), None).unwrap().entries, 100_000);
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    println!("{:?}", began.elapsed());
}

#[test]
fn a_child_entered_on_both_phones_is_one_child() {
    let [one, two] = Household::two().unwrap();
    let mut ids = Vec::new();
    for (house, nickname) in [(&one, "Zo\u{eb}"), (&two, "zoe\u{308}")] {
        let zoe = house.hub.add_profile(&child(nickname)).unwrap().id;
        let days = BTreeSet::from([Day::Mon]);
        house
            .hub
            .try_this_week(&TryRequest { item: id("coat-flip"), profile: Some(zoe.clone()), days })
            .unwrap();
        house.hub.log(&went_with("coat-flip", Helped, &zoe, "2026-11-20")).unwrap();
        house.hub.choose_profile(Some(&zoe)).unwrap();
        ids.push(zoe);
    }
    let new = one.hub.import(&plain(&two.hub), None).unwrap();
    assert_eq!((new.profiles, new.entries, new.plans), (0, 1, 0));
    let profiles = one.hub.profiles().unwrap();
    assert_eq!(profiles.len(), 1);
    assert_eq!(profiles[0].nickname.as_str(), "zoe\u{308}", "written later");
    assert_eq!(profiles[0].id, ids[0], "whatever points to the child here still does");
    let copy = read(&one.hub);
    assert!(copy["log"].as_array().unwrap().iter().all(|it| it["profile"] == ids[0].as_str()));
    assert_eq!(copy["preferences"]["profile"], ids[0].as_str());
}

#[test]
fn two_children_stay_two_whatever_they_are_called() {
    let early = "2026-01-01T00:00:00Z";
    let late = "2026-06-01T00:00:00Z";
    // Here Sam is the first child. On the other phone Sam was renamed and a second child is called Sam.
    let cases = [
        (vec![profile(1, "Sam", early)], vec![profile(2, "Sam", late), profile(1, "Samuel", late)], 2),
        (vec![profile(1, "Sam", early)], vec![profile(1, "Samuel", late), profile(2, "Sam", late)], 2),
        // Both children are on both phones, and the names were exchanged.
        (
            vec![profile(1, "Sam", early), profile(2, "Kit", early)],
            vec![profile(1, "Kit", late), profile(2, "Sam", late)],
            2,
        ),
        // One was renamed there to the name that another has here.
        (vec![profile(1, "Sam", early), profile(2, "Kit", early)], vec![profile(1, "Kit", late)], 2),
        (
            vec![profile(1, "Sam", early), profile(2, &"K".repeat(40), early)],
            vec![profile(1, &"K".repeat(40), late)],
            2,
        ),
    ];
    for (here, there, children) in cases {
        let house = Household::small().unwrap();
        let hub = &house.hub;
        let [mut ours, mut theirs] = [empty(), empty()];
        ours["profiles"] = json!(here);
        ours["log"] = json!([line(11, Some(1)), line(12, here.get(1).map(|_| 2))]);
        theirs["profiles"] = json!(there);
        theirs["log"] = json!([line(21, Some(1)), line(22, there.get(1).map(|_| 2))]);
        hub.import(&bytes(&ours), None).unwrap();
        hub.import(&bytes(&theirs), None).unwrap();
        let merged = read(hub);
        let profiles = hub.profiles().unwrap();
        assert_eq!(profiles.len(), children, "{merged}");
        let names: BTreeSet<_> = profiles.iter().map(|it| it.nickname.as_str().to_lowercase()).collect();
        assert_eq!(names.len(), children, "each has a name of their own: {names:?}");
        for entry in merged["log"].as_array().unwrap() {
            let number = u32::from_str_radix(entry["id"].as_str().unwrap(), 16).unwrap();
            if let Some(whose) = entry["profile"].as_str() {
                let child = if number % 10 == 1 { 1 } else { 2 };
                assert_eq!(whose, format!("{child:032x}"), "a line went to another child: {merged}");
            }
        }
        let before = plain(hub);
        assert_eq!(hub.import(&bytes(&theirs), None).unwrap(), Holdings::default());
        assert!(plain(hub) == before, "the same file again changes nothing");
        hub.erase().unwrap();
        hub.import(&before, None).unwrap();
        assert!(plain(hub) == before);
    }
}

/// What somebody does on one of two phones.
#[derive(Clone, Debug)]
enum Deed {
    Add(usize),
    Rename(usize, usize),
    Save(usize),
    Unsave(usize),
    List(usize, Vec<usize>),
    Try(usize, usize, usize),
    Log(usize, usize),
    Change(usize, usize),
    Unlog(usize),
    Look(bool, usize),
    RemoveChild(usize, bool),
}

const NAMES: [&str; 4] = ["Sam", "sam", "Ada", "Zo\u{eb}"];
const ITEMS: [&str; 2] = ["coat-flip", "big-buttons"];
const LISTS: [&str; 3] = ["Calm", "CALM", "Play"];

fn deeds() -> impl Strategy<Value = Vec<(bool, Deed)>> {
    let deed = prop_oneof![
        3 => (0usize..4).prop_map(Deed::Add),
        2 => (0usize..3, 0usize..4).prop_map(|(a, b)| Deed::Rename(a, b)),
        2 => (0usize..2).prop_map(Deed::Save),
        1 => (0usize..2).prop_map(Deed::Unsave),
        2 => (0usize..3, prop::collection::vec(0usize..2, 1..3)).prop_map(|(a, b)| Deed::List(a, b)),
        3 => (0usize..2, 0usize..4, 0usize..7).prop_map(|(a, b, c)| Deed::Try(a, b, c)),
        5 => (0usize..2, 0usize..4).prop_map(|(a, b)| Deed::Log(a, b)),
        3 => (0usize..5, 0usize..4).prop_map(|(a, b)| Deed::Change(a, b)),
        1 => (0usize..5).prop_map(Deed::Unlog),
        1 => (any::<bool>(), 0usize..4).prop_map(|(a, b)| Deed::Look(a, b)),
        1 => (0usize..3, any::<bool>()).prop_map(|(a, b)| Deed::RemoveChild(a, b)),
    ];
    prop::collection::vec((any::<bool>(), deed), 0..24)
}

fn act(hub: &SupportHub, deed: &Deed) {
    let profiles: Vec<ProfileId> = hub.profiles().unwrap().into_iter().map(|it| it.id).collect();
    let whose = |number: usize| profiles.get(number).cloned();
    let lines = hub.entries("2000-01-01".parse().unwrap(), "2100-01-01".parse().unwrap()).unwrap();
    match deed {
        // A name that is taken is refused, and nothing happens.
        Deed::Add(name) => drop(hub.add_profile(&child(NAMES[*name]))),
        Deed::Rename(number, name) => {
            if let Some(id) = whose(*number) {
                drop(hub.change_profile(&id, &child(NAMES[*name])));
            }
        }
        Deed::Save(item) => drop(hub.save(&[id(ITEMS[*item])]).unwrap()),
        Deed::Unsave(item) => drop(hub.unsave(&[id(ITEMS[*item])]).unwrap()),
        Deed::List(name, items) => {
            let items: Vec<_> = items.iter().map(|it| id(ITEMS[*it])).collect();
            hub.put_list(LISTS[*name], &items).unwrap();
        }
        Deed::Try(item, child, day) => {
            let days = [Day::ALL[*day]].into();
            hub.try_this_week(&TryRequest { item: id(ITEMS[*item]), profile: whose(*child), days }).unwrap();
        }
        Deed::Log(item, child) => {
            hub.log(&LogRequest { profile: whose(*child), ..went(ITEMS[*item], Partly) }).unwrap();
        }
        Deed::Change(line, child) => {
            if let Some(it) = lines.get(*line) {
                let request = LogRequest { profile: whose(*child), ..went("coat-flip", Stopped) };
                hub.change_log(&it.id, &request).unwrap();
            }
        }
        Deed::Unlog(line) => {
            if let Some(it) = lines.get(*line) {
                hub.unlog(&it.id).unwrap();
            }
        }
        Deed::Look(school, child) => {
            hub.set_view(if *school { View::School } else { View::Family }).unwrap();
            hub.choose_profile(whose(*child).as_ref()).unwrap();
        }
        Deed::RemoveChild(number, with_log) => {
            if let Some(id) = whose(*number) {
                hub.remove_profile(&id, *with_log).unwrap();
            }
        }
    }
}

fn array<'a>(copy: &'a Value, kind: &str) -> &'a [Value] {
    copy[kind].as_array().unwrap()
}

fn texts<'a>(records: &'a [Value], key: &str) -> Vec<&'a str> {
    records.iter().map(|it| it[key].as_str().unwrap()).collect()
}

/// Rows by their id, as the later of two phones has them.
fn later<'a>(here: &'a Value, file: &'a Value, kind: &str) -> BTreeMap<&'a str, &'a Value> {
    let mut latest: BTreeMap<&str, &Value> = BTreeMap::new();
    for record in array(here, kind).iter().chain(array(file, kind)) {
        let best = latest.entry(record["id"].as_str().unwrap()).or_insert(record);
        if record["changed_at"].as_str() > best["changed_at"].as_str() {
            *best = record;
        }
    }
    latest
}

fn merged_well(here: &Value, file: &Value, merged: &Value) -> Result<(), TestCaseError> {
    // Lines: all of them, each as it was changed last.
    let lines = later(here, file, "log");
    prop_assert_eq!(array(merged, "log").len(), lines.len());
    let ids: BTreeSet<&str> = texts(array(merged, "profiles"), "id").into_iter().collect();
    for line in array(merged, "log") {
        let expected = lines[line["id"].as_str().unwrap()];
        for key in ["item", "title", "on", "result", "who", "note", "changed_at"] {
            prop_assert_eq!(&line[key], &expected[key]);
        }
        prop_assert_eq!(line["profile"].is_null(), expected["profile"].is_null());
        prop_assert!(
            line["profile"].as_str().is_none_or(|it| ids.contains(it)),
            "a line of nobody that is known"
        );
    }
    // Children: everybody of here under their id; everybody of the file by id or by name; no two of one name.
    for id in texts(array(here, "profiles"), "id") {
        prop_assert!(ids.contains(id));
    }
    let lower = |names: Vec<&str>| names.into_iter().map(str::to_lowercase).collect::<Vec<_>>();
    let names = lower(texts(array(merged, "profiles"), "nickname"));
    prop_assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{:?}", names);
    for theirs in array(file, "profiles") {
        let name = theirs["nickname"].as_str().unwrap().to_lowercase();
        let here = lower(texts(array(here, "profiles"), "nickname"));
        prop_assert!(ids.contains(theirs["id"].as_str().unwrap()) || here.contains(&name));
    }
    // The shelf: what is here in its order, then what is new in the file's.
    let mut shelf = texts(array(here, "shelf"), "item");
    shelf.extend(
        texts(array(file, "shelf"), "item")
            .into_iter()
            .filter(|it| !texts(array(here, "shelf"), "item").contains(it)),
    );
    prop_assert_eq!(texts(array(merged, "shelf"), "item"), shelf);
    // Lists: every name once, with everything that either has.
    let items = |copy: &Value, name: &str| -> BTreeSet<String> {
        let lists =
            array(copy, "lists").iter().filter(|it| it["name"].as_str().unwrap().to_lowercase() == name);
        lists.flat_map(|it| it["items"].as_array().unwrap().clone()).map(|it| it.to_string()).collect()
    };
    for name in ["calm", "play"] {
        let both: BTreeSet<String> = items(here, name).union(&items(file, name)).cloned().collect();
        prop_assert_eq!(items(merged, name), both);
        let named =
            array(merged, "lists").iter().filter(|it| it["name"].as_str().unwrap().to_lowercase() == name);
        prop_assert!(named.count() <= 1);
    }
    // Plans: one for one strategy with one child, and none is gone.
    let plans: Vec<_> =
        array(merged, "plans").iter().map(|it| (it["item"].to_string(), it["profile"].to_string())).collect();
    prop_assert_eq!(plans.iter().collect::<BTreeSet<_>>().len(), plans.len());
    for plan in array(here, "plans") {
        prop_assert!(plans.contains(&(plan["item"].to_string(), plan["profile"].to_string())));
    }
    for plan in array(file, "plans") {
        let item = plan["item"].to_string();
        prop_assert!(plans.iter().any(|it| it.0 == item));
    }
    let chosen = |copy: &Value| copy["preferences"]["changed_at"].as_str().unwrap_or_default().to_owned();
    let latest = if chosen(file) > chosen(here) { file } else { here };
    prop_assert_eq!(&merged["preferences"]["view"], &latest["preferences"]["view"]);
    Ok(())
}

#[test]
fn two_phones_become_one_without_loss() {
    let [one, two] = Household::two().unwrap();
    let config = ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let verdict = runner.run(&(deeds(), deeds(), any::<bool>()), |(before, after, common)| {
        one.hub.erase().unwrap();
        two.hub.erase().unwrap();
        // Some families begin with a copy of one phone on the other.
        before.iter().for_each(|(_, deed)| act(&one.hub, deed));
        if common {
            two.hub.import(&plain(&one.hub), None).unwrap();
            prop_assert!(plain(&two.hub) == plain(&one.hub));
        }
        for (first, deed) in &after {
            act(if *first { &one.hub } else { &two.hub }, deed);
        }
        let (ours, theirs) = (read(&one.hub), read(&two.hub));
        let new = one.hub.import(&bytes(&theirs), None).unwrap();
        let merged = read(&one.hub);
        merged_well(&ours, &theirs, &merged)?;
        prop_assert_eq!(new.entries, array(&merged, "log").len() - array(&ours, "log").len());
        let whole = plain(&one.hub);
        prop_assert_eq!(one.hub.import(&bytes(&theirs), None).unwrap(), Holdings::default());
        prop_assert!(plain(&one.hub) == whole, "the same file again changes nothing");
        one.hub.import(&bytes(&ours), None).unwrap();
        prop_assert!(plain(&one.hub) == whole, "what was here before is in it");
        // Back on the other phone both hold the same.
        two.hub.import(&whole, None).unwrap();
        merged_well(&theirs, &merged, &read(&two.hub))?;
        let counted = |hub: &SupportHub| hub.holdings().unwrap();
        prop_assert_eq!(counted(&two.hub), counted(&one.hub));
        one.hub.erase().unwrap();
        one.hub.import(&whole, None).unwrap();
        prop_assert!(plain(&one.hub) == whole);
        Ok(())
    });
    verdict.unwrap_or_else(|error| panic!("{error}"));
}
