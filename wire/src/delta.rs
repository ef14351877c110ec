//! A delta: a snapshot packed against an older one that the phone holds, as `dcz` (RFC 9842, section 4).
//!
//! ```text
//! 5e 2a 4d 18 20 00 00 00        a frame that zstd passes over, of 32 bytes
//! SHA-256 of the old snapshot    so that a delta against another one is told at once
//! zstd frame                     with the old snapshot as its dictionary
//! ```

use std::io::{self, BufReader, Read};

use zstd::zstd_safe::CParameter;

use crate::Sha256;

const MAGIC: [u8; 8] = [0x5e, 0x2a, 0x4d, 0x18, 0x20, 0, 0, 0];
/// Bytes before the zstd frame.
pub const FRAMING: u64 = 40;
/// The largest window, as a power of two: 128 MB, the most that RFC 9842 asks of a client.
pub const WINDOW: u32 = 27;

/// Why a delta does not unpack.
#[derive(Debug, thiserror::Error)]
pub enum DeltaError {
    /// It is none, or was made against another snapshot.
    #[error("not a delta against this snapshot")]
    AnotherBase,
    /// It could not be read.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Packs `new` against `old` at a zstd level from 1 to 22.
///
/// # Errors
/// What the compressor reports.
pub fn pack(old: &[u8], new: &[u8], level: i32) -> io::Result<Vec<u8>> {
    let mut delta = MAGIC.to_vec();
    delta.extend_from_slice(Sha256::of(old).as_bytes());
    let mut encoder = zstd::stream::write::Encoder::with_ref_prefix(delta, level, old)?;
    // The window reaches back over the whole of the old one.
    encoder.set_parameter(CParameter::WindowLog(window(old.len() + new.len())))?;
    encoder.set_parameter(CParameter::EnableLongDistanceMatching(true))?;
    // Its digest is signed: a checksum of zstd's own adds nothing.
    encoder.include_checksum(false)?;
    encoder.set_pledged_src_size(Some(new.len() as u64))?;
    io::copy(&mut &*new, &mut encoder)?;
    encoder.finish()
}

/// The smallest window that holds so many bytes, as a power of two.
fn window(bytes: usize) -> u32 {
    (usize::BITS - bytes.leading_zeros()).clamp(10, WINDOW)
}

/// Reads the new snapshot out of a delta against `old`. Nothing that it gives is trusted before its digest is that of the signed one.
///
/// # Errors
/// [`DeltaError`]
pub fn unpack<'a, R: Read + 'a>(mut delta: R, old: &'a [u8]) -> Result<impl Read + 'a, DeltaError> {
    let mut framing = [0; FRAMING as usize];
    delta.read_exact(&mut framing).map_err(|_| DeltaError::AnotherBase)?;
    let (magic, digest) = framing.split_at(MAGIC.len());
    if magic != MAGIC || digest != Sha256::of(old).as_bytes() {
        return Err(DeltaError::AnotherBase);
    }
    let mut decoder = zstd::Decoder::with_ref_prefix(BufReader::new(delta), old)?;
    decoder.window_log_max(WINDOW)?;
    Ok(decoder)
}

#[cfg(test)]
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
        let mut read = Vec::new();
        unpack(delta.as_slice(), &old).unwrap().read_to_end(&mut read).unwrap();
        assert!(read == new);
    }

    #[test]
    fn another_base_is_told_at_once() {
        let delta = pack(b"old", b"new", 3).unwrap();
        for base in [&b"other"[..], b"", b"old "] {
            assert!(matches!(unpack(delta.as_slice(), base), Err(DeltaError::AnotherBase)));
        }
        for length in 0..FRAMING as usize {
            assert!(unpack(&delta[..length], b"old").is_err(), "{length}");
        }
    }
}
