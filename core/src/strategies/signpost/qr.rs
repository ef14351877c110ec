//! A signpost's QR code as a picture.

use std::fmt::Write;

use qrcodegen::{Mask, QrCode, QrCodeEcc, QrSegment, Version};

use crate::error::Error;

/// Empty modules round the code (ISO/IEC 18004, section 6.3.8).
const QUIET: i32 = 4;

/// The code of `address` followed by `fragment`, as SVG. Dark on light whatever the screen's colours are: readers need that.
///
/// The fragment is upper case, so that it takes 11 bits for two characters, and not 16.
pub(super) fn svg(address: &str, fragment: &str) -> Result<String, Error> {
    let segments = [QrSegment::make_bytes(address.as_bytes()), QrSegment::make_alphanumeric(fragment)];
    // The weakest correction that fits is raised as far as the size allows.
    let code = QrCode::encode_segments_advanced(
        &segments,
        QrCodeEcc::Low,
        Version::MIN,
        Version::MAX,
        None::<Mask>,
        true,
    )
    .map_err(|_| Error::Invalid("items"))?;
    let size = code.size() + 2 * QUIET;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in 0..code.size() {
            if code.get_module(x, y) {
                // Writing to a String does not fail.
                let _ = write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET);
            }
        }
    }
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {size} {size}\" role=\"img\" aria-label=\"QR code\">\
         <rect width=\"{size}\" height=\"{size}\" fill=\"#fff\"/><path d=\"{path}\" fill=\"#000\"/></svg>"
    ))
}
