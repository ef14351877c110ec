//! Each reminder that the rules give: could it be shown, and was it?

use chrono::{DateTime, TimeDelta, Utc};
use otsupport_core::reminders::planner::NotificationKind;

use super::shown::is_asked_then;
use super::timeline::{Epoch, Run};
use super::{Checker, Fault};
use crate::device::history::Knowledge;
use crate::device::phone::Platform;
use crate::device::rules::Reminder;

/// Longer than any quiet hours.
const NIGHT: TimeDelta = TimeDelta::hours(14);

impl Checker<'_> {
    /// The last complete plan up to an instant, if nothing has come between since.
    pub(super) fn undisturbed_since(&self, at: DateTime<Utc>, until: DateTime<Utc>) -> Option<&Run> {
        let run = &self.runs[self.runs.partition_point(|it| it.at <= at).checked_sub(1)?];
        let is_between = |(from, to): &&(DateTime<Utc>, DateTime<Utc>)| *to >= run.at && *from <= until;
        (run.at == run.clock && !self.troubles.iter().any(|it| is_between(&it))).then_some(run)
    }

    pub(super) fn find_missed(&mut self) {
        let mut missed = Vec::new();
        let mut count = 0;
        for (place, epoch) in self.epochs.iter().enumerate() {
            for due in epoch.due.iter().filter(|it| epoch.from < it.at && it.at < epoch.to && !it.optional) {
                let Some(run) = self.owed(place, due) else { continue };
                count += 1;
                if !self.was_given(due, epoch.known) {
                    missed.push((due.clone(), run.at));
                }
            }
        }
        self.verdict.due = count;
        for (due, planned) in missed {
            let what = format!("{:?} of {:?} due {} planned {planned}", due.kind, due.occurrence, due.at);
            self.find(Fault::Missed, due.at, &due.uid, what);
        }
    }

    pub(super) fn was_given(&self, due: &Reminder, known: &Knowledge) -> bool {
        let of_it = |at| (due.uid.clone(), due.kind, due.occurrence, at);
        let later = self
            .given
            .range(of_it(due.at.min(due.unmoved))..)
            .take_while(|it| (&it.0, it.1, it.2) == (&due.uid, due.kind, due.occurrence));
        later.take(4).any(|it| it.3 == due.at || is_asked_then(due, it.3, known))
    }

    /// The plan by which a reminder should have been given.
    pub(super) fn owed(&self, place: usize, due: &Reminder) -> Option<&Run> {
        let late = self.history.platform.latest();
        // What was asked later than it was due is looked for a night long.
        let until =
            due.at + late + if due.kind == NotificationKind::Asked { NIGHT } else { TimeDelta::minutes(1) };
        let epoch = &self.epochs[place];
        // And a question that falls into quiet hours may have come before them.
        let may_be_early = due.kind == NotificationKind::Asked && due.at != due.unmoved;
        let from = if may_be_early { due.unmoved - NIGHT } else { due.at };
        let run = self.undisturbed_since(from - TimeDelta::seconds(1), until)?;
        if until >= self.history.end || due.at + late > due.of_use_until || epoch.to <= until {
            return None;
        }
        let meant = |it: &Epoch<'_>| it.due.iter().any(|other| other == due);
        if !self.epochs[run.epoch..=place].iter().all(meant) {
            return None;
        }
        // Also by a plan of which no more was carried out than what it took back.
        let cut_short = self.cut_short.iter().filter(|it| run.at <= it.at && it.at <= due.at);
        if std::iter::once(run).chain(cut_short).any(|it| self.is_crowded_out(it, due)) {
            return None;
        }
        // What was armed is taken back where a shorter horizon is chosen, also if the app is killed before it arms again.
        let reaches = |it: &Epoch<'_>| {
            due.at
                <= it.from.max(run.at) + TimeDelta::days(i64::from(it.known.choice.horizon))
                    - TimeDelta::hours(1)
        };
        // iOS wakes nobody; Android wakes the app when more comes within the horizon.
        let in_reach = self.epochs[run.epoch..=place].iter().all(reaches);
        (in_reach || self.wakes(run, due)).then_some(run)
    }

    /// Whether the app had to be woken between that plan and then: with its alarm lost to a kill it is not.
    pub(super) fn wakes(&self, run: &Run, due: &Reminder) -> bool {
        let mut tried = self.cut_short.iter().filter(|it| run.at <= it.at && it.at <= due.at);
        let horizon = TimeDelta::days(i64::from(self.epochs[run.epoch].known.choice.horizon));
        self.history.platform == Platform::Android && horizon > TimeDelta::hours(24) && tried.next().is_none()
    }

    /// Whether as many others come before it, by their weight or by their time, as may be pending.
    pub(super) fn is_crowded_out(&self, run: &Run, due: &Reminder) -> bool {
        let epoch = &self.epochs[run.epoch];
        let reach = run.at + TimeDelta::days(i64::from(epoch.known.choice.horizon));
        // What is overdue takes up room until it fires.
        let from = run.at - self.history.platform.latest();
        let planned = || epoch.due.iter().filter(|it| from <= it.at && it.at <= reach);
        // One asks to open the app, and notices come before all else.
        let room = (epoch.known.limit() as usize).saturating_sub(1 + self.waiting(run.at));
        let sooner = planned().filter(|it| it.at <= due.at).count();
        let weightier = planned().filter(|it| (it.kind, it.at) <= (due.kind, due.at)).count();
        sooner.max(weightier) > room
    }
}
