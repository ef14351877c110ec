//! What stands round every page: its policy, help for an emergency, the way to all texts, the service.

use std::sync::LazyLock;

use data_encoding::BASE64;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use otsupport_wire::snapshot::{HelpLevel, UrgentContact};
use otsupport_wire::{Language, Sha256};

use super::edition::Edition;
use super::language;

const STYLE: &str = include_str!("style.css");
static STYLE_SOURCE: LazyLock<String> = LazyLock::new(|| source(STYLE));

/// One page.
pub(super) struct Sheet<'a> {
    pub(super) title: &'a str,
    pub(super) language: &'a Language,
    /// What stands beside the title in the foot of each sheet of paper.
    pub(super) foot: &'a [String],
    /// The way from this page to the list of all texts; `None` on that list.
    pub(super) list: Option<&'a str>,
    /// A script of ours.
    pub(super) script: Option<&'a str>,
    pub(super) main: Markup,
}

/// The whole page.
pub(super) fn page(edition: &Edition<'_>, sheet: Sheet<'_>) -> Markup {
    let service = &edition.bank.service;
    let dir = language::direction(sheet.language);
    html! {
        (DOCTYPE)
        html lang=(sheet.language) dir=(dir) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy(sheet.script));
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                meta name="color-scheme" content="light dark";
                title { (sheet.title) " – " (service.name) }
                // Browsers ask for a picture of the site unless they are given one.
                link rel="icon" href="data:,";
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#main" lang="en" dir="ltr" { "Skip to the main text" }
                header lang="en" dir="ltr" {
                    p { strong { (service.name) } }
                    @if let Some(list) = sheet.list { nav { a href=(list) { "All ideas by topic" } } }
                }
                (help(&service.urgent))
                main #main tabindex="-1" { (sheet.main) }
                footer lang="en" dir="ltr" {
                    p { strong { "Contact " (service.name) } }
                    p {
                        "Telephone " (telephone(&service.contact.telephone)) ". Email "
                        a href={ "mailto:" (service.contact.email) } { (service.contact.email) } ". "
                        (service.contact.hours) "."
                    }
                }
                // A sheet of paper that is parted from the others still says what it is and whom to ask.
                div.foot aria-hidden="true" lang="en" dir="ltr" {
                    p {
                        strong { bdi lang=(sheet.language) { (sheet.title) } }
                        @for it in sheet.foot { " · " (it) }
                        " · " (edition.words())
                    }
                    p { (service.name) " · Telephone " (service.contact.telephone) " · " (service.contact.hours) }
                }
                @if let Some(script) = sheet.script { script { (PreEscaped(script)) } }
            }
        }
    }
}

/// The number as a link that rings it.
fn telephone(number: &str) -> Markup {
    let digits: String = number.chars().filter(|it| !it.is_whitespace()).collect();
    html! { a href={ "tel:" (digits) } { (number) } }
}

/// Help for danger to life and for today, before everything else.
fn help(contacts: &[UrgentContact]) -> Markup {
    let at = |level| contacts.iter().filter(move |it| it.levels.contains(&level));
    html! {
        aside.help aria-label="Help now" lang="en" dir="ltr" {
            @for contact in at(HelpLevel::Emergency).chain(at(HelpLevel::Urgent)) {
                p {
                    @if contact.levels.contains(&HelpLevel::Emergency) { strong { (contact.says) } }
                    @else { (contact.says) }
                    @if let Some(it) = &contact.telephone { " Ring " (telephone(it)) "." }
                    @if let Some(it) = &contact.text { " Text " (it) "." }
                    @if let Some(it) = &contact.relay { " Relay UK: " (it) "." }
                }
            }
        }
    }
}

/// What the page may load and run: its own style, its own script, and nothing from anywhere.
fn policy(script: Option<&str>) -> String {
    let style: &str = &STYLE_SOURCE;
    let script = script.map(|it| format!("; script-src {}", source(it))).unwrap_or_default();
    format!(
        "default-src 'none'; style-src {style}{script}; img-src data:; base-uri 'none'; form-action 'none'"
    )
}

fn source(text: &str) -> String {
    format!("'sha256-{}'", BASE64.encode(Sha256::of(text.as_bytes()).as_bytes()))
}
