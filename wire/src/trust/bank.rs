//! What the signed targets say: which bank is the newest, the ways to it, and what was withdrawn lately.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::TrustError;
use super::document::is_number;
use super::roles::{Hashes, TargetFile, Targets};
use crate::{BankVersion, ItemId, Sha256};

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

/// The sizes of deltas between steps (every [`STEP`]th bank), by the new bank, then by the old one. They stay when others go.
pub type Skips = BTreeMap<BankVersion, Deltas>;

/// A bank whose number is a multiple of this is a step: the deltas to it from the banks since the step before stay, and so do those
/// from steps a power of two before it.
pub const STEP: u64 = 16;

/// Why an item is no longer advice. It stands in the bank too; here it is known before the bank is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Recall {
    /// Since when.
    pub on: NaiveDate,
    /// Why, in plain words.
    pub reason: String,
    /// What to use instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead: Option<ItemId>,
}

/// The items that were withdrawn lately.
pub type Recalls = BTreeMap<ItemId, Recall>;

/// What the targets say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct News {
    /// The newest bank.
    pub newest: Newest,
    /// The deltas to it.
    pub deltas: Deltas,
    /// The deltas between steps before it.
    pub skips: Skips,
    /// What was withdrawn lately.
    pub recalls: Recalls,
}

/// What is said of a bank besides its length and digest.
#[derive(Serialize, Deserialize)]
struct Custom {
    full: u64,
    published: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    deltas: Deltas,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    skips: Skips,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    recalls: Recalls,
}

impl News {
    /// A bank alone.
    pub fn of_bank(newest: Newest) -> Self {
        Self { newest, deltas: Deltas::new(), skips: Skips::new(), recalls: Recalls::new() }
    }

    /// The name and the record under which targets list it.
    pub(super) fn listed(&self) -> Result<(String, TargetFile), TrustError> {
        let Self { newest, deltas, skips, recalls } = self;
        let custom = Custom {
            full: newest.packed,
            published: newest.published,
            deltas: deltas.clone(),
            skips: skips.clone(),
            recalls: recalls.clone(),
        };
        let custom = serde_json::to_value(custom)?;
        let hashes = Hashes::sha256(newest.sha256);
        let file = TargetFile { length: newest.length, hashes, custom: Some(custom) };
        Ok((format!("{BANK}{}", newest.version), file))
    }

    /// What the targets say; an error unless they name exactly one bank.
    pub(super) fn of(targets: &Targets) -> Result<Self, TrustError> {
        let mut banks =
            targets.targets.iter().filter_map(|(name, file)| Some((name.strip_prefix(BANK)?, file)));
        let (Some((version, file)), None) = (banks.next(), banks.next()) else {
            return Err(TrustError::WrongKind);
        };
        let custom: Custom = serde_json::from_value(file.custom.clone().unwrap_or_default())?;
        let digest = file.hashes.0.get("sha256").and_then(|it| it.parse().ok());
        let newest = Newest {
            version: version
                .parse()
                .ok()
                .filter(|it| is_number(*it))
                .map(BankVersion)
                .ok_or(TrustError::WrongKind)?,
            length: file.length,
            sha256: digest.ok_or(TrustError::WrongKind)?,
            packed: custom.full,
            published: custom.published,
        };
        let Custom { deltas, skips, recalls, .. } = custom;
        Ok(Self { newest, deltas, skips, recalls })
    }
}
