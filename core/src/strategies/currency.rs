//! How far a text can be relied on today.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use otsupport_wire::snapshot::ReviewStatus;

use super::view::Currency;
use crate::error::Error;
use crate::storage::{Bank, Checked, Reading};

/// What the age of the bank says about all its texts.
pub(crate) struct Freshness {
    today: NaiveDate,
    unchecked: bool,
    /// Whether a newer bank was verified and could not be had.
    pub(crate) may_have_changed: bool,
    pub(crate) checked_at: Option<DateTime<Utc>>,
}

impl Freshness {
    /// Judges the bank that is here at `now`. A bank that was never checked is as old as its publication.
    pub(crate) fn read(reading: &Reading<'_>, now: DateTime<Utc>) -> Result<Self, Error> {
        let days = Bank::service(reading)?.unchecked_after_days;
        let checked_at = Checked::read(reading)?.map(|it| it.at);
        let bank = Bank::read(reading)?;
        let may_have_changed = bank.as_ref().is_some_and(Bank::is_behind);
        let published = bank.map(|it| it.published);
        let last = checked_at.max(published).and_then(DateTime::from_timestamp_millis);
        let unchecked = last.is_some_and(|last| now - last > TimeDelta::days(days.into()));
        let checked_at = checked_at.and_then(DateTime::from_timestamp_millis);
        Ok(Self { today: now.date_naive(), unchecked, may_have_changed, checked_at })
    }

    pub(crate) fn of(&self, status: &ReviewStatus) -> Currency {
        match status {
            ReviewStatus::Withdrawn { .. } => Currency::Withdrawn,
            ReviewStatus::Reviewed { next, .. } => self.until(Some(*next)),
            ReviewStatus::Demonstration => self.until(None),
        }
    }

    /// The currency of a text that is to be reviewed again on `next`.
    pub(crate) fn until(&self, next: Option<NaiveDate>) -> Currency {
        if self.unchecked {
            Currency::NotChecked
        } else if next.and_then(|it| it.checked_add_days(Days::new(1))).is_some_and(|it| it <= self.today) {
            Currency::ReviewDue
        } else {
            Currency::Current
        }
    }
}
