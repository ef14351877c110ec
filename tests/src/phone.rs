//! A phone: its folder, its key, what its clock says.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use otsupport_core::platform::{FixedClock, GivenKey, KeyStore, Network, Patience, Platform};
use otsupport_core::reminders::{PhoneState, ReminderPlan};
use otsupport_core::sync::SyncReport;
use otsupport_core::{FamilyKey, HubError, OpenOptions, SupportHub};
use tempfile::TempDir;

use crate::site::{MORNING, copy, instant};

/// The 32 times repeated byte of a new phone's key.
const KEY: u8 = 7;

/// A phone whose hub can be opened again and again.
pub struct Phone {
    folder: TempDir,
    /// What its clock says.
    pub now: String,
    /// The 32 times repeated byte of its key.
    pub key: u8,
    /// The trusted root.
    pub root: Option<Vec<u8>>,
    /// A first site.
    pub seed: Option<PathBuf>,
    /// How long it waits for an answer.
    pub patience: Patience,
}

impl Phone {
    /// A new phone that trusts `root`.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn new(root: Vec<u8>) -> std::io::Result<Self> {
        Ok(Self {
            folder: tempfile::tempdir()?,
            now: MORNING.to_owned(),
            key: KEY,
            root: Some(root),
            seed: None,
            patience: Patience::default(),
        })
    }

    /// Another phone with the same files, of which no hub is writing.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn twin(&self) -> std::io::Result<Self> {
        let folder = tempfile::tempdir()?;
        copy(self.folder(), folder.path())?;
        let (now, root, seed) = (self.now.clone(), self.root.clone(), self.seed.clone());
        Ok(Self { folder, now, key: self.key, root, seed, patience: self.patience })
    }

    /// Where its files are.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Opens the hub.
    ///
    /// # Errors
    /// As [`SupportHub::open`].
    pub fn open(&self) -> Result<SupportHub, HubError> {
        self.open_in(self.folder())
    }

    /// Opens the hub in another folder.
    ///
    /// # Errors
    /// As [`SupportHub::open`].
    pub fn open_in(&self, folder: &Path) -> Result<SupportHub, HubError> {
        open(self.options(folder), given(self.key)?, &self.now, self.patience)
    }

    /// Opens the hub with the keys of this keystore.
    ///
    /// # Errors
    /// As [`SupportHub::open`].
    pub fn open_with(&self, keys: Arc<dyn KeyStore>) -> Result<SupportHub, HubError> {
        open(self.options(self.folder()), keys, &self.now, self.patience)
    }

    fn options(&self, folder: &Path) -> OpenOptions {
        OpenOptions { folder: folder.to_owned(), root: self.root.clone(), seed: self.seed.clone() }
    }
}

/// Opens the hub in a folder with the key of a new [`Phone`].
///
/// # Errors
/// As [`SupportHub::open`].
pub fn open_in(folder: &Path, now: &str, root: Option<Vec<u8>>) -> Result<SupportHub, HubError> {
    open(OpenOptions { folder: folder.to_owned(), root, seed: None }, given(KEY)?, now, Patience::default())
}

fn given(key: u8) -> Result<Arc<dyn KeyStore>, HubError> {
    let key = FamilyKey::from_bytes(&[key; 32]);
    Ok(Arc::new(GivenKey(key.ok_or_else(|| HubError::Internal { code: "no key".to_owned() })?)))
}

fn open(
    options: OpenOptions,
    keys: Arc<dyn KeyStore>,
    now: &str,
    patience: Patience,
) -> Result<SupportHub, HubError> {
    let mut platform = Platform::with_key(keys);
    platform.clock = Arc::new(FixedClock(instant(now)));
    platform.http = Arc::new(Network::with_patience(patience));
    SupportHub::open(options, platform)
}

/// Plans what is to be pending, and notes that it is.
///
/// # Errors
/// As [`SupportHub::plan_reminders`].
pub fn arm(hub: &SupportHub) -> Result<ReminderPlan, HubError> {
    let plan = hub.plan_reminders(PhoneState::default())?;
    hub.note_armed(&plan, PhoneState::default())?;
    Ok(plan)
}

/// Syncs on a runtime of this thread.
///
/// # Errors
/// As [`SupportHub::sync`].
pub fn sync(hub: &SupportHub, address: &str) -> Result<SyncReport, HubError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|_| HubError::Internal { code: "no runtime".to_owned() })?;
    runtime.block_on(hub.sync(address))
}
