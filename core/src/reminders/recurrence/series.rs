//! DTSTART, RRULE, RDATE and EXDATE together.

use std::iter::{self, Peekable};

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use super::clock_time::{Start, When, at};
use super::rule::{End, Rule, Until};
use crate::reminders::SERVICE_ZONE;

/// All dates of an event, each by when it was first meant to begin.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Series {
    /// DTSTART: the first, whether or not the rule names it.
    pub first: Start,
    /// RRULE
    pub rule: Option<Rule>,
    /// RDATE
    pub more: Vec<Start>,
    /// EXDATE: an instant takes that date out, a day all that begin on it.
    pub except: Vec<Start>,
}

impl Series {
    /// One date.
    pub fn once(first: Start) -> Self {
        Self { first, rule: None, more: Vec::new(), except: Vec::new() }
    }

    /// Whether it goes on for ever.
    pub fn is_endless(&self) -> bool {
        self.rule.as_ref().is_some_and(Rule::is_endless)
    }

    /// Its dates in their order, none twice, from the first that does not begin before `from`.
    pub fn starts(&self, from: DateTime<Utc>) -> impl Iterator<Item = Start> + '_ {
        let named = iter::once(self.first).chain(self.named(from));
        let mut more = self.more.clone();
        more.sort_by_key(Start::when);
        let all = Merged { one: named.peekable(), other: more.into_iter().peekable() };
        let mut last = None;
        all.filter(move |it| last.replace(it.when()) != Some(it.when()))
            .filter(move |it| !is_before(it, from))
            .filter(|it| !self.excepts(it))
    }

    /// Whether this is one of its dates.
    pub fn has(&self, date: &Start) -> bool {
        let from = date.when().instant(SERVICE_ZONE) - TimeDelta::days(1);
        self.starts(from).take_while(|it| it.when() <= date.when()).any(|it| is_meant(date, &it))
    }

    /// Whether the rule itself names any date.
    pub fn has_dates(&self) -> bool {
        self.rule.as_ref().is_none_or(|rule| {
            let mut dates = rule.dates(self.first.day(), self.first.day());
            dates.next().is_some()
        })
    }

    /// Whether the rule names the first date.
    pub fn begins_by_rule(&self) -> bool {
        let first = self.first.day();
        self.rule.as_ref().is_none_or(|rule| rule.dates(first, first).next() == Some(first))
    }

    /// The dates that the rule names after the first.
    fn named(&self, from: DateTime<Utc>) -> impl Iterator<Item = Start> + '_ {
        let first = self.first.day();
        self.rule.iter().flat_map(move |rule| {
            // Counting begins at the first. Else nothing is lost by beginning later: two days are more than any zone is off.
            let (not_before, most) = match rule.end {
                End::Count(count) => (first, count as usize - 1),
                _ => (from.date_naive().checked_sub_days(Days::new(2)).unwrap_or(first), usize::MAX),
            };
            rule.dates(first, not_before)
                .filter(move |it| *it > first)
                .take(most)
                .map(|it| self.first.on(it))
                .take_while(|it| !is_past(it, rule.end))
        })
    }

    fn excepts(&self, start: &Start) -> bool {
        self.except.iter().any(|it| is_meant(it, start))
    }
}

/// Whether an EXDATE or a RECURRENCE-ID means this date: by its instant, or by its day where only a day is given.
pub(in crate::reminders) fn is_meant(named: &Start, start: &Start) -> bool {
    match (named, start) {
        (Start::Day(day), Start::Clock(local, _)) => local.date() == *day,
        (Start::Clock(..), Start::Day(day)) => day_meant(named) == *day,
        _ => named.when() == start.when(),
    }
}

/// The day that a time means where a day is wanted, as Outlook writes it: midnight where the service is.
pub(in crate::reminders) fn day_meant(named: &Start) -> NaiveDate {
    match named {
        Start::Clock(local, Tz::UTC) => local.and_utc().with_timezone(&SERVICE_ZONE).date_naive(),
        _ => named.day(),
    }
}

fn is_before(start: &Start, from: DateTime<Utc>) -> bool {
    match start.when() {
        When::At(at) => at < from,
        When::On(day) => day < from.date_naive(),
    }
}

/// Whether it lies after UNTIL.
fn is_past(start: &Start, end: End) -> bool {
    let End::Until(until) = end else { return false };
    match (start, until) {
        (Start::Clock(local, zone), Until::Utc(until)) => at(*local, *zone).naive_utc() > until,
        (Start::Clock(local, zone), Until::Local(until)) => at(*local, *zone) > at(until, *zone),
        (_, Until::Day(until)) => start.day() > until,
        (Start::Day(day), Until::Utc(until)) => *day > day_meant(&Start::Clock(until, Tz::UTC)),
        (Start::Day(day), Until::Local(until)) => *day > until.date(),
    }
}

/// Two ascending runs as one.
struct Merged<A: Iterator<Item = Start>, B: Iterator<Item = Start>> {
    one: Peekable<A>,
    other: Peekable<B>,
}

impl<A: Iterator<Item = Start>, B: Iterator<Item = Start>> Iterator for Merged<A, B> {
    type Item = Start;

    fn next(&mut self) -> Option<Start> {
        match (self.one.peek(), self.other.peek()) {
            (Some(one), Some(other)) if other.when() < one.when() => self.other.next(),
            (Some(_), _) => self.one.next(),
            (None, _) => self.other.next(),
        }
    }
}
