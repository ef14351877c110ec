//! Why an item was found: the line of its text that holds the most of the words, with those words marked.

use otsupport_wire::snapshot::{Part, Section};

use super::dictionary::Dictionary;
use super::lines::KnownWords;
use super::query::Query;
use super::words;
use crate::strategies::view::Run;

/// The most letters of a snippet.
const MOST: usize = 160;

/// The snippet of an item in runs, each marked or not. Together they are the plain text.
pub(super) fn runs(
    sections: &[Section],
    query: &Query,
    dictionary: &Dictionary,
    known: &mut KnownWords,
) -> Vec<Run> {
    // A warning out of its place says something else; it stands whole where the item is shown.
    let shown = sections.iter().filter(|it| !Part::of(&it.heading).is_safety());
    let lines = shown.flat_map(|it| it.text.lines()).filter(|line| !line.is_empty());
    let mut marks = |line: &str| {
        let mut marks = Vec::new();
        let mut kinds = Vec::new();
        words::each(line, |word, place| {
            let Some(term) = known.term(word, dictionary) else { return };
            let kind = query.wanted.iter().position(|it| it.choices.iter().any(|it| it.term == term));
            if let Some(kind) = kind {
                marks.push(place);
                if !kinds.contains(&kind) {
                    kinds.push(kind);
                }
            }
        });
        (kinds.len(), marks)
    };
    // The first of the best: a later line must hold more to be chosen.
    let best =
        lines.map(|line| (line, marks(line))).reduce(|best, it| if it.1.0 > best.1.0 { it } else { best });
    let Some((line, (_, marks))) = best else { return Vec::new() };
    let end =
        line.char_indices().nth(MOST).map_or(line.len(), |(end, _)| line[..end].rfind(' ').unwrap_or(end));
    let mut runs = Vec::new();
    let mut at = 0;
    let mut push = |text: &str, matched| {
        if !text.is_empty() {
            runs.push(Run { text: text.to_owned(), matched });
        }
    };
    for mark in marks.into_iter().filter(|it| it.end <= end) {
        push(&line[at..mark.start], false);
        push(&line[mark.clone()], true);
        at = mark.end;
    }
    push(&line[at..end], false);
    if end < line.len() {
        push("…", false);
    }
    runs
}
