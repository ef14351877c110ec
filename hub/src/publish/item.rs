//! Strategies and resources, and their variants: Markdown under a YAML header.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use otsupport_wire::snapshot::{Ages, Item, Link, MediaUse, Part, ReviewStatus, Variant};
use otsupport_wire::{ItemId, Language, Sha256, TopicSlug};

use super::fault::Faults;
use super::folder::{Folder, Text};
use super::markdown::{self, Body};
use super::pages;
use super::reading_age::reading_age;
use super::review::review;
use super::yaml::{self, Fields, Node, Word};

/// Which folder an item stands in, and what it must hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shelf {
    Strategies,
    Resources,
}

impl Shelf {
    fn folder(self) -> &'static str {
        match self {
            Self::Strategies => "strategies",
            Self::Resources => "resources",
        }
    }

    /// The hardest reading age without a warning.
    fn reading_age(self) -> f64 {
        match self {
            Self::Strategies => 11.0,
            Self::Resources => 14.0,
        }
    }
}

/// The sections that every strategy and every variant must have.
pub(super) const REQUIRED: [&str; 3] = [STEPS, "Stop if", "Get help when"];
const STEPS: &str = "Steps";

/// An item with what the checks across items need.
pub(super) struct Read {
    pub(super) item: Item,
    pub(super) file: String,
    pub(super) shelf: Shelf,
    pub(super) links: Vec<(Link, usize)>,
    /// The line of each of the item's media.
    pub(super) media_lines: Vec<usize>,
    pub(super) instead_line: Option<usize>,
    pub(super) places: Vec<(String, markdown::Place)>,
    /// The digests by which a variant may name this text: of the whole file and of its body.
    pub(super) digests: [Sha256; 2],
    /// For a variant: the digest it was made from, and the line that says so.
    pub(super) of: Option<(Sha256, usize)>,
}

/// What an item is checked against.
pub(super) struct Context<'a> {
    pub(super) topics: &'a BTreeSet<TopicSlug>,
    pub(super) live: bool,
    pub(super) explained: &'a BTreeSet<String>,
    pub(super) now: DateTime<Utc>,
}

/// Reads all items of a shelf.
///
/// Ids of files that could not be read go to `unread`: they are wrong, not gone.
pub(super) fn read(
    folder: &Folder,
    shelf: Shelf,
    context: &Context<'_>,
    unread: &mut BTreeSet<ItemId>,
    faults: &mut Faults,
) -> Vec<Read> {
    let mut items = Vec::new();
    for file in folder.files(shelf.folder(), faults) {
        if !file.ends_with(".md") {
            faults.fault(&file, 1, "only .md files belong here");
            continue;
        }
        match folder.text(&file, faults).and_then(|text| item(&text, shelf, context, faults)) {
            Some(read) => items.push(read),
            None => unread.extend(name(&file).map(|(id, _)| id)),
        }
    }
    items
}

/// The id and, for a variant, what the file's name says of it.
fn name(file: &str) -> Option<(ItemId, Option<(Language, bool)>)> {
    let stem = file.rsplit('/').next()?.strip_suffix(".md")?;
    let mut parts = stem.split('.');
    let id = parts.next()?.parse().ok()?;
    let variant = match (parts.next(), parts.next(), parts.next()) {
        (None, ..) => None,
        (Some("easy"), None, _) => Some((Language::english(), true)),
        // English is the original's own language.
        (Some(language), None, _) if language.eq_ignore_ascii_case("en") => return None,
        (Some(language), None, _) => Some((language.parse().ok()?, false)),
        (Some(language), Some("easy"), None) => Some((language.parse().ok()?, true)),
        _ => return None,
    };
    Some((id, variant))
}

fn item(
    Text { file, text }: &Text,
    shelf: Shelf,
    context: &Context<'_>,
    faults: &mut Faults,
) -> Option<Read> {
    let Some((id, variant)) = name(file) else {
        faults.fault(file, 1, "a file is named <id>.md, <id>.<language>.md or <id>.easy.md");
        return None;
    };
    let header = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n"));
    let Some((header, body_text)) = header else {
        faults.fault(file, 1, "the file begins with a header between two lines `---`");
        return None;
    };
    let node = yaml::parse(file, 2, header, faults)?;
    let mut fields = Fields::of(file, &node, faults);
    let said: Option<ItemId> = fields.parsed("id", "lower-case letters, digits and hyphens", faults);
    if let Some(said) = said.filter(|it| *it != id) {
        faults.fault(file, 2, format!("`id` is `{said}`, the file's name says `{id}`"));
    }
    if id.as_str() == pages::LIST {
        faults.fault(file, 2, format!("`{id}` is the name of the list of all pages; choose another id"));
    }
    let title = fields.text("title", faults);
    let topic = topic(file, shelf, &mut fields, context, faults);
    let audiences = words(&mut fields, "audiences", "one of family, school", faults);
    let settings = words(&mut fields, "settings", "one of home, school", faults);
    let ages = fields.node("ages").and_then(|it| ages(file, it, faults));
    let minutes = fields.optional_parsed("minutes", "a number of minutes", faults);
    let (equipment, keywords, asks) =
        (fields.texts("equipment", faults), fields.texts("keywords", faults), fields.texts("asks", faults));
    let media =
        fields.list("media", faults).iter().filter_map(|it| media(file, it, faults)).collect::<Vec<_>>();
    let (review, instead_line) = review(file, &mut fields, context, faults);
    let of = match &variant {
        None => None,
        Some(_) => {
            let line = fields.node("of").map_or(fields.line, |it| it.line);
            fields
                .parsed("of", "the SHA-256 of the original, 64 hexadecimal digits", faults)
                .map(|of| (of, line))
        }
    };
    fields.end(faults);
    let first = 3 + header.lines().count();
    let body = markdown::read(file, first, body_text, faults);
    let withdrawn = matches!(review.status, ReviewStatus::Withdrawn { .. });
    if !withdrawn {
        check_body(file, shelf, variant.is_some(), first, &body, faults);
        if variant.as_ref().is_none_or(|(language, _)| *language == Language::english()) {
            check_reading_age(file, first, shelf, &body, context, faults);
        }
    }
    let Body { sections, places, links } = body;
    let places = sections.iter().map(|it| it.heading.clone()).zip(places).collect();
    let item = Item {
        id,
        variant: variant.map(|(language, easy)| Variant { language, easy, outdated: false }),
        changed_in: 0,
        title,
        topic: topic?,
        audiences,
        settings,
        ages,
        minutes,
        equipment,
        keywords,
        asks,
        // Withdrawn advice does not travel.
        media: if withdrawn { Vec::new() } else { media.iter().map(|(it, _)| it.clone()).collect() },
        links: if withdrawn { Vec::new() } else { links.iter().map(|(link, _)| link.clone()).collect() },
        sections: if withdrawn { Vec::new() } else { sections },
        review,
    };
    let digests = [Sha256::of(text.as_bytes()), Sha256::of(body_text.as_bytes())];
    let media_lines = media.iter().map(|(_, line)| *line).collect();
    Some(Read { item, file: file.clone(), shelf, links, media_lines, instead_line, places, digests, of })
}

fn topic(
    file: &str,
    shelf: Shelf,
    fields: &mut Fields<'_>,
    context: &Context<'_>,
    faults: &mut Faults,
) -> Option<TopicSlug> {
    let line = fields.node("topic").map_or(fields.line, |it| it.line);
    let topic: TopicSlug = fields.parsed("topic", "a topic of topics.yaml", faults)?;
    // Without any topic, topics.yaml is at fault, not every item.
    if !context.topics.is_empty() && !context.topics.contains(&topic) {
        faults.fault(file, line, format!("the topic `{topic}` is not in topics.yaml"));
    } else if shelf == Shelf::Strategies && file.split('/').nth(1) != Some(topic.as_str()) {
        faults.fault(file, line, format!("the topic is `{topic}`, the folder's name says otherwise"));
    }
    Some(topic)
}

fn words<T: serde::de::DeserializeOwned>(
    fields: &mut Fields<'_>,
    name: &'static str,
    rule: &str,
    faults: &mut Faults,
) -> Vec<T> {
    fields.required(name, faults);
    fields.list_of(name, rule, faults).into_iter().map(|Word(it)| it).collect()
}

fn ages(file: &str, node: &Node, faults: &mut Faults) -> Option<Ages> {
    let mut fields = Fields::of(file, node, faults);
    let from: Option<u8> = fields.parsed("from", "an age in years", faults);
    let to: Option<u8> = fields.parsed("to", "an age in years", faults);
    fields.end(faults);
    let ages = Ages { from: from?, to: to? };
    if ages.from > ages.to || ages.to > 25 {
        faults.fault(file, node.line, "`ages` run from the younger to the older, 25 at most");
        return None;
    }
    Some(ages)
}

fn media(file: &str, node: &Node, faults: &mut Faults) -> Option<(MediaUse, usize)> {
    let mut fields = Fields::of(file, node, faults);
    let path =
        fields.parsed("file", "a file below media/, named with letters, digits, '-', '_' and '.'", faults);
    if fields.node("alt").is_none() {
        faults.fault(file, node.line, "a picture needs `alt`: what it shows, for those who do not see it");
    }
    let alt = fields.optional("alt", faults).unwrap_or_default();
    let caption = fields.optional("caption", faults);
    fields.end(faults);
    Some((MediaUse { file: path?, alt, caption }, node.line))
}

fn check_body(file: &str, shelf: Shelf, variant: bool, first: usize, body: &Body, faults: &mut Faults) {
    for (section, place) in body.sections.iter().zip(&body.places) {
        if section.text.is_empty() {
            faults.fault(file, place.line, format!("`{}` is empty", section.heading));
        }
        if shelf == Shelf::Strategies && Part::of(&section.heading) == Part::Other {
            faults.fault(file, place.line, format!("`{}` is not a heading of a strategy", section.heading));
        }
        if section.heading == STEPS && !place.numbered {
            faults.fault(file, place.line, "`Steps` is a numbered list");
        }
    }
    if shelf == Shelf::Strategies && !variant {
        for heading in REQUIRED {
            if !body.sections.iter().any(|it| it.heading == heading) {
                faults.fault(file, first, format!("the section `{heading}` is missing"));
            }
        }
    }
}

fn check_reading_age(
    file: &str,
    first: usize,
    shelf: Shelf,
    body: &Body,
    context: &Context<'_>,
    faults: &mut Faults,
) {
    let text: Vec<&str> = body.sections.iter().map(|it| it.text.as_str()).collect();
    if let Some(age) =
        reading_age(&text.join("\n"), context.explained).filter(|age| *age > shelf.reading_age())
    {
        faults.warning(
            file,
            first,
            format!("reading age {age:.1}; at most {} is aimed at", shelf.reading_age()),
        );
    }
}
