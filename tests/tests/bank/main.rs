//! The demonstration bank itself: that it is large enough, plain enough, safe and its own.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod cards;
mod copies;
mod counts;
mod events;
mod families_words;
mod left_out;
mod marks;
mod pictures;
mod reading_age;
mod red_flags;
mod sizes;
mod variants;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use otsupport_tests::site::{MORNING, Publisher};
use otsupport_wire::snapshot::{Item, Limits, Part, Snapshot};

/// The bank as a phone receives it.
struct Bank {
    publisher: Publisher,
    warnings: Vec<String>,
    snapshot: Snapshot,
    /// Bytes on the wire.
    packed: usize,
}

static BANK: LazyLock<Bank> = LazyLock::new(|| {
    let publisher = Publisher::new().unwrap();
    let done = publisher.publish(MORNING).unwrap();
    let packed = std::fs::read(publisher.site().join("full/1.zst")).unwrap();
    let unpacked = zstd::decode_all(packed.as_slice()).unwrap();
    Bank {
        publisher,
        warnings: done.warnings.iter().map(ToString::to_string).collect(),
        snapshot: Snapshot::parse(&unpacked, &Limits::default()).unwrap(),
        packed: packed.len(),
    }
});

fn content() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../content")
}

fn strategies() -> impl Iterator<Item = &'static Item> {
    BANK.snapshot.strategies.iter().filter(|it| it.variant.is_none())
}

fn resources() -> impl Iterator<Item = &'static Item> {
    BANK.snapshot.resources.iter().filter(|it| it.variant.is_none())
}

/// Strategies and resources, without their variants.
fn originals() -> impl Iterator<Item = &'static Item> {
    strategies().chain(resources())
}

/// The text below a heading; empty if there is none.
fn part(item: &Item, part: Part) -> String {
    item.sections.iter().filter(|it| Part::of(&it.heading) == part).map(|it| it.text.as_str()).collect()
}

/// The whole body.
fn text(item: &Item) -> String {
    item.sections.iter().map(|it| format!("{}\n{}\n", it.heading, it.text)).collect()
}

/// The words of a text, in lower case and without punctuation.
fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’')
        .filter(|it| !it.is_empty())
        .map(str::to_lowercase)
        .collect()
}
