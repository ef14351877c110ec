//! What is said to people: the words for each code of the core.

use otsupport_core::enquiries::outbox::State;
use otsupport_core::reminders::EventStatus;
use otsupport_core::reminders::planner::{NoReminder, NotificationKind};
use otsupport_core::strategies::{Currency, KeepMedia, PracticeResult, View};
use otsupport_core::sync::{Outcome, Reason, SyncReport};
use otsupport_core::wire::TopicSlug;
use otsupport_core::{HubError, Locked, Mended};

/// What went wrong and what to do, in one line.
pub(crate) fn error(error: &HubError) -> String {
    match error.code() {
        "closed" => "the hub was closed; start again".to_owned(),
        "not-found" => match error {
            HubError::NotFound { id, .. } => not_found(id),
            _ => "not found".to_owned(),
        },
        "invalid-hub" => "that is not a hub's address; use --hub https://…".to_owned(),
        "invalid-withdrawn" => {
            "this advice was withdrawn and cannot be kept or passed on; `show` says what to use instead"
                .to_owned()
        }
        "invalid-link" => "that is not a signpost's link".to_owned(),
        "invalid-link-cut" => "the link is not whole; copy all of it, in quotation marks".to_owned(),
        "invalid-items" => "choose 1 to 20 items".to_owned(),
        "invalid-note" => "the note is too long: 140 characters in a signpost, 2,000 in your log".to_owned(),
        "invalid-expires" => "that day has passed; choose a later one".to_owned(),
        "invalid-list" => "a list needs a name of at most 60 characters".to_owned(),
        "invalid-nickname" => "a nickname has 1 to 40 characters".to_owned(),
        "invalid-nickname-taken" => "somebody here has that nickname already; choose another".to_owned(),
        "invalid-age" => {
            "that age cannot be right; use ages such as 3-6 (25 at most), or a month such as 2021-05"
                .to_owned()
        }
        "invalid-strategy" => {
            "that is a resource to read, not a strategy to try; `search` finds strategies".to_owned()
        }
        "invalid-days" => "choose at least one day, such as mon,wed,fri".to_owned(),
        "invalid-on" => "that day lies ahead, or too far back; write down what has been done".to_owned(),
        "invalid-who" => "who was there: 80 characters at most".to_owned(),
        "invalid-profile" => "there is nobody of that name; `otsupport profiles` lists them".to_owned(),
        "invalid-entry" => NO_SUCH_LINE.to_owned(),
        "invalid-from" => "the first day lies after the last; turn them round".to_owned(),
        "invalid-passphrase-short" => {
            "the passphrase needs 8 characters or more; a few words are best".to_owned()
        }
        "invalid-passphrase-missing" => "this needs a passphrase: --passphrase-file FILE".to_owned(),
        "invalid-passphrase" => "the passphrase does not open this file; nothing was changed".to_owned(),
        "invalid-copy-damaged" => {
            "the file is damaged or not whole; use another copy. Nothing was changed".to_owned()
        }
        "invalid-copy-size" => "the file is too large for a safety copy".to_owned(),
        "invalid-copy" => match error {
            HubError::Invalid { field, .. } => {
                format!("the file is no safety copy: it is wrong at {field}. Nothing was changed")
            }
            _ => "the file is no safety copy. Nothing was changed".to_owned(),
        },
        "invalid-text" => "write a question: 4,000 characters at most".to_owned(),
        "invalid-topic" => "there is no such topic; `otsupport topics` lists them".to_owned(),
        "invalid-borough" => "that is none of the service's boroughs".to_owned(),
        "invalid-contact" => "this needs --contact with a telephone number or an email address".to_owned(),
        "invalid-contact-unneeded" => {
            "a reply on this phone needs no number and no address; leave --contact out, or choose --reply-by".to_owned()
        }
        "invalid-format" => "the form of the answer: 80 characters at most".to_owned(),
        "invalid-draft" => "that is no draft; `otsupport enquiries` lists them".to_owned(),
        "invalid-over" => "only what expired or was refused is sent anew, and once".to_owned(),
        "invalid-opened" => "staff have opened it: it cannot be taken back any more. Ring the service".to_owned(),
        "invalid-under-way" => "it is still under way; withdraw it first".to_owned(),
        "no-service-key" => {
            "the bank that is here names no key to seal to; sync first, or ring the service. `enquire --draft` keeps it".to_owned()
        }
        "invalid-open" => "your data opens; there is no need to start afresh".to_owned(),
        "needs-update" => "this data was written by a newer version; update otsupport".to_owned(),
        "storage-full" => "the disk is full; make some room and try again. Nothing was lost".to_owned(),
        "storage-read-only" => {
            "the data folder cannot be written; choose another with --data. Nothing was lost".to_owned()
        }
        "storage-busy" => "another program is using the data; try again in a moment".to_owned(),
        "storage-damaged" => {
            "a file in the data folder is damaged; sync again. What you saved was not touched".to_owned()
        }
        "storage-failed" => "the data folder could not be used; check --data. Nothing was lost".to_owned(),
        "wrong-key" => locked(Locked::WrongKey),
        "key-unavailable" => locked(Locked::KeyUnavailable),
        "no-root" => "no hub is trusted yet; give its root once with --root FILE".to_owned(),
        "bad-root" => {
            "the file given with --root is not a trusted root; ask the hub for its root.json".to_owned()
        }
        code => format!("something went wrong inside ({code}); please report it"),
    }
}

/// That what the family keeps does not open, and what to do. The bank works all the same.
pub(crate) fn locked(locked: Locked) -> String {
    let why = match locked {
        Locked::WrongKey => "family.key is not the key of what you keep",
        Locked::KeyUnavailable => "family.key is missing or is no key",
    };
    format!(
        "{why}: what you keep is locked, the bank works. Nothing was changed. Put the right file back, or `start-afresh` beside \
         the old file and `import` a safety copy"
    )
}

/// That there is no such list.
pub(crate) fn no_such_list(name: &str) -> String {
    format!("there is no list called `{name}`; `otsupport lists` shows them")
}

/// That nobody here has this nickname.
pub(crate) fn nobody_called(nickname: &str) -> String {
    format!("there is nobody called `{nickname}`; `otsupport profiles` lists them")
}

/// That the log has no such line.
pub(crate) const NO_SUCH_LINE: &str = "your log has no such line; `otsupport record` names the lines";

/// What is said before everything is written out readable.
pub(crate) const PLAIN: &str =
    "this file will not be sealed: whoever has it can read what you wrote about a child. It holds:";

/// That a copy was made and could not be noted.
pub(crate) fn copy_not_noted(why: &HubError) -> String {
    format!("the copy is whole; it could not be noted here ({}), so it may be offered again", why.code())
}

/// When there is something to lose. Said once in a month at most.
pub(crate) const SAFETY_COPY: &str = "\nYou have written a few things down. `otsupport export FILE` makes a safety copy, in case this machine is lost.\n";

/// How it went.
pub(crate) fn result(result: PracticeResult) -> &'static str {
    match result {
        PracticeResult::Helped => "helped",
        PracticeResult::Partly => "helped a little",
        PracticeResult::Not => "did not help this time",
        PracticeResult::Stopped => "we stopped",
    }
}

/// How the hub is looked at.
pub(crate) fn view(view: View) -> &'static str {
    match view {
        View::Family => "The family's view: what is for families comes first.\n",
        View::School => {
            "The professional space: what is for school staff comes first. Everything else is still here.\n"
        }
    }
}

/// That the bank has no such item, and what to do.
pub(crate) fn not_found(id: &str) -> String {
    format!("the bank has no `{id}`; try `otsupport search`, or `otsupport sync` for the newest bank")
}

/// What was mended when the hub opened.
pub(crate) fn mended(mended: &Mended) -> String {
    match mended {
        Mended::ContentRebuilt { whole: true } => "the bank was damaged and has been rebuilt".to_owned(),
        Mended::ContentRebuilt { whole: false } => "the bank was damaged; sync to fetch it again".to_owned(),
        Mended::FamilyQuarantined { file, salvaged } => format!(
            "your own data was damaged: {salvaged} saved items were brought over, the damaged file was kept as {}",
            file.display()
        ),
        Mended::SeedRefused { reason: Reason::HubDown } => {
            "there is no bank in the folder given with --seed".to_owned()
        }
        Mended::SeedRefused { reason } => format!("the first bank was not taken: {}", self::reason(*reason)),
    }
}

/// How a sync ended.
pub(crate) fn sync(report: &SyncReport) -> String {
    match report.outcome {
        Outcome::Updated => format!("Updated: bank {} → {}", report.from, report.to),
        Outcome::Unchanged => format!("Up to date: bank {}", report.to),
        Outcome::Offline => {
            let why = report.reason.map(reason).unwrap_or_default();
            format!("Offline: {why}. Everything on this phone works (bank {})", report.to)
        }
        Outcome::Refused => {
            let why = report.reason.map(reason).unwrap_or_default();
            format!("Refused: {why}. The bank that was here stays (bank {})", report.to)
        }
    }
}

/// What became of the enquiries in a sync; nothing where nothing did.
pub(crate) fn delivered(report: &SyncReport) -> String {
    let counted = |count: u32, one: &str, many: &str| match count {
        0 => String::new(),
        1 => format!("{one}\n"),
        count => format!("{count} {many}\n"),
    };
    counted(report.delivered, "The service has your enquiry.", "of your enquiries are with the service.")
        + &counted(
            report.replies,
            "A reply is here: `otsupport enquiries`.",
            "replies are here: `otsupport enquiries`.",
        )
}

/// Where an enquiry is.
pub(crate) fn enquiry_state(state: State) -> &'static str {
    match state {
        State::Draft => "draft, not sent",
        State::Waiting => "waiting for the internet, not sent",
        State::Sending => "sending",
        State::Received => "the service has it",
        State::Read => "the team has opened it",
        State::Answered => "answered",
        State::Expired => "could not be sent in 30 days; your words are kept",
        State::Refused => "the hub would not take it; your words are kept",
        State::Withdrawn => "taken back",
    }
}

/// Nothing was found at all.
pub(crate) const NOTHING_FOUND: &str =
    "Nothing found. Try other words, or ask the service with `otsupport enquire`.\n";

/// Above what comes nearest where nothing really answers.
pub(crate) fn unsure(topics: &[TopicSlug]) -> String {
    let topics: Vec<&str> = topics.iter().map(TopicSlug::as_str).collect();
    format!(
        "Nothing here really answers this. You can ask the service with `otsupport enquire`. Topics near it: {}. What comes nearest:\n",
        topics.join(", ")
    )
}

/// Nobody here has written that.
pub(crate) fn no_such_enquiry(id: &str) -> String {
    format!("there is no enquiry `{id}`; `otsupport enquiries` lists them")
}

/// What is said of words in which nothing was found. It promises nothing.
pub(crate) const CALM: &str =
    "Nothing urgent was found in these words. If somebody is in danger, ring 999 all the same.\n";

/// That the bank holds more than this program understands.
pub(crate) const NEWER: &str = "The bank holds new parts: update otsupport to see them.\n";

/// Why a sync ended offline or refused.
pub(crate) fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::NoNetwork => "there is no network",
        Reason::CaptivePortal => "this network wants you to log in first",
        Reason::Intercepted => "something on this network answers for the hub",
        Reason::HubDown => "the hub does not answer",
        Reason::BadHead => "the answer was not the hub's",
        Reason::BadSignature => "the answer was not signed by the hub",
        Reason::Expired => "the hub's signature has run out; tell the service",
        Reason::Mixed => "the hub's signed documents do not belong together",
        Reason::Rollback => "the hub offered an older bank",
        Reason::Forked => "the hub offered another bank under a number that is known",
        Reason::BadBank => "the bank was not the one that was signed",
        Reason::NeedsUpdate => "the bank needs a newer version of this program",
        Reason::Roaming => "the phone is abroad, and nobody asked for it",
        Reason::BackgroundBlocked => "the system lets nothing be sent in the background",
        Reason::Waiting => "the hub failed a moment ago and is left alone for a while",
        Reason::Metered => "this link is paid for by the byte, and media wait for one that is not",
        Reason::BadMedia => "a file was not the one that the bank names",
        Reason::MediaBudget => "what you saved takes all the room that media may have",
    }
}

/// Which media come by themselves, and how much room they may take.
pub(crate) fn keep_media(keep: KeepMedia, budget: &str) -> String {
    let which = match keep {
        KeepMedia::OnDemand => "Sound, photographs and papers come when you ask: `otsupport media ID`",
        KeepMedia::Saved => "Sound, photographs and papers of what you saved come by themselves",
        KeepMedia::All => "All sound, photographs and papers that there is room for come by themselves",
    };
    format!("{which}. They take {budget} at most.\n")
}

/// Why media did not come, and what to do.
pub(crate) fn media_refused(reason: Reason) -> String {
    let what = match reason {
        Reason::MediaBudget => "allow more with `otsupport media --budget MB`",
        _ => "nothing of it was kept. If it goes on, tell the service",
    };
    format!("{}; {what}", self::reason(reason))
}

/// How far a text can be relied on; nothing for one that is in date.
pub(crate) fn currency(currency: Currency) -> Option<&'static str> {
    match currency {
        Currency::Current => None,
        Currency::ReviewDue => Some("due for review"),
        Currency::NotChecked => Some("not checked lately: it may have changed"),
        Currency::Withdrawn => Some("withdrawn"),
    }
}

/// What stands over the help that a person's words call for.
pub(crate) const DANGER: &str = "If somebody is in danger now, get help first:";

/// What stands over the help where the words could not be read.
pub(crate) const UNREAD: &str =
    "These words could not be read. If somebody is in danger now, get help first:";

/// The mark of everything that no clinician has checked.
pub(crate) const DEMONSTRATION: &str = "Demonstration, not clinical advice";

/// No event with this UID.
pub(crate) fn no_such_event(uid: &str) -> String {
    format!("there is no event `{uid}`; `otsupport events` lists them")
}

/// Whether an event takes place; nothing where it does.
pub(crate) fn event_status(status: EventStatus) -> Option<&'static str> {
    match status {
        EventStatus::Confirmed => None,
        EventStatus::Tentative => Some("planned"),
        EventStatus::Cancelled => Some("cancelled"),
        EventStatus::Unlisted => Some("no longer listed: check with the service"),
    }
}

/// Why no reminder comes.
pub(crate) fn no_reminder(why: NoReminder) -> &'static str {
    match why {
        NoReminder::NotFollowed => "you do not follow it",
        NoReminder::NotBooked => "you have not said that you booked",
        NoReminder::Off => "reminders are off",
        NoReminder::Permission => "the phone does not allow them",
        NoReminder::Past => "they have passed",
        NoReminder::Later => "it is planned later",
    }
}

/// What a notification is about.
pub(crate) fn notification(kind: NotificationKind) -> &'static str {
    match kind {
        NotificationKind::Recall => "withdrawn",
        NotificationKind::Reply => "a reply",
        NotificationKind::Unsent => "not sent yet",
        NotificationKind::Overdue => "no answer yet",
        NotificationKind::Cancelled => "cancelled",
        NotificationKind::Change => "changed",
        NotificationKind::Unlisted => "no longer listed",
        NotificationKind::Offer => "there may be a place",
        NotificationKind::Event => "soon",
        NotificationKind::Deadline => "booking closes soon",
        NotificationKind::Asked => "did you get a place?",
        NotificationKind::New => "new",
        NotificationKind::Practice => "practice",
        NotificationKind::Refresh => "open the app to plan more",
    }
}
