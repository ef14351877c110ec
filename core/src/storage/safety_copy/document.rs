//! The documented JSON (`docs/safety-copy.md`).

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use data_encoding::BASE64;
use otsupport_wire::ItemId;
use otsupport_wire::enquiry::EnquiryId;
use otsupport_wire::snapshot::Item;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::Holdings;
use super::merge::merge;
use crate::enquiries::outbox::{Presence, Stage};
use crate::enquiries::{Enquiry, adopted, tell_what_is_due};
use crate::error::Error;
use crate::reminders::{FollowedEvent, Following, Lookout};
use crate::storage::{FamilyReading, FamilyRecord, FamilyStore, FamilyWriting, Table, random};
use crate::strategies::{Entry, List, Plan, Preferences, Profile, RowId, Shelved, Trial, put_copy, visible};

/// The name of the format.
const FORMAT: &str = "otsupport-family";
/// Raised when an older app could lose something of a newer file.
const VERSION: u32 = 1;

/// Everything that the family made.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FamilyDocument {
    format: String,
    version: u32,
    pub(super) profiles: Vec<Profile>,
    pub(super) shelf: Vec<OnShelf>,
    pub(super) lists: Vec<List>,
    pub(super) plans: Vec<Trial>,
    pub(super) log: Vec<Entry>,
    pub(super) preferences: Preferences,
    pub(super) waiting: Vec<Waiting>,
    /// Copies of before do not say.
    #[serde(default)]
    pub(super) followed: Vec<Following>,
    #[serde(default)]
    pub(super) lookouts: Vec<Lookout>,
    #[serde(default)]
    pub(super) enquiries: Vec<Enquiry>,
}

/// What a reader of another version can still tell.
#[derive(Deserialize)]
struct Label {
    format: String,
    version: u32,
}

/// A saved item with the text that the family saw.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OnShelf {
    pub(super) item: ItemId,
    pub(super) saved_at: DateTime<Utc>,
    pub(super) seen: Option<Item>,
}

/// An enquiry that waits to be sent or answered: its id and its sealed bytes, which only the service opens.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Waiting {
    /// Its id, the same for ever: whichever phone sends it, it arrives once.
    pub(crate) id: String,
    /// The sealed bytes in base64.
    #[serde(deserialize_with = "base64")]
    pub(crate) sealed: String,
}

impl Waiting {
    /// The envelope of an enquiry that waits.
    fn of(enquiry: &Enquiry) -> Option<Self> {
        match enquiry.way.as_ref().map(|it| &it.stage) {
            Some(Stage::Waiting { envelope, .. }) => {
                Some(Self { id: enquiry.id.to_string(), sealed: BASE64.encode(&envelope.0) })
            }
            _ => None,
        }
    }
}

impl FamilyRecord for Waiting {
    const TABLE: Table = Table::Waiting;

    fn id(&self) -> &str {
        &self.id
    }
}

impl FamilyDocument {
    /// Reads everything in one look, so that nothing changes between its parts.
    pub(super) fn read(family: &FamilyStore) -> Result<Self, Error> {
        let mut document = family.read(Self::of)?;
        // Whoever brings it back cannot know what this phone sends meanwhile.
        for way in document.enquiries.iter_mut().filter_map(|it| it.way.as_mut()) {
            if let Stage::Waiting { there, .. } = &mut way.stage {
                *there = Presence::Maybe;
            }
        }
        Ok(document)
    }

    fn of(reading: &FamilyReading<'_>) -> Result<Self, Error> {
        let shelf: Vec<Shelved> = reading.all()?;
        let shelf = shelf
            .into_iter()
            .map(|it| Ok(OnShelf { seen: it.seen(reading)?, item: it.item, saved_at: it.saved_at }))
            .collect::<Result<_, Error>>()?;
        let enquiries: Vec<Enquiry> = reading.all()?;
        let waiting: Vec<Waiting> = reading.all()?;
        Ok(Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            profiles: reading.all()?,
            shelf,
            lists: reading.all()?,
            plans: reading.all::<Plan>()?.into_iter().map(|it| it.trial).collect(),
            log: reading.all()?,
            preferences: Preferences::of(reading.all()?),
            waiting: waiting.into_iter().chain(enquiries.iter().filter_map(Waiting::of)).collect(),
            followed: reading.all::<FollowedEvent>()?.into_iter().map(|it| it.following).collect(),
            lookouts: reading.all()?,
            enquiries,
        })
    }

    pub(super) fn to_json(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let mut json = Zeroizing::new(serde_json::to_vec_pretty(self)?);
        json.push(b'\n');
        Ok(json)
    }

    pub(super) fn from_json(json: &[u8]) -> Result<Self, Error> {
        let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
        // An error of this library may quote the file: only its place is passed on.
        let misfit = |error: serde_json::Error| Error::BadCopy { line: error.line(), column: error.column() };
        let label: Label = serde_json::from_slice(json).map_err(misfit)?;
        if label.format != FORMAT {
            return Err(Error::BadCopy { line: 1, column: 1 });
        }
        if label.version > VERSION {
            return Err(Error::NewerSchema);
        }
        let mut document: Self = serde_json::from_slice(json).map_err(misfit)?;
        for seen in document.shelf.iter_mut().filter_map(|it| it.seen.as_mut()) {
            // It is shown when the bank no longer has the item.
            seen.title = visible(&seen.title);
        }
        let known: HashSet<EnquiryId> = document.enquiries.iter().map(|it| it.id).collect();
        let alone = document.waiting.iter().filter_map(adopted).filter(|it| !known.contains(&it.id));
        let alone: Vec<Enquiry> = alone.collect();
        document.enquiries.extend(alone);
        Ok(document)
    }

    pub(super) fn holdings(&self) -> Holdings {
        Holdings {
            profiles: self.profiles.len(),
            saved: self.shelf.len(),
            lists: self.lists.len(),
            plans: self.plans.len(),
            entries: self.log.len(),
            notes: self.log.iter().filter(|it| it.note.is_some()).count(),
            waiting: self.waiting.len(),
            unanswered: self.enquiries.iter().filter(|it| it.is_unanswered()).count(),
            enquiries: self.enquiries.len(),
            followed: self.followed.len(),
            lookouts: self.lookouts.len(),
        }
    }

    /// Merges it into what is here, and says how much was new.
    pub(super) fn bring_back(self, family: &FamilyStore) -> Result<Holdings, Error> {
        // More ids than are needed: rows are found by what they hold first.
        let rows: Vec<RowId> = (0..self.shelf.len() + self.plans.len() + self.followed.len())
            .map(|_| random().map(RowId::from_random))
            .collect::<Result<_, _>>()?;
        family.write(|writing| {
            let here = Self::of(&writing.reading())?;
            let before = here.holdings();
            let merged = merge(here, self.clone());
            let after = merged.holdings();
            merged.store(writing, &mut rows.iter().cloned())?;
            Ok(Holdings {
                profiles: after.profiles - before.profiles,
                saved: after.saved - before.saved,
                lists: after.lists - before.lists,
                plans: after.plans - before.plans,
                entries: after.entries - before.entries,
                notes: after.notes.saturating_sub(before.notes),
                waiting: after.waiting.saturating_sub(before.waiting),
                unanswered: after.unanswered.saturating_sub(before.unanswered),
                enquiries: after.enquiries - before.enquiries,
                followed: after.followed - before.followed,
                lookouts: after.lookouts - before.lookouts,
            })
        })
    }

    /// Writes it over what is here, of which it holds everything.
    fn store(
        &self,
        writing: &FamilyWriting<'_>,
        rows: &mut impl Iterator<Item = RowId>,
    ) -> Result<(), Error> {
        let mut row = || rows.next().ok_or(Error::Internal("too few ids"));
        let shelf: Vec<Shelved> = writing.all()?;
        let shelf: HashMap<&ItemId, &Shelved> = shelf.iter().map(|it| (&it.item, it)).collect();
        let mut order = Vec::new();
        for it in &self.shelf {
            let shelved = match shelf.get(&it.item) {
                Some(here) => Shelved::clone(here).at(it.saved_at),
                None => Shelved::new(row()?, it.item.clone(), it.saved_at),
            };
            put_copy(writing, &shelved, it.seen.as_ref())?;
            order.push(shelved);
        }
        arrange(writing, &order)?;
        let plans: Vec<Plan> = writing.all()?;
        let plans: HashMap<_, &RowId> = plans.iter().map(|it| ((&it.item, &it.profile), &it.id)).collect();
        for trial in &self.plans {
            let id = match plans.get(&(&trial.item, &trial.profile)) {
                Some(here) => RowId::clone(here),
                None => row()?,
            };
            writing.put(&Plan { id, trial: trial.clone() })?;
        }
        let followed: Vec<FollowedEvent> = writing.all()?;
        let followed: HashMap<_, &RowId> = followed.iter().map(|it| (&it.following.uid, &it.id)).collect();
        for following in &self.followed {
            let id = match followed.get(&following.uid) {
                Some(here) => RowId::clone(here),
                None => row()?,
            };
            writing.put(&FollowedEvent { id, following: following.clone() })?;
        }
        put_all(writing, &self.lookouts)?;
        put_all(writing, &self.profiles)?;
        put_all(writing, &self.lists)?;
        put_all(writing, &self.log)?;
        // What is here whole is not kept as an envelope alone.
        let mut alone = self.waiting.clone();
        alone.retain(|it| !self.enquiries.iter().any(|enquiry| enquiry.id.as_str() == it.id));
        put_all(writing, &alone)?;
        put_all(writing, &self.enquiries)?;
        self.enquiries.iter().try_for_each(|it| tell_what_is_due(writing, it))?;
        writing.put(&self.preferences)
    }
}

/// A text that is base64 (RFC 4648, section 4): another could never be sent.
fn base64<'de, D: serde::Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    match BASE64.decode(text.as_bytes()) {
        Ok(_) => Ok(text),
        Err(_) => Err(serde::de::Error::custom("not base64")),
    }
}

fn put_all<R: FamilyRecord>(writing: &FamilyWriting<'_>, records: &[R]) -> Result<(), Error> {
    records.iter().try_for_each(|it| writing.put(it))?;
    arrange(writing, records)
}

fn arrange<R: FamilyRecord>(writing: &FamilyWriting<'_>, records: &[R]) -> Result<(), Error> {
    writing.arrange::<R>(&records.iter().map(FamilyRecord::id).collect::<Vec<_>>())
}
