//! How it looks in a terminal. Colour only where there is one, and NO_COLOR is respected: `anstream` sees to both.

mod enquiries;
mod events;
mod family;
mod media;

use anstyle::{AnsiColor, Color, Style};
use otsupport_core::strategies::{
    Card, Currency, ItemView, NoteWarning, OpenedSignpost, SavedItem, SignpostView, TopicView,
};
use otsupport_core::wire::snapshot::{ReviewStatus, UrgentContact};

use crate::words;

pub(crate) use enquiries::{before_enquiring, check, enquiries, enquiry};
pub(crate) use events::{events, lookouts, reminder_preferences, reminders};
pub(crate) use family::{holdings, lists, logged, profiles, record, week};
pub(crate) use media::{media_report, media_sizes};

pub(crate) const TITLE: Style = Style::new().bold();
/// A word that was looked for.
const FOUND: Style = Style::new().underline();
pub(crate) const QUIET: Style = Style::new().dimmed();
pub(crate) const GOOD: Style = colour(AnsiColor::Green);
pub(crate) const CARE: Style = colour(AnsiColor::Yellow);
pub(crate) const ALARM: Style = colour(AnsiColor::Red).bold();

const fn colour(colour: AnsiColor) -> Style {
    Style::new().fg_color(Some(Color::Ansi(colour)))
}

/// The words in a style.
pub(crate) fn paint(style: Style, words: impl std::fmt::Display) -> String {
    format!("{style}{words}{style:#}")
}

pub(crate) fn topics(topics: &[TopicView]) -> String {
    lines(topics.iter().map(|it| {
        let count = if it.items == 1 { "1 item".to_owned() } else { format!("{} items", it.items) };
        format!("{:24} {} {}", it.slug, paint(TITLE, &it.title), paint(QUIET, count))
    }))
}

pub(crate) fn cards(cards: &[Card]) -> String {
    lines(cards.iter().map(|it| {
        let mut line =
            format!("{}  {}", paint(TITLE, &it.title), paint(QUIET, format!("{} · {}", it.id, it.topic)));
        if let Some(words) = words::currency(it.currency) {
            line.push_str(&format!("  {}", paint(CARE, words)));
        }
        if let (Some(_), Some(ages)) = (it.suits, it.ages) {
            line.push_str(&paint(QUIET, format!("  often used at {} to {}", ages.from, ages.to)));
        }
        if let Some(matched) = it.matched.as_ref().filter(|it| !it.snippet.is_empty()) {
            let runs = matched.runs.iter().map(|it| match it.matched {
                true => paint(FOUND, &it.text),
                false => it.text.clone(),
            });
            line.push_str(&format!("\n    {}", runs.collect::<String>()));
        }
        line
    }))
}

pub(crate) fn help(heading: &str, contacts: &[UrgentContact]) -> String {
    let mut text = paint(ALARM, format!("{heading}\n"));
    for contact in contacts {
        let reach = [("ring ", &contact.telephone), ("text ", &contact.text), ("relay ", &contact.relay)];
        let reach: Vec<String> =
            reach.iter().filter_map(|(how, it)| it.as_ref().map(|it| format!("{how}{it}"))).collect();
        text.push_str(&format!(
            "  {}: {}\n    {}\n",
            paint(TITLE, &contact.name),
            reach.join(", "),
            contact.says
        ));
    }
    text
}

pub(crate) fn item(item: &ItemView) -> String {
    let mut text = format!("{}\n", paint(TITLE, &item.title));
    text.push_str(&format!(
        "{}\n",
        paint(QUIET, format!("{} · {} · bank {}", item.id, item.topic, item.version))
    ));
    text.push_str(&review(item));
    if let ReviewStatus::Withdrawn { .. } = item.review.status {
        return text;
    }
    if let Some(changes) = &item.changed {
        let parts: Vec<&str> = changes.parts.iter().map(|it| it.part.as_str()).collect();
        let since = changes.since.format("%-d %B %Y");
        text.push_str(&paint(CARE, format!("Changed since you saved it on {since}: {}\n", parts.join(", "))));
    }
    if item.outdated {
        text.push_str(&paint(CARE, "This translation is being updated.\n"));
    }
    text.push_str(&facts(item));
    text.push_str(&warnings("Keep safe", &item.safety));
    for section in &item.sections {
        let style = if section.part.is_safety() { CARE.bold() } else { TITLE };
        text.push_str(&format!("\n{}\n{}\n", paint(style, &section.heading), section.text));
    }
    text.push_str(&warnings("For this topic, get help when", &item.get_help));
    for media in &item.media {
        let what = match media.picture {
            Some(_) => "picture".to_owned(),
            None if media.here => format!("file, {}, here", size(media.bytes)),
            None => format!("file, {}, `otsupport media {}` fetches it", size(media.bytes), item.id),
        };
        text.push_str(&format!("\n{}\n", paint(QUIET, format!("[{what}: {}]", media.alt))));
    }
    for link in &item.links {
        text.push_str(&format!("{}\n", paint(QUIET, format!("See also: {} ({})", link.words, link.to))));
    }
    text
}

/// A signpost's link, for passing on.
pub(crate) fn signpost(signpost: &SignpostView) -> String {
    let warning = match signpost.warning {
        Some(NoteWarning::MayNameAChild) => paint(
            CARE,
            "The note may name a child. Whoever has the link can read it: make it again without the name.\n",
        ),
        None => String::new(),
    };
    let until = signpost.until.format("%-d %B %Y");
    format!("{}\n{warning}To be used until {until}. --json gives the QR code too.\n", signpost.link)
}

/// What a signpost leads to.
pub(crate) fn opened(opened: &OpenedSignpost) -> String {
    let mut text = String::new();
    let until = opened.until.format("%-d %B %Y");
    if opened.expired {
        text.push_str(&paint(
            CARE,
            format!("This list was meant until {until}. Ask whoever gave it to you whether it still fits.\n"),
        ));
    }
    if !opened.note.is_empty() {
        text.push_str(&format!("Note: {}\n", opened.note));
    }
    text.push_str(&cards(&opened.items));
    for id in &opened.missing {
        let line = match opened.withdrawn.iter().find(|it| it.id == *id) {
            Some(gone) => {
                let instead =
                    gone.instead.as_ref().map(|it| format!(" Use instead: {it}.")).unwrap_or_default();
                format!("{} ({id}) was withdrawn. Do not use it.{instead}\n", gone.title)
            }
            None => format!("`{id}` is not in this bank.\n"),
        };
        text.push_str(&paint(CARE, line));
    }
    if opened.sync_may_help {
        text.push_str(&paint(
            CARE,
            "The list was made with a newer bank: `otsupport sync` may bring the rest.\n",
        ));
    }
    text
}

fn warnings(heading: &str, lines: &[String]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let lines: String = lines.iter().map(|it| format!("- {it}\n")).collect();
    format!("\n{}\n{lines}", paint(CARE.bold(), heading))
}

fn review(item: &ItemView) -> String {
    let mut text = match &item.review.status {
        ReviewStatus::Demonstration => paint(CARE, format!("{}\n", words::DEMONSTRATION)),
        ReviewStatus::Reviewed { reviewer, reviewed, .. } => {
            format!("Reviewed by {reviewer} on {}\n", reviewed.format("%-d %B %Y"))
        }
        ReviewStatus::Withdrawn { on, reason, instead } => {
            let instead = instead.as_ref().map(|it| format!("Use instead: {it}\n")).unwrap_or_default();
            let on = on.format("%-d %B %Y");
            return format!(
                "{}{reason}\n{instead}",
                paint(ALARM, format!("Withdrawn on {on}. Do not use it.\n"))
            );
        }
    };
    if let Some(words) = words::currency(item.currency) {
        text.push_str(&paint(CARE, format!("This text is {words}.\n")));
    }
    if item.may_have_changed {
        text.push_str(&paint(
            CARE,
            "The service has newer advice that could not be fetched yet: sync again.\n",
        ));
    }
    text
}

fn facts(item: &ItemView) -> String {
    let ages = item.ages.map(|it| format!("often used at {} to {}", it.from, it.to));
    let minutes = item.minutes.filter(|it| *it > 0).map(|it| format!("about {it} minutes"));
    let facts: Vec<String> = ages.into_iter().chain(minutes).collect();
    if facts.is_empty() { String::new() } else { format!("{}\n", paint(QUIET, facts.join(" · "))) }
}

pub(crate) fn saved(saved: &[SavedItem]) -> String {
    lines(saved.iter().map(|it| {
        let state = match (it.currency, it.listed, it.changed) {
            (_, false, _) => paint(CARE, "  no longer listed: check with the service"),
            (Currency::Withdrawn, ..) => paint(ALARM, "  withdrawn: `show` says why and what to use instead"),
            (_, _, true) => paint(CARE, "  changed since you saved it"),
            (currency, ..) => {
                words::currency(currency).map(|it| paint(CARE, format!("  {it}"))).unwrap_or_default()
            }
        };
        format!("{}  {}{state}", paint(TITLE, &it.title), paint(QUIET, &it.id))
    }))
}

/// A size that a person can read.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} KB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

fn lines(lines: impl Iterator<Item = String>) -> String {
    lines.map(|line| line + "\n").collect()
}
