//! Sound, photographs and papers, for a terminal.

use otsupport_core::strategies::MediaView;
use otsupport_core::sync::{MediaReport, Outcome};

use super::{ALARM, GOOD, QUIET, lines, paint, size};
use crate::words;

/// What an item has and how large it is, before it is fetched.
pub(crate) fn media_sizes(media: &[MediaView]) -> String {
    if media.is_empty() {
        return "It has no pictures, sound or papers.\n".to_owned();
    }
    lines(media.iter().map(|it| {
        let here = if it.here { "here" } else { "to be fetched" };
        format!("{}  {}", it.alt, paint(QUIET, format!("{} · {} · {here}", it.file, size(it.bytes))))
    }))
}

pub(crate) fn media_report(report: &MediaReport) -> String {
    let why = report.reason.map(words::reason).unwrap_or_default();
    let files = |count: u32| if count == 1 { "1 file".to_owned() } else { format!("{count} files") };
    let text = match report.outcome {
        Outcome::Updated => paint(GOOD, format!("Fetched: {}", files(report.fetched))),
        Outcome::Unchanged => paint(GOOD, "Everything is here"),
        Outcome::Offline => {
            format!("Offline: {why}. {} missing; what came stays", files(report.missing))
        }
        Outcome::Refused => paint(ALARM, format!("Refused: {why}")),
    };
    let traffic = format!("{} requests, {}", report.requests, size(report.bytes));
    format!("{text}\n{}\n", paint(QUIET, traffic))
}
