//! The page that a signpost's link opens. The list stands in the link, behind `#`; the page holds what it needs of every item,
//! so that it asks no server for any.

use std::collections::{BTreeMap, HashMap};

use maud::{Markup, PreEscaped, html};
use otsupport_wire::snapshot::{Item, Part, ReviewStatus};
use otsupport_wire::{BankVersion, ItemId, Language};
use serde::Serialize;

use super::edition::{Edition, day};
use super::frame::{self, Sheet};

const SCRIPT: &str = include_str!("signpost.js");
const TITLE: &str = "A list for you";

pub(super) fn page(edition: &Edition<'_>) -> Result<Markup, serde_json::Error> {
    // Inside a script element only `<` could end the data.
    let data = serde_json::to_string(&Data::of(edition))?.replace('<', "\\u003c");
    let foot = edition.mark();
    let main = html! {
        h1 { (TITLE) }
        @for mark in &foot { p.mark { (mark) } }
        p.quiet { (edition.words()) }
        div #list {}
        noscript {
            p {
                "Somebody made a list of ideas for you. The list is inside the link, and this browser does not run the small program \
                 that reads it. Our app opens the link too."
            }
            p { "You can also look for the ideas by their names: " a href="../read/index.html" { "all ideas by topic" } "." }
        }
        script type="application/json" #bank { (PreEscaped(data)) }
    };
    let language = Language::english();
    let sheet = Sheet {
        title: TITLE,
        language: &language,
        foot: &foot,
        list: Some("../read/index.html"),
        script: Some(SCRIPT),
        main,
    };
    Ok(frame::page(edition, sheet))
}

/// What the script knows of the bank.
#[derive(Serialize)]
struct Data<'a> {
    bank: BankVersion,
    items: BTreeMap<&'a ItemId, Entry<'a>>,
    /// Each line once: most warnings stand in many items.
    lines: Vec<String>,
}

/// An item. Numbers are places in [`Data::lines`].
#[derive(Serialize)]
struct Entry<'a> {
    title: &'a str,
    about: Vec<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stop: Vec<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    help: Vec<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn: Option<Gone<'a>>,
}

#[derive(Serialize)]
struct Gone<'a> {
    on: String,
    reason: &'a str,
    instead: Option<&'a ItemId>,
}

impl<'a> Data<'a> {
    fn of(edition: &'a Edition<'a>) -> Self {
        let mut lines = Lines::default();
        let originals = edition.bank.items().filter(|it| it.variant.is_none());
        let items = originals.map(|it| (&it.id, entry(edition, it, &mut lines))).collect();
        Self { bank: edition.bank.version, items, lines: lines.all }
    }
}

fn entry<'a>(edition: &'a Edition<'a>, item: &'a Item, numbers: &mut Lines) -> Entry<'a> {
    let withdrawn = match &item.review.status {
        ReviewStatus::Withdrawn { on, reason, instead } => {
            Some(Gone { on: day(*on), reason, instead: instead.as_ref() })
        }
        _ => None,
    };
    let mut entry =
        Entry { title: &item.title, about: Vec::new(), stop: Vec::new(), help: Vec::new(), withdrawn };
    if entry.withdrawn.is_none() {
        let marks = edition.marks(&item.review);
        let topic = edition.topic(item).map(|it| it.title.as_str());
        entry.about = numbers.of(topic.into_iter().chain(marks.iter().map(String::as_str)));
        entry.stop = numbers.of(item.lines(Part::StopIf));
        let unsaid = edition.topic(item).into_iter().flat_map(|it| it.unsaid(item)).map(String::as_str);
        entry.help = numbers.of(item.lines(Part::GetHelpWhen).chain(unsaid));
    }
    entry
}

/// Lines and their numbers.
#[derive(Default)]
struct Lines {
    all: Vec<String>,
    known: HashMap<String, usize>,
}

impl Lines {
    fn of<'a>(&mut self, lines: impl Iterator<Item = &'a str>) -> Vec<usize> {
        lines.map(|it| self.number(it)).collect()
    }

    fn number(&mut self, line: &str) -> usize {
        if let Some(number) = self.known.get(line) {
            return *number;
        }
        self.all.push(line.to_owned());
        self.known.insert(line.to_owned(), self.all.len() - 1);
        self.all.len() - 1
    }
}
