//! A calendar file for the family's own calendar.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use super::CalendarEvent;
use super::lines::{escape, fold};
use super::times::utc;
use crate::reminders::recurrence::Start;

/// For how many years an endless series has the changes of the clocks written down.
const YEARS: u64 = 10;

/// A calendar with these events as known at `now`, each with alarms at the TRIGGERs that are given for its start (RFC 5545, section
/// 3.8.6.3).
pub fn write<'a>(
    events: impl IntoIterator<Item = &'a CalendarEvent>,
    triggers: impl Fn(&Start) -> Vec<String>,
    now: DateTime<Utc>,
) -> String {
    let events: Vec<&CalendarEvent> = events.into_iter().collect();
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//OT Support Hub//Events//EN".to_owned(),
        "CALSCALE:GREGORIAN".to_owned(),
        "METHOD:PUBLISH".to_owned(),
    ];
    for (zone, (from, to)) in zones(&events, now) {
        lines.extend(block(zone, from, to));
    }
    for event in events {
        for component in std::iter::once(&event.main).chain(&event.changed) {
            let mut of_component = component.lines(&event.uid);
            let end = of_component.pop();
            of_component.push(format!("DTSTAMP:{}", utc(now)));
            if !matches!(component.status, super::Status::Cancelled) {
                for trigger in triggers(&component.series.first) {
                    of_component.extend([
                        "BEGIN:VALARM".to_owned(),
                        "ACTION:DISPLAY".to_owned(),
                        format!("DESCRIPTION:{}", escape(&component.title)),
                        format!("TRIGGER:{trigger}"),
                        "END:VALARM".to_owned(),
                    ]);
                }
            }
            of_component.extend(end);
            lines.extend(of_component);
        }
    }
    lines.push("END:VCALENDAR".to_owned());
    lines.iter().map(|it| fold(it)).collect()
}

/// The zones that the events name, each with the days between which it is needed.
fn zones<'a>(
    events: &[&'a CalendarEvent],
    now: DateTime<Utc>,
) -> BTreeMap<&'static str, (NaiveDate, NaiveDate)> {
    let mut zones: BTreeMap<&'static str, (NaiveDate, NaiveDate)> = BTreeMap::new();
    let components = |it: &'a CalendarEvent| std::iter::once(&it.main).chain(&it.changed);
    for (event, component) in events.iter().flat_map(|event| components(event).map(move |it| (event, it))) {
        let series = &component.series;
        let until = if series.is_endless() {
            now.date_naive().max(series.first.day()).checked_add_days(Days::new(YEARS * 366))
        } else {
            event.sessions().and_then(|it| it.last().map(|it| it.instant(Tz::UTC).date_naive()))
        };
        let written = [Some(series.first), component.replaces, component.closes].into_iter().flatten();
        for start in written.chain(series.more.iter().copied()).chain(series.except.iter().copied()) {
            let Start::Clock(local, zone) = start else { continue };
            if zone == Tz::UTC {
                continue;
            }
            let day = local.date();
            let (from, to) = zones.entry(zone.name()).or_insert((day, day));
            (*from, *to) = ((*from).min(day), (*to).max(until.unwrap_or(day)).max(day));
        }
    }
    zones
}

/// A VTIMEZONE block with each change of the clocks from the one before `from` to `to`.
fn block(name: &str, from: NaiveDate, to: NaiveDate) -> Vec<String> {
    let Ok(zone) = name.parse::<Tz>() else { return Vec::new() };
    let mut lines = vec!["BEGIN:VTIMEZONE".to_owned(), format!("TZID:{name}")];
    let first = from.checked_sub_days(Days::new(366)).unwrap_or(from);
    let last = to.checked_add_days(Days::new(2)).unwrap_or(to);
    let begin = first.and_time(NaiveTime::MIN).and_utc();
    let mut offset = offset_at(zone, begin);
    lines.extend(change(begin, offset, offset, false));
    for day in first.iter_days().take_while(|it| *it <= last) {
        let midnight = day.and_time(NaiveTime::MIN).and_utc();
        let next = offset_at(zone, midnight + TimeDelta::days(1));
        if next != offset {
            let minute = (0..=24 * 60)
                .map(|it| midnight + TimeDelta::minutes(it))
                .find(|it| offset_at(zone, *it) == next)
                .unwrap_or(midnight);
            lines.extend(change(minute, offset, next, next.local_minus_utc() > offset.local_minus_utc()));
            offset = next;
        }
    }
    lines.push("END:VTIMEZONE".to_owned());
    lines
}

fn change(at: DateTime<Utc>, from: FixedOffset, to: FixedOffset, forward: bool) -> [String; 5] {
    let kind = if forward { "DAYLIGHT" } else { "STANDARD" };
    let local = at.with_timezone(&from).naive_local();
    [
        format!("BEGIN:{kind}"),
        format!("DTSTART:{}", local.format("%Y%m%dT%H%M%S")),
        format!("TZOFFSETFROM:{}", basic(from)),
        format!("TZOFFSETTO:{}", basic(to)),
        format!("END:{kind}"),
    ]
}

fn offset_at(zone: Tz, at: DateTime<Utc>) -> FixedOffset {
    zone.offset_from_utc_datetime(&at.naive_utc()).fix()
}

/// `+0100`
fn basic(offset: FixedOffset) -> String {
    offset.to_string().chars().filter(|it| *it != ':').collect()
}
