//! Each time that an event takes place.

use std::iter;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::component::{Component, Status};
use super::{CalendarEvent, Length};
use crate::reminders::SERVICE_ZONE;
use crate::reminders::recurrence::{Start, When, day_meant, is_meant};

/// One time that an event takes place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Occurrence<'a> {
    /// When it was first meant to begin: what it is known by when it moves.
    pub id: When,
    /// When it begins.
    pub start: Start,
    /// What it is: the event, or the changed date.
    pub component: &'a Component,
    /// Whether it does not take place.
    pub cancelled: bool,
}

impl<'a> Occurrence<'a> {
    /// When it begins.
    pub fn begins(&self) -> When {
        self.start.when()
    }

    /// When it ends; of whole days, the day after the last.
    pub fn ends(&self) -> When {
        self.component.length.after(&self.start)
    }

    /// The zone in which it takes place.
    pub fn zone(&self) -> Tz {
        match self.start {
            Start::Clock(_, zone) => zone,
            Start::Day(_) => SERVICE_ZONE,
        }
    }

    /// Whether it ends at or before that instant.
    pub fn is_over(&self, now: DateTime<Utc>) -> bool {
        let ends = self.ends().instant(SERVICE_ZONE);
        // One without a length is over once it has begun.
        ends < now || (ends == now && self.component.length != Length::Exact(0))
    }
}

impl CalendarEvent {
    /// Whether it takes place more than once.
    pub fn is_series(&self) -> bool {
        self.main.series.rule.is_some() || !self.main.series.more.is_empty() || !self.changed.is_empty()
    }

    /// The times that are not over at `from`, in the order in which they begin.
    pub fn occurrences(&self, from: DateTime<Utc>) -> impl Iterator<Item = Occurrence<'_>> {
        let cancelled = self.main.status == Status::Cancelled;
        // A day and the length before: what began then may still go on.
        let back = match self.main.length {
            Length::Exact(seconds) => TimeDelta::seconds(seconds.into()),
            Length::Days(days, seconds) => TimeDelta::days(days.into()) + TimeDelta::seconds(seconds.into()),
        };
        let began = from.checked_sub_signed(back + TimeDelta::days(1)).unwrap_or(from);
        let plain = self
            .main
            .series
            .starts(began)
            .filter(|start| !self.changed.iter().any(|it| it.replaces.is_some_and(|it| is_meant(&it, start))))
            .map(move |start| Occurrence { id: start.when(), start, component: &self.main, cancelled });
        let excepts = |id: &Start| self.main.series.except.iter().any(|it| is_meant(it, id));
        let mut changed: Vec<Occurrence<'_>> = self
            .changed
            .iter()
            .filter_map(|component| {
                let id = component.replaces.filter(|it| !excepts(it))?;
                // What was said of a date before the series lost it is not said any more.
                let is_stale = component.sequence < self.main.sequence && !self.main.series.has(&id);
                if is_stale {
                    return None;
                }
                let cancelled = cancelled || component.status == Status::Cancelled;
                Some(Occurrence {
                    id: self.instant_of(id),
                    start: component.series.first,
                    component,
                    cancelled,
                })
            })
            .collect();
        changed.sort_by_key(Occurrence::begins);
        let (mut plain, mut changed) = (plain.peekable(), changed.into_iter().peekable());
        let all = iter::from_fn(move || match (plain.peek(), changed.peek()) {
            (Some(one), Some(other)) if other.begins() < one.begins() => changed.next(),
            (Some(_), _) => plain.next(),
            (None, _) => changed.next(),
        });
        all.filter(move |it| !it.is_over(from))
    }

    /// The ids of all its times in their order, where they have an end: the third of six.
    pub fn sessions(&self) -> Option<Vec<When>> {
        if !self.is_series() || self.main.series.is_endless() {
            return None;
        }
        let mut ids: Vec<When> = self.occurrences(DateTime::<Utc>::MIN_UTC).map(|it| it.id).collect();
        ids.sort_unstable();
        Some(ids)
    }

    /// The date of the series that a RECURRENCE-ID means, which may give the day alone.
    fn instant_of(&self, id: Start) -> When {
        match (id, self.main.series.first) {
            (Start::Day(day), Start::Clock(local, zone)) => {
                Start::Clock(day.and_time(local.time()), zone).when()
            }
            (Start::Clock(..), Start::Day(_)) => When::On(day_meant(&id)),
            _ => id.when(),
        }
    }
}
