//! The problems of a hub's intake (RFC 9457).

use serde::{Deserialize, Serialize};

use super::receipt::SignedReceipt;

/// What the `type` of every problem of a hub's own begins with. A proxy's problems begin otherwise.
pub const PROBLEM_TYPE: &str = "urn:otsupport:problem:";

/// What is wrong. The code stands behind [`PROBLEM_TYPE`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemCode {
    /// The body is no envelope, or is of a form that this hub does not know. 400
    BadEnvelope,
    /// The envelope bears another id than the address. 400
    OtherId,
    /// The body is larger than any envelope. 413
    TooLarge,
    /// Another envelope lies under this id; [`Problem::receipt`] is its receipt. 409
    OtherBytes,
    /// It is sealed to a key that the hub takes no longer: fetch the newest bank and seal it again. 422
    RetiredKey,
    /// It was withdrawn. 410
    Withdrawn,
    /// Staff have opened it: it can be withdrawn no longer. 409
    Opened,
    /// There is no such enquiry, or the secret is not its. 404
    NotFound,
    /// Too many requests: come back after `Retry-After`. 429
    TooMany,
    /// The hub has no room, or its database does not answer: come back later. 503
    Unavailable,
    /// The request is none that the hub knows. 405, 400
    BadRequest,
    /// One that this code does not know.
    #[serde(other)]
    Other,
}

impl ProblemCode {
    /// The code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BadEnvelope => "bad-envelope",
            Self::OtherId => "other-id",
            Self::TooLarge => "too-large",
            Self::OtherBytes => "other-bytes",
            Self::RetiredKey => "retired-key",
            Self::Withdrawn => "withdrawn",
            Self::Opened => "opened",
            Self::NotFound => "not-found",
            Self::TooMany => "too-many",
            Self::Unavailable => "unavailable",
            Self::BadRequest => "bad-request",
            Self::Other => "other",
        }
    }

    /// The status that it comes with.
    pub fn status(self) -> u16 {
        match self {
            Self::BadEnvelope | Self::OtherId | Self::BadRequest | Self::Other => 400,
            Self::NotFound => 404,
            Self::OtherBytes | Self::Opened => 409,
            Self::Withdrawn => 410,
            Self::TooLarge => 413,
            Self::RetiredKey => 422,
            Self::TooMany => 429,
            Self::Unavailable => 503,
        }
    }

    /// The problem in words, for whoever reads a log. Nothing of a request stands in it.
    pub fn title(self) -> &'static str {
        match self {
            Self::BadEnvelope => "The body is no envelope that this hub knows",
            Self::OtherId => "The envelope bears another id than the address",
            Self::TooLarge => "The body is larger than any envelope",
            Self::OtherBytes => "Another envelope lies under this id",
            Self::RetiredKey => "It is sealed to a key that is taken no longer",
            Self::Withdrawn => "It was withdrawn",
            Self::Opened => "Staff have opened it",
            Self::NotFound => "There is no such enquiry, or the secret is not its",
            Self::TooMany => "Too many requests",
            Self::Unavailable => "The hub cannot keep it now",
            Self::BadRequest => "The request is none that the hub knows",
            Self::Other => "It was refused",
        }
    }

    fn of(kind: &str) -> Option<Self> {
        let code = kind.strip_prefix(PROBLEM_TYPE)?;
        serde_json::from_value(serde_json::Value::String(code.to_owned())).ok()
    }
}

/// A problem as it travels (`application/problem+json`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Problem {
    /// [`PROBLEM_TYPE`] and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The problem in words.
    pub title: String,
    /// The status that it comes with.
    pub status: u16,
    /// With [`ProblemCode::OtherBytes`]: the receipt of what lies there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<SignedReceipt>,
}

impl From<ProblemCode> for Problem {
    fn from(code: ProblemCode) -> Self {
        Self {
            kind: format!("{PROBLEM_TYPE}{}", code.as_str()),
            title: code.title().to_owned(),
            status: code.status(),
            receipt: None,
        }
    }
}

impl Problem {
    /// The problem of an answer with this status, if it is a hub's own.
    pub fn parse(status: u16, body: &[u8]) -> Option<(ProblemCode, Self)> {
        let problem: Self = serde_json::from_slice(body).ok()?;
        let code = ProblemCode::of(&problem.kind)?;
        (problem.status == status).then_some((code, problem))
    }
}
