//! What a family looks out for: any workshop on sleep near us. A new event that fits gives one notice.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use otsupport_wire::snapshot::{Ages, Event};
use serde::{Deserialize, Serialize};

use super::SERVICE_ZONE;
use super::calendar::{CalendarEvent, Category};
use super::notice::Notice;
use super::planner::{Found, NotificationKind};
use crate::error::Error;
use crate::storage::{FamilyReading, FamilyRecord, FamilyStore, Reading, Table};
use crate::strategies::{LookoutId, Profile, ProfileId, RowId};

/// What a family looks out for; each part that is absent fits everything.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// The kind of event.
    pub category: Option<Category>,
    /// A topic's slug.
    pub topic: Option<String>,
    /// A borough of the service.
    pub borough: Option<String>,
    /// A child: events for its age.
    pub profile: Option<ProfileId>,
}

/// A lookout that is kept.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Lookout {
    /// Its id.
    pub id: LookoutId,
    /// What for.
    #[serde(flatten)]
    pub wanted: Wanted,
    /// Since when, UTC.
    pub since: DateTime<Utc>,
}

impl FamilyRecord for Lookout {
    const TABLE: Table = Table::Lookouts;

    fn id(&self) -> &str {
        self.id.as_str()
    }
}

/// The events that were here when the family last looked: only those that come later are new.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KnownEvents {
    /// The bank that was looked at.
    bank: u64,
    uids: BTreeSet<String>,
}

impl FamilyRecord for KnownEvents {
    const TABLE: Table = Table::KnownEvents;

    fn id(&self) -> &'static str {
        "known"
    }
}

impl Wanted {
    fn fits(&self, event: &CalendarEvent, ages: Option<Ages>) -> bool {
        let main = &event.main;
        let of = |wanted: &Option<String>, all: &[String]| match wanted {
            // An event that names no borough is for all of them; one without a topic is on none.
            Some(wanted) => all.contains(wanted),
            None => true,
        };
        let near = main.boroughs.is_empty() || of(&self.borough, &main.boroughs);
        let suits = match (ages, main.ages) {
            (Some(ours), Some(theirs)) => theirs.from <= ours.to && ours.from <= theirs.to,
            _ => true,
        };
        self.category.is_none_or(|it| main.category == Some(it))
            && of(&self.topic, &main.topics)
            && near
            && suits
    }
}

/// The lookouts, in the order in which they were made.
pub(crate) fn lookouts(family: &FamilyStore) -> Result<Vec<Lookout>, Error> {
    family.read(|reading| reading.all())
}

/// Looks out for something from now on. The same once more changes nothing.
pub(crate) fn look_out(
    bank: &Reading<'_>,
    family: &FamilyStore,
    wanted: &Wanted,
    id: &LookoutId,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    if *wanted == Wanted::default() {
        return Err(Error::Invalid("lookout"));
    }
    let here = uids(bank)?;
    family.write(|writing| {
        let reading = writing.reading();
        if let Some(id) = &wanted.profile
            && !reading.all::<Profile>()?.iter().any(|it| it.id == *id)
        {
            return Err(Error::Invalid("profile"));
        }
        let lookouts: Vec<Lookout> = reading.all()?;
        if lookouts.iter().any(|it| it.wanted == *wanted) {
            return Ok(());
        }
        if lookouts.is_empty() {
            writing.put(&here)?;
        }
        writing.put(&Lookout { id: id.clone(), wanted: wanted.clone(), since: now })
    })
}

/// Looks out for it no longer. One that is not there is no fault.
pub(crate) fn stop_looking_out(family: &FamilyStore, id: &LookoutId) -> Result<(), Error> {
    family.write(|writing| writing.remove::<Lookout>(id.as_str()))
}

/// Stores one notice of each new event that fits, and notes all events as known, in one transaction.
pub(crate) fn note_new(
    bank: &Reading<'_>,
    family: &FamilyStore,
    row: impl Fn() -> Result<RowId, Error>,
    now: DateTime<Utc>,
    today: NaiveDate,
) -> Result<(), Error> {
    let version = version(bank)?;
    let looked = |reading: &FamilyReading<'_>| -> Result<bool, Error> {
        Ok(reading.all::<Lookout>()?.is_empty() || known(reading)?.is_some_and(|it| it.bank == version))
    };
    if family.read(looked)? {
        return Ok(());
    }
    let events = events(bank)?;
    family.write(|writing| {
        let reading = writing.reading();
        if looked(&reading)? {
            return Ok(());
        }
        let (lookouts, profiles) = (reading.all::<Lookout>()?, reading.all::<Profile>()?);
        let ages = |id: &Option<ProfileId>| {
            let profile = profiles.iter().find(|it| Some(&it.id) == id.as_ref());
            profile.and_then(|it| it.age).map(|it| it.on(today))
        };
        let before = known(&reading)?.map(|it| it.uids);
        // On a phone that a safety copy was brought back to, nothing is new yet.
        let is_new = |it: &&Event| before.as_ref().is_some_and(|before| !before.contains(&it.uid));
        for record in events.iter().filter(is_new) {
            let Some(event) = CalendarEvent::of(&record.components) else { continue };
            let next =
                event.occurrences(now).find(|it| !it.cancelled && it.begins().instant(SERVICE_ZONE) > now);
            let fits = |it: &Lookout| it.wanted.fits(&event, ages(&it.wanted.profile));
            if let Some(next) = next.filter(|_| lookouts.iter().any(fits)) {
                let begins = next.begins().instant(SERVICE_ZONE);
                let until = event.main.booking_closes().map_or(begins, |it| it.min(begins));
                let found = Found {
                    kind: NotificationKind::New,
                    differences: Vec::new(),
                    before: Some(until),
                    until,
                };
                writing.put(&Notice::of_event(row()?, &event.uid, &event.main.title, found, now))?;
            }
        }
        writing.put(&KnownEvents { bank: version, uids: events.iter().map(|it| it.uid.clone()).collect() })
    })
}

fn known(reading: &FamilyReading<'_>) -> Result<Option<KnownEvents>, Error> {
    Ok(reading.all()?.into_iter().next())
}

fn version(bank: &Reading<'_>) -> Result<u64, Error> {
    Ok(crate::storage::Bank::read(bank)?.map_or(0, |it| it.version))
}

fn uids(bank: &Reading<'_>) -> Result<KnownEvents, Error> {
    let uids = bank
        .prepare_cached("SELECT uid FROM events")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(KnownEvents { bank: version(bank)?, uids })
}

/// All events of the bank.
pub(super) fn events(bank: &Reading<'_>) -> Result<Vec<Event>, Error> {
    let mut rows = bank.prepare_cached("SELECT record FROM events ORDER BY uid")?;
    let rows = rows.query_map([], |row| row.get::<_, String>(0))?;
    rows.map(|it| Ok(serde_json::from_str(&it?)?)).collect()
}
