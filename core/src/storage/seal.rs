//! Sealing what the family made: XChaCha20-Poly1305, bound to its place.

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use zeroize::Zeroizing;

use crate::error::Error;

/// Bytes of a nonce. It is random: at 24 bytes two never meet.
pub(crate) const NONCE: usize = 24;

/// The key that the platform's keystore guards. It is wiped from memory when dropped, and never printed.
#[derive(Clone)]
pub struct FamilyKey(Zeroizing<[u8; 32]>);

impl FamilyKey {
    /// A key from exactly 32 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    /// The key's 32 bytes, for a keystore.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A new random key.
    pub(crate) fn random() -> Result<Self, Error> {
        Ok(Self(Zeroizing::new(random()?)))
    }

    /// Seals `plain` for `place` (table, column and row), so that it opens nowhere else.
    pub(crate) fn seal(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, Error> {
        let nonce = random::<NONCE>()?;
        let mut sealed = nonce.to_vec();
        let text = self
            .cipher()
            .encrypt(&nonce.into(), Payload { msg: plain, aad: place.as_bytes() })
            .map_err(|_| Error::Internal("sealing"))?;
        sealed.extend_from_slice(&text);
        Ok(sealed)
    }

    /// Opens what [`Self::seal`] made with this key for this place.
    pub(crate) fn open(&self, place: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let (nonce, text) = sealed.split_first_chunk::<NONCE>().ok_or(Error::WrongKey)?;
        self.cipher()
            .decrypt(&(*nonce).into(), Payload { msg: text, aad: place.as_bytes() })
            .map(Zeroizing::new)
            .map_err(|_| Error::WrongKey)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&(*self.0).into())
    }
}

/// Random bytes of the operating system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0u8; N];
    getrandom::fill(&mut bytes).map_err(|_| Error::Internal("no random bytes"))?;
    Ok(bytes)
}
