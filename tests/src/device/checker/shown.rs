//! Each reminder that was shown: is it one that the rules give, and did it come once and in time?

use chrono::{DateTime, TimeDelta, Utc};
use otsupport_core::reminders::planner::{Notification, NotificationKind};

use super::{Checker, Fault};
use crate::device::history::{Entry, Knowledge, What};
use crate::device::phone::Way;
use crate::device::rules::{Reminder, reminders};
use crate::device::wall_clock::quiet_around;

impl Checker<'_> {
    pub(super) fn look_at_reminder(&mut self, entry: &Entry, it: &Notification, way: Way) {
        // Practice is of no event: its title is what is tried.
        let uid = it.uid.clone().unwrap_or_else(|| it.title.clone());
        let occurrence = it.occurrence.filter(|_| it.kind == NotificationKind::Event);
        let epoch = &self.epochs[entry.knowledge];
        let same = |due: &&Reminder| due.uid == uid && due.kind == it.kind && due.occurrence == occurrence;
        let is_due = epoch
            .due
            .iter()
            .filter(same)
            .any(|due| due.at == it.at || is_asked_then(due, it.at, epoch.known));
        let case = format!("{:?} of {occurrence:?} due {} shown {} {way:?}", it.kind, it.at, entry.clock());
        if !is_due {
            let fault = self.why_not(entry.knowledge, &uid, it, occurrence);
            self.find(fault, entry.at, &uid, case);
        } else if entry.clock() > it.at + way.latest() && !self.is_set_by_another_clock(entry.at) {
            self.find(Fault::Late, entry.at, &uid, case);
        } else if !self.given.insert((uid.clone(), it.kind, occurrence, it.at)) {
            self.find(Fault::Twice, entry.at, &uid, case);
        }
    }

    /// Whether the phone's clock was set since the app last planned, which was killed when it should have armed all again.
    pub(super) fn is_set_by_another_clock(&self, at: DateTime<Utc>) -> bool {
        // What fires wakes the app, which plans in the same second.
        let planned = self.runs.partition_point(|it| it.at < at).checked_sub(1).map(|it| self.runs[it].at);
        let sets = self.history.entries.iter().filter(|it| matches!(it.what, What::Disturbed("clock set")));
        sets.map(|it| it.at).any(|it| planned.is_none_or(|planned| planned < it) && it <= at)
    }

    /// Which rule something breaks that is not due.
    pub(super) fn why_not(
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
}

/// Whether the question may come then, where quiet hours are in its way: at their edges, or at once and silently. The rules say when
/// booking closes, and no more.
pub(super) fn is_asked_then(due: &Reminder, at: DateTime<Utc>, known: &Knowledge) -> bool {
    let Some(quiet) = known.choice.quiet.filter(|_| due.kind == NotificationKind::Asked) else {
        return false;
    };
    let around = quiet_around(quiet, due.unmoved, known.quiet_zone());
    around.is_some_and(|(begin, end)| at == begin || at == end || at == due.unmoved)
}
