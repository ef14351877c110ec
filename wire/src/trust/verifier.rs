//! The verifier of The Update Framework: what is trusted, and what may take its place (TUF 1.0.31, section 5).
//!
//! Bytes in, values out. It is fed in the order of the specification (roots, timestamp, snapshot, targets, delegated targets);
//! what it takes, the caller keeps, byte for byte. What was kept is fed again at the next start: it sets the marks below
//! which nothing is taken any more.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::TrustError;
use super::document::Unverified;
use super::key::Schemes;
use super::roles::{
    DelegatedRole, Document, Hashes, MetaFile, Role, RoleKeys, Root, Snapshot, TargetFile, Targets, Timestamp,
};

/// The most bytes of each kind of document, so that endless data ends.
pub const ROOT_LIMIT: u64 = 512 << 10;
/// See [`ROOT_LIMIT`].
pub const TIMESTAMP_LIMIT: u64 = 16 << 10;
/// See [`ROOT_LIMIT`].
pub const SNAPSHOT_LIMIT: u64 = 2 << 20;
/// See [`ROOT_LIMIT`].
pub const TARGETS_LIMIT: u64 = 5 << 20;
/// The most roots that are followed in one go.
pub const MOST_ROOTS: u32 = 256;
/// The most delegated roles that are asked about one file.
pub const MOST_DELEGATIONS: usize = 32;

/// What is trusted.
#[derive(Clone, Debug)]
pub struct Verifier {
    now: DateTime<Utc>,
    schemes: Schemes,
    root: Root,
    /// Below these nothing is taken, although the documents themselves may be gone.
    marks: Versions,
    timestamp: Option<Timestamp>,
    snapshot: Option<Snapshot>,
    /// Documents of targets by who vouches for them: the same name under another delegator is another document.
    targets: BTreeMap<Chain, Targets>,
}

/// The numbers of the documents; 0 for none.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Versions {
    /// The timestamp.
    pub timestamp: u64,
    /// The snapshot.
    pub snapshot: u64,
    /// The top document of targets.
    pub targets: u64,
}

/// Whether a timestamp brought anything.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Freshness {
    /// It is newer than the one before: keep it.
    New,
    /// It bears the same number: the one before stays.
    Same,
}

/// Whether a document was kept from before or has just come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// Kept: its bytes were compared with their digest when they came.
    Kept,
    /// New: its bytes are compared with what the document before it says.
    Fetched,
}

impl Verifier {
    /// Begins with a root that is trusted for another reason: it came with the app, or was kept.
    ///
    /// # Errors
    /// [`TrustError`] if it is no root or not signed by as many of its own keys as it asks for. Its expiry is not judged here.
    pub fn new(root: &[u8], now: DateTime<Utc>) -> Result<Self, TrustError> {
        Self::begin(root, now, Schemes::Ed25519)
    }

    /// The same for a repository whose keys are RSA or ECDSA.
    ///
    /// # Errors
    /// As [`Self::new`].
    #[cfg(feature = "other-schemes")]
    pub fn with_other_schemes(root: &[u8], now: DateTime<Utc>) -> Result<Self, TrustError> {
        Self::begin(root, now, Schemes::All)
    }

    fn begin(root: &[u8], now: DateTime<Utc>, schemes: Schemes) -> Result<Self, TrustError> {
        let read = read_root(root)?;
        read.check(&read.says().keys, role(read.says(), Role::Root)?, schemes)?;
        let root = read.says().clone();
        let marks = Versions::default();
        Ok(Self { now, schemes, root, marks, timestamp: None, snapshot: None, targets: BTreeMap::new() })
    }

    /// The same with marks that were kept from before.
    pub fn with_marks(self, marks: Versions) -> Self {
        Self { marks, ..self }
    }

    /// The marks that still stand: a change of keys lowers those that a thief of the old ones could have raised.
    pub fn marks(&self) -> Versions {
        self.marks
    }

    /// The newest trusted root.
    pub fn root(&self) -> &Root {
        &self.root
    }

    /// The newest trusted timestamp.
    pub fn timestamp(&self) -> Option<&Timestamp> {
        self.timestamp.as_ref()
    }

    /// The newest trusted snapshot.
    pub fn snapshot(&self) -> Option<&Snapshot> {
        self.snapshot.as_ref()
    }

    /// The newest trusted targets.
    pub fn targets(&self) -> Option<&Targets> {
        self.delegated(&Chain::top())
    }

    /// The document at the end of a chain.
    pub fn delegated(&self, chain: &Chain) -> Option<&Targets> {
        self.targets.get(chain)
    }

    /// Takes the next root (section 5.3). Roots are followed one by one, also those that have expired.
    ///
    /// # Errors
    /// [`TrustError`]; the root before stays.
    pub fn take_root(&mut self, bytes: &[u8]) -> Result<(), TrustError> {
        let read = read_root(bytes)?;
        read.check(&self.root.keys, role(&self.root, Role::Root)?, self.schemes)?;
        if read.says().head.version != self.root.head.version + 1 {
            return Err(TrustError::WrongVersion);
        }
        read.check(&read.says().keys, role(read.says(), Role::Root)?, self.schemes)?;
        let before = std::mem::replace(&mut self.root, read.says().clone());
        let changed =
            |it: Role| before.role(it).map(|it| &it.keyids) != self.root.role(it).map(|it| &it.keyids);
        // Recovery from numbers that were driven up with a stolen key (section 5.3.11).
        if changed(Role::Timestamp) || changed(Role::Snapshot) {
            (self.marks.timestamp, self.marks.snapshot) = (0, 0);
            (self.timestamp, self.snapshot) = (None, None);
        }
        if changed(Role::Snapshot) || changed(Role::Targets) {
            self.marks.targets = 0;
            self.targets.clear();
        }
        Ok(())
    }

    /// Takes a timestamp (section 5.4).
    ///
    /// # Errors
    /// [`TrustError`]. One that has expired is refused, and still sets the mark below which nothing is taken.
    pub fn take_timestamp(&mut self, bytes: &[u8]) -> Result<Freshness, TrustError> {
        self.holds(&self.root)?;
        let timestamp = Unverified::<Timestamp>::read(bytes)?.signed_by(
            &self.root.keys,
            role(&self.root, Role::Timestamp)?,
            self.schemes,
        )?;
        let named = snapshot_of(&timestamp)?;
        if timestamp.head.version < self.marks.timestamp || named.version < self.marks.snapshot {
            return Err(TrustError::Rollback);
        }
        if let Some(before) = &self.timestamp {
            if timestamp.head.version < before.head.version {
                return Err(TrustError::Rollback);
            }
            if timestamp.head.version == before.head.version {
                self.holds(before)?;
                return Ok(Freshness::Same);
            }
            if named.version < snapshot_of(before)?.version {
                return Err(TrustError::Rollback);
            }
        }
        let timestamp = self.timestamp.insert(timestamp);
        held(timestamp, self.now)?;
        Ok(Freshness::New)
    }

    /// Takes a snapshot (section 5.5).
    ///
    /// # Errors
    /// [`TrustError`]. A kept one that the timestamp no longer names is refused, and still sets the marks below which nothing is
    /// taken.
    pub fn take_snapshot(&mut self, bytes: &[u8], origin: Origin) -> Result<(), TrustError> {
        let timestamp = self.timestamp.as_ref().ok_or(TrustError::OutOfOrder)?;
        self.holds(timestamp)?;
        let named = snapshot_of(timestamp)?.clone();
        if origin == Origin::Fetched {
            is_as_named(bytes, &named)?;
        }
        let snapshot = Unverified::<Snapshot>::read(bytes)?.signed_by(
            &self.root.keys,
            role(&self.root, Role::Snapshot)?,
            self.schemes,
        )?;
        if snapshot.meta.get("targets.json").is_none_or(|it| it.version < self.marks.targets) {
            return Err(TrustError::Rollback);
        }
        for (name, before) in self.snapshot.iter().flat_map(|it| &it.meta) {
            // A role that vanishes could come back older.
            if snapshot.meta.get(name).is_none_or(|it| it.version < before.version) {
                return Err(TrustError::Rollback);
            }
        }
        let snapshot = self.snapshot.insert(snapshot);
        current(snapshot, &named, self.now)
    }

    /// Takes the top document of targets (section 5.6).
    ///
    /// # Errors
    /// [`TrustError`].
    pub fn take_targets(&mut self, bytes: &[u8]) -> Result<(), TrustError> {
        self.take_delegated(bytes, &Chain::top())
    }

    /// Takes the document at the end of a chain (section 5.6.7), of which every other document was taken before.
    ///
    /// # Errors
    /// [`TrustError`].
    pub fn take_delegated(&mut self, bytes: &[u8], chain: &Chain) -> Result<(), TrustError> {
        let named = self.named(chain.name())?.clone();
        is_as_named(bytes, &named)?;
        let read = Unverified::<Targets>::read(bytes)?;
        let targets = match chain.delegator() {
            None => read.signed_by(&self.root.keys, role(&self.root, Role::Targets)?, self.schemes)?,
            Some(delegator) => {
                let delegator = self.delegated(&delegator).ok_or(TrustError::OutOfOrder)?;
                let delegations = delegator.delegations.as_ref().ok_or(TrustError::Unsigned)?;
                let mut roles = delegations.roles.iter();
                let role = roles.find(|it| it.name == chain.name()).ok_or(TrustError::Unsigned)?;
                read.signed_by(&delegations.keys, &role.keys, self.schemes)?
            }
        };
        if targets.head.version != named.version {
            return Err(TrustError::WrongVersion);
        }
        self.holds(&targets)?;
        self.targets.insert(chain.clone(), targets);
        Ok(())
    }

    /// What the snapshot says of the document of a role.
    ///
    /// # Errors
    /// [`TrustError::NotListed`] if it names no such document.
    pub fn named(&self, name: &str) -> Result<&MetaFile, TrustError> {
        let timestamp = self.timestamp.as_ref().ok_or(TrustError::OutOfOrder)?;
        let snapshot = self.snapshot.as_ref().ok_or(TrustError::OutOfOrder)?;
        current(snapshot, snapshot_of(timestamp)?, self.now)?;
        snapshot.meta.get(&format!("{name}.json")).ok_or(TrustError::NotListed)
    }

    fn holds<T: Document>(&self, document: &T) -> Result<(), TrustError> {
        held(document, self.now)
    }
}

/// Reads a root. One without keys for every role (section 4.3) could not be followed by anything.
fn read_root(bytes: &[u8]) -> Result<Unverified<Root>, TrustError> {
    let read = Unverified::<Root>::read(bytes)?;
    let roles = [Role::Root, Role::Timestamp, Role::Snapshot, Role::Targets];
    if roles.into_iter().any(|it| read.says().role(it).is_none()) {
        return Err(TrustError::WrongKind);
    }
    Ok(read)
}

/// Whether a document has not expired.
fn held<T: Document>(document: &T, now: DateTime<Utc>) -> Result<(), TrustError> {
    if document.head().expires <= now { Err(TrustError::Expired(document.head().expires)) } else { Ok(()) }
}

/// Whether a snapshot is the one that the timestamp names, and holds.
fn current(snapshot: &Snapshot, named: &MetaFile, now: DateTime<Utc>) -> Result<(), TrustError> {
    held(snapshot, now)?;
    if snapshot.head.version == named.version { Ok(()) } else { Err(TrustError::WrongVersion) }
}

fn role(root: &Root, role: Role) -> Result<&RoleKeys, TrustError> {
    root.role(role).ok_or(TrustError::Unsigned)
}

fn snapshot_of(timestamp: &Timestamp) -> Result<&MetaFile, TrustError> {
    timestamp.meta.get("snapshot.json").ok_or(TrustError::WrongKind)
}

/// Whether bytes have the length and the digests that another document gave.
fn is_as_named(bytes: &[u8], named: &MetaFile) -> Result<(), TrustError> {
    let long = named.length.is_some_and(|it| bytes.len() as u64 > it);
    if long || named.hashes.as_ref().is_some_and(|it: &Hashes| !it.fit(bytes)) {
        return Err(TrustError::NotAsNamed);
    }
    Ok(())
}

/// Who vouches for a role's document: from the top document of targets to the role itself.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Chain(Vec<String>);

impl Chain {
    /// The top document, which the root vouches for.
    pub fn top() -> Self {
        Self(vec![Targets::KIND.to_owned()])
    }

    /// The role at its end.
    pub fn name(&self) -> &str {
        self.0.last().map_or(Targets::KIND, String::as_str)
    }

    fn delegator(&self) -> Option<Self> {
        let (_, before) = self.0.split_last()?;
        (!before.is_empty()).then(|| Self(before.to_owned()))
    }

    fn to(&self, role: &DelegatedRole) -> Self {
        Self(self.0.iter().chain([&role.name]).cloned().collect())
    }
}

/// The search for one file through the delegations, depth first (section 5.6.7). Feed the verifier with the document of
/// [`Search::next`], then call [`Search::look`].
#[derive(Clone, Debug)]
pub struct Search {
    path: String,
    to_visit: Vec<Chain>,
    visited: Vec<String>,
}

impl Search {
    /// Begins at the top.
    pub fn of(path: &str) -> Self {
        Self { path: path.to_owned(), to_visit: vec![Chain::top()], visited: Vec::new() }
    }

    /// The next document to look into; `None` if nobody names the file.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Option<Chain> {
        while let Some(chain) = self.to_visit.pop() {
            if self.visited.len() > MOST_DELEGATIONS {
                return None;
            }
            // A circle ends where it began.
            if !self.visited.iter().any(|it| it == chain.name()) {
                self.visited.push(chain.name().to_owned());
                return Some(chain);
            }
        }
        None
    }

    /// Looks for the file in the document of `chain`; if it is not there, whom that one trusts is asked next.
    pub fn look<'a>(&mut self, targets: &'a Targets, chain: &Chain) -> Option<&'a TargetFile> {
        if let Some(file) = targets.targets.get(&self.path) {
            return Some(file);
        }
        let mut children = Vec::new();
        for role in targets.delegations.iter().flat_map(|it| &it.roles) {
            if role.may_name(&self.path) {
                children.push(chain.to(role));
                if role.terminating {
                    self.to_visit.clear();
                    break;
                }
            }
        }
        self.to_visit.extend(children.into_iter().rev());
        None
    }
}
