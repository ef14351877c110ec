//! Which zone a TZID means: calendars write IANA names, names of Windows, and names of their own with a VTIMEZONE block.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};

use super::lines::Property;
use crate::reminders::SERVICE_ZONE;
use crate::reminders::recurrence::{Rule, Series, Start};

/// Names of Windows and what they mean (Unicode CLDR, `windowsZones`).
const WINDOWS: &str = include_str!("windows_zones.tsv");
/// The days on which a VTIMEZONE block and a zone are held beside each other: three years.
const COMPARED: u64 = 3 * 365;

/// The zones that a file defines.
#[derive(Clone, Default, Debug)]
pub(super) struct Zones {
    blocks: BTreeMap<String, Block>,
}

/// A VTIMEZONE block.
#[derive(Clone, Default, Debug)]
pub(super) struct Block {
    name: String,
    /// X-LIC-LOCATION: the IANA name that some exporters add.
    location: Option<String>,
    changes: Vec<Change>,
}

/// STANDARD or DAYLIGHT: when the clocks are changed, and by how much.
#[derive(Clone, Default, Debug)]
struct Change {
    start: Option<NaiveDateTime>,
    rule: Option<Rule>,
    /// Seconds east of Greenwich, before and after.
    from: i32,
    to: i32,
}

impl Zones {
    /// The zone that a TZID means in this file.
    pub(super) fn find(&self, name: &str) -> Option<Tz> {
        let block = self.blocks.get(name);
        named(name).or_else(|| named(block?.location.as_deref()?)).or_else(|| block?.alike())
    }

    /// Adds the properties of a VTIMEZONE block, those of its STANDARD and DAYLIGHT parts included.
    pub(super) fn add(&mut self, properties: &[Property]) {
        let mut block = Block::default();
        for property in properties {
            let value = property.value.as_str();
            let change = block.changes.last_mut();
            match (property.name.as_str(), change) {
                ("TZID", None) => block.name = value.to_owned(),
                ("X-LIC-LOCATION", _) => block.location = Some(value.to_owned()),
                ("BEGIN", _) if value != "VTIMEZONE" => block.changes.push(Change::default()),
                ("DTSTART", Some(change)) => {
                    change.start =
                        NaiveDateTime::parse_from_str(value.trim_end_matches('Z'), "%Y%m%dT%H%M%S").ok();
                }
                ("RRULE", Some(change)) => change.rule = value.parse().ok(),
                ("TZOFFSETFROM", Some(change)) => change.from = offset(value).unwrap_or(0),
                ("TZOFFSETTO", Some(change)) => change.to = offset(value).unwrap_or(0),
                _ => {}
            }
        }
        self.blocks.insert(block.name.clone(), block);
    }
}

/// By an IANA name, one behind a vendor's prefix such as `/example.com/Europe/London`, or a name of Windows.
fn named(name: &str) -> Option<Tz> {
    let mut tail = name;
    loop {
        if let Ok(zone) = tail.parse() {
            return Some(zone);
        }
        match tail.split_once('/') {
            Some((_, rest)) => tail = rest,
            None => break,
        }
    }
    let windows = WINDOWS.lines().filter_map(|it| it.split_once('\t'));
    windows.filter(|(it, _)| it.eq_ignore_ascii_case(name)).find_map(|(_, zone)| zone.parse().ok())
}

/// `+0100` as seconds.
fn offset(text: &str) -> Option<i32> {
    let (sign, digits) = text.split_at_checked(1)?;
    let sign = if sign == "-" { -1 } else { 1 };
    let pair = |from: usize| digits.get(from..from + 2).and_then(|it| it.parse::<i32>().ok());
    Some(sign * (pair(0)? * 3600 + pair(2)? * 60 + pair(4).unwrap_or(0)))
}

impl Block {
    /// A zone whose clocks have gone alike for three years: London's if it does, else the first by name.
    fn alike(&self) -> Option<Tz> {
        let from = self
            .changes
            .iter()
            .filter_map(|it| it.start)
            .max()?
            .date()
            .max(NaiveDate::from_ymd_opt(2020, 1, 1)?);
        let changes = self.changes_until(from.checked_add_days(Days::new(COMPARED))?);
        let noons: Vec<(DateTime<Utc>, i32)> = from
            .iter_days()
            .take(COMPARED as usize)
            .map(|day| day.and_time(NaiveTime::MIN).and_utc() + TimeDelta::hours(12))
            .filter_map(|at| {
                let last = changes.iter().take_while(|(change, _)| *change <= at.naive_utc()).last();
                Some((at, last?.1))
            })
            .collect();
        let is_alike = |zone: &&Tz| {
            noons.iter().all(|(at, offset)| {
                zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc() == *offset
            })
        };
        std::iter::once(&SERVICE_ZONE)
            .chain(&TZ_VARIANTS)
            .find(is_alike)
            .filter(|_| !noons.is_empty())
            .copied()
    }

    /// When the clocks change, in UTC, and the offset after it.
    fn changes_until(&self, end: NaiveDate) -> Vec<(NaiveDateTime, i32)> {
        let mut changes: Vec<(NaiveDateTime, i32)> = Vec::new();
        for change in &self.changes {
            let Some(start) = change.start else { continue };
            let series = Series { rule: change.rule.clone(), ..Series::once(Start::Clock(start, Tz::UTC)) };
            let onsets = series.starts(DateTime::<Utc>::MIN_UTC).take_while(|it| it.day() <= end);
            changes.extend(onsets.filter_map(|it| match it {
                Start::Clock(local, _) => Some((local - TimeDelta::seconds(change.from.into()), change.to)),
                Start::Day(_) => None,
            }));
        }
        changes.sort_unstable();
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (name, zone) in [
            ("Europe/London", Some(Tz::Europe__London)),
            ("GMT Standard Time", Some(Tz::Europe__London)),
            ("/freeassociation.sourceforge.net/Europe/Paris", Some(Tz::Europe__Paris)),
            ("Greenwich Standard Time", Some(Tz::Atlantic__Reykjavik)),
            ("UTC", Some(Tz::UTC)),
            ("Europe/Camden", None),
            ("", None),
        ] {
            assert_eq!(named(name), zone, "{name}");
        }
    }

    #[test]
    fn a_block_is_known_by_its_clocks() {
        let lines = "TZID:Our time\nBEGIN:STANDARD\nDTSTART:16010101T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0000\n\
            RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:16010101T010000\n\
            TZOFFSETFROM:+0000\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT";
        let properties: Vec<Property> =
            lines.lines().enumerate().filter_map(|(line, text)| Property::read(line, text)).collect();
        let mut zones = Zones::default();
        zones.add(&properties);
        assert_eq!(zones.find("Our time"), Some(Tz::Europe__London));
        assert_eq!(zones.find("Their time"), None);
    }
}
