//! The snapshot of the bank.

use otsupport_wire::snapshot::{Limits, ReadError, Snapshot, read, write};

/// A snapshot writes back to the same bytes. One of a newer minor format says so, and what is known of it reads back the same.
pub(super) fn check(bytes: &[u8]) -> bool {
    // With the right counts as well: no fuzzer adds up.
    holds(bytes) | recounted(bytes).is_some_and(|it| holds(it.as_bytes()))
}

fn holds(bytes: &[u8]) -> bool {
    let limits = Limits::default();
    let Ok(bank) = Snapshot::parse(bytes, &limits) else { return false };
    let mut written = Vec::new();
    write(&bank, &mut written).unwrap();
    let summary = read(bytes, &limits, |_, _| Ok::<(), ReadError>(())).unwrap();
    assert_eq!(summary.version, bank.version);
    let is_of = |format: &str| bytes.starts_with(format!("otsupport-snapshot {format} ").as_bytes());
    assert_eq!(summary.newer, !is_of("1.0") && !is_of("1.1"));
    if is_of("1.1") {
        assert!(written == bytes, "one bank has two forms");
    } else {
        assert_eq!(Snapshot::parse(&written, &limits).unwrap(), bank);
    }
    assert!(Snapshot::parse(&bytes[..bytes.len() - 1], &limits).is_err(), "passes for a whole one");
    true
}

fn recounted(bytes: &[u8]) -> Option<String> {
    let (header, rest) = std::str::from_utf8(bytes).ok()?.split_once('\n')?;
    let mut sections: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in rest.split_terminator('\n') {
        match line.split_once(' ') {
            Some((name, _)) if name.bytes().all(|it| it.is_ascii_lowercase()) => {
                sections.push((name, Vec::new()));
            }
            _ => sections.last_mut()?.1.push(line),
        }
    }
    let total: usize = sections.iter().map(|(_, records)| records.len()).sum();
    let mut text = format!("{header}\n");
    for (name, records) in sections {
        let count = if name == "end" { total } else { records.len() };
        text += &format!("{name} {count}\n");
        text.extend(records.iter().flat_map(|it| [it, "\n"]));
    }
    Some(text)
}
