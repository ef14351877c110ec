//! How a sync ended.

use serde::Serialize;

/// What a sync came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// A newer bank is here.
    Updated,
    /// The bank that is here is the newest.
    Unchanged,
    /// The hub could not be reached. Everything that is here works.
    Offline,
    /// What came could not be trusted. Everything that is here works.
    Refused,
}

/// Why a sync ended offline or refused. The codes are stable.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// There is no way to the network.
    NoNetwork,
    /// A public network's log-in page answered.
    CaptivePortal,
    /// Somebody answers for the hub without its certificate.
    Intercepted,
    /// The hub does not answer, or not as a hub does.
    HubDown,
    /// The head is not one, or too large.
    BadHead,
    /// Too few valid signatures.
    BadSignature,
    /// The signed statement has expired; the hub has not been looked after.
    Expired,
    /// Its documents do not belong together.
    Mixed,
    /// Older than what this phone has once trusted.
    Rollback,
    /// The same number for something else.
    Forked,
    /// The bank is not the one that was signed.
    BadBank,
    /// The bank needs a newer app.
    NeedsUpdate,
    /// A file is not the one that the bank names.
    BadMedia,
    /// There is no room for a file within the family's budget, since what is saved takes it.
    MediaBudget,
}

impl Reason {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoNetwork => "no-network",
            Self::CaptivePortal => "captive-portal",
            Self::Intercepted => "intercepted",
            Self::HubDown => "hub-down",
            Self::BadHead => "bad-head",
            Self::BadSignature => "bad-signature",
            Self::Expired => "expired",
            Self::Mixed => "mixed",
            Self::Rollback => "rollback",
            Self::Forked => "forked",
            Self::BadBank => "bad-bank",
            Self::NeedsUpdate => "needs-update",
            Self::BadMedia => "bad-media",
            Self::MediaBudget => "media-budget",
        }
    }

    /// Whether the hub was not reached, rather than not trusted.
    pub(crate) fn outcome(self) -> Outcome {
        match self {
            Self::NoNetwork | Self::CaptivePortal | Self::Intercepted | Self::HubDown => Outcome::Offline,
            _ => Outcome::Refused,
        }
    }
}

/// What a sync did.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct SyncReport {
    /// What it came to.
    pub outcome: Outcome,
    /// The bank before; 0 for none.
    pub from: u64,
    /// The bank now; 0 for none.
    pub to: u64,
    /// How many requests were made.
    pub requests: u32,
    /// How many bytes of answers travelled.
    pub bytes: u64,
    /// How many enquiries were delivered.
    pub delivered: u32,
    /// How many replies came.
    pub replies: u32,
    /// Why, if it ended offline or refused.
    pub reason: Option<Reason>,
}
