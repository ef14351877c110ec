//! What only the hub does: making a delta.

use std::io;

use zstd::stream::write::Encoder;
use zstd::zstd_safe::CParameter;

use super::{MAGIC, WINDOW};
use crate::Sha256;

/// From this level on zstd weighs all ways to write a text (`ZSTD_btopt`).
const WEIGHING: i32 = 16;
/// At this level and above it looks for them in all of the old text, below in its end.
const ALL: i32 = 19;
/// From this size of both texts on, zstd's tree of the places to copy from cannot hold them all, and the time is to be minded.
const LARGE: usize = 8 << 20;

/// Packs `new` against `old` at a zstd level from 1 to 22.
///
/// For a large text level 18 takes a quarter of the time of level 19 and makes a hundredth more bytes.
///
/// # Errors
/// What the compressor reports.
pub fn pack(old: &[u8], new: &[u8], level: i32) -> io::Result<Vec<u8>> {
    let mut delta = MAGIC.to_vec();
    delta.extend_from_slice(Sha256::of(old).as_bytes());
    let mut encoder = Encoder::with_ref_prefix(delta, level, old)?;
    // The window reaches back over the whole of the old one.
    encoder.set_parameter(CParameter::WindowLog(window(old.len() + new.len())))?;
    encoder.set_parameter(CParameter::EnableLongDistanceMatching(true))?;
    if level >= WEIGHING {
        // A thread of zstd's own finds the long matches of all blocks first. Without, version 1.5.7 loses the last one of each block
        // (`ZSTD_optLdm_processMatchCandidate`), and in a large text a changed line costs ten times its bytes. In more jobs than one,
        // the later ones would not know the old text.
        encoder.multithread(1)?;
        encoder.set_parameter(CParameter::JobSize(u32::try_from(new.len()).unwrap_or(u32::MAX)))?;
    }
    if level >= WEIGHING && old.len() + new.len() >= LARGE {
        // What did not change is found without the tree of places, which only serves what did. A larger one, or a longer search of it,
        // takes minutes and saves less than a byte in a hundred.
        if level >= ALL {
            encoder.set_parameter(CParameter::SearchLog(4))?;
        } else {
            encoder.set_parameter(CParameter::HashLog(19))?;
            encoder.set_parameter(CParameter::ChainLog(22))?;
            encoder.set_parameter(CParameter::SearchLog(5))?;
        }
    }
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
