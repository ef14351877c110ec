//! An enquiry as this phone keeps it: what was written, where it is, and what came back.

use chrono::{DateTime, NaiveDate, Utc};
use otsupport_wire::enquiry::{EnquiryId, ReplyNumber};
use serde::{Deserialize, Serialize};

use super::outbox::{Secrets, Stage, State, Way};
use super::request::Written;
use crate::storage::{FamilyRecord, Table};

/// One enquiry: a sealed row.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Enquiry {
    pub(crate) id: EnquiryId,
    /// When it was written, UTC; when it came, for one that a safety copy brought as its envelope alone.
    pub(crate) written_at: DateTime<Utc>,
    /// Absent where no more is here than the envelope.
    pub(crate) written: Option<Written>,
    pub(crate) secrets: Option<Secrets>,
    /// Absent for a draft.
    pub(crate) way: Option<Way>,
    /// The service's replies, the oldest first.
    pub(crate) replies: Vec<Reply>,
    /// The day by which an answer was expected when it was received.
    pub(crate) expected_by: Option<NaiveDate>,
    /// The enquiry as which the same text was sent anew.
    pub(crate) sent_anew_as: Option<EnquiryId>,
    /// When the family last changed it, UTC.
    pub(crate) changed_at: DateTime<Utc>,
}

/// The service's words. They are never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reply {
    pub(crate) number: ReplyNumber,
    pub(crate) text: String,
    /// Whether the family has opened it.
    pub(crate) seen: bool,
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reply").field("number", &self.number).finish_non_exhaustive()
    }
}

impl FamilyRecord for Enquiry {
    const TABLE: Table = Table::Enquiries;

    fn id(&self) -> &str {
        self.id.as_str()
    }
}

impl Enquiry {
    /// Where it is, as far as is stored.
    pub(crate) fn state(&self) -> State {
        self.way.as_ref().map_or(State::Draft, Way::state)
    }

    /// Whether it is still to be sent.
    pub(crate) fn waits(&self) -> bool {
        self.state() == State::Waiting
    }

    /// Whether an answer is still to come.
    pub(crate) fn is_unanswered(&self) -> bool {
        matches!(self.state(), State::Received | State::Read)
    }

    /// When the hub received it, UTC, by its receipt.
    pub(crate) fn received_at(&self) -> Option<DateTime<Utc>> {
        match self.way.as_ref().map(|it| &it.stage) {
            Some(Stage::Received { receipt, .. }) => Some(receipt.receipt.received_at),
            _ => None,
        }
    }

    /// How far it has come, for telling which of two copies is the later one.
    pub(crate) fn progress(&self) -> u8 {
        match self.state() {
            State::Draft => 0,
            State::Waiting | State::Sending => 1,
            State::Expired | State::Refused => 2,
            State::Received => 3,
            State::Read => 4,
            State::Answered => 5,
            State::Withdrawn => 6,
        }
    }
}
