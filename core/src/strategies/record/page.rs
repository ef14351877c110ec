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
            @if !record.service.is_empty() {
                p { "The strategies come from " (record.service) ". Made on " (words::day(record.made_on)) "." }
            }
            @if record.demonstration { p.mark { (words::DEMONSTRATION) } }
        }
        main {
            @if record.strategies.is_empty() {
                p { "Nothing was written down in this time." }
            } @else {
                (summary(record))
                @for practised in &record.strategies { (lines(practised)) }
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
    html! {
        h2 { "At a glance" }
        table {
            thead {
                tr {
                    @if several { th scope="col" { "Child" } }
                    th scope="col" { "Strategy" }
                    th scope="col" { "Dates" }
                    th scope="col" { "How often" }
                    th scope="col" { "With" }
                    th scope="col" { "How it went" }
                    th scope="col" { "Next" }
                }
            }
            tbody {
                @for it in &record.strategies {
                    tr {
                        @if several { td dir="auto" { (it.child.as_deref().unwrap_or_default()) } }
                        th scope="row" dir="auto" { (it.strategy.title) }
                        td { (dates(it)) }
                        td { (how_often(it)) }
                        td dir="auto" { (it.who.join(", ")) }
                        td { (results(&it.results)) }
                        td { (words::next(&it.next)) }
                    }
                }
            }
        }
    }
}

fn lines(practised: &Practised) -> Markup {
    let who = practised.lines.iter().any(|it| it.who.is_some());
    let notes = practised.lines.iter().any(|it| it.note.is_some());
    html! {
        section {
            h3 dir="auto" {
                (practised.strategy.title)
                @if let Some(child) = &practised.child { ", with " bdi { (child) } }
            }
            table {
                thead {
                    tr {
                        th scope="col" { "Date" }
                        @if who { th scope="col" { "With" } }
                        th scope="col" { "How it went" }
                        @if notes { th scope="col" { "Note" } }
                    }
                }
                tbody {
                    @for line in &practised.lines {
                        tr {
                            td { (words::day(line.on)) }
                            @if who { td dir="auto" { (line.who.as_deref().unwrap_or_default()) } }
                            td { (words::result(line.result)) }
                            @if notes { td.note dir="auto" { (line.note.as_deref().unwrap_or_default()) } }
                        }
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
