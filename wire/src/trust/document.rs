//! Signed documents and their canonical form.

use std::collections::{BTreeMap, BTreeSet};

use olpc_cjson::CanonicalFormatter;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::TrustError;
use super::key::{KeyId, PublicKey, Schemes, SigningKey};
use super::roles::{Document, RoleKeys};

/// A document and the signatures over its canonical JSON.
#[derive(Serialize, Deserialize)]
struct Envelope {
    signed: serde_json::Value,
    signatures: Vec<Signature>,
}

/// One signature.
#[derive(Serialize, Deserialize)]
struct Signature {
    keyid: KeyId,
    /// In hexadecimal.
    sig: String,
}

/// A document whose kind was checked and whose signatures were not.
pub(super) struct Unverified<T> {
    document: T,
    /// What was signed: the canonical form of all of it, members that this program does not know included.
    message: Vec<u8>,
    signatures: Vec<Signature>,
}

impl<T: Document + DeserializeOwned> Unverified<T> {
    /// Reads a document of this kind.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, TrustError> {
        let envelope: Envelope = serde_json::from_slice(bytes)?;
        let message = canonical(&envelope.signed)?;
        let document: T = serde_json::from_value(envelope.signed)?;
        let head = document.head();
        if head.kind != T::KIND || !follows(&head.spec_version) || !is_number(head.version) {
            return Err(TrustError::WrongKind);
        }
        // Which of two signatures by one key counts would be the reader's guess (TUF 1.0.31, section 4.2.1).
        let names: BTreeSet<&KeyId> = envelope.signatures.iter().map(|it| &it.keyid).collect();
        if names.len() < envelope.signatures.len() {
            return Err(TrustError::Unsigned);
        }
        Ok(Self { document, message, signatures: envelope.signatures })
    }

    /// What it says, before anybody vouches for it.
    pub(super) fn says(&self) -> &T {
        &self.document
    }

    /// The document, if as many of the role's keys signed it as must.
    pub(super) fn signed_by(
        self,
        keys: &BTreeMap<KeyId, PublicKey>,
        role: &RoleKeys,
        schemes: Schemes,
    ) -> Result<T, TrustError> {
        self.check(keys, role, schemes)?;
        Ok(self.document)
    }

    /// Whether as many of the role's keys signed it as must.
    pub(super) fn check(
        &self,
        keys: &BTreeMap<KeyId, PublicKey>,
        role: &RoleKeys,
        schemes: Schemes,
    ) -> Result<(), TrustError> {
        // By what they are: one key under two names signs once.
        let signers: BTreeSet<&str> = self
            .signatures
            .iter()
            .filter(|it| role.keyids.contains(&it.keyid))
            .filter_map(|it| Some((keys.get(&it.keyid)?, &it.sig)))
            .filter(|(key, sig)| key.verifies(&self.message, sig, schemes))
            .map(|(key, _)| key.public())
            .collect();
        if role.threshold == 0 || signers.len() < role.threshold as usize {
            return Err(TrustError::Unsigned);
        }
        Ok(())
    }
}

/// Whether it is a number that a document or a bank may bear: one that whoever keeps it can count to.
pub(super) fn is_number(version: u64) -> bool {
    (1..=i64::MAX as u64).contains(&version)
}

/// Whether the document follows a version of the specification that this program knows: 1, 1.0, 1.0.31, …
fn follows(spec_version: &str) -> bool {
    spec_version == "1" || spec_version.starts_with("1.")
}

/// Signs `document` with `keys`; gives the bytes to publish.
///
/// # Errors
/// [`TrustError::Malformed`] if the document has no canonical form.
pub fn sign<T: Serialize>(document: &T, keys: &[&SigningKey]) -> Result<Vec<u8>, TrustError> {
    let signed = serde_json::to_value(document)?;
    let message = canonical(&signed)?;
    let signatures =
        keys.iter().map(|key| Signature { keyid: key.public().id(), sig: key.sign(&message) }).collect();
    Ok(serde_json::to_vec(&Envelope { signed, signatures })?)
}

/// OLPC canonical JSON, over which TUF signs.
fn canonical(value: &serde_json::Value) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = Vec::new();
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, CanonicalFormatter::new()))?;
    Ok(bytes)
}
