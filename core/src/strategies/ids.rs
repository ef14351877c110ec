//! Ids of what the family made: random, so that two phones never give the same one, and so that they say nothing.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $type:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $type(String);

        impl $type {
            /// An id of 16 random bytes.
            pub fn from_random(bytes: [u8; 16]) -> Self {
                Self(format!("{:032x}", u128::from_be_bytes(bytes)))
            }

            /// The id as 32 hexadecimal digits.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $type {
            type Error = NotAnId;

            fn try_from(text: String) -> Result<Self, NotAnId> {
                let digit = |it: u8| it.is_ascii_digit() || (b'a'..=b'f').contains(&it);
                if text.len() == 32 && text.bytes().all(digit) { Ok(Self(text)) } else { Err(NotAnId) }
            }
        }

        impl FromStr for $type {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                text.to_owned().try_into()
            }
        }

        impl From<$type> for String {
            fn from(id: $type) -> String {
                id.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

/// A text that is no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id is 32 hexadecimal digits")]
pub struct NotAnId;

id!(
    /// A child's or a class's id.
    ProfileId
);
id!(
    /// A named list's id.
    ListId
);
id!(
    /// A log entry's id.
    EntryId
);
id!(
    /// The id of something that the family looks out for.
    LookoutId
);
id!(
    /// The id of a row that is known outside by something else: a shelved item by the item, a plan by its strategy and child.
    RowId
);

/// Where something is written: as something new, or in the place of what is there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Place<I> {
    /// New, under this id.
    New(I),
    /// In the place of what has this id, if it still is there.
    Of(I),
}

impl<I> Place<I> {
    pub(super) fn id(&self) -> &I {
        match self {
            Self::New(id) | Self::Of(id) => id,
        }
    }

    pub(super) fn is_new(&self) -> bool {
        matches!(self, Self::New(_))
    }
}
