//! What a family on a small data plan pays for the whole bank.

use otsupport_wire::snapshot::write;

use super::BANK;

#[test]
fn the_text_takes_at_most_250_kb_and_with_the_line_pictures_400_kb() {
    let mut text = BANK.snapshot.clone();
    text.pictures.clear();
    let mut unpacked = Vec::new();
    write(&text, &mut unpacked).unwrap();
    // The level at which a bank of this size is published.
    let packed = zstd::encode_all(unpacked.as_slice(), 19).unwrap().len();
    assert!(packed <= 250_000, "text: {packed} bytes");
    assert!(BANK.packed <= 400_000, "with pictures: {} bytes", BANK.packed);
}
