//! A section's plain text as paragraphs and lists, with its links where their words stand.

use maud::{Markup, html};
use otsupport_wire::snapshot::{Item, Link};

use super::edition::{Edition, file_name};

/// The links of a text that are still to come, in the order of their words.
pub(super) struct Links<'a> {
    edition: &'a Edition<'a>,
    item: &'a Item,
    next: &'a [Link],
}

impl<'a> Links<'a> {
    pub(super) fn of(edition: &'a Edition<'a>, item: &'a Item) -> Self {
        Self { edition, item, next: &item.links }
    }

    /// The same text with its links left out.
    pub(super) fn none(edition: &'a Edition<'a>, item: &'a Item) -> Self {
        Self { edition, item, next: &[] }
    }

    /// Those whose words were not met, as a list of their pages.
    pub(super) fn rest(self) -> Markup {
        let items = self.next.iter().filter_map(|it| self.edition.beside(&it.to, self.item));
        html! {
            @if !self.next.is_empty() {
                nav aria-label="See also" {
                    h2 lang="en" { "See also" }
                    ul { @for it in items { li { a href=(file_name(it)) { (it.title) } } } }
                }
            }
        }
    }

    fn line(&mut self, line: &str) -> Markup {
        let mut parts = Vec::new();
        let mut rest = line;
        while let Some((link, later)) = self.next.split_first()
            && let Some((before, after)) = rest.split_once(&link.words).filter(|_| !link.words.is_empty())
        {
            let page = self.edition.beside(&link.to, self.item).map(file_name);
            parts.push(html! { (before) a href=[page] { (link.words) } });
            (rest, self.next) = (after, later);
        }
        html! { @for part in parts { (part) } (rest) }
    }
}

/// Lines of one kind that stand together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Paragraph,
    Step,
    Point,
}

/// What a line is and what it says.
fn kind(line: &str) -> (Kind, &str) {
    if let Some(point) = line.strip_prefix("- ") {
        return (Kind::Point, point);
    }
    match line.split_once(". ") {
        Some((number, step)) if number.bytes().all(|it| it.is_ascii_digit()) && !number.is_empty() => {
            (Kind::Step, step)
        }
        _ => (Kind::Paragraph, line),
    }
}

/// The text of a section.
pub(super) fn blocks(text: &str, links: &mut Links<'_>) -> Markup {
    let lines: Vec<(Kind, &str)> = text.lines().filter(|it| !it.is_empty()).map(kind).collect();
    let blocks = lines.chunk_by(|(one, _), (next, _)| one == next);
    let mut drawn = Vec::new();
    for block in blocks {
        let inner: Vec<Markup> = block.iter().map(|(_, line)| links.line(line)).collect();
        drawn.push(match block[0].0 {
            Kind::Paragraph => html! { @for it in inner { p { (it) } } },
            Kind::Step => html! { ol { @for it in inner { li { (it) } } } },
            Kind::Point => html! { ul { @for it in inner { li { (it) } } } },
        });
    }
    html! { @for it in drawn { (it) } }
}
