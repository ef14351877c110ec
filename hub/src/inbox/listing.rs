//! The inbox as a person reads it in a terminal.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use otsupport_wire::enquiry::{Asker, Interpreter};
use otsupport_wire::snapshot::{HelpLevel, Setting};

use super::{Inbox, Listed, Standing, Words};

/// The inbox in plain text. What families wrote can do nothing to the terminal.
pub fn to_text(inbox: &Inbox) -> String {
    let enquiries = &inbox.enquiries;
    if enquiries.is_empty() {
        return "the inbox is empty\n".to_owned();
    }
    let urgent = enquiries.iter().filter(|it| it.urgent).count();
    let noun = if enquiries.len() == 1 { "enquiry" } else { "enquiries" };
    let mut text = format!("{} {noun}, {urgent} to read first\n", enquiries.len());
    for enquiry in enquiries {
        text.push('\n');
        for line in lines(enquiry) {
            let _ = writeln!(text, "{line}");
        }
    }
    text
}

fn lines(enquiry: &Listed) -> Vec<String> {
    let Listed { id, received_at, state, urgent, levels, checked, replies, words } = enquiry;
    let mut lines = vec![format!("{id}{}", if *urgent { "  READ FIRST" } else { "" })];
    let mut line = |name: &str, value: Option<String>| {
        lines.extend(value.map(|it| format!("  {name}: {}", harmless(&it).replace('\n', " "))));
    };
    line("received", Some(format!("{}, {}", minute(*received_at), state.as_str())));
    let levels: Vec<&str> = levels.iter().map(|it| level(*it)).collect();
    line("may be about", Some(levels.join(", ")).filter(|it| !it.is_empty()));
    if *state == Standing::Unreadable {
        line("note", Some("it does not open with these keys".to_owned()));
    } else if !checked {
        line("note", Some("its words could not be checked for urgent ones".to_owned()));
    }
    let Words {
        kind: _,
        event,
        asker,
        topic,
        age,
        setting,
        borough,
        reply_by,
        contact,
        format,
        language,
        interpreter,
        written_at,
        text,
    } = words;
    line("a place at", event.as_ref().map(|it| it.title.clone()));
    line("from", asker.map(|it| who(it).to_owned()));
    line("topic", topic.as_ref().map(ToString::to_string));
    line(
        "age",
        age.map(
            |it| if it.from == it.to { it.from.to_string() } else { format!("{} to {}", it.from, it.to) },
        ),
    );
    line("setting", setting.map(|it| place(it).to_owned()));
    line("borough", borough.clone());
    line(
        "answer by",
        reply_by.map(|it| [Some(it), contact.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ")),
    );
    line("format", format.clone());
    line("language", language.as_ref().map(ToString::to_string));
    line(
        "interpreter",
        interpreter.as_ref().map(|it| match it {
            Interpreter::Bsl => "British Sign Language".to_owned(),
            Interpreter::Spoken(language) => language.to_string(),
        }),
    );
    line("written", written_at.map(minute));
    line("replies", Some(replies.to_string()).filter(|_| *replies > 0));
    let text = harmless(text.as_deref().unwrap_or_default());
    lines.extend(text.lines().map(|it| format!("  | {it}")));
    lines
}

/// The text without what a terminal obeys, or what turns the order of letters round. Ends of lines stay.
fn harmless(text: &str) -> String {
    let obeyed = |it: char| {
        (it.is_control() && it != '\n')
            || matches!(it, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.replace("\r\n", "\n").replace('\t', " ").replace(obeyed, "\u{fffd}")
}

fn minute(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

fn who(asker: Asker) -> &'static str {
    match asker {
        Asker::Parent => "a parent",
        Asker::Carer => "a carer",
        Asker::School => "a school",
    }
}

fn place(setting: Setting) -> &'static str {
    match setting {
        Setting::Home => "home",
        Setting::School => "school",
    }
}

fn level(level: HelpLevel) -> &'static str {
    match level {
        HelpLevel::Emergency => "an emergency",
        HelpLevel::SelfHarm => "self-harm",
        HelpLevel::Safeguarding => "safeguarding",
        HelpLevel::Urgent => "urgent medical advice",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_obeys_nothing_that_a_family_wrote() {
        assert_eq!(
            harmless("a\u{1b}[2J\u{7}b\u{9b}c\u{202e}d\r\ne\tf\rg"),
            "a\u{fffd}[2J\u{fffd}b\u{fffd}c\u{fffd}d\ne f\u{fffd}g"
        );
        assert_eq!(harmless("لا يستطيع"), "لا يستطيع");
    }

    #[test]
    fn an_empty_inbox_says_so() {
        assert_eq!(to_text(&Inbox { enquiries: Vec::new(), unmarked: None }), "the inbox is empty\n");
    }
}
