//! Holds what was shown against what truly happened, by the rules and the platforms' facts alone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use otsupport_core::reminders::planner::{Notification, NotificationKind};

use super::event::Published;
use super::history::{Entry, History, Knowledge, What};
use super::phone::{Platform, Way};
use super::rules::{Notice, Reminder, given, notices, reminders};

/// What may be wrong with what a phone showed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Fault {
    /// A reminder could have been given, and was not.
    Missed,
    /// A reminder of something that is known to be cancelled, moved, or not followed.
    Withdrawn,
    /// A reminder was given twice.
    Twice,
    /// It came later than the platform promises.
    Late,
    /// It came at an instant that no rule gives.
    WrongInstant,
    /// It came in the quiet hours.
    Quiet,
    /// It came though booking is needed and not done, or though it is done or there is no place.
    Booking,
    /// A notice was given twice.
    NoticeTwice,
    /// A notice could have been given in time, and never was.
    NoticeMissed,
    /// A notice of nothing that became of an event.
    NoticeOfNothing,
    /// More is pending than the phone or the family allows.
    OverLimit,
    /// Something is pending that lies beyond the horizon.
    BeyondHorizon,
    /// The same thing was armed again under another key.
    NewKey,
}

/// Something that is wrong.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What.
    pub fault: Fault,
    /// When.
    pub at: DateTime<Utc>,
    /// Of which event.
    pub uid: String,
    /// The case, in words.
    pub what: String,
}

/// What the checker saw.
#[derive(Default, Debug)]
pub struct Verdict {
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// How many were shown, by kind.
    pub shown: BTreeMap<NotificationKind, usize>,
    /// How many reminders had to be given.
    pub due: usize,
    /// How many notices had to be given.
    pub told: usize,
}

/// Some knowledge, and how long it held.
struct Epoch<'a> {
    known: &'a Knowledge,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    /// The reminders from a while before it to its horizon after.
    due: Vec<Reminder>,
}

/// A plan that was armed to its end.
struct Run {
    at: DateTime<Utc>,
    clock: DateTime<Utc>,
    epoch: usize,
}

/// A reminder as it was shown: of what, and when it was due.
type Given = (String, NotificationKind, Option<DateTime<Utc>>, DateTime<Utc>);

/// A notice that is due, and what became of it.
struct Due {
    uid: String,
    notice: Notice,
    place: usize,
    booked: bool,
    was: Arc<Published>,
    is: Option<Arc<Published>>,
    /// When it was found, and when it was tried again, by the phone's clock.
    found: Vec<DateTime<Utc>>,
    shown: Vec<DateTime<Utc>>,
}

struct Checker<'a> {
    history: &'a History,
    epochs: Vec<Epoch<'a>>,
    runs: Vec<Run>,
    /// Where all was not well, in truth, and for how long.
    troubles: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    given: BTreeSet<Given>,
    notices: Vec<Due>,
    verdict: Verdict,
}

/// Holds a history against the rules.
pub fn check(history: &History) -> Verdict {
    let mut checker = Checker {
        history,
        epochs: epochs(history),
        runs: runs(history),
        troubles: troubles(history),
        given: BTreeSet::new(),
        notices: Vec::new(),
        verdict: Verdict::default(),
    };
    for (place, entry) in history.entries.iter().enumerate() {
        checker.look_at(place, entry);
    }
    checker.find_missed();
    checker.find_missed_notices();
    checker.verdict
}

fn epochs(history: &History) -> Vec<Epoch<'_>> {
    let known = history.entries.iter().filter_map(|it| match &it.what {
        What::Knows(known) => Some((it.at, known)),
        _ => None,
    });
    let known: Vec<(DateTime<Utc>, &Knowledge)> = known.collect();
    let ends = known.iter().skip(1).map(|it| it.0).chain([history.end]);
    known.iter().zip(ends).map(|((from, known), to)| epoch(known, *from, to)).collect()
}

fn epoch(known: &Knowledge, from: DateTime<Utc>, to: DateTime<Utc>) -> Epoch<'_> {
    let horizon = TimeDelta::days(i64::from(known.choice.horizon));
    // The phone's clock may be wrong by hours.
    let due = reminders(known, from - TimeDelta::days(2), to + horizon + TimeDelta::days(1), true);
    Epoch { known, from, to, due }
}

fn runs(history: &History) -> Vec<Run> {
    let killed: BTreeSet<DateTime<Utc>> = history
        .entries
        .iter()
        .filter(|it| matches!(it.what, What::Planned { complete: false, .. }))
        .map(|it| it.at)
        .collect();
    let runs = history.entries.iter().filter(|it| match it.what {
        What::Planned { complete, .. } => complete,
        // Whether or not it did: it had to.
        What::Broadcast => !killed.contains(&it.at),
        _ => false,
    });
    runs.map(|it| Run { at: it.at, clock: it.clock(), epoch: it.knowledge }).collect()
}

/// Instants at which alarms were lost, and stretches in which the phone was off or its clock wrong.
fn troubles(history: &History) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
    let mut troubles = Vec::new();
    let mut off = None;
    let mut wrong = None;
    for it in &history.entries {
        let What::Disturbed(what) = it.what else { continue };
        match what {
            "off" => off = Some(it.at),
            "on" => troubles.push((off.take().unwrap_or(it.at), it.at)),
            "clock set" if it.ahead.is_zero() => {
                if let Some(from) = wrong.take() {
                    troubles.push((from, it.at));
                }
            }
            "clock set" => wrong = wrong.or(Some(it.at)),
            _ => troubles.push((it.at, it.at)),
        }
    }
    troubles.extend([off, wrong].into_iter().flatten().map(|from| (from, history.end)));
    troubles
}

/// Whether anything is told of it once.
fn is_notice(kind: NotificationKind) -> bool {
    use NotificationKind::{Cancelled, Change, Offer, Unlisted};
    matches!(kind, Cancelled | Change | Offer | Unlisted)
}

impl Checker<'_> {
    fn look_at(&mut self, place: usize, entry: &Entry) {
        match &entry.what {
            What::Shown(it, way) => {
                *self.verdict.shown.entry(it.kind).or_default() += 1;
                match it.kind {
                    NotificationKind::Refresh => {}
                    kind if is_notice(kind) => self.look_at_notice(entry, it, *way),
                    _ => self.look_at_reminder(entry, it, *way),
                }
            }
            What::Saw(was, is, booked) => self.look_at_news(place, entry, was, is.as_ref(), *booked),
            What::Noted(uid, kind) => {
                let due = self.notices.iter_mut().filter(|it| &it.uid == uid && it.notice.kind == *kind);
                due.filter(|it| it.found.last() != Some(&entry.clock()))
                    .for_each(|it| it.found.push(entry.clock()));
            }
            What::Planned { complete, counted, pending, furthest, rekeyed } => {
                if *counted > self.history.platform.most() {
                    self.find(Fault::OverLimit, entry.at, "", format!("the system counts {counted}"));
                }
                if *complete {
                    self.look_at_plan(entry, *pending, *furthest);
                }
                if *rekeyed > 0 {
                    self.find(Fault::NewKey, entry.at, "", format!("{rekeyed} have new keys"));
                }
            }
            What::Knows(_) | What::Broadcast | What::Disturbed(_) => {}
        }
    }

    fn find(&mut self, fault: Fault, at: DateTime<Utc>, uid: &str, what: String) {
        self.verdict.findings.push(Finding { fault, at, uid: uid.to_owned(), what });
    }

    fn look_at_plan(&mut self, entry: &Entry, pending: usize, furthest: Option<DateTime<Utc>>) {
        let known = self.epochs[entry.knowledge].known;
        if pending > known.limit() as usize {
            let what = format!("{pending} pending, limit {}", known.limit());
            self.find(Fault::OverLimit, entry.at, "", what);
        }
        // A day of the clock may have an hour more.
        let horizon = entry.clock() + TimeDelta::days(i64::from(known.choice.horizon)) + TimeDelta::hours(1);
        if let Some(at) = furthest.filter(|it| *it > horizon) {
            self.find(Fault::BeyondHorizon, entry.at, "", format!("pending for {at}"));
        }
    }

    fn look_at_reminder(&mut self, entry: &Entry, it: &Notification, way: Way) {
        let uid = it.uid.clone().unwrap_or_default();
        let occurrence = it.occurrence.filter(|_| it.kind == NotificationKind::Event);
        let epoch = &self.epochs[entry.knowledge];
        let same = |due: &&Reminder| due.uid == uid && due.kind == it.kind && due.occurrence == occurrence;
        let is_due =
            epoch.due.iter().filter(same).any(|due| due.at == it.at || asked_later(due, it.at, epoch.known));
        let case = format!("{:?} of {occurrence:?} due {} shown {} {way:?}", it.kind, it.at, entry.clock());
        if !is_due {
            let fault = self.why_not(entry.knowledge, &uid, it, occurrence);
            self.find(fault, entry.at, &uid, case);
        } else if entry.clock() > it.at + way.latest() {
            self.find(Fault::Late, entry.at, &uid, case);
        } else if !self.given.insert((uid.clone(), it.kind, occurrence, it.at)) {
            self.find(Fault::Twice, entry.at, &uid, case);
        }
    }

    /// Which rule something breaks that is not due.
    fn why_not(
        &self,
        knowledge: usize,
        uid: &str,
        it: &Notification,
        occurrence: Option<DateTime<Utc>>,
    ) -> Fault {
        let known = self.epochs[knowledge].known;
        let Some(follow) = known.event(uid) else { return Fault::Withdrawn };
        let needs_booking = follow.event.closes.is_some() && !follow.booked;
        if it.kind == NotificationKind::Event {
            let time = follow.event.times.iter().find(|time| Some(time.id) == occurrence);
            if time.is_none_or(|it| it.cancelled) {
                return Fault::Withdrawn;
            }
            if needs_booking {
                return Fault::Booking;
            }
        } else if follow.booked || (it.kind == NotificationKind::Deadline && follow.event.full) {
            return Fault::Booking;
        }
        let same = |due: &&Reminder| due.uid == uid && due.kind == it.kind && due.occurrence == occurrence;
        let day = TimeDelta::days(1);
        let unmoved = reminders(known, it.at - day, it.at + day, false);
        if unmoved.iter().filter(same).any(|due| due.at == it.at) {
            return Fault::Quiet;
        }
        let before = &self.epochs[knowledge.saturating_sub(40)..knowledge];
        if before.iter().any(|epoch| epoch.due.iter().filter(same).any(|due| due.at == it.at)) {
            return Fault::Withdrawn;
        }
        Fault::WrongInstant
    }

    fn look_at_news(
        &mut self,
        place: usize,
        entry: &Entry,
        was: &Arc<Published>,
        is: Option<&Arc<Published>>,
        booked: bool,
    ) {
        for notice in notices(was, is.map(AsRef::as_ref), booked, entry.clock()) {
            let due = Due {
                uid: was.uid.clone(),
                notice,
                place,
                booked,
                was: was.clone(),
                is: is.cloned(),
                found: vec![entry.clock()],
                shown: Vec::new(),
            };
            self.notices.push(due);
        }
    }

    fn look_at_notice(&mut self, entry: &Entry, it: &Notification, way: Way) {
        let uid = it.uid.clone().unwrap_or_default();
        let known = self.epochs[entry.knowledge].known;
        let case =
            format!("{:?} due {} shown {} {way:?} silent {}", it.kind, it.at, entry.clock(), it.silent);
        let mut of_it: Vec<&mut Due> =
            self.notices.iter_mut().filter(|due| due.uid == uid && due.notice.kind == it.kind).collect();
        let is_given = |due: &&mut Due| {
            due.found.iter().any(|found| given(known, &due.notice, *found) == (it.at, it.silent))
        };
        let matching: Vec<usize> =
            of_it.iter().enumerate().filter(|(_, due)| is_given(due)).map(|it| it.0).collect();
        let already = of_it.iter().any(|due| !due.shown.is_empty());
        let fault = if matching.is_empty() {
            let quiet = known
                .choice
                .quiet
                .and_then(|quiet| super::wall_clock::quiet_around(quiet, it.at, known.quiet_zone()));
            Some(match (already, of_it.is_empty(), quiet) {
                (_, true, _) => Fault::NoticeOfNothing,
                (_, false, Some(_)) if !it.silent => Fault::Quiet,
                (true, ..) => Fault::NoticeTwice,
                _ => Fault::WrongInstant,
            })
        } else if entry.clock() > it.at + way.latest() {
            Some(Fault::Late)
        } else {
            let fresh = matching.iter().any(|place| of_it[*place].shown.is_empty());
            matching.iter().for_each(|place| of_it[*place].shown.push(entry.clock()));
            // What was found twice in a night is told once in the morning, unless it is about another date (R7).
            let is_new = self.given.insert((uid.clone(), it.kind, it.occurrence, it.at));
            let others = matching.len() > 1 && is_new;
            (!is_new || !(fresh || others)).then_some(Fault::NoticeTwice)
        };
        if let Some(fault) = fault {
            self.find(fault, entry.at, &uid, case);
        }
    }

    /// The last complete plan up to an instant, if nothing has come between since.
    fn undisturbed_since(&self, at: DateTime<Utc>, until: DateTime<Utc>) -> Option<&Run> {
        let run = &self.runs[self.runs.partition_point(|it| it.at <= at).checked_sub(1)?];
        let is_between = |(from, to): &&(DateTime<Utc>, DateTime<Utc>)| *to >= run.at && *from <= until;
        (run.at == run.clock && !self.troubles.iter().any(|it| is_between(&it))).then_some(run)
    }

    fn find_missed(&mut self) {
        let mut missed = Vec::new();
        let mut count = 0;
        for (place, epoch) in self.epochs.iter().enumerate() {
            for due in epoch.due.iter().filter(|it| epoch.from < it.at && it.at < epoch.to && !it.optional) {
                match self.owed(place, due) {
                    None => {}
                    Some(run) if self.was_given(due, epoch.known) => {
                        let _ = run;
                        count += 1;
                    }
                    Some(run) => missed.push((due.clone(), format!("planned at {}", run.at))),
                }
            }
        }
        self.verdict.due = count + missed.len();
        for (due, how) in missed {
            let what = format!("{:?} of {:?} due {} ({how})", due.kind, due.occurrence, due.at);
            self.find(Fault::Missed, due.at, &due.uid, what);
        }
    }

    fn was_given(&self, due: &Reminder, known: &Knowledge) -> bool {
        let of_it = |at| (due.uid.clone(), due.kind, due.occurrence, at);
        let later = self
            .given
            .range(of_it(due.at)..)
            .take_while(|it| (&it.0, it.1, it.2) == (&due.uid, due.kind, due.occurrence));
        later.take(2).any(|it| it.3 == due.at || asked_later(due, it.3, known))
    }

    /// The plan by which a reminder should have been given.
    fn owed(&self, place: usize, due: &Reminder) -> Option<&Run> {
        let late =
            if self.history.platform == Platform::Ios { TimeDelta::zero() } else { TimeDelta::hours(1) };
        // What was asked later than it was due is looked for a night long.
        let until = due.at
            + late
            + if due.kind == NotificationKind::Asked { TimeDelta::hours(14) } else { TimeDelta::minutes(1) };
        let epoch = &self.epochs[place];
        let run = self.undisturbed_since(due.at - TimeDelta::seconds(1), until)?;
        if until >= self.history.end || due.at + late > due.of_use_until || epoch.to <= until {
            return None;
        }
        let meant = |it: &Epoch<'_>| it.due.iter().any(|other| other == due);
        if !self.epochs[run.epoch..=place].iter().all(meant) {
            return None;
        }
        if self.is_crowded_out(run, due) {
            return None;
        }
        let reach = run.at + TimeDelta::days(i64::from(self.epochs[run.epoch].known.choice.horizon));
        // iOS wakes nobody; Android wakes the app when more comes within the horizon.
        let in_reach = due.at <= reach - TimeDelta::hours(1);
        (in_reach || self.wakes(run, due)).then_some(run)
    }

    /// Whether the app had to be woken between that plan and then: with its alarm lost to a kill it is not.
    fn wakes(&self, run: &Run, due: &Reminder) -> bool {
        let tried =
            self.history.entries.iter().filter(|it| matches!(it.what, What::Planned { complete: false, .. }));
        let mut tried = tried.filter(|it| run.at <= it.at && it.at <= due.at);
        let horizon = TimeDelta::days(i64::from(self.epochs[run.epoch].known.choice.horizon));
        self.history.platform == Platform::Android && horizon > TimeDelta::hours(24) && tried.next().is_none()
    }

    /// Whether as many others come before it, by their weight or by their time, as may be pending.
    fn is_crowded_out(&self, run: &Run, due: &Reminder) -> bool {
        let epoch = &self.epochs[run.epoch];
        let reach = run.at + TimeDelta::days(i64::from(epoch.known.choice.horizon));
        let planned = || epoch.due.iter().filter(|it| run.at <= it.at && it.at <= reach);
        // One asks to open the app, and some notices may wait for the morning.
        let room = (epoch.known.limit() as usize).saturating_sub(1 + 4);
        let sooner = planned().filter(|it| it.at <= due.at).count();
        let weightier = planned().filter(|it| (it.kind, it.at) <= (due.kind, due.at)).count();
        sooner.max(weightier) > room
    }

    fn find_missed_notices(&mut self) {
        let mut missed = Vec::new();
        let mut count = 0;
        for due in &self.notices {
            if !due.shown.is_empty() {
                count += 1;
            } else if let Some(run) = self.owed_notice(due).filter(|_| !due.notice.optional) {
                missed.push((
                    due.uid.clone(),
                    run,
                    format!(
                        "{:?} booked {} planned at {run}\nwas {}\nis {}",
                        due.notice,
                        due.booked,
                        due.was.ics,
                        due.is.as_ref().map_or("", |it| it.ics.as_str())
                    ),
                ));
            }
        }
        self.verdict.told = count + missed.len();
        for (uid, at, what) in missed {
            self.find(Fault::NoticeMissed, at, &uid, what);
        }
    }

    /// The first plan by which a notice should have been given.
    fn owed_notice(&self, due: &Due) -> Option<DateTime<Utc>> {
        let entry = &self.history.entries[due.place];
        // Who stops following wants to hear nothing more of it.
        let follows = |it: &&Epoch<'_>| it.known.event(&due.uid).is_some();
        let followed =
            self.epochs[entry.knowledge..].iter().take_while(follows).last().map_or(entry.at, |it| it.to);
        let until = followed.min(due.notice.until);
        let runs = self.runs.iter().filter(|it| it.at >= entry.at && it.at < until && it.at == it.clock);
        runs.filter(|run| self.is_owed_by(run, due)).map(|it| it.at).next()
    }

    fn is_owed_by(&self, run: &Run, due: &Due) -> bool {
        let known = self.epochs[run.epoch].known;
        let Some(last) = due.found.iter().filter(|it| **it <= run.clock).max() else { return false };
        let (at, _) = given(known, &due.notice, *last);
        let until = at.max(run.at) + TimeDelta::minutes(61);
        let gives = |it: &Epoch<'_>| {
            it.known.permitted && it.known.choice.gives(due.notice.kind) && it.known.event(&due.uid).is_some()
        };
        let same =
            |it: &Epoch<'_>| gives(it) && it.known.choice == known.choice && it.known.zone == known.zone;
        let meanwhile = self.epochs.iter().filter(|it| it.from <= until && it.to >= run.at);
        until < due.notice.until
            && until < self.history.end
            && meanwhile.into_iter().all(same)
            && self.undisturbed_since(run.at, until).is_some()
    }
}

/// Whether the question comes in the time that the quiet hours may put it off to: the rules say when booking closes, and no more.
fn asked_later(due: &Reminder, at: DateTime<Utc>, known: &Knowledge) -> bool {
    let Some(quiet) = known.choice.quiet.filter(|_| due.kind == NotificationKind::Asked) else {
        return false;
    };
    let around = super::wall_clock::quiet_around(quiet, due.unmoved, known.quiet_zone());
    around.is_some_and(|(begin, end)| at == begin || at == end)
}
