//! The engine under test, and eighteen ways in which it, its driver or the hub may be wrong: what the checker must find.

use std::time::Duration;

use chrono::{DateTime, Utc};
use otsupport_core::enquiries::outbox::{Answer, Asking, News, Presence, Silence, Stage, Trouble, Way};
use otsupport_wire::Sha256;
use otsupport_wire::enquiry::{EnquiryId, ProblemCode, Receipt, ReceiptKey};

use super::history::Record;
use super::keys::keys;

/// In which way all is wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Planted {
    /// In none.
    Nothing,
    /// Each attempt has a new id.
    NewIdEachAttempt,
    /// It says that the hub has it when the request has left.
    ReceivedBeforeReceipt,
    /// Nobody looks at a receipt's signature.
    SignatureUnchecked,
    /// Any answer with 200 is a receipt.
    PageTakenForReceipt,
    /// It gives up after eight tries.
    GivesUpAfterEight,
    /// After a failure nothing wakes the app.
    NoWakeAfterFailure,
    /// Being asked to wait is being refused.
    BusyTakenForRefusal,
    /// That an attempt begins is not stored before the request leaves.
    BeginNotStored,
    /// The hub takes other bytes under a known id.
    HubTakesOtherBytes,
    /// The hub gives its receipt before it has kept the envelope, and is killed in between.
    HubAnswersBeforeCommit,
    /// The newest reply that is here is forgotten.
    ReplyForgotten,
    /// What is sealed again has a new id.
    SealedUnderNewId,
    /// What is sealed again is sealed to the old key.
    SealedToOldKey,
    /// The family's words go when they could not be delivered.
    ExpiredTextDropped,
    /// One failure holds up all that comes after it.
    OneFailureStopsOthers,
    /// What is withdrawn is withdrawn at once, wherever it is.
    WithdrawnAtOnce,
    /// When the hub wants to be left alone does not matter.
    IgnoresRetryAfter,
    /// It tries for ever.
    NeverExpires,
    /// What the family can read is not what the service wrote.
    OtherWords,
}

impl Planted {
    /// All that are wrong.
    pub const ALL: [Self; 19] = [
        Self::NewIdEachAttempt,
        Self::ReceivedBeforeReceipt,
        Self::SignatureUnchecked,
        Self::PageTakenForReceipt,
        Self::GivesUpAfterEight,
        Self::NoWakeAfterFailure,
        Self::BusyTakenForRefusal,
        Self::BeginNotStored,
        Self::HubTakesOtherBytes,
        Self::HubAnswersBeforeCommit,
        Self::ReplyForgotten,
        Self::SealedUnderNewId,
        Self::SealedToOldKey,
        Self::ExpiredTextDropped,
        Self::OneFailureStopsOthers,
        Self::WithdrawnAtOnce,
        Self::IgnoresRetryAfter,
        Self::NeverExpires,
        Self::OtherWords,
    ];

    /// When the engine wants to be woken.
    pub fn wake_at(self, way: &Way, now: DateTime<Utc>, has_secrets: bool) -> Option<DateTime<Utc>> {
        way.wake_at(now, has_secrets).filter(|_| self != Self::NoWakeAfterFailure || way.failures == 0)
    }

    /// What an answer means.
    pub fn heard(
        self,
        record: &mut Record,
        asking: &Asking,
        answer: &Result<Answer, Silence>,
        receipts: &[ReceiptKey],
        now: DateTime<Utc>,
        chance: u64,
    ) -> Vec<News> {
        let Record { id, secrets, way, .. } = record;
        let mut answer = answer.clone();
        let mut receipts = receipts.to_vec();
        match (self, &mut answer) {
            (Self::SignatureUnchecked, _) => receipts.push(keys().forger.1),
            (Self::IgnoresRetryAfter, Ok(answer)) => {
                answer.retry_after = answer.retry_after.map(|_| Duration::ZERO)
            }
            (Self::PageTakenForReceipt, Ok(Answer { status: 200, .. })) => {
                if let (Asking::Put(body), Stage::Waiting { .. }) = (asking, &way.stage) {
                    way.stage = received(*id, body, now);
                    return vec![News::Received];
                }
            }
            (Self::BusyTakenForRefusal, Ok(Answer { status: 429, .. })) => {
                if matches!(way.stage, Stage::Waiting { .. }) {
                    way.stage = Stage::Refused { because: ProblemCode::TooMany };
                    return vec![News::Refused];
                }
            }
            _ => {}
        }
        let mut news = way.heard(asking, &answer, *id, secrets.as_ref(), &receipts, now, chance);
        let is_waiting = matches!(way.stage, Stage::Waiting { .. });
        match self {
            Self::GivesUpAfterEight if is_waiting && way.failures >= 8 => {
                way.stage = Stage::Expired { there: Presence::Maybe };
                news.push(News::Expired);
            }
            Self::NeverExpires if is_waiting => way.first_tried_at = way.first_tried_at.max(Some(now)),
            Self::ReplyForgotten => {
                if let Stage::Received { last, .. } = &mut way.stage {
                    way.next_attempt_at = last.take().map_or(way.next_attempt_at, |_| Some(now));
                }
            }
            Self::ExpiredTextDropped if matches!(way.stage, Stage::Expired { .. }) => record.text = None,
            Self::OtherWords => {
                for it in &mut news {
                    if let News::Replied(_, text) = it {
                        text.push('!');
                    }
                }
            }
            _ => {}
        }
        news
    }

    /// What the family's wish to have it back means, if this is wrong about it.
    pub fn withdraws(self, way: &mut Way) -> bool {
        let wrong = self == Self::WithdrawnAtOnce && matches!(way.stage, Stage::Waiting { .. });
        if wrong {
            way.stage = Stage::Withdrawn;
            way.trouble = None::<Trouble>;
        }
        wrong
    }
}

/// The stage of an enquiry that nobody gave a receipt for.
fn received(id: EnquiryId, body: &[u8], now: DateTime<Utc>) -> Stage {
    let receipt = Receipt { id, sha256: Sha256::of(body), received_at: now }.sign(&keys().forger.0);
    Stage::Received {
        envelope: otsupport_core::enquiries::outbox::Enclosed(body.to_vec()),
        receipt,
        opened_at: None,
        last: None,
        forgotten: false,
        retired: false,
    }
}
