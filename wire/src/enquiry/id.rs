//! An enquiry's name: made on the phone before the first attempt, and the same for ever.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::fmt::Hyphenated;
use uuid::{Builder, Uuid, Variant};

/// A UUID of version 7 (RFC 9562, section 5.7), written in lower case with hyphens.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct EnquiryId {
    bytes: [u8; 16],
    text: [u8; Hyphenated::LENGTH],
}

/// A text that is no id of an enquiry.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the id of an enquiry is a UUID of version 7 in lower case")]
pub struct BadEnquiryId;

impl EnquiryId {
    /// An id of this millisecond (since 1970, UTC), told apart from every other by the random bytes.
    pub fn new(millisecond: u64, random: &[u8; 10]) -> Self {
        Self::of(Builder::from_unix_timestamp_millis(millisecond, random).into_uuid())
    }

    fn of(id: Uuid) -> Self {
        let mut text = [0; Hyphenated::LENGTH];
        id.hyphenated().encode_lower(&mut text);
        Self { bytes: id.into_bytes(), text }
    }

    /// The 16 bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.bytes
    }

    /// The millisecond in which it was made, since 1970, UTC.
    pub fn millisecond(&self) -> u64 {
        self.bytes[..6].iter().fold(0, |all, byte| all << 8 | u64::from(*byte))
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.text).unwrap_or_default()
    }

    /// The id with these bytes.
    ///
    /// # Errors
    /// [`BadEnquiryId`] for another version of UUID.
    pub fn from_bytes(bytes: [u8; 16]) -> Result<Self, BadEnquiryId> {
        let id = Uuid::from_bytes(bytes);
        let is_ours = id.get_version_num() == 7 && id.get_variant() == Variant::RFC4122;
        if is_ours { Ok(Self::of(id)) } else { Err(BadEnquiryId) }
    }
}

impl FromStr for EnquiryId {
    type Err = BadEnquiryId;

    fn from_str(text: &str) -> Result<Self, BadEnquiryId> {
        let id = Uuid::try_parse(text).map_err(|_| BadEnquiryId)?;
        let id = Self::from_bytes(id.into_bytes())?;
        // One name each: no capitals, braces or missing hyphens.
        if id.as_str() == text { Ok(id) } else { Err(BadEnquiryId) }
    }
}

impl TryFrom<String> for EnquiryId {
    type Error = BadEnquiryId;

    fn try_from(text: String) -> Result<Self, BadEnquiryId> {
        text.parse()
    }
}

impl From<EnquiryId> for String {
    fn from(id: EnquiryId) -> Self {
        id.to_string()
    }
}

impl fmt::Display for EnquiryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for EnquiryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_one_form_and_one_version() {
        let id = EnquiryId::new(1_795_600_000_000, &[7; 10]);
        let text = id.to_string();
        assert_eq!(text.parse(), Ok(id));
        assert_eq!(id.millisecond(), 1_795_600_000_000);
        assert_eq!(&text[14..15], "7");
        for bad in [
            text.to_uppercase(),
            text.replace('-', ""),
            format!("{{{text}}}"),
            format!("{}4{}", &text[..14], &text[15..]),
            String::new(),
        ] {
            assert_eq!(bad.parse::<EnquiryId>(), Err(BadEnquiryId), "{bad}");
        }
    }
}
