//! The newest bank as the signed targets name it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::TrustError;
use super::roles::{Hashes, TargetFile, Targets};
use crate::{BankVersion, Sha256};

/// What a bank's path begins with.
const BANK: &str = "bank/";

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

/// The sizes of `delta/<old>-<newest>.dcz` in bytes, by the old bank.
pub type Deltas = BTreeMap<BankVersion, u64>;

/// What is said of a bank besides its length and digest.
#[derive(Serialize, Deserialize)]
struct Custom {
    full: u64,
    published: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    deltas: Deltas,
}

impl Newest {
    /// The name and the record under which targets list it.
    pub(super) fn listed(&self, deltas: &Deltas) -> Result<(String, TargetFile), TrustError> {
        let custom = Custom { full: self.packed, published: self.published, deltas: deltas.clone() };
        let custom = serde_json::to_value(custom)?;
        let file =
            TargetFile { length: self.length, hashes: Hashes::sha256(self.sha256), custom: Some(custom) };
        Ok((format!("{BANK}{}", self.version), file))
    }

    /// The bank that the targets name, and the ways to it; none unless they name exactly one.
    pub(super) fn of(targets: &Targets) -> Result<(Self, Deltas), TrustError> {
        let mut banks =
            targets.targets.iter().filter_map(|(name, file)| Some((name.strip_prefix(BANK)?, file)));
        let (Some((version, file)), None) = (banks.next(), banks.next()) else {
            return Err(TrustError::WrongKind);
        };
        let custom: Custom = serde_json::from_value(file.custom.clone().unwrap_or_default())?;
        let digest = file.hashes.0.get("sha256").and_then(|it| it.parse().ok());
        let newest = Self {
            version: BankVersion(version.parse().map_err(|_| TrustError::WrongKind)?),
            length: file.length,
            sha256: digest.ok_or(TrustError::WrongKind)?,
            packed: custom.full,
            published: custom.published,
        };
        Ok((newest, custom.deltas))
    }
}
