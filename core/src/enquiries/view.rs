//! Enquiries as a front end shows them.

use chrono::{DateTime, NaiveDate, Utc};
use otsupport_wire::TopicSlug;
use otsupport_wire::enquiry::{Asker, EnquiryId, ProblemCode};
use otsupport_wire::snapshot::{Ages, Contact, Service, Setting, UrgentContact};
use serde::Serialize;

use super::enquiry::Enquiry;
use super::outbox::{Stage, State, Trouble, Withdrawal};
use super::private_details::PrivateDetail;
use super::request::{AskedEvent, ReplyWay};
use super::telling::UNSENT_FOR;
use crate::platform::day_in_london;
use crate::strategies::Help;

/// What a person is to know before writing.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct BeforeEnquiring {
    /// Whether the service takes enquiries; if not, show how else to reach it.
    pub takes: bool,
    /// This is no way to get help at once. Where that is, in the order to show.
    pub urgent: Vec<UrgentContact>,
    /// How else to reach the service, and when somebody reads.
    pub contact: Contact,
    /// In how many working days it means to reply.
    pub reply_days: u16,
    /// The boroughs to choose from.
    pub boroughs: Vec<String>,
    /// Who can see what is written, and the reply.
    pub seen_by: Vec<SeenBy>,
}

/// Who can see something.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SeenBy {
    /// Whoever holds this phone and can open the app.
    PhoneHolder,
    /// The service's team. Nobody on the way, and not the hub that carries it.
    ServiceTeam,
}

impl BeforeEnquiring {
    pub(crate) fn of(service: Service, now: DateTime<Utc>) -> Self {
        let Service { keys, urgent, contact, reply_days, boroughs, .. } = service;
        let takes = keys.is_some_and(|it| it.current(now).is_some());
        let seen_by = vec![SeenBy::PhoneHolder, SeenBy::ServiceTeam];
        Self { takes, urgent, contact, reply_days, boroughs, seen_by }
    }
}

/// What was found in a text before it is sent. It never stands in the way.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct TextCheck {
    /// Whom to ring or text, if the words may mean that help is needed at once: to be shown before all else.
    pub help: Option<Help>,
    /// Whether the rules could read the text: if not, show all urgent contacts.
    pub checked: bool,
    /// What it seems to hold that is not needed.
    pub private_details: Vec<PrivateDetail>,
}

/// One enquiry.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct EnquiryView {
    /// Its id.
    pub id: EnquiryId,
    /// Where it is.
    pub state: State,
    /// When the phone tries next by itself, UTC.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// The day by which an answer is expected; none before it was received, or where that cannot be told.
    pub expected_reply_by: Option<NaiveDate>,
    /// What was written, and what came back, the oldest first.
    pub messages: Vec<Message>,
    /// The event at which a place is asked for: asked for, never booked.
    pub event: Option<AskedEvent>,
    /// Who asks.
    pub asker: Option<Asker>,
    /// What it is about.
    pub topic: Option<TopicSlug>,
    /// How old the child is.
    pub age: Option<Ages>,
    /// Where it happens.
    pub setting: Option<Setting>,
    /// Where they live.
    pub borough: Option<String>,
    /// How to answer.
    pub reply_by: Option<ReplyWay>,
    /// When it was written, UTC.
    pub written_at: DateTime<Utc>,
    /// When the hub received it, UTC, by its receipt.
    pub received_at: Option<DateTime<Utc>>,
    /// Why the last attempt failed.
    pub trouble: Option<Trouble>,
    /// Why the hub will not take it.
    pub refused_because: Option<ProblemCode>,
    /// Whether it has waited for more than a day.
    pub unsent_for_a_day: bool,
    /// Whether the day by which an answer was expected has passed without one.
    pub overdue: bool,
    /// Whether the family wants it back, and whether that is done.
    pub withdrawal: Withdrawal,
    /// As which enquiry the same text was sent anew.
    pub sent_anew_as: Option<EnquiryId>,
    /// What can be done with it.
    pub can: Vec<Can>,
    /// How else to reach the service.
    pub contact: Contact,
}

/// Something that a family can do with an enquiry.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Can {
    /// Change it, and send it.
    Send,
    /// Try now: a sync does.
    Retry,
    /// Take it back.
    Withdraw,
    /// Send the same text as a new enquiry.
    SendAnew,
    /// Remove it from this phone.
    Forget,
}

/// A piece of a conversation.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Who wrote it.
    pub from: Author,
    /// When, UTC.
    pub at: DateTime<Utc>,
    /// The words.
    pub text: String,
    /// Whether the family has not opened it yet.
    pub unread: bool,
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Message").field("from", &self.from).field("at", &self.at).finish_non_exhaustive()
    }
}

/// Who wrote a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Author {
    /// The family.
    Family,
    /// The service.
    Service,
}

impl EnquiryView {
    pub(crate) fn of(enquiry: &Enquiry, contact: &Contact, is_sending: bool, now: DateTime<Utc>) -> Self {
        let stored = enquiry.state();
        let state = if is_sending && stored == State::Waiting { State::Sending } else { stored };
        let written = enquiry.written.as_ref();
        let way = enquiry.way.as_ref();
        let because = match way.map(|it| &it.stage) {
            Some(Stage::Refused { because }) => Some(*because),
            _ => None,
        };
        let overdue =
            enquiry.is_unanswered() && enquiry.expected_by.is_some_and(|it| it < day_in_london(now));
        Self {
            id: enquiry.id,
            state,
            next_attempt_at: way.and_then(|it| it.wake_at(now, enquiry.secrets.is_some())),
            expected_reply_by: enquiry.expected_by,
            messages: messages(enquiry),
            event: written.and_then(|it| it.event.clone()),
            asker: written.map(|it| it.asker),
            topic: written.and_then(|it| it.topic.clone()),
            age: written.and_then(|it| it.age),
            setting: written.and_then(|it| it.setting),
            borough: written.and_then(|it| it.borough.clone()),
            reply_by: written.map(|it| it.reply_by),
            written_at: enquiry.written_at,
            received_at: enquiry.received_at(),
            trouble: way.and_then(|it| it.trouble),
            refused_because: because,
            unsent_for_a_day: enquiry.waits() && now >= enquiry.written_at + UNSENT_FOR,
            overdue,
            withdrawal: way.map(|it| it.withdrawal).unwrap_or_default(),
            sent_anew_as: enquiry.sent_anew_as,
            can: can(enquiry),
            contact: contact.clone(),
        }
    }
}

fn messages(enquiry: &Enquiry) -> Vec<Message> {
    let text = enquiry.written.as_ref().and_then(|it| it.text.as_ref());
    let own = text.map(|it| Message {
        from: Author::Family,
        at: enquiry.written_at,
        text: it.as_str().to_owned(),
        unread: false,
    });
    let replies = enquiry.replies.iter().map(|it| Message {
        from: Author::Service,
        at: i64::try_from(it.number.0).ok().and_then(DateTime::from_timestamp_millis).unwrap_or_default(),
        text: it.text.clone(),
        unread: !it.seen,
    });
    own.into_iter().chain(replies).collect()
}

fn can(enquiry: &Enquiry) -> Vec<Can> {
    let asked = enquiry.way.as_ref().is_some_and(|it| it.withdrawal != Withdrawal::None);
    let is_text_here = enquiry.written.is_some() && enquiry.sent_anew_as.is_none();
    let at_rest = enquiry.way.as_ref().is_none_or(|it| !it.delivers());
    let all: &[(Can, bool)] = match enquiry.state() {
        State::Draft => &[(Can::Send, true), (Can::Withdraw, true)],
        State::Waiting | State::Sending => &[(Can::Retry, true), (Can::Withdraw, !asked)],
        State::Received => &[(Can::Withdraw, !asked)],
        State::Read => &[],
        State::Expired => &[(Can::SendAnew, is_text_here), (Can::Withdraw, !asked), (Can::Forget, at_rest)],
        State::Refused => &[(Can::SendAnew, is_text_here), (Can::Forget, true)],
        State::Answered | State::Withdrawn => &[(Can::Forget, at_rest)],
    };
    all.iter().filter(|it| it.1).map(|it| it.0).collect()
}
