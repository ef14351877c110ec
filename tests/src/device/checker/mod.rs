//! Holds what was shown against what truly happened, by the rules and the platforms' facts alone.

mod missed;
mod notices;
mod shown;
mod timeline;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use otsupport_core::reminders::planner::NotificationKind;

use super::history::{Entry, History, What};
use notices::Due;
use timeline::{Epoch, Run, cut_short, epochs, runs, troubles};

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

/// A reminder as it was shown: of what, and when it was due.
type Given = (String, NotificationKind, Option<DateTime<Utc>>, DateTime<Utc>);

struct Checker<'a> {
    history: &'a History,
    epochs: Vec<Epoch<'a>>,
    runs: Vec<Run>,
    /// Plans that were not armed to their end.
    cut_short: Vec<Run>,
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
        cut_short: cut_short(history),
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
            What::TriedAgain(uid, kind) => {
                let of_it = self.notices.iter_mut().filter(|it| &it.uid == uid && it.notice.kind == *kind);
                of_it.filter(|it| it.shown.is_empty()).for_each(|it| it.found.push(entry.clock()));
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
}
