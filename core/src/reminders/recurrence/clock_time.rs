//! What a clock on a wall shows, and the instant that it means.

use std::cmp::Ordering;

use chrono::{
    DateTime, FixedOffset, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Utc,
};
use chrono_tz::Tz;

/// The instant of a time on the clocks of a zone. A time that the clocks skip in spring has the offset from before; of one that they
/// show twice in autumn, the first is meant (R3).
pub fn at(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    let offset = match zone.offset_from_local_datetime(&local) {
        LocalResult::Single(offset) => offset.fix(),
        // Of two offsets the one further east shows a time first.
        LocalResult::Ambiguous(one, other) => furthest_east(one.fix(), other.fix()),
        LocalResult::None => before_gap(local, zone),
    };
    let utc = local.checked_sub_offset(offset).unwrap_or(local);
    utc.and_utc()
}

fn furthest_east(one: FixedOffset, other: FixedOffset) -> FixedOffset {
    if other.local_minus_utc() > one.local_minus_utc() { other } else { one }
}

/// The offset that held before the clocks went forward over this time.
fn before_gap(local: NaiveDateTime, zone: Tz) -> FixedOffset {
    // The longest gap ever was a day, when islands moved over the date line.
    (1..=200)
        .filter_map(|quarters| local.checked_sub_signed(TimeDelta::minutes(15 * quarters)))
        .find_map(|it| zone.offset_from_local_datetime(&it).latest())
        .map_or_else(|| Utc.fix(), |it| it.fix())
}

/// When something begins, as it is written: on the clocks of a zone, or on a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Start {
    /// At a time on the clocks of a zone.
    Clock(NaiveDateTime, Tz),
    /// For the whole day.
    Day(NaiveDate),
}

impl Start {
    /// The day on which it begins, where it is.
    pub fn day(&self) -> NaiveDate {
        match self {
            Self::Clock(local, _) => local.date(),
            Self::Day(day) => *day,
        }
    }

    /// When that is.
    pub fn when(&self) -> When {
        match self {
            Self::Clock(local, zone) => When::At(at(*local, *zone)),
            Self::Day(day) => When::On(*day),
        }
    }

    /// The same on another day.
    pub(super) fn on(&self, day: NaiveDate) -> Self {
        match self {
            Self::Clock(local, zone) => Self::Clock(day.and_time(local.time()), *zone),
            Self::Day(_) => Self::Day(day),
        }
    }

    /// Whether its clocks skip it on that day.
    pub fn is_skipped(&self) -> bool {
        matches!(self, Self::Clock(local, zone) if zone.offset_from_local_datetime(local) == LocalResult::None)
    }
}

/// An instant, or a whole day.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum When {
    /// An instant.
    At(DateTime<Utc>),
    /// A day, wherever the phone is.
    On(NaiveDate),
}

impl When {
    /// The instant at which it begins; a day begins in the given zone (R9).
    pub fn instant(&self, zone: Tz) -> DateTime<Utc> {
        match self {
            Self::At(at) => *at,
            Self::On(day) => at(day.and_time(NaiveTime::MIN), zone),
        }
    }

    /// What orders instants and days among each other.
    fn order(&self) -> NaiveDateTime {
        match self {
            Self::At(at) => at.naive_utc(),
            Self::On(day) => day.and_time(NaiveTime::MIN),
        }
    }
}

impl PartialOrd for When {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for When {
    fn cmp(&self, other: &Self) -> Ordering {
        let is_day = |it: &Self| matches!(it, Self::On(_));
        self.order().cmp(&other.order()).then(is_day(self).cmp(&is_day(other)))
    }
}
