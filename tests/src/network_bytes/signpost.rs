//! A link that staff made, as a person pasted or a camera read it.

use data_encoding::BASE32_NOPAD;
use otsupport_wire::Sha256;
use otsupport_wire::signpost::{MOST_ITEMS, NOTE_LIMIT, Signpost};

/// A signpost keeps its bounds, reads back the same from its own link, and is no signpost without its last letter.
pub(super) fn check(bytes: &[u8]) -> bool {
    let Ok(link) = std::str::from_utf8(bytes) else { return false };
    // With the right check as well: one change in a million passes it by chance.
    let body: String = link.split_whitespace().collect::<String>().to_ascii_uppercase();
    let check = BASE32_NOPAD.encode(Sha256::of(body.as_bytes()).as_bytes());
    reads(link) | reads(&format!("{body}.{}", &check[..4]))
}

fn reads(link: &str) -> bool {
    let Ok(signpost) = Signpost::read(link) else { return false };
    assert!((1..=MOST_ITEMS).contains(&signpost.items().len()));
    assert!(signpost.note.as_str().chars().count() <= NOTE_LIMIT);
    let fragment = signpost.fragment();
    let alphanumeric = |c: char| matches!(c, 'A'..='Z' | '0'..='9' | '.' | '+' | '-');
    assert!(fragment.chars().all(alphanumeric), "no QR code's alphanumeric mode: {fragment}");
    let cut = &fragment[..fragment.len() - 1];
    assert!(Signpost::read(cut).is_err(), "passes for a whole one: {cut}");
    assert_eq!(Signpost::read(&format!("https://hub.example/s/#{fragment}")), Ok(signpost), "{fragment}");
    true
}
