//! Public keys as a root lists them, and the keys that a hub signs with: Ed25519 (RFC 8032).

use std::fmt;

use ed25519_dalek::{Signer, VerifyingKey};
use serde::{Deserialize, Serialize};

use crate::digest::{Sha256, from_hex, to_hex};

/// The name of a key in signed documents. Our own are the SHA-256 of the key's canonical JSON (TUF 1.0.31, section 4.2); a reader
/// takes any name, and counts keys by what they are.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyId(String);

/// Which signatures count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Schemes {
    /// What phones take, whatever else is built in.
    Ed25519,
    /// RSA and ECDSA too.
    #[cfg(feature = "other-schemes")]
    All,
}

/// The public half of a key, as it stands in a root.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PublicKey {
    pub(super) keytype: String,
    pub(super) scheme: String,
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

    /// What makes it this key and no other, whatever name it is listed under.
    pub(super) fn public(&self) -> &str {
        &self.keyval.public
    }

    /// Whether `signature` (hexadecimal) is this key's over `message`. Weak keys and malleable signatures are refused.
    pub(super) fn verifies(&self, message: &[u8], signature: &str, schemes: Schemes) -> bool {
        match (self.keytype.as_str(), self.scheme.as_str(), schemes) {
            ("ed25519", "ed25519", _) => self.verifies_ed25519(message, signature),
            (_, _, Schemes::Ed25519) => false,
            #[cfg(feature = "other-schemes")]
            (_, _, Schemes::All) => super::other_schemes::verifies(self, message, signature),
        }
    }

    fn verifies_ed25519(&self, message: &[u8], signature: &str) -> bool {
        let Some(public) = from_hex::<32>(&self.keyval.public) else { return false };
        let Some(signature) = from_hex::<64>(signature) else { return false };
        VerifyingKey::from_bytes(&public)
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
    pub(crate) fn sign(&self, message: &[u8]) -> String {
        to_hex(&self.0.sign(message).to_bytes())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(…)")
    }
}
