//! A content folder that a test may edit, and the site that is published of it.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use otsupport_hub::keys;
use otsupport_hub::publish::{PublishError, PublishOptions, Published, publish};
use otsupport_wire::snapshot::MEANING_TABLE;
use otsupport_wire::trust::{Expiry, Head, Newest, News, Signers, SigningKey, Verified, Verifier, Versions};
use tempfile::TempDir;

/// The instant of every publication that does not say otherwise.
pub const MORNING: &str = "2026-11-24T09:00:00Z";

/// An instant from its RFC 3339 text.
///
/// # Panics
/// If the text is none.
pub fn instant(text: &str) -> DateTime<Utc> {
    #[allow(clippy::expect_used)]
    text.parse().expect("an RFC 3339 instant")
}

/// A hub's folders: content, keys and site.
pub struct Publisher {
    folder: TempDir,
    /// Whether items may vanish.
    pub allow_removed: bool,
}

impl Publisher {
    /// A copy of the demonstration bank without its table of meanings, with new keys.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn new() -> Result<Self, Box<dyn std::error::Error>> {
        let bank = Self::with_meaning()?;
        // Most tests count bytes and requests of the bank itself.
        match fs::remove_file(bank.content().join(MEANING_TABLE)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(bank),
        }
    }

    /// The same with the table that tells what words mean.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn with_meaning() -> Result<Self, Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../content"), &folder.path().join("content"))?;
        keys::make(&folder.path().join("keys"), None)?;
        Ok(Self { folder, allow_removed: false })
    }

    /// The content folder.
    pub fn content(&self) -> PathBuf {
        self.folder.path().join("content")
    }

    /// The key folder.
    pub fn keys(&self) -> PathBuf {
        self.folder.path().join("keys")
    }

    /// The site.
    pub fn site(&self) -> PathBuf {
        self.folder.path().join("site")
    }

    /// The trusted root.
    ///
    /// # Errors
    /// If nothing was published yet.
    pub fn root(&self) -> std::io::Result<Vec<u8>> {
        fs::read(self.site().join("metadata/root.json"))
    }

    /// Publishes the content as it is.
    ///
    /// # Errors
    /// As [`publish`].
    pub fn publish(&self, now: &str) -> Result<Published, PublishError> {
        publish(&PublishOptions {
            content: self.content(),
            site: self.site(),
            keys: self.keys(),
            passphrase: None,
            now: instant(now),
            allow_removed: self.allow_removed,
        })
    }

    /// A key of the hub.
    ///
    /// # Errors
    /// As [`keys::read_signing`].
    pub fn key(&self, role: &str) -> Result<SigningKey, keys::KeyError> {
        keys::read_signing(&self.keys().join(format!("{role}.key")), None)
    }

    /// A head that names `newest`, signed by the hub but for the targets: those by `targets`. Each document bears `number`.
    ///
    /// # Errors
    /// What the keys or the encoding report.
    pub fn head(
        &self,
        newest: &Newest,
        number: u64,
        targets: &SigningKey,
    ) -> Result<Head, Box<dyn std::error::Error>> {
        let (timestamp, snapshot) = (self.key("timestamp")?, self.key("snapshot")?);
        let expires = instant("2027-11-24T09:00:00Z");
        Ok(Head::naming(
            &News::of_bank(*newest),
            1,
            Versions { timestamp: number, snapshot: number, targets: number },
            instant(MORNING),
            Expiry { timestamp: expires, rest: expires },
            &Signers { timestamp: &timestamp, snapshot: &snapshot, targets },
        )?)
    }

    /// What the head of the site says.
    ///
    /// # Errors
    /// If nothing was published yet.
    pub fn verified(&self) -> Result<Verified, Box<dyn std::error::Error>> {
        let verifier = Verifier::new(&self.root()?, instant(MORNING))?;
        Ok(Head::unpack(&fs::read(self.site().join("head"))?)?.verify(verifier)?)
    }

    /// Replaces `from` by `to` in a file of the content folder.
    ///
    /// # Errors
    /// What the disk reports, and if `from` is not there.
    pub fn edit(&self, file: &str, from: &str, to: &str) -> Result<(), Box<dyn std::error::Error>> {
        let path = self.content().join(file);
        let text = fs::read_to_string(&path)?;
        if !text.contains(from) {
            return Err(format!("{file} does not hold {from:?}").into());
        }
        Ok(fs::write(&path, text.replacen(from, to, 1))?)
    }

    /// Leads every link to an item to another one, as an editor does before it goes.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn relink(&self, from: &str, to: &str) -> std::io::Result<()> {
        let mut folders = vec![self.content().join("strategies"), self.content().join("resources")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = fs::read_to_string(&path)?;
                fs::write(&path, text.replace(&format!("]({from})"), &format!("]({to})")))?;
            }
        }
        Ok(())
    }
}

/// Copies a folder whole.
///
/// # Errors
/// What the disk reports.
pub fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
