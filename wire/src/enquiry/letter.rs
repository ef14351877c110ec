//! What a family asks, as it stands inside the envelope.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::keys::PublicHalf;
use crate::snapshot::{Ages, Setting};
use crate::{Language, TopicSlug};

/// What is asked, by whom, and how to answer. It holds the least possible: no name, no number of a record, no photograph.
///
/// A reader takes fields that it does not know: the service's machine may be older than a phone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// When it was written, UTC, by the phone's clock.
    pub written_at: DateTime<Utc>,
    /// What is wanted.
    pub matter: Matter,
    /// Who asks.
    pub asker: Asker,
    /// What it is about.
    pub topic: Option<TopicSlug>,
    /// How old the child is, about.
    pub age: Option<Ages>,
    /// Where it happens.
    pub setting: Option<Setting>,
    /// Where they live, or where the school is.
    pub borough: Option<String>,
    /// How to answer.
    pub reply_by: ReplyBy,
    /// The form in which they need the answer, in their own words, such as large print.
    pub format: Option<String>,
    /// The language in which they need it.
    pub language: Option<Language>,
    /// Who should be there when somebody rings.
    pub interpreter: Option<Interpreter>,
    /// Their words. May be empty where a place is asked for.
    pub text: String,
    /// To whom replies are sealed: nobody but who opens this letter knows this key.
    pub reply_key: PublicHalf,
}

/// What a family wrote is never printed.
impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Letter(…)")
    }
}

/// Nor is a number or an address.
impl fmt::Debug for ReplyBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Phone => "Phone",
            Self::Telephone(_) => "Telephone(…)",
            Self::Email(_) => "Email(…)",
        })
    }
}

/// What is wanted.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Matter {
    /// An answer.
    Question,
    /// A place at an event: asked for, never booked.
    Place {
        /// Its UID.
        uid: String,
        /// What it is called.
        title: String,
    },
}

/// Who asks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asker {
    /// A parent.
    #[default]
    Parent,
    /// Another carer.
    Carer,
    /// School staff.
    School,
}

/// How to answer. A number or an address is asked for only where it is needed.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "way", content = "to", rename_all = "kebab-case")]
pub enum ReplyBy {
    /// On this phone.
    #[default]
    Phone,
    /// By ringing this number.
    Telephone(String),
    /// To this address.
    Email(String),
}

/// Who helps to understand each other.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "of", content = "language", rename_all = "kebab-case")]
pub enum Interpreter {
    /// British Sign Language.
    Bsl,
    /// An interpreter of this language.
    Spoken(Language),
}
