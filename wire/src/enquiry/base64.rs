//! Bytes as base64 (RFC 4648, section 4) within JSON, for `#[serde(with = …)]`.

use data_encoding::BASE64;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Writes the bytes.
///
/// # Errors
/// What the format reports.
pub fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
    BASE64.encode(bytes).serialize(to)
}

/// Reads the bytes.
///
/// # Errors
/// For a text that is not base64.
pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(from)?;
    BASE64.decode(text.as_bytes()).map_err(|_| serde::de::Error::custom("not base64"))
}
