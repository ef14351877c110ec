//! Trying a strategy and writing down how it went.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant};

use chrono::{Days, NaiveDate};
use otsupport_core::strategies::{
    Currency, Day, Filter, ItemView, Kind, LogRequest, Page, PracticeResult, ProfileId, RecordRequest,
    TryRequest, VariantChoice, Week,
};
use otsupport_core::wire::snapshot::Part;
use otsupport_core::{CopyDue, SupportHub};
use otsupport_tests::content_folder::{Edit, edit};
use otsupport_tests::household::{Household, child, code, day, id, went, went_with};
use serde_json::json;

use PracticeResult::{Helped, Not, Partly, Stopped};

fn plan(item: &str, profile: Option<&ProfileId>, days: &[Day]) -> TryRequest {
    TryRequest { item: id(item), profile: profile.cloned(), days: days.iter().copied().collect() }
}

fn ages_ago(hub: &SupportHub) -> Vec<otsupport_core::strategies::Entry> {
    hub.entries(day("2000-01-01"), day("2100-01-01")).unwrap()
}

fn shown(hub: &SupportHub, item: &str) -> ItemView {
    hub.show(&id(item), &VariantChoice::default()).unwrap()
}

/// The lines of a part as `show` gives them.
fn lines(item: &ItemView, part: Part) -> Vec<String> {
    let sections = item.sections.iter().filter(|it| it.part == part);
    let lines = sections.flat_map(|it| it.text.lines()).filter(|it| !it.is_empty());
    lines.map(|it| it.strip_prefix("- ").unwrap_or(it).to_owned()).collect()
}

/// Withdraws `big-buttons` and publishes.
fn withdraw(house: &Household) {
    let file = "strategies/dressing/big-buttons.md";
    let publisher = house.publisher();
    publisher.relink("big-buttons", "coat-flip").unwrap();
    let path = publisher.content().join(file);
    let text = fs::read_to_string(&path).unwrap();
    let (_, front) = text.split_once("---\n").unwrap();
    let (front, _) = front.split_once("review:").unwrap();
    let withdrawn = format!(
        "---\n{front}review: {{status: withdrawn, author: A team}}\n\
         withdrawn: {{on: 2026-11-24, reason: It can pinch., instead: coat-flip}}\n---\n"
    );
    fs::write(&path, withdrawn).unwrap();
    publisher.publish("2026-11-25T09:00:00Z").unwrap();
}

/// Takes `big-buttons` off the bank and publishes.
fn unlist(mut publisher: otsupport_tests::site::Publisher) -> otsupport_tests::site::Publisher {
    publisher.relink("big-buttons", "coat-flip").unwrap();
    edit(&publisher, &[Edit::Remove("strategies/dressing/big-buttons.md")]).unwrap();
    publisher.allow_removed = true;
    publisher.publish("2026-11-25T09:00:00Z").unwrap();
    publisher
}

#[test]
fn a_week_is_from_monday_to_sunday_in_londons_days() {
    let house = Household::small().unwrap();
    let hub = &house.hub;
    hub.try_this_week(&plan("coat-flip", None, &Day::ALL)).unwrap();
    let cases = [
        ("2026-11-24T09:00:00Z", "2026-11-23", "2026-11-29"),
        ("2026-11-29T23:59:59Z", "2026-11-23", "2026-11-29"),
        ("2026-11-30T00:00:00Z", "2026-11-30", "2026-12-06"),
        ("2027-06-13T22:59:59Z", "2027-06-07", "2027-06-13"),
        ("2027-06-13T23:00:00Z", "2027-06-14", "2027-06-20"),
        // The clocks go forward on Sunday 28 March and back on Sunday 31 October.
        ("2027-03-28T22:59:59Z", "2027-03-22", "2027-03-28"),
        ("2027-03-28T23:00:00Z", "2027-03-29", "2027-04-04"),
        ("2027-10-31T23:59:59Z", "2027-10-25", "2027-10-31"),
        ("2027-11-01T00:00:00Z", "2027-11-01", "2027-11-07"),
        ("2027-01-03T12:00:00Z", "2026-12-28", "2027-01-03"),
    ];
    for (now, from, to) in cases {
        house.clock.set(now);
        let week = hub.week().unwrap();
        assert_eq!((week.from, week.to), (day(from), day(to)), "{now}");
        assert_eq!(week.plans.len(), 1, "a plan goes on week by week");
    }
}

#[test]
fn just_after_midnight_in_summer_a_line_is_of_the_new_day() {
    let house = Household::small().unwrap();
    let hub = &house.hub;
    house.clock.set("2027-06-13T23:30:00Z");
    let logged = hub.log(&went("coat-flip", Helped)).unwrap();
    assert_eq!(logged.entry.on, day("2027-06-14"));
    hub.log(&LogRequest { on: Some(day("2027-06-14")), ..went("coat-flip", Helped) }).unwrap();
    let ahead = LogRequest { on: Some(day("2027-06-15")), ..went("coat-flip", Helped) };
    assert_eq!(code(hub.log(&ahead)), "invalid-on");
}

#[test]
fn a_plan_is_one_strategy_for_one_child_and_says_when_it_was_done() {
    let house = Household::small().unwrap();
    let hub = &house.hub;
    let [sam, ada] = ["Sam", "Ada"].map(|it| hub.add_profile(&child(it)).unwrap().id);
    hub.try_this_week(&plan("coat-flip", Some(&sam), &[Day::Fri, Day::Mon])).unwrap();
    hub.try_this_week(&plan("coat-flip", Some(&ada), &[Day::Tue])).unwrap();
    hub.try_this_week(&plan("coat-flip", None, &[Day::Sun])).unwrap();
    for (profile, on) in
        [(&sam, "2026-11-23"), (&sam, "2026-11-24"), (&sam, "2026-11-22"), (&ada, "2026-11-23")]
    {
        hub.log(&went_with("coat-flip", Not, profile, on)).unwrap();
    }
    hub.log(&LogRequest { profile: Some(sam.clone()), ..went("big-buttons", Helped) }).unwrap();
    house.clock.set("2026-11-27T09:00:00Z");
    let week = hub.try_this_week(&plan("coat-flip", Some(&sam), &[Day::Wed])).unwrap();
    assert_eq!(week, hub.week().unwrap());
    let told = |week: &Week| {
        let told = |it: &otsupport_core::strategies::PlanView| {
            (it.nickname.clone().unwrap_or_default(), it.days.clone(), it.done.clone(), it.since)
        };
        week.plans.iter().map(told).collect::<Vec<_>>()
    };
    let of = |days: &[Day]| days.iter().copied().collect::<BTreeSet<_>>();
    let since = day("2026-11-24");
    assert_eq!(
        told(&week),
        [
            // Its place and its first day stay; what was done on a day that is no longer planned counts all the same.
            ("Sam".to_owned(), of(&[Day::Wed]), of(&[Day::Mon, Day::Tue]), since),
            ("Ada".to_owned(), of(&[Day::Tue]), of(&[Day::Mon]), since),
            (String::new(), of(&[Day::Sun]), of(&[]), since),
        ]
    );
    assert_eq!(week.plans[0].title, "Flip the coat");
    let week = hub.stop_trying(&id("coat-flip"), Some(&sam)).unwrap();
    assert_eq!(told(&week).len(), 2);
    assert_eq!(hub.stop_trying(&id("coat-flip"), Some(&sam)).unwrap(), week, "no fault");
    assert_eq!(ages_ago(hub).len(), 5, "what was written down stays");
}

#[test]
fn nothing_counts_the_days_that_were_missed() {
    let house = Household::small().unwrap();
    house.hub.try_this_week(&plan("coat-flip", None, &Day::ALL)).unwrap();
    house.clock.set("2026-11-29T20:00:00Z");
    let week = serde_json::to_value(house.hub.week().unwrap()).unwrap();
    let keys: Vec<&str> = week["plans"][0].as_object().unwrap().keys().map(String::as_str).collect();
    let known =
        ["currency", "days", "done", "item", "listed", "nickname", "profile", "review", "since", "title"];
    assert_eq!(keys.into_iter().collect::<BTreeSet<_>>(), BTreeSet::from(known));
}

#[test]
fn what_cannot_be_tried_is_refused_with_its_code_and_changes_nothing() {
    let house = Household::small().unwrap();
    let hub = &house.hub;
    hub.try_this_week(&plan("coat-flip", None, &[Day::Mon])).unwrap();
    let before = hub.week().unwrap();
    let stranger: ProfileId = "a".repeat(32).parse().unwrap();
    let cases = [
        (plan("coat-flip", None, &[]), "invalid-days"),
        (plan("teacher-notes", None, &[Day::Mon]), "invalid-strategy"),
        (plan("late-games", None, &[Day::Mon]), "invalid-withdrawn"),
        (plan("no-such-strategy", None, &[Day::Mon]), "not-found"),
        (plan("coat-flip", Some(&stranger), &[Day::Tue]), "invalid-profile"),
    ];
    for (request, expected) in cases {
        assert_eq!(code(hub.try_this_week(&request)), expected, "{request:?}");
    }
    assert_eq!(hub.week().unwrap(), before);
}

#[test]
fn what_cannot_be_written_down_is_refused_with_its_code_and_costs_nothing() {
    let house = Household::small().unwrap();
    let hub = &house.hub;
    let kept = hub.log(&went("coat-flip", Helped)).unwrap().entry;
    let stranger: ProfileId = "a".repeat(32).parse().unwrap();
    let coat = || went("coat-flip", Helped);
    let cases = [
        (LogRequest { on: Some(day("2026-11-25")), ..coat() }, "invalid-on"),
        (LogRequest { on: Some(day("1999-12-31")), ..coat() }, "invalid-on"),
        (LogRequest { on: Some(NaiveDate::MIN), ..coat() }, "invalid-on"),
        (LogRequest { on: Some(NaiveDate::MAX), ..coat() }, "invalid-on"),
        (LogRequest { note: "ن".repeat(2001), ..coat() }, "invalid-note"),
        (LogRequest { who: "x".repeat(81), ..coat() }, "invalid-who"),
        (LogRequest { profile: Some(stranger), ..coat() }, "invalid-profile"),
        (went("teacher-notes", Helped), "invalid-strategy"),
        (went("no-such-strategy", Helped), "not-found"),
    ];
    for (request, expected) in &cases {
        assert_eq!(code(hub.log(request)), *expected);
        assert_eq!(code(hub.change_log(&kept.id, request)), *expected);
    }
    assert_eq!(ages_ago(hub), [kept]);
}

#[test]
fn what_was_written_down_stands_as_it_was_written() {
    let mut house = Household::small().unwrap();
    let note = format!("  \u{1b}[2JFirst line\r\n\n\"<b>&\u{202e}\u{0}\tثانيا 👨‍👩‍👧‍👦\n{}  ", "🧦".repeat(1900));
    let request = LogRequest {
        on: Some(day("2000-01-01")),
        who: " Grandad\n& Mum ".to_owned(),
        note,
        ..went("coat-flip", Partly)
    };
    let logged = house.hub.log(&request).unwrap().entry;
    let kept = format!("[2JFirst line\n\n\"<b>& ثانيا 👨‍👩‍👧‍👦\n{}", "🧦".repeat(1900));
    let written = logged.note.as_ref().unwrap().as_str();
    assert!(written == kept, "{:?}", written.chars().take(60).collect::<String>());
    assert_eq!(logged.who.as_ref().unwrap().as_str(), "Grandad & Mum");
    assert_eq!(logged.title, "Flip the coat");
    house.reopen().unwrap();
    assert_eq!(ages_ago(&house.hub), std::slice::from_ref(&logged), "it was on disk");
    assert!(
        !format!("{logged:?}").contains("Grandad"),
        "a debug line of a log is no place for a family's words"
    );
    let nothing = LogRequest { who: " \u{200b} ".to_owned(), note: "\n\u{200d}".to_owned(), ..request };
    let nothing = house.hub.log(&nothing).unwrap().entry;
    assert_eq!((nothing.who, nothing.note), (None, None));
}

#[test]
fn the_log_is_read_by_period_the_newest_first() {
    let house = Household::small().unwrap();
    let hub = &house.hub;
    let log =
        |on: &str| hub.log(&LogRequest { on: Some(day(on)), ..went("coat-flip", Helped) }).unwrap().entry.id;
    let [a, b, c, d] = ["2026-11-10", "2026-11-12", "2026-11-10", "2026-11-11"].map(log);
    let ids = |from, to| -> Vec<_> {
        hub.entries(day(from), day(to)).unwrap().into_iter().map(|it| it.id).collect()
    };
    assert_eq!(ids("2026-11-10", "2026-11-12"), [b.clone(), d.clone(), c.clone(), a.clone()]);
    assert_eq!(ids("2026-11-10", "2026-11-10"), [c, a]);
    assert_eq!(ids("2026-11-11", "2026-11-12"), [b, d]);
    assert!(ids("2026-11-12", "2026-11-10").is_empty());
    assert_eq!(hub.entries(NaiveDate::MIN, NaiveDate::MAX).unwrap().len(), 4);
}

#[test]
fn a_line_can_be_changed_and_removed() {
    let house = Household::small().unwrap();
    let hub = &house.hub;
    let first = hub.log(&went("coat-flip", Helped)).unwrap().entry;
    let second = hub.log(&went("coat-flip", Partly)).unwrap().entry;
    house.clock.set("2026-11-25T09:00:00Z");
    let changed = hub
        .change_log(
            &first.id,
            &LogRequest {
                on: Some(day("2026-11-24")),
                note: "Sore".to_owned(),
                ..went("big-buttons", Stopped)
            },
        )
        .unwrap();
    assert_eq!((&changed.entry.id, changed.entry.title.as_str()), (&first.id, "Big buttons first"));
    assert_eq!(changed.warnings.unwrap().stop_if, ["Hands hurt."], "a correction to `stopped` warns too");
    assert!(changed.entry.changed_at > first.changed_at);
    assert_eq!(ages_ago(hub), [second.clone(), changed.entry], "its place stays");
    hub.unlog(&first.id).unwrap();
    hub.unlog(&first.id).unwrap();
    assert_eq!(ages_ago(hub), std::slice::from_ref(&second));
    assert_eq!(
        code(hub.change_log(&first.id, &went("coat-flip", Helped))),
        "invalid-entry",
        "what is gone stays gone"
    );
    // A clock that was set back leaves a line its day, and lets its words be mended.
    house.clock.set("2026-11-20T09:00:00Z");
    let mended = LogRequest { on: Some(second.on), note: "Better".to_owned(), ..went("coat-flip", Partly) };
    assert_eq!(hub.change_log(&second.id, &mended).unwrap().entry.on, second.on);
}

#[test]
fn after_not_and_stopped_every_strategys_warnings_come_as_show_gives_them() {
    let house = Household::demonstration().unwrap();
    let hub = &house.hub;
    let filter = Filter { kind: Some(Kind::Strategy), ..Filter::default() };
    let strategies = hub.browse(&filter, Page::default()).unwrap();
    assert!(strategies.len() > 200);
    let entry = hub.log(&went(strategies[0].id.as_str(), Helped)).unwrap();
    assert_eq!(entry.warnings, None);
    // One line is changed again and again: the log stays short.
    for (card, result) in strategies.iter().zip([Not, Stopped].into_iter().cycle()) {
        let item = shown(hub, card.id.as_str());
        let logged = hub.change_log(&entry.entry.id, &went(card.id.as_str(), result)).unwrap();
        let warnings = logged.warnings.unwrap_or_else(|| panic!("{}: no warnings", card.id));
        let help: Vec<String> =
            lines(&item, Part::GetHelpWhen).into_iter().chain(item.get_help.clone()).collect();
        assert_eq!((warnings.item, warnings.title), (item.id, item.title));
        assert_eq!(
            warnings.stop_if,
            lines(&hub.show(&card.id, &VariantChoice::default()).unwrap(), Part::StopIf)
        );
        assert_eq!(warnings.get_help_when, help, "{}", card.id);
        assert!(!help.is_empty() && !warnings.stop_if.is_empty(), "{}", card.id);
        assert_eq!(
            (warnings.review, warnings.demonstration, warnings.currency),
            (Some(item.review), true, Currency::Current)
        );
    }
    assert_eq!(
        hub.change_log(&entry.entry.id, &went(strategies[0].id.as_str(), Partly)).unwrap().warnings,
        None
    );
}

#[test]
fn the_topics_own_lines_are_among_the_warnings_once() {
    let house = Household::small().unwrap();
    let item = shown(&house.hub, "coat-flip");
    assert_eq!(item.get_help, ["Dressing hurts: contact the service."]);
    let warnings = house.hub.log(&went("coat-flip", Stopped)).unwrap().warnings.unwrap();
    assert_eq!(warnings.stop_if, ["Your child is upset.", "An arm hurts."]);
    assert_eq!(
        warnings.get_help_when,
        ["It does not get better in a term.", "Dressing hurts: contact the service."]
    );
}

#[test]
fn what_was_withdrawn_says_so_and_may_still_be_written_about() {
    let mut house = Household::small().unwrap();
    house.hub.try_this_week(&plan("big-buttons", None, &[Day::Mon])).unwrap();
    let before = house.hub.log(&went("big-buttons", Helped)).unwrap().entry;
    withdraw(&house);
    house.clock.set("2026-11-25T10:00:00Z");
    house.reopen().unwrap();
    let hub = &house.hub;
    let week = hub.week().unwrap();
    assert_eq!((week.plans[0].currency, week.plans[0].listed), (Currency::Withdrawn, true));
    assert_eq!(code(hub.try_this_week(&plan("big-buttons", None, &[Day::Tue]))), "invalid-withdrawn");
    for logged in [
        hub.log(&went("big-buttons", Stopped)).unwrap(),
        hub.change_log(&before.id, &went("big-buttons", Not)).unwrap(),
    ] {
        let warnings = logged.warnings.unwrap();
        assert!(warnings.is_withdrawn() && warnings.currency == Currency::Withdrawn);
        assert!(warnings.stop_if.is_empty() && warnings.get_help_when.is_empty(), "it is no advice any more");
        assert_eq!(warnings.title, "Big buttons first");
    }
    assert!(hub.stop_trying(&id("big-buttons"), None).unwrap().plans.is_empty());
}

#[test]
fn what_the_bank_no_longer_has_keeps_its_name_and_its_old_lines_can_be_changed() {
    let house = Household::small().unwrap();
    let hub = &house.hub;
    hub.try_this_week(&plan("big-buttons", None, &[Day::Mon])).unwrap();
    let before = hub.log(&went("big-buttons", Helped)).unwrap().entry;
    let other = hub.log(&went("coat-flip", Helped)).unwrap().entry;
    let copy = hub.plain_copy().unwrap();
    let publisher = otsupport_tests::content_folder::small().unwrap();
    publisher.publish(otsupport_tests::site::MORNING).unwrap();
    let later = Household::of(std::sync::Arc::new(unlist(publisher))).unwrap();
    let hub = &later.hub;
    later.clock.set("2026-11-25T10:00:00Z");
    hub.import(&copy, None).unwrap();
    let week = hub.week().unwrap();
    assert_eq!((week.plans[0].title.as_str(), week.plans[0].listed), ("Big buttons first", false));
    assert_eq!(code(hub.log(&went("big-buttons", Stopped))), "not-found");
    assert_eq!(
        code(hub.change_log(&other.id, &went("big-buttons", Stopped))),
        "not-found",
        "another strategy's line"
    );
    let changed = hub.change_log(&before.id, &went("big-buttons", Stopped)).unwrap();
    assert_eq!(changed.entry.title, "Big buttons first");
    let warnings = changed.warnings.unwrap();
    assert_eq!(
        (warnings.title.as_str(), warnings.review, warnings.currency),
        ("Big buttons first", None, Currency::NotChecked)
    );
    assert!(hub.stop_trying(&id("big-buttons"), None).unwrap().plans.is_empty());
}

#[test]
fn a_safety_copy_is_offered_after_the_fourth_line_and_then_once_a_month_at_most() {
    let house = Household::small().unwrap();
    let hub = &house.hub;
    let log = || hub.log(&went("coat-flip", Helped)).unwrap();
    let offers = |count: usize| (0..count).map(|_| log().safety_copy).collect::<Vec<_>>();
    let first = log();
    // A change is no new line.
    for _ in 0..5 {
        assert_eq!(hub.change_log(&first.entry.id, &went("coat-flip", Partly)).unwrap().safety_copy, None);
    }
    assert_eq!(offers(2), [None, None]);
    let fourth = log();
    assert_eq!(fourth.safety_copy, Some(CopyDue::First));
    assert_eq!(serde_json::to_value(&fourth).unwrap()["safety_copy"], "first");
    assert_eq!(offers(20), vec![None; 20], "once is enough");
    house.clock.set("2026-12-24T08:59:59Z");
    assert_eq!(offers(2), [None, None]);
    house.clock.set("2026-12-24T09:00:00Z");
    assert_eq!(offers(3), [Some(CopyDue::First), None, None], "a month later it is offered again");
    hub.copy_kept().unwrap();
    assert_eq!(hub.storage().unwrap().copy_kept_at.unwrap().to_rfc3339(), "2026-12-24T09:00:00+00:00");
    house.clock.set("2027-01-23T08:59:59Z");
    assert_eq!(offers(5), vec![None; 5]);
    house.clock.set("2027-01-23T09:00:00Z");
    let monthly = log();
    assert_eq!(serde_json::to_value(&monthly).unwrap()["safety_copy"], "monthly");
    assert_eq!(offers(3), vec![None; 3]);
    hub.erase().unwrap();
    assert_eq!(hub.storage().unwrap().copy_kept_at, None);
    assert_eq!(offers(3), vec![None; 3], "a new beginning");
}

#[test]
fn ten_thousand_lines_are_no_burden() {
    let house = Household::small().unwrap();
    let hub = &house.hub;
    let first = day("2020-01-01");
    let log: Vec<_> = (0..10_000u64)
        .map(|number| {
            json!({
                "id": format!("{number:032x}"),
                "item": format!("strategy-{}", number % 200),
                "title": "A strategy", "profile": null,
                "on": first + Days::new(number % 2000),
                "result": "helped",
                // Everybody who was ever there.
                "who": format!("Helper {number}"),
                "note": "A note of the length that people write after a long day with a child.",
                "changed_at": "2026-01-01T00:00:00Z",
            })
        })
        .collect();
    let copy = json!({
        "format": "otsupport-family", "version": 1, "profiles": [], "shelf": [], "lists": [], "plans": [], "log": log,
        "preferences": {"view": "family", "profile": null, "changed_at": null}, "waiting": []
    });
    let copy = serde_json::to_vec(&copy).unwrap();
    let took = |work: &dyn Fn()| {
        // The best of several: other programs run too.
        let once = |_| {
            let began = Instant::now();
            work();
            began.elapsed()
        };
        (0..10).map(once).min().unwrap()
    };
    let import = took(&|| assert!(hub.import(&copy, None).is_ok()));
    let whole = RecordRequest { from: Some(first), notes: true, ..RecordRequest::default() };
    let log = took(&|| drop(hub.log(&went("coat-flip", Helped)).unwrap()));
    let record = took(&|| drop(hub.record(&whole).unwrap()));
    let week = took(&|| drop(hub.week().unwrap()));
    println!("import {import:?}, log {log:?}, record {record:?}, week {week:?}");
    assert_eq!(hub.record(&whole).unwrap().strategies.iter().map(|it| it.times).sum::<usize>(), 10_010);
    // Far above what they take: what grows faster than the log would still be found out.
    assert!(log < Duration::from_secs(2), "log {log:?}");
    assert!(record < Duration::from_secs(2), "record {record:?}");
    assert!(week < Duration::from_secs(2), "week {week:?}");
    assert!(import < Duration::from_secs(20), "import {import:?}");
}
