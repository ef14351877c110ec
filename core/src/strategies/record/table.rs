//! A record for a spreadsheet.

use csv::WriterBuilder;

use super::{Practised, Record};
use crate::error::Error;
use crate::strategies::paper::words;

const HEADINGS: [&str; 13] = [
    "Date",
    "Strategy",
    "Child",
    "With",
    "How it went",
    "Note",
    "Times in this period",
    "Next",
    "Review",
    "Stop if",
    "Get help when",
    "Written by",
    "Made on",
];

/// What a spreadsheet needs to see before it takes a text for UTF-8. ASCII needs none.
const MARK: char = '\u{feff}';

pub(super) fn csv(record: &Record) -> Result<String, Error> {
    let mut rows = WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    rows.write_record(HEADINGS).map_err(unwritten)?;
    for practised in &record.strategies {
        for row in lines(record, practised) {
            rows.write_record(row.iter().map(|it| plain(it))).map_err(unwritten)?;
        }
    }
    let bytes = rows.into_inner().map_err(unwritten)?;
    let mut text = String::from_utf8(bytes).map_err(unwritten)?;
    if !text.is_ascii() {
        text.insert(0, MARK);
    }
    Ok(text)
}

fn lines<'a>(record: &'a Record, practised: &'a Practised) -> impl Iterator<Item = [String; 13]> + 'a {
    let strategy = &practised.strategy;
    practised.lines.iter().map(move |line| {
        [
            line.on.to_string(),
            strategy.title.clone(),
            practised.child.clone().unwrap_or_default(),
            line.who.clone().unwrap_or_default(),
            words::result(line.result).to_owned(),
            line.note.clone().unwrap_or_default(),
            practised.times.to_string(),
            words::next(&practised.next),
            words::review(strategy),
            strategy.stop_if.join("\n"),
            strategy.get_help_when.join("\n"),
            record.written_by.to_owned(),
            record.made_on.to_string(),
        ]
    })
}

/// A text that a spreadsheet takes for a text. One that begins like a formula would be run (OWASP, CSV injection).
fn plain(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

fn unwritten<E>(_: E) -> Error {
    Error::Internal("a table in memory")
}
