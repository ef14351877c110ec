//! The signed documents and their canonical form.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use olpc_cjson::CanonicalFormatter;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::key::{KeyId, PublicKey, SigningKey};
use crate::{BankVersion, Sha256};

/// The version of the TUF specification that the documents follow.
pub const SPEC_VERSION: &str = "1.0.31";

/// A document and the signatures over its canonical JSON.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Signed<T> {
    /// The document.
    pub signed: T,
    /// Signatures over its canonical form.
    pub signatures: Vec<Signature>,
}

/// One signature.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Signature {
    /// Whose.
    pub keyid: KeyId,
    /// The signature in hexadecimal.
    pub sig: String,
}

/// What a key may sign.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Names the keys of all roles.
    Root,
    /// Says that the rest is fresh.
    Timestamp,
    /// Names the versions of the other documents.
    Snapshot,
    /// Names the newest bank.
    Targets,
}

/// The keys of a role and how many of them must sign.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RoleKeys {
    /// The keys.
    pub keyids: BTreeSet<KeyId>,
    /// How many must sign.
    pub threshold: u32,
}

/// Who may sign what. The root that an app is built with is where all trust begins.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Root {
    /// Always `root`.
    #[serde(rename = "_type")]
    pub kind: String,
    /// The specification's version.
    pub spec_version: String,
    /// The root's number, from 1.
    pub version: u64,
    /// Until when it holds.
    pub expires: DateTime<Utc>,
    /// Whether names of metadata carry their version; here always.
    pub consistent_snapshot: bool,
    /// All keys by name.
    pub keys: BTreeMap<KeyId, PublicKey>,
    /// The keys of each role.
    pub roles: BTreeMap<Role, RoleKeys>,
}

/// Which bank is the newest.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Targets {
    /// Always `targets`.
    #[serde(rename = "_type")]
    pub kind: String,
    /// The specification's version.
    pub spec_version: String,
    /// The document's number; it rises with every signing.
    pub version: u64,
    /// Until when it holds.
    pub expires: DateTime<Utc>,
    /// The newest bank, as `bank/<version>`.
    pub targets: BTreeMap<String, TargetFile>,
}

/// The TUF record of one target file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TargetFile {
    length: u64,
    hashes: Hashes,
    custom: Custom,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Hashes {
    sha256: Sha256,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Custom {
    full: u64,
    published: DateTime<Utc>,
}

/// The newest bank, by what it unpacks to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Newest {
    /// Which bank.
    pub version: BankVersion,
    /// Its unpacked size in bytes.
    pub length: u64,
    /// The digest of its unpacked bytes.
    pub sha256: Sha256,
    /// The size of `full/<version>.zst` in bytes.
    pub packed: u64,
    /// When it was published.
    pub published: DateTime<Utc>,
}

impl Targets {
    /// The document that names `newest`.
    pub fn naming(newest: &Newest, version: u64, expires: DateTime<Utc>) -> Self {
        let file = TargetFile {
            length: newest.length,
            hashes: Hashes { sha256: newest.sha256 },
            custom: Custom { full: newest.packed, published: newest.published },
        };
        Self {
            kind: "targets".to_owned(),
            spec_version: SPEC_VERSION.to_owned(),
            version,
            expires,
            targets: BTreeMap::from([(format!("bank/{}", newest.version), file)]),
        }
    }

    /// The bank that the document names; `None` unless it names exactly one.
    pub fn newest(&self) -> Option<Newest> {
        let mut banks =
            self.targets.iter().filter_map(|(name, file)| Some((name.strip_prefix("bank/")?, file)));
        let (version, file) = banks.next()?;
        if banks.next().is_some() {
            return None;
        }
        Some(Newest {
            version: BankVersion(version.parse().ok()?),
            length: file.length,
            sha256: file.hashes.sha256,
            packed: file.custom.full,
            published: file.custom.published,
        })
    }
}

/// Why a document is not what it should be.
#[derive(Debug, thiserror::Error)]
pub enum MetadataError {
    /// It is not JSON of its kind, or has no canonical form.
    #[error("malformed metadata: {0}")]
    Malformed(#[from] serde_json::Error),
    /// It calls itself another kind of document, or follows another specification.
    #[error("metadata of another kind or specification")]
    WrongKind,
    /// Too few valid signatures by the keys that may sign it.
    #[error("too few valid signatures")]
    Unsigned,
}

/// A root whose own signatures were checked: where trust begins.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trusted(Root);

impl Trusted {
    /// Reads the root that an app was built with.
    ///
    /// # Errors
    /// [`MetadataError`] if it is no root or is not signed by as many of its own keys as it asks for.
    pub fn read(root: &[u8]) -> Result<Self, MetadataError> {
        let signed: Signed<serde_json::Value> = serde_json::from_slice(root)?;
        let root: Root = serde_json::from_value(signed.signed.clone())?;
        kind_is("root", &root.kind, &root.spec_version)?;
        let trusted = Self(root);
        trusted.check(Role::Root, &signed)?;
        Ok(trusted)
    }

    /// The root.
    pub fn root(&self) -> &Root {
        &self.0
    }

    /// Reads a document that `role` must have signed.
    pub(super) fn open<T: DeserializeOwned>(&self, role: Role, document: &[u8]) -> Result<T, MetadataError> {
        let signed: Signed<serde_json::Value> = serde_json::from_slice(document)?;
        self.check(role, &signed)?;
        Ok(serde_json::from_value(signed.signed)?)
    }

    fn check(&self, role: Role, document: &Signed<serde_json::Value>) -> Result<(), MetadataError> {
        let keys = self.0.roles.get(&role).filter(|it| it.threshold > 0).ok_or(MetadataError::Unsigned)?;
        let message = canonical(&document.signed)?;
        let signers: BTreeSet<&KeyId> = document
            .signatures
            .iter()
            .filter(|it| keys.keyids.contains(&it.keyid))
            .filter(|it| {
                let key = self.0.keys.get(&it.keyid);
                // A key listed under a false name could count twice towards a threshold.
                key.is_some_and(|key| key.id() == it.keyid && key.verifies(&message, &it.sig))
            })
            .map(|it| &it.keyid)
            .collect();
        if signers.len() < keys.threshold as usize {
            return Err(MetadataError::Unsigned);
        }
        Ok(())
    }
}

pub(super) fn kind_is(expected: &str, kind: &str, spec: &str) -> Result<(), MetadataError> {
    if kind != expected || !spec.starts_with("1.") {
        return Err(MetadataError::WrongKind);
    }
    Ok(())
}

/// Signs `document` with `keys`; gives the bytes to publish.
///
/// # Errors
/// [`MetadataError::Malformed`] if the document has no canonical form.
pub fn sign<T: Serialize>(document: &T, keys: &[&SigningKey]) -> Result<Vec<u8>, MetadataError> {
    let signed = serde_json::to_value(document)?;
    let message = canonical(&signed)?;
    let signatures =
        keys.iter().map(|key| Signature { keyid: key.public().id(), sig: key.sign(&message) }).collect();
    Ok(serde_json::to_vec(&Signed { signed, signatures })?)
}

/// OLPC canonical JSON, over which TUF signs.
fn canonical(value: &serde_json::Value) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = Vec::new();
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, CanonicalFormatter::new()))?;
    Ok(bytes)
}
