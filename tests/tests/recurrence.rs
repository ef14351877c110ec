//! When a series takes place, beside the facts that three libraries' tests hold (`fixtures/recurrence/README.md`).
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use chrono::{DateTime, Utc};
use otsupport_core::reminders::calendar::{self, CalendarEvent};
use otsupport_core::reminders::recurrence::When;
use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    from: String,
    #[serde(default)]
    lines: Vec<String>,
    ics: Option<String>,
    window: Option<(DateTime<Utc>, DateTime<Utc>)>,
    starts: Option<Starts>,
    refused: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Starts {
    Of(Vec<String>),
    ByUid(BTreeMap<String, Vec<String>>),
}

fn starts(event: &CalendarEvent, (from, to): (DateTime<Utc>, DateTime<Utc>)) -> Vec<String> {
    let is_before = |when: &When, limit: DateTime<Utc>| match when {
        When::At(at) => *at < limit,
        When::On(day) => *day < limit.date_naive(),
    };
    let all = event.occurrences(from).map(|it| it.begins()).take_while(|it| is_before(it, to));
    all.filter(|it| !is_before(it, from))
        .map(|it| match it {
            When::At(at) => at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            When::On(day) => day.to_string(),
        })
        .collect()
}

/// What is wrong with our answer to a row.
fn judge(row: &Row) -> Option<String> {
    let text = row.ics.clone().unwrap_or_else(|| {
        let lines = row.lines.join("\n");
        format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:case\nSUMMARY:Case\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n")
    });
    let read = calendar::read(&text);
    match (&row.refused, &row.starts, read) {
        (Some(name), _, Err(faults)) if faults.iter().any(|it| it.what.contains(name.as_str())) => None,
        (Some(name), _, read) => Some(format!("{name} is to be refused, and not {read:?}")),
        (None, Some(Starts::Of(wanted)), Ok(events)) => {
            let ours = starts(&events[0], row.window.unwrap());
            (ours != *wanted).then(|| format!("{wanted:?}\n  ours: {ours:?}"))
        }
        (None, Some(Starts::ByUid(wanted)), Ok(events)) => {
            let ours: BTreeMap<String, Vec<String>> = events
                .iter()
                .map(|it| (it.uid.clone(), starts(it, row.window.unwrap())))
                .filter(|it| !it.1.is_empty())
                .collect();
            (ours != *wanted).then(|| format!("{wanted:?}\n  ours: {ours:?}"))
        }
        (None, _, read) => Some(format!("{read:?}")),
    }
}

#[test]
fn each_fact_of_the_tables_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/recurrence");
    let (mut rows, mut wrong) = (0, Vec::new());
    for table in ["libical", "dateutil", "recurring-ical-events"] {
        for line in fs::read_to_string(folder.join(format!("{table}.jsonl"))).unwrap().lines() {
            let row: Row = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
            rows += 1;
            wrong.extend(judge(&row).map(|it| format!("{} {:?}: {it}", row.from, row.lines)));
        }
    }
    assert!(wrong.is_empty(), "{} of {rows} rows:\n{}", wrong.len(), wrong.join("\n"));
    assert!(rows > 400, "{rows}");
}
