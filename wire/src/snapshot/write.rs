//! From records to canonical bytes.

use std::io::{self, Write};

use serde::Serialize;

use super::record::{Item, SectionName};
use super::{FORMAT, Snapshot};

/// Why a snapshot could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Two records of one section bear one name.
    #[error("two records of the section {0} bear one name")]
    Duplicate(&'static str),
    /// A record could not be encoded or the bytes could not be written.
    #[error("the snapshot could not be written: {0}")]
    Io(#[from] io::Error),
}

/// Writes `bank` in canonical form: the same content gives the same bytes, in whatever order it comes.
///
/// # Errors
/// [`WriteError::Duplicate`] if two records of one section bear one name; otherwise what `out` reports.
pub fn write(bank: &Snapshot, out: &mut impl Write) -> Result<(), WriteError> {
    writeln!(out, "otsupport-snapshot {}.{} {}", FORMAT.major, FORMAT.minor, bank.version)?;
    let mut total = section(out, SectionName::Service, std::slice::from_ref(&bank.service), |_| ())?;
    total += section(out, SectionName::Topics, &bank.topics, |it| it.slug.clone())?;
    total += section(out, SectionName::Words, &bank.words, |it| it.clone())?;
    total += section(out, SectionName::Strategies, &bank.strategies, Item::key)?;
    total += section(out, SectionName::Resources, &bank.resources, Item::key)?;
    total += section(out, SectionName::Events, &bank.events, |it| it.uid.clone())?;
    total += section(out, SectionName::Media, &bank.media, |it| it.file.clone())?;
    total += section(out, SectionName::Pictures, &bank.pictures, |it| it.file.clone())?;
    writeln!(out, "end {total}")?;
    Ok(())
}

fn section<T: Serialize, K: Ord>(
    out: &mut impl Write,
    name: SectionName,
    records: &[T],
    key: impl Fn(&T) -> K,
) -> Result<usize, WriteError> {
    let mut sorted: Vec<_> = records.iter().map(|record| (key(record), record)).collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    if sorted.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return Err(WriteError::Duplicate(name.as_str()));
    }
    writeln!(out, "{} {}", name.as_str(), sorted.len())?;
    for (_, record) in &sorted {
        serde_json::to_writer(&mut *out, record).map_err(io::Error::from)?;
        out.write_all(b"\n")?;
    }
    Ok(sorted.len())
}
