//! Where an enquiry is.

use chrono::{DateTime, Utc};
use otsupport_wire::enquiry::{Bearer, ProblemCode, ReplyNumber, SecretHalf, SignedReceipt};
use serde::{Deserialize, Serialize};

use super::answer::Trouble;

/// A sealed envelope, as the hub gets it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Enclosed(#[serde(with = "otsupport_wire::enquiry::base64")] pub Vec<u8>);

/// What belongs to one enquiry and never leaves the phone but as a hash or a public half.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secrets {
    /// Proves to the hub who asks for the replies.
    pub bearer: Bearer,
    /// Opens the replies.
    pub reply_key: SecretHalf,
}

/// An enquiry's way to the service and back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Way {
    /// How far it has come.
    pub stage: Stage,
    /// Whether the family wants it back.
    #[serde(default)]
    pub withdrawal: Withdrawal,
    /// How many attempts in a row failed.
    pub failures: u32,
    /// When the first attempt was begun, UTC.
    pub first_tried_at: Option<DateTime<Utc>>,
    /// Before when the phone does not try by itself, UTC.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// Why the last attempt failed.
    pub trouble: Option<Trouble>,
    /// Until when the hub asked to be left alone, UTC.
    #[serde(default)]
    pub left_alone_until: Option<DateTime<Utc>>,
}

/// How far an enquiry has come.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Stage {
    /// Not known to be at the hub.
    Waiting {
        /// What is sent.
        envelope: Enclosed,
        /// Whether it may be there all the same.
        there: Presence,
        /// Whether the hub refused the key that it is sealed to: it is to be sealed again.
        retired: bool,
    },
    /// The hub has given its receipt.
    Received {
        /// What was sent: kept until it is answered, for a hub that forgot it.
        envelope: Enclosed,
        /// The hub's signed word.
        receipt: SignedReceipt,
        /// When staff opened it, as the hub says.
        opened_at: Option<DateTime<Utc>>,
        /// The newest reply that is here.
        last: Option<ReplyNumber>,
        /// Whether the hub knows it no longer: it is sent once more.
        forgotten: bool,
        /// Whether the hub refused the key that it is sealed to, when it was sent once more.
        retired: bool,
    },
    /// Thirty days of trying brought no receipt.
    Expired {
        /// Whether it may be there all the same.
        there: Presence,
    },
    /// The hub will not take it.
    Refused {
        /// Why.
        because: ProblemCode,
    },
    /// The family took it back: it is not at the hub.
    Withdrawn,
}

/// Whether an envelope may be at the hub that has given no receipt.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Presence {
    /// It never left the phone.
    No,
    /// The first attempt is under way, or ended with the app.
    OnItsWay,
    /// An attempt left the phone.
    Maybe,
}

/// Whether a family wants an enquiry back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Withdrawal {
    /// No.
    #[default]
    None,
    /// Yes: the hub is to be told, and has not said yet that it is so.
    Asked,
    /// It was too late: staff had opened it.
    TooLate,
}

/// Where an enquiry is, in the words of the contract.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Written, and not to be sent yet.
    Draft,
    /// To be sent.
    Waiting,
    /// An attempt is under way.
    Sending,
    /// The hub has it.
    Received,
    /// Staff have opened it.
    Read,
    /// A reply is here.
    Answered,
    /// It could not be delivered.
    Expired,
    /// The hub will not take it.
    Refused,
    /// The family took it back.
    Withdrawn,
}

impl Way {
    /// Where it is. Only who sends it knows that it is being sent.
    pub fn state(&self) -> State {
        match &self.stage {
            Stage::Waiting { .. } => State::Waiting,
            Stage::Received { last: Some(_), .. } => State::Answered,
            Stage::Received { opened_at: Some(_), .. } => State::Read,
            // Staff had opened it, or it would have been given back.
            Stage::Received { .. } if self.withdrawal == Withdrawal::TooLate => State::Read,
            Stage::Received { .. } => State::Received,
            Stage::Expired { .. } => State::Expired,
            Stage::Refused { .. } => State::Refused,
            Stage::Withdrawn => State::Withdrawn,
        }
    }
}

/// What is asked of the hub, or of whoever seals.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Asking {
    /// `PUT` the envelope.
    Put(Vec<u8>),
    /// `GET` the replies after this one.
    Replies(ReplyNumber),
    /// `DELETE` it.
    Delete,
    /// Seal the same text to the newest key, under the same id.
    SealAgain,
}

/// What an answer brought.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum News {
    /// The hub has it.
    Received,
    /// Staff opened it.
    Opened,
    /// A reply, opened.
    Replied(ReplyNumber, String),
    /// It could not be delivered in thirty days.
    Expired,
    /// The hub will not take it.
    Refused,
    /// It is not at the hub any more.
    Withdrawn,
    /// It could not be taken back: staff had opened it.
    TooLate,
}
