//! The reminder rules R1 to R10, each by cases that a person can check with a calendar and a clock.
#![allow(clippy::unwrap_used, clippy::panic)]

use chrono::{DateTime, Utc};
use otsupport_core::reminders::calendar::{self, CalendarEvent};
use otsupport_core::reminders::planner::{
    Armed, Followed, NoReminder, NotificationKind, Plan, PlannedPractice, ReminderPreferences, Situation,
    Told, differences, plan,
};
use otsupport_core::reminders::{SERVICE_ZONE, Tz};

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn event(lines: &str) -> CalendarEvent {
    let text =
        format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:it\nSUMMARY:It\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n");
    calendar::read(&text).unwrap_or_else(|faults| panic!("{faults:?}")).swap_remove(0)
}

fn on() -> ReminderPreferences {
    ReminderPreferences { notify: true, ..ReminderPreferences::default() }
}

struct Phone {
    preferences: ReminderPreferences,
    zone: Tz,
    limit: u32,
    permitted: bool,
}

impl Phone {
    fn new() -> Self {
        Self { preferences: on(), zone: SERVICE_ZONE, limit: 64, permitted: true }
    }

    fn situation<'a>(
        &'a self,
        followed: &'a [Followed<'a>],
        told: &'a [Told],
        practice: &'a [PlannedPractice],
        now: &str,
    ) -> Situation<'a> {
        Situation {
            followed,
            told,
            practice,
            preferences: &self.preferences,
            permitted: self.permitted,
            zone: self.zone,
            limit: self.limit,
            now: instant(now),
        }
    }

    fn plan(&self, event: &CalendarEvent, booked: bool, now: &str) -> Plan {
        let followed = [Followed { event, listed: true, booked }];
        plan(&self.situation(&followed, &[], &[], now))
    }
}

/// As `2027-03-27T10:00:00Z event`.
fn written(plan: &Plan) -> Vec<String> {
    let at = |it: DateTime<Utc>| it.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    plan.notifications.iter().map(|it| format!("{} {}", at(it.at), it.kind.as_str())).collect()
}

const SUNDAY: &str = "DTSTART;TZID=Europe/London:20270328T140000\nDTEND;TZID=Europe/London:20270328T150000";
const BOOKED: &str = "DTSTART;TZID=Europe/London:20270616T190000\nDURATION:PT90M\n\
    X-BOOKING-CLOSES;TZID=Europe/London:20270614T170000\nX-PLACES-LEFT:10";

#[test]
fn each_rule_by_hand() {
    type Change = fn(&mut Phone);
    /// Its name, the event, what the family chose, whether they booked, now, and what is planned.
    type Case<'a> = (&'a str, &'a str, Change, bool, &'a str, &'a [&'a str]);
    let same: Change = |_| {};
    let cases: [Case<'_>; 24] = [
        (
            "R1 the series keeps its time when the clocks change",
            "DTSTART;TZID=Europe/London:20270321T140000\nRRULE:FREQ=WEEKLY;COUNT=2",
            |it| it.preferences.events = ["PT2H".parse().unwrap()].into(),
            false,
            "2027-03-20T00:00:00Z",
            &["2027-03-21T12:00:00Z event", "2027-03-28T11:00:00Z event"],
        ),
        (
            "R2 a day before is the same time on the clock",
            SUNDAY,
            same,
            false,
            "2027-03-20T00:00:00Z",
            &["2027-03-27T14:00:00Z event", "2027-03-28T11:00:00Z event"],
        ),
        (
            "R2 twenty-four hours are hours",
            SUNDAY,
            |it| it.preferences.events = ["PT24H".parse().unwrap()].into(),
            false,
            "2027-03-20T00:00:00Z",
            &["2027-03-27T13:00:00Z event"],
        ),
        (
            "R2 in the event's zone, not the phone's",
            "DTSTART;TZID=America/New_York:20270314T140000",
            |it| {
                it.preferences.events = ["P1D".parse().unwrap()].into();
                it.preferences.quiet = None;
            },
            false,
            "2027-03-10T00:00:00Z",
            &["2027-03-13T19:00:00Z event"],
        ),
        (
            "R3 a time in the spring gap has the offset before it",
            "DTSTART;TZID=Europe/London:20270328T013000",
            |it| {
                it.preferences.events = ["PT0M".parse().unwrap()].into();
                it.preferences.quiet = None;
            },
            false,
            "2027-03-20T00:00:00Z",
            &["2027-03-28T01:30:00Z event"],
        ),
        (
            "R3 of a repeated autumn time the first is meant",
            "DTSTART;TZID=Europe/London:20271031T013000",
            |it| {
                it.preferences.events = ["PT0M".parse().unwrap()].into();
                it.preferences.quiet = None;
            },
            false,
            "2027-10-20T00:00:00Z",
            &["2027-10-31T00:30:00Z event"],
        ),
        (
            "R5 a reminder in the night waits for seven",
            "DTSTART;TZID=Europe/London:20270110T083000",
            |it| it.preferences.events = ["PT2H".parse().unwrap()].into(),
            false,
            "2027-01-05T00:00:00Z",
            &["2027-01-10T07:00:00Z event"],
        ),
        (
            "R5 or comes the evening before where that is too late",
            "DTSTART;TZID=Europe/London:20270110T071500",
            |it| it.preferences.events = ["PT2H".parse().unwrap()].into(),
            false,
            "2027-01-05T00:00:00Z",
            &["2027-01-09T22:00:00Z event"],
        ),
        (
            "R5 by the phone's clock",
            "DTSTART;TZID=Europe/London:20270110T140000",
            |it| {
                it.preferences.events = ["PT2H".parse().unwrap()].into();
                it.zone = Tz::Asia__Tokyo;
            },
            false,
            "2027-01-05T00:00:00Z",
            // Noon in London is nine in the evening in Tokyo.
            &["2027-01-10T12:00:00Z event"],
        ),
        (
            "R5 by the phone's clock, at night",
            "DTSTART;TZID=Europe/London:20270110T190000",
            |it| {
                it.preferences.events = ["PT2H".parse().unwrap()].into();
                it.zone = Tz::Asia__Tokyo;
            },
            false,
            "2027-01-05T00:00:00Z",
            // Two in the night there; seven there is three hours after the start.
            &["2027-01-10T13:00:00Z event"],
        ),
        (
            "R6 what is before now is dropped",
            SUNDAY,
            same,
            false,
            "2027-03-27T14:00:01Z",
            &["2027-03-28T11:00:00Z event"],
        ),
        (
            "R6 what is now is not",
            SUNDAY,
            same,
            false,
            "2027-03-27T14:00:00Z",
            &["2027-03-27T14:00:00Z event", "2027-03-28T11:00:00Z event"],
        ),
        (
            "R6 beyond the horizon is not planned yet",
            SUNDAY,
            |it| it.preferences.horizon = 1,
            false,
            "2027-03-26T14:00:00Z",
            &["2027-03-27T14:00:00Z event"],
        ),
        (
            "R7 two leads at one instant are one",
            SUNDAY,
            |it| {
                it.preferences.events = [
                    "PT2H".parse().unwrap(),
                    "PT120M".parse().unwrap(),
                    "P1D".parse().unwrap(),
                    "PT23H".parse().unwrap(),
                ]
                .into()
            },
            false,
            "2027-03-20T00:00:00Z",
            &["2027-03-27T14:00:00Z event", "2027-03-28T11:00:00Z event"],
        ),
        (
            "R9 a whole day is a day in London",
            "DTSTART;VALUE=DATE:20270705",
            |it| it.zone = Tz::Pacific__Auckland,
            false,
            "2027-07-01T00:00:00Z",
            // Six in the evening in London is five in the morning in Auckland: it waits for seven there.
            &["2027-07-04T19:00:00Z event"],
        ),
        (
            "R9 on the day itself",
            "DTSTART;VALUE=DATE:20270705",
            |it| it.preferences.all_day = ["-1@18:00".parse().unwrap(), "0@08:00".parse().unwrap()].into(),
            false,
            "2027-07-01T00:00:00Z",
            &["2027-07-04T17:00:00Z event", "2027-07-05T07:00:00Z event"],
        ),
        (
            "R10 while not booked, the deadline and the question",
            BOOKED,
            same,
            false,
            "2027-06-01T00:00:00Z",
            &["2027-06-12T16:00:00Z deadline", "2027-06-14T16:00:00Z asked"],
        ),
        (
            "R10 once booked, the event",
            BOOKED,
            same,
            true,
            "2027-06-01T00:00:00Z",
            &["2027-06-15T18:00:00Z event", "2027-06-16T16:00:00Z event"],
        ),
        (
            "R10 no deadline where it is full",
            "DTSTART;TZID=Europe/London:20270616T190000\nX-BOOKING-CLOSES;TZID=Europe/London:20270614T170000\nX-PLACES-LEFT:0",
            same,
            false,
            "2027-06-01T00:00:00Z",
            &["2027-06-14T16:00:00Z asked"],
        ),
        (
            "R10 no booking, no deadline",
            "DTSTART;TZID=Europe/London:20270616T190000\nX-PLACES-LEFT:0",
            same,
            false,
            "2027-06-01T00:00:00Z",
            &["2027-06-15T18:00:00Z event", "2027-06-16T16:00:00Z event"],
        ),
        (
            "a cancelled event has none",
            "STATUS:CANCELLED\nDTSTART;TZID=Europe/London:20270616T190000",
            same,
            true,
            "2027-06-01T00:00:00Z",
            &[],
        ),
        ("off until chosen", SUNDAY, |it| it.preferences.notify = false, false, "2027-03-20T00:00:00Z", &[]),
        (
            "none without the phone's leave",
            SUNDAY,
            |it| it.permitted = false,
            false,
            "2027-03-20T00:00:00Z",
            &[],
        ),
        (
            "each kind has its switch",
            BOOKED,
            |it| it.preferences.off = [NotificationKind::Asked].into(),
            false,
            "2027-06-01T00:00:00Z",
            &["2027-06-12T16:00:00Z deadline"],
        ),
    ];
    for (what, lines, change, booked, now, expected) in cases {
        let mut phone = Phone::new();
        change(&mut phone);
        assert_eq!(written(&phone.plan(&event(lines), booked, now)), expected, "{what}");
    }
}

#[test]
fn planning_again_arms_nothing_and_a_move_arms_the_difference() {
    let phone = Phone::new();
    let before = phone.plan(&event(SUNDAY), false, "2027-03-20T00:00:00Z");
    let armed: Vec<Armed> =
        before.notifications.iter().map(|it| Armed { key: it.key.clone(), at: it.at }).collect();
    let now = instant("2027-03-27T20:00:00Z");
    let again = phone.plan(&event(SUNDAY), false, "2027-03-27T20:00:00Z");
    assert!(again.arm(&armed).is_empty() && again.disarm(&armed, now).is_empty());
    let moved = event("SEQUENCE:1\nDTSTART;TZID=Europe/London:20270328T160000\nDURATION:PT1H");
    let after = phone.plan(&moved, false, "2027-03-27T20:00:00Z");
    assert_eq!(written(&after), ["2027-03-28T13:00:00Z event"]);
    assert_eq!((after.arm(&armed).len(), after.disarm(&armed, now).len()), (1, 1));
}

#[test]
fn a_move_leaves_the_reminders_of_a_deadline_that_stays() {
    let phone = Phone::new();
    let booking = "DURATION:PT1H\nX-BOOKING-CLOSES;TZID=Europe/London:20270405T120000";
    let (was, is) = (
        event(&format!("DTSTART;TZID=Europe/London:20270412T130000\n{booking}")),
        event(&format!("SEQUENCE:1\nDTSTART;TZID=Europe/London:20270412T161500\n{booking}")),
    );
    let now = "2027-04-01T00:00:00Z";
    let before = phone.plan(&was, false, now);
    assert_eq!(written(&before), ["2027-04-03T11:00:00Z deadline", "2027-04-05T11:00:00Z asked"]);
    let armed: Vec<Armed> =
        before.notifications.iter().map(|it| Armed { key: it.key.clone(), at: it.at }).collect();
    let after = phone.plan(&is, false, now);
    assert!(after.arm(&armed).is_empty() && after.disarm(&armed, instant(now)).is_empty());
}

#[test]
fn what_does_not_fit_is_planned_later_and_the_last_place_asks_to_open_the_app() {
    let mut phone = Phone::new();
    phone.preferences.limit = 5;
    let daily = event("DTSTART;TZID=Europe/London:20270104T100000\nRRULE:FREQ=DAILY");
    let followed = [Followed { event: &daily, listed: true, booked: false }];
    let told = [Told {
        id: "one".to_owned(),
        kind: NotificationKind::Recall,
        uid: None,
        occurrence: None,
        title: String::new(),
        at: instant("2027-01-04T23:00:00Z"),
        before: None,
    }];
    let practice = [PlannedPractice {
        id: "two".to_owned(),
        title: "Socks".to_owned(),
        day: "2027-01-04".parse().unwrap(),
    }];
    let plan = plan(&phone.situation(&followed, &told, &practice, "2027-01-04T00:00:00Z"));
    assert_eq!(
        written(&plan),
        [
            "2027-01-04T08:00:00Z event",
            "2027-01-04T10:00:00Z event",
            "2027-01-04T17:00:00Z practice",
            "2027-01-05T07:00:00Z recall",
            "2027-01-05T07:00:00Z refresh",
        ]
    );
    assert_eq!(plan.next_plan_at, Some(instant("2027-01-04T08:00:00Z")));
}

#[test]
fn a_screen_says_why_no_reminder_comes() {
    let phone = Phone::new();
    let standing = |phone: &Phone, lines: &str, booked: bool, now: &str| {
        let event = event(lines);
        let followed = [Followed { event: &event, listed: true, booked }];
        let situation = phone.situation(&followed, &[], &[], now);
        let occurrence = event.occurrences(situation.now).next().unwrap();
        let standing = plan(&situation).standing(Some(&followed[0]), &occurrence, &situation);
        (
            standing.next_at.map(|it| it.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)),
            standing.none_because,
        )
    };
    let june = "2027-06-13T00:00:00Z";
    assert_eq!(
        standing(&phone, BOOKED, false, "2027-06-10T00:00:00Z"),
        (Some("2027-06-12T16:00:00Z".to_owned()), None)
    );
    assert_eq!(standing(&phone, BOOKED, false, june), (None, Some(NoReminder::NotBooked)));
    assert_eq!(standing(&phone, BOOKED, true, june), (Some("2027-06-15T18:00:00Z".to_owned()), None));
    assert_eq!(standing(&phone, BOOKED, true, "2027-06-16T17:00:00Z"), (None, Some(NoReminder::Past)));
    assert_eq!(standing(&phone, BOOKED, true, "2027-01-01T00:00:00Z"), (None, Some(NoReminder::Later)));
    let off = Phone { preferences: ReminderPreferences::default(), ..Phone::new() };
    assert_eq!(standing(&off, BOOKED, true, june), (None, Some(NoReminder::Off)));
    let forbidden = Phone { permitted: false, ..Phone::new() };
    assert_eq!(standing(&forbidden, BOOKED, true, june), (None, Some(NoReminder::Permission)));
}

#[test]
fn what_became_of_an_event_is_told_by_its_name() {
    let weekly =
        "DTSTART;TZID=Europe/London:20270107T100000\nDURATION:PT1H\nLOCATION:Hall\nRRULE:FREQ=WEEKLY;COUNT=6";
    let full = BOOKED.replace("LEFT:10", "LEFT:0");
    let cases: [(&str, &str, Option<String>, &[&str]); 12] = [
        ("nothing", weekly, Some(weekly.to_owned()), &[]),
        ("other words are no change", weekly, Some(format!("{weekly}\nDESCRIPTION:New words")), &[]),
        ("another time", SUNDAY, Some(SUNDAY.replace("T140000", "T130000")), &["change 1"]),
        ("another place", weekly, Some(weekly.replace("Hall", "Library")), &["change 6"]),
        (
            "another link",
            weekly,
            Some(format!("{weekly}\nCONFERENCE:https://meet.example.org/x")),
            &["change 6"],
        ),
        ("another weekday", weekly, Some(weekly.replace("20270107", "20270108")), &["change 6"]),
        ("cancelled", weekly, Some(format!("{weekly}\nSTATUS:CANCELLED")), &["cancelled 6"]),
        (
            "one date taken out",
            weekly,
            Some(format!("{weekly}\nEXDATE;TZID=Europe/London:20270114T100000")),
            &["cancelled 1"],
        ),
        ("ends sooner", weekly, Some(weekly.replace("COUNT=6", "COUNT=4")), &["unlisted 2"]),
        ("not in the bank", weekly, None, &["unlisted 6"]),
        ("a place again", &full, Some(BOOKED.to_owned()), &["offer 1"]),
        ("full", BOOKED, Some(full.clone()), &[]),
    ];
    for (what, old, new, expected) in cases {
        let (old, new) = (event(old), new.map(|it| event(&it)));
        let found = differences(&old, new.as_ref(), false, instant("2027-01-01T00:00:00Z"));
        let found: Vec<String> =
            found.iter().map(|it| format!("{} {}", it.kind.as_str(), it.differences.len())).collect();
        assert_eq!(found, expected, "{what}");
    }
}

#[test]
fn a_notice_in_the_night_waits_unless_that_is_too_late() {
    let phone = Phone::new();
    let told = |at: &str, before: &str| {
        [Told {
            id: "one".to_owned(),
            kind: NotificationKind::Cancelled,
            uid: Some("it".to_owned()),
            occurrence: None,
            title: String::new(),
            at: instant(at),
            before: Some(instant(before)),
        }]
    };
    let night = "2027-01-10T03:00:00Z";
    for (before, comes, silent) in [
        ("2027-01-10T10:00:00Z", "2027-01-10T07:00:00Z cancelled", false),
        ("2027-01-10T07:30:00Z", "2027-01-10T07:00:00Z cancelled", false),
        ("2027-01-10T07:15:00Z", "2027-01-10T03:00:00Z cancelled", true),
    ] {
        let told = told(night, before);
        let plan = plan(&phone.situation(&[], &told, &[], night));
        assert_eq!((written(&plan), plan.notifications[0].silent), (vec![comes.to_owned()], silent));
    }
}

#[test]
fn practice_comes_on_its_own_day_whatever_the_quiet_hours() {
    let mut phone = Phone::new();
    phone.preferences.quiet = Some("20:00-08:30".parse().unwrap());
    let practice = [PlannedPractice {
        id: "one".to_owned(),
        title: "Socks".to_owned(),
        day: "2027-01-04".parse().unwrap(),
    }];
    for (time, due) in [("21:00", "20:00"), ("07:30", "08:30"), ("17:00", "17:00")] {
        phone.preferences.practice = time.parse().unwrap();
        let plan = plan(&phone.situation(&[], &[], &practice, "2027-01-03T00:00:00Z"));
        assert_eq!(written(&plan), [format!("2027-01-04T{due}:00Z practice")], "{time}");
    }
}

#[test]
fn a_cancelled_date_beyond_the_horizon_does_not_hide_the_next() {
    let mut phone = Phone::new();
    phone.preferences.horizon = 2;
    phone.preferences.quiet = None;
    let rule = "RRULE:FREQ=WEEKLY;BYDAY=WE,FR";
    let cancelled = "RECURRENCE-ID:20310806T230000Z\nDTSTART:20310806T230000Z\nSTATUS:CANCELLED";
    let series = event(&format!(
        "DTSTART:20310730T230000Z\n{rule}\nEND:VEVENT\nBEGIN:VEVENT\nUID:it\nSUMMARY:Event\n{cancelled}"
    ));
    let plan = phone.plan(&series, false, "2031-07-31T17:45:00Z");
    assert_eq!(written(&plan), ["2031-07-31T23:00:00Z event", "2031-08-01T21:00:00Z event"]);
    assert_eq!(plan.next_plan_at, Some(instant("2031-08-05T23:00:00Z")));
}
