//! The list of all texts by topic: whoever has no script or no link finds them here.

use maud::{Markup, html};
use otsupport_wire::Language;
use otsupport_wire::snapshot::{Item, ReviewStatus, Topic};

use super::edition::{Edition, file_name};
use super::frame::{self, Sheet};
use super::item::choice;

pub(super) fn page(edition: &Edition<'_>) -> Markup {
    let mut topics: Vec<&Topic> = edition.bank.topics.iter().collect();
    topics.sort_by_key(|it| (it.order, &it.slug));
    let foot = edition.mark();
    let main = html! {
        h1 { "All ideas by topic" }
        @for mark in &foot { p.mark { (mark) } }
        p.quiet { (edition.words()) }
        nav aria-label="Topics" {
            ul.topics { @for it in &topics { li { a href={ "#" (it.slug) } { (it.title) } } } }
        }
        @for it in topics { (topic(edition, it)) }
    };
    let language = Language::english();
    let sheet = Sheet {
        title: "All ideas by topic",
        language: &language,
        foot: &foot,
        list: None,
        script: None,
        main,
    };
    frame::page(edition, sheet)
}

fn topic(edition: &Edition<'_>, topic: &Topic) -> Markup {
    html! {
        section {
            h2 id=(topic.slug) { (topic.title) }
            p { (topic.covers) }
            (items(edition, topic, &edition.bank.strategies))
            @if edition.bank.resources.iter().any(|it| it.topic == topic.slug) {
                h3 { "For school staff" }
                (items(edition, topic, &edition.bank.resources))
            }
        }
    }
}

fn items(edition: &Edition<'_>, topic: &Topic, shelf: &[Item]) -> Markup {
    let mut items: Vec<&Item> =
        shelf.iter().filter(|it| it.topic == topic.slug && it.variant.is_none()).collect();
    items.sort_by(|a, b| (&a.title, &a.id).cmp(&(&b.title, &b.id)));
    html! {
        ul {
            @for item in items {
                li {
                    a href=(file_name(item)) { (item.title) }
                    @if matches!(item.review.status, ReviewStatus::Withdrawn { .. }) { " (withdrawn)" }
                    @for it in edition.texts(&item.id).filter(|it| it.variant.is_some()) { " · " (choice(it)) }
                }
            }
        }
    }
}
