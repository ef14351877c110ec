//! The snapshot of the bank.

use otsupport_wire::snapshot::{Limits, ReadError, Snapshot, read, write};

/// A snapshot writes back to the same bytes. One of a newer minor format says so, and what is known of it reads back the same.
pub(super) fn check(bytes: &[u8]) -> bool {
    let limits = Limits::default();
    let Ok(bank) = Snapshot::parse(bytes, &limits) else { return false };
    let mut written = Vec::new();
    write(&bank, &mut written).unwrap();
    let summary = read(bytes, &limits, |_, _| Ok::<(), ReadError>(())).unwrap();
    assert_eq!(summary.version, bank.version);
    assert_eq!(summary.newer, !bytes.starts_with(b"otsupport-snapshot 1.0 "));
    if summary.newer {
        assert_eq!(Snapshot::parse(&written, &limits).unwrap(), bank);
    } else {
        assert!(written == bytes, "one bank has two forms");
    }
    assert!(Snapshot::parse(&bytes[..bytes.len() - 1], &limits).is_err(), "passes for a whole one");
    true
}
