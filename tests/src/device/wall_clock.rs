//! Times on the clocks of a zone, read from the rules R1, R3 and R5 alone: a second opinion to the core's own.

use chrono::{
    DateTime, Datelike, Days, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone,
    Utc,
};
use otsupport_core::reminders::Tz;

/// Where the service is (R9).
pub const SERVICE: Tz = Tz::Europe__London;

/// The instant of a wall-clock time: the first of two, and in the spring gap by the offset before it (R3).
pub fn instant(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(one) => one.to_utc(),
        LocalResult::Ambiguous(one, other) => one.to_utc().min(other.to_utc()),
        LocalResult::None => {
            // No zone is further than 14 hours from UTC, and none changes its clocks twice in two days.
            let before = zone.offset_from_utc_datetime(&(local - TimeDelta::hours(24))).fix();
            (local - TimeDelta::seconds(i64::from(before.local_minus_utc()))).and_utc()
        }
    }
}

/// When something begins, as it was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wall {
    /// At a time on the clocks of a zone.
    Clock(NaiveDateTime, Tz),
    /// For the whole day, where the service is.
    Day(NaiveDate),
}

impl Wall {
    /// The instant.
    pub fn instant(&self) -> DateTime<Utc> {
        match self {
            Self::Clock(local, zone) => instant(*local, *zone),
            Self::Day(day) => instant(day.and_time(NaiveTime::MIN), SERVICE),
        }
    }
}

/// Quiet hours: from one time of day to another.
pub type Quiet = (NaiveTime, NaiveTime);

/// The quiet hours inside of which an instant lies, their edges excepted (R5).
pub fn quiet_around(quiet: Quiet, at: DateTime<Utc>, zone: Tz) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let (from, to) = quiet;
    let today = at.with_timezone(&zone).date_naive();
    [today.pred_opt()?, today].into_iter().find_map(|day| {
        let last = if from < to { day } else { day.checked_add_days(Days::new(1))? };
        let (begin, end) = (instant(day.and_time(from), zone), instant(last.and_time(to), zone));
        (begin < at && at < end).then_some((begin, end))
    })
}

/// The Monday of its week.
pub fn monday(day: NaiveDate) -> NaiveDate {
    day - Days::new(u64::from(day.weekday().num_days_from_monday()))
}
