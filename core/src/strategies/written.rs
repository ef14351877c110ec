//! What a family may write, each with its limit. None of it is ever printed by `{:?}`.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use unicode_normalization::UnicodeNormalization;

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
                if is_blank(&text) {
                    return Ok(None);
                }
                Self::try_from(text).map(Some).map_err(|_| Error::Invalid($field))
            }
        }

        impl TryFrom<String> for $type {
            type Error = BadText;

            fn try_from(text: String) -> Result<Self, BadText> {
                let text = $clean(&text);
                if is_blank(&text) || text.chars().count() > Self::MOST {
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

written!(
    /// What a family asks the service.
    Question, 4000, "text", lines
);
written!(
    /// A telephone number or an email address to answer to.
    ReplyAddress, 120, "contact", line
);
written!(
    /// The form in which an answer is needed: large print, a sound recording.
    AnswerForm, 80, "format", line
);

macro_rules! name {
    ($type:ident) => {
        impl $type {
            /// Whether both would be taken for one name: in capitals or not, and however a keyboard puts an accent.
            pub fn is_same(&self, other: &Self) -> bool {
                self.folded() == other.folded()
            }

            /// The name in the form in which it is compared.
            pub(crate) fn folded(&self) -> String {
                self.0.to_lowercase().nfc().collect()
            }
        }
    };
}

name!(Nickname);
name!(ListName);

impl Nickname {
    /// The same with a number behind it, to tell two of one name apart.
    pub(crate) fn numbered(&self, number: u32) -> Self {
        let number = format!(" {number}");
        let most = Self::MOST - number.len();
        Self(self.0.chars().take(most).collect::<String>().trim_end().to_owned() + &number)
    }
}

/// One line of what can be seen.
fn line(text: &str) -> String {
    let spaced: String = text.chars().map(|it| if it.is_whitespace() { ' ' } else { it }).collect();
    visible(&spaced).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Lines of what can be seen.
fn lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\t', " ");
    text.split('\n').map(visible).collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// A text without what cannot be seen.
pub(crate) fn visible(text: &str) -> String {
    text.chars().filter(|it| !is_unseen(*it)).collect()
}

/// Reads a title that a file may have brought: it must not steer the screen that shows it.
pub(crate) fn title<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(visible(&String::deserialize(from)?))
}

/// Whether nothing of a text shows: what only joins or shapes letters is no name by itself.
fn is_blank(text: &str) -> bool {
    text.chars().all(|it| {
        it.is_whitespace()
            || matches!(it, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
                | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
    })
}

/// Control characters, and those that turn the direction of a text to make it read as another. What joins letters and
/// pictures (U+200C, U+200D) is part of ordinary writing.
fn is_unseen(it: char) -> bool {
    it.is_control() || matches!(it, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
