//! The core's values, mirrored for the bindings. Their meaning is the core's; only the doc comments are read in Kotlin
//! and Swift.

use std::time::SystemTime;

use chrono::{DateTime, NaiveDate, Utc};

/// An item's name: lower-case letters, digits and hyphens.
pub type ItemId = otsupport_core::wire::ItemId;
/// A topic's name in code.
pub type TopicSlug = otsupport_core::wire::TopicSlug;
/// A language tag (BCP 47).
pub type Language = otsupport_core::wire::Language;
/// A media file's name.
pub type MediaPath = otsupport_core::wire::MediaPath;
/// An instant, in UTC.
pub type Instant = DateTime<Utc>;
/// A calendar day, as `2027-01-31`.
pub type Day = NaiveDate;

uniffi::custom_type!(ItemId, String, { remote, lower: |it| it.into(), try_lift: |it| it.parse().map_err(|_| invalid("id")) });
uniffi::custom_type!(TopicSlug, String, { remote, lower: |it| it.into(), try_lift: |it| it.parse().map_err(|_| invalid("topic")) });
uniffi::custom_type!(Language, String, { remote, lower: |it| it.into(), try_lift: |it| it.parse().map_err(|_| invalid("language")) });
uniffi::custom_type!(MediaPath, String, { remote, lower: |it| it.into(), try_lift: |it| it.parse().map_err(|_| invalid("media")) });
uniffi::custom_type!(Instant, SystemTime, { remote, lower: |it| it.into(), try_lift: |it| Ok(it.into()) });
uniffi::custom_type!(Day, String, { remote, lower: |it| it.to_string(), try_lift: |it| it.parse().map_err(|_| invalid("day")) });

/// A text that breaks its rule reaches the caller as an ordinary error.
fn invalid(field: &str) -> uniffi::deps::anyhow::Error {
    HubError::Invalid { code: format!("invalid-{field}"), field: field.to_owned() }.into()
}

/// A topic with the number of items in it.
pub type TopicView = otsupport_core::strategies::TopicView;

#[uniffi::remote(Record)]
/// A topic with the number of items in it.
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

/// Strategy or resource.
pub type Kind = otsupport_core::strategies::Kind;

#[uniffi::remote(Enum)]
/// Strategy or resource.
pub enum Kind {
    /// Something to try at home or at school.
    Strategy,
    /// Guidance, training material or a checklist for professionals.
    Resource,
}

/// How far a text can be relied on today.
pub type Currency = otsupport_core::strategies::Currency;

#[uniffi::remote(Enum)]
/// How far a text can be relied on today.
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
pub type Filter = otsupport_core::strategies::Filter;

#[uniffi::remote(Record)]
/// What a person asked to see. Nothing is filtered that the person did not set by hand.
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
pub type Page = otsupport_core::strategies::Page;

#[uniffi::remote(Record)]
/// Which part of a list.
pub struct Page {
    /// How many to leave out first.
    pub offset: u32,
    /// The most to give; absent means all.
    pub limit: Option<u32>,
}

/// Which of an item's texts to show. What does not exist falls back to the original.
pub type VariantChoice = otsupport_core::strategies::VariantChoice;

#[uniffi::remote(Record)]
/// Which of an item's texts to show. What does not exist falls back to the original.
pub struct VariantChoice {
    /// A language; absent means the original's.
    pub language: Option<Language>,
    /// Whether easy read is wanted.
    pub easy: bool,
}

/// One line of a list.
pub type Card = otsupport_core::strategies::Card;

#[uniffi::remote(Record)]
/// One line of a list.
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
    /// stands lower, and stays.
    pub suits: Option<bool>,
    /// Why a search found it; absent when browsing.
    pub matched: Option<Match>,
    /// How far it can be relied on today.
    pub currency: Currency,
    /// Whether it is for showing only, not clinical advice.
    pub demonstration: bool,
}

/// Why a search found an item.
pub type Match = otsupport_core::strategies::Match;

#[uniffi::remote(Record)]
/// Why a search found an item.
pub struct Match {
    /// Higher is better; comparable within one answer only.
    pub score: f64,
    /// A line of its text with the words found: plain, for screen readers.
    pub snippet: String,
    /// The same line in runs, so that a screen can mark the words.
    pub runs: Vec<Run>,
}

/// A part of a line.
pub type Run = otsupport_core::strategies::Run;

#[uniffi::remote(Record)]
/// A part of a line.
pub struct Run {
    /// Its text.
    pub text: String,
    /// Whether it is a word that was looked for.
    pub matched: bool,
}

/// A search.
pub type Search = otsupport_core::strategies::Search;

#[uniffi::remote(Record)]
/// A search.
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
pub type SearchAnswer = otsupport_core::strategies::SearchAnswer;

#[uniffi::remote(Record)]
/// The answer to a search.
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
pub type Help = otsupport_core::strategies::Help;

#[uniffi::remote(Record)]
/// Where to get help at once.
pub struct Help {
    /// The worst that the words may mean.
    pub level: HelpLevel,
    /// What else they may mean.
    pub also: Vec<HelpLevel>,
    /// Whom to ring or text, in the order to show.
    pub contacts: Vec<UrgentContact>,
}

/// A strategy or a resource, whole.
pub type ItemView = otsupport_core::strategies::ItemView;

#[uniffi::remote(Record)]
/// A strategy or a resource, whole.
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
    pub checked_at: Option<Instant>,
}

/// A media file of an item.
pub type MediaView = otsupport_core::strategies::MediaView;

#[uniffi::remote(Record)]
/// A media file of an item.
pub struct MediaView {
    /// The file.
    pub file: MediaPath,
    /// What it shows.
    pub alt: String,
    /// A line below it.
    pub caption: Option<String>,
    /// Its size.
    pub bytes: u64,
    /// Whether it is on the phone: `openMedia` says where, `fetchMedia` brings it.
    pub here: bool,
    /// A line picture's SVG; absent for other files.
    pub picture: Option<String>,
}

/// How an item differs from what the family saved.
pub type Changes = otsupport_core::strategies::Changes;

#[uniffi::remote(Record)]
/// How an item differs from what the family saved.
pub struct Changes {
    /// When the family saved it.
    pub since: Instant,
    /// The parts that differ.
    pub parts: Vec<ChangedPart>,
}

/// One part of an item that changed.
pub type ChangedPart = otsupport_core::strategies::ChangedPart;

#[uniffi::remote(Record)]
/// One part of an item that changed.
pub struct ChangedPart {
    /// A section's heading, or `Title`, `Ages`, `Minutes`, `Equipment`, `Review`.
    pub part: String,
    /// The text when it was saved; absent if the part is new.
    pub before: Option<String>,
    /// The text now; absent if the part is gone.
    pub after: Option<String>,
}

/// A saved item in the family's order. It keeps its place whatever happens to it at the hub.
pub type SavedItem = otsupport_core::strategies::SavedItem;

#[uniffi::remote(Record)]
/// A saved item in the family's order. It keeps its place whatever happens to it at the hub.
pub struct SavedItem {
    /// Its name in code.
    pub id: ItemId,
    /// Its name for people, the newest known.
    pub title: String,
    /// When it was saved.
    pub saved_at: Instant,
    /// Whether its text differs from the one that was saved.
    pub changed: bool,
    /// Whether the bank still lists it. If not: check with the service.
    pub listed: bool,
    /// Who checked it, or when and why it was withdrawn; absent if it is no longer listed.
    pub review: Option<Review>,
    /// How far it can be relied on today.
    pub currency: Currency,
}

/// What kind of help a person may need at once.
pub type HelpLevel = otsupport_core::wire::snapshot::HelpLevel;

#[uniffi::remote(Enum)]
/// What kind of help a person may need at once.
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
pub type UrgentContact = otsupport_core::wire::snapshot::UrgentContact;

#[uniffi::remote(Record)]
/// A place that helps at once.
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
pub type Audience = otsupport_core::wire::snapshot::Audience;

#[uniffi::remote(Enum)]
/// For whom something is.
pub enum Audience {
    /// Parents and carers.
    Family,
    /// School staff.
    School,
}

/// Where something is done.
pub type Setting = otsupport_core::wire::snapshot::Setting;

#[uniffi::remote(Enum)]
/// Where something is done.
pub enum Setting {
    /// At home.
    Home,
    /// At school or nursery.
    School,
}

/// The ages something is often used at, in years, both included.
pub type Ages = otsupport_core::wire::snapshot::Ages;

#[uniffi::remote(Record)]
/// The ages something is often used at, in years, both included.
pub struct Ages {
    /// The youngest.
    pub from: u8,
    /// The oldest.
    pub to: u8,
}

/// Who offers the bank.
pub type ServiceView = otsupport_core::strategies::ServiceView;

#[uniffi::remote(Record)]
/// Who offers the bank.
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

/// One part of a text under its heading.
pub type SectionView = otsupport_core::strategies::SectionView;

#[uniffi::remote(Record)]
/// One part of a text under its heading.
pub struct SectionView {
    /// What it is for.
    pub part: Part,
    /// The heading, such as `Steps` or `Stop if`.
    pub heading: String,
    /// Plain text: paragraphs apart by an empty line; list items one a line after `1. ` or `- `.
    pub text: String,
}

/// What a section of a strategy is for, by its heading.
pub type Part = otsupport_core::wire::snapshot::Part;

#[uniffi::remote(Enum)]
/// What a section of a strategy is for, by its heading.
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

/// How to reach the service.
pub type Contact = otsupport_core::wire::snapshot::Contact;

#[uniffi::remote(Record)]
/// How to reach the service.
pub struct Contact {
    /// A telephone number.
    pub telephone: String,
    /// An email address.
    pub email: String,
    /// When somebody answers.
    pub hours: String,
}

/// A pointer to another item.
pub type Link = otsupport_core::wire::snapshot::Link;

#[uniffi::remote(Record)]
/// A pointer to another item.
pub struct Link {
    /// The words in the text.
    pub words: String,
    /// The item.
    pub to: ItemId,
}

/// Who wrote a text and how far it has been checked.
pub type Review = otsupport_core::wire::snapshot::Review;

#[uniffi::remote(Record)]
/// Who wrote a text and how far it has been checked.
pub struct Review {
    /// Who wrote it.
    pub author: String,
    /// How far it has been checked.
    pub status: ReviewStatus,
}

/// How far a text has been checked.
pub type ReviewStatus = otsupport_core::wire::snapshot::ReviewStatus;

#[uniffi::remote(Enum)]
/// How far a text has been checked.
pub enum ReviewStatus {
    /// For showing only, not clinical advice.
    Demonstration,
    /// Checked by somebody other than its author.
    Reviewed {
        /// Who checked it.
        reviewer: String,
        /// When.
        reviewed: Day,
        /// When it is to be checked again.
        next: Day,
    },
    /// No longer advice.
    Withdrawn {
        /// Since when.
        on: Day,
        /// Why, in plain words.
        reason: String,
        /// What to use instead.
        instead: Option<ItemId>,
    },
}

/// What a sync came to.
pub type Outcome = otsupport_core::sync::Outcome;

#[uniffi::remote(Enum)]
/// What a sync came to.
pub enum Outcome {
    /// A newer bank is here.
    Updated,
    /// The bank that is here is the newest.
    Unchanged,
    /// The hub could not be reached. Everything that is here works.
    Offline,
    /// What came could not be trusted. Everything that is here works.
    Refused,
}

/// Why a sync ended offline or refused. The codes are stable.
pub type Reason = otsupport_core::sync::Reason;

#[uniffi::remote(Enum)]
/// Why a sync ended offline or refused. The codes are stable.
pub enum Reason {
    /// There is no way to the network.
    NoNetwork,
    /// A public network's log-in page answered.
    CaptivePortal,
    /// Somebody answers for the hub without its certificate.
    Intercepted,
    /// The hub does not answer, or not as a hub does.
    HubDown,
    /// The head is not one, or too large.
    BadHead,
    /// Too few valid signatures.
    BadSignature,
    /// The signed statement has expired; the hub has not been looked after.
    Expired,
    /// Its documents do not belong together.
    Mixed,
    /// Older than what this phone has once trusted.
    Rollback,
    /// The same number for something else.
    Forked,
    /// The bank is not the one that was signed.
    BadBank,
    /// The bank needs a newer app.
    NeedsUpdate,
    /// Nobody asked for it, and abroad a byte may cost much.
    Roaming,
    /// The system lets the app send nothing while it is not on the screen.
    BackgroundBlocked,
    /// The hub failed a moment ago and is left alone until `nextAttemptAt`.
    Waiting,
    /// The link is paid for by the byte, and media wait for one that is not.
    Metered,
    /// A file is not the one that the bank names.
    BadMedia,
    /// There is no room for a file within the family's budget, since what is saved takes it.
    MediaBudget,
}

/// Who wants a sync.
pub type Started = otsupport_core::sync::Started;

#[uniffi::remote(Enum)]
/// Who wants a sync.
pub enum Started {
    /// A person asked for it: it is tried now.
    ByPerson,
    /// The phone runs it by itself: it waits its turn.
    ByItself,
}

/// What the network is, as far as the phone tells.
pub type NetworkLink = otsupport_core::sync::NetworkLink;

#[uniffi::remote(Enum)]
/// What the network is, as far as the phone tells.
pub enum NetworkLink {
    /// Nobody pays by the byte.
    Unmetered,
    /// The family pays by the byte. Texts, recalls and events go all the same: they are kilobytes, and are counted.
    Metered,
    /// In another country, where a byte may cost much: only a person's own wish goes.
    Roaming,
    /// The system lets this app send nothing while it is not on the screen.
    Blocked,
}

/// How far a sync has come.
pub type Progress = otsupport_core::sync::Progress;

#[uniffi::remote(Enum)]
/// How far a sync has come.
pub enum Progress {
    /// The hub is asked for news.
    Asking,
    /// The news is fetched.
    Fetching {
        /// How many bytes have come of it.
        bytes: u64,
        /// How many it has at most.
        most: u64,
    },
    /// The news is taken in.
    TakingIn,
}

/// What a sync did.
pub type SyncReport = otsupport_core::sync::SyncReport;

#[uniffi::remote(Record)]
/// What a sync did.
pub struct SyncReport {
    /// What it came to.
    pub outcome: Outcome,
    /// The bank before; 0 for none.
    pub from: u64,
    /// The bank now; 0 for none.
    pub to: u64,
    /// How many requests were made.
    pub requests: u32,
    /// How many bytes of answers travelled.
    pub bytes: u64,
    /// How many enquiries were delivered.
    pub delivered: u32,
    /// How many replies came.
    pub replies: u32,
    /// Why, if it ended offline or refused.
    pub reason: Option<Reason>,
    /// When the phone tries again by itself, at the earliest, after the hub failed. A person's own sync never waits.
    pub next_attempt_at: Option<Instant>,
}

/// What fetching media came to.
pub type MediaReport = otsupport_core::sync::MediaReport;

#[uniffi::remote(Record)]
/// What fetching media came to.
pub struct MediaReport {
    /// `Updated` if something came, `Unchanged` if everything was here; `Offline` and `Refused` if something that was wanted is still
    /// missing.
    pub outcome: Outcome,
    /// Why something is still missing.
    pub reason: Option<Reason>,
    /// How many files came.
    pub fetched: u32,
    /// How many bytes of answers travelled.
    pub bytes: u64,
    /// How many requests were made.
    pub requests: u32,
    /// How many of the files that were wanted are here now.
    pub here: u32,
    /// How many are not.
    pub missing: u32,
}

/// What would be fetched by the family's choice. Say it before it is fetched.
pub type MediaSizes = otsupport_core::sync::MediaSizes;

#[uniffi::remote(Record)]
/// What would be fetched by the family's choice. Say it before it is fetched.
pub struct MediaSizes {
    /// How many files.
    pub files: u32,
    /// How many bytes, without those that are here already.
    pub bytes: u64,
    /// How many more files the choice would want if the budget had room for them.
    pub left_out: u32,
}

/// Which sound, photographs and papers come by themselves. Line pictures are always here.
pub type KeepMedia = otsupport_core::strategies::KeepMedia;

#[uniffi::remote(Enum)]
/// Which sound, photographs and papers come by themselves. Line pictures are always here.
pub enum KeepMedia {
    /// None: each is fetched when it is asked for.
    OnDemand,
    /// Those of saved items.
    Saved,
    /// All that there is room for; those of saved items first.
    All,
}

/// What a member of staff points a family to.
pub type SignpostRequest = otsupport_core::strategies::SignpostRequest;

#[uniffi::remote(Record)]
/// What a member of staff points a family to.
pub struct SignpostRequest {
    /// The items, in their order; each is counted once.
    pub items: Vec<ItemId>,
    /// A few plain words, 140 characters at most. Whoever has the link can read them.
    pub note: String,
    /// The last day on which it is meant to be used, in UTC; absent means 120 days from today.
    pub until: Option<Day>,
    /// The address of the hub's site, which opens the link for those without the app.
    pub site: String,
}

/// A link to a few items, and its QR code.
pub type SignpostView = otsupport_core::strategies::SignpostView;

#[uniffi::remote(Record)]
/// A link to a few items, and its QR code.
pub struct SignpostView {
    /// The link. What it holds stands behind `#`, which no server sees.
    pub link: String,
    /// The same as a QR code, as SVG: dark on light in every theme.
    pub qr: String,
    /// The last day on which it is meant to be used.
    pub until: Day,
    /// What to look at again before it is given away; the link works all the same.
    pub warning: Option<NoteWarning>,
}

/// Why a note should be looked at again.
pub type NoteWarning = otsupport_core::strategies::NoteWarning;

#[uniffi::remote(Enum)]
/// Why a note should be looked at again.
pub enum NoteWarning {
    /// It looks as if it names a child: take the name out.
    MayNameAChild,
}

/// What a signpost leads to, with the bank that is here.
pub type OpenedSignpost = otsupport_core::strategies::OpenedSignpost;

#[uniffi::remote(Record)]
/// What a signpost leads to, with the bank that is here.
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
    pub until: Day,
    /// Whether that day has passed: ask whoever made it whether it still fits.
    pub expired: bool,
    /// Whether a sync may bring some of the missing.
    pub sync_may_help: bool,
}

/// An item that is no longer advice.
pub type Gone = otsupport_core::strategies::Gone;

#[uniffi::remote(Record)]
/// An item that is no longer advice.
pub struct Gone {
    /// Its name in code.
    pub id: ItemId,
    /// Its name for people.
    pub title: String,
    /// What to use instead, if anything.
    pub instead: Option<ItemId>,
}

/// What a front end can act on. Each carries a stable code for its string table; none carries personal data.
pub type HubError = otsupport_core::HubError;

#[uniffi::remote(Error)]
/// What a front end can act on. Each carries a stable code for its string table; none carries personal data.
pub enum HubError {
    /// The hub was closed; open it again.
    Closed {
        /// `closed`
        code: String,
    },
    /// The bank has no such item.
    NotFound {
        /// `not-found`
        code: String,
        /// What was asked for.
        id: String,
    },
    /// An argument breaks its rule; mend it and call again.
    Invalid {
        /// `invalid-…`
        code: String,
        /// Which argument.
        field: String,
    },
    /// The data was written by a newer app; update this one.
    NeedsUpdate {
        /// `needs-update`
        code: String,
    },
    /// The phone has no space left. Nothing was lost; make room and try again.
    StorageFull {
        /// `storage-full`
        code: String,
    },
    /// The files cannot be read or written. Nothing was lost.
    Storage {
        /// `storage-read-only`, `storage-busy`, `storage-damaged` or `storage-failed`
        code: String,
    },
    /// What the family keeps is locked: its key is lost, or is not the one that it was sealed with. The bank works all the same.
    WrongKey {
        /// `wrong-key` or `key-unavailable`
        code: String,
    },
    /// No trusted root is known, or what was given is not one.
    Untrusted {
        /// `no-root` or `bad-root`
        code: String,
    },
    /// A fault of this program.
    Internal {
        /// `internal`
        code: String,
    },
}
