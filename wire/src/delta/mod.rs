//! A delta: a snapshot packed against an older one that the phone holds, as `dcz` (RFC 9842, section 4).
//!
//! ```text
//! 5e 2a 4d 18 20 00 00 00        a frame that zstd passes over, of 32 bytes
//! SHA-256 of the old snapshot    so that a delta against another one is told at once
//! zstd frame                     with the old snapshot as its dictionary; says what it unpacks to
//! ```

#[cfg(feature = "pack")]
mod pack;

use zstd::zstd_safe::{DCtx, get_error_name, get_frame_content_size};

use crate::Sha256;
#[cfg(feature = "pack")]
pub use pack::pack;

const MAGIC: [u8; 8] = [0x5e, 0x2a, 0x4d, 0x18, 0x20, 0, 0, 0];
/// Bytes before the zstd frame.
pub const FRAMING: u64 = 40;
/// The largest window, as a power of two: 128 MB, the most that RFC 9842 asks of a client.
pub const WINDOW: u32 = 27;

/// Why a delta does not give a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeltaError {
    /// It is none, or was made against another snapshot.
    #[error("not a delta against this snapshot")]
    AnotherBase,
    /// It unpacks to more than may come of it, or to more than there is memory for.
    #[error("the delta unpacks to too much")]
    TooMuch,
    /// It does not unpack.
    #[error("the delta does not unpack: {0}")]
    Broken(&'static str),
}

/// The new snapshot out of a delta against `old`, if it takes at most so many bytes. Nothing in it is trusted before its digest is that
/// of the signed one.
///
/// # Errors
/// [`DeltaError`]
pub fn apply(delta: &[u8], old: &[u8], most: u64) -> Result<Vec<u8>, DeltaError> {
    let (framing, frame) = delta.split_at_checked(FRAMING as usize).ok_or(DeltaError::AnotherBase)?;
    let (magic, digest) = framing.split_at(MAGIC.len());
    if magic != MAGIC || digest != Sha256::of(old).as_bytes() {
        return Err(DeltaError::AnotherBase);
    }
    let length = get_frame_content_size(frame).ok().flatten();
    let length = length.ok_or(DeltaError::Broken("it does not say to what length"))?;
    let room = usize::try_from(length).ok().filter(|_| length <= most).ok_or(DeltaError::TooMuch)?;
    let mut new = Vec::new();
    new.try_reserve_exact(room).map_err(|_| DeltaError::TooMuch)?;
    // In one go, into the room that was made: it is its own window then, and nothing is written beyond it. Read in pieces, every byte
    // goes through a window beside it, which doubles the time and the memory.
    let mut decoder = DCtx::try_create().ok_or(DeltaError::TooMuch)?;
    let unpacked = decoder.ref_prefix(old).and_then(|_| decoder.decompress(&mut new, frame));
    unpacked.map_err(|code| DeltaError::Broken(get_error_name(code)))?;
    Ok(new)
}

#[cfg(all(test, feature = "pack"))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn text(lines: std::ops::Range<u32>) -> Vec<u8> {
        lines
            .flat_map(|it| {
                format!("{} is line {it} of a text.\n", it.wrapping_mul(2_654_435_761)).into_bytes()
            })
            .collect()
    }

    #[test]
    fn a_delta_gives_back_the_new_text_and_costs_what_is_new() {
        let (old, mut new) = (text(0..20_000), text(0..20_000));
        new.splice(300_000..300_010, *b"something!");
        let delta = pack(&old, &new, 19).unwrap();
        assert!(delta.len() < 200, "{}", delta.len());
        assert!(apply(&delta, &old, new.len() as u64).unwrap() == new);
    }

    #[test]
    fn another_base_is_told_at_once() {
        let delta = pack(b"old", b"new", 3).unwrap();
        for base in [&b"other"[..], b"", b"old "] {
            assert_eq!(apply(&delta, base, 3), Err(DeltaError::AnotherBase));
        }
        for length in 0..FRAMING as usize {
            assert_eq!(apply(&delta[..length], b"old", 3), Err(DeltaError::AnotherBase), "{length}");
        }
    }

    #[test]
    fn what_unpacks_to_more_than_was_signed_is_not_unpacked() {
        let (old, bomb) = (text(0..10), vec![0; 1 << 20]);
        let delta = pack(&old, &bomb, 19).unwrap();
        assert_eq!(apply(&delta, &old, (1 << 20) - 1), Err(DeltaError::TooMuch));
        assert_eq!(apply(&delta, &old, 1 << 20), Ok(bomb));
    }

    #[test]
    fn what_says_another_length_than_it_has_is_broken() {
        let old = text(0..10);
        let delta = pack(&old, &text(10..20), 19).unwrap();
        let (framing, frame) = delta.split_at(FRAMING as usize);
        // Magic and descriptor, then the length less 256 in two bytes (RFC 8878, section 3.1.1.1).
        for length in [0u16, 10_000] {
            let lie = [framing, &frame[..5], &length.to_le_bytes(), &frame[7..]].concat();
            assert!(matches!(apply(&lie, &old, 1 << 20), Err(DeltaError::Broken(_))), "{length}");
        }
        let endless = [framing, &[0x28, 0xb5, 0x2f, 0xfd, 0, 0x58, 1, 0, 0]].concat();
        assert!(matches!(apply(&endless, &old, 1 << 20), Err(DeltaError::Broken(_))));
    }
}
