//! What became of an event since the family last saw it (R8).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::kind::NotificationKind;
use crate::reminders::SERVICE_ZONE;
use crate::reminders::calendar::{CalendarEvent, Occurrence};
use crate::reminders::recurrence::{Series, When, is_meant};

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
    let became: Vec<(NotificationKind, Difference)> =
        fates(old, new, now).iter().filter_map(|(was, fate)| became(was, fate, now)).collect();
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

/// What became of a date.
enum Fate<'a> {
    /// It is this one now, which may be as it was.
    Is(Occurrence<'a>),
    /// The series leaves it out by name.
    TakenOut,
    /// The series does not come to it any more.
    Gone,
}

/// Each old date and what became of it: the one of the same id, unless the series was put on other days; else the one of the same number
/// in the series, which was moved as a whole; else the nearest of those that are new.
fn fates<'a>(
    old: &'a CalendarEvent,
    new: Option<&'a CalendarEvent>,
    now: DateTime<Utc>,
) -> Vec<(Occurrence<'a>, Fate<'a>)> {
    let was = dates(old, now, BACK, AHEAD);
    let Some(new) = new else { return was.into_iter().map(|it| (it, Fate::Gone)).collect() };
    let mut is: BTreeMap<When, Occurrence<'_>> =
        dates(new, now, BACK + MOVED, AHEAD + MOVED).into_iter().map(|it| (it.id, it)).collect();
    let (old_numbers, new_numbers) = (numbered(old, now), numbered(new, now));
    let shifted = is_shifted(old, new, &old_numbers, &new_numbers);
    let known: BTreeSet<When> = if shifted {
        BTreeSet::new()
    } else {
        old_numbers.iter().chain(was.iter().map(|it| &it.id)).copied().collect()
    };
    let mut fates: Vec<(Occurrence<'_>, Fate<'_>)> = was
        .into_iter()
        .map(|it| {
            let same = if shifted { None } else { is.remove(&it.id) };
            let fate = match same {
                Some(same) => Fate::Is(same),
                None if !shifted && is_taken_out(new, &it) => Fate::TakenOut,
                None => {
                    let number = old_numbers.binary_search(&it.id).ok();
                    let moved =
                        number.and_then(|it| new_numbers.get(it)).filter(|id| apart(id, &it.id) <= MOVED);
                    match moved.filter(|id| !known.contains(id)) {
                        Some(id) => is.remove(id).map_or(Fate::TakenOut, Fate::Is),
                        None => Fate::Gone,
                    }
                }
            };
            (it, fate)
        })
        .collect();
    is.retain(|id, _| !known.contains(id));
    for (was, fate) in &mut fates {
        if matches!(fate, Fate::Gone)
            && let Some(nearest) = is.keys().min_by_key(|id| apart(id, &was.id)).copied()
        {
            *fate = is.remove(&nearest).map_or(Fate::Gone, Fate::Is);
        }
    }
    fates
}

/// Whether the series was put on other days, each date by as much: from Mondays and Wednesdays to Wednesdays and Fridays, where no
/// Wednesday is what it was.
fn is_shifted(old: &CalendarEvent, new: &CalendarEvent, was: &[When], is: &[When]) -> bool {
    let (Some(old), Some(new)) = (&old.main.series.rule, &new.main.series.rule) else { return false };
    let by = |(was, is): (&When, &When)| is.instant(SERVICE_ZONE) - was.instant(SERVICE_ZONE);
    let mut moved = was.iter().zip(is).map(by);
    let Some(first) = moved.next() else { return false };
    // The clocks may change between a date and where it was moved to.
    let hour = TimeDelta::hours(1);
    !old.has_days_of(new) && was.len() > 1 && first.abs() > hour && moved.all(|it| (it - first).abs() <= hour)
}

/// Whether the series leaves out that date by name, wherever it was moved to.
fn is_taken_out(series: &CalendarEvent, date: &Occurrence<'_>) -> bool {
    let meant = date.component.replaces.unwrap_or(date.start);
    series.main.series.except.iter().any(|it| is_meant(it, &meant))
}

/// The dates of a series in their order, also those that it leaves out or changes.
fn numbered(event: &CalendarEvent, now: DateTime<Utc>) -> Vec<When> {
    let all = Series { except: Vec::new(), ..event.main.series.clone() };
    let to = now + AHEAD + MOVED;
    all.starts(DateTime::<Utc>::MIN_UTC)
        .map(|it| it.when())
        .take_while(|it| it.instant(SERVICE_ZONE) <= to)
        .collect()
}

fn apart(one: &When, other: &When) -> TimeDelta {
    (one.instant(SERVICE_ZONE) - other.instant(SERVICE_ZONE)).abs()
}

/// What is to be told of a date of which the old or the new end lies ahead.
fn became(
    was: &Occurrence<'_>,
    fate: &Fate<'_>,
    now: DateTime<Utc>,
) -> Option<(NotificationKind, Difference)> {
    let over = was.is_over(now);
    match fate {
        Fate::Is(is) if over && is.is_over(now) => None,
        Fate::Is(is) => match (was.cancelled, is.cancelled) {
            (true, true) => None,
            (false, true) => Some((NotificationKind::Cancelled, difference(was, None))),
            (false, false) if seen(was) == seen(is) => None,
            _ => Some((NotificationKind::Change, difference(was, Some(is)))),
        },
        _ if over || was.cancelled => None,
        Fate::TakenOut => Some((NotificationKind::Cancelled, difference(was, None))),
        Fate::Gone => Some((NotificationKind::Unlisted, difference(was, None))),
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
