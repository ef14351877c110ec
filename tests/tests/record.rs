//! The strategy record: what it says is what was written down, what was left out is in none of its forms, and a stranger can
//! read it.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use otsupport_core::SupportHub;
use otsupport_core::strategies::{
    Day, LogRequest, Next, PracticeResult, ProfileKind, ProfileRequest, Record, RecordRequest,
    SignpostRequest, TryRequest, VariantChoice,
};
use otsupport_core::wire::snapshot::Part;
use otsupport_tests::household::{Household, child, code, day, id, went, went_with};
use proptest::prelude::*;
use serde_json::{Value, json};

use PracticeResult::{Helped, Not, Partly, Stopped};

/// The first day of every random record.
const FIRST: &str = "2026-11-02";
const STRATEGIES: [&str; 5] = ["coat-flip", "big-buttons", "late-games", "gone-for-good", "gone-too"];

#[derive(Clone, Debug)]
struct Child {
    class: bool,
}

#[derive(Clone, Debug)]
struct Trial {
    strategy: usize,
    child: Option<usize>,
    days: BTreeSet<usize>,
}

#[derive(Clone, Debug)]
struct Written {
    strategy: usize,
    /// One of the children, or nobody in particular, or one who was removed.
    child: Option<usize>,
    on: u64,
    result: usize,
    who: Option<usize>,
    note: bool,
    out: bool,
    note_out: bool,
    who_out: bool,
}

#[derive(Clone, Debug)]
struct Scene {
    children: Vec<Child>,
    plans: Vec<Trial>,
    log: Vec<Written>,
    names: bool,
    who: bool,
    notes: bool,
    profile: Option<usize>,
    from: u64,
    to: u64,
}

const RESULTS: [&str; 4] = ["helped", "partly", "not", "stopped"];
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

fn scenes() -> impl Strategy<Value = Scene> {
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    let rare = || prop::bool::weighted(0.2);
    let written = (
        (0..STRATEGIES.len(), prop::option::of(0usize..4), 0u64..20, 0usize..4),
        (prop::option::of(0usize..3), any::<bool>(), rare(), rare(), rare()),
    );
    let written = written.prop_map(|((strategy, child, on, result), (who, note, out, note_out, who_out))| {
        Written { strategy, child, on, result, who, note, out, note_out, who_out }
    });
    let trial =
        (0..STRATEGIES.len(), prop::option::of(0usize..4), prop::collection::btree_set(0usize..7, 1..8))
            .prop_map(|(strategy, child, days)| Trial { strategy, child, days });
    (
        prop::collection::vec(any::<bool>().prop_map(|class| Child { class }), 0..4),
        prop::collection::vec(trial, 0..5),
        prop::collection::vec(written, 0..25),
        flags,
        prop::option::weighted(0.3, 0usize..4),
        (0u64..20, 0u64..20),
    )
        .prop_map(|(children, plans, log, (names, who, notes), profile, (from, to))| {
            // One plan for one strategy with one child.
            let plans: BTreeMap<_, _> = plans.into_iter().map(|it| ((it.strategy, it.child), it)).collect();
            let profile = profile.filter(|it| *it < children.len());
            let plans = plans.into_values().collect();
            Scene { children, plans, log, names, who, notes, profile, from: from.min(to), to: from.max(to) }
        })
}

fn profile_id(child: usize) -> String {
    format!("{:032x}", 0xc0_0000 + child)
}

fn entry_id(entry: usize) -> String {
    format!("{:032x}", 0xe0_0000 + entry)
}

fn on(offset: u64) -> NaiveDate {
    day(FIRST) + Days::new(offset)
}

fn nickname(child: usize) -> String {
    format!("Nick{child}q")
}

fn who(who: usize) -> String {
    format!("Helper{who}q")
}

fn note(entry: usize) -> String {
    format!("Note{entry}q")
}

fn copy(scene: &Scene) -> Vec<u8> {
    let at = "2026-11-24T09:00:00Z";
    let profiles: Vec<_> = scene.children.iter().enumerate().map(|(number, it)| {
        json!({"id": profile_id(number), "nickname": nickname(number), "kind": if it.class { "class" } else { "child" },
            "age": null, "settings": [], "changed_at": at})
    }).collect();
    let plans: Vec<_> = scene.plans.iter().map(|it| {
        json!({"item": STRATEGIES[it.strategy], "title": "An old title", "profile": it.child.map(profile_id),
            "days": it.days.iter().map(|it| DAYS[*it]).collect::<Vec<_>>(), "since": FIRST, "changed_at": at})
    }).collect();
    let log: Vec<_> = scene.log.iter().enumerate().map(|(number, it)| {
        json!({"id": entry_id(number), "item": STRATEGIES[it.strategy], "title": format!("Old title {}", it.on),
            "profile": it.child.map(profile_id), "on": on(it.on), "result": RESULTS[it.result],
            "who": it.who.map(who), "note": it.note.then(|| note(number)), "changed_at": at})
    }).collect();
    serde_json::to_vec(&json!({
        "format": "otsupport-family", "version": 1, "profiles": profiles, "shelf": [], "lists": [], "plans": plans, "log": log,
        "preferences": {"view": "family", "profile": null, "changed_at": null}, "waiting": [],
    }))
    .unwrap()
}

fn request(scene: &Scene) -> RecordRequest {
    let chosen = |out: fn(&Written) -> bool| {
        let ids = scene.log.iter().enumerate().filter(|(_, it)| out(it));
        ids.map(|(number, _)| entry_id(number).parse().unwrap()).collect()
    };
    RecordRequest {
        from: Some(on(scene.from)),
        to: Some(on(scene.to)),
        profile: scene.profile.map(|it| profile_id(it).parse().unwrap()),
        names: scene.names,
        who: scene.who,
        notes: scene.notes,
        lines_out: chosen(|it| it.out),
        notes_out: chosen(|it| it.note_out),
        who_out: chosen(|it| it.who_out),
    }
}

/// The record by the words of the issue: child by child in the family's order and nobody's last; within a child, strategies by
/// their first day; within a strategy, lines by day and then as they were written.
fn reference(scene: &Scene) -> Vec<Value> {
    let known = |child: Option<usize>| child.filter(|it| *it < scene.children.len());
    let mut lines: Vec<(usize, &Written)> = scene.log.iter().enumerate().collect();
    lines.retain(|(_, it)| it.on >= scene.from && it.on <= scene.to && !it.out);
    lines.retain(|(_, it)| scene.profile.is_none() || it.child == scene.profile);
    lines.sort_by_key(|(number, it)| (it.on, *number));
    let mut told = Vec::new();
    let whose: BTreeSet<_> = lines.iter().map(|(_, it)| known(it.child).unwrap_or(usize::MAX)).collect();
    for (place, child) in whose.iter().enumerate() {
        let of_child: Vec<_> =
            lines.iter().filter(|(_, it)| known(it.child).unwrap_or(usize::MAX) == *child).collect();
        let mut strategies: Vec<usize> = Vec::new();
        for (_, it) in &of_child {
            if !strategies.contains(&it.strategy) {
                strategies.push(it.strategy);
            }
        }
        for strategy in strategies {
            let its: Vec<_> = of_child.iter().filter(|(_, it)| it.strategy == strategy).collect();
            let last = its[its.len() - 1].1;
            let count = |result| its.iter().filter(|(_, it)| it.result == result).count();
            let said_who = |it: &Written| it.who.filter(|_| scene.who && !it.who_out).map(who);
            let mut everybody: Vec<String> = Vec::new();
            for (_, it) in &its {
                everybody.extend(said_who(it).filter(|it| !everybody.contains(it)));
            }
            let listed = strategy < 2;
            let plan = scene.plans.iter().find(|it| it.strategy == strategy && it.child == last.child);
            let next = match plan {
                _ if !listed => json!({"code": "ask-the-service"}),
                Some(it) => {
                    json!({"code": "going-on", "days": it.days.iter().map(|it| DAYS[*it]).collect::<Vec<_>>()})
                }
                None if last.result == 3 => json!({"code": "stopped", "on": on(last.on)}),
                None => json!({"code": "nothing-planned"}),
            };
            let name = match scene.children.get(*child) {
                None => Value::Null,
                Some(_) if scene.names => json!(nickname(*child)),
                Some(_) if whose.len() == 1 => Value::Null,
                Some(it) => json!(format!("{} {}", if it.class { "Class" } else { "Child" }, place + 1)),
            };
            told.push(json!({
                "child": name,
                "item": STRATEGIES[strategy],
                "times": its.len(),
                "days": its.iter().map(|(_, it)| it.on).collect::<BTreeSet<_>>().len(),
                "first": on(its[0].1.on),
                "last": on(last.on),
                "who": everybody,
                "results": {"helped": count(0), "partly": count(1), "not": count(2), "stopped": count(3)},
                "next": next,
                "lines": its.iter().map(|(number, it)| json!({
                    "id": entry_id(*number), "on": on(it.on), "result": RESULTS[it.result], "who": said_who(it),
                    "note": (it.note && scene.notes && !it.note_out).then(|| note(*number)),
                })).collect::<Vec<_>>(),
            }));
        }
    }
    told
}

fn forms(hub: &SupportHub, request: &RecordRequest) -> [String; 3] {
    [
        serde_json::to_string(&hub.record(request).unwrap()).unwrap(),
        hub.record_csv(request).unwrap(),
        hub.record_html(request).unwrap(),
    ]
}

/// The rows of a table below its headings, each cell under its heading.
fn rows(table: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(table.trim_start_matches('\u{feff}').as_bytes());
    let headings: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let row = |row: csv::Result<csv::StringRecord>| {
        headings.iter().cloned().zip(row.unwrap().iter().map(str::to_owned)).collect()
    };
    reader.records().map(row).collect()
}

#[test]
fn a_record_says_what_was_written_down_and_nothing_that_was_left_out() {
    let house = Household::small().unwrap();
    let hub = &house.hub;
    let config = ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let verdict = runner.run(&scenes(), |scene| {
        hub.erase().unwrap();
        hub.import(&copy(&scene), None).unwrap();
        let request = request(&scene);
        let record = serde_json::to_value(hub.record(&request).unwrap()).unwrap();
        let expected = reference(&scene);
        let told = record["strategies"].as_array().unwrap();
        prop_assert_eq!(told.len(), expected.len());
        for (told, expected) in told.iter().zip(&expected) {
            for (key, value) in expected.as_object().unwrap() {
                prop_assert_eq!(&told[key], value, "{}", key);
            }
        }
        let forms = forms(hub, &request);
        let said = serde_json::to_string(&expected).unwrap();
        let words = (0..4).map(nickname).chain((0..3).map(who)).chain((0..scene.log.len()).map(note));
        for word in words {
            for form in &forms {
                prop_assert_eq!(form.contains(&word), said.contains(&word), "{}", word);
            }
        }
        for number in 0..scene.log.len() {
            for form in &forms[..1] {
                prop_assert_eq!(form.contains(&entry_id(number)), said.contains(&entry_id(number)));
            }
        }
        for number in 0..4 {
            prop_assert!(forms.iter().all(|it| !it.contains(&profile_id(number))));
        }
        // The table holds the same lines in the same order.
        let cell = |it: &Value| it.as_str().unwrap_or_default().to_owned();
        let mut lines = Vec::new();
        for it in told {
            for line in it["lines"].as_array().unwrap() {
                let cells = [&line["on"], &it["title"], &it["child"], &line["who"], &line["note"]].map(cell);
                lines.push((cells, it["times"].to_string()));
            }
        }
        let headings = ["Date", "Strategy", "Child", "With", "Note"];
        let rows: Vec<_> = rows(&forms[1])
            .into_iter()
            .map(|row| (headings.map(|it| row[it].clone()), row["Times in this period"].clone()))
            .collect();
        prop_assert_eq!(rows, lines);
        Ok(())
    });
    verdict.unwrap_or_else(|error| panic!("{error}"));
}

/// Two children and three strategies.
fn rich() -> Household {
    let house = Household::small().unwrap();
    let hub = &house.hub;
    let sam = hub.add_profile(&child("🦖 سام")).unwrap().id;
    let class = ProfileRequest { kind: ProfileKind::Class, ..child("Acorns") };
    let acorns = hub.add_profile(&class).unwrap().id;
    let days = BTreeSet::from([Day::Mon, Day::Fri]);
    hub.try_this_week(&TryRequest { item: id("coat-flip"), profile: Some(sam.clone()), days }).unwrap();
    let with = |item, result, profile, on, who: &str, note: &str| {
        let request = went_with(item, result, profile, on);
        hub.log(&LogRequest { who: who.to_owned(), note: note.to_owned(), ..request }).unwrap();
    };
    with("coat-flip", Helped, &sam, "2026-11-20", "Mum", "قلب المعطف بنفسه\nوضحك 😀");
    with("coat-flip", Not, &sam, "2026-11-21", "Mum", "");
    with("coat-flip", Partly, &sam, "2026-11-21", "Grandad", "Slow, \"but\" calm");
    with("big-buttons", Stopped, &acorns, "2026-11-23", "Ms Lee", "Sore thumb");
    house
}

fn everything() -> RecordRequest {
    RecordRequest { notes: true, ..RecordRequest::default() }
}

#[test]
fn notes_are_out_unless_they_are_asked_for_and_enquiries_never_in() {
    let house = rich();
    let hub = &house.hub;
    for form in forms(hub, &RecordRequest::default()) {
        assert!(form.contains("Mum") && form.contains("سام"));
        assert!(!form.contains("Sore thumb") && !form.contains("المعطف") && !form.contains("calm"));
    }
    let mut copy: Value = serde_json::from_slice(&hub.plain_copy().unwrap()).unwrap();
    copy["waiting"] = json!([{"id": "enquiry-id-q", "sealed": "c2VhbGVkLXE="}]);
    hub.import(&serde_json::to_vec(&copy).unwrap(), None).unwrap();
    assert_eq!(hub.holdings().unwrap().waiting, 1);
    for form in forms(hub, &everything()) {
        assert!(form.contains("Sore thumb"));
        assert!(!form.contains("enquiry") && !form.contains("c2VhbGVkLXE"));
    }
}

#[test]
fn without_names_children_are_told_apart_by_number() {
    let house = rich();
    let without = RecordRequest { names: false, ..everything() };
    let record = house.hub.record(&without).unwrap();
    let children: Vec<_> = record.strategies.iter().map(|it| it.child.as_deref()).collect();
    assert_eq!(children, [Some("Child 1"), Some("Class 2")]);
    for form in forms(&house.hub, &without) {
        assert!(form.contains("Child 1") && form.contains("Class 2"));
        assert!(!form.contains("سام") && !form.contains("Acorns"));
    }
    let alone = RecordRequest { profile: Some(house.hub.profiles().unwrap()[0].id.clone()), ..without };
    assert_eq!(house.hub.record(&alone).unwrap().strategies[0].child, None, "one child needs no number");
}

#[test]
fn a_line_a_note_or_a_name_can_be_left_out_one_by_one() {
    let house = rich();
    let hub = &house.hub;
    let lines: Vec<_> =
        hub.record(&everything()).unwrap().strategies.into_iter().flat_map(|it| it.lines).collect();
    let of = |note: &str| {
        lines.iter().find(|it| it.note.as_deref().is_some_and(|it| it.contains(note))).unwrap().id.clone()
    };
    let request = RecordRequest {
        lines_out: [of("Sore")].into(),
        notes_out: [of("calm")].into(),
        who_out: [of("المعطف")].into(),
        ..everything()
    };
    let record = hub.record(&request).unwrap();
    assert_eq!(record.strategies.len(), 1, "the strategy of the only line is out with it");
    assert_eq!((record.strategies[0].times, record.strategies[0].days), (3, 2));
    assert_eq!(record.strategies[0].who, ["Mum", "Grandad"], "said by another line");
    for form in forms(hub, &request) {
        assert!(form.contains("وضحك 😀") && form.contains("Grandad"));
        for gone in ["Sore", "calm", "Ms Lee", "Acorns", "Big buttons"] {
            assert!(!form.contains(gone), "{gone}");
        }
    }
}

#[test]
fn a_table_gives_back_every_cell_and_runs_nothing() {
    let house = Household::small().unwrap();
    let hub = &house.hub;
    let notes = [
        "=HYPERLINK(\"http://evil\",\"x\")",
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "a\"b,c\nd",
        "ثانيا 👨‍👩‍👧‍👦",
        "plain",
        "1;=2",
        "=1\n=2",
        "'quoted",
        "x\t=1",
    ];
    for note in notes {
        let request =
            LogRequest { who: note.replace('\n', " "), note: note.to_owned(), ..went("coat-flip", Helped) };
        hub.log(&request).unwrap();
    }
    let sam = hub.add_profile(&child("=cmd|' /C calc'!A0")).unwrap();
    hub.log(&went_with("coat-flip", Helped, &sam.id, "2026-11-24")).unwrap();
    let table = hub.record_csv(&everything()).unwrap();
    assert!(table.starts_with('\u{feff}'), "so that a spreadsheet takes it for UTF-8");
    assert!(table.contains("\r\n"));
    let rows = rows(&table);
    assert_eq!(rows.len(), notes.len() + 1);
    let mut found: Vec<&str> =
        rows.iter().map(|it| it["Note"].as_str()).filter(|it| !it.is_empty()).collect();
    let safe = |note: &str| {
        let note = note.replace('\t', " ");
        if note.starts_with(['=', '+', '-', '@']) { format!("'{note}") } else { note }
    };
    let expected: Vec<String> = notes.iter().map(|it| safe(it)).collect();
    assert_eq!(found, expected);
    found.retain(|it| it.starts_with(['=', '+', '-', '@', '\t', '\r']));
    assert!(found.is_empty());
    for row in &rows {
        for (heading, cell) in row {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']), "{heading}: {cell:?}");
        }
        assert_eq!(row["Written by"], "the family");
        assert_eq!(row["Stop if"], "Your child is upset.\nAn arm hurts.");
        assert_eq!(
            row["Get help when"],
            "It does not get better in a term.\nDressing hurts: contact the service."
        );
        assert!(row["Review"].contains("Demonstration, not clinical advice"), "{}", row["Review"]);
        assert_eq!(row["How it went"], "Helped");
    }
}

#[test]
fn a_page_takes_no_family_text_for_markup_and_fetches_nothing() {
    let house = Household::small().unwrap();
    let hub = &house.hub;
    let bad = "<script>alert(1)</script></style><img src=x onerror=y>&amp;\"'";
    let sam = hub.add_profile(&child("<b>\"&'</title>")).unwrap().id;
    let request = went_with("coat-flip", Stopped, &sam, "2026-11-24");
    hub.log(&LogRequest { who: bad.to_owned(), note: bad.to_owned(), ..request }).unwrap();
    let page = hub.record_html(&everything()).unwrap();
    for mark in [
        "<script",
        "<img",
        "</style><img",
        "<b>",
        "</title></h3>",
        "javascript:",
        "<link",
        "<iframe",
        "@import",
        "url(",
    ] {
        assert!(!page.to_lowercase().contains(mark), "{mark}");
    }
    assert!(page.contains(
        "&lt;script&gt;alert(1)&lt;/script&gt;&lt;/style&gt;&lt;img src=x onerror=y&gt;&amp;amp;&quot;"
    ));
    assert!(
        !page.contains(" src=") || page.contains("&lt;img src=x"),
        "only the family's words speak of a source"
    );
    let markup = page.replace("&lt;img src=x", "");
    assert!(!markup.contains(" src=") && !markup.contains(" href="), "nothing is fetched");
    assert!(page.contains("default-src 'none'"));
    let (_, title) = page.split_once("<title>").unwrap();
    assert!(title.starts_with("Strategy record</title>"), "a tab or a list of recent files names nobody");
}

/// The numbers of a page's headings in their order.
fn headings(page: &str) -> Vec<u8> {
    page.match_indices("<h")
        .filter_map(|(at, _)| page.as_bytes().get(at + 2))
        .filter(|it| it.is_ascii_digit())
        .map(|it| it - b'0')
        .collect()
}

/// What a reader of the page needs whether they see it or hear it.
fn is_accessible(page: &str) {
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"en-GB\">"));
    let headings = headings(page);
    assert_eq!((headings[0], headings.iter().filter(|it| **it == 1).count()), (1, 1));
    assert!(headings.windows(2).all(|it| it[1] <= it[0] + 1), "a level is left out: {headings:?}");
    for row in page.split("<thead>").skip(1) {
        let (head, body) = row.split_once("</thead>").unwrap();
        let columns = head.matches("<th").count();
        assert_eq!(
            (head.matches("scope=\"col\"").count(), head.matches("<td").count()),
            (columns, 0),
            "{head}"
        );
        let (body, _) = body.split_once("</tbody>").unwrap();
        for row in body.split("<tr>").skip(1) {
            assert_eq!(row.matches("<td").count() + row.matches("<th ").count(), columns);
        }
    }
    for one in ["<header>", "<main>", "<footer>", "width=device-width", "charset=\"utf-8\""] {
        assert_eq!(page.matches(one).count(), 1, "{one}");
    }
    assert!(!page.contains("user-scalable") && !page.contains("maximum-scale"));
}

#[test]
fn a_stranger_can_read_the_page() {
    let house = rich();
    let hub = &house.hub;
    let page = hub.record_html(&everything()).unwrap();
    is_accessible(&page);
    let said = [
        "Written by the family",
        "2 September 2026 to 24 November 2026",
        "A small service",
        "020 7946 0000",
        "Demonstration, not clinical advice",
        "Made on 24 November 2026",
        "It is not an assessment",
        "Flip the coat",
        "3 times on 2 days",
        "20 November 2026 to 21 November 2026",
        "<bdi>Mum</bdi>, <bdi>Grandad</bdi>",
        "Going on: Monday, Friday",
        "Helped: 1",
        "Helped a little: 1",
        "Did not help this time: 1",
        "We stopped: 1",
        "Big buttons first",
        "1 time",
        "Stopped on 23 November 2026",
        "Reviewed by B lead on 31 January 2026, next review 31 January 2027",
        "قلب المعطف بنفسه",
        "وضحك 😀",
        "Sore thumb",
        "With <bdi>🦖 سام</bdi>",
    ];
    for words in said {
        assert!(page.contains(words), "{words} is not there");
    }
    for item in ["coat-flip", "big-buttons"] {
        let shown = hub.show(&id(item), &VariantChoice::default()).unwrap();
        for section in shown.sections.iter().filter(|it| matches!(it.part, Part::StopIf | Part::GetHelpWhen))
        {
            assert!(page.contains(&format!("<h4>{}</h4>", section.heading)));
            for line in section.text.lines() {
                assert!(
                    page.contains(&format!("<li dir=\"auto\">{}</li>", line.trim_start_matches("- "))),
                    "{line}"
                );
            }
        }
    }
    for unkind in ["streak", "missed", "failed", "only ", "in a row", "red"] {
        let body = page.split_once("<body>").unwrap().1.to_lowercase();
        let words: Vec<&str> = body.split(|it: char| !it.is_alphabetic()).collect();
        assert!(!words.contains(&unkind.trim()), "{unkind}");
    }
}

#[test]
fn what_the_bank_took_back_or_no_longer_has_says_so_in_every_form() {
    let house = Household::small().unwrap();
    let hub = &house.hub;
    let scene = Scene {
        children: Vec::new(),
        plans: vec![Trial { strategy: 3, child: None, days: [0].into() }],
        log: [2, 3]
            .map(|strategy| Written {
                strategy,
                child: None,
                on: 1,
                result: 0,
                who: None,
                note: false,
                out: false,
                note_out: false,
                who_out: false,
            })
            .into(),
        names: true,
        who: true,
        notes: true,
        profile: None,
        from: 0,
        to: 19,
    };
    hub.import(&copy(&scene), None).unwrap();
    let record = hub.record(&request(&scene)).unwrap();
    assert!(record.strategies.iter().all(|it| it.next == Next::AskTheService));
    assert!(record.strategies[0].strategy.is_withdrawn());
    assert_eq!(
        (record.strategies[1].strategy.title.as_str(), &record.strategies[1].strategy.review),
        ("Old title 1", &None)
    );
    let [json, table, page] = forms(hub, &request(&scene));
    let withdrawn = "Withdrawn on 1 November 2026: do not use it. It kept children awake.";
    let unlisted = "No longer listed: check with the service";
    for form in [&table, &page] {
        for words in [withdrawn, unlisted, "Ask the service first", "Late games"] {
            assert!(form.contains(words), "{words} is not there");
        }
    }
    assert!(json.contains("\"currency\":\"withdrawn\"") && json.contains("It kept children awake."));
    is_accessible(&page);
}

#[test]
fn an_old_text_says_so() {
    let house = rich();
    house.clock.set("2027-02-23T10:00:00Z");
    let wide = RecordRequest { from: Some(day(FIRST)), ..everything() };
    let [_, table, page] = forms(&house.hub, &wide);
    assert!(
        table.contains("Not checked lately: it may have changed")
            && page.contains("Not checked lately: it may have changed")
    );
}

#[test]
fn an_empty_record_is_a_record() {
    let house = Household::small().unwrap();
    let [json, table, page] = forms(&house.hub, &RecordRequest::default());
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["written_by"], &json["strategies"]), (&json!("the family"), &json!([])));
    assert_eq!(
        (&json["from"], &json["to"], &json["made_on"]),
        (&json!("2026-09-02"), &json!("2026-11-24"), &json!("2026-11-24"))
    );
    assert!(rows(&table).is_empty() && table.starts_with("Date,"));
    assert!(
        page.contains("Written by the family") && page.contains("Nothing was written down in this time.")
    );
    is_accessible(&page);
}

#[test]
fn the_period_is_whole_days_and_a_bad_one_is_refused() {
    let house = rich();
    let hub = &house.hub;
    let lines = |from: &str, to: &str| {
        let request = RecordRequest { from: Some(day(from)), to: Some(day(to)), ..everything() };
        hub.record(&request).map(|it: Record| it.strategies.iter().map(|it| it.times).sum::<usize>())
    };
    assert_eq!(lines("2026-11-20", "2026-11-23").unwrap(), 4);
    assert_eq!(lines("2026-11-21", "2026-11-22").unwrap(), 2);
    assert_eq!(lines("2026-11-20", "2026-11-20").unwrap(), 1);
    assert_eq!(lines("2027-01-01", "2030-01-01").unwrap(), 0);
    assert_eq!(code(lines("2026-11-23", "2026-11-22")), "invalid-from");
    let stranger = RecordRequest { profile: Some("a".repeat(32).parse().unwrap()), ..everything() };
    assert_eq!(code(hub.record(&stranger)), "invalid-profile");
    let ends = RecordRequest { from: Some(NaiveDate::MIN), to: Some(NaiveDate::MAX), ..everything() };
    assert_eq!(hub.record(&ends).unwrap().strategies.len(), 2);
    // A last day that has no twelve weeks before it.
    let first = RecordRequest { to: Some(NaiveDate::MIN), ..everything() };
    assert!(hub.record(&first).unwrap().strategies.is_empty());
}

#[test]
fn a_sheet_of_a_signpost_carries_the_warnings_of_each_strategy() {
    let house = Household::small().unwrap();
    let request = SignpostRequest {
        items: vec![id("coat-flip"), id("big-buttons")],
        note: "<b>Try & see</b>".to_owned(),
        until: None,
        site: "https://hub.example.org/".to_owned(),
    };
    let page = house.hub.signpost_sheet(&request).unwrap();
    is_accessible(&page);
    let said = [
        "Flip the coat",
        "Demonstration, not clinical advice",
        "Your child is upset.",
        "Dressing hurts: contact the service.",
        "Big buttons first",
        "Reviewed by B lead on 31 January 2026",
        "Hands hurt.",
        "One hand is not used.",
        "hub.example.org/read/coat-flip.html",
        "&lt;b&gt;Try &amp; see&lt;/b&gt;",
        "24 March 2027",
    ];
    for words in said {
        assert!(page.contains(words), "{words} is not there");
    }
}
