//! A new snapshot beside the one that the phone holds.

use otsupport_wire::snapshot::{Limits, Piece, ReadError, compare, read};

/// Two snapshots with a zero byte between them. Where the old one can be read, the new one is refused if and only if reading it would
/// refuse it, and is made of the pieces that are told.
pub(super) fn check(bytes: &[u8]) -> bool {
    let mut parts = bytes.splitn(2, |it| *it == 0);
    let (Some(old), Some(new)) = (parts.next(), parts.next()) else { return false };
    let limits = Limits::default();
    let whole = |bytes: &[u8]| read(bytes, &limits, |_, _| Ok::<(), ReadError>(()));
    if !whole(old).is_ok_and(|it| !it.newer) {
        return false;
    }
    match compare(old, new, &limits) {
        Ok(Some(comparison)) => {
            assert_eq!(comparison.summary, whole(new).unwrap());
            let made = comparison.pieces.iter().flat_map(|it| match it {
                Piece::Old(at) => &old[at.clone()],
                Piece::New(at) => &new[at.clone()],
            });
            assert!(made.eq(new), "the pieces are not the new snapshot");
            true
        }
        Ok(None) => false,
        Err(_) => {
            assert!(whole(new).is_err(), "refused, and read as a whole");
            false
        }
    }
}
