//! What becomes of a request.

use otsupport_wire::enquiry::{Problem, ProblemCode, Replies, SignedReceipt};

/// What a request came to.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    /// The envelope is kept.
    Received(SignedReceipt),
    /// It was kept before.
    Again(SignedReceipt),
    /// The replies, for their enquiry's sender.
    Replies(Replies),
    /// The enquiry is gone, now or since before.
    Withdrawn {
        /// Whether it was before.
        again: bool,
    },
    /// It was refused.
    Refused(Problem),
}

impl From<ProblemCode> for Outcome {
    fn from(code: ProblemCode) -> Self {
        Self::Refused(code.into())
    }
}
