//! What the family keeps, for a terminal.

use otsupport_core::Holdings;
use otsupport_core::strategies::{
    Age, List, Logged, PlanView, Profile, ProfileId, ProfileKind, Record, Warnings, Week,
};

use super::{ALARM, CARE, QUIET, TITLE, lines, paint, warnings};
use crate::words;

pub(crate) fn lists(lists: &[List]) -> String {
    if lists.is_empty() {
        return "You have no lists. `otsupport list NAME ID…` makes one.\n".to_owned();
    }
    self::lines(lists.iter().map(|it| {
        let items: Vec<&str> = it.items.iter().map(|it| it.as_str()).collect();
        format!("{}  {}", paint(TITLE, it.name.as_str()), paint(QUIET, items.join(", ")))
    }))
}

pub(crate) fn profiles(profiles: &[Profile], chosen: Option<&ProfileId>) -> String {
    if profiles.is_empty() {
        return "Nobody yet, and nobody is needed. `otsupport profile add NICKNAME` adds a child.\n"
            .to_owned();
    }
    lines(profiles.iter().map(|it| {
        let age = match it.age {
            None => String::new(),
            Some(Age::Band(ages)) => format!("  {} to {} years", ages.from, ages.to),
            Some(Age::Born(month)) => format!("  born {month}"),
        };
        let kind = if it.kind == ProfileKind::Class { "  class" } else { "" };
        let chosen = if Some(&it.id) == chosen { "  what suits them comes first" } else { "" };
        format!("{}{}", paint(TITLE, it.nickname.as_str()), paint(QUIET, format!("{kind}{age}{chosen}")))
    }))
}

pub(crate) fn week(week: &Week) -> String {
    if week.plans.is_empty() {
        return "Nothing planned. `otsupport try ID --days mon,wed,fri` plans something.\n".to_owned();
    }
    lines(week.plans.iter().map(plan))
}

fn plan(plan: &PlanView) -> String {
    let with = plan.nickname.as_ref().map(|it| format!(" with {it}")).unwrap_or_default();
    let days: Vec<String> = plan
        .days
        .iter()
        .map(|day| if plan.done.contains(day) { format!("{} ✓", day.name()) } else { day.name().to_owned() })
        .collect();
    let state = match (plan.listed, words::currency(plan.currency)) {
        (false, _) => paint(CARE, "  no longer listed: check with the service"),
        (true, Some(words)) => paint(CARE, format!("  {words}")),
        (true, None) => String::new(),
    };
    format!("{}{with}  {}  {}{state}", paint(TITLE, &plan.title), days.join(", "), paint(QUIET, &plan.item))
}

pub(crate) fn logged(logged: &Logged) -> String {
    let on = logged.entry.on.format("%-d %B %Y");
    let mut text =
        format!("Written down: {} on {on}: {}\n", logged.entry.title, words::result(logged.entry.result));
    if let Some(it) = &logged.warnings {
        text.push_str(&strategy(it));
    }
    if logged.safety_copy.is_some() {
        text.push_str(&paint(QUIET, words::SAFETY_COPY));
    }
    text
}

/// A strategy's warnings under its title and mark.
fn strategy(strategy: &Warnings) -> String {
    let mut text = format!("\n{}\n", paint(TITLE, &strategy.title));
    if strategy.demonstration {
        text.push_str(&paint(CARE, format!("{}\n", words::DEMONSTRATION)));
    }
    if strategy.is_withdrawn() {
        text.push_str(&paint(
            ALARM,
            "It was withdrawn. Do not use it: `show` says why and what to use instead.\n",
        ));
    } else if strategy.review.is_none() {
        text.push_str(&paint(CARE, "No longer listed: check with the service.\n"));
    }
    text.push_str(&warnings("Stop if", &strategy.stop_if));
    text.push_str(&warnings("Get help when", &strategy.get_help_when));
    text
}

pub(crate) fn record(record: &Record) -> String {
    let day = |it: chrono::NaiveDate| it.format("%-d %B %Y").to_string();
    let mut text = format!(
        "{}\nWritten by the family, {} to {}. Leave out what you like: `record --help`.\n",
        paint(TITLE, "Strategy record (preview)"),
        day(record.from),
        day(record.to)
    );
    if record.strategies.is_empty() {
        text.push_str("Nothing was written down in this time.\n");
    }
    for it in &record.strategies {
        let with = it.child.as_ref().map(|it| format!(" with {it}")).unwrap_or_default();
        let times = if it.times == 1 { "once".to_owned() } else { format!("{} times", it.times) };
        text.push_str(&format!("\n{}{with}  {times}\n", paint(TITLE, &it.strategy.title)));
        for line in &it.lines {
            let who = line.who.as_ref().map(|it| format!(", {it}")).unwrap_or_default();
            let note = line.note.as_ref().map(|it| format!("\n    {}", it.replace('\n', "\n    ")));
            text.push_str(&format!(
                "  {}: {}{who}  {}{}\n",
                day(line.on),
                words::result(line.result),
                paint(QUIET, &line.id),
                note.unwrap_or_default()
            ));
        }
    }
    text
}

pub(crate) fn holdings(holds: &Holdings) -> String {
    let counts = [
        (holds.waiting, "enquiry that is not sent yet", "enquiries that are not sent yet"),
        (holds.unanswered, "enquiry that is not answered yet", "enquiries that are not answered yet"),
        (holds.profiles, "child or class", "children or classes"),
        (holds.saved, "saved item", "saved items"),
        (holds.lists, "list", "lists"),
        (holds.plans, "plan", "plans"),
        (holds.entries, "line of your log", "lines of your log"),
        (holds.notes, "note among them", "notes among them"),
        (holds.enquiries, "enquiry in all", "enquiries in all"),
        (holds.followed, "event that you follow", "events that you follow"),
        (holds.lookouts, "lookout", "lookouts"),
    ];
    let text = lines(
        counts
            .iter()
            .filter(|(count, ..)| *count > 0)
            .map(|(count, one, many)| format!("  {count} {}", if *count == 1 { one } else { many })),
    );
    if text.is_empty() { "  nothing: you have kept nothing yet\n".to_owned() } else { text }
}
