//! The records of a snapshot. The order of the fields here is their order on the wire.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::enquiry::EnquiryKeys;
use crate::{ItemId, Language, MediaPath, Sha256, TopicSlug};

/// One record, with the section it stands in.
#[derive(Clone, PartialEq, Debug)]
pub enum Record {
    /// Who offers the bank.
    Service(Service),
    /// One topic.
    Topic(Topic),
    /// One entry of the families' words.
    Words(Words),
    /// A strategy or a variant of one.
    Strategy(Item),
    /// A resource for professionals or a variant of one.
    Resource(Item),
    /// A workshop, training session or drop-in.
    Event(Event),
    /// A file that is fetched when asked for.
    Media(MediaFile),
    /// A line picture that is always on the phone.
    Picture(Picture),
}

/// The sections that this code knows, in their order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum SectionName {
    /// One [`Service`].
    Service,
    /// [`Topic`] records.
    Topics,
    /// [`Words`] records.
    Words,
    /// [`Item`] records.
    Strategies,
    /// [`Item`] records.
    Resources,
    /// [`Event`] records.
    Events,
    /// [`MediaFile`] records.
    Media,
    /// [`Picture`] records.
    Pictures,
}

impl SectionName {
    /// All of them, in the order of the file.
    pub const ALL: [Self; 8] = [
        Self::Service,
        Self::Topics,
        Self::Words,
        Self::Strategies,
        Self::Resources,
        Self::Events,
        Self::Media,
        Self::Pictures,
    ];

    /// The word that begins the section.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Topics => "topics",
            Self::Words => "words",
            Self::Strategies => "strategies",
            Self::Resources => "resources",
            Self::Events => "events",
            Self::Media => "media",
            Self::Pictures => "pictures",
        }
    }
}

/// What the records of a section are sorted by.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Key {
    /// The service: there is one.
    Service,
    /// A topic's slug, an event's UID, a file's path.
    Name(String),
    /// An entry of the families' words: the whole of it.
    Words(Words),
    /// An item, the original before its variants.
    Item(ItemId, Option<(Language, bool)>),
}

impl Record {
    /// What it is sorted by within its section.
    pub fn key(&self) -> Key {
        match self {
            Self::Service(_) => Key::Service,
            Self::Topic(it) => Key::Name(it.slug.to_string()),
            Self::Words(it) => Key::Words(it.clone()),
            Self::Strategy(it) | Self::Resource(it) => {
                let (id, variant) = it.key();
                Key::Item(id, variant)
            }
            Self::Event(it) => Key::Name(it.uid.clone()),
            Self::Media(it) => Key::Name(it.file.to_string()),
            Self::Picture(it) => Key::Name(it.file.to_string()),
        }
    }

    pub(super) fn parse(section: SectionName, line: &[u8]) -> serde_json::Result<Self> {
        Ok(match section {
            SectionName::Service => Self::Service(serde_json::from_slice(line)?),
            SectionName::Topics => Self::Topic(serde_json::from_slice(line)?),
            SectionName::Words => Self::Words(serde_json::from_slice(line)?),
            SectionName::Strategies => Self::Strategy(serde_json::from_slice(line)?),
            SectionName::Resources => Self::Resource(serde_json::from_slice(line)?),
            SectionName::Events => Self::Event(serde_json::from_slice(line)?),
            SectionName::Media => Self::Media(serde_json::from_slice(line)?),
            SectionName::Pictures => Self::Picture(serde_json::from_slice(line)?),
        })
    }

    /// Whether `line` is its canonical form.
    pub(super) fn is_written_as(&self, line: &[u8]) -> bool {
        let written = match self {
            Self::Service(it) => serde_json::to_vec(it),
            Self::Topic(it) => serde_json::to_vec(it),
            Self::Words(it) => serde_json::to_vec(it),
            Self::Strategy(it) | Self::Resource(it) => serde_json::to_vec(it),
            Self::Event(it) => serde_json::to_vec(it),
            Self::Media(it) => serde_json::to_vec(it),
            Self::Picture(it) => serde_json::to_vec(it),
        };
        written.is_ok_and(|it| it == line)
    }
}

/// Whether the service is real.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServiceStatus {
    /// For showing only; every screen says so.
    #[default]
    Demonstration,
    /// Families rely on it.
    Live,
}

/// Who offers the bank, how to reach them, and where urgent help is.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Service {
    /// Demonstration or live.
    pub status: ServiceStatus,
    /// The service's name.
    pub name: String,
    /// The boroughs it serves.
    pub boroughs: Vec<String>,
    /// How to reach it.
    pub contact: Contact,
    /// How many working days a reply takes.
    pub reply_days: u16,
    /// Days on which nobody reads messages.
    pub bank_holidays: Vec<NaiveDate>,
    /// Where to get help at once, in the order to show.
    pub urgent: Vec<UrgentContact>,
    /// Languages in which some content exists.
    pub languages: Vec<Language>,
    /// After so many days without a check of the hub, content is called old.
    pub unchecked_after_days: u16,
    /// What is kept where, in plain words.
    pub privacy: String,
    /// Words that the bank explains.
    pub explained: BTreeMap<String, String>,
    /// The keys for enquiries; absent in banks of format 1.0, and where the service takes none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<EnquiryKeys>,
}

/// How to reach the service.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Contact {
    /// A telephone number.
    pub telephone: String,
    /// An email address.
    pub email: String,
    /// When somebody answers.
    pub hours: String,
}

/// What kind of help a person may need at once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HelpLevel {
    /// Danger to life.
    Emergency,
    /// Thoughts of self-harm.
    SelfHarm,
    /// Harm to a child.
    Safeguarding,
    /// Medical advice today.
    Urgent,
}

/// A place that helps at once.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct UrgentContact {
    /// A short name for it in code.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub levels: Vec<HelpLevel>,
    /// A number to ring.
    pub telephone: Option<String>,
    /// A number to text.
    pub text: Option<String>,
    /// A relay service for deaf people.
    pub relay: Option<String>,
    /// When it answers; absent means always.
    pub hours: Option<String>,
    /// When to use it, in one sentence.
    pub says: String,
}

/// For whom something is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Audience {
    /// Parents and carers.
    Family,
    /// School staff.
    School,
}

/// Where something is done.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Setting {
    /// At home.
    Home,
    /// At school or nursery.
    School,
}

/// One area of daily life.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Topic {
    /// Its name in addresses.
    pub slug: TopicSlug,
    /// Its name for people.
    pub title: String,
    /// Its place among the topics, from 1.
    pub order: u16,
    /// A line picture, if there is one.
    pub picture: Option<MediaPath>,
    /// For whom it is.
    pub audiences: Vec<Audience>,
    /// What it covers, in one sentence.
    pub covers: String,
    /// Safety lines, shown with each of its strategies.
    pub safety: Vec<String>,
    /// When to get help, shown with each of its strategies.
    pub get_help: Vec<String>,
}

/// What families say, and the bank's words for it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Words {
    /// Their words.
    pub says: Vec<String>,
    /// The bank's words.
    pub means: Vec<String>,
}

/// The ages something is often used at, in years, both included.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Ages {
    /// The youngest.
    pub from: u8,
    /// The oldest.
    pub to: u8,
}

/// How a text differs in kind from the English original that it was made from.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Variant {
    /// The language of the text.
    pub language: Language,
    /// Whether it is easy read.
    pub easy: bool,
    /// Whether the original has changed since.
    pub outdated: bool,
}

/// A strategy or a resource, or a variant of one.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Item {
    /// Its name, stable for ever.
    pub id: ItemId,
    /// How this text differs from the original; absent for the original.
    pub variant: Option<Variant>,
    /// The bank in which this text last changed.
    pub changed_in: u64,
    /// Its name for people.
    pub title: String,
    /// Where it belongs.
    pub topic: TopicSlug,
    /// For whom it is.
    pub audiences: Vec<Audience>,
    /// Where it is done.
    pub settings: Vec<Setting>,
    /// The ages it is often used at.
    pub ages: Option<Ages>,
    /// How long it takes, in minutes.
    pub minutes: Option<u16>,
    /// What it needs.
    pub equipment: Vec<String>,
    /// Words to find it by.
    pub keywords: Vec<String>,
    /// What a person would type who needs it.
    pub asks: Vec<String>,
    /// Pictures, sound and papers that go with it.
    pub media: Vec<MediaUse>,
    /// Who wrote and checked it.
    pub review: Review,
    /// The text. Empty if the item is withdrawn: withdrawn advice does not travel.
    pub sections: Vec<Section>,
    /// Other items that the text points to.
    pub links: Vec<Link>,
}

impl Topic {
    /// When to get help, without the lines that `original` says itself: a warning that is read twice is soon read no more.
    ///
    /// Of the original, since a variant says the same in its own words: it has no fewer warnings, or is outdated and shows the
    /// original's.
    pub fn unsaid<'a>(&'a self, original: &'a Item) -> impl Iterator<Item = &'a String> {
        let said: BTreeSet<&str> = original.lines(Part::GetHelpWhen).collect();
        self.get_help.iter().filter(move |it| !said.contains(it.as_str()))
    }
}

impl Item {
    /// The lines of the sections that are for `part`, without their dashes.
    pub fn lines(&self, part: Part) -> impl Iterator<Item = &str> {
        let sections = self.sections.iter().filter(move |it| Part::of(&it.heading) == part);
        let lines = sections.flat_map(|it| it.text.lines());
        lines.map(|it| it.strip_prefix("- ").unwrap_or(it)).filter(|it| !it.trim().is_empty())
    }

    /// What items are sorted by: the original before its variants.
    pub fn key(&self) -> (ItemId, Option<(Language, bool)>) {
        (self.id.clone(), self.variant.as_ref().map(|it| (it.language.clone(), it.easy)))
    }
}

/// One part of a text under its heading.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Section {
    /// The heading, such as `Steps` or `Stop if`.
    pub heading: String,
    /// Plain text: paragraphs apart by an empty line; list items one a line after `1. ` or `- `.
    pub text: String,
}

/// What a section of a strategy is for, by its heading.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// `Why it helps`
    WhyItHelps,
    /// `What you need`
    WhatYouNeed,
    /// `Steps`
    Steps,
    /// `Make it easier`
    MakeItEasier,
    /// `Make it harder`
    MakeItHarder,
    /// `Stop if`: never folded away and never left out.
    StopIf,
    /// `Get help when`: never folded away and never left out.
    GetHelpWhen,
    /// Any other heading, as resources have.
    Other,
}

impl Part {
    /// The headings of a strategy, in their order.
    pub const HEADINGS: [(Self, &'static str); 7] = [
        (Self::WhyItHelps, "Why it helps"),
        (Self::WhatYouNeed, "What you need"),
        (Self::Steps, "Steps"),
        (Self::MakeItEasier, "Make it easier"),
        (Self::MakeItHarder, "Make it harder"),
        (Self::StopIf, "Stop if"),
        (Self::GetHelpWhen, "Get help when"),
    ];

    /// What a section with this heading is for.
    pub fn of(heading: &str) -> Self {
        Self::HEADINGS.iter().find(|(_, it)| *it == heading).map_or(Self::Other, |(part, _)| *part)
    }

    /// Whether it says when to stop or to get help.
    pub fn is_safety(self) -> bool {
        matches!(self, Self::StopIf | Self::GetHelpWhen)
    }
}

/// A pointer to another item.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Link {
    /// The words in the text.
    pub words: String,
    /// The item.
    pub to: ItemId,
}

/// A media file as an item uses it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MediaUse {
    /// The file.
    pub file: MediaPath,
    /// What it shows, for those who do not see it.
    pub alt: String,
    /// A line below it.
    pub caption: Option<String>,
}

/// Who wrote a text and how far it has been checked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Review {
    /// Who wrote it.
    pub author: String,
    /// How far it has been checked.
    #[serde(flatten)]
    pub status: ReviewStatus,
}

/// How far a text has been checked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum ReviewStatus {
    /// For showing only, not clinical advice.
    Demonstration,
    /// Checked by somebody other than its author.
    Reviewed {
        /// Who checked it.
        reviewer: String,
        /// When.
        reviewed: NaiveDate,
        /// When it is to be checked again.
        next: NaiveDate,
    },
    /// No longer advice.
    Withdrawn {
        /// Since when.
        on: NaiveDate,
        /// Why, in plain words.
        reason: String,
        /// What to use instead.
        instead: Option<ItemId>,
    },
}

/// A workshop, training session or drop-in: all components of one UID.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Event {
    /// Its iCalendar UID.
    pub uid: String,
    /// Its name for people.
    pub title: String,
    /// Its SEQUENCE, the highest of its components.
    pub sequence: u32,
    /// The VEVENT components as unfolded content lines (RFC 5545, section 3.1), the series first.
    pub components: Vec<String>,
}

/// A file that is fetched when a family asks for it, as `blob/<sha256>`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MediaFile {
    /// Its name in items.
    pub file: MediaPath,
    /// Its content.
    pub sha256: Sha256,
    /// Its size.
    pub bytes: u64,
}

/// A line picture that is always on the phone.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Picture {
    /// Its name in items and topics.
    pub file: MediaPath,
    /// The SVG text, at most 8 KB.
    pub svg: String,
}
