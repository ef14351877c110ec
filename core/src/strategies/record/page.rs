//! A record as a page.

use maud::{Markup, html};

use super::{Practised, Record, Results};
use crate::strategies::paper::{self, words};

pub(super) fn html(record: &Record) -> String {
    let period = format!("{} to {}", words::day(record.from), words::day(record.to));
    let body = html! {
        header {
            h1 { "Strategy record" }
            p.lead { "Written by the family. What was practised from " (period) "." }
            p {
                @if !record.service.is_empty() { "The strategies come from " (record.service) ". " }
                "Made on " (words::day(record.made_on)) "."
            }
            @if record.demonstration { p.mark { (words::DEMONSTRATION) } }
        }
        main {
            @if record.strategies.is_empty() {
                p { "Nothing was written down in this time." }
            } @else {
                (summary(record))
                (lines(record))
                h2 { "About these strategies" }
                p { "What the service says goes with each of them." }
                @for strategy in strategies(record) { (paper::warnings(strategy)) }
            }
        }
        footer {
            p { "This is what the family wrote down. It is not an assessment." }
            (paper::contact(&record.service, &record.contact))
        }
    };
    paper::page("Strategy record", &body)
}

/// Each strategy once, although several children may have practised it.
fn strategies(record: &Record) -> Vec<&crate::strategies::Warnings> {
    let mut found: Vec<&crate::strategies::Warnings> = Vec::new();
    for practised in &record.strategies {
        if !found.iter().any(|it| it.item == practised.strategy.item) {
            found.push(&practised.strategy);
        }
    }
    found
}

fn summary(record: &Record) -> Markup {
    let several = record.strategies.iter().any(|it| it.child.is_some());
    let who = record.strategies.iter().any(|it| !it.who.is_empty());
    html! {
        h2 { "At a glance" }
        table {
            thead {
                tr {
                    @if several { th scope="col" { "Child" } }
                    th scope="col" { "Strategy" }
                    th scope="col" { "Dates" }
                    th scope="col" { "How often" }
                    @if who { th scope="col" { "With" } }
                    th scope="col" { "How it went" }
                    th scope="col" { "Next" }
                }
            }
            tbody {
                @for it in &record.strategies {
                    tr {
                        @if several { td data-heading="Child" { @if let Some(child) = &it.child { bdi { (child) } } } }
                        th scope="row" { bdi { (it.strategy.title) } }
                        td data-heading="Dates" { (dates(it)) }
                        td data-heading="How often" { (how_often(it)) }
                        @if who {
                            td data-heading="With" {
                                @for (place, who) in it.who.iter().enumerate() {
                                    @if place > 0 { ", " }
                                    bdi { (who) }
                                }
                            }
                        }
                        td data-heading="How it went" { (results(&it.results)) }
                        td data-heading="Next" { (words::next(&it.next)) }
                    }
                }
            }
        }
    }
}

/// Every line, in one table for each child: a table for each strategy would fill a page with headings.
fn lines(record: &Record) -> Markup {
    html! {
        h2 { "Line by line" }
        @for practised in record.strategies.chunk_by(|one, other| one.child == other.child) {
            @if let Some(child) = &practised[0].child { h3 { "With " bdi { (child) } } }
            (table(practised))
        }
    }
}

fn table(practised: &[Practised]) -> Markup {
    let all = || practised.iter().flat_map(|it| &it.lines);
    let (who, notes) = (all().any(|it| it.who.is_some()), all().any(|it| it.note.is_some()));
    html! {
        table {
            thead {
                tr {
                    th.strategy scope="col" { "Strategy" }
                    th.date scope="col" { "Date" }
                    @if who { th.who scope="col" { "With" } }
                    th.went scope="col" { "How it went" }
                    @if notes { th scope="col" { "Note" } }
                }
            }
            tbody {
                @for (strategy, line) in practised.iter().flat_map(|it| it.lines.iter().map(move |line| (it, line))) {
                    tr {
                        th scope="row" { bdi { (strategy.strategy.title) } }
                        td data-heading="Date" { (words::day(line.on)) }
                        @if who { td data-heading="With" { @if let Some(who) = &line.who { bdi { (who) } } } }
                        td data-heading="How it went" { (words::result(line.result)) }
                        @if notes { td.note data-heading="Note" dir="auto" { (line.note.as_deref().unwrap_or_default()) } }
                    }
                }
            }
        }
    }
}

fn dates(it: &Practised) -> String {
    if it.first == it.last {
        words::day(it.first)
    } else {
        format!("{} to {}", words::day(it.first), words::day(it.last))
    }
}

fn how_often(it: &Practised) -> String {
    let counted = |count: usize, one: &str, many: &str| match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {many}"),
    };
    if it.times == it.days {
        counted(it.times, "time", "times")
    } else {
        format!("{} on {}", counted(it.times, "time", "times"), counted(it.days, "day", "days"))
    }
}

fn results(it: &Results) -> Markup {
    use crate::strategies::log::PracticeResult::{Helped, Not, Partly, Stopped};
    let counts = [(Helped, it.helped), (Partly, it.partly), (Not, it.not), (Stopped, it.stopped)];
    html! {
        @for (result, count) in counts {
            @if count > 0 { (words::result(result)) ": " (count) br; }
        }
    }
}
