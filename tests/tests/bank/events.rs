//! The year's events: where, when, and never when schools and halls are closed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, Weekday};
use otsupport_wire::snapshot::Event;

use super::BANK;

const BOROUGHS: [&str; 3] = ["Hammersmith and Fulham", "Kensington and Chelsea", "Westminster"];

/// School holidays and half-terms of 2027, first and last day.
const HOLIDAYS: [(&str, &str); 6] = [
    ("2027-02-15", "2027-02-19"),
    ("2027-03-26", "2027-04-09"),
    ("2027-05-31", "2027-06-04"),
    ("2027-07-22", "2027-08-31"),
    ("2027-10-25", "2027-10-29"),
    ("2027-12-18", "2027-12-31"),
];

/// The days on which the clocks change.
const CLOCK_CHANGES: [&str; 2] = ["2027-03-28", "2027-10-31"];

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The value of a property, without its parameters.
fn value<'a>(component: &'a str, name: &str) -> Option<&'a str> {
    component.lines().find(|it| it.strip_prefix(name).is_some_and(|rest| rest.starts_with([':', ';']))).map(
        |it| &it[it.find("https").filter(|_| name == "CONFERENCE").unwrap_or(it.rfind(':').unwrap() + 1)..],
    )
}

fn basic_day(value: &str) -> NaiveDate {
    NaiveDate::parse_from_str(&value[..8], "%Y%m%d").unwrap()
}

fn is(event: &Event, name: &str, wanted: &str) -> bool {
    value(&event.components[0], name) == Some(wanted)
}

/// The days of a weekly series, before any date was moved or cancelled: COUNT and UNTIL first, then EXDATE.
fn days(component: &str) -> Vec<NaiveDate> {
    let start = basic_day(value(component, "DTSTART").unwrap());
    let Some(rule) = value(component, "RRULE") else { return vec![start] };
    let rule: BTreeMap<&str, &str> = rule.split(';').filter_map(|it| it.split_once('=')).collect();
    if rule["FREQ"] != "WEEKLY" {
        return vec![start];
    }
    let until = rule.get("UNTIL").map_or(NaiveDate::MAX, |it| basic_day(it));
    let count = rule.get("COUNT").map_or(usize::MAX, |it| it.parse().unwrap());
    let skipped: BTreeSet<NaiveDate> =
        value(component, "EXDATE").into_iter().flat_map(|it| it.split(',').map(basic_day)).collect();
    start.iter_weeks().take_while(|it| *it <= until).take(count).filter(|it| !skipped.contains(it)).collect()
}

/// The events whose days can be counted: single ones and weekly series.
fn events() -> impl Iterator<Item = (&'static Event, Vec<NaiveDate>)> {
    BANK.snapshot.events.iter().map(|it| (it, days(&it.components[0])))
}

fn weekly_drop_ins() -> impl Iterator<Item = (&'static Event, Vec<NaiveDate>)> {
    events().filter(|(it, _)| is(it, "CATEGORIES", "drop-in") && it.components[0].contains("FREQ=WEEKLY"))
}

#[test]
fn there_are_20_and_all_lie_in_2027_or_later() {
    assert!(BANK.snapshot.events.len() >= 20, "{}", BANK.snapshot.events.len());
    for (event, days) in events() {
        assert!(days.iter().all(|it| it.year() >= 2027), "{}: {days:?}", event.uid);
    }
}

#[test]
fn each_borough_has_a_weekly_drop_in() {
    for borough in BOROUGHS {
        assert!(weekly_drop_ins().any(|(it, _)| is(it, "X-BOROUGH", borough)), "{borough}");
    }
}

#[test]
fn no_drop_in_falls_into_a_holiday_and_none_is_missing_between() {
    let closed = |it: &NaiveDate| {
        HOLIDAYS.iter().any(|(from, to)| (day(from)..=day(to)).contains(it))
            || BANK.snapshot.service.bank_holidays.contains(it)
    };
    let mut skipped = 0;
    for (event, days) in weekly_drop_ins() {
        assert!(days.len() >= 10, "{}: {days:?}", event.uid);
        assert!(!days.iter().any(closed), "{}: {days:?}", event.uid);
        let all = days[0].iter_weeks().take_while(|it| it <= days.last().unwrap());
        let missing: Vec<NaiveDate> = all.filter(|it| !days.contains(it)).collect();
        assert!(missing.iter().all(closed), "{}: {missing:?}", event.uid);
        skipped += missing.len();
    }
    assert!(skipped > 10, "{skipped}");
}

#[test]
fn bank_holidays_and_both_clock_changes_lie_within_a_series() {
    for change in CLOCK_CHANGES {
        let across =
            weekly_drop_ins().any(|(_, days)| days[0] < day(change) && *days.last().unwrap() > day(change));
        assert!(across, "{change}");
    }
    let early_may = day("2027-05-03");
    let skips_a_bank_holiday = weekly_drop_ins().any(|(_, days)| {
        days[0].weekday() == Weekday::Mon && days[0] < early_may && *days.last().unwrap() > early_may
    });
    assert!(skips_a_bank_holiday);
}

#[test]
fn online_workshops_have_a_link_and_a_booking_deadline_before_they_begin() {
    let online: Vec<_> =
        events().filter(|(it, _)| is(it, "CATEGORIES", "workshop") && is(it, "LOCATION", "Online")).collect();
    assert!(online.len() >= 3, "{}", online.len());
    for (event, days) in online {
        let component = &event.components[0];
        assert!(value(component, "CONFERENCE").is_some_and(|it| it.starts_with("https://")), "{}", event.uid);
        assert!(component.contains("X-BOOKING-URL:https://"), "{}", event.uid);
        let closes = component.lines().find(|it| it.starts_with("X-BOOKING-CLOSES;TZID=Europe/London:"));
        let closes = basic_day(closes.unwrap().rsplit(':').next().unwrap());
        assert!(closes < days[0], "{}: {closes}", event.uid);
    }
}

#[test]
fn a_course_of_six_sessions_has_a_gap_at_easter() {
    let easter = day("2027-03-28");
    let course = events().find(|(_, days)| {
        days.len() == 6 && days[0] < easter && days[5] > easter && (days[5] - days[0]).num_weeks() > 5
    });
    assert!(course.is_some_and(|(it, _)| is(it, "CATEGORIES", "workshop")));
}

#[test]
fn there_is_training_for_staff_and_a_day_for_families() {
    assert!(events().any(|(it, _)| is(it, "CATEGORIES", "training") && is(it, "X-AUDIENCE", "school")));
    assert!(events().any(|(it, _)| {
        it.components[0].contains("DTSTART;VALUE=DATE:") && is(it, "X-AUDIENCE", "family")
    }));
}

#[test]
fn one_date_is_moved_and_one_is_cancelled() {
    let changed: Vec<&str> = BANK
        .snapshot
        .events
        .iter()
        .flat_map(|it| it.components.iter().skip(1))
        .map(String::as_str)
        .filter(|it| it.contains("RECURRENCE-ID"))
        .collect();
    let moved = changed.iter().find(|it| {
        value(it, "RECURRENCE-ID") != value(it, "DTSTART") && value(it, "STATUS") == Some("CONFIRMED")
    });
    let cancelled = changed.iter().find(|it| value(it, "STATUS") == Some("CANCELLED"));
    assert!(moved.is_some() && cancelled.is_some(), "{changed:?}");
    assert!(events().any(|(it, _)| is(it, "STATUS", "CANCELLED")));
    for component in changed {
        let series =
            BANK.snapshot.events.iter().find(|it| it.components.iter().any(|it| it == component)).unwrap();
        let replaced = basic_day(value(component, "RECURRENCE-ID").unwrap());
        assert!(days(&series.components[0]).contains(&replaced), "{}: {replaced}", series.uid);
    }
}

#[test]
fn an_events_topic_is_one_of_the_banks() {
    for (event, _) in events() {
        let topic = value(&event.components[0], "X-TOPIC").unwrap();
        assert!(BANK.snapshot.topics.iter().any(|it| it.slug.as_str() == topic), "{}: {topic}", event.uid);
    }
}
