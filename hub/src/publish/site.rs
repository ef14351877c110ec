//! The static site: what phones fetch. The head is written last, so that a phone never sees half a publication.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::{fs, thread};

use chrono::{DateTime, Days, SubsecRound, Utc};
use otsupport_wire::delta;
use otsupport_wire::snapshot::{Limits, Snapshot, write as write_snapshot};
use otsupport_wire::trust::{
    Deltas, DocumentHead, Expiry, Head, Newest, News, RoleKeys, Root, STEP, Signers, SigningKey, Skips,
    TrustError, Verified, Verifier, Versions, sign,
};
use otsupport_wire::{BankVersion, Sha256};

use super::at_once::at_once;
use super::bank::Bank;
use super::fault::Fault;
use super::{PublishError, Published, change_keys, pages, recalls};
use crate::keys::read_signing;

/// How many of the last full snapshots stay.
const FULLS: u64 = 17;
/// Banks further back than this are not led to the newest by deltas: the list of the ways would outweigh them.
const REACH: u64 = 256;
/// The largest snapshot that is read back.
const UNPACKED_LIMIT: u64 = 128 << 20;
/// The zstd level of all that phones fetch: it is packed once and fetched by many.
const LEVEL: i32 = 19;
/// From this size on a delta takes seconds. All but the one that most phones fetch are made a level lower: a hundredth more bytes in a
/// quarter of the time.
const LARGE: usize = 8 << 20;
pub(super) const ROOT_DAYS: u64 = 5 * 365;
/// The snapshot and the targets.
const REST_DAYS: u64 = 365;
/// Long enough for a service on holiday, short enough that a freeze is noticed.
const TIMESTAMP_DAYS: u64 = 30;

/// Why a site could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// A file could not be read or written.
    #[error("{path}: {error}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// What was published before cannot be understood.
    #[error("{path}: {what}; restore the site from its backup, or publish to a new folder")]
    Before {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The root key is needed: for the first root.
    #[error("the first publication needs root.key in the key folder; afterwards keep it apart")]
    NoRootKey,
    /// The root key is needed: it names the new keys.
    #[error("a change of keys needs root.key in the key folder")]
    NoRootKeyToChange,
    /// What is to be published cannot be encoded.
    #[error("the bank could not be written: {0}")]
    Encoding(String),
}

/// The keys that a publication signs with.
pub(super) struct Keys {
    /// Not needed but for the first root and for a change of keys: it is kept apart from the rest.
    pub(super) root: Option<SigningKey>,
    pub(super) timestamp: SigningKey,
    pub(super) snapshot: SigningKey,
    pub(super) targets: SigningKey,
}

impl Keys {
    /// Reads the keys. A change of keys that was cut short after its root was published is ended first.
    pub(super) fn read(folder: &Path, site: &Path, passphrase: Option<&str>) -> Result<Self, PublishError> {
        change_keys::finish(folder, site, passphrase)?;
        let read = |role: &str| read_signing(&folder.join(format!("{role}.key")), passphrase);
        Ok(Self {
            root: if folder.join("root.key").exists() { Some(read("root")?) } else { None },
            timestamp: read("timestamp")?,
            snapshot: read("snapshot")?,
            targets: read("targets")?,
        })
    }
}

/// The newest root of the site, whatever its expiry; `None` for a new site.
pub(super) fn newest_root(site: &Path) -> Result<Option<Verifier>, SiteError> {
    let path = site.join("metadata/root.json");
    match fs::read(&path) {
        Ok(root) => Verifier::new(&root, DateTime::<Utc>::MIN_UTC)
            .map(Some)
            .map_err(|error| SiteError::Before { path, what: error.to_string() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io_error(&path, error)),
    }
}

/// The bank that the site holds; `None` for a new site.
pub(super) fn newest(site: &Path, keys: &Keys) -> Result<Option<Snapshot>, SiteError> {
    let Some((_, verified)) = head(site, keys)? else {
        return Ok(None);
    };
    let path = site.join(format!("full/{}.zst", verified.news.newest.version));
    let before = |what: &str| SiteError::Before { path: path.clone(), what: what.to_owned() };
    let (unpacked, _) = unpacked_full(&path)?;
    if Sha256::of(&unpacked) != verified.news.newest.sha256 {
        return Err(before("it is not the bank that was signed"));
    }
    Snapshot::parse(&unpacked, &Limits::default()).map(Some).map_err(|error| before(&error.to_string()))
}

/// A full snapshot, unpacked, and how many bytes it takes packed.
fn unpacked_full(path: &Path) -> Result<(Vec<u8>, usize), SiteError> {
    let packed = fs::read(path).map_err(|error| io_error(path, error))?;
    let mut unpacked = Vec::new();
    zstd::Decoder::new(packed.as_slice())
        .and_then(|it| it.take(UNPACKED_LIMIT).read_to_end(&mut unpacked))
        .map_err(|_| SiteError::Before { path: path.to_owned(), what: "it does not unpack".to_owned() })?;
    Ok((unpacked, packed.len()))
}

pub(super) fn head(site: &Path, keys: &Keys) -> Result<Option<(Head, Verified)>, SiteError> {
    let path = site.join("head");
    let before = |what: String| SiteError::Before { path: path.clone(), what };
    let newest = newest_root(site)?;
    let ours = |it: &Verifier| it.root().keys.contains_key(&keys.targets.public().id());
    if newest.as_ref().is_some_and(|it| !ours(it)) {
        return Err(before("the site was published with other keys".to_owned()));
    }
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound && newest_full(site).unwrap_or(0) <= 1 => {
            return Ok(None);
        }
        Err(error) => return Err(io_error(&path, error)),
    };
    if newest.is_none() {
        return Err(before("the site has no root".to_owned()));
    }
    let head = Head::unpack(&bytes).map_err(|error| before(error.to_string()))?;
    // Under the root that it was signed with: a change of keys may have been cut short. What expired is signed again by this
    // very publication.
    let root_path = site.join(format!("metadata/{}.root.json", head.root));
    let root = fs::read(&root_path).map_err(|error| io_error(&root_path, error))?;
    let verified = Verifier::new(&root, DateTime::<Utc>::MIN_UTC)
        .and_then(|verifier| head.verify(verifier))
        .map_err(|error| before(error.to_string()))?;
    Ok(Some((head, verified)))
}

/// Writes the next bank, or signs the same one again.
pub(super) fn write(
    site: &Path,
    keys: &Keys,
    bank: Bank,
    before: Option<&Snapshot>,
    now: DateTime<Utc>,
    warnings: Vec<Fault>,
) -> Result<Published, SiteError> {
    let now = now.trunc_subsecs(0);
    let Bank { mut snapshot, blobs, .. } = bank;
    let new = number(&mut snapshot, before);
    let mut unpacked = Vec::new();
    write_snapshot(&snapshot, &mut unpacked).map_err(|error| SiteError::Encoding(error.to_string()))?;
    // What no phone could read is not published.
    Snapshot::parse(&unpacked, &Limits::default()).map_err(|error| SiteError::Encoding(error.to_string()))?;
    for (sha256, bytes) in &blobs {
        put_new(&site.join(format!("blob/{sha256}")), bytes)?;
    }
    let (packed, deltas) = thread::scope(|scope| {
        let packed = scope.spawn(|| full(site, snapshot.version, &unpacked, new));
        let deltas = if new {
            deltas(site, snapshot.version, &unpacked)
        } else {
            head(site, keys).map(|it| it.map(|(_, verified)| verified.news.deltas).unwrap_or_default())
        };
        (packed.join().unwrap_or_else(|panic| resume_unwind(panic)), deltas)
    });
    let (packed, deltas) = (packed?, deltas?);
    let skips = skips(site, snapshot.version).map_err(|error| io_error(&site.join("delta"), error))?;
    let newest = Newest {
        version: snapshot.version,
        length: unpacked.len() as u64,
        sha256: Sha256::of(&unpacked),
        packed,
        published: now,
    };
    // Before the head, so that a failure leaves the phones where they were.
    pages::write(site, &snapshot, now.date_naive())?;
    let recalls = recalls::of(&snapshot, now.date_naive());
    sign_site(site, keys, &News { newest, deltas, skips, recalls }, now)?;
    forget_old(site, snapshot.version)?;
    Ok(Published {
        version: snapshot.version.0,
        new,
        strategies: snapshot.strategies.iter().filter(|it| it.variant.is_none()).count(),
        resources: snapshot.resources.iter().filter(|it| it.variant.is_none()).count(),
        events: snapshot.events.len(),
        unpacked: newest.length,
        packed,
        warnings,
    })
}

/// Writes the packed snapshot and gives its size. One that is already published stays as it is; one that an earlier run
/// left without a head was never published and is written again.
fn full(site: &Path, version: BankVersion, unpacked: &[u8], new: bool) -> Result<u64, SiteError> {
    let path = site.join(format!("full/{version}.zst"));
    if !new {
        return Ok(fs::metadata(&path).map_err(|error| io_error(&path, error))?.len());
    }
    let packed = zstd::encode_all(unpacked, LEVEL).map_err(|error| SiteError::Encoding(error.to_string()))?;
    put(&path, &packed)?;
    Ok(packed.len() as u64)
}

/// Writes a delta to the newest from each of the last banks, and from steps a power of two before it if it is a step; gives the sizes
/// of the former. One that is no shorter than the whole is no short cut.
fn deltas(site: &Path, newest: BankVersion, unpacked: &[u8]) -> Result<Deltas, SiteError> {
    let recent = |version: u64| newest.0 - version < FULLS;
    let mut bases = fulls(site).map_err(|error| io_error(&site.join("full"), error))?;
    // The one that takes longest comes first.
    bases.sort_by_key(|(version, _)| Reverse(*version));
    bases.retain(|(version, _)| {
        let back = newest.0.saturating_sub(*version);
        let skip = back.is_power_of_two() && back < REACH && newest.0.is_multiple_of(back);
        back > 0 && (recent(*version) || skip)
    });
    let sizes = at_once(bases, |(version, path)| {
        let (old, whole) = unpacked_full(&path)?;
        let level = if unpacked.len() < LARGE || version + 1 == newest.0 { LEVEL } else { LEVEL - 1 };
        let delta =
            delta::pack(&old, unpacked, level).map_err(|error| SiteError::Encoding(error.to_string()))?;
        if delta.len() >= whole {
            return Ok(None);
        }
        put(&site.join(format!("delta/{version}-{newest}.dcz")), &delta)?;
        Ok(recent(version).then_some((BankVersion(version), delta.len() as u64)))
    })?;
    Ok(sizes.into_iter().flatten().collect())
}

/// The sizes of the deltas between steps that lead to banks before `newest`.
fn skips(site: &Path, newest: BankVersion) -> io::Result<Skips> {
    let mut skips = Skips::new();
    for (from, to, path) in hops(site)? {
        let back = to - from;
        if to < newest.0 && is_step(from) && is_step(to) && back.is_power_of_two() && to + REACH > newest.0 {
            let size = fs::metadata(path)?.len();
            skips.entry(BankVersion(to)).or_default().insert(BankVersion(from), size);
        }
    }
    Ok(skips)
}

fn is_step(version: u64) -> bool {
    version.is_multiple_of(STEP)
}

/// Gives the bank its number, and each text the number of the bank in which it last changed. Says whether anything did.
fn number(bank: &mut Snapshot, before: Option<&Snapshot>) -> bool {
    let next = BankVersion(before.map_or(1, |it| it.version.0 + 1));
    let published: BTreeMap<_, _> =
        before.iter().flat_map(|it| it.items()).map(|it| (it.key(), it)).collect();
    for item in bank.strategies.iter_mut().chain(&mut bank.resources) {
        let same = published.get(&item.key()).filter(|it| {
            item.changed_in = it.changed_in;
            **it == item
        });
        if same.is_none() {
            item.changed_in = next.0;
        }
    }
    if let Some(before) = before {
        bank.version = before.version;
        // The order of records that came from files is the canonical one of those that were read back.
        bank.topics.sort_by(|a, b| a.slug.cmp(&b.slug));
        if bank == before {
            return false;
        }
    }
    bank.version = next;
    true
}

fn sign_site(site: &Path, keys: &Keys, news: &News, now: DateTime<Utc>) -> Result<(), SiteError> {
    let root = match newest_root(site)? {
        Some(root) => root.root().head.version,
        None => {
            let root_key = keys.root.as_ref().ok_or(SiteError::NoRootKey)?;
            let root = sign(&first_root(keys, root_key, now), &[root_key]).map_err(encoding)?;
            put_root(site, 1, &root)?;
            1
        }
    };
    let before = head(site, keys)?.map_or_else(Versions::default, |(_, verified)| verified.versions);
    let head = sign_documents(keys, news, root, before, now)?;
    put_documents(site, &head, before)
}

/// The documents after those numbered `before`.
pub(super) fn sign_documents(
    keys: &Keys,
    news: &News,
    root: u64,
    before: Versions,
    now: DateTime<Utc>,
) -> Result<Head, SiteError> {
    let expiry = Expiry { timestamp: after(now, TIMESTAMP_DAYS), rest: after(now, REST_DAYS) };
    let signers = Signers { timestamp: &keys.timestamp, snapshot: &keys.snapshot, targets: &keys.targets };
    Head::naming(news, root, following(before), now, expiry, &signers).map_err(encoding)
}

pub(super) fn put_documents(site: &Path, head: &Head, before: Versions) -> Result<(), SiteError> {
    let versions = following(before);
    put(&site.join(format!("metadata/{}.targets.json", versions.targets)), &head.targets)?;
    put(&site.join(format!("metadata/{}.snapshot.json", versions.snapshot)), &head.snapshot)?;
    put_head(site, head)
}

fn following(before: Versions) -> Versions {
    Versions { timestamp: before.timestamp + 1, snapshot: before.snapshot + 1, targets: before.targets + 1 }
}

/// Signs the timestamp of the newest bank again.
pub(super) fn refresh(site: &Path, keys: &Keys, now: DateTime<Utc>) -> Result<u64, SiteError> {
    let path = site.join("head");
    let nothing = || SiteError::Before { path: path.clone(), what: "nothing was published yet".to_owned() };
    let (head, Verified { versions, news, .. }) = head(site, keys)?.ok_or_else(nothing)?;
    let now = now.trunc_subsecs(0);
    let versions = Versions { timestamp: versions.timestamp + 1, ..versions };
    let head =
        head.refreshed(versions, now, after(now, TIMESTAMP_DAYS), &keys.timestamp).map_err(encoding)?;
    put_head(site, &head)?;
    Ok(news.newest.version.0)
}

/// Writes what changes under the same name: the timestamp for other TUF clients, then the head for ours.
fn put_head(site: &Path, head: &Head) -> Result<(), SiteError> {
    put(&site.join("metadata/timestamp.json"), &head.timestamp)?;
    put(&site.join("head"), &head.pack().map_err(|error| SiteError::Encoding(error.to_string()))?)
}

pub(super) fn encoding(error: TrustError) -> SiteError {
    SiteError::Encoding(error.to_string())
}

/// Writes a root under its number for those who follow, and as the newest for those who begin.
pub(super) fn put_root(site: &Path, version: u64, root: &[u8]) -> Result<(), SiteError> {
    put(&site.join(format!("metadata/{version}.root.json")), root)?;
    put(&site.join("metadata/root.json"), root)
}

fn first_root(keys: &Keys, root: &SigningKey, now: DateTime<Utc>) -> Root {
    let roles = [
        ("root", root),
        ("timestamp", &keys.timestamp),
        ("snapshot", &keys.snapshot),
        ("targets", &keys.targets),
    ];
    Root {
        head: DocumentHead::new::<Root>(1, after(now, ROOT_DAYS)),
        consistent_snapshot: true,
        keys: roles.iter().map(|(_, key)| (key.public().id(), key.public())).collect(),
        roles: roles
            .iter()
            .map(|(role, key)| {
                let keyids = BTreeSet::from([key.public().id()]);
                ((*role).to_owned(), RoleKeys { keyids, threshold: 1 })
            })
            .collect(),
    }
}

pub(super) fn after(now: DateTime<Utc>, days: u64) -> DateTime<Utc> {
    now.checked_add_days(Days::new(days)).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// Removes full snapshots and deltas that no phone is led to any more.
fn forget_old(site: &Path, newest: BankVersion) -> Result<(), SiteError> {
    for (version, path) in fulls(site).map_err(|error| io_error(&site.join("full"), error))? {
        if version + FULLS <= newest.0 && !is_base(version, newest.0) {
            fs::remove_file(&path).map_err(|error| io_error(&path, error))?;
        }
    }
    for (_, to, path) in hops(site).map_err(|error| io_error(&site.join("delta"), error))? {
        // A phone that has just read the head before may still ask for what that one names.
        let stays = to + 1 >= newest.0 || (is_step(to) && to + REACH > newest.0);
        if !stays {
            fs::remove_file(&path).map_err(|error| io_error(&path, error))?;
        }
    }
    Ok(())
}

/// Whether a later step will be packed against this one: it is the last multiple of a power of two.
fn is_base(version: u64, newest: u64) -> bool {
    let distances = (STEP.ilog2()..REACH.ilog2()).map(|it| 1 << it);
    version > 0 && distances.into_iter().any(|it: u64| version.is_multiple_of(it) && version + it > newest)
}

/// The deltas in the folder: from which bank, to which.
fn hops(site: &Path) -> io::Result<Vec<(u64, u64, PathBuf)>> {
    let hop = |path: PathBuf| {
        let (from, to) = path.file_name()?.to_str()?.strip_suffix(".dcz")?.split_once('-')?;
        Some((from.parse().ok()?, to.parse().ok()?, path))
    };
    Ok(files(&site.join("delta"))?.into_iter().filter_map(hop).filter(|(from, to, _)| from < to).collect())
}

/// The newest full snapshot in the folder. A site that has more than one had a head: without it, the next bank would
/// begin at 1 again and every phone would refuse it.
fn newest_full(site: &Path) -> Option<u64> {
    fulls(site).ok()?.into_iter().map(|(version, _)| version).max()
}

/// The full snapshots in the folder, by version.
fn fulls(site: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let full = |path: PathBuf| {
        let version = path.file_name()?.to_str()?.strip_suffix(".zst")?;
        Some((version.parse().ok()?, path))
    };
    Ok(files(&site.join("full"))?.into_iter().filter_map(full).collect())
}

/// The files in a folder; none where it was not made yet.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Ok(entries) => Ok(entries.flatten().map(|it| it.path()).collect()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Writes a blob unless it is there: its name is its content.
fn put_new(path: &Path, bytes: &[u8]) -> Result<(), SiteError> {
    if path.exists() { Ok(()) } else { put(path, bytes) }
}

/// Writes a file whole: under another name first.
pub(super) fn put(path: &Path, bytes: &[u8]) -> Result<(), SiteError> {
    let part = path.with_extension("part");
    let write = || -> io::Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = fs::File::create(&part)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&part, path)
    };
    write().map_err(|error| io_error(path, error))
}

pub(super) fn io_error(path: &Path, error: io::Error) -> SiteError {
    SiteError::Io { path: path.to_owned(), error }
}
