//! Each notice: was it given, once, in time, and of something that happened?

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use otsupport_core::reminders::planner::Notification;

use super::timeline::{Epoch, Run};
use super::{Checker, Fault};
use crate::device::event::Published;
use crate::device::history::Entry;
use crate::device::phone::Way;
use crate::device::rules::{Notice, given, notices};
use crate::device::wall_clock::quiet_around;

/// A notice that is due, and what became of it.
pub(super) struct Due {
    pub(super) uid: String,
    pub(super) notice: Notice,
    pub(super) place: usize,
    pub(super) booked: bool,
    pub(super) was: Arc<Published>,
    pub(super) is: Option<Arc<Published>>,
    /// When it was found, and when it was tried again, by the phone's clock.
    pub(super) found: Vec<DateTime<Utc>>,
    pub(super) shown: Vec<DateTime<Utc>>,
}

impl Checker<'_> {
    pub(super) fn look_at_news(
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

    pub(super) fn look_at_notice(&mut self, entry: &Entry, it: &Notification, way: Way) {
        let uid = it.uid.clone().unwrap_or_default();
        let known = self.epochs[entry.knowledge].known;
        let by_another_clock = self.is_set_by_another_clock(entry.at);
        let case =
            format!("{:?} due {} shown {} {way:?} silent {}", it.kind, it.at, entry.clock(), it.silent);
        let mut of_it: Vec<&mut Due> =
            self.notices.iter_mut().filter(|due| due.uid == uid && due.notice.kind == it.kind).collect();
        // Where it is left open whether it is told, it is left open what it should come before.
        let is_given = |due: &&mut Due| {
            due.notice.optional
                || due.found.iter().any(|found| given(known, &due.notice, *found) == (it.at, it.silent))
        };
        let mut matching: Vec<usize> =
            of_it.iter().enumerate().filter(|(_, due)| is_given(due)).map(|it| it.0).collect();
        // Two that are due at one instant are told apart by their first date, where the rules leave no doubt about it.
        if matching.iter().any(|place| of_it[*place].notice.first == it.occurrence) {
            matching.retain(|place| of_it[*place].notice.first == it.occurrence);
        }
        let already = of_it.iter().any(|due| !due.shown.is_empty());
        let fault = if matching.is_empty() {
            let quiet = known.choice.quiet.and_then(|quiet| quiet_around(quiet, it.at, known.quiet_zone()));
            Some(match (already, of_it.is_empty(), quiet) {
                (_, true, _) => Fault::NoticeOfNothing,
                (_, false, Some(_)) if !it.silent => Fault::Quiet,
                (true, ..) => Fault::NoticeTwice,
                _ => Fault::WrongInstant,
            })
        } else if entry.clock() > it.at + way.latest() && !by_another_clock {
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

    pub(super) fn find_missed_notices(&mut self) {
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

    /// How many notices were found by then and not given before.
    pub(super) fn waiting(&self, at: DateTime<Utc>) -> usize {
        let is_waiting = |it: &&Due| {
            self.history.entries[it.place].at <= at
                && at < it.notice.until
                && it.shown.first().is_none_or(|shown| at <= *shown)
        };
        self.notices.iter().filter(is_waiting).count()
    }

    /// The first plan by which a notice should have been given.
    pub(super) fn owed_notice(&self, due: &Due) -> Option<DateTime<Utc>> {
        let entry = &self.history.entries[due.place];
        if !self.epochs[entry.knowledge].known.choice.gives(due.notice.kind) {
            return None;
        }
        // Who stops following wants to hear nothing more of it.
        let follows = |it: &&Epoch<'_>| it.known.event(&due.uid).is_some();
        let followed =
            self.epochs[entry.knowledge..].iter().take_while(follows).last().map_or(entry.at, |it| it.to);
        let until = followed.min(due.notice.until);
        let runs = self.runs.iter().filter(|it| it.at >= entry.at && it.at < until && it.at == it.clock);
        runs.filter(|run| self.is_owed_by(run, due)).map(|it| it.at).next()
    }

    pub(super) fn is_owed_by(&self, run: &Run, due: &Due) -> bool {
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
        // One place asks to open the app; which of too many notices come first is left open.
        let fits = self.waiting(run.at) < known.limit() as usize;
        fits && until < due.notice.until
            && until < self.history.end
            && meanwhile.into_iter().all(same)
            && self.undisturbed_since(run.at, until).is_some()
    }
}
