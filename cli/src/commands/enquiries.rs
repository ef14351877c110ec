//! Questions to the service.

use std::io::Read;
use std::process::ExitCode;

use otsupport_core::enquiries::{EnquiryView, TextCheck};
use otsupport_core::{HubError, SupportHub};
use serde::Serialize;
use serde_json::json;

use super::{Failure, print};
use crate::arguments::{EnquireArguments, EnquiryCommand, Global};
use crate::{paint, words};

/// The most that is read from standard input: more than any enquiry may have.
const MOST_READ: u64 = 1 << 16;

/// One enquiry, with what was found in its text.
#[derive(Serialize)]
struct Written<'a> {
    #[serde(flatten)]
    enquiry: &'a EnquiryView,
    #[serde(flatten)]
    check: &'a TextCheck,
}

pub(super) fn run(global: &Global, hub: &SupportHub, command: EnquiryCommand) -> Result<ExitCode, Failure> {
    match command {
        EnquiryCommand::Check { text } => {
            let check = hub.check(&read(&text)?)?;
            let urgent = hub.before_enquiring()?.urgent;
            print(global, &check, || {
                let found = paint::check(&check, &urgent);
                if found.is_empty() { words::CALM.to_owned() } else { found }
            });
        }
        EnquiryCommand::Enquire(typed) => return enquire(global, hub, &typed),
        EnquiryCommand::Enquiries => {
            let all = hub.enquiries()?;
            print(global, &json!({ "enquiries": all }), || paint::enquiries(&all));
        }
        EnquiryCommand::Read { id } => {
            let enquiry = hub.read_enquiry(id).map_err(known)?;
            print(global, &enquiry, || paint::enquiry(&enquiry));
        }
        EnquiryCommand::Withdraw { id } => match hub.withdraw(id).map_err(known)? {
            Some(enquiry) => print(global, &enquiry, || paint::enquiry(&enquiry)),
            None => print(global, &json!({ "id": id, "state": "withdrawn" }), || {
                "The draft is gone.\n".to_owned()
            }),
        },
        EnquiryCommand::Forget { id } => {
            hub.forget_enquiry(id).map_err(known)?;
            print(global, &json!({ "forgotten": id }), || "It is gone from this machine.\n".to_owned());
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn enquire(global: &Global, hub: &SupportHub, typed: &EnquireArguments) -> Result<ExitCode, Failure> {
    let text = read(&typed.text)?;
    let check = hub.check(&text)?;
    let before = hub.before_enquiring()?;
    if !global.json {
        // Before it is kept: who needs help at once must not have to read to the end.
        anstream::print!("{}", paint::check(&check, &before.urgent));
    }
    let sent = match (typed.send, typed.anew, typed.draft) {
        (Some(id), ..) => hub.send_draft(id),
        (_, Some(id), _) => hub.send_anew(id),
        (_, _, true) => hub.keep_draft(&typed.request(text), None),
        _ => hub.enquire(&typed.request(text)),
    };
    let enquiry = sent.map_err(known)?;
    print(global, &Written { enquiry: &enquiry, check: &check }, || {
        format!("{}{}", paint::before_enquiring(&before), paint::enquiry(&enquiry))
    });
    Ok(ExitCode::SUCCESS)
}

/// What was typed, or what standard input holds.
fn read(typed: &[String]) -> Result<String, Failure> {
    if typed != ["-"] {
        return Ok(typed.join(" "));
    }
    let mut text = String::new();
    let read = std::io::stdin().take(MOST_READ).read_to_string(&mut text);
    read.map_err(|error| Failure(format!("standard input: {error}")))?;
    Ok(text)
}

/// An id that leads nowhere is an enquiry's here, and no item's.
fn known(error: HubError) -> Failure {
    match &error {
        HubError::NotFound { code, id } if code == "not-found" => Failure(words::no_such_enquiry(id)),
        _ => error.into(),
    }
}
