//! The one HPKE suite that is used, and its two calls.

use std::convert::Infallible;

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use rand_core::{TryCryptoRng, TryRng};
use zeroize::Zeroizing;

use super::keys::{PublicHalf, SecretHalf};

pub(super) type X25519 = X25519HkdfSha256;

/// Bytes of an encapsulated key.
pub(super) const ENCAPSULATED: usize = 32;
/// Bytes of a tag.
pub(super) const TAG: usize = 16;

/// Seals `plain` to a key: the encapsulated key, the text and its tag. `None` if the key is no point, or a weak one.
pub(super) fn seal(
    to: &PublicHalf,
    info: &[u8],
    aad: &[u8],
    plain: &[u8],
    random: &[u8; 32],
) -> Option<Vec<u8>> {
    let (mut chance, mode) = (Given(random), OpModeS::Base);
    let (encapsulated, text) = hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519>(
        &mode,
        &to.point()?,
        info,
        plain,
        aad,
        &mut chance,
    )
    .ok()?;
    let mut sealed = encapsulated.to_bytes().to_vec();
    sealed.extend_from_slice(&text);
    Some(sealed)
}

/// Opens what [`seal`] made.
pub(super) fn open(with: &SecretHalf, info: &[u8], aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (encapsulated, text) = sealed.split_at_checked(ENCAPSULATED)?;
    let encapsulated = <X25519 as Kem>::EncappedKey::from_bytes(encapsulated).ok()?;
    let plain = hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519>(
        &OpModeR::Base,
        &with.scalar()?,
        &encapsulated,
        info,
        text,
        aad,
    );
    plain.ok().map(Zeroizing::new)
}

/// Random bytes that were drawn before: HPKE takes 32 of them, once, for its key (RFC 9180, section 7.1.3).
struct Given<'a>(&'a [u8; 32]);

impl TryRng for Given<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, into: &mut [u8]) -> Result<(), Infallible> {
        for (byte, random) in into.iter_mut().zip(self.0.iter().cycle()) {
            *byte = *random;
        }
        Ok(())
    }
}

impl TryCryptoRng for Given<'_> {}
