//! The keys around an enquiry, each a type of its own so that none takes another's place.

use std::fmt;

use chrono::{DateTime, Utc};
use hpke::{Deserializable, Kem, Serializable};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::suite::X25519;
use crate::Sha256;
use crate::digest::{from_hex, to_hex};

/// The keys that a bank names for enquiries.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct EnquiryKeys {
    /// To whom enquiries are sealed: the newest first, then those before it that are still taken.
    pub service: Vec<ServiceKey>,
    /// Whose private half lies offline: what was sealed is not lost with the service's key.
    pub recovery: PublicHalf,
    /// Who signs receipts: the newest first.
    pub receipt: Vec<ReceiptKey>,
}

impl EnquiryKeys {
    /// The key to seal to: the newest that has not ended.
    pub fn current(&self, now: DateTime<Utc>) -> Option<&ServiceKey> {
        self.service.iter().find(|it| it.until.is_none_or(|until| now < until))
    }

    /// Whether an envelope that is sealed to this key is taken.
    pub fn takes(&self, key: KeyTag, now: DateTime<Utc>) -> bool {
        self.service.iter().any(|it| it.public.tag() == key && it.until.is_none_or(|until| now < until))
    }
}

/// The public half of a service key, and until when it serves.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ServiceKey {
    /// The public half.
    pub public: PublicHalf,
    /// Until when, UTC; without an end if absent.
    pub until: Option<DateTime<Utc>>,
}

/// The public half of an X25519 key (RFC 7748), as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct PublicHalf([u8; 32]);

/// A key's short name in an envelope: the first bytes of the SHA-256 of its public half.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyTag(pub(super) [u8; 8]);

/// The text is not a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not a key of 64 lower-case hexadecimal digits")]
pub struct NotAKey;

impl PublicHalf {
    /// The half with these bytes. Whether it is a point is found when something is sealed to it.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Its short name.
    pub fn tag(&self) -> KeyTag {
        let digest = Sha256::of(&self.0);
        let mut tag = [0; 8];
        tag.copy_from_slice(&digest.as_bytes()[..8]);
        KeyTag(tag)
    }

    pub(super) fn point(&self) -> Option<<X25519 as Kem>::PublicKey> {
        <X25519 as Kem>::PublicKey::from_bytes(&self.0).ok()
    }
}

/// The private half of an X25519 key. It is wiped from memory when dropped, and never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretHalf(Zeroizing<[u8; 32]>);

impl SecretHalf {
    /// The key with these bytes, which must be random.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The 32 bytes, to be kept.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The public half.
    pub fn public(&self) -> Option<PublicHalf> {
        let public = X25519::sk_to_pk(&self.scalar()?);
        Some(PublicHalf(public.to_bytes().into()))
    }

    pub(super) fn scalar(&self) -> Option<<X25519 as Kem>::PrivateKey> {
        <X25519 as Kem>::PrivateKey::from_bytes(self.0.as_slice()).ok()
    }
}

/// What proves to the hub that somebody is who sent an enquiry: 32 random bytes, kept on the phone. The hub keeps its hash alone. It is
/// wiped from memory when dropped, and never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Bearer(Zeroizing<[u8; 32]>);

/// The SHA-256 of a [`Bearer`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BearerHash(pub [u8; 32]);

impl Bearer {
    /// The secret with these bytes, which must be random.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The 32 bytes, to be kept.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// What the hub keeps of it.
    pub fn hash(&self) -> BearerHash {
        BearerHash(*Sha256::of(self.0.as_slice()).as_bytes())
    }

    /// As it stands in a request's `Authorization: Bearer …` (RFC 6750, section 2.1): 64 hexadecimal digits.
    pub fn to_token(&self) -> Zeroizing<String> {
        Zeroizing::new(to_hex(self.0.as_slice()))
    }

    /// The secret of a request.
    pub fn from_token(token: &str) -> Option<Self> {
        from_hex(token).map(Self::from_bytes)
    }
}

impl BearerHash {
    /// Whether this is the hash of the secret. Hashes are compared, so the time that it takes tells nothing of the secret.
    pub fn is_of(&self, bearer: &Bearer) -> bool {
        bearer.hash() == *self
    }
}

/// The public half of the key that signs receipts (Ed25519, RFC 8032), as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ReceiptKey([u8; 32]);

impl ReceiptKey {
    /// The half with these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

macro_rules! hexadecimal {
    ($($type:ident),*) => {$(
        impl From<$type> for String {
            fn from(key: $type) -> Self {
                to_hex(&key.0)
            }
        }

        impl TryFrom<String> for $type {
            type Error = NotAKey;

            fn try_from(text: String) -> Result<Self, NotAKey> {
                from_hex(&text).map(Self).ok_or(NotAKey)
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&to_hex(&self.0))
            }
        }
    )*};
}

hexadecimal!(PublicHalf, ReceiptKey);

impl fmt::Debug for KeyTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_hex(&self.0))
    }
}

macro_rules! unprinted {
    ($($type:ident),*) => {$(
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($type), "(…)"))
            }
        }
    )*};
}

unprinted!(SecretHalf, Bearer, BearerHash);

macro_rules! kept_as_hexadecimal {
    ($($type:ident),*) => {$(
        impl Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                Zeroizing::new(to_hex(self.0.as_slice())).serialize(to)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = Zeroizing::new(String::deserialize(from)?);
                from_hex(&text).map(Self::from_bytes).ok_or_else(|| serde::de::Error::custom(NotAKey))
            }
        }
    )*};
}

kept_as_hexadecimal!(SecretHalf, Bearer);
