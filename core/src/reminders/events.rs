//! The events as a screen shows them: by occurrence, with what the family has to do with each.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use otsupport_wire::snapshot::{Ages, Audience, ServiceStatus};
use serde::Serialize;

use super::SERVICE_ZONE;
use super::calendar::{CalendarEvent, Category, Occurrence, Status};
use super::following::{FollowedEvent, Known};
use super::lookout;
use super::planner::{Followed, Plan, Situation, Standing};
use super::recurrence::{Start, When};
use crate::error::Error;
use crate::storage::{Bank, Checked, Reading};

/// The most times of one event that are listed.
const MOST: usize = 1_000;

/// Which events are asked for; each part that is absent asks for all.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct EventFilter {
    /// Those that have not ended by then, UTC; now if absent.
    pub from: Option<DateTime<Utc>>,
    /// Those that begin before it, UTC; a year after the first if absent.
    pub to: Option<DateTime<Utc>>,
    /// The kind of event.
    pub category: Option<Category>,
    /// One event.
    pub uid: Option<String>,
    /// Only those that the family follows.
    pub followed: bool,
}

/// Whether an event takes place.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EventStatus {
    /// It takes place.
    Confirmed,
    /// It is planned.
    Tentative,
    /// It does not take place.
    Cancelled,
    /// The family follows it, and it is no longer in the bank: check with the service.
    Unlisted,
}

/// A time on two clocks.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Clocks {
    /// Where the event is, such as `2027-02-03T10:00`.
    pub there: String,
    /// The zone of the event.
    pub zone: String,
    /// Where the phone is, if its clock shows another time.
    pub here: Option<String>,
}

/// One time of an event.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct EventView {
    /// The event's UID.
    pub uid: String,
    /// What this time of it is known by: when it was first meant to begin, UTC.
    pub occurrence: DateTime<Utc>,
    /// What it is called.
    pub title: String,
    /// Which kind of event it is.
    pub category: Option<Category>,
    /// When it begins, UTC; of whole days, midnight where the service is.
    pub start: DateTime<Utc>,
    /// When it ends, UTC; of whole days, the midnight after the last.
    pub end: DateTime<Utc>,
    /// Whether it is of whole days.
    pub all_day: bool,
    /// When it begins, on the clocks.
    pub clocks: Clocks,
    /// Minutes until it begins; negative once it has.
    pub starts_in: i64,
    /// Where it is.
    pub location: Option<String>,
    /// Latitude and longitude, as `51.49;-0.22`.
    pub geo: Option<String>,
    /// Where to join online.
    pub join_url: Option<String>,
    /// A page about it.
    pub page: Option<String>,
    /// Whether it takes place.
    pub status: EventStatus,
    /// Which time of how many; absent for a single event and an endless series.
    pub session: Option<(usize, usize)>,
    /// What it is about.
    pub details: String,
    /// For whom; empty for everybody.
    pub audiences: Vec<Audience>,
    /// For which ages.
    pub ages: Option<Ages>,
    /// Its topics' slugs.
    pub topics: Vec<String>,
    /// In which boroughs; empty for all.
    pub boroughs: Vec<String>,
    /// Where to book.
    pub booking_url: Option<String>,
    /// When booking closes, UTC.
    pub booking_closes: Option<DateTime<Utc>>,
    /// How many calendar days there are until booking closes, where the service is; negative once it has.
    pub booking_closes_in_days: Option<i64>,
    /// How many places are left, where the service says so.
    pub places_left: Option<u32>,
    /// Whether the family follows it.
    pub followed: bool,
    /// Whether the family says that they booked.
    pub booked: bool,
    /// When its next reminder comes.
    pub reminder: Standing,
    /// Whether it was made up to show the hub.
    pub demonstration: bool,
    /// When the hub was last asked and its answer held, UTC: how old this is.
    pub checked_at: Option<DateTime<Utc>>,
}

/// What the events are looked at with.
pub(crate) struct Looking<'a> {
    pub(crate) followed: &'a [FollowedEvent],
    pub(crate) plan: &'a Plan,
    pub(crate) situation: &'a Situation<'a>,
}

/// Whose word it is, and of when.
struct Source {
    demonstration: bool,
    checked_at: Option<DateTime<Utc>>,
}

/// The events that pass, by when they begin.
pub(crate) fn events(
    bank: &Reading<'_>,
    filter: &EventFilter,
    looking: &Looking<'_>,
) -> Result<Vec<EventView>, Error> {
    let from = filter.from.unwrap_or(looking.situation.now);
    let to = filter.to.unwrap_or(from + TimeDelta::days(365));
    let mut known: BTreeMap<String, Known> = BTreeMap::new();
    for it in looking.followed {
        if let Some(event) = Known::read(bank, &it.following)? {
            known.insert(it.following.uid.clone(), event);
        }
    }
    let source = Source {
        demonstration: Bank::service(bank)?.status == ServiceStatus::Demonstration,
        checked_at: Checked::read(bank)?.and_then(|it| DateTime::from_timestamp_millis(it.at)),
    };
    let mut views = Vec::new();
    for record in if filter.followed { Vec::new() } else { lookout::events(bank)? } {
        if !known.contains_key(&record.uid)
            && filter.uid.as_ref().is_none_or(|it| *it == record.uid)
            && let Some(event) = CalendarEvent::of(&record.components)
        {
            views.extend(of_event(&event, None, (from, to), looking, &source));
        }
    }
    for (uid, it) in &known {
        if filter.uid.as_ref().is_none_or(|it| it == uid) {
            views.extend(of_event(&it.event, Some(it.followed()), (from, to), looking, &source));
        }
    }
    views.retain(|it| filter.category.is_none_or(|category| it.category == Some(category)));
    views.sort_by(|one, other| (one.start, &one.uid).cmp(&(other.start, &other.uid)));
    Ok(views)
}

fn of_event(
    event: &CalendarEvent,
    followed: Option<Followed<'_>>,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    looking: &Looking<'_>,
    source: &Source,
) -> Vec<EventView> {
    let sessions = event.sessions();
    event
        .occurrences(from)
        .take_while(|it| it.begins().instant(SERVICE_ZONE) < to)
        .take(MOST)
        .map(|it| view(event, &it, followed.as_ref(), sessions.as_deref(), looking, source))
        .collect()
}

fn view(
    event: &CalendarEvent,
    occurrence: &Occurrence<'_>,
    followed: Option<&Followed<'_>>,
    sessions: Option<&[When]>,
    looking: &Looking<'_>,
    source: &Source,
) -> EventView {
    let Situation { now, zone, .. } = *looking.situation;
    let it = occurrence.component;
    let start = occurrence.begins().instant(SERVICE_ZONE);
    let closes = it.booking_closes();
    let session = sessions.and_then(|all| Some((all.binary_search(&occurrence.id).ok()? + 1, all.len())));
    let day = |at: DateTime<Utc>| at.with_timezone(&SERVICE_ZONE).date_naive();
    EventView {
        uid: event.uid.clone(),
        occurrence: occurrence.id.instant(SERVICE_ZONE),
        title: it.title.clone(),
        category: it.category,
        start,
        end: occurrence.ends().instant(SERVICE_ZONE),
        all_day: matches!(occurrence.start, Start::Day(_)),
        clocks: clocks(occurrence, zone),
        starts_in: (start - now).num_minutes(),
        location: it.location.clone(),
        geo: it.geo.clone(),
        join_url: it.join.clone(),
        page: it.page.clone(),
        status: match it.status {
            _ if followed.is_some_and(|it| !it.listed) => EventStatus::Unlisted,
            _ if occurrence.cancelled => EventStatus::Cancelled,
            Status::Tentative => EventStatus::Tentative,
            _ => EventStatus::Confirmed,
        },
        session,
        details: it.details.clone(),
        audiences: it.audiences.clone(),
        ages: it.ages,
        topics: it.topics.clone(),
        boroughs: it.boroughs.clone(),
        booking_url: it.booking.clone(),
        booking_closes: closes,
        booking_closes_in_days: closes.map(|it| (day(it) - day(now)).num_days()),
        places_left: it.places_left,
        followed: followed.is_some(),
        booked: followed.is_some_and(|it| it.booked),
        reminder: looking.plan.standing(followed, occurrence, looking.situation),
        demonstration: source.demonstration,
        checked_at: source.checked_at,
    }
}

/// A whole day is a day wherever the phone is.
fn clocks(occurrence: &Occurrence<'_>, phone: Tz) -> Clocks {
    let written = |it: NaiveDateTime| it.format("%Y-%m-%dT%H:%M").to_string();
    // An instant that an exporter wrote in UTC is meant where the service is.
    let zone = Some(occurrence.zone()).filter(|it| *it != Tz::UTC).unwrap_or(SERVICE_ZONE);
    let begins = occurrence.begins();
    match begins {
        When::On(day) => Clocks { there: day.to_string(), zone: zone.name().to_owned(), here: None },
        When::At(at) => {
            let there = at.with_timezone(&zone).naive_local();
            let here = at.with_timezone(&phone).naive_local();
            Clocks {
                there: written(there),
                zone: zone.name().to_owned(),
                here: Some(here).filter(|it| *it != there).map(written),
            }
        }
    }
}
