//! Planning a family's reminders, and expanding the series that they are of beside other libraries.

use std::process::Command;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use otsupport_core::reminders::PhoneState;
use otsupport_core::reminders::calendar::{CalendarEvent, read};
use otsupport_core::reminders::planner::ReminderPreferences;
use otsupport_tests::generated_bank;
use otsupport_wire::snapshot::Event;

use crate::figures::{median, ms, verdict};
use crate::{Failure, RUNS, SEED, phone};

const EVENTS: usize = 5_000;
const FOLLOWED: usize = 200;
const LIMIT: Duration = Duration::from_millis(5);
/// What a window of a year costs each library, in Python: the rules come as lines.
const DATEUTIL: &str = "
import sys, time
from datetime import datetime, timedelta
from dateutil.rrule import rrulestr
rules = [line.rstrip('\\n').split('|') for line in sys.stdin]
now = datetime.fromisoformat(sys.argv[1])
rules = [rrulestr(rule, dtstart=datetime.strptime(start, '%Y%m%dT%H%M%S')) for start, rule in rules]
began = time.perf_counter()
found = sum(len(it.between(now, now + timedelta(days=365))) for it in rules)
print(found, time.perf_counter() - began)
";

pub(crate) fn run() -> Result<(), Failure> {
    let now: DateTime<Utc> = std::time::SystemTime::now().into();
    println!(
        "{EVENTS} events, {FOLLOWED} of them followed, series begun ten years ago among them, {} runs",
        4 * RUNS
    );
    let folder = tempfile::tempdir()?;
    let events = events(now)?;
    let site = generated_bank::publish_events(&folder.path().join("site"), 100, events.clone(), SEED)?;
    let root = std::fs::read(site.folder.join("metadata/root.json"))?;
    let hub = phone::open(&folder.path().join("phone"), &site.folder, &root)?;
    phone::sync(&hub)?;
    for event in events.iter().step_by(EVENTS / FOLLOWED) {
        hub.follow(&event.uid)?;
    }
    hub.choose_reminders(&ReminderPreferences { notify: true, ..ReminderPreferences::default() })?;
    let mut times = Vec::new();
    let mut planned = 0;
    for _ in 0..4 * RUNS {
        let began = Instant::now();
        planned = hub.plan_reminders(PhoneState::default())?.notifications.len();
        times.push(began.elapsed());
    }
    let time = median(&mut times);
    println!("plan, read from both databases: {} for {planned} notifications", ms(time));
    println!("  at most {}: {}\n", ms(LIMIT), verdict(time <= LIMIT));
    expansion(&events, now)
}

/// Weekly, monthly and yearly series and single events, a tenth of them begun ten years ago.
fn events(now: DateTime<Utc>) -> Result<Vec<Event>, Failure> {
    let rules = ["FREQ=WEEKLY;BYDAY=MO,WE", "FREQ=MONTHLY;BYDAY=2TU", "FREQ=YEARLY", "FREQ=DAILY;INTERVAL=3"];
    (0..EVENTS)
        .map(|number| {
            let years = if number % 10 == 0 { 3_650 } else { 10 };
            let first = (now - TimeDelta::days(years) + TimeDelta::days((number % 30) as i64)).format("%Y%m%d");
            let rule = rules[number % rules.len()];
            let rule = if number % 3 == 2 { String::new() } else { format!("RRULE:{rule}\n") };
            let text = format!(
                "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:event-{number:05}\nSUMMARY:Workshop {number}\nDTSTART;TZID=Europe/London:\
                 {first}T{:02}0000\nDURATION:PT90M\nLOCATION:A hall\n{rule}END:VEVENT\nEND:VCALENDAR\n",
                9 + number % 9
            );
            let event = read(&text).map_err(|faults| format!("{faults:?}"))?.swap_remove(0);
            let components = event.components();
            Ok(Event { uid: event.uid, title: event.main.title, sequence: 0, components })
        })
        .collect()
}

/// All series of the bank, for a year.
fn expansion(events: &[Event], now: DateTime<Utc>) -> Result<(), Failure> {
    let series: Vec<CalendarEvent> = events
        .iter()
        .filter_map(|it| CalendarEvent::of(&it.components))
        .filter(|it| it.main.series.rule.is_some())
        .collect();
    let until = now + TimeDelta::days(365);
    let lines = |it: &CalendarEvent| {
        let lines = it.main.lines(&it.uid);
        let line = |name: &str| lines.iter().find(|it| it.starts_with(name)).cloned().unwrap_or_default();
        (line("DTSTART"), line("RRULE"))
    };
    let sets: Vec<rrule::RRuleSet> = series
        .iter()
        .map(|it| {
            let (start, rule) = lines(it);
            Ok(format!("{start}\n{rule}").parse()?)
        })
        .collect::<Result<_, Failure>>()?;
    let began = Instant::now();
    let ours: usize = series
        .iter()
        .map(|it| {
            it.occurrences(now)
                .take_while(|it| it.start.when().instant(otsupport_core::reminders::Tz::UTC) < until)
                .count()
        })
        .sum();
    let our_time = began.elapsed();
    let began = Instant::now();
    let theirs: usize = sets
        .into_iter()
        .map(|it| {
            let zone = it.get_dt_start().timezone();
            it.after(now.with_timezone(&zone)).before(until.with_timezone(&zone)).all(1_000).dates.len()
        })
        .sum();
    let their_time = began.elapsed();
    println!("{} series for a year: {} ({ours} times)", series.len(), ms(our_time));
    println!(
        "  rrule: {} ({theirs} times), ratio {:.3}",
        ms(their_time),
        our_time.as_secs_f64() / their_time.as_secs_f64()
    );
    match dateutil(&series, now, lines) {
        Some((found, time)) => println!(
            "  python-dateutil: {} ({found} times), ratio {:.3}\n",
            ms(time),
            our_time.as_secs_f64() / time.as_secs_f64()
        ),
        None => println!("  python-dateutil is not installed\n"),
    }
    Ok(())
}

fn dateutil(
    series: &[CalendarEvent],
    now: DateTime<Utc>,
    lines: impl Fn(&CalendarEvent) -> (String, String),
) -> Option<(usize, Duration)> {
    use std::io::Write;
    let mut python = Command::new("python3")
        .args(["-c", DATEUTIL, &now.format("%Y-%m-%dT%H:%M:%S").to_string()])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .ok()?;
    let mut stdin = python.stdin.take()?;
    for (start, rule) in series.iter().map(lines) {
        let start = start.rsplit(':').next()?.to_owned();
        writeln!(stdin, "{start}|{}", rule.strip_prefix("RRULE:")?).ok()?;
    }
    drop(stdin);
    let said = String::from_utf8(python.wait_with_output().ok()?.stdout).ok()?;
    let (found, seconds) = said.trim().split_once(' ')?;
    Some((found.parse().ok()?, Duration::from_secs_f64(seconds.parse().ok()?)))
}
