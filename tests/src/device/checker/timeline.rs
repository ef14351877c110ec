//! What was known when, when the app planned, and when something was in the way.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use crate::device::history::{Entry, History, Knowledge, What};
use crate::device::rules::{Reminder, reminders};

/// Some knowledge, and how long it held.
pub(super) struct Epoch<'a> {
    pub(super) known: &'a Knowledge,
    pub(super) from: DateTime<Utc>,
    pub(super) to: DateTime<Utc>,
    /// The reminders from a while before it to its horizon after.
    pub(super) due: Vec<Reminder>,
}

/// The app planned, and armed what it planned.
pub(super) struct Run {
    pub(super) at: DateTime<Utc>,
    pub(super) clock: DateTime<Utc>,
    pub(super) epoch: usize,
}

pub(super) fn epochs(history: &History) -> Vec<Epoch<'_>> {
    let known = history.entries.iter().filter_map(|it| match &it.what {
        What::Knows(known) => Some((it.at, known)),
        _ => None,
    });
    let known: Vec<(DateTime<Utc>, &Knowledge)> = known.collect();
    let ends = known.iter().skip(1).map(|it| it.0).chain([history.end]);
    known.iter().zip(ends).map(|((from, known), to)| epoch(known, *from, to)).collect()
}

pub(super) fn epoch(known: &Knowledge, from: DateTime<Utc>, to: DateTime<Utc>) -> Epoch<'_> {
    let horizon = TimeDelta::days(i64::from(known.choice.horizon));
    // The phone's clock may be wrong by hours.
    let due = reminders(known, from - TimeDelta::days(2), to + horizon + TimeDelta::days(1), true);
    Epoch { known, from, to, due }
}

impl Run {
    fn of(entry: &Entry) -> Self {
        Self { at: entry.at, clock: entry.clock(), epoch: entry.knowledge }
    }
}

pub(super) fn cut_short(history: &History) -> Vec<Run> {
    let cut = |it: &&Entry| matches!(it.what, What::Planned { complete: false, .. });
    history.entries.iter().filter(cut).map(Run::of).collect()
}

pub(super) fn runs(history: &History) -> Vec<Run> {
    let killed: BTreeSet<DateTime<Utc>> = cut_short(history).iter().map(|it| it.at).collect();
    let runs = history.entries.iter().filter(|it| match it.what {
        What::Planned { complete, .. } => complete,
        // Whether or not it did: it had to.
        What::Broadcast => !killed.contains(&it.at),
        _ => false,
    });
    runs.map(Run::of).collect()
}

/// Instants at which alarms were lost, and stretches in which the phone was off or its clock wrong.
pub(super) fn troubles(history: &History) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
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
