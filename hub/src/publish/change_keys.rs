//! A change of keys: a new root names the new keys, and the newest documents are signed with them.
//!
//! The new keys lie beside the old ones until the new root is published. A change that was cut short before that never happened; one
//! that was cut short after it is ended by the next command ([`finish`]).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use chrono::{DateTime, SubsecRound, Utc};
use otsupport_wire::trust::{RoleKeys, SigningKey, sign};

use super::PublishError;
use super::site::{
    Keys, ROOT_DAYS, SiteError, after, encoding, head, newest_root, put_documents, put_root, sign_documents,
};
use crate::keys::{make_successor, read_successor, take_over};

/// The roles whose keys can be changed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum SigningRole {
    /// Names the keys of all roles.
    Root,
    /// Says that the rest is fresh.
    Timestamp,
    /// Names the versions of the other documents.
    Snapshot,
    /// Names the newest bank.
    Targets,
}

impl SigningRole {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Root, Self::Timestamp, Self::Snapshot, Self::Targets];

    /// The role's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Timestamp => "timestamp",
            Self::Snapshot => "snapshot",
            Self::Targets => "targets",
        }
    }

    /// Whose numbers a thief of this key could have driven up, and with whose keys phones forget them (TUF 1.0.31, section
    /// 5.3.11): the role itself and those that vouch for it.
    fn with_those_that_vouch(self) -> BTreeSet<Self> {
        match self {
            Self::Root => [Self::Root].into(),
            Self::Timestamp => [Self::Timestamp].into(),
            Self::Snapshot => [Self::Timestamp, Self::Snapshot].into(),
            Self::Targets => [Self::Timestamp, Self::Snapshot, Self::Targets].into(),
        }
    }
}

/// Which keys to change.
#[derive(Clone, Debug)]
pub struct ChangeOptions {
    /// The site's folder.
    pub site: PathBuf,
    /// The key folder. It must hold the root key.
    pub keys: PathBuf,
    /// What the keys are sealed with.
    pub passphrase: Option<String>,
    /// The present instant; every expiry counts from it.
    pub now: DateTime<Utc>,
    /// Whose key is changed.
    pub role: SigningRole,
    /// Whether somebody else may have it: then the keys that vouch for it are changed too, so that numbers that were driven up with it
    /// are forgotten.
    pub stolen: bool,
}

/// Changes keys, and gives the number of the new root.
///
/// # Errors
/// [`PublishError`]. Before the new root is published nothing has changed.
pub fn change(options: &ChangeOptions) -> Result<u64, PublishError> {
    let passphrase = options.passphrase.as_deref();
    let mut keys = Keys::read(&options.keys, &options.site, passphrase)?;
    let nothing =
        || SiteError::Before { path: options.site.clone(), what: "nothing was published yet".to_owned() };
    let (_, verified) = head(&options.site, &keys)?.ok_or_else(nothing)?;
    let mut root = newest_root(&options.site)?.ok_or_else(nothing)?.root().clone();
    let old_root = keys.root.take().ok_or(SiteError::NoRootKeyToChange)?;
    let roles = if options.stolen { options.role.with_those_that_vouch() } else { [options.role].into() };
    let now = options.now.trunc_subsecs(0);
    let mut new_root = None;
    for role in &roles {
        let key = make_successor(&options.keys, &format!("{}.key", role.name()), passphrase)?;
        let keyids = BTreeSet::from([key.public().id()]);
        root.keys.insert(key.public().id(), key.public());
        root.roles.insert(role.name().to_owned(), RoleKeys { keyids, threshold: 1 });
        match role {
            SigningRole::Root => new_root = Some(key),
            SigningRole::Timestamp => keys.timestamp = key,
            SigningRole::Snapshot => keys.snapshot = key,
            SigningRole::Targets => keys.targets = key,
        }
    }
    // A key that no role names any more is not listed.
    let named: BTreeSet<_> = root.roles.values().flat_map(|it| it.keyids.clone()).collect();
    root.keys.retain(|id, _| named.contains(id));
    root.head.version += 1;
    root.head.expires = after(now, ROOT_DAYS);
    let signers: Vec<&SigningKey> = [&old_root].into_iter().chain(&new_root).collect();
    let signed = sign(&root, &signers).map_err(encoding)?;
    let documents = sign_documents(&keys, &verified.news, root.head.version, verified.versions, now)?;
    put_root(&options.site, root.head.version, &signed)?;
    put_documents(&options.site, &documents, verified.versions)?;
    finish(&options.keys, &options.site, passphrase)?;
    Ok(root.head.version)
}

/// Puts new keys in the place of old ones if the site's root already names them.
pub(super) fn finish(folder: &Path, site: &Path, passphrase: Option<&str>) -> Result<(), PublishError> {
    let Some(root) = newest_root(site)? else { return Ok(()) };
    for role in SigningRole::ALL {
        let name = format!("{}.key", role.name());
        let named = root.root().roles.get(role.name());
        let is_named = |key: &SigningKey| named.is_some_and(|it| it.keyids.contains(&key.public().id()));
        if read_successor(folder, &name, passphrase)?.is_some_and(|it| is_named(&it)) {
            take_over(folder, &name)?;
        }
    }
    Ok(())
}
