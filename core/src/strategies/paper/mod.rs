//! What is printed or passed on as a page: one file without a script or a picture from elsewhere, for A4.

pub(super) mod words;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use otsupport_wire::snapshot::Contact;

use super::warnings::Warnings;

const STYLE: &str = include_str!("paper.css");

/// A whole page. It can fetch nothing and run nothing.
pub(super) fn page(title: &str, body: &Markup) -> String {
    html! {
        (DOCTYPE)
        html lang="en-GB" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { (body) }
        }
    }
    .into_string()
}

/// A strategy's title, review mark and date, "Stop if" and "Get help when".
pub(super) fn warnings(strategy: &Warnings) -> Markup {
    html! {
        section.warnings {
            h3 dir="auto" { (strategy.title) }
            p.mark { (words::review(strategy)) }
            div.beside {
                @for (heading, lines) in [("Stop if", &strategy.stop_if), ("Get help when", &strategy.get_help_when)] {
                    @if !lines.is_empty() {
                        div {
                            h4 { (heading) }
                            ul { @for line in lines { li dir="auto" { (line) } } }
                        }
                    }
                }
            }
        }
    }
}

/// How to reach the service.
pub(super) fn contact(service: &str, contact: &Contact) -> Markup {
    let ways = [&contact.telephone, &contact.email, &contact.hours];
    let ways: Vec<&str> = ways.into_iter().map(String::as_str).filter(|it| !it.is_empty()).collect();
    html! {
        @if !ways.is_empty() { p { (service) ": " (ways.join(", ")) } }
    }
}
