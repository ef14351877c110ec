//! DATE, DATE-TIME and DURATION (RFC 5545, sections 3.3.4 to 3.3.6).

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, TimeDelta, Timelike};
use chrono_tz::Tz;

use super::lines::Property;
use super::zones::Zones;
use crate::reminders::SERVICE_ZONE;
use crate::reminders::recurrence::{Start, When, YEARS, at};

const CLOCK: &str = "%Y%m%dT%H%M%S";
const DAY: &str = "%Y%m%d";
/// The longest event: a year.
const LONGEST: i64 = 366 * 24 * 3600;

/// How long an event lasts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Length {
    /// So many seconds, whatever the clocks do.
    Exact(u32),
    /// So many days by the calendar, and so many seconds.
    Days(u32, u32),
}

impl Length {
    /// When something ends that begins then; of whole days, the day after the last.
    pub fn after(&self, start: &Start) -> When {
        let later = |day: NaiveDate, days: u32| day.checked_add_days(Days::new(days.into())).unwrap_or(day);
        match (start, self) {
            (Start::Day(day), Self::Days(days, _)) => When::On(later(*day, *days)),
            (Start::Day(day), Self::Exact(_)) => When::On(later(*day, 1)),
            (Start::Clock(local, zone), Self::Exact(seconds)) => {
                When::At(at(*local, *zone) + TimeDelta::seconds((*seconds).into()))
            }
            (Start::Clock(local, zone), Self::Days(days, seconds)) => {
                let last = later(local.date(), *days).and_time(local.time());
                When::At(at(last, *zone) + TimeDelta::seconds((*seconds).into()))
            }
        }
    }

    /// As DURATION has it.
    pub(super) fn duration(&self) -> String {
        match self {
            Self::Exact(seconds) => format!("PT{seconds}S"),
            Self::Days(days, 0) => format!("P{days}D"),
            Self::Days(days, seconds) => format!("P{days}DT{seconds}S"),
        }
    }
}

/// Dates and times of a property, which may be a list.
pub(super) fn starts(property: &Property, zones: &Zones) -> Result<Vec<Start>, String> {
    match property.parameter("VALUE") {
        None | Some("DATE" | "DATE-TIME" | "date" | "date-time") => {}
        Some(other) => return Err(format!("{} with VALUE={other} is not supported", property.name)),
    }
    let zone = match property.parameter("TZID") {
        None => SERVICE_ZONE,
        Some(name) => {
            zones.find(name).ok_or_else(|| format!("the time zone `{}` is not known", brief(name)))?
        }
    };
    property.value.split(',').map(|it| start(it.trim(), zone, &property.name)).collect()
}

/// The date or time of a property.
pub(super) fn one_start(property: &Property, zones: &Zones) -> Result<Start, String> {
    match starts(property, zones)?.as_slice() {
        [start] => Ok(*start),
        _ => Err(format!("{} holds more than one time", property.name)),
    }
}

fn start(text: &str, zone: Tz, name: &str) -> Result<Start, String> {
    let wrong = || format!("{name}: `{}` is not a date or a time", brief(text));
    let (text_of_clock, zone) = match text.strip_suffix('Z') {
        Some(utc) => (utc, Tz::UTC),
        None => (text, zone),
    };
    let start = if text.len() == 8 {
        Start::Day(NaiveDate::parse_from_str(text, DAY).map_err(|_| wrong())?)
    } else if text_of_clock.len() == 15 {
        let clock = NaiveDateTime::parse_from_str(text_of_clock, CLOCK).map_err(|_| wrong())?;
        // A sixtieth second is the fifty-ninth (RFC 5545, section 3.3.12).
        Start::Clock(clock.with_nanosecond(0).unwrap_or(clock), zone)
    } else {
        return Err(wrong());
    };
    if YEARS.contains(&start.day().year()) {
        Ok(start)
    } else {
        Err(format!("{name}: the year lies outside {} to {}", YEARS.start(), YEARS.end()))
    }
}

/// DTEND as a length.
pub(super) fn until(start: &Start, end: &Start) -> Result<Length, String> {
    let seconds = match (start, end) {
        // Some write the last day, or the first again, in place of the day after the last.
        (Start::Day(first), Start::Day(end)) if first == end => return Ok(Length::Days(1, 0)),
        (Start::Day(first), Start::Day(end)) => (*end - *first).num_days() * 86_400,
        (Start::Clock(..), Start::Clock(..)) => match (start.when(), end.when()) {
            (When::At(start), When::At(end)) => (end - start).num_seconds(),
            _ => 0,
        },
        _ => return Err("DTSTART and DTEND are not both a date or both a time".to_owned()),
    };
    let seconds = lasting(seconds, "the event ends before it begins")?;
    Ok(match start {
        Start::Day(_) => Length::Days(seconds / 86_400, 0),
        Start::Clock(..) => Length::Exact(seconds),
    })
}

/// DURATION.
pub(super) fn duration(text: &str) -> Result<Length, String> {
    let wrong = || format!("DURATION: `{}` is not a length of time", brief(text));
    if text.starts_with('-') {
        return Err("the event ends before it begins".to_owned());
    }
    let text = text.strip_prefix('+').unwrap_or(text).strip_prefix('P').ok_or_else(wrong)?;
    let (days, times) = text.split_once('T').unwrap_or((text, ""));
    let in_days = units(days, &[('W', 7), ('D', 1)]).ok_or_else(wrong)?;
    let in_seconds = units(times, &[('H', 3600), ('M', 60), ('S', 1)]).ok_or_else(wrong)?;
    if days.is_empty() && times.is_empty() {
        return Err(wrong());
    }
    let all = in_days.checked_mul(86_400).and_then(|it| it.checked_add(in_seconds)).ok_or_else(wrong)?;
    lasting(all, "")?;
    let (days, seconds) = (in_days as u32, in_seconds as u32);
    Ok(if days == 0 { Length::Exact(seconds) } else { Length::Days(days, seconds) })
}

fn lasting(seconds: i64, negative: &str) -> Result<u32, String> {
    match u32::try_from(seconds) {
        Err(_) if seconds < 0 => Err(negative.to_owned()),
        Ok(short) if seconds <= LONGEST => Ok(short),
        _ => Err("the event lasts longer than a year".to_owned()),
    }
}

/// A run of numbers, each with one of the units, in their order.
pub(in crate::reminders) fn units(mut text: &str, units: &[(char, i64)]) -> Option<i64> {
    let mut sum = 0_i64;
    for (unit, worth) in units {
        let Some((number, rest)) = text.split_once(*unit) else { continue };
        let number: i64 = Some(number).filter(|it| it.bytes().all(|it| it.is_ascii_digit()))?.parse().ok()?;
        sum = sum.checked_add(number.checked_mul(*worth)?)?;
        text = rest;
    }
    text.is_empty().then_some(sum)
}

/// As DTSTART and its like have it, with the parameters before the colon.
pub(super) fn written(name: &str, start: &Start) -> String {
    match start {
        Start::Day(day) => format!("{name};VALUE=DATE:{}", day.format(DAY)),
        Start::Clock(local, Tz::UTC) => format!("{name}:{}Z", local.format(CLOCK)),
        Start::Clock(local, zone) => format!("{name};TZID={}:{}", zone.name(), local.format(CLOCK)),
    }
}

/// The same of a list: one line for all that have the same parameters.
pub(super) fn written_all(name: &str, all: &[Start]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut last = String::new();
    for written in all.iter().map(|it| written(name, it)) {
        let Some((head, value)) = written.split_once(':') else { continue };
        match lines.last_mut().filter(|_| head == last) {
            Some(line) => line.extend([",", value]),
            None => lines.push(written.clone()),
        }
        head.clone_into(&mut last);
    }
    lines
}

/// An instant as DATE-TIME in UTC.
pub(super) fn utc(at: DateTime<chrono::Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

/// As much of what was written as a message may bear.
pub(super) fn brief(text: &str) -> String {
    text.chars().filter(|it| !it.is_control()).take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        let good = [
            ("PT90M", Length::Exact(5400)),
            ("P1D", Length::Days(1, 0)),
            ("P1W", Length::Days(7, 0)),
            ("P1DT2H", Length::Days(1, 7200)),
            ("+PT0S", Length::Exact(0)),
        ];
        for (text, length) in good {
            assert_eq!(duration(text), Ok(length), "{text}");
        }
        for text in ["", "P", "PT", "-PT1H", "P1H", "PT1D", "1D", "P-1D", "PT99999999999999999999S", "P400D"]
        {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
