//! Who keeps the family's key.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::storage::FamilyKey;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyFault {
    /// The keystore is locked or lost the key.
    #[error("the keystore has no key")]
    Unavailable,
    /// The file that holds the key cannot be read or written.
    #[error("the key file: {0}")]
    Io(#[from] io::Error),
}

/// A keystore: Android's Keystore, Apple's Keychain, or a file.
pub trait KeyStore: Send + Sync {
    /// The family's key; it is asked for once, when the hub opens.
    ///
    /// # Errors
    /// [`KeyFault`] if there is none.
    fn family_key(&self) -> Result<FamilyKey, KeyFault>;
}

/// A key that the host app took out of its keystore.
pub struct GivenKey(pub FamilyKey);

impl KeyStore for GivenKey {
    fn family_key(&self) -> Result<FamilyKey, KeyFault> {
        Ok(self.0.clone())
    }
}

/// A key in a file that only its owner can read (mode 0600), made on first use. For a terminal: whoever can read the file
/// can read what the family wrote.
pub struct FileKey(pub PathBuf);

impl KeyStore for FileKey {
    fn family_key(&self) -> Result<FamilyKey, KeyFault> {
        match fs::read(&self.0).map(Zeroizing::new) {
            Ok(bytes) => FamilyKey::from_bytes(&bytes).ok_or(KeyFault::Unavailable),
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.make(),
            Err(error) => Err(error.into()),
        }
    }
}

impl FileKey {
    fn make(&self) -> Result<FamilyKey, KeyFault> {
        let mut bytes = Zeroizing::new([0u8; 32]);
        getrandom::fill(bytes.as_mut()).map_err(|_| KeyFault::Unavailable)?;
        // Written whole under another name first: a cut write must not leave half a key behind.
        let part = self.0.with_extension("part");
        let mut file = owner_only(&part)?;
        file.write_all(bytes.as_ref())?;
        file.sync_all()?;
        fs::rename(&part, &self.0)?;
        FamilyKey::from_bytes(bytes.as_ref()).ok_or(KeyFault::Unavailable)
    }
}

fn owner_only(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
