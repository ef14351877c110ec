//! The reminders of one event: when it is soon, when booking closes, and whether they got a place (R2, R5, R9, R10).

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::kind::NotificationKind;
use super::lead::{DayLead, Lead};
use super::plan::Followed;
use super::preferences::ReminderPreferences;
use crate::reminders::SERVICE_ZONE;
use crate::reminders::calendar::{Component, Occurrence};
use crate::reminders::recurrence::Start;

/// The most that quiet hours move a reminder, and a zone a day.
const SLACK: TimeDelta = TimeDelta::days(3);

/// How long after booking has closed the first date that it was for may come, and among how many.
const AFTER: TimeDelta = TimeDelta::days(400);
const MOST: usize = 500;

/// A reminder as the rules give it, before anything is left out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Reminder {
    pub(super) kind: NotificationKind,
    pub(super) at: DateTime<Utc>,
    /// What there is one of at an instant, of each kind: the occurrence, or the closing of booking, which stays when the event moves.
    pub(super) of: DateTime<Utc>,
    pub(super) occurrence: DateTime<Utc>,
    pub(super) silent: bool,
    /// From when on it is of no use.
    pub(super) until: DateTime<Utc>,
}

/// When the next reminder of an occurrence comes, or why none does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize)]
pub struct Standing {
    /// The next reminder, UTC.
    pub next_at: Option<DateTime<Utc>>,
    /// Why there is none.
    pub none_because: Option<NoReminder>,
}

/// Why no reminder comes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoReminder {
    /// The family does not follow the event.
    NotFollowed,
    /// It needs booking, and they have not said that they booked.
    NotBooked,
    /// Notifications are switched off, or this kind of them.
    Off,
    /// The phone does not allow them.
    Permission,
    /// All that there were have passed, or it does not take place.
    Past,
    /// It is too far ahead, or does not fit: it is planned later.
    Later,
}

/// What the rules are applied with.
#[derive(Clone, Copy)]
pub(super) struct Rules<'a> {
    pub(super) preferences: &'a ReminderPreferences,
    /// The phone's zone.
    pub(super) zone: Tz,
}

impl Rules<'_> {
    /// The longest time between a reminder and what it is of.
    pub(super) fn reach(&self) -> TimeDelta {
        let timed = self.preferences.events.iter().map(Lead::length);
        let daily = self.preferences.all_day.iter().map(DayLead::length);
        timed.chain(daily).max().unwrap_or_default() + SLACK
    }

    /// The reminders of an occurrence itself, if it is one to be reminded of (R10).
    pub(super) fn of_occurrence<'b>(
        &'b self,
        followed: &Followed<'_>,
        occurrence: &'b Occurrence<'_>,
    ) -> impl Iterator<Item = Reminder> + use<'b> {
        let wanted = !occurrence.cancelled && (followed.booked || occurrence.component.closes.is_none());
        let begins = occurrence.begins().instant(SERVICE_ZONE);
        let id = occurrence.id.instant(SERVICE_ZONE);
        let (timed, daily) = match occurrence.start {
            Start::Clock(..) => (Some(occurrence.start), None),
            Start::Day(day) => (None, Some(day)),
        };
        let timed =
            timed.into_iter().flat_map(|it| self.preferences.events.iter().map(move |lead| lead.before(&it)));
        let daily =
            daily.into_iter().flat_map(|it| self.preferences.all_day.iter().map(move |lead| lead.before(it)));
        timed.chain(daily).filter(move |_| wanted).map(move |due| Reminder {
            kind: NotificationKind::Event,
            at: self.quietly(due, begins),
            of: id,
            occurrence: id,
            silent: false,
            until: begins,
        })
    }

    /// The reminders that booking closes, and the question afterwards, while they have not booked (R10).
    pub(super) fn of_deadline(&self, followed: &Followed<'_>, component: &Component) -> Vec<Reminder> {
        let Some(closes) = component.closes.filter(|_| !followed.booked) else { return Vec::new() };
        let closed = closes.when().instant(SERVICE_ZONE);
        let is_of = |it: &Occurrence<'_>| !it.cancelled && it.component.closes == Some(closes);
        // An endless series that is cancelled, or never comes to such a date, is not walked to its end.
        let near = |it: &Occurrence<'_>| it.begins().instant(SERVICE_ZONE) <= closed + AFTER;
        let walked = followed.event.occurrences(closed).take_while(near);
        let Some(first) = walked.take(MOST).find(is_of) else { return Vec::new() };
        let occurrence = first.id.instant(SERVICE_ZONE);
        let leads = self.preferences.deadlines.iter().filter(|_| !component.is_full());
        let mut reminders: Vec<Reminder> = leads
            .map(|lead| Reminder {
                kind: NotificationKind::Deadline,
                at: self.quietly(lead.before(&closes), closed),
                of: closed,
                occurrence,
                silent: false,
                until: closed,
            })
            .collect();
        let begins = first.begins().instant(SERVICE_ZONE);
        let given = self.notice(closed, Some(begins));
        reminders.push(Reminder {
            kind: NotificationKind::Asked,
            at: given.at,
            of: closed,
            occurrence,
            silent: given.silent,
            until: begins,
        });
        reminders
    }

    pub(super) fn quietly(&self, due: DateTime<Utc>, start: DateTime<Utc>) -> DateTime<Utc> {
        self.preferences.quiet.map_or(due, |it| it.reminder(due, start, self.zone))
    }

    pub(super) fn notice(&self, due: DateTime<Utc>, until: Option<DateTime<Utc>>) -> super::Given {
        let loud = super::Given { at: due, silent: false };
        self.preferences.quiet.map_or(loud, |it| it.notice(due, until, self.zone))
    }
}
