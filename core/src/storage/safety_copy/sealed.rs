//! A file sealed with a passphrase: Argon2id (RFC 9106) makes the key, XChaCha20-Poly1305 seals.
//!
//! ```text
//! otsupport-safety-copy 1\n      24 bytes: what it is, and the number of this layout
//! memory, passes, lanes          Argon2id's cost, 4 bytes each, big-endian; memory in KiB
//! salt                           16 bytes
//! nonce                          24 bytes
//! sealed text                    the JSON and a tag of 16 bytes; all that stands before it is bound to it
//! check                          32 bytes: SHA-256 of all before, so that a damaged file is told from a wrong passphrase
//! ```

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use otsupport_wire::Sha256;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::error::Error;
use crate::storage::random;
use crate::storage::seal::NONCE;

/// The shortest passphrase, in characters.
pub const PASSPHRASE_LEAST: usize = 8;

const NAME: &[u8] = b"otsupport-safety-copy ";
const LAYOUT: &[u8] = b"1\n";
const SALT: usize = 16;
const CHECK: usize = 32;
/// Everything before the sealed text.
const HEAD: usize = NAME.len() + LAYOUT.len() + 3 * 4 + SALT + NONCE;

/// What a key costs to try: 64 MiB and three passes (RFC 9106, section 4, the second choice, with one lane for small phones).
const COST: Cost = Cost { memory: 64 << 10, passes: 3, lanes: 1 };

#[derive(Clone, Copy)]
struct Cost {
    /// KiB
    memory: u32,
    passes: u32,
    lanes: u32,
}

impl Cost {
    /// A file from a stranger must not ask for all of a phone's memory.
    fn is_bearable(self) -> bool {
        self.memory <= 256 << 10 && self.passes <= 16 && self.lanes <= 8
    }
}

pub(super) fn is_sealed(file: &[u8]) -> bool {
    file.starts_with(NAME)
}

pub(super) fn seal(plain: &[u8], passphrase: &str) -> Result<Vec<u8>, Error> {
    // Counted as it is used: a letter that is typed in two strokes is one.
    if passphrase.nfc().count() < PASSPHRASE_LEAST {
        return Err(Error::Invalid("passphrase-short"));
    }
    let (salt, nonce) = (random::<SALT>()?, random::<NONCE>()?);
    let mut file = [NAME, LAYOUT].concat();
    for number in [COST.memory, COST.passes, COST.lanes] {
        file.extend_from_slice(&number.to_be_bytes());
    }
    file.extend_from_slice(&salt);
    file.extend_from_slice(&nonce);
    let text = cipher(passphrase, &salt, COST)?
        .encrypt(&nonce.into(), Payload { msg: plain, aad: &file })
        .map_err(|_| Error::Internal("sealing"))?;
    file.extend_from_slice(&text);
    let check = Sha256::of(&file);
    file.extend_from_slice(check.as_bytes());
    Ok(file)
}

pub(super) fn open(file: &[u8], passphrase: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
    let damaged = || Error::Invalid("copy-damaged");
    let layout = file.get(NAME.len()..NAME.len() + LAYOUT.len()).ok_or_else(damaged)?;
    if layout != LAYOUT {
        // Another number is a newer app's; anything else is no layout.
        return Err(if layout[0].is_ascii_digit() { Error::NewerSchema } else { damaged() });
    }
    let end = file.len().checked_sub(CHECK).filter(|it| *it >= HEAD).ok_or_else(damaged)?;
    let (body, check) = file.split_at(end);
    if Sha256::of(body).as_bytes() != check {
        return Err(damaged());
    }
    let (head, text) = body.split_at(HEAD);
    let mut fields = &head[NAME.len() + LAYOUT.len()..];
    let mut number = || {
        let (number, rest) = fields.split_first_chunk::<4>().ok_or_else(damaged)?;
        fields = rest;
        Ok::<_, Error>(u32::from_be_bytes(*number))
    };
    let cost = Cost { memory: number()?, passes: number()?, lanes: number()? };
    let (salt, nonce) = fields.split_first_chunk::<SALT>().ok_or_else(damaged)?;
    let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| damaged())?;
    if !cost.is_bearable() {
        return Err(damaged());
    }
    cipher(passphrase, salt, cost)?
        .decrypt(&nonce.into(), Payload { msg: text, aad: head })
        .map(Zeroizing::new)
        .map_err(|_| Error::Invalid("passphrase"))
}

fn cipher(passphrase: &str, salt: &[u8; SALT], cost: Cost) -> Result<XChaCha20Poly1305, Error> {
    let params = Params::new(cost.memory, cost.passes, cost.lanes, Some(32))
        .map_err(|_| Error::Invalid("copy-damaged"))?;
    // The same letters typed on another keyboard are the same passphrase (RFC 8265, section 4.2).
    let passphrase: Zeroizing<String> = Zeroizing::new(passphrase.nfc().collect());
    let mut key = Zeroizing::new([0u8; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, key.as_mut())
        .map_err(|_| Error::Internal("no memory for a key"))?;
    Ok(XChaCha20Poly1305::new(&(*key).into()))
}
