//! Names that stay the same for ever: items, topics, languages, media files, versions of the bank.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A name that breaks its rule. It carries the rule, never the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadName(&'static str);

macro_rules! name {
    ($(#[$doc:meta])* $type:ident, $valid:expr, $rule:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $type(String);

        impl $type {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $type {
            type Error = BadName;

            fn try_from(text: String) -> Result<Self, BadName> {
                let valid: fn(&str) -> bool = $valid;
                if valid(&text) { Ok(Self(text)) } else { Err(BadName($rule)) }
            }
        }

        impl FromStr for $type {
            type Err = BadName;

            fn from_str(text: &str) -> Result<Self, BadName> {
                text.to_owned().try_into()
            }
        }

        impl From<$type> for String {
            fn from(name: $type) -> String {
                name.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
    };
}

/// Lower-case letters, digits and single inner hyphens, 1 to 64 of them.
fn is_slug(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.split('-').all(|part| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        })
}

name!(
    /// A strategy's or a resource's name, equal to its file's stem and stable for ever.
    ItemId, is_slug, "an id is 1 to 64 lower-case letters, digits and single hyphens"
);

name!(
    /// A topic's name in addresses and files.
    TopicSlug, is_slug, "a topic is 1 to 64 lower-case letters, digits and single hyphens"
);

name!(
    /// A language tag (BCP 47), such as `en`, `fr` or `zh-Hant`: letters, digits and hyphens, 2 to 35 of them.
    Language,
    |text| {
        (2..=35).contains(&text.len())
            && text.as_bytes()[0].is_ascii_alphabetic()
            && text.split('-').all(|part| {
                (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
            })
    },
    "a language is a BCP 47 tag such as en, fr or zh-Hant"
);

impl Language {
    /// English, the language of every original.
    pub fn english() -> Self {
        Self("en".to_owned())
    }
}

name!(
    /// A file below the content folder's `media/`, such as `media/sock.svg`. It cannot climb out: no part is empty,
    /// `.` or `..`, and there is no backslash, colon or control character.
    MediaPath,
    |text| {
        text.len() <= 200
            && text.strip_prefix("media/").is_some_and(|rest| {
                rest.split('/').all(|part| {
                    !part.is_empty()
                        && !part.starts_with('.')
                        && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
                })
            })
    },
    "a media file lies below media/ and is named with letters, digits, '-', '_' and '.'"
);

/// The number of a published bank: 1, 2, 3 …
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BankVersion(pub u64);

impl fmt::Display for BankVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
