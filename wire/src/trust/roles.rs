//! What each role says (TUF 1.0.31, section 4).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::key::{KeyId, PublicKey};
use crate::Sha256;

/// The version of the TUF specification that our documents follow.
pub const SPEC_VERSION: &str = "1.0.31";

/// What every document begins with.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DocumentHead {
    /// Which kind of document it is.
    #[serde(rename = "_type")]
    pub kind: String,
    /// The specification's version.
    pub spec_version: String,
    /// The document's number, from 1.
    pub version: u64,
    /// Until when it holds.
    pub expires: DateTime<Utc>,
}

impl DocumentHead {
    /// The head of a document that we write.
    pub fn new<T: Document>(version: u64, expires: DateTime<Utc>) -> Self {
        Self { kind: T::KIND.to_owned(), spec_version: SPEC_VERSION.to_owned(), version, expires }
    }
}

/// A document of one kind.
pub trait Document {
    /// What it calls itself.
    const KIND: &'static str;

    /// What it begins with.
    fn head(&self) -> &DocumentHead;
}

macro_rules! document {
    ($type:ident, $kind:literal) => {
        impl Document for $type {
            const KIND: &'static str = $kind;

            fn head(&self) -> &DocumentHead {
                &self.head
            }
        }
    };
}

document!(Root, "root");
document!(Timestamp, "timestamp");
document!(Snapshot, "snapshot");
document!(Targets, "targets");

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
    /// What it begins with.
    #[serde(flatten)]
    pub head: DocumentHead,
    /// Whether names of documents carry their version; ours always do.
    #[serde(default)]
    pub consistent_snapshot: bool,
    /// All keys by name.
    pub keys: BTreeMap<KeyId, PublicKey>,
    /// The keys of each role. Roles of other extensions are passed over.
    pub roles: BTreeMap<String, RoleKeys>,
}

impl Root {
    /// The first root of a hub that signs everything with one key: for tests and trials.
    pub fn of_one_key(key: &PublicKey, expires: DateTime<Utc>) -> Self {
        let role = RoleKeys { keyids: BTreeSet::from([key.id()]), threshold: 1 };
        let roles = [Root::KIND, Timestamp::KIND, Snapshot::KIND, Targets::KIND];
        Self {
            head: DocumentHead::new::<Self>(1, expires),
            consistent_snapshot: true,
            keys: BTreeMap::from([(key.id(), key.clone())]),
            roles: roles.map(|it| (it.to_owned(), role.clone())).into(),
        }
    }

    /// The keys of a role.
    pub fn role(&self, role: Role) -> Option<&RoleKeys> {
        self.roles.get(match role {
            Role::Root => Root::KIND,
            Role::Timestamp => Timestamp::KIND,
            Role::Snapshot => Snapshot::KIND,
            Role::Targets => Targets::KIND,
        })
    }
}

/// Which snapshot is the newest.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Timestamp {
    /// What it begins with.
    #[serde(flatten)]
    pub head: DocumentHead,
    /// When it was signed. Our own member: other programs pass over it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued: Option<DateTime<Utc>>,
    /// `snapshot.json` alone.
    pub meta: BTreeMap<String, MetaFile>,
}

/// Which version each document of targets has.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Snapshot {
    /// What it begins with.
    #[serde(flatten)]
    pub head: DocumentHead,
    /// Documents by file name.
    pub meta: BTreeMap<String, MetaFile>,
}

/// A document as another one names it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MetaFile {
    /// Its number.
    pub version: u64,
    /// Its size in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u64>,
    /// Its digests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hashes: Option<Hashes>,
}

impl MetaFile {
    /// A document by its number alone: its signature tells the rest.
    pub fn numbered(version: u64) -> Self {
        Self { version, length: None, hashes: None }
    }
}

/// Digests by the name of their algorithm.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hashes(pub BTreeMap<String, String>);

impl Hashes {
    /// A SHA-256 alone.
    pub fn sha256(digest: Sha256) -> Self {
        Self(BTreeMap::from([("sha256".to_owned(), digest.to_string())]))
    }

    /// Whether `bytes` have every digest that this program can take, and at least one.
    pub fn fit(&self, bytes: &[u8]) -> bool {
        use sha2::Digest as _;
        let mut known = 0;
        let fits = self.0.iter().all(|(name, digest)| {
            let taken = match name.as_str() {
                "sha256" => Sha256::of(bytes).to_string(),
                "sha512" => crate::digest::to_hex(&sha2::Sha512::digest(bytes)),
                _ => return true,
            };
            known += 1;
            taken == *digest
        });
        fits && known > 0
    }
}

/// Files that phones may fetch, and who else may name some.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Targets {
    /// What it begins with.
    #[serde(flatten)]
    pub head: DocumentHead,
    /// Files by path.
    pub targets: BTreeMap<String, TargetFile>,
    /// Who else may name some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delegations: Option<Delegations>,
}

/// One file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TargetFile {
    /// Its size in bytes.
    pub length: u64,
    /// Its digests.
    pub hashes: Hashes,
    /// What else is said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom: Option<serde_json::Value>,
}

impl TargetFile {
    /// Whether `bytes` are this file.
    pub fn is(&self, bytes: &[u8]) -> bool {
        bytes.len() as u64 == self.length && self.hashes.fit(bytes)
    }
}

/// Who else may name files, in the order in which they are asked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Delegations {
    /// Their keys by name.
    pub keys: BTreeMap<KeyId, PublicKey>,
    /// Their roles.
    pub roles: Vec<DelegatedRole>,
}

/// A role that may name some files.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DelegatedRole {
    /// Its name.
    pub name: String,
    /// Its keys.
    #[serde(flatten)]
    pub keys: RoleKeys,
    /// Whether nobody is asked after it about what it may name.
    pub terminating: bool,
    /// Patterns of the paths that it may name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paths: Option<Vec<String>>,
    /// Beginnings of the SHA-256 of the paths that it may name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_hash_prefixes: Option<Vec<String>>,
}

impl DelegatedRole {
    /// Whether it may name the file at `path`.
    pub fn may_name(&self, path: &str) -> bool {
        if let Some(patterns) = &self.paths {
            return patterns.iter().any(|it| matches_path(it, path));
        }
        let digest = Sha256::of(path.as_bytes()).to_string();
        self.path_hash_prefixes.iter().flatten().any(|it| digest.starts_with(it.as_str()))
    }
}

/// Unix shell patterns, part by part: `*` is any number of characters and `?` is one, never a slash (section 4.5).
fn matches_path(pattern: &str, path: &str) -> bool {
    let (mut patterns, mut parts) = (pattern.split('/'), path.split('/'));
    loop {
        match (patterns.next(), parts.next()) {
            (None, None) => return true,
            (Some(pattern), Some(part)) if matches_part(pattern, part) => {}
            _ => return false,
        }
    }
}

/// In linear space and at most quadratic time: the last star is the only one that is ever tried again.
fn matches_part(pattern: &str, part: &str) -> bool {
    let (pattern, part): (Vec<char>, Vec<char>) = (pattern.chars().collect(), part.chars().collect());
    let (mut at, mut on) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while on < part.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, on));
                at += 1;
            }
            Some('?') => (at, on) = (at + 1, on + 1),
            Some(c) if *c == part[on] => (at, on) = (at + 1, on + 1),
            _ => match star {
                Some((before, from)) => {
                    star = Some((before, from + 1));
                    (at, on) = (before + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|it| *it == '*')
}

#[cfg(test)]
mod tests {
    use super::matches_path;

    #[test]
    fn patterns_match_part_by_part() {
        for (pattern, path, fits) in [
            ("*", "a", true),
            ("*", "a/b", false),
            ("a/*", "a/", true),
            ("foo-?.tgz", "foo-1.tgz", true),
            ("foo-?.tgz", "foo-12.tgz", false),
            ("*.zip", "a.zip.zip", true),
            ("*a*b", "xaxbxb", true),
            ("*a*b", "xaxbxc", false),
            ("", "", true),
            ("", "a", false),
            ("A", "a", false),
        ] {
            assert_eq!(matches_path(pattern, path), fits, "{pattern} {path}");
        }
    }
}
