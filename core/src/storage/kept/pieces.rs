//! What a kept snapshot is made of: stretches of one file, which begins with an older snapshot and grows by what is new.
//!
//! So keeping the next snapshot costs about as much as it differs, however large it is.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

use otsupport_wire::BankVersion;
use otsupport_wire::snapshot::Piece;

const MAGIC: &str = "otsupport-pieces 1";
/// More stretches than this are read too slowly.
const MOST: usize = 4096;

/// The stretches of one file that make up a snapshot, in bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Pieces {
    /// The bank that the file was begun with.
    pub(super) file: BankVersion,
    pub(super) stretches: Vec<Range<u64>>,
}

impl Pieces {
    /// The whole of a file.
    pub(super) fn whole(file: BankVersion, length: u64) -> Self {
        Self { file, stretches: std::iter::once(0..length).collect() }
    }

    /// The bytes that they make up.
    pub(super) fn length(&self) -> u64 {
        self.stretches.iter().map(|it| it.end - it.start).sum()
    }

    /// The next snapshot by these pieces, if what is new in it were put at the end of a file of `end` bytes: its stretches, and what is
    /// to be put there. `None` where the file has become so scattered or so stale that a new one is better.
    pub(super) fn next(&self, pieces: &[Piece], end: u64) -> Option<(Self, Vec<Range<usize>>)> {
        let mut next = Self { file: self.file, stretches: Vec::new() };
        let (mut added, mut end) = (Vec::new(), end);
        for piece in pieces {
            match piece {
                Piece::Old(at) => self.cut(at.start as u64..at.end as u64, |it| next.push(it)),
                Piece::New(at) => {
                    let start = end;
                    end += at.len() as u64;
                    next.push(start..end);
                    added.push(at.clone());
                }
            }
        }
        let stale = end.saturating_sub(next.length());
        (next.stretches.len() <= MOST && stale <= next.length() / 2).then_some((next, added))
    }

    fn push(&mut self, stretch: Range<u64>) {
        match self.stretches.last_mut() {
            Some(last) if last.end == stretch.start => last.end = stretch.end,
            _ => self.stretches.push(stretch),
        }
    }

    /// The stretches of the file behind some bytes of the snapshot.
    fn cut(&self, of: Range<u64>, mut to: impl FnMut(Range<u64>)) {
        let mut at = 0;
        for stretch in &self.stretches {
            let length = stretch.end - stretch.start;
            let (from, until) = (of.start.max(at), of.end.min(at + length));
            if from < until {
                to(stretch.start + (from - at)..stretch.start + (until - at));
            }
            at += length;
        }
    }

    /// The text of the list.
    pub(super) fn write(&self) -> String {
        let mut text = format!("{MAGIC} {}\n", self.file);
        for Range { start, end } in &self.stretches {
            text.push_str(&format!("{start} {end}\n"));
        }
        text
    }

    /// Reads the text of a list; `None` for what is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let file = BankVersion(lines.next()?.strip_prefix(MAGIC)?.trim_start().parse().ok()?);
        let stretch = |line: &str| {
            let (start, end) = line.split_once(' ')?;
            let (start, end) = (start.parse().ok()?, end.parse().ok()?);
            (start <= end).then_some(start..end)
        };
        Some(Self { file, stretches: lines.map(stretch).collect::<Option<_>>()? })
    }

    /// Reads the snapshot out of the file.
    pub(super) fn open(self, path: &Path) -> io::Result<Stretches> {
        Ok(Stretches { file: File::open(path)?, rest: self.stretches.into_iter(), left: 0 })
    }
}

/// The bytes of some stretches of a file, one after the other.
pub(crate) struct Stretches {
    file: File,
    rest: std::vec::IntoIter<Range<u64>>,
    /// How much of the present stretch is left.
    left: u64,
}

impl Read for Stretches {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.left == 0 {
            let Some(next) = self.rest.next() else { return Ok(0) };
            self.file.seek(SeekFrom::Start(next.start))?;
            self.left = next.end - next.start;
        }
        let most = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let read = self.file.read(&mut buffer[..most])?;
        if read == 0 && most > 0 {
            // The file is shorter than it was: what is read is not the snapshot, and its digest will say so.
            self.left = 0;
            self.rest = Vec::new().into_iter();
        }
        self.left -= (read as u64).min(self.left);
        Ok(read)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a file of these bytes gives.
    fn read(pieces: &Pieces, file: &[u8]) -> Vec<u8> {
        pieces.stretches.iter().flat_map(|it| &file[it.start as usize..it.end as usize]).copied().collect()
    }

    proptest! {
        /// One snapshot after the other, each made of parts of the one before and of what is new.
        #[test]
        fn every_snapshot_is_what_it_was_made_of(
            first in prop::collection::vec(any::<u8>(), 1..200),
            edits in prop::collection::vec(prop::collection::vec((any::<bool>(), any::<u8>(), any::<u8>()), 1..6), 1..10),
        ) {
            let mut file = first.clone();
            let mut snapshot = first.clone();
            let mut pieces = Pieces::whole(BankVersion(1), first.len() as u64);
            for edit in edits {
                let mut next = Vec::new();
                let mut made = Vec::new();
                for (is_new, a, b) in edit {
                    if is_new || snapshot.is_empty() {
                        let start = next.len();
                        next.extend(std::iter::repeat_n(a, b as usize % 20));
                        made.push(Piece::New(start..next.len()));
                    } else {
                        let (a, b) = (a as usize % snapshot.len(), b as usize % snapshot.len());
                        next.extend_from_slice(&snapshot[a.min(b)..a.max(b)]);
                        made.push(Piece::Old(a.min(b)..a.max(b)));
                    }
                }
                match pieces.next(&made, file.len() as u64) {
                    Some((then, added)) => {
                        added.iter().for_each(|it| file.extend_from_slice(&next[it.clone()]));
                        prop_assert!(file.len() as u64 <= then.length() + then.length() / 2);
                        pieces = then;
                    }
                    None => {
                        file = next.clone();
                        pieces = Pieces::whole(BankVersion(1), file.len() as u64);
                    }
                }
                prop_assert_eq!(read(&pieces, &file), &next[..]);
                prop_assert_eq!(Pieces::parse(&pieces.write()).unwrap(), pieces.clone());
                snapshot = next;
            }
        }
    }

    #[test]
    fn what_is_no_list_is_none() {
        for text in [
            "",
            "otsupport-pieces 2 1\n",
            "otsupport-pieces 1 x\n",
            "otsupport-pieces 1 1\n5 3\n",
            "otsupport-pieces 1 1\n5\n",
        ] {
            assert_eq!(Pieces::parse(text), None, "{text:?}");
        }
    }
}
