//! The keys of a hub, each in a file that only its owner can read.

mod enquiries;

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use argon2::Argon2;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use chrono::{DateTime, Utc};
pub use enquiries::{
    EnquiryRole, change_enquiry_key, public_halves, read_receipt, recovery_secrets, service_secrets,
};
use otsupport_wire::digest::{from_hex, to_hex};
use otsupport_wire::trust::SigningKey;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// The files of a key folder and what each key is for.
pub const KEY_FILES: [(&str, KeyType); 7] = [
    ("root.key", KeyType::Ed25519),
    ("timestamp.key", KeyType::Ed25519),
    ("snapshot.key", KeyType::Ed25519),
    ("targets.key", KeyType::Ed25519),
    ("service.key", KeyType::X25519),
    ("recovery.key", KeyType::X25519),
    ("receipt.key", KeyType::Ed25519),
];

/// What a key can do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyType {
    /// Sign (RFC 8032).
    Ed25519,
    /// Agree on a secret (RFC 7748).
    X25519,
}

/// Why keys could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A key would be written over.
    #[error("{0} is already there; keys are never written over: choose another folder")]
    Exists(PathBuf),
    /// A file could not be read or written.
    #[error("{path}: {error}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A file is not a key of this kind.
    #[error("{0} is not a key file of this hub")]
    NotAKey(PathBuf),
    /// A key is sealed and no passphrase was given.
    #[error("{0} is sealed: give --passphrase-file")]
    Sealed(PathBuf),
    /// The passphrase opens nothing.
    #[error("{0} does not open with this passphrase")]
    WrongPassphrase(PathBuf),
    /// The system gave no random bytes, or the passphrase could not be stretched.
    #[error("no key could be made")]
    Making,
}

#[derive(Serialize, Deserialize)]
struct KeyFile {
    keytype: KeyType,
    public: String,
    /// Until when it serves, UTC, if that was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<DateTime<Utc>>,
    #[serde(flatten)]
    secret: Secret,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Secret {
    /// The 32 secret bytes in hexadecimal.
    Private(String),
    Sealed(Sealed),
}

/// A secret under a passphrase: Argon2id with the crate's defaults (19 MiB, 2 passes; OWASP's recommendation), then
/// XChaCha20-Poly1305 with the public half as associated data.
#[derive(Serialize, Deserialize)]
struct Sealed {
    salt: String,
    nonce: String,
    text: String,
}

/// Reads the passphrase from a file, without the end of its line.
///
/// # Errors
/// [`KeyError::Io`].
pub fn read_passphrase(path: &Path) -> Result<Zeroizing<String>, KeyError> {
    let text = Zeroizing::new(fs::read_to_string(path).map_err(|error| io_error(path, error))?);
    Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
}

/// Makes every key of a hub in `folder`, sealed with the passphrase if there is one. The receipt key never is: it must
/// serve without anybody there.
///
/// # Errors
/// [`KeyError::Exists`] before anything is written if a key is already there; otherwise what went wrong.
pub fn make(folder: &Path, passphrase: Option<&str>) -> Result<(), KeyError> {
    fs::create_dir_all(folder).map_err(|error| io_error(folder, error))?;
    if let Some(path) = KEY_FILES.iter().map(|(name, _)| folder.join(name)).find(|it| it.exists()) {
        return Err(KeyError::Exists(path));
    }
    for (name, keytype) in KEY_FILES {
        make_one(&folder.join(name), keytype, passphrase.filter(|_| name != "receipt.key"))?;
    }
    Ok(())
}

fn make_one(path: &Path, keytype: KeyType, passphrase: Option<&str>) -> Result<(), KeyError> {
    let mut secret = Zeroizing::new([0u8; 32]);
    getrandom::fill(secret.as_mut()).map_err(|_| KeyError::Making)?;
    let public = public_half(keytype, &secret);
    let secret = match passphrase {
        Some(passphrase) => Secret::Sealed(seal(&secret, passphrase, &public)?),
        None => Secret::Private(to_hex(secret.as_ref())),
    };
    write_file(path, &KeyFile { keytype, public, until: None, secret })
}

fn write_file(path: &Path, file: &KeyFile) -> Result<(), KeyError> {
    let json = serde_json::to_vec(file).map_err(|_| KeyError::Making)?;
    write_new(path, &Zeroizing::new(json)).map_err(|error| io_error(path, error))
}

/// Makes a new key beside the one of this name, to take its place ([`take_over`]).
///
/// # Errors
/// [`KeyError::Io`], [`KeyError::Making`].
pub fn make_successor(folder: &Path, name: &str, passphrase: Option<&str>) -> Result<SigningKey, KeyError> {
    let path = successor(folder, name);
    // One that an interrupted change left was never trusted by anybody.
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io_error(&path, error)),
        _ => {}
    }
    make_one(&path, KeyType::Ed25519, passphrase)?;
    read_signing(&path, passphrase)
}

/// The key that is to take the place of the one of this name, if a change was begun.
///
/// # Errors
/// As [`read_signing`].
pub fn read_successor(
    folder: &Path,
    name: &str,
    passphrase: Option<&str>,
) -> Result<Option<SigningKey>, KeyError> {
    let path = successor(folder, name);
    if path.exists() { read_signing(&path, passphrase).map(Some) } else { Ok(None) }
}

/// Puts the new key in the place of the old one, if there still is one, which is kept as `<name>.old-N`: it opens nothing any more, and is yours to destroy.
///
/// # Errors
/// [`KeyError::Io`].
pub fn take_over(folder: &Path, name: &str) -> Result<(), KeyError> {
    let path = folder.join(name);
    let old = old_name(folder, name)?;
    if path.exists() {
        fs::rename(&path, &old).map_err(|error| io_error(&old, error))?;
    }
    put_over(&successor(folder, name), &path)
}

/// The name under which the next old key is kept.
fn old_name(folder: &Path, name: &str) -> Result<PathBuf, KeyError> {
    (1..u32::MAX)
        .map(|number| folder.join(format!("{name}.old-{number}")))
        .find(|it| !it.exists())
        .ok_or(KeyError::Making)
}

fn put_over(new: &Path, path: &Path) -> Result<(), KeyError> {
    fs::rename(new, path).map_err(|error| io_error(path, error))
}

fn successor(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.new"))
}

/// Reads a signing key.
///
/// # Errors
/// [`KeyError`]: whatever is wrong with the file or the passphrase.
pub fn read_signing(path: &Path, passphrase: Option<&str>) -> Result<SigningKey, KeyError> {
    let file = read_file(path)?;
    if file.keytype != KeyType::Ed25519 {
        return Err(KeyError::NotAKey(path.to_owned()));
    }
    Ok(SigningKey::from_secret(&*secret(path, &file, passphrase)?))
}

fn read_file(path: &Path) -> Result<KeyFile, KeyError> {
    let json = Zeroizing::new(fs::read(path).map_err(|error| io_error(path, error))?);
    serde_json::from_slice(&json).map_err(|_| KeyError::NotAKey(path.to_owned()))
}

/// The secret bytes of a key file.
fn secret(path: &Path, file: &KeyFile, passphrase: Option<&str>) -> Result<Zeroizing<[u8; 32]>, KeyError> {
    let not_a_key = || KeyError::NotAKey(path.to_owned());
    let secret = match &file.secret {
        Secret::Private(hex) => Zeroizing::new(from_hex::<32>(hex).ok_or_else(not_a_key)?),
        Secret::Sealed(sealed) => {
            let passphrase = passphrase.ok_or_else(|| KeyError::Sealed(path.to_owned()))?;
            unseal(sealed, passphrase, &file.public)
                .ok_or_else(|| KeyError::WrongPassphrase(path.to_owned()))?
        }
    };
    if public_half(file.keytype, &secret) == file.public { Ok(secret) } else { Err(not_a_key()) }
}

fn public_half(keytype: KeyType, secret: &[u8; 32]) -> String {
    match keytype {
        KeyType::Ed25519 => to_hex(ed25519_dalek::SigningKey::from_bytes(secret).verifying_key().as_bytes()),
        KeyType::X25519 => {
            to_hex(x25519_dalek::PublicKey::from(&x25519_dalek::StaticSecret::from(*secret)).as_bytes())
        }
    }
}

fn seal(secret: &[u8; 32], passphrase: &str, public: &str) -> Result<Sealed, KeyError> {
    let (mut salt, mut nonce) = ([0u8; 16], [0u8; 24]);
    getrandom::fill(&mut salt).map_err(|_| KeyError::Making)?;
    getrandom::fill(&mut nonce).map_err(|_| KeyError::Making)?;
    let text = cipher(passphrase, &salt)
        .and_then(|it| it.encrypt(&nonce.into(), Payload { msg: secret, aad: public.as_bytes() }).ok())
        .ok_or(KeyError::Making)?;
    Ok(Sealed { salt: to_hex(&salt), nonce: to_hex(&nonce), text: to_hex(&text) })
}

fn unseal(sealed: &Sealed, passphrase: &str, public: &str) -> Option<Zeroizing<[u8; 32]>> {
    let nonce = from_hex::<24>(&sealed.nonce)?;
    // 32 secret bytes and a tag of 16.
    let text = from_hex::<48>(&sealed.text)?;
    let plain = cipher(passphrase, &from_hex::<16>(&sealed.salt)?)?
        .decrypt(&nonce.into(), Payload { msg: &text, aad: public.as_bytes() })
        .map(Zeroizing::new)
        .ok()?;
    Some(Zeroizing::new(plain.as_slice().try_into().ok()?))
}

fn cipher(passphrase: &str, salt: &[u8; 16]) -> Option<XChaCha20Poly1305> {
    let mut key = Zeroizing::new([0u8; 32]);
    Argon2::default().hash_password_into(passphrase.as_bytes(), salt, key.as_mut()).ok()?;
    Some(XChaCha20Poly1305::new(&(*key).into()))
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn io_error(path: &Path, error: io::Error) -> KeyError {
    KeyError::Io { path: path.to_owned(), error }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_key_opens_with_its_passphrase_only() {
        let folder = tempfile::tempdir().unwrap();
        make(folder.path(), Some("three small words")).unwrap();
        let root = folder.path().join("root.key");
        assert!(matches!(read_signing(&root, None), Err(KeyError::Sealed(_))));
        assert!(matches!(read_signing(&root, Some("other")), Err(KeyError::WrongPassphrase(_))));
        assert!(read_signing(&root, Some("three small words")).is_ok());
        assert!(read_signing(&folder.path().join("receipt.key"), None).is_ok());
        assert!(matches!(read_signing(&folder.path().join("service.key"), None), Err(KeyError::NotAKey(_))));
    }

    #[test]
    fn keys_are_never_written_over_and_are_the_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        make(folder.path(), None).unwrap();
        let before = fs::read(folder.path().join("targets.key")).unwrap();
        assert!(matches!(make(folder.path(), None), Err(KeyError::Exists(_))));
        assert_eq!(fs::read(folder.path().join("targets.key")).unwrap(), before);
        #[cfg(unix)]
        for (name, _) in KEY_FILES {
            let mode = fs::metadata(folder.path().join(name)).unwrap();
            assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode.permissions()) & 0o777, 0o600);
        }
    }
}
