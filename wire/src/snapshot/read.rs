//! From canonical bytes to records, strictly and within limits.

use std::cmp::Ordering;
use std::io::{self, BufRead, Read};

use super::record::{Key, Record, SectionName};
use super::{FORMAT, Format};
use crate::BankVersion;

/// How much a snapshot may ask of a phone.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The longest line, in bytes.
    pub line: usize,
    /// The most records in one section.
    pub records: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { line: 1 << 20, records: 200_000 }
    }
}

/// What a snapshot said of itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Summary {
    /// Which bank it is.
    pub version: BankVersion,
    /// Whether it holds parts that only a newer app understands.
    pub newer: bool,
}

/// Why a snapshot was refused. Lines count from 1.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is not a snapshot.
    #[error("not a snapshot of this hub")]
    NotASnapshot,
    /// Its format is too new to be read at all.
    #[error("the snapshot's format {}.{} needs a newer app", .0.major, .0.minor)]
    TooNew(Format),
    /// A line is longer than [`Limits::line`].
    #[error("line {0} is too long")]
    LineTooLong(usize),
    /// A section holds more than [`Limits::records`].
    #[error("line {0}: too many records")]
    TooMany(usize),
    /// A line is not what the format says.
    #[error("line {line}: {what}")]
    Malformed {
        /// Where.
        line: usize,
        /// What is wrong.
        what: &'static str,
    },
    /// The file ends before its last line.
    #[error("the snapshot ends too soon")]
    Cut,
    /// There is no service record.
    #[error("the snapshot has no service")]
    Missing,
    /// The bytes could not be read.
    #[error("the snapshot could not be read: {0}")]
    Io(#[from] io::Error),
}

/// Reads a snapshot and hands each record, with its canonical JSON, to `visit` in the file's order.
///
/// # Errors
/// [`ReadError`] for a file that breaks the format or a limit, or what `visit` returned. Records may have been handed out
/// before the fault: apply them in a transaction.
pub fn read<E: From<ReadError>>(
    source: impl BufRead,
    limits: &Limits,
    mut visit: impl FnMut(Record, &str) -> Result<(), E>,
) -> Result<Summary, E> {
    let mut lines = Lines { source, limit: limits.line, number: 0, line: Vec::new() };
    let (format, version) = header(lines.next()?.ok_or(ReadError::NotASnapshot)?)?;
    let newer = format.minor > FORMAT.minor;
    let mut known = SectionName::ALL.iter();
    let mut total = 0usize;
    loop {
        let (name, count) = lines.heading()?;
        if name == "end" {
            if count != total {
                return Err(lines.fault("the number of records is wrong").into());
            }
            break;
        }
        if count > limits.records {
            return Err(ReadError::TooMany(lines.number).into());
        }
        total += count;
        let section = SectionName::ALL.iter().find(|it| it.as_str() == name).copied();
        match section {
            Some(section) if !known.clone().any(|it| *it == section) => {
                return Err(lines.fault("a section is out of order").into());
            }
            Some(section) => {
                // Known sections keep their order; a newer format may leave one out.
                while known.next().is_some_and(|it| *it != section) {
                    if !newer {
                        return Err(lines.fault("a section is missing").into());
                    }
                }
                lines.section(section, count, newer, &mut visit)?;
            }
            None if newer => {
                for _ in 0..count {
                    lines.next()?.ok_or(ReadError::Cut)?;
                }
            }
            None => return Err(lines.fault("an unknown section").into()),
        }
    }
    if !newer && known.next().is_some() {
        return Err(lines.fault("a section is missing").into());
    }
    if lines.next()?.is_some() {
        return Err(lines.fault("something follows the end").into());
    }
    Ok(Summary { version, newer })
}

pub(super) fn header(line: &str) -> Result<(Format, BankVersion), ReadError> {
    let mut words = line.strip_prefix("otsupport-snapshot ").ok_or(ReadError::NotASnapshot)?.split(' ');
    let (major, minor) = words.next().and_then(|it| it.split_once('.')).ok_or(ReadError::NotASnapshot)?;
    let format = Format {
        major: number(major).ok_or(ReadError::NotASnapshot)?,
        minor: number(minor).ok_or(ReadError::NotASnapshot)?,
    };
    match format.major.cmp(&FORMAT.major) {
        Ordering::Greater => return Err(ReadError::TooNew(format)),
        Ordering::Less => return Err(ReadError::NotASnapshot),
        Ordering::Equal => {}
    }
    let version = words.next().and_then(number).ok_or(ReadError::NotASnapshot)?;
    if words.next().is_some() {
        return Err(ReadError::NotASnapshot);
    }
    Ok((format, BankVersion(version)))
}

/// A section's name and how many records follow.
pub(super) fn heading(line: &str) -> Option<(&str, usize)> {
    let (name, count) = line.split_once(' ')?;
    Some((name, number(count)?))
}

/// A decimal number in its only canonical form.
fn number<N: std::str::FromStr + ToString>(text: &str) -> Option<N> {
    text.parse::<N>().ok().filter(|it| it.to_string() == text)
}

struct Lines<R> {
    source: R,
    limit: usize,
    number: usize,
    line: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    /// The next line without its end; `None` after the last.
    fn next(&mut self) -> Result<Option<&str>, ReadError> {
        self.line.clear();
        self.number += 1;
        let read = (&mut self.source).take(self.limit as u64 + 1).read_until(b'\n', &mut self.line)?;
        if read == 0 {
            return Ok(None);
        }
        if self.line.pop() != Some(b'\n') {
            return Err(if read > self.limit { ReadError::LineTooLong(self.number) } else { ReadError::Cut });
        }
        match std::str::from_utf8(&self.line) {
            Ok(line) => Ok(Some(line)),
            Err(_) => Err(ReadError::Malformed { line: self.number, what: "not UTF-8" }),
        }
    }

    fn heading(&mut self) -> Result<(String, usize), ReadError> {
        let line = self.next()?.ok_or(ReadError::Cut)?;
        let heading = heading(line).map(|(name, count)| (name.to_owned(), count));
        heading.ok_or_else(|| self.fault("not a section's heading"))
    }

    fn fault(&self, what: &'static str) -> ReadError {
        ReadError::Malformed { line: self.number, what }
    }

    fn section<E: From<ReadError>>(
        &mut self,
        section: SectionName,
        count: usize,
        newer: bool,
        visit: &mut impl FnMut(Record, &str) -> Result<(), E>,
    ) -> Result<(), E> {
        if section == SectionName::Service && count != 1 {
            return Err(self.fault("there is one service").into());
        }
        let mut last: Option<Key> = None;
        for _ in 0..count {
            self.next()?.ok_or(ReadError::Cut)?;
            let record = record(section, &self.line, newer).map_err(|what| self.fault(what))?;
            let key = record.key();
            if last.as_ref().is_some_and(|last| *last >= key) {
                return Err(self.fault("out of order").into());
            }
            last = Some(key);
            let line = std::str::from_utf8(&self.line).map_err(|_| self.fault("not UTF-8"))?;
            visit(record, line)?;
        }
        Ok(())
    }
}

/// The record of a line, or what is wrong with it. One of a newer format may say more than is known here.
pub(super) fn record(section: SectionName, line: &[u8], newer: bool) -> Result<Record, &'static str> {
    let record = Record::parse(section, line).map_err(|_| "not a record of its section")?;
    if !newer && !record.is_written_as(line) {
        return Err("not in canonical form");
    }
    Ok(record)
}
