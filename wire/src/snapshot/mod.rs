//! The canonical snapshot: the whole bank as one file, the same bytes for the same content.
//!
//! ```text
//! otsupport-snapshot 1.1 7          format major.minor, version of the bank
//! service 1                         a section and how many records follow, one JSON object a line
//! {"status":"demonstration",…}
//! topics 24
//! …
//! end 263                           the number of all records: a cut file cannot pass for a whole one
//! ```
//!
//! Sections stand in a fixed order and their records are sorted by name. A record is canonical if and only if it
//! encodes back to itself, so the parser needs no second set of rules. A newer *minor* format adds sections and fields;
//! an older app reads the parts it knows and says that an update exists. A newer *major* format is refused.

mod compare;
mod read;
mod record;
mod write;

pub use compare::{Change, Comparison, Piece, compare};
pub use read::{Limits, ReadError, Summary, read};
pub use record::{
    Ages, Audience, Contact, Event, HelpLevel, Item, Key, Link, MediaFile, MediaUse, Part, Picture, Record,
    Review, ReviewStatus, Section, SectionName, Service, ServiceStatus, Setting, Topic, UrgentContact,
    Variant, Words,
};
pub use write::{WriteError, write};

use crate::BankVersion;

/// The format this code writes. A reader takes every minor number of its own major one.
pub const FORMAT: Format = Format { major: 1, minor: 1 };

/// The media file that tells what words mean, if the bank has one. No item names it; it changes when the table does.
pub const MEANING_TABLE: &str = "media/meaning.table";

/// The number of the snapshot's format, as `major.minor` in its first line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Format {
    /// Raised when an older app could misunderstand what it reads.
    pub major: u32,
    /// Raised when something is added that an older app may leave out.
    pub minor: u32,
}

/// The whole bank in memory. `publish` makes one; a phone reads record by record instead ([`read`]).
#[derive(Clone, PartialEq, Debug)]
pub struct Snapshot {
    /// Which bank this is.
    pub version: BankVersion,
    /// Who offers it.
    pub service: Service,
    /// The topics, by slug.
    pub topics: Vec<Topic>,
    /// The families' words, sorted.
    pub words: Vec<Words>,
    /// Strategies and their variants, by id, originals first.
    pub strategies: Vec<Item>,
    /// Resources for professionals and their variants, by id, originals first.
    pub resources: Vec<Item>,
    /// Workshops, training sessions and drop-ins, by uid.
    pub events: Vec<Event>,
    /// Files that are fetched when asked for, by path.
    pub media: Vec<MediaFile>,
    /// Line pictures that are always on the phone, by path.
    pub pictures: Vec<Picture>,
}

impl Snapshot {
    /// Reads a whole snapshot.
    ///
    /// # Errors
    /// As [`read`]; and [`ReadError::Missing`] for a snapshot without its service.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Self, ReadError> {
        let mut service = None;
        let mut bank = Self::empty();
        let summary = read(bytes, limits, |record, _| {
            match record {
                Record::Service(it) => service = Some(it),
                Record::Topic(it) => bank.topics.push(it),
                Record::Words(it) => bank.words.push(it),
                Record::Strategy(it) => bank.strategies.push(it),
                Record::Resource(it) => bank.resources.push(it),
                Record::Event(it) => bank.events.push(it),
                Record::Media(it) => bank.media.push(it),
                Record::Picture(it) => bank.pictures.push(it),
            }
            Ok::<(), ReadError>(())
        })?;
        bank.version = summary.version;
        bank.service = service.ok_or(ReadError::Missing)?;
        Ok(bank)
    }

    fn empty() -> Self {
        Self {
            version: BankVersion(0),
            service: Service::default(),
            topics: Vec::new(),
            words: Vec::new(),
            strategies: Vec::new(),
            resources: Vec::new(),
            events: Vec::new(),
            media: Vec::new(),
            pictures: Vec::new(),
        }
    }

    /// Every strategy and resource, variants included.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.strategies.iter().chain(&self.resources)
    }
}
