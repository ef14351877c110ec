//! The dates that a rule names, one period (day, week, month, year) after the other.

use std::vec;

use chrono::{Datelike, Days, Months, NaiveDate};

use super::rule::{Frequency, Rule, WeekdayOf};

/// No date of a calendar lies before or after these years: chrono-tz knows no changes of clocks beyond, and a typing mistake ends here.
pub const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;

impl Rule {
    /// Its dates from `first` on, ascending, less those before `not_before`; COUNT and UNTIL are left to the caller, who must not skip
    /// where it counts.
    pub(super) fn dates(&self, first: NaiveDate, not_before: NaiveDate) -> Dates<'_> {
        let not_before = not_before.max(first);
        Dates {
            rule: self,
            first,
            not_before,
            period: self.period_of(first, not_before),
            found: Vec::new().into_iter(),
        }
    }

    /// The number of the period, counted from that of the first date, in which a later date lies or which ends before it.
    fn period_of(&self, first: NaiveDate, date: NaiveDate) -> u32 {
        let units = match self.frequency {
            Frequency::Daily => (date - first).num_days(),
            Frequency::Weekly => (date - self.week_of(first)).num_days() / 7,
            Frequency::Monthly => months(date) - months(first),
            Frequency::Yearly => i64::from(date.year() - first.year()),
        };
        u32::try_from(units).unwrap_or(0) / self.interval
    }

    /// The first day of its week.
    fn week_of(&self, date: NaiveDate) -> NaiveDate {
        let back = date.weekday().days_since(self.week_start);
        date.checked_sub_days(Days::new(back.into())).unwrap_or(date)
    }

    /// The dates of one period in their order; `None` beyond the last year.
    fn dates_of(&self, first: NaiveDate, period: u32) -> Option<Vec<NaiveDate>> {
        let units = period.checked_mul(self.interval)?;
        let from = match self.frequency {
            Frequency::Daily => first.checked_add_days(Days::new(units.into())),
            Frequency::Weekly => self.week_of(first).checked_add_days(Days::new(u64::from(units) * 7)),
            Frequency::Monthly => first.with_day(1)?.checked_add_months(Months::new(units)),
            Frequency::Yearly => {
                first.with_ordinal(1)?.checked_add_months(Months::new(units.checked_mul(12)?))
            }
        };
        let from = from.filter(|it| it.year() <= *YEARS.end())?;
        let to = match self.frequency {
            Frequency::Daily => from.succ_opt(),
            Frequency::Weekly => from.checked_add_days(Days::new(7)),
            Frequency::Monthly => from.checked_add_months(Months::new(1)),
            Frequency::Yearly => from.checked_add_months(Months::new(12)),
        };
        let to = to?;
        let all = from.iter_days().take_while(|it| *it < to).filter(|it| self.names(*it, first)).collect();
        Some(self.chosen(all))
    }

    /// Whether a date of the right period is one of the rule's: BYMONTH, BYMONTHDAY and BYDAY, and what the first date says where they do
    /// not.
    fn names(&self, date: NaiveDate, first: NaiveDate) -> bool {
        let implied = self.days.is_empty() && self.month_days.is_empty();
        let month = match self.frequency {
            Frequency::Yearly if implied && self.months.is_empty() => date.month() == first.month(),
            _ => self.months.is_empty() || self.months.iter().any(|it| u32::from(*it) == date.month()),
        };
        let day = match self.frequency {
            _ if !implied => self.names_month_day(date) && self.names_weekday(date),
            Frequency::Daily => true,
            Frequency::Weekly => date.weekday() == first.weekday(),
            Frequency::Monthly | Frequency::Yearly => date.day() == first.day(),
        };
        month && day
    }

    fn names_month_day(&self, date: NaiveDate) -> bool {
        let (day, length) = (date.day() as i8, date.num_days_in_month() as i8);
        self.month_days.is_empty() || self.month_days.iter().any(|it| *it == day || *it == day - length - 1)
    }

    fn names_weekday(&self, date: NaiveDate) -> bool {
        // The nth of the month, unless a yearly rule names no month.
        let (before, after) = if self.frequency == Frequency::Yearly && self.months.is_empty() {
            (date.ordinal0(), if date.leap_year() { 366 } else { 365 } - date.ordinal())
        } else {
            (date.day0(), u32::from(date.num_days_in_month()) - date.day())
        };
        let nth = |days: u32| i64::from(days / 7 + 1);
        let is = |it: &WeekdayOf| {
            it.weekday == date.weekday()
                && it.nth.map(i64::from).is_none_or(|it| it == nth(before) || it == -nth(after))
        };
        self.days.is_empty() || self.days.iter().any(is)
    }

    /// BYSETPOS.
    fn chosen(&self, all: Vec<NaiveDate>) -> Vec<NaiveDate> {
        if self.positions.is_empty() {
            return all;
        }
        let place = |it: &i16| match usize::from(it.unsigned_abs()) {
            nth if *it > 0 => nth.checked_sub(1),
            nth => all.len().checked_sub(nth),
        };
        let mut places: Vec<usize> = self.positions.iter().filter_map(place).collect();
        places.sort_unstable();
        places.dedup();
        places.into_iter().filter_map(|it| all.get(it).copied()).collect()
    }
}

fn months(date: NaiveDate) -> i64 {
    i64::from(date.year()) * 12 + i64::from(date.month0())
}

/// What [`Rule::dates`] gives.
pub(super) struct Dates<'a> {
    rule: &'a Rule,
    first: NaiveDate,
    not_before: NaiveDate,
    period: u32,
    found: vec::IntoIter<NaiveDate>,
}

impl Iterator for Dates<'_> {
    type Item = NaiveDate;

    fn next(&mut self) -> Option<NaiveDate> {
        loop {
            if let Some(date) = self.found.find(|it| *it >= self.not_before) {
                return Some(date);
            }
            self.found = self.rule.dates_of(self.first, self.period)?.into_iter();
            self.period += 1;
        }
    }
}
