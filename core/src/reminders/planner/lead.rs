//! How long before something a reminder comes.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Timelike, Utc};
use serde::{Deserialize, Serialize};

use super::PreferenceFault;
use crate::reminders::SERVICE_ZONE;
use crate::reminders::calendar::units;
use crate::reminders::recurrence::{Start, at};

/// The longest lead, in days.
const LONGEST: u32 = 90;

/// So long before a time: `P1D` at the same wall-clock time, days earlier; `PT2H` so much elapsed time (R2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Lead {
    days: u32,
    minutes: u32,
}

impl Lead {
    /// Days before, at the same wall-clock time.
    pub const fn days(days: u32) -> Self {
        Self { days, minutes: 0 }
    }

    /// Minutes before.
    pub const fn minutes(minutes: u32) -> Self {
        Self { days: 0, minutes }
    }

    /// About how long it is: days of twenty-four hours.
    pub(super) fn length(&self) -> TimeDelta {
        TimeDelta::days(self.days.into()) + TimeDelta::minutes(self.minutes.into())
    }

    /// The instant so long before; of a whole day, before midnight where the service is.
    pub fn before(&self, start: &Start) -> DateTime<Utc> {
        let (local, zone) = match start {
            Start::Clock(local, zone) => (*local, *zone),
            Start::Day(day) => (day.and_time(NaiveTime::MIN), SERVICE_ZONE),
        };
        let day = local.date().checked_sub_days(Days::new(self.days.into())).unwrap_or(local.date());
        at(day.and_time(local.time()), zone) - TimeDelta::minutes(self.minutes.into())
    }

    /// As TRIGGER of an alarm has it.
    pub fn trigger(&self) -> String {
        format!("-{self}")
    }
}

impl FromStr for Lead {
    type Err = PreferenceFault;

    fn from_str(text: &str) -> Result<Self, PreferenceFault> {
        read_lead(text).ok_or_else(|| PreferenceFault(text.to_owned()))
    }
}

fn read_lead(text: &str) -> Option<Lead> {
    let text = text.strip_prefix('P')?;
    let (days, times) = text.split_once('T').unwrap_or((text, ""));
    if days.is_empty() && times.is_empty() {
        return None;
    }
    let days = units(days, &[('W', 7), ('D', 1)])?;
    let minutes = units(times, &[('H', 60), ('M', 1)])?;
    let (days, minutes) = (u32::try_from(days).ok()?, u32::try_from(minutes).ok()?);
    (days.checked_add(minutes / (24 * 60))? <= LONGEST).then_some(Lead { days, minutes })
}

impl fmt::Display for Lead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("P")?;
        if self.days > 0 {
            write!(f, "{}D", self.days)?;
        }
        match (self.minutes / 60, self.minutes % 60) {
            (0, 0) if self.days > 0 => Ok(()),
            (hours, 0) if hours > 0 => write!(f, "T{hours}H"),
            (0, minutes) => write!(f, "T{minutes}M"),
            (hours, minutes) => write!(f, "T{hours}H{minutes}M"),
        }
    }
}

/// For a whole day: so many days before it or on it, at a time of the service's clocks (R9). `-1@18:00`, `0@08:00`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DayLead {
    before: u32,
    time: NaiveTime,
}

impl DayLead {
    /// Days before, at a time.
    pub const fn new(before: u32, time: NaiveTime) -> Self {
        Self { before, time }
    }

    /// About how long it is, at most.
    pub(super) fn length(&self) -> TimeDelta {
        TimeDelta::days(self.before.into())
    }

    /// As TRIGGER of an alarm has it, from the midnight at which the day begins.
    pub fn trigger(&self) -> String {
        let minutes =
            i64::from(self.before) * 24 * 60 - i64::from(self.time.num_seconds_from_midnight() / 60);
        let sign = if minutes > 0 { "-" } else { "" };
        format!("{sign}PT{}M", minutes.abs())
    }

    /// The instant before that day.
    pub fn before(&self, day: NaiveDate) -> DateTime<Utc> {
        let day = day.checked_sub_days(Days::new(self.before.into())).unwrap_or(day);
        at(day.and_time(self.time), SERVICE_ZONE)
    }
}

impl FromStr for DayLead {
    type Err = PreferenceFault;

    fn from_str(text: &str) -> Result<Self, PreferenceFault> {
        let read = || {
            let (days, time) = text.split_once('@')?;
            let before: u32 = if days == "0" { 0 } else { days.strip_prefix('-')?.parse().ok()? };
            Some(Self { before: Some(before).filter(|it| *it <= LONGEST)?, time: time_of_day(time)? })
        };
        read().ok_or_else(|| PreferenceFault(text.to_owned()))
    }
}

impl fmt::Display for DayLead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.before > 0 { "-" } else { "" };
        write!(f, "{sign}{}@{}", self.before, self.time.format("%H:%M"))
    }
}

/// `18:00`
pub(super) fn time_of_day(text: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(text, "%H:%M").ok()
}

macro_rules! as_text {
    ($($name:ty),*) => {$(
        impl TryFrom<String> for $name {
            type Error = PreferenceFault;

            fn try_from(text: String) -> Result<Self, PreferenceFault> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(it: $name) -> Self {
                it.to_string()
            }
        }
    )*};
}
pub(super) use as_text;

as_text!(Lead, DayLead);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leads_come_back() {
        for text in ["P1D", "P7D", "PT2H", "PT24H", "PT90M", "P1DT2H", "PT1H30M", "PT0M"] {
            let lead: Lead = text.parse().unwrap_or(Lead::days(99));
            assert_eq!(lead.to_string().parse(), Ok(lead), "{text}");
        }
        for text in ["", "P", "PT", "1D", "-P1D", "P1.5D", "P91D", "PT2", "P1H", "P4000000000D"] {
            assert!(text.parse::<Lead>().is_err(), "{text}");
        }
        for text in ["-1@18:00", "0@08:00", "-7@09:30"] {
            assert_eq!(text.parse::<DayLead>().map(|it| it.to_string()), Ok(text.to_owned()));
        }
        for text in ["1@18:00", "-1", "-1@25:00", "@08:00", "-@08:00", "-1@8"] {
            assert!(text.parse::<DayLead>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_day_before_is_the_same_time_on_the_clock_and_a_day_of_hours_is_not() {
        let start = |text: &str| {
            chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M")
                .map(|it| Start::Clock(it, SERVICE_ZONE))
                .unwrap_or(Start::Day(NaiveDate::MIN))
        };
        // The clocks go forward at one on 28 March 2027.
        let sunday = start("2027-03-28 10:00");
        assert_eq!(Lead::days(1).before(&sunday).to_string(), "2027-03-27 10:00:00 UTC");
        assert_eq!(Lead::minutes(24 * 60).before(&sunday).to_string(), "2027-03-27 09:00:00 UTC");
    }
}
