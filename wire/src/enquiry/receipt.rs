//! Receipts: the hub's signed word that an envelope lies with it. Nothing is called sent without one.

use chrono::{DateTime, Utc};
use ed25519_dalek::VerifyingKey;
use serde::{Deserialize, Serialize};

use super::id::EnquiryId;
use super::keys::ReceiptKey;
use crate::Sha256;
use crate::digest::from_hex;
use crate::trust::SigningKey;

/// What a hub says that it holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Receipt {
    /// The enquiry.
    pub id: EnquiryId,
    /// The SHA-256 of its envelope.
    pub sha256: Sha256,
    /// When it came, in milliseconds since 1970, UTC, by the hub's clock.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub received_at: DateTime<Utc>,
}

/// A receipt and its signature.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SignedReceipt {
    /// What it says.
    #[serde(flatten)]
    pub receipt: Receipt,
    /// Ed25519 (RFC 8032) over the receipt, as 128 hexadecimal digits.
    pub signature: String,
}

impl Receipt {
    /// What is signed: a text that no other signed thing begins with.
    fn message(&self) -> Vec<u8> {
        let Self { id, sha256, received_at } = self;
        format!("otsupport-receipt 1\n{id}\n{sha256}\n{}\n", received_at.timestamp_millis()).into_bytes()
    }

    /// The same, signed.
    pub fn sign(self, key: &SigningKey) -> SignedReceipt {
        SignedReceipt { signature: key.sign(&self.message()), receipt: self }
    }
}

impl SignedReceipt {
    /// Whether one of these keys signed it.
    pub fn is_signed_by(&self, keys: &[ReceiptKey]) -> bool {
        let Some(signature) = from_hex::<64>(&self.signature) else { return false };
        let message = self.receipt.message();
        keys.iter().any(|key| {
            VerifyingKey::from_bytes(key.as_bytes())
                .is_ok_and(|key| key.verify_strict(&message, &signature.into()).is_ok())
        })
    }
}
