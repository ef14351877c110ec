//! What a family may write, each with its limit. None of it is ever printed by `{:?}`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// A text that breaks its rule. It carries the rule, never the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadText(&'static str);

macro_rules! written {
    ($(#[$doc:meta])* $type:ident, $most:literal, $field:literal, $clean:path) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $type(String);

        impl $type {
            /// The longest, in characters.
            pub const MOST: usize = $most;

            /// The text as it was written.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text, without what cannot be seen and without spaces round it; `None` if nothing is left.
            pub(crate) fn of(text: &str) -> Result<Option<Self>, Error> {
                let text = $clean(text);
                if text.is_empty() {
                    return Ok(None);
                }
                Self::try_from(text).map(Some).map_err(|_| Error::Invalid($field))
            }
        }

        impl TryFrom<String> for $type {
            type Error = BadText;

            fn try_from(text: String) -> Result<Self, BadText> {
                let text = $clean(&text);
                if text.is_empty() || text.chars().count() > Self::MOST {
                    return Err(BadText(concat!("too long, or nothing, for: ", $field)));
                }
                Ok(Self(text))
            }
        }

        impl From<$type> for String {
            fn from(text: $type) -> String {
                text.0
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("…")
            }
        }
    };
}

written!(
    /// What a family calls a child, or a teacher a class: a nickname, not a full name.
    Nickname, 40, "nickname", line
);
written!(
    /// What a family calls a list.
    ListName, 60, "list", line
);
written!(
    /// Who was there: Mum, the teaching assistant.
    Who, 80, "who", line
);
written!(
    /// How it went, in the family's words.
    Note, 2000, "note", lines
);

/// One line of what can be seen.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().filter(|it| !is_unseen(*it)).collect()
}

/// Lines of what can be seen.
fn lines(text: &str) -> String {
    let seen: String =
        text.replace("\r\n", "\n").chars().filter(|it| *it == '\n' || !is_unseen(*it)).collect();
    seen.trim().to_owned()
}

/// Control characters, and those that turn the direction of a text to make it read as another. What joins letters and
/// pictures (U+200C, U+200D) is part of ordinary writing.
fn is_unseen(it: char) -> bool {
    it.is_control() || matches!(it, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
