//! The head: the first bytes of every sync.

use otsupport_wire::trust::{HEAD_LIMIT, Head};

use super::fixed_hub::{HEAD, VERIFIER};

/// A head is small, packs and unpacks to the same, and holds only if the hub signed it.
pub(super) fn check(bytes: &[u8]) -> bool {
    // Packed as well: most changes of a packed head only break the packing.
    let packed = zstd::bulk::compress(bytes, 1).unwrap();
    holds(bytes) | holds(&packed)
}

fn holds(packed: &[u8]) -> bool {
    let Ok(head) = Head::unpack(packed) else { return false };
    let lengths = [&head.timestamp, &head.snapshot, &head.targets].map(Vec::len);
    assert!((lengths.iter().sum::<usize>() as u64) < HEAD_LIMIT, "{lengths:?}");
    assert_eq!(Head::unpack(&head.pack().unwrap()), Ok(head.clone()));
    let claims = head.claims();
    let Ok(verified) = head.verify(VERIFIER.clone()) else { return false };
    assert_eq!(claims.as_ref(), Some(&verified.news.newest));
    assert_eq!(verified, HEAD.verify(VERIFIER.clone()).unwrap(), "the hub never signed it");
    true
}
