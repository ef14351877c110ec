//! A delta against the snapshot that the phone holds.

use std::io::{self, BufReader, Read};

use otsupport_wire::delta::{FRAMING, pack, unpack};

use super::fixed_hub::{NEW_BANK, OLD_BANK};

/// No byte comes out beyond the length that was signed, it is all one how the bytes trickle in, and what the hub packs unpacks.
pub(super) fn check(bytes: &[u8]) -> bool {
    // Behind the right framing too: no fuzzer guesses a digest.
    let packed = pack(&OLD_BANK, bytes, 1).unwrap();
    let framed = [&packed[..FRAMING as usize], bytes].concat();
    assert!(
        unpacked(packed.as_slice(), bytes.len()).is_some_and(|it| it == bytes),
        "packed and not unpacked"
    );
    let (bare, framed) = (whole_or_trickling(bytes), whole_or_trickling(&framed));
    bare.or(framed).is_some_and(|it| it == *NEW_BANK)
}

fn whole_or_trickling(delta: &[u8]) -> Option<Vec<u8>> {
    let whole = unpacked(delta, NEW_BANK.len());
    assert!(whole == unpacked(BufReader::with_capacity(1, delta), NEW_BANK.len()), "depends on its pieces");
    whole
}

/// What a delta unpacks to, if it ends within `limit`.
fn unpacked(delta: impl Read, limit: usize) -> Option<Vec<u8>> {
    let new = unpack(delta, &OLD_BANK).ok()?;
    let mut read = Vec::new();
    let whole: io::Result<usize> = new.take(limit as u64 + 1).read_to_end(&mut read);
    (whole.is_ok() && read.len() <= limit).then_some(read)
}
