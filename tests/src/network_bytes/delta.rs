//! A delta against the snapshot that the phone holds.

use otsupport_wire::delta::{FRAMING, apply, pack};

use super::fixed_hub::{NEW_BANK, OLD_BANK};

/// Neither bytes nor room for any go beyond the length that was signed, and what the hub packs unpacks.
pub(super) fn check(bytes: &[u8]) -> bool {
    // Behind the right framing too: no fuzzer guesses a digest.
    let packed = pack(&OLD_BANK, bytes, 1).unwrap();
    let framed = [&packed[..FRAMING as usize], bytes].concat();
    assert!(unpacked(&packed, bytes.len()).is_some_and(|it| it == bytes), "packed and not unpacked");
    let (bare, framed) = (unpacked(bytes, NEW_BANK.len()), unpacked(&framed, NEW_BANK.len()));
    bare.or(framed).is_some_and(|it| it == *NEW_BANK)
}

fn unpacked(delta: &[u8], limit: usize) -> Option<Vec<u8>> {
    let new = apply(delta, &OLD_BANK, limit as u64).ok()?;
    assert!(new.capacity() <= limit, "more room than was signed");
    Some(new)
}
