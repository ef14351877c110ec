//! The reminder rules R1 to R10 as the checker reads them: from the plain times that the service keeps, with nothing of the core's.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use otsupport_core::reminders::planner::NotificationKind;

use super::choice::{Before, Choice};
use super::event::{Published, Time};
use super::family::Practice;
use super::history::{Knowledge, Known};
use super::wall_clock::{SERVICE, Wall, instant, quiet_around};

/// How long before the start a reminder is still of use (R5).
const OF_USE: TimeDelta = TimeDelta::minutes(30);

/// A reminder that the rules give.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Reminder {
    /// When it is due.
    pub at: DateTime<Utc>,
    /// The event.
    pub uid: String,
    /// Its kind.
    pub kind: NotificationKind,
    /// Which time of the event; `None` for all.
    pub occurrence: Option<DateTime<Utc>>,
    /// When it would be due without quiet hours.
    pub unmoved: DateTime<Utc>,
    /// When it is of no use any more.
    pub of_use_until: DateTime<Utc>,
    /// Whether the rules leave it open: the event is not in the bank.
    pub optional: bool,
}

/// The reminders that are due between two instants, by what is known (R2, R5, R7, R9, R10). Quiet hours may be left aside.
pub fn reminders(known: &Knowledge, from: DateTime<Utc>, to: DateTime<Utc>, quiet: bool) -> Vec<Reminder> {
    let mut all: Vec<Reminder> = known
        .follows
        .iter()
        .flat_map(|it| [of_times(known, it, from, to), of_booking(known, it)].concat())
        .chain(of_practice(known, from, to))
        .map(|it| if quiet { moved(known, it) } else { it })
        .filter(|it| known.permitted && known.choice.gives(it.kind) && from <= it.at && it.at <= to)
        .collect();
    all.sort();
    all.dedup_by(|a, b| (a.at, &a.uid, a.kind, a.occurrence) == (b.at, &b.uid, b.kind, b.occurrence));
    all
}

fn of_times(known: &Knowledge, it: &Known, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<Reminder> {
    if it.event.closes.is_some() && !it.booked {
        return Vec::new();
    }
    // No reminder comes more than nine days before, or a day after, what it is of.
    let (from, to) = (from - TimeDelta::days(2), to + TimeDelta::days(10));
    let times =
        it.event.times.iter().filter(|time| from <= time.begins && time.begins <= to && !time.cancelled);
    times.flat_map(|time| of_time(&known.choice, it, time)).collect()
}

fn of_time(choice: &Choice, known: &Known, time: &Time) -> Vec<Reminder> {
    let due: Vec<DateTime<Utc>> = match time.wall {
        Wall::Day(day) => {
            let at =
                |before: u32, clock| instant((day - Days::new(u64::from(before))).and_time(clock), SERVICE);
            choice.all_day.iter().map(|(before, clock)| at(*before, *clock)).collect()
        }
        Wall::Clock(..) => choice.events.iter().map(|it| earlier(time.wall, *it)).collect(),
    };
    let reminder = |at| Reminder {
        at,
        uid: known.event.uid.clone(),
        kind: NotificationKind::Event,
        occurrence: Some(time.id),
        unmoved: at,
        of_use_until: time.of_use_until(),
        optional: !known.listed,
    };
    due.into_iter().map(reminder).collect()
}

/// So long before: by the clock, or by what has elapsed (R2).
fn earlier(wall: Wall, before: Before) -> DateTime<Utc> {
    match (before, wall) {
        (Before::Days(days), Wall::Clock(local, zone)) => instant(local - Days::new(u64::from(days)), zone),
        (Before::Days(days), Wall::Day(day)) => Wall::Day(day - Days::new(u64::from(days))).instant(),
        (Before::Minutes(minutes), _) => wall.instant() - TimeDelta::minutes(i64::from(minutes)),
    }
}

/// The reminders that booking closes, and the question when it has closed (R10).
fn of_booking(known: &Knowledge, it: &Known) -> Vec<Reminder> {
    let Some(closes) = it.event.closes.filter(|_| !it.booked) else { return Vec::new() };
    let ahead = it.event.times.iter().any(|time| !time.cancelled && time.ends > closes.instant());
    if !ahead {
        return Vec::new();
    }
    let reminder = |kind, at| Reminder {
        at,
        uid: it.event.uid.clone(),
        kind,
        occurrence: None,
        unmoved: at,
        of_use_until: if kind == NotificationKind::Asked {
            DateTime::<Utc>::MAX_UTC
        } else {
            closes.instant()
        },
        optional: !it.listed,
    };
    let leads = known.choice.deadlines.iter().filter(|_| !it.event.full);
    let mut all: Vec<Reminder> =
        leads.map(|lead| reminder(NotificationKind::Deadline, earlier(closes, *lead))).collect();
    all.push(reminder(NotificationKind::Asked, closes.instant()));
    all
}

/// Practice is brought to mind on its own day, by the phone's clock.
fn of_practice(known: &Knowledge, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<Reminder> {
    let zone = known.quiet_zone();
    let days = from.date_naive() - Days::new(2);
    let days = days.iter_days().take_while(|it| *it <= to.date_naive() + Days::new(2));
    let on = |day: NaiveDate| known.tries.iter().filter(move |it| it.is_on(day)).map(move |it| (it, day));
    let reminder = |(it, day): (&Practice, NaiveDate)| {
        let at = instant(day.and_time(known.choice.practice), zone);
        Reminder {
            at,
            uid: it.id.clone(),
            kind: NotificationKind::Practice,
            occurrence: None,
            unmoved: at,
            of_use_until: instant((day + Days::new(1)).and_time(NaiveTime::MIN), zone),
            optional: false,
        }
    };
    days.flat_map(on).map(reminder).collect()
}

/// Out of the quiet hours (R5).
fn moved(known: &Knowledge, reminder: Reminder) -> Reminder {
    let Some(quiet) = known.choice.quiet else { return reminder };
    let Some((begin, end)) = quiet_around(quiet, reminder.at, known.quiet_zone()) else { return reminder };
    let start = match (reminder.kind, reminder.occurrence) {
        (NotificationKind::Event, Some(id)) => begins(known, &reminder.uid, id),
        _ => Some(reminder.of_use_until),
    };
    let late = start.is_none_or(|it| it - OF_USE < end);
    Reminder { at: if late { begin } else { end }, ..reminder }
}

fn begins(known: &Knowledge, uid: &str, id: DateTime<Utc>) -> Option<DateTime<Utc>> {
    known.event(uid)?.event.times.iter().find(|it| it.id == id).map(|it| it.begins)
}

/// A notice that is due (R8).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice {
    /// Change, cancelled, unlisted or offer.
    pub kind: NotificationKind,
    /// The date that it begins with.
    pub first: Option<DateTime<Utc>>,
    /// The start or expiry that it should come before.
    pub before: Option<DateTime<Utc>>,
    /// Of no use afterwards (R6).
    pub until: DateTime<Utc>,
    /// Whether the rules leave its kind open.
    pub optional: bool,
}

/// What a family is to be told which saw an event so, and now sees it thus.
pub fn notices(was: &Published, is: Option<&Published>, booked: bool, now: DateTime<Utc>) -> Vec<Notice> {
    let Some(is) = is else {
        let ahead = was.times.iter().filter(|it| !it.cancelled && it.ends > now);
        return told(NotificationKind::Unlisted, &ahead.map(|it| (it, None)).collect::<Vec<_>>(), now);
    };
    let mut all = [cancelled_and_changed(was, is, now), offered(was, is, booked, now)].concat();
    all.sort_by_key(|it| it.kind);
    all
}

type Pair<'a> = (&'a Time, Option<&'a Time>);

fn cancelled_and_changed(was: &Published, is: &Published, now: DateTime<Utc>) -> Vec<Notice> {
    let new: BTreeMap<usize, &Time> = is.times.iter().map(|it| (it.number, it)).collect();
    let has_moved = was.times.iter().any(|it| new.get(&it.number).is_some_and(|new| new.id != it.id));
    let (mut cancelled, mut changed): (Vec<Pair<'_>>, Vec<Pair<'_>>) = (Vec::new(), Vec::new());
    for old in was.times.iter().filter(|it| !it.cancelled) {
        match new.get(&old.number) {
            Some(new) if new.cancelled => cancelled.push((old, Some(new))),
            Some(new) if is_same(old, new) => {}
            Some(new) => changed.push((old, Some(new))),
            None => cancelled.push((old, None)),
        }
    }
    let ahead = |all: Vec<Pair<'_>>, kind| {
        let all: Vec<Pair<'_>> = all
            .into_iter()
            .filter(|(old, new)| old.ends.max(new.map_or(old.ends, |it| it.ends)) > now)
            .collect();
        told(kind, &all, now)
    };
    // What is over as the family knew it may be told or not, where it was to be longer. And where a whole series has moved, nobody
    // can tell which date of it was meant that does not take place.
    let may_be_left_out = has_moved || cancelled.iter().all(|(old, _)| old.ends <= now);
    let mut cancelled = ahead(cancelled, NotificationKind::Cancelled);
    cancelled.iter_mut().for_each(|it| it.optional = may_be_left_out);
    let mut changed = ahead(changed, NotificationKind::Change);
    changed.iter_mut().for_each(|it| it.optional = is_read_two_ways(was, &new));
    [cancelled, changed].concat()
}

/// Whether a series has moved onto dates of its own: Mondays and Wednesdays to Wednesdays and Fridays. Then the Mondays may have moved
/// to the Fridays as well, and it is open which date the notice should come before.
fn is_read_two_ways(was: &Published, new: &BTreeMap<usize, &Time>) -> bool {
    let numbers: BTreeMap<DateTime<Utc>, usize> = was.times.iter().map(|it| (it.id, it.number)).collect();
    new.values().any(|it| numbers.get(&it.id).is_some_and(|number| *number != it.number))
}

fn is_same(old: &Time, new: &Time) -> bool {
    (old.begins, old.ends, &old.location, &old.join) == (new.begins, new.ends, &new.location, &new.join)
}

fn told<'a>(kind: NotificationKind, pairs: &[Pair<'a>], now: DateTime<Utc>) -> Vec<Notice> {
    // Wherever it had been moved before it was cancelled: the family knew nothing of that.
    let new = |new: &Option<&'a Time>| new.filter(|_| kind != NotificationKind::Cancelled);
    let both = || pairs.iter().flat_map(|(old, it)| [Some(*old), new(it)]).flatten();
    // Of what has begun and is not over, the start has passed already.
    let before = both().filter(|it| it.ends > now).map(|it| it.begins).min();
    let until = both().map(|it| it.ends).max();
    let first = pairs.iter().map(|(old, _)| old).min_by_key(|it| it.begins).map(|it| it.id);
    until.map(|until| Notice { kind, first, before, until, optional: false }).into_iter().collect()
}

/// A place may be free again, while it can still be booked.
fn offered(was: &Published, is: &Published, booked: bool, now: DateTime<Utc>) -> Vec<Notice> {
    let Some(closes) = is.closes.map(|it| it.instant()) else { return Vec::new() };
    let ahead = is.times.iter().any(|it| !it.cancelled && it.ends > now);
    if booked || !was.full || is.full || closes <= now || !ahead {
        return Vec::new();
    }
    let kind = NotificationKind::Offer;
    vec![Notice { kind, first: None, before: Some(closes), until: closes, optional: false }]
}

/// When a notice is given that was found at an instant, and whether silently (R5).
pub fn given(known: &Knowledge, notice: &Notice, found: DateTime<Utc>) -> (DateTime<Utc>, bool) {
    let Some(quiet) = known.choice.quiet else { return (found, false) };
    match quiet_around(quiet, found, known.quiet_zone()) {
        None => (found, false),
        Some((_, end)) if notice.before.is_some_and(|it| end + OF_USE <= it) => (end, false),
        Some(_) => (found, true),
    }
}
