//! Replies: sealed to the key that was made for the one enquiry, and bound to their place in it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::id::EnquiryId;
use super::keys::{PublicHalf, SecretHalf};
use super::padding::{pad, unpad};
use super::suite::{self, ENCAPSULATED, TAG};

/// The lengths that a sealed reply may have, in bytes.
const SIZES: [usize; 3] = [1 << 10, 4 << 10, 16 << 10];
const INFO: &[u8] = b"otsupport reply 1";

/// The instant at which a reply was given, in milliseconds since 1970, UTC, and later than that of the one before. A hub that was put
/// back to an older copy of itself gives no number twice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReplyNumber(pub u64);

/// What a hub answers to `GET /v1/enquiries/{id}/replies`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Replies {
    /// When staff opened the enquiry; `None` if they have not.
    pub opened_at: Option<DateTime<Utc>>,
    /// The replies that are newer than the one that was asked for, the oldest first.
    pub replies: Vec<SealedReply>,
}

/// One of them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SealedReply {
    /// Its number.
    pub number: ReplyNumber,
    /// The sealed bytes, in base64 (RFC 4648, section 4).
    #[serde(with = "super::base64")]
    pub sealed: Vec<u8>,
}

/// Why a reply could not be sealed or opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ReplyError {
    /// The text is longer than the largest size holds: some 16,000 bytes.
    #[error("the reply is too long")]
    TooLong,
    /// The enquiry's reply key is none.
    #[error("not a key that can be sealed to")]
    BadKey,
    /// It is another enquiry's reply, or another one of this, or was changed.
    #[error("the reply does not open")]
    DoesNotOpen,
}

/// Seals the service's words to an enquiry's reply key. `random` is used once.
///
/// # Errors
/// [`ReplyError::TooLong`], [`ReplyError::BadKey`].
pub fn seal_reply(
    id: EnquiryId,
    number: ReplyNumber,
    text: &str,
    to: &PublicHalf,
    random: &[u8; 32],
) -> Result<Vec<u8>, ReplyError> {
    let classes = SIZES.map(|it| it - ENCAPSULATED - TAG);
    let padded = pad(text.as_bytes(), classes).map(Zeroizing::new).ok_or(ReplyError::TooLong)?;
    suite::seal(to, INFO, &place(id, number), &padded, random).ok_or(ReplyError::BadKey)
}

/// The service's words.
///
/// # Errors
/// [`ReplyError::DoesNotOpen`].
pub fn open_reply(
    id: EnquiryId,
    number: ReplyNumber,
    sealed: &[u8],
    with: &SecretHalf,
) -> Result<String, ReplyError> {
    let padded = suite::open(with, INFO, &place(id, number), sealed).ok_or(ReplyError::DoesNotOpen)?;
    let text = unpad(&padded).and_then(|it| std::str::from_utf8(it).ok());
    text.map(str::to_owned).ok_or(ReplyError::DoesNotOpen)
}

fn place(id: EnquiryId, number: ReplyNumber) -> Vec<u8> {
    [&id.as_bytes()[..], &number.0.to_be_bytes()].concat()
}
