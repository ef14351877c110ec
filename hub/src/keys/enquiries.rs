//! The keys around enquiries: whose public halves a bank names, and whose private halves open what families sent.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, SubsecRound, Utc};
use otsupport_wire::digest::from_hex;
use otsupport_wire::enquiry::{EnquiryKeys, PublicHalf, ReceiptKey, SecretHalf, ServiceKey};
use otsupport_wire::trust::SigningKey;

use super::{KeyError, KeyFile, KeyType, make_one, put_over, read_file, secret, successor, write_file};

/// A key around enquiries that can be changed without a new root: the next bank names the new one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EnquiryRole {
    /// To which enquiries are sealed.
    Service,
    /// Which signs receipts.
    Receipt,
}

impl EnquiryRole {
    /// The role's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Receipt => "receipt",
        }
    }

    fn file(self) -> &'static str {
        match self {
            Self::Service => "service.key",
            Self::Receipt => "receipt.key",
        }
    }

    fn keytype(self) -> KeyType {
        match self {
            Self::Service => KeyType::X25519,
            Self::Receipt => KeyType::Ed25519,
        }
    }
}

/// Makes a new key in the place of the old one, which is kept as `<name>.old-N`: what was sealed to it is still opened with it, and
/// what it signed still holds. Phones seal to it, and the hub takes what they sealed, until `until`.
///
/// # Errors
/// [`KeyError`]. A change that was cut short is begun anew by the next.
pub fn change_enquiry_key(
    folder: &Path,
    role: EnquiryRole,
    passphrase: Option<&str>,
    until: DateTime<Utc>,
) -> Result<(), KeyError> {
    let path = folder.join(role.file());
    let old = read_file(&path)?;
    let new = successor(folder, role.file());
    if new.exists() {
        fs::remove_file(&new).map_err(|error| super::io_error(&new, error))?;
    }
    make_one(&new, role.keytype(), passphrase.filter(|_| role == EnquiryRole::Service))?;
    let aside = super::old_name(folder, role.file())?;
    write_file(&aside, &KeyFile { until: Some(until.trunc_subsecs(0)), ..old })?;
    put_over(&new, &path)
}

/// The public halves for a bank that is published now, as far as the keys are here; what is not is as in the bank before. `None` where a
/// key is neither here nor there.
///
/// # Errors
/// [`KeyError`] for a file that is no key.
pub fn public_halves(
    folder: &Path,
    before: Option<&EnquiryKeys>,
    now: DateTime<Utc>,
) -> Result<Option<EnquiryKeys>, KeyError> {
    let (service, recovery) = (all(folder, "service.key")?, all(folder, "recovery.key")?);
    let receipt = all(folder, "receipt.key")?;
    let mut keys = EnquiryKeys {
        service: serving(&service, now)
            .map(|(public, until)| ServiceKey { public: PublicHalf::from_bytes(public), until })
            .collect(),
        recovery: PublicHalf::from_bytes(recovery.first().map_or([0; 32], |it| it.0)),
        receipt: serving(&receipt, now).map(|it| ReceiptKey::from_bytes(it.0)).collect(),
    };
    // Each private half may lie on a machine of its own.
    if service.is_empty() {
        keys.service = before.map(|it| it.service.clone()).unwrap_or_default();
    }
    if receipt.is_empty() {
        keys.receipt = before.map(|it| it.receipt.clone()).unwrap_or_default();
    }
    match (recovery.is_empty(), before) {
        (true, None) => return Ok(None),
        (true, Some(before)) => keys.recovery = before.recovery,
        (false, _) => {}
    }
    Ok(Some(keys).filter(|it| !it.service.is_empty() && !it.receipt.is_empty()))
}

/// The key that signs receipts, and its public half, as a bank names it.
///
/// # Errors
/// As [`super::read_signing`].
pub fn read_receipt(path: &Path) -> Result<(SigningKey, ReceiptKey), KeyError> {
    let key = super::read_signing(path, None)?;
    let public = from_hex(&read_file(path)?.public).ok_or_else(|| KeyError::NotAKey(path.to_owned()))?;
    Ok((key, ReceiptKey::from_bytes(public)))
}

/// The private halves that open what was sealed to the service, the newest first.
///
/// # Errors
/// [`KeyError`].
pub fn service_secrets(folder: &Path, passphrase: Option<&str>) -> Result<Vec<SecretHalf>, KeyError> {
    secrets(folder, "service.key", passphrase)
}

/// The private halves that open what a lost service key does not.
///
/// # Errors
/// [`KeyError`].
pub fn recovery_secrets(folder: &Path, passphrase: Option<&str>) -> Result<Vec<SecretHalf>, KeyError> {
    secrets(folder, "recovery.key", passphrase)
}

fn secrets(folder: &Path, name: &str, passphrase: Option<&str>) -> Result<Vec<SecretHalf>, KeyError> {
    files(folder, name)?
        .iter()
        .map(|path| {
            let file = read_file(path)?;
            if file.keytype != KeyType::X25519 {
                return Err(KeyError::NotAKey(path.clone()));
            }
            Ok(SecretHalf::from_bytes(*secret(path, &file, passphrase)?))
        })
        .collect()
}

/// The public half of a key, and until when it serves.
type Public = ([u8; 32], Option<DateTime<Utc>>);

/// Every key of this name, the newest first.
fn all(folder: &Path, name: &str) -> Result<Vec<Public>, KeyError> {
    if !folder.join(name).exists() {
        return Ok(Vec::new());
    }
    let of = |path: &PathBuf| {
        let file = read_file(path)?;
        let public = from_hex(&file.public).ok_or_else(|| KeyError::NotAKey(path.clone()))?;
        Ok((public, file.until))
    };
    files(folder, name)?.iter().map(of).collect()
}

/// The newest of a name, and those before it, the newest first.
fn files(folder: &Path, name: &str) -> Result<Vec<PathBuf>, KeyError> {
    let newest = folder.join(name);
    let old = (1..).map(|number| folder.join(format!("{name}.old-{number}")));
    let mut old: Vec<PathBuf> = old.take_while(|it| it.exists()).collect();
    old.reverse();
    Ok([vec![newest], old].concat())
}

/// Those that have not ended. A change that was cut short leaves one key under two names: the first stands.
fn serving(keys: &[Public], now: DateTime<Utc>) -> impl Iterator<Item = Public> {
    let mut seen = Vec::new();
    let distinct = keys.iter().filter(move |it| {
        let is_new = !seen.contains(&it.0);
        seen.push(it.0);
        is_new
    });
    distinct.copied().filter(move |it| it.1.is_none_or(|until| now < until))
}
