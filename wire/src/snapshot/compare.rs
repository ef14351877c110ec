//! What changed between two snapshots, found without reading what did not.
//!
//! Both are sorted, so one pass over both tells it: stretches that are the same are passed over as bytes, and only the records that
//! differ are read. What was the same was read, and found to be in order, when the old snapshot was taken in.

use std::ops::Range;

use super::read::{Limits, ReadError, Summary, header, heading, record};
use super::record::{Key, Record, SectionName};
use super::{FORMAT, Format};

/// A record that differs.
#[derive(Clone, PartialEq, Debug)]
pub enum Change {
    /// It is new or has changed; its canonical JSON stands at this place of the new snapshot, in bytes.
    Put(Record, Range<usize>),
    /// It is gone.
    Removed(Record),
}

/// A stretch of the new snapshot, in bytes. In their order they are all of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Piece {
    /// As it stands at this place of the old one.
    Old(Range<usize>),
    /// As it stands at this place of the new one.
    New(Range<usize>),
}

/// How a new snapshot differs from an old one.
#[derive(Clone, PartialEq, Debug)]
pub struct Comparison {
    /// What the new one says of itself.
    pub summary: Summary,
    /// The records that differ, in the order of the file.
    pub changes: Vec<Change>,
    /// What the new one is made of.
    pub pieces: Vec<Piece>,
}

/// Compares `new` with `old`, which must have been read before and found whole. `None` if either is of another format than this code
/// writes, so that it must be read as a whole.
///
/// # Errors
/// [`ReadError`] for a new snapshot that breaks the format or a limit, as reading it would find.
pub fn compare(old: &[u8], new: &[u8], limits: &Limits) -> Result<Option<Comparison>, ReadError> {
    let (mut old, mut new) = (Side::new(old), Side::new(new));
    let mut work = Work { pieces: Vec::new(), changes: Vec::new(), limits };
    let ((old_format, _), (format, version)) = (header(old.line()?)?, header(new.line()?)?);
    if ![old_format, format].iter().all(Format::is_written_here) {
        return Ok(None);
    }
    work.new_line(&new);
    let mut total = 0;
    for section in SectionName::ALL {
        let Ok(old_count) = old.heading(section.as_str()) else { return Ok(None) };
        let count = new.heading(section.as_str())?;
        work.new_line(&new);
        if count > limits.records {
            return Err(ReadError::TooMany(new.number));
        }
        if section == SectionName::Service && count != 1 {
            return Err(new.fault("there is one service"));
        }
        total += count;
        work.section(section, (&mut old, old_count), (&mut new, count))?;
    }
    if new.heading("end")? != total {
        return Err(new.fault("the number of records is wrong"));
    }
    work.new_line(&new);
    if new.at < new.bytes.len() {
        return Err(ReadError::Malformed { line: new.number + 1, what: "something follows the end" });
    }
    let Work { changes, pieces, .. } = work;
    Ok(Some(Comparison { summary: Summary { version, newer: false }, changes, pieces }))
}

impl Format {
    /// Whether it is the one that this code writes: then nothing in it is unknown.
    fn is_written_here(&self) -> bool {
        *self == FORMAT
    }
}

/// One of the two, and how far it has been read.
struct Side<'a> {
    bytes: &'a [u8],
    /// Where the next line begins.
    at: usize,
    /// The line that was read last, without its end.
    last: Range<usize>,
    /// Its number, from 1.
    number: usize,
}

impl<'a> Side<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, last: 0..0, number: 0 }
    }

    fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    fn read(&mut self) -> Result<&'a [u8], ReadError> {
        let end = memchr::memchr(b'\n', self.rest()).ok_or(ReadError::Cut)?;
        self.last = self.at..self.at + end;
        self.at += end + 1;
        self.number += 1;
        Ok(self.last_line())
    }

    fn last_line(&self) -> &'a [u8] {
        &self.bytes[self.last.clone()]
    }

    fn line(&mut self) -> Result<&'a str, ReadError> {
        let line = self.read()?;
        std::str::from_utf8(line).map_err(|_| self.fault("not UTF-8"))
    }

    /// The number of records under the heading of this name.
    fn heading(&mut self, name: &str) -> Result<usize, ReadError> {
        let line = self.line()?;
        let (found, count) = heading(line).ok_or_else(|| self.fault("not a section's heading"))?;
        if found == name { Ok(count) } else { Err(self.fault("a section is missing or out of order")) }
    }

    fn record(&mut self, section: SectionName, limits: &Limits) -> Result<Record, ReadError> {
        let line = self.read()?;
        if line.len() > limits.line {
            return Err(ReadError::LineTooLong(self.number));
        }
        record(section, line, false).map_err(|what| self.fault(what))
    }

    /// Passes over so many bytes, which hold so many lines.
    fn pass(&mut self, bytes: usize, lines: usize) {
        self.at += bytes;
        self.number += lines;
    }

    fn fault(&self, what: &'static str) -> ReadError {
        ReadError::Malformed { line: self.number, what }
    }
}

struct Work<'a> {
    changes: Vec<Change>,
    pieces: Vec<Piece>,
    limits: &'a Limits,
}

/// The record before the next one of the new snapshot.
enum Before {
    Nothing,
    Key(Key),
    /// Its line, not read yet: it is the same as in the old snapshot.
    Line(Range<usize>),
}

impl Work<'_> {
    fn section(
        &mut self,
        section: SectionName,
        (old, mut olds): (&mut Side<'_>, usize),
        (new, mut news): (&mut Side<'_>, usize),
    ) -> Result<(), ReadError> {
        let mut before = Before::Nothing;
        let (mut old_next, mut new_next): (Option<Record>, Option<Record>) = (None, None);
        loop {
            if old_next.is_none() && new_next.is_none() {
                let (bytes, lines, last) = same_lines(old.rest(), new.rest(), olds.min(news));
                if lines > 0 {
                    if let Before::Key(key) = &before {
                        let first = record_of(section, new, new.at)?;
                        in_order(key, &first, new)?;
                    }
                    before = Before::Line(new.at + last.start..new.at + last.end);
                    push(&mut self.pieces, Piece::Old(old.at..old.at + bytes));
                    (olds, news) = (olds - lines, news - lines);
                    old.pass(bytes, lines);
                    new.pass(bytes, lines);
                }
            }
            if old_next.is_none() && olds > 0 {
                old_next = Some(old.record(section, self.limits)?);
                olds -= 1;
            }
            if new_next.is_none() && news > 0 {
                let record = new.record(section, self.limits)?;
                let key = match before {
                    Before::Nothing => None,
                    Before::Key(key) => Some(key),
                    Before::Line(line) => Some(record_of(section, new, line.start)?),
                };
                if let Some(key) = key {
                    in_order(&key, &record.key(), new)?;
                }
                before = Before::Key(record.key());
                news -= 1;
                new_next = Some(record);
            }
            match (old_next.take(), new_next.take()) {
                (None, None) => return Ok(()),
                (Some(old), None) => self.changes.push(Change::Removed(old)),
                (None, Some(record)) => self.put(record, new),
                (Some(left), Some(right)) => match left.key().cmp(&right.key()) {
                    std::cmp::Ordering::Less => {
                        self.changes.push(Change::Removed(left));
                        new_next = Some(right);
                    }
                    // Met again after something that came or went before it.
                    std::cmp::Ordering::Equal if old.last_line() == new.last_line() => {
                        push(&mut self.pieces, Piece::Old(old.last.start..old.last.end + 1));
                    }
                    std::cmp::Ordering::Equal => self.put(right, new),
                    std::cmp::Ordering::Greater => {
                        self.put(right, new);
                        old_next = Some(left);
                    }
                },
            }
        }
    }

    fn put(&mut self, record: Record, new: &Side<'_>) {
        self.new_line(new);
        self.changes.push(Change::Put(record, new.last.clone()));
    }

    /// The line that was read last is the new snapshot's own.
    fn new_line(&mut self, new: &Side<'_>) {
        push(&mut self.pieces, Piece::New(new.last.start..new.last.end + 1));
    }
}

/// The key of the record whose line begins at `start`.
fn record_of(section: SectionName, side: &Side<'_>, start: usize) -> Result<Key, ReadError> {
    let mut line = Side { bytes: side.bytes, at: start, last: 0..0, number: side.number };
    let line = line.read()?;
    record(section, line, false).map(|it| it.key()).map_err(|what| side.fault(what))
}

fn in_order(before: &Key, after: &Key, side: &Side<'_>) -> Result<(), ReadError> {
    if before < after { Ok(()) } else { Err(side.fault("out of order")) }
}

/// Adds a piece, or lengthens the last one.
fn push(pieces: &mut Vec<Piece>, piece: Piece) {
    match (pieces.last_mut(), &piece) {
        (Some(Piece::Old(last)), Piece::Old(next)) | (Some(Piece::New(last)), Piece::New(next))
            if last.end == next.start =>
        {
            last.end = next.end;
        }
        _ => pieces.push(piece),
    }
}

/// The whole lines that both begin with, at most so many: their bytes, their number, and where the last one stands without its end.
fn same_lines(old: &[u8], new: &[u8], most: usize) -> (usize, usize, Range<usize>) {
    let same = &new[..same_bytes(old, new)];
    let (mut lines, mut start, mut last) = (0, 0, 0..0);
    for end in memchr::memchr_iter(b'\n', same).take(most) {
        last = start..end;
        start = end + 1;
        lines += 1;
    }
    (start, lines, last)
}

/// How many bytes both begin with.
fn same_bytes(old: &[u8], new: &[u8]) -> usize {
    const BLOCK: usize = 4096;
    let blocks = old.chunks(BLOCK).zip(new.chunks(BLOCK)).take_while(|(old, new)| old == new);
    let start = blocks.map(|(old, _)| old.len()).sum::<usize>();
    start + old[start..].iter().zip(&new[start..]).take_while(|(old, new)| old == new).count()
}
