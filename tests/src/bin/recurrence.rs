//! Answers what `tests/recurrence/random_cases.py` asks: a case of recurrence a line, as JSON, and the starts that we and the crate `rrule` find.

use std::io::{BufRead, Write, stdin, stdout};

use chrono::{DateTime, Utc};
use otsupport_core::reminders::calendar::{self, CalendarEvent};
use otsupport_core::reminders::recurrence::When;
use serde::{Deserialize, Serialize};

type Failure = Box<dyn std::error::Error>;

#[derive(Deserialize)]
struct Case {
    id: u64,
    lines: Vec<String>,
    window: (DateTime<Utc>, DateTime<Utc>),
}

#[derive(Serialize)]
struct Answer {
    id: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    starts: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
    rrule: Option<Vec<String>>,
}

fn main() -> Result<(), Failure> {
    let mut out = stdout().lock();
    for line in stdin().lock().lines() {
        let case: Case = serde_json::from_str(&line?)?;
        serde_json::to_writer(&mut out, &answer(&case))?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

fn answer(case: &Case) -> Answer {
    let text = format!(
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:case\nSUMMARY:Case\n{}\nEND:VEVENT\nEND:VCALENDAR\n",
        case.lines.join("\n")
    );
    let rrule = peer(case);
    match calendar::read(&text) {
        Ok(events) => Answer {
            id: case.id,
            starts: events.first().map(|it| starts(it, case.window)),
            refused: None,
            rrule,
        },
        Err(faults) => {
            let faults: Vec<String> = faults.into_iter().map(|it| it.what).collect();
            Answer { id: case.id, starts: None, refused: Some(faults.join("; ")), rrule }
        }
    }
}

fn starts(event: &CalendarEvent, (from, to): (DateTime<Utc>, DateTime<Utc>)) -> Vec<String> {
    let is_before = |when: &When, limit: DateTime<Utc>| match when {
        When::At(at) => *at < limit,
        When::On(day) => *day < limit.date_naive(),
    };
    event
        .occurrences(from)
        .map(|it| it.begins())
        .take_while(|it| is_before(it, to))
        .filter(|it| !is_before(it, from))
        .map(|it| match it {
            When::At(at) => written(at),
            When::On(day) => day.to_string(),
        })
        .collect()
}

/// What `rrule` finds, where it reads the case at all.
fn peer(case: &Case) -> Option<Vec<String>> {
    let all_day = case.lines.iter().any(|it| it.starts_with("DTSTART;VALUE=DATE:"));
    let set: rrule::RRuleSet = case.lines.join("\n").parse().ok()?;
    let zone = set.get_dt_start().timezone();
    let (from, to) = (case.window.0.with_timezone(&zone), case.window.1.with_timezone(&zone));
    let dates = set.after(from).before(to).all(1000).dates;
    let in_window = dates.into_iter().filter(|it| *it >= from && *it < to);
    Some(
        in_window
            .map(|it| if all_day { it.date_naive().to_string() } else { written(it.to_utc()) })
            .collect(),
    )
}

fn written(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
