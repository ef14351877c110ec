//! An event of the bank: components as iCalendar has them.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use otsupport_core::reminders::calendar::{CalendarEvent, FILE_LIMIT, read, write};

/// How many times of an event are looked at.
const TIMES: usize = 400;

/// Components with a zero byte and a line break between them. An event says the same when it is taken along and read again, and takes place at times
/// that follow on each other, each known by a name of its own.
pub(super) fn check(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let components: Vec<String> = text.split("\0\n").map(str::to_owned).collect();
    let Some(event) = CalendarEvent::of(&components) else { return false };
    let again = CalendarEvent::of(&event.components()).unwrap();
    same(&again, &event);
    for from in [DateTime::<Utc>::MIN_UTC, now()] {
        takes_place(&event, from);
    }
    let taken = write([&event], |_| vec!["-PT15M".to_owned()], now());
    if taken.len() <= FILE_LIMIT {
        same(&read(&taken).unwrap()[0], &event);
    }
    true
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

/// Where in a text it stands is no matter.
fn same(one: &CalendarEvent, other: &CalendarEvent) {
    assert_eq!(*one, CalendarEvent { line: one.line, ..other.clone() });
}

fn takes_place(event: &CalendarEvent, from: DateTime<Utc>) {
    let mut names = BTreeSet::new();
    let mut last = None;
    for it in event.occurrences(from).take(TIMES) {
        assert!(names.insert(it.id), "two times with one name: {:?}", it.id);
        assert!(last.replace(it.begins()) <= Some(it.begins()), "before the last: {:?}", it.begins());
        assert!(it.begins() <= it.ends() && !it.is_over(from), "over: {it:?}");
    }
    if let Some(sessions) = event.sessions() {
        assert!(sessions.len() > TIMES || names.iter().all(|it| sessions.binary_search(it).is_ok()));
    }
}
