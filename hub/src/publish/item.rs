//! Strategies and resources, and their variants: Markdown under a YAML header.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use otsupport_wire::snapshot::{Ages, Item, Link, MediaUse, Part, Review, ReviewStatus, Variant};
use otsupport_wire::{ItemId, Language, Sha256, TopicSlug};

use super::fault::Faults;
use super::folder::{Folder, Text};
use super::markdown::{self, Body};
use super::media::Uses;
use super::reading_age::reading_age;
use super::yaml::{self, Fields, Node, Word};

/// Which folder an item stands in, and what it must hold.
#[derive(Clone, Copy, PartialEq, Eq)]
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
const REQUIRED: [&str; 3] = [STEPS, "Stop if", "Get help when"];
const STEPS: &str = "Steps";

/// An item with what the checks across items need.
pub(super) struct Read {
    pub(super) item: Item,
    pub(super) file: String,
    links: Vec<(Link, usize)>,
    instead_line: Option<usize>,
    places: Vec<(String, markdown::Place)>,
    /// The digests by which a variant may name this text: of the whole file and of its body.
    digests: [Sha256; 2],
    /// For a variant: the digest it was made from, and the line that says so.
    of: Option<(Sha256, usize)>,
}

/// What an item is checked against.
pub(super) struct Context<'a> {
    pub(super) topics: &'a BTreeSet<TopicSlug>,
    pub(super) live: bool,
    pub(super) explained: &'a BTreeSet<String>,
    pub(super) now: DateTime<Utc>,
}

/// Reads all items of a shelf.
pub(super) fn read(
    folder: &Folder,
    shelf: Shelf,
    context: &Context<'_>,
    uses: &mut Uses,
    faults: &mut Faults,
) -> Vec<Read> {
    let mut items = Vec::new();
    for file in folder.files(shelf.folder(), faults) {
        if !file.ends_with(".md") {
            faults.fault(&file, 1, "only .md files belong here");
        } else if let Some(text) = folder.text(&file, faults) {
            items.extend(item(&text, shelf, context, uses, faults));
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
    uses: &mut Uses,
    faults: &mut Faults,
) -> Option<Read> {
    let Some((id, variant)) = name(file) else {
        faults.fault(
            file,
            1,
            "a file is named <id>.md, <id>.<language>.md or <id>.easy.md",
        );
        return None;
    };
    let header = text
        .strip_prefix("---\n")
        .and_then(|rest| rest.split_once("\n---\n"));
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
    let title = fields.text("title", faults);
    let topic = topic(file, shelf, &mut fields, context, faults);
    let audiences = words(&mut fields, "audiences", "one of family, school", faults);
    let settings = words(&mut fields, "settings", "one of home, school", faults);
    let ages = fields.node("ages").and_then(|it| ages(file, it, faults));
    let minutes = fields.optional_parsed("minutes", "a number of minutes", faults);
    let (equipment, keywords, asks) = (
        fields.texts("equipment", faults),
        fields.texts("keywords", faults),
        fields.texts("asks", faults),
    );
    let media = fields
        .list("media", faults)
        .iter()
        .filter_map(|it| media(file, it, uses, faults))
        .collect::<Vec<_>>();
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
        if variant
            .as_ref()
            .is_none_or(|(language, _)| *language == Language::english())
        {
            check_reading_age(file, first, shelf, &body, context, faults);
        }
    }
    let Body {
        sections,
        places,
        links,
    } = body;
    let places = sections.iter().map(|it| it.heading.clone()).zip(places).collect();
    let item = Item {
        id,
        variant: variant.map(|(language, easy)| Variant {
            language,
            easy,
            outdated: false,
        }),
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
        media: if withdrawn { Vec::new() } else { media },
        links: if withdrawn {
            Vec::new()
        } else {
            links.iter().map(|(link, _)| link.clone()).collect()
        },
        sections: if withdrawn { Vec::new() } else { sections },
        review,
    };
    let digests = [Sha256::of(text.as_bytes()), Sha256::of(body_text.as_bytes())];
    Some(Read {
        item,
        file: file.clone(),
        links,
        instead_line,
        places,
        digests,
        of,
    })
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
    if !context.topics.contains(&topic) {
        faults.fault(file, line, format!("the topic `{topic}` is not in topics.yaml"));
    } else if shelf == Shelf::Strategies && file.split('/').nth(1) != Some(topic.as_str()) {
        faults.fault(
            file,
            line,
            format!("the topic is `{topic}`, the folder's name says otherwise"),
        );
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
    fields
        .list_of(name, rule, faults)
        .into_iter()
        .map(|Word(it)| it)
        .collect()
}

fn ages(file: &str, node: &Node, faults: &mut Faults) -> Option<Ages> {
    let mut fields = Fields::of(file, node, faults);
    let from: Option<u8> = fields.parsed("from", "an age in years", faults);
    let to: Option<u8> = fields.parsed("to", "an age in years", faults);
    fields.end(faults);
    let ages = Ages { from: from?, to: to? };
    if ages.from > ages.to || ages.to > 25 {
        faults.fault(
            file,
            node.line,
            "`ages` run from the younger to the older, 25 at most",
        );
        return None;
    }
    Some(ages)
}

fn media(file: &str, node: &Node, uses: &mut Uses, faults: &mut Faults) -> Option<MediaUse> {
    let mut fields = Fields::of(file, node, faults);
    let path = fields.parsed(
        "file",
        "a file below media/, named with letters, digits, '-', '_' and '.'",
        faults,
    );
    if fields.node("alt").is_none() {
        faults.fault(
            file,
            node.line,
            "a picture needs `alt`: what it shows, for those who do not see it",
        );
    }
    let alt = fields.optional("alt", faults).unwrap_or_default();
    let caption = fields.optional("caption", faults);
    fields.end(faults);
    let path = path?;
    uses.note(file, node.line, &path);
    Some(MediaUse {
        file: path,
        alt,
        caption,
    })
}

/// The review, and the line that names what to use instead of a withdrawn item.
fn review(
    file: &str,
    fields: &mut Fields<'_>,
    context: &Context<'_>,
    faults: &mut Faults,
) -> (Review, Option<usize>) {
    let withdrawn = fields.node("withdrawn");
    let mut review = Review {
        author: String::new(),
        status: ReviewStatus::Demonstration,
    };
    let Some(node) = fields.required("review", faults) else {
        return (review, None);
    };
    let mut fields = Fields::of(file, node, faults);
    review.author = fields.text("author", faults);
    let status = fields.required("status", faults);
    let reviewer = fields.optional("reviewer", faults);
    let reviewed = fields.optional_parsed::<NaiveDate>("reviewed", "a day as 2027-01-31", faults);
    let next = fields.optional_parsed::<NaiveDate>("next", "a day as 2027-01-31", faults);
    let mut instead_line = None;
    match status.map(|it| (&it.value, it.line)) {
        Some((yaml::Value::Text(status), line)) => match status.as_str() {
            "demonstration" if context.live => {
                faults.fault(file, line, "a live service holds no demonstration item");
            }
            "demonstration" => {}
            "reviewed" => {
                review.status = reviewed_status(
                    file,
                    line,
                    &review.author,
                    (reviewer, reviewed, next),
                    context,
                    faults,
                );
            }
            "withdrawn" => {
                if withdrawn.is_none() {
                    faults.fault(
                        file,
                        line,
                        "a withdrawn item says `withdrawn: {on, reason, instead}`",
                    );
                }
                if let Some(node) = withdrawn {
                    instead_line = Some(node.line);
                    if let Some(status) = withdrawn_status(file, node, faults) {
                        review.status = status;
                    }
                }
            }
            _ => faults.fault(file, line, "`status`: one of demonstration, reviewed, withdrawn"),
        },
        Some((_, line)) => faults.fault(file, line, "`status`: one of demonstration, reviewed, withdrawn"),
        None => {}
    }
    if withdrawn.is_some() && instead_line.is_none() {
        faults.fault(
            file,
            fields.line,
            "`withdrawn` is given, but the status is not withdrawn",
        );
    }
    fields.end(faults);
    (review, instead_line)
}

fn reviewed_status(
    file: &str,
    line: usize,
    author: &str,
    (reviewer, reviewed, next): (Option<String>, Option<NaiveDate>, Option<NaiveDate>),
    context: &Context<'_>,
    faults: &mut Faults,
) -> ReviewStatus {
    let (Some(reviewer), Some(reviewed), Some(next)) = (reviewer, reviewed, next) else {
        faults.fault(
            file,
            line,
            "`reviewed` needs a reviewer, the date of the review and a `next`",
        );
        return ReviewStatus::Demonstration;
    };
    if reviewer.trim().eq_ignore_ascii_case(author.trim()) {
        faults.fault(file, line, "the reviewer must be somebody other than the author");
    }
    let today = context.now.date_naive();
    if reviewed > today {
        faults.fault(file, line, "the date of the review lies ahead");
    }
    if next <= reviewed {
        faults.fault(file, line, "`next` must come after `reviewed`");
    } else if next < today {
        faults.warning(file, line, "the review date has passed");
    }
    ReviewStatus::Reviewed {
        reviewer,
        reviewed,
        next,
    }
}

fn withdrawn_status(file: &str, node: &Node, faults: &mut Faults) -> Option<ReviewStatus> {
    let mut fields = Fields::of(file, node, faults);
    let on = fields.parsed("on", "a day as 2027-01-31", faults);
    let reason = fields.text("reason", faults);
    let instead = fields.optional_parsed("instead", "an item's id", faults);
    fields.end(faults);
    Some(ReviewStatus::Withdrawn {
        on: on?,
        reason,
        instead,
    })
}

fn check_body(file: &str, shelf: Shelf, variant: bool, first: usize, body: &Body, faults: &mut Faults) {
    for (section, place) in body.sections.iter().zip(&body.places) {
        if section.text.is_empty() {
            faults.fault(file, place.line, format!("`{}` is empty", section.heading));
        }
        if shelf == Shelf::Strategies && Part::of(&section.heading) == Part::Other {
            faults.fault(
                file,
                place.line,
                format!("`{}` is not a heading of a strategy", section.heading),
            );
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
            format!(
                "reading age {age:.1}; at most {} is aimed at",
                shelf.reading_age()
            ),
        );
    }
}

/// Checks that need all items: ids, links, and variants beside their originals.
pub(super) fn check_together(items: &mut Vec<Read>, faults: &mut Faults) {
    let mut originals: Vec<Original> = Vec::new();
    for read in items.iter().filter(|it| it.item.variant.is_none()) {
        if let Some(first) = originals.iter().find(|it| it.id == read.item.id) {
            faults.fault(
                &read.file,
                2,
                format!("the id `{}` is also that of {}", read.item.id, first.file),
            );
            continue;
        }
        originals.push(Original {
            id: read.item.id.clone(),
            file: read.file.clone(),
            withdrawn: is_withdrawn(&read.item),
            topic: read.item.topic.clone(),
            places: read.places.clone(),
            digests: read.digests,
        });
    }
    for read in items.iter() {
        check_links(read, &originals, faults);
    }
    items.retain_mut(|read| read.item.variant.is_none() || check_variant(read, &originals, faults));
}

struct Original {
    id: ItemId,
    file: String,
    withdrawn: bool,
    topic: TopicSlug,
    places: Vec<(String, markdown::Place)>,
    digests: [Sha256; 2],
}

fn is_withdrawn(item: &Item) -> bool {
    matches!(item.review.status, ReviewStatus::Withdrawn { .. })
}

fn check_links(read: &Read, originals: &[Original], faults: &mut Faults) {
    let mut check = |to: &ItemId, line: usize, what: &str| match originals.iter().find(|it| it.id == *to) {
        None => faults.fault(&read.file, line, format!("{what} `{to}`, which does not exist")),
        Some(it) if it.withdrawn => {
            faults.fault(&read.file, line, format!("{what} `{to}`, which is withdrawn"))
        }
        Some(_) => {}
    };
    for (link, line) in &read.links {
        check(&link.to, *line, "a link to");
    }
    if let ReviewStatus::Withdrawn {
        instead: Some(instead),
        ..
    } = &read.item.review.status
    {
        check(instead, read.instead_line.unwrap_or(1), "`instead` names");
    }
}

/// Whether the variant is to be published.
fn check_variant(read: &mut Read, originals: &[Original], faults: &mut Faults) -> bool {
    let Some(original) = originals.iter().find(|it| it.id == read.item.id) else {
        faults.fault(&read.file, 1, "a variant without its original");
        return false;
    };
    // A withdrawn original withdraws its variants.
    if original.withdrawn || is_withdrawn(&read.item) {
        return false;
    }
    if original.topic != read.item.topic {
        faults.fault(
            &read.file,
            2,
            format!("the original's topic is `{}`", original.topic),
        );
    }
    for heading in REQUIRED {
        let place = |places: &[(String, markdown::Place)]| {
            places
                .iter()
                .find(|(it, _)| it == heading)
                .map(|(_, place)| *place)
        };
        match (place(&original.places), place(&read.places)) {
            (Some(_), None) => faults.fault(&read.file, 1, format!("the section `{heading}` is missing")),
            (Some(theirs), Some(ours)) if ours.items < theirs.items => {
                faults.fault(
                    &read.file,
                    ours.line,
                    format!("`{heading}` has fewer items than the original"),
                );
            }
            _ => {}
        }
    }
    if let (Some((of, line)), Some(variant)) = (&read.of, &mut read.item.variant) {
        variant.outdated = !original.digests.contains(of);
        if variant.outdated {
            let now = original.digests[0];
            faults.warning(
                &read.file,
                *line,
                format!("the original has changed since; its SHA-256 is now {now}"),
            );
        }
    }
    true
}
