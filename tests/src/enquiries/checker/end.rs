//! The end: after days in which all worked, or a month in which nothing did, where is each enquiry?

use chrono::TimeDelta;
use otsupport_core::enquiries::outbox::{Presence, Stage, TRIED_FOR, Withdrawal};
use otsupport_wire::enquiry::Envelope;

use super::attempts::FURTHEST;
use super::paper::Paper;
use super::shown::envelope;
use super::{Checker, Fault};
use crate::enquiries::history::{AtHub, COPY, Ending, OWN};

/// So long before the end a reply is given that has to be here.
const SHOWN_WITHIN: TimeDelta = TimeDelta::days(2);

impl Checker<'_> {
    pub(super) fn look_at_end(&mut self) {
        let end = self.history.end;
        let mut wrong = Vec::new();
        for phone in [OWN, COPY] {
            let left = self.history.left.get(phone).map(Vec::as_slice).unwrap_or_default();
            for paper in self.phones[phone].papers.values() {
                let id = paper.record.id;
                if !left.contains(&paper.record) {
                    wrong.push((Fault::Lost, phone, id, "it is not on the phone any more".to_owned()));
                }
                if phone == OWN {
                    *self.verdict.ended.entry(paper.record.way.state()).or_default() += 1;
                }
                let found = match self.history.ending {
                    Ending::Calm => self.after_calm(paper),
                    Ending::DownForGood => self.after_month(paper, phone),
                };
                let found = found.or_else(|| self.never_left(paper));
                wrong.extend(found.map(|(fault, what)| (fault, phone, id, what)));
            }
        }
        for (fault, phone, id, what) in wrong {
            self.find(fault, end, Some(phone), Some(id), what);
        }
    }

    fn after_calm(&self, paper: &Paper) -> Option<(Fault, String)> {
        let (way, id, end) = (&paper.record.way, paper.record.id, self.history.end);
        let has_secrets = paper.record.secrets.is_some();
        let at_hub = self.ledger.holds.get(&id);
        if way.withdrawal == Withdrawal::Asked && has_secrets && !matches!(way.stage, Stage::Withdrawn) {
            return Some((Fault::NeverWithdrawn, format!("{:?}, at the hub {at_hub:?}", way.state())));
        }
        match &way.stage {
            Stage::Waiting { .. } => {
                let tag = envelope(&paper.record).and_then(|it| Envelope::parse(it).ok()).map(|it| it.header);
                // Nobody can seal it again, or give it back, to whom only the envelope was given.
                let retired = tag.is_none_or(|it| !self.ledger.takes.contains(&it.service));
                let cannot = paper.is_given_up() || (!has_secrets && retired);
                (!cannot)
                    .then(|| (Fault::Lost, format!("it waits: {:?}, at the hub {at_hub:?}", way.trouble)))
            }
            // Replies are fetched when the app runs, which it does not for them alone.
            Stage::Received { .. } if paper.awaits_reply(end) && self.history.refreshed => {
                let since = self.ledger.restored_at.max(Some(self.history.calm - TimeDelta::days(3650)));
                let replies = self.ledger.replies.get(&id).into_iter().flatten();
                let mut due = replies.filter(|it| Some(it.1.0) >= since && end - it.1.0 > SHOWN_WITHIN);
                match at_hub {
                    Some(AtHub::Held(_)) => due.next().map(|it| (Fault::ReplyLost, format!("{it:?}"))),
                    // What a late copy did a moment ago, the phone hears with its next sync.
                    Some(AtHub::Withdrawn) => (self.ledger.withdrawn.get(&id))
                        .is_none_or(|it| end - *it > SHOWN_WITHIN)
                        .then(|| (Fault::Untrue, "it is withdrawn".to_owned())),
                    None => Some((Fault::Lost, "the hub does not have it".to_owned())),
                }
            }
            _ => None,
        }
    }

    fn after_month(&self, paper: &Paper, phone: usize) -> Option<(Fault, String)> {
        let way = &paper.record.way;
        // One that is wanted back may be at the hub: it is asked for until the hub answers.
        if !matches!(way.stage, Stage::Waiting { .. }) || way.withdrawal == Withdrawal::Asked {
            return None;
        }
        // The engine goes by the phone's clock, which was wrong before it was set.
        let since = paper.first_begun_at?.max(self.phones[phone].set_at.unwrap_or_default());
        let tried = self.history.end - since;
        let late = tried > TRIED_FOR + FURTHEST + TimeDelta::hours(1);
        late.then(|| (Fault::NeverExpired, format!("tried since {since}")))
    }

    /// What never left the phone is not at the hub.
    fn never_left(&self, paper: &Paper) -> Option<(Fault, String)> {
        let id = paper.record.id;
        let is_alone = !self.phones[COPY].papers.contains_key(&id);
        let never = match paper.record.way.stage {
            Stage::Waiting { there, .. } | Stage::Expired { there } => there == Presence::No,
            _ => false,
        };
        (never && is_alone && self.ledger.has(id))
            .then(|| (Fault::Untrue, "it is called never sent, and is at the hub".to_owned()))
    }
}
