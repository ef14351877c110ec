//! Trust as The Update Framework has it: who may sign, and which bank is the newest.

mod bank;
mod document;
mod head;
mod key;
#[cfg(feature = "other-schemes")]
mod other_schemes;
mod roles;
mod verifier;
mod way;

use chrono::{DateTime, Utc};

pub use bank::{Deltas, Newest, News, Recall, Recalls, STEP, Skips};
pub use document::sign;
pub use head::{Expiry, HEAD_LIMIT, Head, HeadError, Signers, Verified};
pub use key::{KeyId, PublicKey, SigningKey};
pub use roles::{
    DelegatedRole, Delegations, Document, DocumentHead, Hashes, MetaFile, Role, RoleKeys, Root, SPEC_VERSION,
    Snapshot, TargetFile, Targets, Timestamp,
};
pub use verifier::{
    Chain, Freshness, MOST_DELEGATIONS, MOST_ROOTS, Origin, ROOT_LIMIT, SNAPSHOT_LIMIT, Search,
    TARGETS_LIMIT, TIMESTAMP_LIMIT, Verifier, Versions,
};
pub use way::{Hop, Way};

/// Why a document is not trusted.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// It is not JSON of its kind, or has no canonical form.
    #[error("malformed metadata: {0}")]
    Malformed(#[from] serde_json::Error),
    /// It calls itself another kind of document, or follows another specification.
    #[error("metadata of another kind or specification")]
    WrongKind,
    /// Too few valid signatures by the keys that may sign it.
    #[error("too few valid signatures")]
    Unsigned,
    /// It held until then.
    #[error("expired at {0}")]
    Expired(DateTime<Utc>),
    /// It is older than what was trusted before.
    #[error("older than what was trusted before")]
    Rollback,
    /// It bears another number than it is named by.
    #[error("another version than it is named by")]
    WrongVersion,
    /// Its bytes are not those that another document names.
    #[error("not the bytes that were signed for")]
    NotAsNamed,
    /// No document names it.
    #[error("not listed")]
    NotListed,
    /// The documents before it are not here yet.
    #[error("fed out of order")]
    OutOfOrder,
}
