//! What a person fills in, and what of it may be sent.

use std::fmt;

use chrono::{DateTime, Utc};
use otsupport_wire::enquiry::{Asker, Interpreter, Letter, Matter, PublicHalf, ReplyBy};
use otsupport_wire::snapshot::{Ages, Setting};
use otsupport_wire::{Language, TopicSlug};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::storage::{Bank, Reading};
use crate::strategies::{AnswerForm, Question, ReplyAddress};

/// The ages that are told apart: an answer needs no more.
const BANDS: [Ages; 6] = [
    Ages { from: 0, to: 2 },
    Ages { from: 3, to: 4 },
    Ages { from: 5, to: 7 },
    Ages { from: 8, to: 11 },
    Ages { from: 12, to: 16 },
    Ages { from: 17, to: 25 },
];

/// How a person wants the answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReplyWay {
    /// On this phone. Whoever holds it and can open the app can read it.
    #[default]
    Phone,
    /// By telephone: a number is asked for.
    Telephone,
    /// By email: an address is asked for.
    Email,
}

/// What a person fills in. Ask for the least: neither a full name nor a number of a record nor a photograph.
#[derive(Clone, PartialEq, Eq)]
pub struct EnquiryRequest {
    /// Who asks.
    pub asker: Asker,
    /// What it is about.
    pub topic: Option<TopicSlug>,
    /// How old the child is, in years; only the band of ages around it is kept.
    pub age: Option<u8>,
    /// Where it happens.
    pub setting: Option<Setting>,
    /// One of the service's boroughs.
    pub borough: Option<String>,
    /// How to answer.
    pub reply_by: ReplyWay,
    /// A number or an address, where one is needed, and only then.
    pub contact: Option<String>,
    /// The form in which the answer is needed.
    pub format: Option<String>,
    /// The language in which it is needed.
    pub language: Option<Language>,
    /// Who should be there when somebody rings.
    pub interpreter: Option<Interpreter>,
    /// The UID of the event, where a place at one is asked for.
    pub event: Option<String>,
    /// The question; may be empty where a place is asked for.
    pub text: String,
    /// Whether a notice may come on this phone when a reply is here. It says nothing but that there is one.
    pub tell_of_reply: bool,
}

impl Default for EnquiryRequest {
    fn default() -> Self {
        Self {
            asker: Asker::Parent,
            topic: None,
            age: None,
            setting: None,
            borough: None,
            reply_by: ReplyWay::Phone,
            contact: None,
            format: None,
            language: None,
            interpreter: None,
            event: None,
            text: String::new(),
            tell_of_reply: true,
        }
    }
}

/// What a person wrote is never printed.
impl fmt::Debug for EnquiryRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EnquiryRequest(…)")
    }
}

/// An event at which a place is asked for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskedEvent {
    /// Its UID.
    pub uid: String,
    /// What it was called.
    pub title: String,
}

/// What a family wrote, each part by its rule. A draft may lack what sending needs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written {
    pub(crate) asker: Asker,
    pub(crate) topic: Option<TopicSlug>,
    pub(crate) age: Option<Ages>,
    pub(crate) setting: Option<Setting>,
    pub(crate) borough: Option<String>,
    pub(crate) reply_by: ReplyWay,
    pub(crate) contact: Option<ReplyAddress>,
    pub(crate) format: Option<AnswerForm>,
    pub(crate) language: Option<Language>,
    pub(crate) interpreter: Option<Interpreter>,
    pub(crate) event: Option<AskedEvent>,
    pub(crate) text: Option<Question>,
    pub(crate) tell_of_reply: bool,
}

impl Written {
    /// What is filled in, held against the bank. It may lack what sending needs.
    pub(crate) fn of(bank: &Reading<'_>, request: &EnquiryRequest) -> Result<Self, Error> {
        let EnquiryRequest { topic, age, borough, event, contact, format, .. } = request;
        if let Some(topic) = topic {
            let known =
                bank.prepare_cached("SELECT 1 FROM topics WHERE slug = ?1")?.exists([topic.as_str()])?;
            if !known {
                return Err(Error::Invalid("topic"));
            }
        }
        let age = age
            .map(|age| BANDS.into_iter().find(|it| age <= it.to).ok_or(Error::Invalid("age")))
            .transpose()?;
        let event = event.as_deref().map(|uid| asked(bank, uid)).transpose()?;
        let contact = contact.as_deref().map(ReplyAddress::of).transpose()?.flatten();
        if contact.is_some() && request.reply_by == ReplyWay::Phone {
            return Err(Error::Invalid("contact-unneeded"));
        }
        Ok(Self {
            asker: request.asker,
            topic: topic.clone(),
            age,
            setting: request.setting,
            borough: borough.as_deref().map(|it| known_borough(bank, it)).transpose()?,
            reply_by: request.reply_by,
            contact,
            format: format.as_deref().map(AnswerForm::of).transpose()?.flatten(),
            language: request.language.clone(),
            interpreter: request.interpreter.clone(),
            event,
            text: Question::of(&request.text)?,
            tell_of_reply: request.tell_of_reply,
        })
    }

    /// The letter, if nothing is missing.
    pub(crate) fn letter(&self, written_at: DateTime<Utc>, reply_key: PublicHalf) -> Result<Letter, Error> {
        let text = self.text.as_ref().map(|it| it.as_str().to_owned());
        let matter = match &self.event {
            Some(AskedEvent { uid, title }) => Matter::Place { uid: uid.clone(), title: title.clone() },
            None => Matter::Question,
        };
        if text.is_none() && matter == Matter::Question {
            return Err(Error::Invalid("text"));
        }
        Ok(Letter {
            written_at,
            matter,
            asker: self.asker,
            topic: self.topic.clone(),
            age: self.age,
            setting: self.setting,
            borough: self.borough.clone(),
            reply_by: self.reply_by()?,
            format: self.format.as_ref().map(|it| it.as_str().to_owned()),
            language: self.language.clone(),
            interpreter: self.interpreter.clone(),
            text: text.unwrap_or_default(),
            reply_key,
        })
    }

    fn reply_by(&self) -> Result<ReplyBy, Error> {
        let contact = self.contact.as_ref().map(|it| it.as_str());
        match (self.reply_by, contact) {
            (ReplyWay::Phone, _) => Ok(ReplyBy::Phone),
            (ReplyWay::Telephone, Some(number)) if is_telephone(number) => {
                Ok(ReplyBy::Telephone(number.to_owned()))
            }
            (ReplyWay::Email, Some(address)) if is_email(address) => Ok(ReplyBy::Email(address.to_owned())),
            (ReplyWay::Telephone | ReplyWay::Email, _) => Err(Error::Invalid("contact")),
        }
    }
}

/// The event with this UID, if the bank has it.
fn asked(bank: &Reading<'_>, uid: &str) -> Result<AskedEvent, Error> {
    let title = crate::reminders::event_title(bank, uid)?.ok_or_else(|| Error::NotFound(uid.to_owned()))?;
    Ok(AskedEvent { uid: uid.to_owned(), title })
}

fn known_borough(bank: &Reading<'_>, typed: &str) -> Result<String, Error> {
    let typed = typed.trim().to_lowercase();
    let boroughs = Bank::service(bank)?.boroughs;
    boroughs.into_iter().find(|it| it.to_lowercase() == typed).ok_or(Error::Invalid("borough"))
}

/// Digits enough to ring, and what people put between them.
fn is_telephone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (7..=15).contains(&digits) && text.chars().all(|it| it.is_ascii_digit() || " +-().".contains(it))
}

/// Something at a place with a dot. Whether it can be written to, only writing tells.
fn is_email(text: &str) -> bool {
    let Some((name, place)) = text.split_once('@') else { return false };
    let is_plain =
        |part: &str| !part.is_empty() && !part.contains(|it: char| it == '@' || it.is_whitespace());
    is_plain(name) && is_plain(place) && place.trim_matches('.').contains('.')
}
