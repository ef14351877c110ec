//! Quiet hours (R5).

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::PreferenceFault;
use super::lead::{as_text, time_of_day};
use crate::reminders::recurrence::at;

/// How long before the start a reminder is still of use.
const OF_USE: TimeDelta = TimeDelta::minutes(30);

/// The hours in which the phone keeps quiet, by its own clock, such as `22:00-07:00`. Both edges are allowed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct QuietHours {
    from: NaiveTime,
    to: NaiveTime,
}

/// When a notice is given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Given {
    /// The instant.
    pub at: DateTime<Utc>,
    /// Whether it makes no sound.
    pub silent: bool,
}

impl QuietHours {
    /// Quiet from one time of day to another.
    pub const fn new(from: NaiveTime, to: NaiveTime) -> Self {
        Self { from, to }
    }

    /// When a reminder of something that begins at `start` comes: inside the quiet hours it moves to their end, or to their beginning
    /// where that would be less than half an hour before the start.
    pub fn reminder(&self, due: DateTime<Utc>, start: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
        match self.around(due, zone) {
            Some((_, end)) if end + OF_USE <= start => end,
            Some((begin, _)) => begin,
            None => due,
        }
    }

    /// When a notice is given that is of use until `until`: inside the quiet hours it moves to their end, or comes at once and silently
    /// where that would be too late.
    pub fn notice(&self, due: DateTime<Utc>, until: Option<DateTime<Utc>>, zone: Tz) -> Given {
        match self.around(due, zone) {
            Some((_, end)) if until.is_none_or(|until| end + OF_USE <= until) => {
                Given { at: end, silent: false }
            }
            Some(_) => Given { at: due, silent: true },
            None => Given { at: due, silent: false },
        }
    }

    /// The quiet hours that an instant lies inside of, if any.
    fn around(&self, due: DateTime<Utc>, zone: Tz) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let local = due.with_timezone(&zone).naive_local();
        let (day, time) = (local.date(), local.time());
        let over_night = self.from > self.to;
        let inside =
            if over_night { time > self.from || time < self.to } else { time > self.from && time < self.to };
        if !inside {
            return None;
        }
        let begins_yesterday = over_night && time < self.to;
        let ends_tomorrow = over_night && time > self.from;
        let begin = if begins_yesterday { day.checked_sub_days(Days::new(1))? } else { day };
        let end = if ends_tomorrow { day.checked_add_days(Days::new(1))? } else { day };
        Some((at(begin.and_time(self.from), zone), at(end.and_time(self.to), zone)))
    }
}

impl FromStr for QuietHours {
    type Err = PreferenceFault;

    fn from_str(text: &str) -> Result<Self, PreferenceFault> {
        let read = || {
            let (from, to) = text.split_once('-')?;
            Some(Self { from: time_of_day(from)?, to: time_of_day(to)? })
        };
        read().ok_or_else(|| PreferenceFault(text.to_owned()))
    }
}

impl fmt::Display for QuietHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.from.format("%H:%M"), self.to.format("%H:%M"))
    }
}

as_text!(QuietHours);

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str) -> DateTime<Utc> {
        text.parse().unwrap_or(DateTime::<Utc>::MIN_UTC)
    }

    #[test]
    fn a_reminder_in_the_night_waits_for_the_morning_or_comes_the_evening_before() {
        let quiet: QuietHours =
            "22:00-07:00".parse().unwrap_or(QuietHours::new(NaiveTime::MIN, NaiveTime::MIN));
        let zone = Tz::Europe__London;
        for (due, start, comes) in [
            ("2027-01-10T06:00:00Z", "2027-01-10T08:00:00Z", "2027-01-10T07:00:00Z"),
            ("2027-01-10T06:00:00Z", "2027-01-10T07:30:00Z", "2027-01-10T07:00:00Z"),
            ("2027-01-10T06:00:00Z", "2027-01-10T07:29:00Z", "2027-01-09T22:00:00Z"),
            ("2027-01-10T23:30:00Z", "2027-01-11T23:30:00Z", "2027-01-11T07:00:00Z"),
            ("2027-01-10T22:00:00Z", "2027-01-11T23:30:00Z", "2027-01-10T22:00:00Z"),
            ("2027-01-10T07:00:00Z", "2027-01-11T23:30:00Z", "2027-01-10T07:00:00Z"),
            ("2027-07-10T21:30:00Z", "2027-07-11T21:30:00Z", "2027-07-11T06:00:00Z"),
        ] {
            assert_eq!(quiet.reminder(instant(due), instant(start), zone), instant(comes), "{due} {start}");
        }
    }

    #[test]
    fn a_notice_never_comes_earlier() {
        let quiet = QuietHours::new(NaiveTime::MIN, NaiveTime::MIN + TimeDelta::hours(7));
        let due = instant("2027-01-10T05:00:00Z");
        let at = |until: Option<&str>| quiet.notice(due, until.map(instant), Tz::UTC);
        assert_eq!(at(None), Given { at: instant("2027-01-10T07:00:00Z"), silent: false });
        assert_eq!(
            at(Some("2027-01-10T07:30:00Z")),
            Given { at: instant("2027-01-10T07:00:00Z"), silent: false }
        );
        assert_eq!(at(Some("2027-01-10T07:29:00Z")), Given { at: due, silent: true });
        assert_eq!(at(Some("2027-01-10T04:00:00Z")), Given { at: due, silent: true });
    }
}
