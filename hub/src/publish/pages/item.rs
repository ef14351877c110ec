//! The page of one text.

use maud::{Markup, html};
use otsupport_wire::snapshot::{Item, MediaUse, Part, ReviewStatus, Section};
use otsupport_wire::{ItemId, Language};

use super::edition::{Edition, day, file_name};
use super::frame::{self, Sheet};
use super::language;
use super::picture;
use super::text::{Links, blocks};

/// The page of an item or a variant. What it shows and in which order is what a phone shows.
pub(super) fn page(edition: &Edition<'_>, item: &Item) -> Markup {
    let english = Language::english();
    let marks = edition.marks(&item.review);
    let (main, foot) = match &item.review.status {
        ReviewStatus::Withdrawn { on, reason, instead } => {
            let since = format!("Withdrawn on {}. Do not use it.", day(*on));
            (withdrawn(edition, item, &since, reason, instead.as_ref()), vec![since])
        }
        _ => (text(edition, item, &marks), marks),
    };
    let sheet = Sheet {
        title: &item.title,
        language: item.variant.as_ref().map_or(&english, |it| &it.language),
        foot: &foot,
        list: Some("index.html"),
        script: None,
        main,
    };
    frame::page(edition, sheet)
}

fn withdrawn(
    edition: &Edition<'_>,
    item: &Item,
    since: &str,
    reason: &str,
    instead: Option<&ItemId>,
) -> Markup {
    html! {
        h1 { (item.title) }
        div.warning {
            p { strong { (since) } }
            p { (reason) }
            @if let Some(it) = instead.and_then(|it| edition.original(it)) {
                p { "Use instead: " a href=(file_name(it)) { (it.title) } }
            }
        }
        p.quiet { (edition.words()) }
    }
}

fn text(edition: &Edition<'_>, item: &Item, marks: &[String]) -> Markup {
    let original = edition.original(&item.id).unwrap_or(item);
    let outdated = item.variant.as_ref().is_some_and(|it| it.outdated);
    let warnings = original.sections.iter().filter(|it| Part::of(&it.heading).is_safety());
    let topic = edition.topic(item);
    let safety = topic.map_or(&[][..], |it| it.safety.as_slice());
    let unsaid: Vec<&String> = topic.iter().flat_map(|it| it.unsaid(original)).collect();
    let mut links = Links::of(edition, item);
    let sections: Vec<Markup> = item.sections.iter().map(|it| section(it, &mut links)).collect();
    html! {
        h1 { (item.title) }
        div lang="en" {
            @for mark in marks { p.mark { (mark) } }
            p.quiet {
                @if let Some(it) = topic { (it.title) " · " }
                (edition.words())
            }
            @if let Some(it) = facts(item) { p.quiet { (it) } }
        }
        (choices(edition, item))
        @if outdated {
            div lang="en" dir="ltr" {
                div.apart {
                    p { strong { "This translation is being updated" } }
                    p { "Today's warnings come first, in English." }
                }
                @for it in warnings { (section(it, &mut Links::none(edition, original))) }
            }
        }
        (lines("Keep safe", safety.iter()))
        @for it in &item.media { (media(edition, it)) }
        @for it in sections { (it) }
        (lines("For this topic, get help when", unsaid.into_iter()))
        (links.rest())
    }
}

fn section(section: &Section, links: &mut Links<'_>) -> Markup {
    let warning = Part::of(&section.heading).is_safety().then_some("warning");
    // Headings are the same English words in every language.
    let english = (Part::of(&section.heading) != Part::Other).then_some("en");
    html! {
        section class=[warning] {
            h2 lang=[english] { (section.heading) }
            (blocks(&section.text, links))
        }
    }
}

/// The topic's own lines, which stand in English only.
fn lines<'a>(heading: &str, lines: impl ExactSizeIterator<Item = &'a String>) -> Markup {
    html! {
        @if lines.len() > 0 {
            section.warning lang="en" dir="ltr" {
                h2 { (heading) }
                ul { @for it in lines { li { (it) } } }
            }
        }
    }
}

fn facts(item: &Item) -> Option<String> {
    let ages = item.ages.map(|it| format!("Often used at ages {} to {}", it.from, it.to));
    let minutes = item.minutes.filter(|it| *it > 0).map(|it| format!("About {it} minutes"));
    let facts: Vec<String> = ages.into_iter().chain(minutes).collect();
    (!facts.is_empty()).then(|| facts.join(" · "))
}

/// The ways to the other texts of the same item.
fn choices(edition: &Edition<'_>, item: &Item) -> Markup {
    let others: Vec<&Item> = edition.texts(&item.id).filter(|it| it.variant != item.variant).collect();
    html! {
        @if !others.is_empty() {
            nav.choices aria-label="Other languages and easy read" {
                ul { @for it in others { li { (choice(it)) } } }
            }
        }
    }
}

/// A link to a text by what it is: a language, or easy read.
pub(super) fn choice(item: &Item) -> Markup {
    let english = Language::english();
    let language = item.variant.as_ref().map_or(&english, |it| &it.language);
    let easy = item.variant.as_ref().is_some_and(|it| it.easy);
    html! {
        a href=(file_name(item)) hreflang=(language) {
            @if !easy || !language::is_english(language) {
                span lang=(language) dir=(language::direction(language)) { (language::name(language)) }
            }
            @if easy && !language::is_english(language) { ", " }
            @if easy { span lang="en" { "Easy read" } }
        }
    }
}

fn media(edition: &Edition<'_>, used: &MediaUse) -> Markup {
    let drawn = edition.bank.pictures.iter().find(|it| it.file == used.file);
    let drawn = drawn.and_then(|it| picture::draw(&it.svg, &used.alt));
    let file = edition.bank.media.iter().find(|it| it.file == used.file);
    html! {
        @if let Some(picture) = drawn {
            figure {
                (picture)
                @if let Some(it) = &used.caption { figcaption { (it) } }
            }
        } @else if let Some(file) = file {
            @let name = used.file.as_str().rsplit('/').next().unwrap_or_default();
            p.file {
                a href={ "../blob/" (file.sha256) } download=(name) { (used.alt) }
                span lang="en" { " (" (name) ", " (file.bytes.div_ceil(1000)) " KB)" }
            }
        }
    }
}
