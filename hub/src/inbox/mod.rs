//! What staff read and answer, on the machine where the service key lies. Nothing that is opened here is written anywhere.

mod listing;

use chrono::{DateTime, Utc};
pub use listing::to_text;
use otsupport_core::urgent_help::urgency;
use otsupport_wire::enquiry::{
    Asker, EnquiryId, Envelope, EnvelopeError, Interpreter, Letter, Matter, ReplyBy, ReplyError, ReplyNumber,
    SealedReply, SecretHalf, seal_reply,
};
use otsupport_wire::snapshot::{Ages, HelpLevel, Setting};
use otsupport_wire::{Language, TopicSlug};
use rusqlite::{Connection, TransactionBehavior};
use serde::Serialize;

use crate::intake::rows::{self, Kept};
use crate::intake::rules::{self, State};
use crate::intake::{Database, StoreError, store};

/// Why the inbox could not be read, or a reply not be given. Nothing of an enquiry stands in it.
#[derive(Debug, thiserror::Error)]
pub enum InboxError {
    /// The database could not be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no enquiry with this id.
    #[error("there is no enquiry with this id")]
    Unknown,
    /// Its sender took it back.
    #[error("its sender withdrew this enquiry: there is nothing to answer")]
    Withdrawn,
    /// It does not open.
    #[error("this enquiry cannot be answered: {0}")]
    Envelope(EnvelopeError),
    /// There are no words in it.
    #[error("the reply is empty")]
    Empty,
    /// It could not be sealed.
    #[error(transparent)]
    Reply(#[from] ReplyError),
}

impl From<rusqlite::Error> for InboxError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

/// The keys that open envelopes.
pub enum Secrets {
    /// The service's, the newest first.
    Service(Vec<SecretHalf>),
    /// The recovery key, for when a service key is lost.
    Recovery(Vec<SecretHalf>),
}

impl Secrets {
    fn open(&self, envelope: &[u8]) -> Result<Letter, EnvelopeError> {
        let envelope = Envelope::parse(envelope)?;
        match self {
            Self::Service(keys) => envelope.open(keys),
            Self::Recovery(keys) => envelope.recover(keys),
        }
    }
}

/// What lies in the inbox: urgent words first, then in the order in which they came.
#[derive(Serialize)]
pub struct Inbox {
    /// Each enquiry that was not withdrawn.
    pub enquiries: Vec<Listed>,
    /// Why nobody could be told that staff read them, if so. They may be withdrawn still.
    #[serde(skip)]
    pub unmarked: Option<StoreError>,
}

/// An enquiry in the inbox.
#[derive(Serialize)]
pub struct Listed {
    /// Its id.
    pub id: EnquiryId,
    /// When it came, UTC.
    pub received_at: DateTime<Utc>,
    /// How far it is.
    pub state: Standing,
    /// Whether it should be read first: urgent words stand in it, or nothing is known of its words.
    pub urgent: bool,
    /// What its words may mean, the worst first.
    pub levels: Vec<HelpLevel>,
    /// Whether its words could be checked.
    pub checked: bool,
    /// How many replies it was given.
    pub replies: u64,
    /// What it says. Every field is null where it does not open.
    #[serde(flatten)]
    pub words: Words,
}

/// How far an enquiry is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// It lies here unopened.
    Received,
    /// Staff opened it.
    Read,
    /// Staff answered it.
    Answered,
    /// It does not open with these keys, or is damaged.
    Unreadable,
}

impl Standing {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Read => "read",
            Self::Answered => "answered",
            Self::Unreadable => "unreadable",
        }
    }
}

/// What an enquiry says.
#[derive(Default, Serialize)]
pub struct Words {
    /// What is wanted: `question` or `place`.
    pub kind: Option<&'static str>,
    /// At which event a place is asked for.
    pub event: Option<Place>,
    /// Who asks.
    #[serde(rename = "as")]
    pub asker: Option<Asker>,
    /// What it is about.
    pub topic: Option<TopicSlug>,
    /// How old the child is, about.
    pub age: Option<Ages>,
    /// Where it happens.
    pub setting: Option<Setting>,
    /// Where they live, or where the school is.
    pub borough: Option<String>,
    /// How to answer: `phone`, `telephone` or `email`.
    pub reply_by: Option<&'static str>,
    /// The number or the address for that.
    pub contact: Option<String>,
    /// The form in which they need the answer.
    pub format: Option<String>,
    /// The language in which they need it.
    pub language: Option<Language>,
    /// Who should be there when somebody rings.
    pub interpreter: Option<Interpreter>,
    /// When it was written, UTC, by the phone's clock.
    pub written_at: Option<DateTime<Utc>>,
    /// Their words.
    pub text: Option<String>,
}

/// An event at which a place is asked for.
#[derive(Serialize)]
pub struct Place {
    /// Its UID.
    pub uid: String,
    /// What it is called.
    pub title: String,
}

/// Opens every envelope and marks those that opened as read: their senders see it, and cannot withdraw them any more.
///
/// # Errors
/// [`InboxError::Store`]. What does not open is listed all the same.
pub fn read(database: &Database, secrets: &Secrets, now: DateTime<Utc>) -> Result<Inbox, InboxError> {
    let mut connection = store::open(database.path())?;
    let kept = rows::all(&connection)?;
    // Opening takes its time: nobody waits for the database meanwhile.
    let mut enquiries: Vec<Listed> = kept.into_iter().map(|it| listed(it, secrets)).collect();
    // A full disk keeps no urgent word from whoever should read it.
    let unmarked = mark(&mut connection, &mut enquiries, now).err().map(StoreError::from);
    enquiries.sort_by_key(|it| (!it.urgent, it.received_at, it.id));
    Ok(Inbox { enquiries, unmarked })
}

/// Marks as read what opened. What was withdrawn meanwhile leaves the list.
fn mark(
    connection: &mut Connection,
    enquiries: &mut Vec<Listed>,
    now: DateTime<Utc>,
) -> rusqlite::Result<()> {
    let marking = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut here = Vec::with_capacity(enquiries.len());
    for enquiry in enquiries.iter() {
        let known = rows::find(&marking, enquiry.id)?;
        let opened = known.as_ref().and_then(|it| rules::open(it, now));
        if let Some(opened) =
            opened.as_ref().filter(|it| enquiry.state != Standing::Unreadable && known.as_ref() != Some(it))
        {
            rows::set_opened(&marking, opened)?;
        }
        here.push(opened.is_some());
    }
    marking.commit()?;
    let mut here = here.into_iter();
    enquiries.retain(|_| here.next().unwrap_or(true));
    for enquiry in enquiries.iter_mut().filter(|it| it.state == Standing::Received) {
        enquiry.state = Standing::Read;
    }
    Ok(())
}

/// Seals `text` to the enquiry's sender and lays it ready for their phone. `random` is used once.
///
/// # Errors
/// [`InboxError`]. Nothing was given then.
pub fn reply(
    database: &Database,
    secrets: &Secrets,
    id: EnquiryId,
    text: &str,
    now: DateTime<Utc>,
    random: &[u8; 32],
) -> Result<ReplyNumber, InboxError> {
    if text.trim().is_empty() {
        return Err(InboxError::Empty);
    }
    let mut connection = store::open(database.path())?;
    let replying = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let known = rows::find(&replying, id)?.ok_or(InboxError::Unknown)?;
    let opened = rules::open(&known, now).ok_or(InboxError::Withdrawn)?;
    let kept = rows::one(&replying, id)?.ok_or(InboxError::Unknown)?;
    let letter = secrets.open(&kept.envelope).map_err(InboxError::Envelope)?;
    let number = rules::next_number(rows::last_number(&replying, id)?, now);
    let sealed = seal_reply(id, number, text, &letter.reply_key, random)?;
    rows::add_reply(&replying, id, &SealedReply { number, sealed })?;
    rows::set_opened(&replying, &opened)?;
    replying.commit()?;
    Ok(number)
}

fn listed(kept: Kept, secrets: &Secrets) -> Listed {
    let Kept { row, envelope, replies, received_at } = kept;
    let letter = secrets.open(&envelope).ok();
    let found = letter.as_ref().map(|it| urgency(&it.text));
    let (levels, checked) = found.map_or((Vec::new(), false), |it| (it.levels, it.checked));
    let state = match (&row.state, replies) {
        _ if letter.is_none() => Standing::Unreadable,
        (_, 1..) => Standing::Answered,
        (State::Held { opened_at: Some(_), .. }, _) => Standing::Read,
        _ => Standing::Received,
    };
    Listed {
        id: row.id,
        received_at,
        state,
        urgent: !levels.is_empty() || !checked,
        levels,
        checked,
        replies,
        words: letter.map(Words::from).unwrap_or_default(),
    }
}

impl From<Letter> for Words {
    fn from(letter: Letter) -> Self {
        let (kind, event) = match letter.matter {
            Matter::Question => ("question", None),
            Matter::Place { uid, title } => ("place", Some(Place { uid, title })),
        };
        let (reply_by, contact) = match letter.reply_by {
            ReplyBy::Phone => ("phone", None),
            ReplyBy::Telephone(number) => ("telephone", Some(number)),
            ReplyBy::Email(address) => ("email", Some(address)),
        };
        Self {
            kind: Some(kind),
            event,
            asker: Some(letter.asker),
            topic: letter.topic,
            age: letter.age,
            setting: letter.setting,
            borough: letter.borough,
            reply_by: Some(reply_by),
            contact,
            format: letter.format,
            language: letter.language,
            interpreter: letter.interpreter,
            written_at: Some(letter.written_at),
            text: Some(letter.text),
        }
    }
}
