//! Cases that the years of simulated phones were reduced to: what a family is told, by the rules R5 to R8.
#![allow(clippy::unwrap_used, clippy::panic)]

use chrono::{DateTime, Utc};
use otsupport_core::reminders::Tz;
use otsupport_core::reminders::calendar::{CalendarEvent, read};
use otsupport_core::reminders::planner::{
    Followed, NotificationKind, Plan, ReminderPreferences, Situation, Told, differences, plan,
};

/// What became of an event, and what the family is to be told.
struct News {
    name: &'static str,
    was: &'static [&'static str],
    is: &'static [&'static str],
    now: &'static str,
    told: &'static [&'static str],
}

/// Each by its properties; a line that is empty begins another date of the series.
const NEWS: [News; 8] = [
    News {
        name: "a series moves onto days of its own, of which one was left out",
        was: &[
            "DTSTART;VALUE=DATE:20310812",
            "RRULE:FREQ=WEEKLY;BYDAY=TU,TH;COUNT=6",
            "EXDATE;VALUE=DATE:20310821",
        ],
        is: &[
            "SEQUENCE:1",
            "DTSTART;VALUE=DATE:20310814",
            "RRULE:FREQ=WEEKLY;BYDAY=TH,SA;COUNT=6",
            "EXDATE;VALUE=DATE:20310823",
        ],
        now: "2031-08-01T12:00:00Z",
        told: &["change"],
    },
    News {
        name: "a date that was moved is taken out",
        was: &[
            "DTSTART:20300112T210000Z",
            "DURATION:PT1H",
            "RRULE:FREQ=MONTHLY;BYDAY=2SA",
            "",
            "RECURRENCE-ID:20300511T210000Z",
            "DTSTART:20300511T104500Z",
        ],
        is: &[
            "SEQUENCE:1",
            "DTSTART:20300112T210000Z",
            "DURATION:PT1H",
            "RRULE:FREQ=MONTHLY;BYDAY=2SA",
            "EXDATE:20300511T210000Z",
        ],
        now: "2030-04-01T14:33:00Z",
        told: &["cancelled"],
    },
    News {
        name: "a series moves, of which one date was cancelled before",
        was: &[
            "DTSTART:20270302T140000Z",
            "DURATION:PT1H",
            "RRULE:FREQ=WEEKLY;COUNT=2",
            "",
            "RECURRENCE-ID:20270302T140000Z",
            "DTSTART:20270302T140000Z",
            "STATUS:CANCELLED",
        ],
        is: &[
            "DTSTART:20270302T160000Z",
            "DURATION:PT1H",
            "RRULE:FREQ=WEEKLY;COUNT=2",
            "",
            "RECURRENCE-ID:20270302T160000Z",
            "DTSTART:20270302T160000Z",
            "STATUS:CANCELLED",
        ],
        now: "2027-02-20T12:00:00Z",
        told: &["change"],
    },
    News {
        name: "an endless series moves by a day",
        was: &["DTSTART:20200102T130000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;BYDAY=TH"],
        is: &["DTSTART:20200103T130000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;BYDAY=FR"],
        now: "2027-01-28T12:00:00Z",
        told: &["change"],
    },
    News {
        name: "an endless series moves by a day, the other way",
        was: &["DTSTART:20200103T130000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;BYDAY=FR"],
        is: &["DTSTART:20200102T130000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;BYDAY=TH"],
        now: "2027-01-28T18:00:00Z",
        told: &["change"],
    },
    News {
        name: "it was moved to a time that is over by now",
        was: &["DTSTART:20261109T094500Z", "DURATION:PT90M"],
        is: &["DTSTART:20261108T141500Z", "DURATION:PT90M"],
        now: "2026-11-08T19:28:00Z",
        told: &["change"],
    },
    News {
        name: "it was put off, which is heard after the old time",
        was: &["DTSTART:20281104T214500Z", "DURATION:PT2H"],
        is: &["DTSTART:20281105T130000Z", "DURATION:PT2H"],
        now: "2028-11-05T08:49:00Z",
        told: &["change"],
    },
    News {
        name: "the last date of a series was put off, which is heard after the old time",
        was: &["DTSTART:20290624T171500Z", "DURATION:PT2H", "RRULE:FREQ=WEEKLY;BYDAY=SU;COUNT=2"],
        is: &["DTSTART:20290625T130000Z", "DURATION:PT2H", "RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=2"],
        now: "2029-07-02T11:27:00Z",
        told: &["change"],
    },
];

/// What is over and left out by name is nobody's news, and takes no other's place.
const OVER: [News; 2] = [
    News {
        name: "a date is taken out that was over",
        was: &["DTSTART:20331231T154500Z", "DURATION:PT150M", "RRULE:FREQ=MONTHLY;BYMONTHDAY=31"],
        is: &[
            "DTSTART:20331231T154500Z",
            "DURATION:PT150M",
            "RRULE:FREQ=MONTHLY;BYMONTHDAY=31",
            "EXDATE:20340131T154500Z",
        ],
        now: "2034-02-05T20:47:00Z",
        told: &[],
    },
    News {
        name: "a series moves, and a date is taken out that was over",
        was: &["DTSTART:20270808T090000Z", "DURATION:PT3H", "RRULE:FREQ=MONTHLY;BYDAY=2SU;COUNT=12"],
        is: &[
            "DTSTART:20270808T154500Z",
            "DURATION:PT3H",
            "RRULE:FREQ=MONTHLY;BYDAY=2SU;COUNT=12",
            "EXDATE:20280213T154500Z",
        ],
        now: "2028-02-20T01:26:00Z",
        told: &["change"],
    },
];

fn event(properties: &[&str]) -> CalendarEvent {
    let of_all = "BEGIN:VEVENT\nUID:case\nSUMMARY:Case";
    let dates: Vec<String> = properties
        .split(|it| it.is_empty())
        .map(|it| format!("{of_all}\n{}\nEND:VEVENT\n", it.join("\n")))
        .collect();
    read(&format!("BEGIN:VCALENDAR\n{}END:VCALENDAR\n", dates.concat())).unwrap().remove(0)
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn told(id: &str, at: &str, before: Option<&str>) -> Told {
    Told {
        id: id.to_owned(),
        kind: NotificationKind::Change,
        uid: Some("case".to_owned()),
        occurrence: Some(instant("2027-03-10T14:00:00Z")),
        title: "Case".to_owned(),
        at: instant(at),
        before: before.map(instant),
    }
}

fn planned(followed: &[Followed<'_>], told: &[Told], now: &str) -> Plan {
    plan(&Situation {
        followed,
        told,
        practice: &[],
        preferences: &ReminderPreferences { notify: true, ..ReminderPreferences::default() },
        permitted: true,
        zone: Tz::Europe__London,
        limit: 64,
        now: instant(now),
    })
}

fn told_otherwise(news: &[News]) -> Vec<String> {
    let mut wrong = Vec::new();
    for it in news {
        let found = differences(&event(it.was), Some(&event(it.is)), true, instant(it.now));
        let kinds: Vec<&str> = found.iter().map(|it| it.kind.as_str()).collect();
        if kinds != it.told {
            wrong.push(format!("{}: told {kinds:?}, not {:?}", it.name, it.told));
        }
    }
    wrong
}

#[test]
fn what_became_of_an_event_is_told_as_what_it_is() {
    let wrong = told_otherwise(&NEWS);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_over_and_taken_out_is_not_told() {
    let wrong = told_otherwise(&OVER);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_notice_of_what_has_begun_comes_at_once_and_silently_in_the_night() {
    let was = event(&["DTSTART:20270310T213000Z", "DURATION:PT2H", "LOCATION:Here"]);
    let is = event(&["DTSTART:20270310T213000Z", "DURATION:PT2H", "LOCATION:There"]);
    let now = "2027-03-10T22:15:00Z";
    let found = differences(&was, Some(&is), true, instant(now)).remove(0);
    let told = Told { before: found.before, ..told("n1", now, None) };
    let notice = planned(&[], &[told], now).notifications.remove(0);
    assert_eq!((notice.at, notice.silent), (instant(now), true));
}

#[test]
fn two_changes_of_one_date_in_a_night_are_one_notification() {
    let before = Some("2027-03-10T14:00:00Z");
    let rows = [told("n1", "2027-03-01T23:00:00Z", before), told("n2", "2027-03-02T01:00:00Z", before)];
    assert_eq!(planned(&[], &rows, "2027-03-02T01:00:00Z").notifications.len(), 1);
}
