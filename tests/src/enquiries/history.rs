//! What truly happened, in its order: all that the checker goes by.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use otsupport_core::enquiries::outbox::{Answer, Asking, News, Secrets, Silence, Stage, Way};
use otsupport_wire::Sha256;
use otsupport_wire::enquiry::{EnquiryId, KeyTag, ReplyNumber, SignedReceipt};
use serde::{Deserialize, Serialize};

/// The family's own phone.
pub const OWN: usize = 0;
/// The phone to which a safety copy was brought.
pub const COPY: usize = 1;

/// An enquiry as it lies on a phone.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Record {
    /// Its name.
    pub id: EnquiryId,
    /// The family's words, unless no more than the envelope is here.
    pub text: Option<String>,
    /// What belongs to it.
    pub secrets: Option<Secrets>,
    /// How far it has come.
    pub way: Way,
    /// The replies that the family can read.
    pub messages: Vec<(ReplyNumber, String)>,
}

/// What was asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ask {
    /// To take the envelope.
    Put,
    /// For the replies.
    Replies,
    /// To give it back.
    Delete,
    /// To seal it anew.
    SealAgain,
}

impl From<&Asking> for Ask {
    fn from(asking: &Asking) -> Self {
        match asking {
            Asking::Put(_) => Self::Put,
            Asking::Replies(_) => Self::Replies,
            Asking::Delete => Self::Delete,
            Asking::SealAgain => Self::SealAgain,
        }
    }
}

/// Why something was stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Because {
    /// It was written.
    Wrote,
    /// An attempt begins.
    Begun,
    /// An answer came, or silence.
    Heard,
    /// The family wants it back.
    Withdrew,
    /// It was sealed anew.
    Sealed,
    /// It could not be sealed anew.
    NotSealed,
}

/// Why the app looks at its enquiries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// It asked to be woken.
    Timer,
    /// The app was started.
    Started,
    /// Somebody opened it.
    Opened,
    /// Somebody asked for it.
    Person,
    /// The network came back.
    Reconnected,
    /// The system lets it run, as it does once a day.
    Refresh,
    /// The phone's clock was set.
    ClockSet,
    /// Something was written or withdrawn.
    Written,
}

/// An enquiry that is or was at the hub.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AtHub {
    /// It lies there.
    Held(Sha256),
    /// It is remembered as withdrawn.
    Withdrawn,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub enum What {
    /// A family wrote this, and the phone kept it: its text is the number.
    Wrote(EnquiryId, usize, String),
    /// The text was put into an envelope.
    Sealed(usize, Sha256),
    /// The enquiry came to the other phone in a safety copy.
    Copied(Arc<Record>),
    /// The family wants it back, and the phone kept that, or said that it is too late.
    Withdrew(usize, EnquiryId, bool),
    /// A phone's app looks at its enquiries; these are under way already.
    Woke(usize, Why, Vec<EnquiryId>),
    /// An attempt begins, and that it does is stored.
    Begun(usize, EnquiryId, Ask, Why),
    /// This came back.
    Heard(usize, EnquiryId, Ask, Arc<Result<Answer, Silence>>),
    /// A phone stored an enquiry, and shows it so from now on.
    Stored(usize, Because, Arc<Record>),
    /// A phone knows that enquiries are to be sealed to this key.
    KnowsKey(usize, KeyTag),
    /// Something is not on a phone that was stored there.
    Unreadable(usize, EnquiryId),
    /// A phone told this.
    Told(usize, EnquiryId, News),
    /// The app has looked at all, and asked to be woken for each.
    Looked(usize, Vec<(EnquiryId, Option<DateTime<Utc>>)>),
    /// The app was killed.
    Killed(usize),
    /// The phone was switched on or off.
    Switched(usize, bool),
    /// The phone's clock was set.
    ClockSet(usize),
    /// The phone's disk is full, or is not any more.
    DiskFull(usize, bool),
    /// The hub took an envelope in.
    Accepted(EnquiryId, Sha256),
    /// A receipt left the hub.
    Receipt(SignedReceipt),
    /// The hub gave one back.
    WithdrawnAtHub(EnquiryId),
    /// Staff opened one, at this instant of the hub, and read this.
    Opened(EnquiryId, DateTime<Utc>, String),
    /// Staff replied.
    Replied(EnquiryId, ReplyNumber, String),
    /// The hub's database is an older one: this is in it.
    Restored(Vec<(EnquiryId, AtHub)>),
    /// The hub has new keys, and takes envelopes to these.
    Takes(Vec<KeyTag>),
}

/// Something that happened, and when.
#[derive(Clone, Debug)]
pub struct Entry {
    /// In truth.
    pub at: DateTime<Utc>,
    /// What the engine of the phone that it is about was told as the time of day.
    pub now: DateTime<Utc>,
    /// Whether that phone's clock is right.
    pub right: bool,
    /// What.
    pub what: What,
}

/// How a life ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// For days everything works, and nobody touches the phone.
    Calm,
    /// For a month nothing comes to the hub.
    DownForGood,
}

/// All that happened in a life.
#[derive(Debug)]
pub struct History {
    /// The seed of it.
    pub seed: u64,
    /// How it ends.
    pub ending: Ending,
    /// Whether the system lets the app run once a day, whatever it asked for.
    pub refreshed: bool,
    /// From when on it ends so.
    pub calm: DateTime<Utc>,
    /// When the simulation ended.
    pub end: DateTime<Utc>,
    /// All of it, in its order.
    pub entries: Vec<Entry>,
    /// What lay on each phone at the end.
    pub left: Vec<Vec<Arc<Record>>>,
    /// How often what went wrong.
    pub troubles: BTreeMap<&'static str, usize>,
}

impl Ending {
    /// How long it lasts.
    pub fn lasts(self) -> TimeDelta {
        match self {
            Self::Calm => TimeDelta::days(4),
            Self::DownForGood => TimeDelta::days(32),
        }
    }
}

/// An envelope or an answer would fill the page: each entry in a line.
impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.at.format("%m-%d %H:%M:%S%.3f"))?;
        if !self.right {
            write!(f, "[{}] ", self.now.format("%y-%m-%d %H:%M:%S"))?;
        }
        match &self.what {
            What::Stored(phone, because, record) => {
                write!(f, "stored {phone} {because:?}: {}", Short(record))
            }
            What::Copied(record) => write!(f, "copied: {}", Short(record)),
            What::Heard(phone, id, ask, answer) => match &**answer {
                Ok(it) => {
                    let body = String::from_utf8_lossy(&it.body[..it.body.len().min(90)]);
                    let Answer { status, retry_after, .. } = it;
                    write!(f, "heard {phone} {id} {ask:?}: {status} {retry_after:?} {body}")
                }
                Err(it) => write!(f, "heard {phone} {id} {ask:?}: {it:?}"),
            },
            other => write!(f, "{other:?}"),
        }
    }
}

struct Short<'a>(&'a Record);

impl fmt::Display for Short<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Record { id, way, messages, .. } = self.0;
        let Way { withdrawal, failures, first_tried_at, next_attempt_at, trouble, left_alone_until, .. } =
            way;
        write!(f, "{id} {:?} ", way.state())?;
        match &way.stage {
            Stage::Waiting { there, retired, .. } => write!(f, "{there:?} retired {retired} ")?,
            Stage::Received { opened_at, last, forgotten, retired, .. } => {
                write!(f, "{opened_at:?} {last:?} forgotten {forgotten} retired {retired} ")?;
            }
            Stage::Expired { there } => write!(f, "{there:?} ")?,
            Stage::Refused { because } => write!(f, "{because:?} ")?,
            Stage::Withdrawn => {}
        }
        write!(f, "{withdrawal:?} {trouble:?}, {failures} failures, {} messages, ", messages.len())?;
        write!(f, "tried {first_tried_at:?}, next {next_attempt_at:?}, left alone {left_alone_until:?}")
    }
}
