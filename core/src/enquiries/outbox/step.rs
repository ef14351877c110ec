//! What is asked next, and what an answer means.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use otsupport_wire::Sha256;
use otsupport_wire::enquiry::{
    EnquiryId, Problem, ProblemCode, ReceiptKey, Replies, ReplyNumber, SignedReceipt, open_reply,
};

use super::answer::{Answer, Silence, Trouble};
use super::state::{Asking, Enclosed, News, Presence, Secrets, Stage, Way, Withdrawal};
use crate::sync::{LONGEST_WAIT, wait};

/// After so long a time of trying an enquiry expires, whatever the number of attempts.
pub const TRIED_FOR: TimeDelta = TimeDelta::days(30);
/// A reply is awaited for so long: afterwards a hub may have forgotten the enquiry.
pub const AWAITED: TimeDelta = TimeDelta::days(90);

/// It cannot be taken back: staff have opened it, or it was never this phone's to take back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("it cannot be withdrawn any more")]
pub struct TooLate;

impl Way {
    /// The beginning: sealed, and to be sent at once.
    pub fn waiting(envelope: Enclosed, now: DateTime<Utc>) -> Self {
        Self {
            stage: Stage::Waiting { envelope, there: Presence::No, retired: false },
            withdrawal: Withdrawal::None,
            failures: 0,
            first_tried_at: None,
            next_attempt_at: Some(now),
            trouble: None,
            left_alone_until: None,
        }
    }

    /// What is to be asked now, if anything is. A sync that a person starts tries at once.
    ///
    /// `has_secrets` is false for an enquiry of which no more is here than its envelope.
    pub fn due(&self, now: DateTime<Utc>, by_person: bool, has_secrets: bool) -> Option<Asking> {
        let asking = self.wanted(now, has_secrets)?;
        // A clock that was set back leaves no enquiry waiting for what was the future.
        let waits = self.next_attempt_at.is_some_and(|it| now < it && it <= now + longest_wait());
        (by_person || !waits).then_some(asking)
    }

    fn wanted(&self, now: DateTime<Utc>, has_secrets: bool) -> Option<Asking> {
        if self.withdrawal == Withdrawal::Asked {
            return has_secrets.then_some(Asking::Delete);
        }
        match &self.stage {
            Stage::Waiting { retired: true, .. } | Stage::Received { forgotten: true, retired: true, .. } => {
                Some(Asking::SealAgain)
            }
            Stage::Waiting { envelope, .. } | Stage::Received { envelope, forgotten: true, .. } => {
                Some(Asking::Put(envelope.0.clone()))
            }
            Stage::Received { last: None, receipt, .. } => {
                let awaited = now < receipt.receipt.received_at + AWAITED;
                (awaited && has_secrets).then_some(Asking::Replies(ReplyNumber(0)))
            }
            Stage::Received { .. } | Stage::Expired { .. } | Stage::Refused { .. } | Stage::Withdrawn => None,
        }
    }

    /// Whether something is still to be told to the hub.
    pub fn delivers(&self) -> bool {
        self.withdrawal == Withdrawal::Asked
            || matches!(self.stage, Stage::Waiting { .. } | Stage::Received { forgotten: true, .. })
    }

    /// When the phone is to try again by itself, UTC: `None` where nothing is to be delivered. At once where a clock that was set back
    /// would have it wait for what was the future.
    pub fn wake_at(&self, now: DateTime<Utc>, has_secrets: bool) -> Option<DateTime<Utc>> {
        // Replies are asked for with the next sync, whenever that is.
        self.wanted(now, has_secrets).filter(|it| !matches!(it, Asking::Replies(_)))?;
        let next = self.next_attempt_at.unwrap_or(now);
        Some(if next <= now + longest_wait() { next } else { now })
    }

    /// An attempt begins. To be stored before the request leaves: were the app killed during it, the enquiry may be at the hub, and is
    /// tried again at the instant that stands here.
    ///
    /// `chance` is any number.
    pub fn begin(&mut self, asking: &Asking, now: DateTime<Utc>, chance: u64) {
        if let (Asking::Put(_), Stage::Waiting { there, .. }) = (asking, &mut self.stage) {
            *there = if *there == Presence::No { Presence::OnItsWay } else { Presence::Maybe };
            // The earliest, by whatever clock: a clock that was set back begins no second thirty days.
            self.first_tried_at = Some(self.first_tried_at.map_or(now, |it| it.min(now)));
        }
        self.put_off(now, None, chance);
    }

    /// What came of an attempt: changes where the enquiry is, and says what is new.
    ///
    /// `chance` is any number.
    #[allow(clippy::too_many_arguments)]
    pub fn heard(
        &mut self,
        asking: &Asking,
        answer: &Result<Answer, Silence>,
        id: EnquiryId,
        secrets: Option<&Secrets>,
        receipts: &[ReceiptKey],
        now: DateTime<Utc>,
        chance: u64,
    ) -> Vec<News> {
        let answer = match answer {
            Ok(answer) => answer,
            Err(silence) => {
                if let Stage::Waiting { there: there @ Presence::OnItsWay, .. } = &mut self.stage {
                    *there = if *silence == Silence::NoNetwork { Presence::No } else { Presence::Maybe };
                }
                return self.failed((*silence).into(), None, now, chance);
            }
        };
        if let Stage::Waiting { there: there @ Presence::OnItsWay, .. } = &mut self.stage {
            *there = Presence::Maybe;
        }
        let problem = Problem::parse(answer.status, &answer.body);
        let news = match (asking, answer.status) {
            (Asking::Put(envelope), 200 | 201) => {
                let receipt = receipt(&answer.body, id, receipts);
                receipt
                    .filter(|it| it.receipt.sha256 == Sha256::of(envelope))
                    .map(|it| self.received(it, envelope))
            }
            (Asking::Put(envelope), _) => problem.and_then(|it| self.put_refused(it, envelope, id, receipts)),
            (Asking::Replies(_), 200) => {
                let replies = serde_json::from_slice::<Replies>(&answer.body).ok();
                replies.zip(secrets).map(|(replies, secrets)| self.replied(&replies, id, secrets))
            }
            (Asking::Delete, 204) => Some(self.withdrawn()),
            (Asking::Replies(_), _) => problem.and_then(|it| self.replies_refused(it.0)),
            (Asking::Delete, _) => problem.and_then(|it| self.delete_refused(it.0)),
            (Asking::SealAgain, _) => None,
        };
        match news {
            Some(news) => {
                self.failures = 0;
                self.trouble = None;
                self.left_alone_until = None;
                // What is still to be delivered goes on at once.
                self.next_attempt_at = Some(now);
                news
            }
            None => self.failed(trouble(answer), answer.retry_after, now, chance),
        }
    }

    /// The same text is sealed to a newer key.
    pub fn sealed_again(&mut self, sealed: Enclosed, now: DateTime<Utc>) {
        if let Stage::Waiting { envelope, retired, .. } | Stage::Received { envelope, retired, .. } =
            &mut self.stage
        {
            *envelope = sealed;
            *retired = false;
            self.next_attempt_at = Some(now);
        }
    }

    /// The bank that is here names no newer key, or the text is not here: it is tried again later, with a newer bank.
    pub fn not_sealed_again(&mut self, now: DateTime<Utc>, chance: u64) -> Vec<News> {
        self.failed(Trouble::NoKey, None, now, chance)
    }

    /// The family wants it back. At once where no attempt was begun; else the hub is asked, and it stands where it stood until the hub
    /// says so.
    ///
    /// # Errors
    /// [`TooLate`] where staff have opened it, or where it was taken back before.
    pub fn withdraw(&mut self, now: DateTime<Utc>, has_secrets: bool) -> Result<(), TooLate> {
        match &self.stage {
            Stage::Waiting { there: Presence::No, .. }
            | Stage::Expired { there: Presence::No }
            | Stage::Refused { .. } => {
                self.withdrawn();
                Ok(())
            }
            Stage::Received { opened_at: Some(_), .. }
            | Stage::Received { last: Some(_), .. }
            | Stage::Withdrawn => Err(TooLate),
            _ if self.withdrawal == Withdrawal::TooLate || !has_secrets => Err(TooLate),
            Stage::Waiting { .. } | Stage::Received { .. } | Stage::Expired { .. } => {
                self.withdrawal = Withdrawal::Asked;
                self.next_attempt_at = Some(now);
                Ok(())
            }
        }
    }

    fn received(&mut self, receipt: SignedReceipt, sent: &[u8]) -> Vec<News> {
        match &mut self.stage {
            // A hub that forgot it has it again. When it first came is told as before, and so is that it was opened.
            Stage::Received { forgotten, .. } => {
                *forgotten = false;
                Vec::new()
            }
            Stage::Waiting { .. } | Stage::Expired { .. } => {
                self.stage = Stage::Received {
                    envelope: Enclosed(sent.to_vec()),
                    receipt,
                    opened_at: None,
                    last: None,
                    forgotten: false,
                    retired: false,
                };
                vec![News::Received]
            }
            Stage::Refused { .. } | Stage::Withdrawn => Vec::new(),
        }
    }

    /// The hub's own problem with an envelope; `None` for one that passes.
    fn put_refused(
        &mut self,
        (code, problem): (ProblemCode, Problem),
        sent: &[u8],
        id: EnquiryId,
        receipts: &[ReceiptKey],
    ) -> Option<Vec<News>> {
        match code {
            // Nobody else has the id: it came in another envelope, from before it was sealed again or from a copy on another phone.
            ProblemCode::OtherBytes => {
                let receipt = problem.receipt.filter(|it| holds(it, id, receipts))?;
                Some(self.received(receipt, sent))
            }
            ProblemCode::Withdrawn => Some(self.withdrawn()),
            ProblemCode::RetiredKey => match &mut self.stage {
                Stage::Waiting { retired, .. } | Stage::Received { retired, .. } => {
                    *retired = true;
                    Some(Vec::new())
                }
                _ => None,
            },
            ProblemCode::TooMany | ProblemCode::Unavailable => None,
            because if problem.status < 500 && matches!(self.stage, Stage::Waiting { .. }) => {
                self.stage = Stage::Refused { because };
                Some(vec![News::Refused])
            }
            _ => None,
        }
    }

    fn replied(&mut self, replies: &Replies, id: EnquiryId, secrets: &Secrets) -> Vec<News> {
        let Stage::Received { opened_at, last, .. } = &mut self.stage else { return Vec::new() };
        let mut news = Vec::new();
        if let (None, Some(at)) = (&opened_at, replies.opened_at) {
            *opened_at = Some(at);
            news.push(News::Opened);
        }
        for reply in &replies.replies {
            if last.is_some_and(|it| reply.number <= it) {
                continue;
            }
            // What does not open was not written by who opened the enquiry: nobody else knows the key.
            if let Ok(text) = open_reply(id, reply.number, &reply.sealed, &secrets.reply_key) {
                *last = Some(reply.number);
                news.push(News::Replied(reply.number, text));
            }
        }
        news
    }

    /// The hub's own problem with a request for replies; `None` for one that passes.
    fn replies_refused(&mut self, code: ProblemCode) -> Option<Vec<News>> {
        match code {
            ProblemCode::Withdrawn => Some(self.withdrawn()),
            // Also where it is wanted back: a copy may be on its way yet, and only a withdrawal keeps it out.
            ProblemCode::NotFound => {
                if let Stage::Received { forgotten, .. } = &mut self.stage {
                    *forgotten = true;
                }
                Some(Vec::new())
            }
            _ => None,
        }
    }

    /// The hub's own problem with taking an enquiry back; `None` for one that passes.
    fn delete_refused(&mut self, code: ProblemCode) -> Option<Vec<News>> {
        match code {
            // Nothing lies there that is this phone's.
            ProblemCode::NotFound | ProblemCode::Withdrawn => Some(self.withdrawn()),
            ProblemCode::Opened => {
                // When they did, the hub says with the replies.
                self.withdrawal = Withdrawal::TooLate;
                Some(vec![News::TooLate])
            }
            _ => None,
        }
    }

    fn withdrawn(&mut self) -> Vec<News> {
        self.stage = Stage::Withdrawn;
        self.withdrawal = Withdrawal::None;
        vec![News::Withdrawn]
    }

    fn failed(
        &mut self,
        trouble: Trouble,
        retry_after: Option<Duration>,
        now: DateTime<Utc>,
        chance: u64,
    ) -> Vec<News> {
        self.trouble = Some(trouble);
        self.failures = self.failures.saturating_add(1);
        self.put_off(now, retry_after, chance);
        let tried_for = self.first_tried_at.map_or(TimeDelta::zero(), |it| now - it);
        if let Stage::Waiting { there, .. } = self.stage
            && self.withdrawal != Withdrawal::Asked
            && tried_for >= TRIED_FOR
        {
            self.stage = Stage::Expired { there };
            return vec![News::Expired];
        }
        Vec::new()
    }

    fn put_off(&mut self, now: DateTime<Utc>, retry_after: Option<Duration>, chance: u64) {
        let waits = wait(self.failures.max(1), retry_after, chance);
        let next = now + TimeDelta::from_std(waits).unwrap_or(longest_wait());
        // The last attempt is made when the thirty days are over, not hours later.
        let end = self.first_tried_at.map(|it| it + TRIED_FOR).filter(|it| *it > now);
        let next = end.map_or(next, |it| next.min(it));
        // But never before the hub wants to hear of it, also where a person tried meanwhile.
        // What was asked for by a clock that was ahead binds nobody.
        let before = self.left_alone_until.filter(|it| *it <= now + longest_wait());
        let asked =
            retry_after.map(|it| now + TimeDelta::from_std(it).unwrap_or(longest_wait()).min(longest_wait()));
        self.left_alone_until = before.max(asked);
        self.next_attempt_at = Some(self.left_alone_until.map_or(next, |it| next.max(it)));
    }
}

fn longest_wait() -> TimeDelta {
    TimeDelta::from_std(LONGEST_WAIT).unwrap_or(TimeDelta::zero())
}

fn receipt(body: &[u8], id: EnquiryId, keys: &[ReceiptKey]) -> Option<SignedReceipt> {
    serde_json::from_slice(body).ok().filter(|it| holds(it, id, keys))
}

fn holds(receipt: &SignedReceipt, id: EnquiryId, keys: &[ReceiptKey]) -> bool {
    receipt.receipt.id == id && receipt.is_signed_by(keys)
}

fn trouble(answer: &Answer) -> Trouble {
    match answer.status {
        429 => Trouble::Busy,
        500.. => Trouble::HubDown,
        _ => Trouble::CaptivePortal,
    }
}
