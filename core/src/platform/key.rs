//! Who keeps the family's key.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::storage::FamilyKey;

/// Bytes of a key.
const LENGTH: usize = 32;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyFault {
    /// The keystore is locked, lost the key, or keeps no other than the one it was given.
    #[error("the keystore has no key")]
    Unavailable,
    /// The file that holds the key cannot be read or written.
    #[error("the key file: {0}")]
    Io(#[from] io::Error),
}

/// A keystore: Android's Keystore, Apple's Keychain, or a file.
///
/// It may hold two keys for a moment: while what the family made is sealed anew, the new key stands before the old one, so
/// that a kill at any point leaves the one that opens. [`Self::add`], [`Self::retain`] and [`Self::erase`] are called while the
/// family's database is locked, so that two programs never change keys at once: they must not call the hub.
pub trait KeyStore: Send + Sync {
    /// The keys, the newest first; none before first use, or if they are lost.
    ///
    /// # Errors
    /// [`KeyFault`] if they cannot be read now. The family's part is locked then; the bank is not.
    fn keys(&self) -> Result<Vec<FamilyKey>, KeyFault>;

    /// Keeps `key` before those that are there. It is on disk when this returns.
    ///
    /// # Errors
    /// [`KeyFault`] if it is not; those that were there still are.
    fn add(&self, key: &FamilyKey) -> Result<(), KeyFault>;

    /// Forgets every key but `key`.
    ///
    /// # Errors
    /// [`KeyFault`] if the others are still there.
    fn retain(&self, key: &FamilyKey) -> Result<(), KeyFault>;

    /// Forgets every key: nothing that was sealed with them opens again.
    ///
    /// # Errors
    /// [`KeyFault`] if some are still there.
    fn erase(&self) -> Result<(), KeyFault>;
}

/// A key that the host app took out of its keystore, and that the host erases itself.
pub struct GivenKey(pub FamilyKey);

impl KeyStore for GivenKey {
    fn keys(&self) -> Result<Vec<FamilyKey>, KeyFault> {
        Ok(vec![self.0.clone()])
    }

    fn add(&self, _: &FamilyKey) -> Result<(), KeyFault> {
        Err(KeyFault::Unavailable)
    }

    fn retain(&self, _: &FamilyKey) -> Result<(), KeyFault> {
        Ok(())
    }

    fn erase(&self) -> Result<(), KeyFault> {
        Ok(())
    }
}

/// Keys in a file that only its owner can read (mode 0600), made on first use. For a terminal: whoever can read the file
/// can read what the family wrote.
pub struct FileKey(pub PathBuf);

impl KeyStore for FileKey {
    fn keys(&self) -> Result<Vec<FamilyKey>, KeyFault> {
        let bytes = match fs::read(&self.0).map(Zeroizing::new) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        if bytes.is_empty() || bytes.len() % LENGTH != 0 {
            return Err(KeyFault::Unavailable);
        }
        Ok(bytes.chunks(LENGTH).filter_map(FamilyKey::from_bytes).collect())
    }

    fn add(&self, key: &FamilyKey) -> Result<(), KeyFault> {
        match self.keys() {
            Ok(mut keys) => {
                keys.insert(0, key.clone());
                self.write(&keys)
            }
            // What is no key is kept beside: it may be one that was damaged.
            Err(KeyFault::Unavailable) => {
                fs::rename(&self.0, self.aside()?)?;
                self.write(std::slice::from_ref(key))
            }
            Err(error) => Err(error),
        }
    }

    fn retain(&self, key: &FamilyKey) -> Result<(), KeyFault> {
        self.write(std::slice::from_ref(key))
    }

    fn erase(&self) -> Result<(), KeyFault> {
        for path in self.ours()? {
            fs::remove_file(path)?;
        }
        Ok(sync_folder(&self.0)?)
    }
}

impl FileKey {
    fn write(&self, keys: &[FamilyKey]) -> Result<(), KeyFault> {
        // Written whole under another name first: a cut write must not leave half a key behind.
        let part = self.named(".part");
        let mut file = owner_only(&part)?;
        for key in keys {
            file.write_all(key.as_bytes())?;
        }
        file.sync_all()?;
        fs::rename(&part, &self.0)?;
        Ok(sync_folder(&self.0)?)
    }

    fn named(&self, suffix: &str) -> PathBuf {
        let mut name = self.0.clone().into_os_string();
        name.push(suffix);
        name.into()
    }

    /// The first free name beside the file.
    fn aside(&self) -> Result<PathBuf, KeyFault> {
        (1..u32::MAX)
            .map(|number| self.named(&format!(".aside-{number}")))
            .find(|path| !path.exists())
            .ok_or(KeyFault::Unavailable)
    }

    /// The file and everything that was kept beside it.
    fn ours(&self) -> io::Result<Vec<PathBuf>> {
        let name: OsString = self.0.file_name().unwrap_or_default().to_owned();
        let beside = [name.clone(), with(&name, ".part")];
        let aside = with(&name, ".aside-");
        let mut found = Vec::new();
        for entry in fs::read_dir(folder(&self.0))? {
            let entry = entry?;
            let is_aside = entry.file_name().as_encoded_bytes().starts_with(aside.as_encoded_bytes());
            if is_aside || beside.contains(&entry.file_name()) {
                found.push(entry.path());
            }
        }
        Ok(found)
    }
}

fn with(name: &OsString, suffix: &str) -> OsString {
    let mut name = name.clone();
    name.push(suffix);
    name
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// A renamed file is under its new name after a loss of power only if its folder was synced.
fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(folder(path))?.sync_all()?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

fn owner_only(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
