//! Ed25519 keys (RFC 8032).

use std::fmt;

use ed25519_dalek::{Signer, VerifyingKey};
use serde::{Deserialize, Serialize};

use crate::digest::{Sha256, from_hex, to_hex};

/// The name of a key: the SHA-256 of its canonical JSON, as TUF 1.0.31 (section 4.2) has it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyId(String);

/// The public half of an Ed25519 key, as it stands in a root.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PublicKey {
    keytype: String,
    scheme: String,
    keyval: KeyValue,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct KeyValue {
    public: String,
}

impl PublicKey {
    fn new(public: &VerifyingKey) -> Self {
        Self {
            keytype: "ed25519".to_owned(),
            scheme: "ed25519".to_owned(),
            keyval: KeyValue { public: to_hex(public.as_bytes()) },
        }
    }

    /// The key's name.
    pub fn id(&self) -> KeyId {
        // The canonical JSON of a key: its members in the order of the alphabet.
        let canonical = format!(
            r#"{{"keytype":"{}","keyval":{{"public":"{}"}},"scheme":"{}"}}"#,
            self.keytype, self.keyval.public, self.scheme
        );
        KeyId(Sha256::of(canonical.as_bytes()).to_string())
    }

    /// Whether `signature` (hexadecimal) is this key's over `message`. Weak keys and malleable signatures are refused.
    pub(super) fn verifies(&self, message: &[u8], signature: &str) -> bool {
        let Some(public) = from_hex::<32>(&self.keyval.public) else {
            return false;
        };
        let Some(signature) = from_hex::<64>(signature) else {
            return false;
        };
        self.keytype == "ed25519"
            && self.scheme == "ed25519"
            && VerifyingKey::from_bytes(&public)
                .is_ok_and(|key| key.verify_strict(message, &signature.into()).is_ok())
    }
}

/// The private half of an Ed25519 key. It is wiped from memory when dropped, and never printed.
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// A key from its 32 secret bytes.
    pub fn from_secret(secret: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(secret))
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey::new(&self.0.verifying_key())
    }

    /// The signature over `message`, in hexadecimal.
    pub(super) fn sign(&self, message: &[u8]) -> String {
        to_hex(&self.0.sign(message).to_bytes())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(…)")
    }
}
