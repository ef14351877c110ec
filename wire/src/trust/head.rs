//! The head: everything that says which bank is the newest, in one small compressed file.

use std::collections::BTreeMap;
use std::io::Read;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::bank::{Newest, News};
use super::document::sign;
use super::key::SigningKey;
use super::roles::{DocumentHead, MetaFile, Snapshot, Targets, Timestamp};
use super::verifier::{Origin, Verifier, Versions};
use super::{Document, TrustError};

/// The most bytes a head may take, packed or unpacked.
pub const HEAD_LIMIT: u64 = 1 << WINDOW;
/// The largest zstd window that a head may ask for, as a power of two. A frame of a few bytes can ask for 128 MB.
const WINDOW: u32 = 16;

const MAGIC: &str = "otsupport-head 2";

/// A head as it travels: the number of the newest root, then the newest documents byte for byte as signed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Head {
    /// The newest root's number.
    pub root: u64,
    /// The timestamp.
    pub timestamp: Vec<u8>,
    /// The snapshot.
    pub snapshot: Vec<u8>,
    /// The targets.
    pub targets: Vec<u8>,
}

/// A head that holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verified {
    /// The numbers of its documents: nothing below them is taken any more.
    pub versions: Versions,
    /// When its timestamp was signed, if it says so: time does not run behind it.
    pub issued: Option<DateTime<Utc>>,
    /// What its targets say.
    pub news: News,
}

/// Why a file is no head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeadError {
    /// It is not one.
    #[error("not a head of this hub")]
    NotAHead,
    /// It is larger than [`HEAD_LIMIT`].
    #[error("the head is too large")]
    TooLarge,
}

/// Who signs the documents of a head.
#[derive(Clone, Copy, Debug)]
pub struct Signers<'a> {
    /// The timestamp's key.
    pub timestamp: &'a SigningKey,
    /// The snapshot's key.
    pub snapshot: &'a SigningKey,
    /// The targets' key.
    pub targets: &'a SigningKey,
}

/// Until when the documents of a head hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Expiry {
    /// The timestamp: a month or so, so that a freeze is noticed.
    pub timestamp: DateTime<Utc>,
    /// The snapshot and the targets.
    pub rest: DateTime<Utc>,
}

impl Head {
    /// A head that says `news`, with documents of these numbers.
    ///
    /// # Errors
    /// [`TrustError::Malformed`] for what has no canonical form.
    pub fn naming(
        news: &News,
        root: u64,
        versions: Versions,
        issued: DateTime<Utc>,
        expiry: Expiry,
        signers: &Signers<'_>,
    ) -> Result<Self, TrustError> {
        let named = |name: &str, version| BTreeMap::from([(name.to_owned(), MetaFile::numbered(version))]);
        let targets = Targets {
            head: DocumentHead::new::<Targets>(versions.targets, expiry.rest),
            targets: BTreeMap::from([news.listed()?]),
            delegations: None,
        };
        let snapshot = Snapshot {
            head: DocumentHead::new::<Snapshot>(versions.snapshot, expiry.rest),
            meta: named("targets.json", versions.targets),
        };
        Ok(Self {
            root,
            timestamp: timestamp(versions, issued, expiry.timestamp, signers.timestamp)?,
            snapshot: sign(&snapshot, &[signers.snapshot])?,
            targets: sign(&targets, &[signers.targets])?,
        })
    }

    /// The same snapshot and targets under a newer timestamp.
    ///
    /// # Errors
    /// As [`Self::naming`].
    pub fn refreshed(
        self,
        versions: Versions,
        issued: DateTime<Utc>,
        expires: DateTime<Utc>,
        key: &SigningKey,
    ) -> Result<Self, TrustError> {
        Ok(Self { timestamp: timestamp(versions, issued, expires, key)?, ..self })
    }

    /// The bytes to publish.
    ///
    /// # Errors
    /// What the compressor reports.
    pub fn pack(&self) -> std::io::Result<Vec<u8>> {
        let Self { root, timestamp, snapshot, targets } = self;
        let lengths = [timestamp, snapshot, targets].map(|it| it.len().to_string()).join(" ");
        let mut plain = format!("{MAGIC} {root} {lengths}\n").into_bytes();
        for document in [timestamp, snapshot, targets] {
            plain.extend_from_slice(document);
        }
        zstd::bulk::compress(&plain, 19)
    }

    /// Reads the bytes of a head. Nothing in it is trusted yet.
    ///
    /// # Errors
    /// [`HeadError`]
    pub fn unpack(packed: &[u8]) -> Result<Self, HeadError> {
        let mut plain = Vec::new();
        let mut decoder = zstd::Decoder::new(packed).map_err(|_| HeadError::NotAHead)?;
        decoder.window_log_max(WINDOW).map_err(|_| HeadError::NotAHead)?;
        decoder.take(HEAD_LIMIT + 1).read_to_end(&mut plain).map_err(|_| HeadError::NotAHead)?;
        if plain.len() as u64 > HEAD_LIMIT {
            return Err(HeadError::TooLarge);
        }
        Self::split(&plain).ok_or(HeadError::NotAHead)
    }

    fn split(plain: &[u8]) -> Option<Self> {
        let end = plain.iter().position(|byte| *byte == b'\n')?;
        let mut numbers =
            std::str::from_utf8(&plain[..end]).ok()?.strip_prefix(MAGIC)?.strip_prefix(' ')?.split(' ');
        let root = numbers.next()?.parse().ok()?;
        let mut rest = &plain[end + 1..];
        let mut document = || {
            let length: usize = numbers.next()?.parse().ok()?;
            let (document, after) = rest.split_at_checked(length)?;
            rest = after;
            Some(document.to_owned())
        };
        let (timestamp, snapshot, targets) = (document()?, document()?, document()?);
        (numbers.next().is_none() && rest.is_empty()).then_some(Self { root, timestamp, snapshot, targets })
    }

    /// Feeds the documents to `verifier`, whose root must be the newest.
    ///
    /// # Errors
    /// [`TrustError`]: whatever does not hold.
    pub fn verify(&self, mut verifier: Verifier) -> Result<Verified, TrustError> {
        verifier.take_timestamp(&self.timestamp)?;
        verifier.take_snapshot(&self.snapshot, Origin::Fetched)?;
        verifier.take_targets(&self.targets)?;
        let (Some(timestamp), Some(snapshot), Some(targets)) =
            (verifier.timestamp(), verifier.snapshot(), verifier.targets())
        else {
            return Err(TrustError::OutOfOrder);
        };
        Ok(Verified {
            versions: Versions {
                timestamp: timestamp.head().version,
                snapshot: snapshot.head().version,
                targets: targets.head().version,
            },
            issued: timestamp.issued,
            news: News::of(targets)?,
        })
    }

    /// The bank that it names, before anybody vouches for it.
    pub fn claims(&self) -> Option<Newest> {
        let envelope: Value = serde_json::from_slice(&self.targets).ok()?;
        let targets = serde_json::from_value(envelope.get("signed")?.clone()).ok()?;
        News::of(&targets).ok().map(|it| it.newest)
    }
}

fn timestamp(
    versions: Versions,
    issued: DateTime<Utc>,
    expires: DateTime<Utc>,
    key: &SigningKey,
) -> Result<Vec<u8>, TrustError> {
    let meta = BTreeMap::from([("snapshot.json".to_owned(), MetaFile::numbered(versions.snapshot))]);
    let head = DocumentHead::new::<Timestamp>(versions.timestamp, expires);
    sign(&Timestamp { head, issued: Some(issued), meta }, &[key])
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_head_that_asks_for_more_memory_than_a_head_needs_is_refused() {
        let head = Head { root: 1, timestamp: vec![1], snapshot: vec![2], targets: vec![3] };
        let plain = zstd::decode_all(head.pack().unwrap().as_slice()).unwrap();
        let packed = |window| {
            let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
            encoder.window_log(window).unwrap();
            encoder.write_all(&plain).unwrap();
            encoder.finish().unwrap()
        };
        assert_eq!(Head::unpack(&packed(16)), Ok(head));
        for window in [17, 24, 27] {
            assert_eq!(Head::unpack(&packed(window)), Err(HeadError::NotAHead), "2^{window} bytes");
        }
    }

    #[test]
    fn a_head_as_large_as_it_may_be_unpacks() {
        let room = HEAD_LIMIT as usize - format!("{MAGIC} 1 1 1 65505\n").len() - 2;
        // Noise, so that the packed one is as large too.
        let targets: Vec<u8> =
            (0..room as u32).map(|it| (it.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        let mut head = Head { root: 1, timestamp: vec![1], snapshot: vec![2], targets };
        assert_eq!(Head::unpack(&head.pack().unwrap()), Ok(head.clone()));
        head.targets.push(0);
        assert!(Head::unpack(&head.pack().unwrap()).is_err());
    }
}
