//! The practice log: what was done, when, with whom, and how it went.

use chrono::{DateTime, NaiveDate, Utc};
use otsupport_wire::ItemId;
use otsupport_wire::snapshot::ReviewStatus;
use serde::{Deserialize, Serialize};

use super::currency::Freshness;
use super::ids::{EntryId, Place, ProfileId};
use super::profile::known;
use super::show::item;
use super::view::Kind;
use super::warnings::{Warnings, warnings};
use super::written::{self, Note, Who};
use crate::error::Error;
use crate::storage::{CopyDue, FamilyRecord, FamilyStore, Reading, Table, copy_due};

/// How it went.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PracticeResult {
    /// It helped.
    Helped,
    /// It helped in part.
    Partly,
    /// It did not help this time.
    Not,
    /// They stopped.
    Stopped,
}

/// One line of the log.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// The strategy.
    pub item: ItemId,
    /// The strategy's title at the time: the line stays readable when the bank no longer has it.
    #[serde(deserialize_with = "written::title")]
    pub title: String,
    /// For whom, if for anybody in particular.
    pub profile: Option<ProfileId>,
    /// The day on which it was done.
    pub on: NaiveDate,
    /// How it went.
    pub result: PracticeResult,
    /// Who was there.
    pub who: Option<Who>,
    /// A few words.
    pub note: Option<Note>,
    /// When it was last changed.
    pub changed_at: DateTime<Utc>,
}

impl FamilyRecord for Entry {
    const TABLE: Table = Table::Log;

    fn id(&self) -> &str {
        self.id.as_str()
    }
}

/// What a person fills in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogRequest {
    /// The strategy.
    pub item: ItemId,
    /// For whom, if for anybody in particular.
    pub profile: Option<ProfileId>,
    /// The day on which it was done; absent means today. It does not lie ahead.
    pub on: Option<NaiveDate>,
    /// How it went.
    pub result: PracticeResult,
    /// Who was there; empty for nobody in particular, 80 characters at most.
    pub who: String,
    /// A few words; empty for none, 2,000 characters at most.
    pub note: String,
}

/// What is shown when a line was written.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Logged {
    /// The line.
    #[serde(flatten)]
    pub entry: Entry,
    /// After `not` and `stopped`: the strategy's "Stop if" and "Get help when", to be shown at once.
    pub warnings: Option<Warnings>,
    /// Whether this is a moment to offer a safety copy. It comes once in a month at most: offer it, and leave it at that.
    pub safety_copy: Option<CopyDue>,
}

/// Writes a line, or changes the one with this id. It is on disk when this returns.
pub(crate) fn log(
    bank: &Reading<'_>,
    family: &FamilyStore,
    place: &Place<EntryId>,
    request: &LogRequest,
    freshness: &Freshness,
    now: DateTime<Utc>,
    today: NaiveDate,
) -> Result<Logged, Error> {
    let on = request.on.unwrap_or(today);
    // The first days of the century: a year typed with two digits is a mistake.
    let earliest = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap_or(NaiveDate::MIN);
    let (who, note) = (Who::of(&request.who)?, Note::of(&request.note)?);
    let title = match strategy(bank, &request.item) {
        Ok(strategy) => Some(strategy.title),
        // A line about what the bank no longer has can still be changed.
        Err(Error::NotFound(_)) => None,
        Err(error) => return Err(error),
    };
    let (entry, safety_copy) = family.write(|writing| {
        if let Some(id) = &request.profile {
            known(writing, id)?;
        }
        let id = place.id();
        let before = writing.get::<Entry>(id.as_str())?;
        if before.is_none() && !place.is_new() {
            return Err(Error::Invalid("entry"));
        }
        // A line that was written before the clock was set back keeps its day.
        let latest = before.as_ref().map_or(today, |it| it.on.max(today));
        if !(earliest..=latest).contains(&on) {
            return Err(Error::Invalid("on"));
        }
        let title = title
            .clone()
            .or_else(|| before.as_ref().filter(|it| it.item == request.item).map(|it| it.title.clone()))
            .ok_or_else(|| Error::NotFound(request.item.to_string()))?;
        let entry = Entry {
            id: id.clone(),
            item: request.item.clone(),
            title,
            profile: request.profile.clone(),
            on,
            result: request.result,
            who: who.clone(),
            note: note.clone(),
            changed_at: now,
        };
        writing.put(&entry)?;
        let mut copies = writing.safety_copy()?;
        copies.entries = copies.entries.saturating_add(u32::from(before.is_none()));
        let due = copy_due(&copies, now);
        if due.is_some() {
            copies.asked_at = Some(now.timestamp_millis());
        }
        writing.set_safety_copy(copies)?;
        Ok((entry, due))
    })?;
    let warnings = match entry.result {
        PracticeResult::Not | PracticeResult::Stopped => {
            Some(warnings(bank, &entry.item, &entry.title, freshness)?)
        }
        PracticeResult::Helped | PracticeResult::Partly => None,
    };
    Ok(Logged { entry, warnings, safety_copy })
}

/// Removes a line. One that is not there is no fault.
pub(crate) fn unlog(family: &FamilyStore, id: &EntryId) -> Result<(), Error> {
    family.write(|writing| writing.remove::<Entry>(id.as_str()))
}

/// The lines of a period, both ends included, the newest day first.
pub(crate) fn entries(family: &FamilyStore, from: NaiveDate, to: NaiveDate) -> Result<Vec<Entry>, Error> {
    let mut entries: Vec<Entry> = family.read(|reading| reading.all())?;
    entries.retain(|it| (from..=to).contains(&it.on));
    // Written last stands first within a day too.
    entries.reverse();
    entries.sort_by_key(|it| std::cmp::Reverse(it.on));
    Ok(entries)
}

/// What a plan and a log need to know of a strategy.
pub(super) struct Strategy {
    pub(super) title: String,
    pub(super) is_withdrawn: bool,
}

/// The strategy with this id. A resource is read, not tried.
pub(super) fn strategy(bank: &Reading<'_>, id: &ItemId) -> Result<Strategy, Error> {
    let (kind, item) = item(bank, id)?.ok_or_else(|| Error::NotFound(id.to_string()))?;
    match kind {
        Kind::Resource => Err(Error::Invalid("strategy")),
        Kind::Strategy => Ok(Strategy {
            title: item.title,
            is_withdrawn: matches!(item.review.status, ReviewStatus::Withdrawn { .. }),
        }),
    }
}
