//! A phone whose network is the site's folder.

use std::path::Path;
use std::sync::Arc;

use otsupport_core::platform::{Folder, GivenKey, Platform};
use otsupport_core::sync::Outcome;
use otsupport_core::{FamilyKey, OpenOptions, SupportHub};

use crate::Failure;

/// Opens it.
pub(crate) fn open(folder: &Path, site: &Path, root: &[u8]) -> Result<SupportHub, Failure> {
    let key = FamilyKey::from_bytes(&[7; 32]).ok_or("no key")?;
    let mut platform = Platform::with_key(Arc::new(GivenKey(key)));
    platform.http = Arc::new(Folder(site.to_owned()));
    let options = OpenOptions { folder: folder.to_owned(), root: Some(root.to_vec()), seed: None };
    Ok(SupportHub::open(options, platform)?)
}

/// Takes in what is new.
pub(crate) fn sync(hub: &SupportHub) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let report = runtime.block_on(hub.sync(""))?;
    if report.outcome == Outcome::Updated { Ok(()) } else { Err(format!("{report:?}").into()) }
}
