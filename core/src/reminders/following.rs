//! Which events a family follows, and what became of them since it last saw them (R8).

use chrono::{DateTime, Utc};
use otsupport_wire::snapshot::Event;
use rusqlite::OptionalExtension;
use serde::{Deserialize, Serialize};

use super::calendar::{CalendarEvent, write};
use super::notice::Notice;
use super::planner::{Followed, Found, NotificationKind, differences};
use crate::enquiries::{Enquiry, is_still_so};
use crate::error::Error;
use crate::storage::{FamilyReading, FamilyRecord, FamilyStore, Reading, Table};
use crate::strategies::{Preferences, RowId};

/// An event that the family follows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct FollowedEvent {
    pub(crate) id: RowId,
    #[serde(flatten)]
    pub(crate) following: Following,
}

/// The same without the id of its row: an event is followed once.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Following {
    /// The event's UID.
    pub(crate) uid: String,
    /// Whether the family says that they booked.
    pub(crate) booked: bool,
    /// The event as the family last saw it.
    pub(crate) seen: Vec<String>,
    /// Its SEQUENCE: a lower one is ignored.
    pub(crate) sequence: u32,
    /// Whether it was in the bank then.
    pub(crate) listed: bool,
    pub(crate) changed_at: DateTime<Utc>,
}

impl FamilyRecord for FollowedEvent {
    const TABLE: Table = Table::Followed;

    fn id(&self) -> &str {
        self.id.as_str()
    }
}

/// An event of the bank as it travelled.
pub(super) fn published(bank: &Reading<'_>, uid: &str) -> Result<Option<Event>, Error> {
    let record: Option<String> = bank
        .prepare_cached("SELECT record FROM events WHERE uid = ?1")?
        .query_row([uid], |row| row.get(0))
        .optional()?;
    Ok(record.map(|it| serde_json::from_str(&it)).transpose()?)
}

/// What an event of the bank is called.
pub(crate) fn event_title(bank: &Reading<'_>, uid: &str) -> Result<Option<String>, Error> {
    Ok(published(bank, uid)?.map(|it| it.title))
}

/// Follows an event from what is known of it now. One that is followed stays as it is.
pub(crate) fn follow(
    bank: &Reading<'_>,
    family: &FamilyStore,
    uid: &str,
    row: &RowId,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let event = published(bank, uid)?.ok_or_else(|| Error::NotFound(uid.to_owned()))?;
    family.write(|writing| {
        if of(&writing.reading(), uid)?.is_some() {
            return Ok(());
        }
        let following = Following {
            uid: event.uid.clone(),
            booked: false,
            seen: event.components.clone(),
            sequence: event.sequence,
            listed: true,
            changed_at: now,
        };
        writing.put(&FollowedEvent { id: row.clone(), following })
    })
}

/// Follows an event no longer. One that is not followed is no fault.
pub(crate) fn unfollow(family: &FamilyStore, uid: &str) -> Result<(), Error> {
    family.write(|writing| match of(&writing.reading(), uid)? {
        Some(it) => writing.remove::<FollowedEvent>(it.id.as_str()),
        None => Ok(()),
    })
}

/// Notes whether the family has booked. Whoever books an event follows it.
pub(crate) fn set_booked(
    family: &FamilyStore,
    uid: &str,
    booked: bool,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    family.write(|writing| {
        let it = of(&writing.reading(), uid)?.ok_or_else(|| Error::NotFound(uid.to_owned()))?;
        let following = Following { booked, changed_at: now, ..it.following };
        writing.put(&FollowedEvent { following, ..it })
    })
}

/// The events that the family follows, in the order in which they began to.
pub(crate) fn followed(reading: &FamilyReading<'_>) -> Result<Vec<FollowedEvent>, Error> {
    reading.all()
}

fn of(reading: &FamilyReading<'_>, uid: &str) -> Result<Option<FollowedEvent>, Error> {
    Ok(followed(reading)?.into_iter().find(|it| it.following.uid == uid))
}

/// A followed event as it is known now.
pub(super) struct Known {
    pub(super) event: CalendarEvent,
    pub(super) listed: bool,
    pub(super) booked: bool,
}

impl Known {
    /// As the bank has it, or as the family last saw it where the bank has none, or one with a lower SEQUENCE.
    pub(super) fn read(bank: &Reading<'_>, following: &Following) -> Result<Option<Self>, Error> {
        let published = published(bank, &following.uid)?;
        let listed = published.is_some();
        let newer = published.filter(|it| it.sequence >= following.sequence);
        let event = newer.and_then(|it| CalendarEvent::of(&it.components));
        let event = event.or_else(|| CalendarEvent::of(&following.seen));
        Ok(event.map(|event| Self { event, listed, booked: following.booked }))
    }

    pub(super) fn followed(&self) -> Followed<'_> {
        Followed { event: &self.event, listed: self.listed, booked: self.booked }
    }
}

/// A calendar file with one event, or with all that are followed, with the alarms that the family chose.
pub(crate) fn calendar_file(
    bank: &Reading<'_>,
    family: &FamilyStore,
    uid: Option<&str>,
    now: DateTime<Utc>,
) -> Result<String, Error> {
    let (followed, preferences) =
        family.read(|reading| Ok((followed(reading)?, Preferences::of(reading.all()?).reminders)))?;
    let mut events = Vec::new();
    for it in followed.iter().filter(|it| uid.is_none_or(|uid| it.following.uid == uid)) {
        events.extend(Known::read(bank, &it.following)?.map(|it| it.event));
    }
    if let (Some(uid), true) = (uid, events.is_empty()) {
        let published = published(bank, uid)?.and_then(|it| CalendarEvent::of(&it.components));
        events.push(published.ok_or_else(|| Error::NotFound(uid.to_owned()))?);
    }
    Ok(write(&events, |start| preferences.triggers(start), now))
}

/// What is to be written of a followed event that is not as the family last saw it.
struct News {
    event: FollowedEvent,
    title: String,
    found: Vec<Found>,
}

/// Stores a notice of each thing that became of a followed event, and moves the mark of what the family has seen, in one transaction.
pub(crate) fn note_changes(
    bank: &Reading<'_>,
    family: &FamilyStore,
    row: impl Fn() -> Result<RowId, Error>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    if family.read(|reading| news(bank, reading, now))?.is_empty() {
        return Ok(());
    }
    family.write(|writing| {
        for News { event, title, found } in news(bank, &writing.reading(), now)? {
            for found in found {
                writing.put(&Notice::of_event(row()?, &event.following.uid, &title, found, now))?;
            }
            writing.put(&event)?;
        }
        Ok(())
    })
}

fn news(bank: &Reading<'_>, reading: &FamilyReading<'_>, now: DateTime<Utc>) -> Result<Vec<News>, Error> {
    let mut news = Vec::new();
    for event in followed(reading)? {
        let following = &event.following;
        let published = published(bank, &following.uid)?;
        let as_seen =
            published.as_ref().is_some_and(|it| it.components == following.seen && following.listed);
        let ignored = published.as_ref().is_some_and(|it| it.sequence < following.sequence);
        if as_seen || ignored || (published.is_none() && !following.listed) {
            continue;
        }
        let Some(old) = CalendarEvent::of(&following.seen) else { continue };
        let new = published.as_ref().and_then(|it| CalendarEvent::of(&it.components));
        if published.is_some() && new.is_none() {
            continue;
        }
        let found = differences(&old, new.as_ref(), following.booked, now);
        let title = new.as_ref().map_or(&old.main.title, |it| &it.main.title).clone();
        let following = match published {
            Some(it) => {
                Following { seen: it.components, sequence: it.sequence, listed: true, ..following.clone() }
            }
            None => Following { listed: false, ..following.clone() },
        };
        news.push(News { event: FollowedEvent { id: event.id, following }, title, found });
    }
    Ok(news)
}

/// Whether a notice is still to be given: the family may have stopped following the event, and an enquiry may have gone on.
pub(super) fn is_wanted(notice: &Notice, followed: &[FollowedEvent], enquiries: &[Enquiry]) -> bool {
    let Some(event) = &notice.event else { return is_still_so(notice, enquiries) };
    notice.kind == NotificationKind::New || followed.iter().any(|it| it.following.uid == event.uid)
}
