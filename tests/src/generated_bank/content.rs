//! Generated strategies as the Markdown that an editor writes.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use otsupport_wire::snapshot::Item;

use super::words::Words;
use super::{Failure, strategy};
use crate::seeded::Seeded;

/// Fills a content folder up to so many strategies, spread over its topics. Gives the files that it wrote.
///
/// # Errors
/// What the disk reports.
pub fn fill(content: &Path, strategies: usize, seed: u64) -> Result<Vec<PathBuf>, Failure> {
    let mut words = Words(Seeded(seed));
    let mut topics: Vec<PathBuf> =
        fs::read_dir(content.join("strategies"))?.map(|it| Ok(it?.path())).collect::<Result<_, Failure>>()?;
    topics.sort();
    let missing = strategies.saturating_sub(originals(&topics)?);
    topics
        .iter()
        .cycle()
        .take(missing)
        .enumerate()
        .map(|(number, folder)| {
            let mut item = strategy(number, &mut words)?;
            item.topic =
                folder.file_name().and_then(|it| it.to_str()).ok_or("a topic without a name")?.parse()?;
            let path = folder.join(format!("{}.md", item.id));
            fs::write(&path, markdown(&item)?)?;
            Ok(path)
        })
        .collect()
}

/// How many strategies there are; variants are named `id.language.md`.
fn originals(topics: &[PathBuf]) -> Result<usize, Failure> {
    let mut count = 0;
    for topic in topics {
        for file in fs::read_dir(topic)? {
            let name = file?.file_name();
            count += usize::from(name.to_string_lossy().matches('.').count() == 1);
        }
    }
    Ok(count)
}

fn markdown(item: &Item) -> Result<String, std::fmt::Error> {
    let Item { id, title, topic, minutes, equipment, keywords, asks, review, .. } = item;
    let mut text = format!(
        "---\nid: {id}\ntitle: \"{title}\"\ntopic: {topic}\naudiences: [family]\nsettings: [home]\nages: {{from: 3, to: 11}}\n"
    );
    writeln!(text, "minutes: {}", minutes.unwrap_or(10))?;
    for (name, list) in [("equipment", equipment), ("keywords", keywords), ("asks", asks)] {
        writeln!(text, "{name}: {list:?}")?;
    }
    writeln!(text, "review: {{status: demonstration, author: \"{}\"}}\n---", review.author)?;
    for section in &item.sections {
        writeln!(text, "\n## {}\n", section.heading)?;
        // Lines of the generator are sentences of one paragraph; those of its lists have their marks.
        writeln!(text, "{}", section.text)?;
    }
    Ok(text)
}
