//! Sealing and opening.

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{ChaCha20Poly1305, KeyInit};
use zeroize::{Zeroize, Zeroizing};

use super::id::EnquiryId;
use super::keys::{BearerHash, KeyTag, PublicHalf, SecretHalf};
use super::letter::Letter;
use super::padding::{pad, unpad};
use super::suite::{self, ENCAPSULATED, TAG};

/// The lengths that an envelope may have, in bytes. The first holds 4,000 characters of most scripts, so that the length does not tell one
/// from another; the second holds the longest letter that a phone lets anybody write.
pub const SIZES: [usize; 2] = [12 << 10, 32 << 10];

/// What an envelope begins with: its name and the version of its form.
const MAGIC: [u8; 4] = *b"OTE\x01";
const HEADER: usize = MAGIC.len() + 16 + 8 + 8 + 32;
const KEY: usize = ENCAPSULATED + 32 + TAG;
const BEFORE_LETTER: usize = HEADER + 2 * KEY;
const TO_SERVICE: &[u8] = b"otsupport enquiry 1, service";
const TO_RECOVERY: &[u8] = b"otsupport enquiry 1, recovery";

/// Why bytes are no envelope, or do not open.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EnvelopeError {
    /// Its length is none of [`SIZES`], or it begins otherwise.
    #[error("not an enquiry's envelope")]
    NotAnEnvelope,
    /// It is of a newer form.
    #[error("an envelope of a newer form")]
    TooNew,
    /// It is sealed to another key, or was changed.
    #[error("the envelope does not open with this key")]
    DoesNotOpen,
    /// It opens, and what is inside is no letter.
    #[error("what is inside is no letter")]
    NoLetter,
    /// The letter is longer than the largest envelope holds.
    #[error("the letter is too long")]
    TooLong,
    /// A key to seal to is none.
    #[error("not a key that can be sealed to")]
    BadKey,
}

/// What anybody can read of an envelope.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Header {
    /// The enquiry.
    pub id: EnquiryId,
    /// To which service key it is sealed.
    pub service: KeyTag,
    /// To which recovery key.
    pub recovery: KeyTag,
    /// What its sender's requests are proved by.
    pub bearer: BearerHash,
}

/// An envelope as it travels.
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'a> {
    /// What stands on it.
    pub header: Header,
    bytes: &'a [u8],
}

/// The random bytes that a sealing needs. They are used up by it: the same twice would open both letters. Wiped from memory when dropped.
pub struct SealingChance {
    /// The key that the letter is sealed with.
    pub letter: [u8; 32],
    /// For the service's part.
    pub service: [u8; 32],
    /// For the recovery's part.
    pub recovery: [u8; 32],
}

impl Drop for SealingChance {
    fn drop(&mut self) {
        self.letter.zeroize();
        self.service.zeroize();
        self.recovery.zeroize();
    }
}

/// Seals a letter to the service and to the recovery key.
///
/// # Errors
/// [`EnvelopeError::TooLong`], [`EnvelopeError::BadKey`].
pub fn seal(
    id: EnquiryId,
    letter: &Letter,
    bearer: BearerHash,
    service: &PublicHalf,
    recovery: &PublicHalf,
    chance: SealingChance,
) -> Result<Vec<u8>, EnvelopeError> {
    let json = serde_json::to_vec(letter).map(Zeroizing::new).map_err(|_| EnvelopeError::NoLetter)?;
    let classes = SIZES.map(|it| it - BEFORE_LETTER - TAG);
    let padded = pad(&json, classes).map(Zeroizing::new).ok_or(EnvelopeError::TooLong)?;
    let header = Header { id, service: service.tag(), recovery: recovery.tag(), bearer };
    let mut envelope = header.to_bytes();
    let sealed = |to: &PublicHalf, info: &[u8], random: &[u8; 32]| {
        suite::seal(to, info, &envelope, &chance.letter, random).ok_or(EnvelopeError::BadKey)
    };
    let keys =
        [sealed(service, TO_SERVICE, &chance.service)?, sealed(recovery, TO_RECOVERY, &chance.recovery)?];
    envelope.extend(keys.concat());
    let letter = cipher(&chance.letter)
        .encrypt(&NONCE.into(), Payload { msg: &padded, aad: &envelope })
        .map_err(|_| EnvelopeError::TooLong)?;
    envelope.extend(letter);
    Ok(envelope)
}

/// The key seals one letter and no other, so its nonce need not differ.
const NONCE: [u8; 12] = [0; 12];

fn cipher(key: &[u8; 32]) -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new(&(*key).into())
}

impl Header {
    fn to_bytes(self) -> Vec<u8> {
        let Self { id, service, recovery, bearer } = self;
        [&MAGIC[..], id.as_bytes(), &service.0, &recovery.0, &bearer.0].concat()
    }

    fn of(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        let mut rest = bytes;
        let magic: [u8; 4] = take(&mut rest)?;
        if magic[..3] != MAGIC[..3] {
            return Err(EnvelopeError::NotAnEnvelope);
        }
        if magic[3] > MAGIC[3] {
            return Err(EnvelopeError::TooNew);
        }
        if magic != MAGIC {
            return Err(EnvelopeError::NotAnEnvelope);
        }
        Ok(Self {
            id: EnquiryId::from_bytes(take(&mut rest)?).map_err(|_| EnvelopeError::NotAnEnvelope)?,
            service: KeyTag(take(&mut rest)?),
            recovery: KeyTag(take(&mut rest)?),
            bearer: BearerHash(take(&mut rest)?),
        })
    }
}

fn take<const N: usize>(from: &mut &[u8]) -> Result<[u8; N], EnvelopeError> {
    let (taken, rest) = from.split_first_chunk::<N>().ok_or(EnvelopeError::NotAnEnvelope)?;
    *from = rest;
    Ok(*taken)
}

impl<'a> Envelope<'a> {
    /// Reads what stands on an envelope. Whether it opens is for its addressee to find.
    ///
    /// # Errors
    /// [`EnvelopeError::NotAnEnvelope`], [`EnvelopeError::TooNew`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self, EnvelopeError> {
        let header = Header::of(bytes)?;
        if SIZES.contains(&bytes.len()) {
            Ok(Self { header, bytes })
        } else {
            Err(EnvelopeError::NotAnEnvelope)
        }
    }

    /// The letter, for the service. Keys that it is not sealed to are passed over.
    ///
    /// # Errors
    /// [`EnvelopeError::DoesNotOpen`], [`EnvelopeError::NoLetter`].
    pub fn open<'k>(&self, keys: impl IntoIterator<Item = &'k SecretHalf>) -> Result<Letter, EnvelopeError> {
        self.letter(&*self.key(keys, self.header.service, TO_SERVICE, HEADER)?)
    }

    /// The letter, with the recovery key.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn recover<'k>(
        &self,
        keys: impl IntoIterator<Item = &'k SecretHalf>,
    ) -> Result<Letter, EnvelopeError> {
        self.letter(&*self.key(keys, self.header.recovery, TO_RECOVERY, HEADER + KEY)?)
    }

    fn key<'k>(
        &self,
        keys: impl IntoIterator<Item = &'k SecretHalf>,
        tag: KeyTag,
        info: &[u8],
        from: usize,
    ) -> Result<Zeroizing<[u8; 32]>, EnvelopeError> {
        let (header, sealed) = (&self.bytes[..HEADER], &self.bytes[from..from + KEY]);
        let mut of_it = keys.into_iter().filter(|it| it.public().is_some_and(|it| it.tag() == tag));
        let key = of_it.next().and_then(|it| suite::open(it, info, header, sealed));
        let key = key.and_then(|it| <[u8; 32]>::try_from(it.as_slice()).ok());
        key.map(Zeroizing::new).ok_or(EnvelopeError::DoesNotOpen)
    }

    fn letter(&self, key: &[u8; 32]) -> Result<Letter, EnvelopeError> {
        let (before, letter) = self.bytes.split_at(BEFORE_LETTER);
        let padded = cipher(key)
            .decrypt(&NONCE.into(), Payload { msg: letter, aad: before })
            .map(Zeroizing::new)
            .map_err(|_| EnvelopeError::DoesNotOpen)?;
        let json = unpad(&padded).ok_or(EnvelopeError::NoLetter)?;
        serde_json::from_slice(json).map_err(|_| EnvelopeError::NoLetter)
    }
}
