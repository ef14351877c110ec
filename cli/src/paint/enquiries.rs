//! Questions to the service, for a terminal.

use chrono::{DateTime, Utc};
use otsupport_core::enquiries::outbox::{State, Withdrawal};
use otsupport_core::enquiries::{Author, BeforeEnquiring, EnquiryView, PrivateDetail, TextCheck};
use otsupport_core::reminders::SERVICE_ZONE;
use otsupport_core::wire::snapshot::UrgentContact;

use super::{ALARM, CARE, GOOD, QUIET, TITLE, help, lines, paint};
use crate::words;

/// What was found in a text, help first; nothing for calm words.
pub(crate) fn check(check: &TextCheck, urgent: &[UrgentContact]) -> String {
    let mut text = match &check.help {
        Some(found) => help(words::DANGER, &found.contacts),
        None if !check.checked => help(words::UNREAD, urgent),
        None => String::new(),
    };
    let details: Vec<&str> = check.private_details.iter().map(|it| detail(*it)).collect();
    if !details.is_empty() {
        text.push_str(&paint(
            CARE,
            format!("The text may hold {}. The team does not need it.\n", details.join(", ")),
        ));
    }
    text
}

fn detail(detail: PrivateDetail) -> &'static str {
    match detail {
        PrivateDetail::Name => "a name",
        PrivateDetail::NhsNumber => "an NHS number",
        PrivateDetail::Contact => "a telephone number or an address",
        PrivateDetail::DateOfBirth => "a date of birth",
        PrivateDetail::Photograph => "words about a picture, which cannot be sent",
    }
}

pub(crate) fn before_enquiring(before: &BeforeEnquiring) -> String {
    let days = before.reply_days;
    paint(
        CARE,
        format!(
            "This is not for emergencies. Nobody reads at night, at weekends or on bank holidays. The team aims to reply within {days} \
             working days. Only the team can read what you write, and whoever can open this.\n"
        ),
    )
}

pub(crate) fn enquiries(all: &[EnquiryView]) -> String {
    if all.is_empty() {
        return "You have written nothing to the service. `otsupport enquire` does.\n".to_owned();
    }
    lines(all.iter().map(|it| {
        let unread = it.messages.iter().filter(|it| it.unread).count();
        let news = if unread > 0 { paint(GOOD, "  a new reply") } else { String::new() };
        format!("{}  {}{news}{}  {}", instant(it.written_at), state(it), notes(it), paint(QUIET, it.id))
    }))
}

pub(crate) fn enquiry(enquiry: &EnquiryView) -> String {
    let mut text = format!("{}{}\n", state(enquiry), notes(enquiry));
    if let Some(event) = &enquiry.event {
        text.push_str(&format!("Asked for a place at: {}. Nothing is booked.\n", paint(TITLE, &event.title)));
    }
    if let Some(day) = enquiry.expected_reply_by {
        text.push_str(&format!("A reply is expected by {}.\n", day.format("%A %-d %B %Y")));
    }
    for message in &enquiry.messages {
        let who = match message.from {
            Author::Family => "You",
            Author::Service => "The team",
        };
        text.push_str(&format!(
            "\n{}\n{}\n",
            paint(TITLE, format!("{who}, {}", instant(message.at))),
            message.text
        ));
    }
    let contact = &enquiry.contact;
    text.push_str(&format!(
        "\n{}\n",
        paint(QUIET, format!("The service: {} · {} · {}", contact.telephone, contact.email, contact.hours))
    ));
    text.push_str(&paint(QUIET, format!("{}\n", enquiry.id)));
    text
}

fn state(enquiry: &EnquiryView) -> String {
    let style = match enquiry.state {
        State::Draft | State::Waiting | State::Sending => CARE,
        State::Received | State::Read | State::Answered => GOOD,
        State::Expired | State::Refused => ALARM,
        State::Withdrawn => QUIET,
    };
    paint(style, words::enquiry_state(enquiry.state))
}

fn notes(enquiry: &EnquiryView) -> String {
    let notes = [
        (enquiry.unsent_for_a_day, "it has waited for more than a day: ring if it matters"),
        (enquiry.overdue, "the day for the answer has passed: ring the service"),
        (enquiry.withdrawal == Withdrawal::Asked, "the hub is to be told that you take it back"),
        (enquiry.withdrawal == Withdrawal::TooLate, "it could not be taken back: staff had opened it"),
        (enquiry.sent_anew_as.is_some(), "sent anew"),
    ];
    let notes: String = notes.iter().filter(|it| it.0).map(|it| format!("; {}", it.1)).collect();
    paint(CARE, notes)
}

fn instant(at: DateTime<Utc>) -> impl std::fmt::Display {
    at.with_timezone(&SERVICE_ZONE).format("%-d %b %Y %H:%M").to_string()
}
