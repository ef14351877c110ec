//! How a sync ended.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::enquiries::Delivered;

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
    /// Nobody asked for it, and abroad a byte may cost much.
    Roaming,
    /// The system lets the app send nothing while it is not on the screen.
    BackgroundBlocked,
    /// The hub failed a moment ago and is left alone until [`SyncReport::next_attempt_at`].
    Waiting,
    /// The link is paid for by the byte, and media wait for one that is not.
    Metered,
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
            Self::Roaming => "roaming",
            Self::BackgroundBlocked => "background-blocked",
            Self::Waiting => "waiting",
            Self::Metered => "metered",
            Self::BadMedia => "bad-media",
            Self::MediaBudget => "media-budget",
        }
    }

    /// Whether it is the hub that failed, so that it is left alone for a while.
    pub(crate) fn is_the_hubs(self) -> bool {
        !matches!(
            self,
            Self::NoNetwork
                | Self::CaptivePortal
                | Self::Intercepted
                | Self::NeedsUpdate
                | Self::Roaming
                | Self::BackgroundBlocked
                | Self::Waiting
        )
    }

    /// Whether the hub was not reached, rather than not trusted.
    pub(crate) fn outcome(self) -> Outcome {
        match self {
            Self::NoNetwork
            | Self::CaptivePortal
            | Self::Intercepted
            | Self::HubDown
            | Self::Roaming
            | Self::BackgroundBlocked
            | Self::Waiting
            | Self::Metered => Outcome::Offline,
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
    /// When the phone tries again by itself, at the earliest, after the hub failed. A person's own sync never waits.
    pub next_attempt_at: Option<DateTime<Utc>>,
}

impl SyncReport {
    /// Counts what became of the enquiries.
    pub(crate) fn count(&mut self, delivered: Delivered) {
        let Delivered { delivered, replies, requests, bytes } = delivered;
        self.delivered += delivered;
        self.replies += replies;
        self.requests += requests;
        self.bytes += bytes;
    }

    /// A sync that was not run.
    pub(crate) fn held_back(bank: u64, reason: Reason, next_attempt_at: Option<DateTime<Utc>>) -> Self {
        Self {
            outcome: reason.outcome(),
            from: bank,
            to: bank,
            requests: 0,
            bytes: 0,
            delivered: 0,
            replies: 0,
            reason: Some(reason),
            next_attempt_at,
        }
    }
}
