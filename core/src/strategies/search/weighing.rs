//! How strongly each word stands in an item: BM25F, field by field.

use otsupport_wire::snapshot::{Item, Part, Section};

use super::postings::Weight;
use super::words;

/// A part of an item's text.
struct Field {
    weight: f32,
    /// Words in a usual text of the field. Fixed, so that one item's change leaves the others as they are.
    usual: f32,
    /// How much a longer text counts against a word, from 0 to 1.
    by_length: f32,
}

const TITLE: Field = Field { weight: 4.0, usual: 4.0, by_length: 0.3 };
const ASKS: Field = Field { weight: 2.5, usual: 40.0, by_length: 0.4 };
const KEYWORDS: Field = Field { weight: 3.0, usual: 6.0, by_length: 0.4 };
const TEXT: Field = Field { weight: 0.8, usual: 150.0, by_length: 0.6 };
/// When to stop and whom to ask: much the same in every item of a topic.
const WARNINGS: Field = Field { weight: 0.2, usual: 60.0, by_length: 0.6 };

/// The terms of an item, in ascending order. `term` names the term of a word; none of a stop word.
pub(super) fn weigh(item: &Item, mut term: impl FnMut(&str) -> Option<u32>) -> Vec<(u32, Weight)> {
    let mut found: Vec<(u32, f32)> = Vec::new();
    let mut terms = Vec::new();
    let mut field = |field: &Field, texts: &mut dyn Iterator<Item = &str>| {
        terms.clear();
        for text in texts {
            words::each(text, |word, _| terms.extend(term(word)));
        }
        #[allow(clippy::cast_precision_loss)]
        let length = terms.len() as f32 / field.usual;
        let worth = field.weight / (1.0 - field.by_length + field.by_length * length);
        found.extend(terms.iter().map(|it| (*it, worth)));
    };
    field(&TITLE, &mut std::iter::once(item.title.as_str()));
    field(&ASKS, &mut item.asks.iter().map(String::as_str));
    field(&KEYWORDS, &mut item.keywords.iter().map(String::as_str));
    let (warnings, text): (Vec<&Section>, Vec<&Section>) =
        item.sections.iter().partition(|it| Part::of(&it.heading).is_safety());
    field(&TEXT, &mut text.iter().map(|it| it.text.as_str()));
    field(&WARNINGS, &mut warnings.iter().map(|it| it.text.as_str()));
    // Stable, so that the same item gives the same sums.
    found.sort_by_key(|it| it.0);
    let of_one = |it: &[(u32, f32)]| (it[0].0, Weight::of(it.iter().map(|it| it.1).sum()));
    found.chunk_by(|a, b| a.0 == b.0).map(of_one).collect()
}

/// What tells an item's meaning.
pub(super) fn telling(item: &Item) -> String {
    let lines = item.asks.iter().chain(&item.keywords).map(String::as_str);
    std::iter::once(item.title.as_str()).chain(lines).collect::<Vec<_>>().join("\n")
}
