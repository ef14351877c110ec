//! What a person types into the search field, or writes to the team.

use otsupport_core::urgent_help::urgency;

/// Any text is checked, the worst level first and each once, and an apostrophe makes no difference. Whether it is urgent.
pub(super) fn check(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let found = urgency(text);
    assert!(found.levels.is_sorted_by(|a, b| a < b), "{:?}", found.levels);
    assert_eq!(urgency(&text.replace(['\'', '’'], "")), found);
    !found.levels.is_empty()
}
