//! Each attempt: does it come when it has to, and not before it may?

use chrono::{DateTime, TimeDelta, Utc};
use otsupport_core::enquiries::outbox::{AWAITED, Stage, Withdrawal};
use otsupport_wire::enquiry::EnquiryId;

use super::paper::Paper;
use super::{Checker, Fault};
use crate::enquiries::history::{Ask, Entry, Why};

/// The furthest that two attempts are apart, and the longest that a hub is left alone because it asks for it.
pub(super) const FURTHEST: TimeDelta = TimeDelta::hours(6);
/// What a timer and the network take beside that.
const LATENESS: TimeDelta = TimeDelta::minutes(15);

impl Paper {
    /// Whether something is to be brought to the hub.
    pub(super) fn is_to_be_delivered(&self) -> bool {
        let asked = self.record.way.withdrawal == Withdrawal::Asked && self.record.secrets.is_some();
        match self.record.way.stage {
            Stage::Waiting { .. } => !self.is_given_up(),
            // What the family wants back is not sent again, also not by a phone that has only its envelope and cannot ask for it.
            Stage::Received { .. } if self.record.way.withdrawal == Withdrawal::Asked => asked,
            Stage::Received { forgotten, .. } => forgotten,
            _ => false,
        }
    }

    /// Whether a reply is awaited that can be asked for.
    pub(super) fn awaits_reply(&self, at: DateTime<Utc>) -> bool {
        let is_young = self.received_at.is_some_and(|it| at - it < AWAITED - TimeDelta::days(1));
        let bare = matches!(self.record.way.stage, Stage::Received { last: None, .. });
        bare && is_young && self.record.secrets.is_some()
    }
}

impl Checker<'_> {
    pub(super) fn look_at_attempt(&mut self, entry: &Entry, phone: usize, id: EnquiryId, ask: Ask, why: Why) {
        self.verdict.attempts += 1;
        let calm = self.history.calm;
        let handset = &mut self.phones[phone];
        handset.wanted.remove(&id);
        let Some(paper) = handset.papers.get_mut(&id) else { return };
        let soon = paper.quiet_until.filter(|it| entry.at + TimeDelta::seconds(1) < *it);
        let last = paper.tried_at.replace(entry.at).filter(|it| *it > calm + TimeDelta::days(1));
        let far = last.filter(|it| entry.at - *it > FURTHEST + LATENESS && paper.is_to_be_delivered());
        if let Some(until) = soon.filter(|_| why != Why::Person && entry.right) {
            let what = format!("{ask:?} by {why:?}, to be left alone until {until}");
            self.find(Fault::TooSoon, entry.at, Some(phone), Some(id), what);
        }
        if let Some(last) = far {
            let what = format!("{ask:?} after {last}");
            self.find(Fault::RetriesTooFar, entry.at, Some(phone), Some(id), what);
        }
    }

    /// The app has looked at all: what is it to be woken for?
    pub(super) fn look_at_wakes(
        &mut self,
        entry: &Entry,
        phone: usize,
        wakes: &[(EnquiryId, Option<DateTime<Utc>>)],
    ) {
        let handset = &mut self.phones[phone];
        let left = std::mem::take(&mut handset.wanted);
        if handset.full {
            return;
        }
        let mut wrong: Vec<(Fault, EnquiryId, String)> =
            left.into_iter().map(|it| (Fault::Blocked, it, "not tried".to_owned())).collect();
        for (id, wake) in wakes {
            let Some(paper) = handset.papers.get(id) else { continue };
            let delivers = paper.is_to_be_delivered() && !handset.under_way.contains(id);
            match wake {
                None if delivers => {
                    wrong.push((Fault::NoWake, *id, format!("{:?}", paper.record.way.state())));
                }
                Some(wake) if delivers && *wake - entry.now > FURTHEST + TimeDelta::seconds(1) => {
                    wrong.push((Fault::RetriesTooFar, *id, format!("{} to {wake}", entry.now)));
                }
                _ => {}
            }
        }
        for (fault, id, what) in wrong {
            self.find(fault, entry.at, Some(phone), Some(id), what);
        }
    }
}
