//! RRULE (RFC 5545, section 3.3.10), as far as the profile goes. What lies outside is refused by its name, never half understood.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate, NaiveDateTime, Weekday};

use super::dates::YEARS;

/// The most occurrences that COUNT may ask for: ten thousand are twenty-seven years of days.
const MOST: u32 = 10_000;
/// The largest INTERVAL: a thousand years is beyond every calendar.
const WIDEST: u32 = 1_000;

/// How often something comes again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    pub(super) frequency: Frequency,
    pub(super) interval: u32,
    pub(super) end: End,
    pub(super) days: Vec<WeekdayOf>,
    pub(super) month_days: Vec<i8>,
    pub(super) months: Vec<u8>,
    pub(super) positions: Vec<i16>,
    pub(super) week_start: Weekday,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// Where a rule ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum End {
    Never,
    /// After so many dates, the first included.
    Count(u32),
    /// Inclusive.
    Until(Until),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Until {
    Utc(NaiveDateTime),
    /// On the clock of the event's zone.
    Local(NaiveDateTime),
    /// The whole of that day.
    Day(NaiveDate),
}

/// A weekday: each, or the nth (from the end if negative) of a month or year.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct WeekdayOf {
    pub(super) nth: Option<i8>,
    pub(super) weekday: Weekday,
}

/// Why a rule is refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RuleFault {
    /// A part, or a value of one, that the profile does not hold.
    #[error("{0} is not supported")]
    Unsupported(String),
    /// A value that is none.
    #[error("{0} is not right")]
    Wrong(String),
    /// A part that stands twice.
    #[error("{0} stands twice")]
    Twice(String),
    /// FREQ is missing.
    #[error("FREQ is missing")]
    NoFrequency,
    /// COUNT and UNTIL together.
    #[error("COUNT and UNTIL exclude each other")]
    TwoEnds,
}

impl FromStr for Rule {
    type Err = RuleFault;

    fn from_str(text: &str) -> Result<Self, RuleFault> {
        let mut seen: Vec<String> = Vec::new();
        let mut frequency = None;
        let mut ends = Vec::new();
        let mut rule = Self {
            frequency: Frequency::Daily,
            interval: 1,
            end: End::Never,
            days: Vec::new(),
            month_days: Vec::new(),
            months: Vec::new(),
            positions: Vec::new(),
            week_start: Weekday::Mon,
        };
        for part in text.trim().split(';').filter(|it| !it.is_empty()) {
            let upper = part.to_ascii_uppercase();
            let wrong = || RuleFault::Wrong(upper.clone());
            let (name, value) = upper.split_once('=').ok_or_else(wrong)?;
            if seen.iter().any(|it| it == name) {
                return Err(RuleFault::Twice(name.to_owned()));
            }
            seen.push(name.to_owned());
            match name {
                "FREQ" => frequency = Some(read_frequency(value)?),
                "INTERVAL" => rule.interval = number(value, 1..=WIDEST).ok_or_else(wrong)?,
                "COUNT" => ends.push(End::Count(number(value, 1..=MOST).ok_or_else(wrong)?)),
                "UNTIL" => ends.push(End::Until(read_until(value).ok_or_else(wrong)?)),
                "BYDAY" => rule.days = list(value, weekday_of).ok_or_else(wrong)?,
                "BYMONTHDAY" => {
                    rule.month_days =
                        list(value, |it| number(it, -31..=31).filter(|it| *it != 0)).ok_or_else(wrong)?;
                }
                "BYMONTH" => rule.months = list(value, |it| number(it, 1..=12)).ok_or_else(wrong)?,
                "BYSETPOS" => {
                    rule.positions =
                        list(value, |it| number(it, -366..=366).filter(|it| *it != 0)).ok_or_else(wrong)?;
                }
                "WKST" => rule.week_start = weekday(value).ok_or_else(wrong)?,
                _ => return Err(RuleFault::Unsupported(name.to_owned())),
            }
        }
        rule.frequency = frequency.ok_or(RuleFault::NoFrequency)?;
        rule.end = match ends.as_slice() {
            [] => End::Never,
            [end] => *end,
            _ => return Err(RuleFault::TwoEnds),
        };
        rule.fits()?;
        Ok(rule)
    }
}

impl Rule {
    /// Parts that say nothing, or not the same to everybody, beside this frequency.
    fn fits(&self) -> Result<(), RuleFault> {
        let by_week_or_day = matches!(self.frequency, Frequency::Daily | Frequency::Weekly);
        if by_week_or_day && self.days.iter().any(|it| it.nth.is_some()) {
            return Err(RuleFault::Unsupported(format!("BYDAY with a number in a {} rule", self.frequency)));
        }
        if self.frequency == Frequency::Weekly && !self.month_days.is_empty() {
            return Err(RuleFault::Unsupported("BYMONTHDAY in a WEEKLY rule".to_owned()));
        }
        Ok(())
    }

    /// Whether it names its days as another one does.
    pub(in crate::reminders) fn has_days_of(&self, other: &Self) -> bool {
        (&self.days, &self.month_days, &self.months) == (&other.days, &other.month_days, &other.months)
    }

    /// Whether it goes on for ever.
    pub fn is_endless(&self) -> bool {
        self.end == End::Never
    }
}

fn read_frequency(value: &str) -> Result<Frequency, RuleFault> {
    match value {
        "DAILY" => Ok(Frequency::Daily),
        "WEEKLY" => Ok(Frequency::Weekly),
        "MONTHLY" => Ok(Frequency::Monthly),
        "YEARLY" => Ok(Frequency::Yearly),
        "HOURLY" | "MINUTELY" | "SECONDLY" => Err(RuleFault::Unsupported(format!("FREQ={value}"))),
        _ => Err(RuleFault::Wrong(format!("FREQ={value}"))),
    }
}

fn read_until(value: &str) -> Option<Until> {
    let clock = |text: &str| NaiveDateTime::parse_from_str(text, LOCAL).ok();
    let until = match value.strip_suffix('Z') {
        Some(utc) => Until::Utc(clock(utc)?),
        None => match NaiveDate::parse_from_str(value, DAY) {
            Ok(day) => Until::Day(day),
            Err(_) => Until::Local(clock(value)?),
        },
    };
    let year = match until {
        Until::Utc(at) | Until::Local(at) => at.year(),
        Until::Day(day) => day.year(),
    };
    YEARS.contains(&year).then_some(until)
}

const LOCAL: &str = "%Y%m%dT%H%M%S";
const DAY: &str = "%Y%m%d";

fn number<N: FromStr + PartialOrd>(text: &str, within: std::ops::RangeInclusive<N>) -> Option<N> {
    text.parse().ok().filter(|it| within.contains(it))
}

fn list<T: PartialEq>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    text.split(',').map(read).collect()
}

fn weekday_of(text: &str) -> Option<WeekdayOf> {
    let (nth, day) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let nth = match nth {
        "" => None,
        nth => Some(number(nth, -53..=53).filter(|it| *it != 0)?),
    };
    Some(WeekdayOf { nth, weekday: weekday(day)? })
}

const WEEKDAYS: [(Weekday, &str); 7] = [
    (Weekday::Mon, "MO"),
    (Weekday::Tue, "TU"),
    (Weekday::Wed, "WE"),
    (Weekday::Thu, "TH"),
    (Weekday::Fri, "FR"),
    (Weekday::Sat, "SA"),
    (Weekday::Sun, "SU"),
];

fn weekday(text: &str) -> Option<Weekday> {
    WEEKDAYS.iter().find(|(_, it)| *it == text).map(|(day, _)| *day)
}

fn short(day: Weekday) -> &'static str {
    WEEKDAYS.iter().find(|(it, _)| *it == day).map_or("", |(_, it)| it)
}

impl fmt::Display for Frequency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Daily => "DAILY",
            Self::Weekly => "WEEKLY",
            Self::Monthly => "MONTHLY",
            Self::Yearly => "YEARLY",
        })
    }
}

impl fmt::Display for WeekdayOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(nth) = self.nth {
            write!(f, "{nth}")?;
        }
        f.write_str(short(self.weekday))
    }
}

/// As RRULE has it: the shortest form.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn part<T: fmt::Display>(f: &mut fmt::Formatter<'_>, name: &str, values: &[T]) -> fmt::Result {
            let values: Vec<String> = values.iter().map(T::to_string).collect();
            if values.is_empty() { Ok(()) } else { write!(f, ";{name}={}", values.join(",")) }
        }
        write!(f, "FREQ={}", self.frequency)?;
        if self.interval > 1 {
            write!(f, ";INTERVAL={}", self.interval)?;
        }
        match self.end {
            End::Never => {}
            End::Count(count) => write!(f, ";COUNT={count}")?,
            End::Until(Until::Utc(at)) => write!(f, ";UNTIL={}Z", at.format(LOCAL))?,
            End::Until(Until::Local(at)) => write!(f, ";UNTIL={}", at.format(LOCAL))?,
            End::Until(Until::Day(day)) => write!(f, ";UNTIL={}", day.format(DAY))?,
        }
        part(f, "BYMONTH", &self.months)?;
        part(f, "BYMONTHDAY", &self.month_days)?;
        part(f, "BYDAY", &self.days)?;
        part(f, "BYSETPOS", &self.positions)?;
        if self.week_start != Weekday::Mon {
            write!(f, ";WKST={}", short(self.week_start))?;
        }
        Ok(())
    }
}
