//! What a screen shows. Every front end draws these and decides nothing.

use chrono::{DateTime, NaiveDate, Utc};
use otsupport_wire::snapshot::{
    Ages, Audience, Contact, HelpLevel, Link, Part, Review, Setting, UrgentContact,
};
use otsupport_wire::{ItemId, Language, MediaPath, TopicSlug};
use serde::Serialize;

/// A topic with the number of items in it.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct TopicView {
    /// Its name in code.
    pub slug: TopicSlug,
    /// Its name for people.
    pub title: String,
    /// What it covers, in one sentence.
    pub covers: String,
    /// For whom it is.
    pub audiences: Vec<Audience>,
    /// A line picture as SVG, if there is one.
    pub picture: Option<String>,
    /// Safety lines, shown with each of its strategies.
    pub safety: Vec<String>,
    /// When to get help, shown with each of its strategies.
    pub get_help: Vec<String>,
    /// How many strategies and resources it holds.
    pub items: u32,
}

/// Who offers the bank.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ServiceView {
    /// The service's name; empty before the first bank.
    pub name: String,
    /// Whether everything is for showing only, not clinical advice: every screen says so.
    pub demonstration: bool,
    /// How to reach the service.
    pub contact: Contact,
    /// Where to get help at once, in the order to show.
    pub urgent: Vec<UrgentContact>,
    /// Whether a newer bank is known and could not be fetched yet: advice may have changed.
    pub may_have_changed: bool,
}

/// Strategy or resource.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Something to try at home or at school.
    Strategy,
    /// Guidance, training material or a checklist for professionals.
    Resource,
}

/// How far a text can be relied on today.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Currency {
    /// In date.
    Current,
    /// The date of its next review has passed.
    ReviewDue,
    /// The hub has not been asked for so long that the text may have changed.
    NotChecked,
    /// No longer advice.
    Withdrawn,
}

/// What a person asked to see. Nothing is filtered that the person did not set by hand.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Filter {
    /// One topic.
    pub topic: Option<TopicSlug>,
    /// For whom.
    pub audience: Option<Audience>,
    /// Where.
    pub setting: Option<Setting>,
    /// An age in years that the item's ages include.
    pub age: Option<u8>,
    /// The most minutes it may take.
    pub minutes: Option<u16>,
    /// Strategies only, or resources for professionals only.
    pub kind: Option<Kind>,
}

/// Which part of a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Page {
    /// How many to leave out first.
    pub offset: u32,
    /// The most to give; absent means all.
    pub limit: Option<u32>,
}

/// Which of an item's texts to show. What does not exist falls back to the original.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct VariantChoice {
    /// A language; absent means the original's.
    pub language: Option<Language>,
    /// Whether easy read is wanted.
    pub easy: bool,
}

/// One line of a list.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Card {
    /// Its name in code.
    pub id: ItemId,
    /// Strategy or resource.
    pub kind: Kind,
    /// Its name for people.
    pub title: String,
    /// Where it belongs.
    pub topic: TopicSlug,
    /// The ages it is often used at: a label, never a limit.
    pub ages: Option<Ages>,
    /// Whether it is often used at the age and in the places of the chosen profile; absent without either. What does not suit
    /// stands lower, and stays: many children are years behind in a skill.
    pub suits: Option<bool>,
    /// Why a search found it; absent when browsing.
    #[serde(flatten)]
    pub matched: Option<Match>,
    /// How far it can be relied on today.
    pub currency: Currency,
    /// Whether it is for showing only, not clinical advice.
    pub demonstration: bool,
}

/// Why a search found an item.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Match {
    /// Higher is better; comparable within one answer only.
    pub score: f64,
    /// A line of its text with the words found: plain, for screen readers.
    pub snippet: String,
    /// The same line in runs, so that a screen can mark the words.
    pub runs: Vec<Run>,
}

/// A part of a line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Run {
    /// Its text.
    pub text: String,
    /// Whether it is a word that was looked for.
    pub matched: bool,
}

/// A search.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Search {
    /// What the person typed.
    pub words: String,
    /// What the person set by hand.
    pub filter: Filter,
    /// The most results; absent means 20.
    pub limit: Option<u32>,
    /// Whether the last word may be unfinished.
    pub as_you_type: bool,
}

/// The answer to a search.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct SearchAnswer {
    /// Help that comes before everything else on the screen, if the words call for it.
    pub help: Option<Help>,
    /// Whether the urgent rules could read the words. False is never calm.
    pub checked: bool,
    /// Whether something in the bank really answers.
    pub confident: bool,
    /// The topics that come nearest where nothing really answers, the nearest first. The service can be asked, too.
    pub topics: Vec<TopicSlug>,
    /// How many good matches the filter hides.
    pub hidden: u32,
    /// The best first.
    pub results: Vec<Card>,
}

/// Where to get help at once.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Help {
    /// The worst that the words may mean.
    pub level: HelpLevel,
    /// What else they may mean.
    pub also: Vec<HelpLevel>,
    /// Whom to ring or text, in the order to show.
    pub contacts: Vec<UrgentContact>,
}

/// A strategy or a resource, whole.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ItemView {
    /// Its name in code.
    pub id: ItemId,
    /// Strategy or resource.
    pub kind: Kind,
    /// The bank in which its text last changed.
    pub version: u64,
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
    /// How long it takes.
    pub minutes: Option<u16>,
    /// What it needs.
    pub equipment: Vec<String>,
    /// The language of this text.
    pub language: Language,
    /// Whether this text is easy read.
    pub easy: bool,
    /// Whether the original has changed since this variant was made: say "This translation is being updated".
    pub outdated: bool,
    /// Who wrote and checked it.
    pub review: Review,
    /// Whether it is for showing only, not clinical advice.
    pub demonstration: bool,
    /// The text; empty for a withdrawn item, which is no longer advice.
    pub sections: Vec<SectionView>,
    /// Items the text points to.
    pub links: Vec<Link>,
    /// Safety lines of its topic.
    pub safety: Vec<String>,
    /// When to get help, from its topic: what the item does not say itself.
    pub get_help: Vec<String>,
    /// Pictures, sound and papers.
    pub media: Vec<MediaView>,
    /// Whether the family saved it.
    pub saved: bool,
    /// What changed since it was saved; absent if nothing did.
    pub changed: Option<Changes>,
    /// How far it can be relied on today.
    pub currency: Currency,
    /// Whether a newer bank is known and could not be fetched yet: this advice may have changed.
    pub may_have_changed: bool,
    /// When the hub last confirmed this bank; absent before the first check.
    pub checked_at: Option<DateTime<Utc>>,
}

/// One part of a text under its heading.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct SectionView {
    /// What it is for.
    pub part: Part,
    /// The heading, such as `Steps` or `Stop if`.
    pub heading: String,
    /// Plain text: paragraphs apart by an empty line; list items one a line after `1. ` or `- `.
    pub text: String,
}

/// A media file of an item.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct MediaView {
    /// The file.
    pub file: MediaPath,
    /// What it shows.
    pub alt: String,
    /// A line below it.
    pub caption: Option<String>,
    /// Its size.
    pub bytes: u64,
    /// Whether it is on the phone: it can be opened with no network.
    pub here: bool,
    /// A line picture's SVG; absent for other files.
    pub picture: Option<String>,
}

/// How an item differs from what the family saved.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Changes {
    /// When the family saved it.
    pub since: DateTime<Utc>,
    /// The parts that differ.
    pub parts: Vec<ChangedPart>,
}

/// One part of an item that changed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ChangedPart {
    /// A section's heading, or `Title`, `Ages`, `Minutes`, `Equipment`, `Review`.
    pub part: String,
    /// The text when it was saved; absent if the part is new.
    pub before: Option<String>,
    /// The text now; absent if the part is gone.
    pub after: Option<String>,
}

/// A saved item in the family's order. It keeps its place whatever happens to it at the hub.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct SavedItem {
    /// Its name in code.
    pub id: ItemId,
    /// Its name for people, the newest known.
    pub title: String,
    /// When it was saved.
    pub saved_at: DateTime<Utc>,
    /// Whether its text differs from the one that was saved.
    pub changed: bool,
    /// Whether the bank still lists it. If not: check with the service.
    pub listed: bool,
    /// Who checked it, or when and why it was withdrawn; absent if it is no longer listed.
    pub review: Option<Review>,
    /// How far it can be relied on today.
    pub currency: Currency,
}

/// What a member of staff points a family to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SignpostRequest {
    /// The items, in their order; each is counted once.
    pub items: Vec<ItemId>,
    /// A few plain words, 140 characters at most. Whoever has the link can read them.
    pub note: String,
    /// The last day on which it is meant to be used, in UTC; absent means 120 days from today.
    pub until: Option<NaiveDate>,
    /// The address of the hub's site, which opens the link for those without the app.
    pub site: String,
}

/// A link to a few items, and its QR code.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct SignpostView {
    /// The link. What it holds stands behind `#`, which no server sees.
    pub link: String,
    /// The same as a QR code, as SVG.
    pub qr: String,
    /// The last day on which it is meant to be used.
    pub until: NaiveDate,
    /// What to look at again before it is given away; the link works all the same.
    pub warning: Option<NoteWarning>,
}

/// Why a note should be looked at again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoteWarning {
    /// It looks as if it names a child: take the name out.
    MayNameAChild,
}

/// What a signpost leads to, with the bank that is here.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct OpenedSignpost {
    /// The items that are here, in the order in which they were chosen.
    pub items: Vec<Card>,
    /// A few words from whoever made it; plain text of a stranger, empty for none.
    pub note: String,
    /// Items that the bank does not hold, or no longer as advice.
    pub missing: Vec<ItemId>,
    /// Those of the missing that were withdrawn.
    pub withdrawn: Vec<Gone>,
    /// The last day on which it was meant to be used, in UTC.
    pub until: NaiveDate,
    /// Whether that day has passed: ask whoever made it whether it still fits.
    pub expired: bool,
    /// Whether a sync may bring some of the missing: the list was made with a newer bank than the one that is here.
    pub sync_may_help: bool,
}

/// An item that is no longer advice.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Gone {
    /// Its name in code.
    pub id: ItemId,
    /// Its name for people.
    pub title: String,
    /// What to use instead, if anything.
    pub instead: Option<ItemId>,
}
