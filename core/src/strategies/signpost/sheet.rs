//! A signpost on paper: what it points to, how to get there with a phone and without one, and the warnings that go along.

use chrono::NaiveDate;
use maud::{PreEscaped, html};
use otsupport_wire::snapshot::Contact;

use crate::strategies::paper::{self, words};
use crate::strategies::{SignpostView, Warnings};

/// What is printed.
pub(super) struct Sheet<'a> {
    pub(super) signpost: &'a SignpostView,
    /// The hub's address without its last slash.
    pub(super) site: &'a str,
    pub(super) note: &'a str,
    pub(super) strategies: &'a [Warnings],
    pub(super) service: &'a str,
    pub(super) contact: &'a Contact,
    pub(super) made_on: NaiveDate,
}

impl Sheet<'_> {
    pub(super) fn html(&self) -> String {
        let read = |it: &Warnings| format!("{}/read/{}.html", said(self.site), it.item);
        let body = html! {
            header {
                h1 { "Strategies to try" }
                p {
                    @if !self.service.is_empty() { "From " (self.service) ". " }
                    "Made on " (words::day(self.made_on)) "."
                }
                @if !self.note.is_empty() { p.lead dir="auto" { (self.note) } }
            }
            main {
                div.code {
                    (PreEscaped(&self.signpost.qr))
                    div {
                        p { "Point a phone's camera at the square, or type an address from the list into a browser." }
                        p { "Meant to be used until " (words::day(self.signpost.until)) "." }
                    }
                }
                table {
                    thead { tr { th scope="col" { "Strategy" } th scope="col" { "Address" } } }
                    tbody {
                        @for it in self.strategies {
                            tr { th scope="row" { bdi { (it.title) } } td.address data-heading="Address" { (read(it)) } }
                        }
                    }
                }
                h2 { "When to stop, and when to get help" }
                @for it in self.strategies { (paper::warnings(it)) }
            }
            footer { (paper::contact(self.service, self.contact)) }
        };
        paper::page("Strategies to try", &body)
    }
}

/// An address as people type it.
fn said(site: &str) -> &str {
    site.trim_start_matches("https://")
}
