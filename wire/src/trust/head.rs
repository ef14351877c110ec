//! The head: everything that says which bank is the newest, in one small compressed file.

use std::io::Read;

use chrono::{DateTime, Utc};

use super::metadata::{MetadataError, Newest, Role, Targets, Trusted, kind_is};

/// The most bytes a head may take, packed or unpacked.
pub const HEAD_LIMIT: u64 = 64 * 1024;

const MAGIC: &str = "otsupport-head 1";

/// A head as it travels: the number of the newest root, then the signed targets byte for byte.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Head {
    /// The newest root's number.
    pub root: u64,
    /// The targets, as signed.
    pub targets: Vec<u8>,
}

/// A head whose signatures hold and that has not expired.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verified {
    /// The number of the targets document.
    pub targets: u64,
    /// Until when it holds.
    pub expires: DateTime<Utc>,
    /// The newest bank.
    pub newest: Newest,
}

/// Why a head was refused.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// It is not a head.
    #[error("not a head of this hub")]
    NotAHead,
    /// It is larger than [`HEAD_LIMIT`].
    #[error("the head is too large")]
    TooLarge,
    /// A document in it is wrong.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// It held until then.
    #[error("the head expired at {0}")]
    Expired(DateTime<Utc>),
}

impl Head {
    /// The bytes to publish.
    ///
    /// # Errors
    /// What the compressor reports.
    pub fn pack(&self) -> std::io::Result<Vec<u8>> {
        let mut plain = format!("{MAGIC} {} {}\n", self.root, self.targets.len()).into_bytes();
        plain.extend_from_slice(&self.targets);
        zstd::encode_all(plain.as_slice(), 19)
    }

    /// Reads the bytes of a head. Nothing in it is trusted yet.
    ///
    /// # Errors
    /// [`TrustError::NotAHead`] or [`TrustError::TooLarge`].
    pub fn unpack(packed: &[u8]) -> Result<Self, TrustError> {
        let mut plain = Vec::new();
        let decoder = zstd::Decoder::new(packed).map_err(|_| TrustError::NotAHead)?;
        decoder.take(HEAD_LIMIT + 1).read_to_end(&mut plain).map_err(|_| TrustError::NotAHead)?;
        if plain.len() as u64 > HEAD_LIMIT {
            return Err(TrustError::TooLarge);
        }
        Self::split(&plain).ok_or(TrustError::NotAHead)
    }

    fn split(plain: &[u8]) -> Option<Self> {
        let end = plain.iter().position(|byte| *byte == b'\n')?;
        let mut numbers =
            std::str::from_utf8(&plain[..end]).ok()?.strip_prefix(MAGIC)?.strip_prefix(' ')?.split(' ');
        let root = numbers.next()?.parse().ok()?;
        let length: usize = numbers.next()?.parse().ok()?;
        let targets = plain[end + 1..].to_vec();
        (numbers.next().is_none() && targets.len() == length).then_some(Self { root, targets })
    }

    /// Checks every signature against `trusted` and the expiry against `now`.
    ///
    /// # Errors
    /// [`TrustError`]: whatever does not hold.
    pub fn verify(&self, trusted: &Trusted, now: DateTime<Utc>) -> Result<Verified, TrustError> {
        let targets: Targets = trusted.open(Role::Targets, &self.targets)?;
        kind_is("targets", &targets.kind, &targets.spec_version)?;
        let newest = targets.newest().ok_or(TrustError::Metadata(MetadataError::WrongKind))?;
        for expires in [trusted.root().expires, targets.expires] {
            if expires <= now {
                return Err(TrustError::Expired(expires));
            }
        }
        Ok(Verified { targets: targets.version, expires: targets.expires, newest })
    }
}
