//! What can be typed about questions to the service.

use clap::{Args, Subcommand, ValueEnum};
use otsupport_core::enquiries::{self, EnquiryRequest};
use otsupport_core::wire::enquiry::{self, EnquiryId};
use otsupport_core::wire::{Language, TopicSlug};

use super::Setting;

#[derive(Subcommand)]
pub(crate) enum EnquiryCommand {
    /// Look a text over: does it say that help is needed at once?
    Check {
        /// The text, or - to read it from standard input.
        #[arg(required = true, value_name = "TEXT")]
        text: Vec<String>,
    },
    /// Write to the service. It is sealed here and goes with the next sync. This is no way to get help at once.
    Enquire(Box<EnquireArguments>),
    /// List what you wrote to the service, and where it is.
    Enquiries,
    /// Read an enquiry and its replies.
    Read {
        /// Its id.
        id: EnquiryId,
    },
    /// Take an enquiry back, as long as staff have not opened it.
    Withdraw {
        /// Its id.
        id: EnquiryId,
    },
    /// Remove an enquiry that is over from this machine.
    Forget {
        /// Its id.
        id: EnquiryId,
    },
}

#[derive(Args)]
pub(crate) struct EnquireArguments {
    /// Your question, or - to read it from standard input. No full name, no NHS number.
    #[arg(value_name = "TEXT", required_unless_present_any = ["place", "send", "anew"])]
    pub(crate) text: Vec<String>,
    /// Who asks.
    #[arg(long = "as", value_name = "WHO", default_value = "parent")]
    asker: Asker,
    /// What it is about.
    #[arg(long, value_name = "T")]
    topic: Option<TopicSlug>,
    /// How old the child is, in years.
    #[arg(long, value_name = "N")]
    age: Option<u8>,
    /// Where it happens.
    #[arg(long, value_name = "S")]
    setting: Option<Setting>,
    /// Your borough.
    #[arg(long, value_name = "B")]
    borough: Option<String>,
    /// How to answer; phone is a reply here.
    #[arg(long, value_name = "WAY", default_value = "phone")]
    reply_by: ReplyBy,
    /// The number or the address, if the answer is to go there.
    #[arg(long, value_name = "NUMBER-OR-ADDRESS", allow_hyphen_values = true)]
    contact: Option<String>,
    /// The form in which you need the answer, such as "large print".
    #[arg(long, value_name = "F")]
    format: Option<String>,
    /// The language in which you need the answer.
    #[arg(long, value_name = "L")]
    reply_language: Option<Language>,
    /// Who should be there when somebody rings: bsl, or a language.
    #[arg(long, value_name = "WHO", value_parser = interpreter)]
    interpreter: Option<enquiry::Interpreter>,
    /// Ask for a place at this event: asked for, not booked.
    #[arg(long, value_name = "UID")]
    place: Option<String>,
    /// Give no notice when a reply is here: others see this screen.
    #[arg(long)]
    no_notice: bool,
    /// Keep it as a draft.
    #[arg(long, conflicts_with_all = ["send", "anew"])]
    pub(crate) draft: bool,
    /// Send the draft with this id.
    #[arg(long, value_name = "ID", conflicts_with_all = ["text", "anew"])]
    pub(crate) send: Option<EnquiryId>,
    /// Send the text of an enquiry that is over as a new one.
    #[arg(long, value_name = "ID", conflicts_with = "text")]
    pub(crate) anew: Option<EnquiryId>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Asker {
    Parent,
    Carer,
    School,
}

#[derive(Clone, Copy, ValueEnum)]
enum ReplyBy {
    Phone,
    Telephone,
    Email,
}

impl EnquireArguments {
    /// What was filled in, with the text as it was read.
    pub(crate) fn request(&self, text: String) -> EnquiryRequest {
        EnquiryRequest {
            asker: match self.asker {
                Asker::Parent => enquiry::Asker::Parent,
                Asker::Carer => enquiry::Asker::Carer,
                Asker::School => enquiry::Asker::School,
            },
            topic: self.topic.clone(),
            age: self.age,
            setting: self.setting.map(Into::into),
            borough: self.borough.clone(),
            reply_by: match self.reply_by {
                ReplyBy::Phone => enquiries::ReplyWay::Phone,
                ReplyBy::Telephone => enquiries::ReplyWay::Telephone,
                ReplyBy::Email => enquiries::ReplyWay::Email,
            },
            contact: self.contact.clone(),
            format: self.format.clone(),
            language: self.reply_language.clone(),
            interpreter: self.interpreter.clone(),
            event: self.place.clone(),
            text,
            tell_of_reply: !self.no_notice,
        }
    }
}

fn interpreter(typed: &str) -> Result<enquiry::Interpreter, String> {
    if typed.eq_ignore_ascii_case("bsl") {
        return Ok(enquiry::Interpreter::Bsl);
    }
    typed
        .parse()
        .map(enquiry::Interpreter::Spoken)
        .map_err(|error: otsupport_core::wire::id::BadName| format!("{error}, or bsl"))
}
