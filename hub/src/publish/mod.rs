//! From an editor's content folder to a signed static site.
//!
//! [`bank::read`] reads the folder and reports every fault at once; [`compare`] compares with the bank that was published before;
//! [`site`] writes what the phones fetch, and [`pages`] what browsers open. Nothing is written while a fault stands.

mod at_once;
mod bank;
mod change_keys;
mod compare;
mod event;
mod fault;
mod folder;
mod item;
mod markdown;
mod media;
mod pages;
mod reading_age;
mod recalls;
mod review;
mod service;
mod site;
mod together;
mod topic;

mod words;
mod yaml;

use std::path::PathBuf;

use chrono::{DateTime, Utc};

pub use change_keys::{ChangeOptions, SigningRole, change};
pub use fault::{Fault, Faults, Severity};
pub use site::SiteError;

use crate::keys::{KeyError, public_halves};

/// What to publish, where, and with which keys.
#[derive(Clone, Debug)]
pub struct PublishOptions {
    /// The content folder.
    pub content: PathBuf,
    /// The site's folder; made if missing.
    pub site: PathBuf,
    /// The key folder.
    pub keys: PathBuf,
    /// What the keys are sealed with.
    pub passphrase: Option<String>,
    /// The present instant; every expiry counts from it.
    pub now: DateTime<Utc>,
    /// Whether items and events may vanish without a word.
    pub allow_removed: bool,
}

/// What was published.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Published {
    /// The newest bank.
    pub version: u64,
    /// Whether its content is new. If not, only the head was signed again.
    pub new: bool,
    /// How many strategies, resources, events and topics it holds.
    pub strategies: usize,
    /// Resources for professionals.
    pub resources: usize,
    /// Workshops, training sessions and drop-ins.
    pub events: usize,
    /// The size of the snapshot, unpacked.
    pub unpacked: u64,
    /// The size of the snapshot as it travels.
    pub packed: u64,
    /// What an editor should look at.
    pub warnings: Vec<Fault>,
}

/// Why nothing was published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The content has faults: all of them.
    #[error("{} in the content; nothing was published", count(.0))]
    Content(Vec<Fault>),
    /// A key is missing or does not open.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The site could not be read or written.
    #[error(transparent)]
    Site(#[from] SiteError),
}

fn count(faults: &[Fault]) -> String {
    let faults = faults.iter().filter(|it| it.severity == Severity::Fault).count();
    if faults == 1 { "1 fault".to_owned() } else { format!("{faults} faults") }
}

/// Publishes the content folder as the next bank. The same content again is signed again under the same number.
///
/// # Errors
/// [`PublishError`]; nothing that a phone fetches was touched.
pub fn publish(options: &PublishOptions) -> Result<Published, PublishError> {
    let keys = site::Keys::read(&options.keys, &options.site, options.passphrase.as_deref())?;
    let before = site::newest(&options.site, &keys)?;
    let mut faults = Faults::default();
    let mut bank = bank::read(&options.content, options.now, &mut faults);
    if let Some(bank) = &mut bank {
        let named = before.as_ref().and_then(|it| it.service.keys.as_ref());
        bank.snapshot.service.keys = public_halves(&options.keys, named, options.now)?;
        if bank.snapshot.service.keys.is_none() {
            let what = "the key folder has no service.key, recovery.key and receipt.key, and the bank before named none: families \
                        cannot write to the service";
            faults.warning("service.yaml", 1, what);
        }
    }
    if let (Some(bank), Some(before)) = (&mut bank, &before) {
        compare::check(before, bank, options.now, options.allow_removed, &mut faults);
    }
    match bank {
        Some(bank) if !faults.stand() => {
            Ok(site::write(&options.site, &keys, bank, before.as_ref(), options.now, faults.into_sorted())?)
        }
        _ => Err(PublishError::Content(faults.into_sorted())),
    }
}

/// Signs the timestamp of the newest bank again, so that phones see that the hub is looked after. Gives the bank's number.
///
/// # Errors
/// [`PublishError`]: no key, or nothing published yet.
pub fn refresh(options: &RefreshOptions) -> Result<u64, PublishError> {
    let keys = site::Keys::read(&options.keys, &options.site, options.passphrase.as_deref())?;
    Ok(site::refresh(&options.site, &keys, options.now)?)
}

/// Which site to sign again, and with which keys.
#[derive(Clone, Debug)]
pub struct RefreshOptions {
    /// The site's folder.
    pub site: PathBuf,
    /// The key folder.
    pub keys: PathBuf,
    /// What the keys are sealed with.
    pub passphrase: Option<String>,
    /// The present instant; the expiry counts from it.
    pub now: DateTime<Utc>,
}
