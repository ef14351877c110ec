//! What became of an event since the family last saw it (R8).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::kind::NotificationKind;
use crate::reminders::SERVICE_ZONE;
use crate::reminders::calendar::{CalendarEvent, Occurrence};
use crate::reminders::recurrence::{When, is_meant};

/// How far ahead the dates of a series are held beside each other.
const AHEAD: TimeDelta = TimeDelta::days(400);
/// How far back a date may lie that was moved.
const BACK: TimeDelta = TimeDelta::days(40);
/// How far a date is moved at most, as far as it is looked for.
const MOVED: TimeDelta = TimeDelta::days(40);
/// The most dates of an event that are held beside each other: more than one a day.
const MOST: usize = 500;

/// One time of an event, as it is told.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// When it begins, UTC; of whole days, midnight where the service is.
    pub begins: DateTime<Utc>,
    /// When it ends, UTC.
    pub ends: DateTime<Utc>,
    /// Whether it is of whole days.
    pub all_day: bool,
    /// Where it is.
    pub location: Option<String>,
    /// Where to join.
    pub join: Option<String>,
}

/// What became of one time of an event.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// What it was known by: when it was first meant to begin, UTC.
    pub occurrence: DateTime<Utc>,
    /// As the family knew it.
    pub was: Seen,
    /// As it is now; `None` where it does not take place or is not listed.
    pub is: Option<Seen>,
}

/// Something to be told about an event: one notice, whatever the number of its dates.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// Change, cancelled, unlisted or offer.
    pub kind: NotificationKind,
    /// What became of which dates, the soonest first.
    pub differences: Vec<Difference>,
    /// The first start, old or new, of what is not over: what the notice should come before.
    pub before: Option<DateTime<Utc>>,
    /// The last end, old or new: afterwards the notice is of no use.
    pub until: DateTime<Utc>,
}

/// What the family is to be told, which follows the event and has last seen it as `old`. Without `new` it is not in the bank any more.
pub fn differences(
    old: &CalendarEvent,
    new: Option<&CalendarEvent>,
    booked: bool,
    now: DateTime<Utc>,
) -> Vec<Found> {
    let is = new.map(|it| dates(it, now, BACK + MOVED, AHEAD + MOVED)).unwrap_or_default();
    let pairs = pairs(dates(old, now, BACK, AHEAD), is);
    let taken_out = |it: &Occurrence<'_>| {
        new.is_some_and(|new| new.main.series.except.iter().any(|id| is_meant(id, &it.start)))
    };
    let became: Vec<(NotificationKind, Difference)> =
        pairs.iter().filter_map(|(was, is)| became(was, is.as_ref(), taken_out(was), now)).collect();
    let kinds = [NotificationKind::Cancelled, NotificationKind::Change, NotificationKind::Unlisted];
    let of_kind = |kind| became.iter().filter(move |it| it.0 == kind).map(|it| it.1.clone()).collect();
    let mut found: Vec<Found> =
        kinds.into_iter().filter_map(|kind| Found::of(kind, of_kind(kind), now)).collect();
    found.extend(new.filter(|_| !booked).and_then(|new| offer(old, new, now)));
    found
}

/// The dates that may matter: some that are over too, since one that was moved may be, or may have been.
fn dates(
    event: &CalendarEvent,
    now: DateTime<Utc>,
    back: TimeDelta,
    ahead: TimeDelta,
) -> Vec<Occurrence<'_>> {
    let near = |it: &Occurrence<'_>| it.begins().instant(SERVICE_ZONE) <= now + ahead;
    if event.is_series() {
        event.occurrences(now - back).take_while(near).take(MOST).collect()
    } else {
        event.occurrences(DateTime::<Utc>::MIN_UTC).take(1).collect()
    }
}

/// Each old date beside what it became: the one of the same id, else the nearest of those that are new, in their order.
fn pairs<'a>(
    was: Vec<Occurrence<'a>>,
    is: Vec<Occurrence<'a>>,
) -> Vec<(Occurrence<'a>, Option<Occurrence<'a>>)> {
    let by_id: BTreeMap<When, Occurrence<'_>> = is.iter().map(|it| (it.id, *it)).collect();
    let known: BTreeSet<When> = was.iter().map(|it| it.id).collect();
    let mut others = is.into_iter().filter(|it| !known.contains(&it.id)).peekable();
    let mut pair = |was: &Occurrence<'a>| {
        let far = |it: &Occurrence<'_>| {
            (it.id.instant(SERVICE_ZONE) - was.id.instant(SERVICE_ZONE)).num_seconds().abs()
        };
        let mut nearest = others.next()?;
        while let Some(nearer) = others.next_if(|it| far(it) < far(&nearest)) {
            nearest = nearer;
        }
        Some(nearest)
    };
    was.into_iter().map(|it| (it, by_id.get(&it.id).copied().or_else(|| pair(&it)))).collect()
}

/// What became of a date of which the old or the new end lies ahead.
fn became(
    was: &Occurrence<'_>,
    is: Option<&Occurrence<'_>>,
    taken_out: bool,
    now: DateTime<Utc>,
) -> Option<(NotificationKind, Difference)> {
    if was.is_over(now) && is.is_none_or(|it| it.is_over(now)) {
        return None;
    }
    match is {
        _ if taken_out && !was.cancelled => Some((NotificationKind::Cancelled, difference(was, None))),
        Some(is) => match (was.cancelled, is.cancelled) {
            (true, true) => None,
            (false, true) => Some((NotificationKind::Cancelled, difference(was, None))),
            (false, false) if seen(was) == seen(is) => None,
            _ => Some((NotificationKind::Change, difference(was, Some(is)))),
        },
        None if was.cancelled => None,
        None => Some((NotificationKind::Unlisted, difference(was, None))),
    }
}

fn difference(was: &Occurrence<'_>, is: Option<&Occurrence<'_>>) -> Difference {
    Difference { occurrence: was.id.instant(SERVICE_ZONE), was: seen(was), is: is.map(seen) }
}

pub(crate) fn seen(occurrence: &Occurrence<'_>) -> Seen {
    Seen {
        begins: occurrence.begins().instant(SERVICE_ZONE),
        ends: occurrence.ends().instant(SERVICE_ZONE),
        all_day: matches!(occurrence.begins(), When::On(_)),
        location: occurrence.component.location.clone(),
        join: occurrence.component.join.clone(),
    }
}

impl Found {
    fn of(kind: NotificationKind, mut differences: Vec<Difference>, now: DateTime<Utc>) -> Option<Self> {
        differences.sort_by_key(|it| it.was.begins);
        let both = || differences.iter().flat_map(|it| std::iter::once(&it.was).chain(&it.is));
        // What has begun and goes on is told at once.
        let before = both().filter(|it| it.ends > now).map(|it| it.begins).min();
        let until = both().map(|it| it.ends).max()?;
        Some(Self { kind, differences, before, until })
    }
}

/// A place may be free again, and booking is open.
fn offer(old: &CalendarEvent, new: &CalendarEvent, now: DateTime<Utc>) -> Option<Found> {
    let free = old.main.is_full() && new.main.places_left.is_some_and(|it| it > 0);
    let next = new.occurrences(now).find(|it| !it.cancelled).filter(|_| free)?;
    let begins = next.begins().instant(SERVICE_ZONE);
    let until = new.main.booking_closes().map_or(begins, |it| it.min(begins));
    if until <= now {
        return None;
    }
    let difference = difference(&next, Some(&next));
    Some(Found { kind: NotificationKind::Offer, differences: vec![difference], before: Some(until), until })
}
