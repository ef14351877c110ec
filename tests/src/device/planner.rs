//! The planner under test, and ten that are wrong in one way each: what the checker must find.

use chrono::{DateTime, TimeDelta, Utc};
use otsupport_core::reminders::calendar::{CalendarEvent, Status};
use otsupport_core::reminders::planner::{self, Followed, Found, Key, NotificationKind, Plan, Situation};

use super::wall_clock::SERVICE;

/// In which way a planner is wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Planted {
    /// In none.
    Nothing,
    /// It takes the offset of today for every day.
    OffsetOfToday,
    /// It does not plan again after a restart.
    NoPlanAtBoot,
    /// It sends what was missed.
    SendsLate,
    /// It does not see that something is cancelled.
    IgnoresCancelled,
    /// It gives a notice again an hour later.
    NoticesTwice,
    /// Its keys are new with each plan.
    ChangingKeys,
    /// It plans as many as there are.
    NoLimit,
    /// It knows no quiet hours.
    NoQuiet,
    /// It takes everybody for booked.
    TakesAllForBooked,
    /// It plans a week more than it may.
    BeyondHorizon,
}

impl Planted {
    /// All that are wrong.
    pub const ALL: [Self; 10] = [
        Self::OffsetOfToday,
        Self::NoPlanAtBoot,
        Self::SendsLate,
        Self::IgnoresCancelled,
        Self::NoticesTwice,
        Self::ChangingKeys,
        Self::NoLimit,
        Self::NoQuiet,
        Self::TakesAllForBooked,
        Self::BeyondHorizon,
    ];

    /// Makes a plan.
    pub fn plan(self, situation: &Situation<'_>) -> Plan {
        if matches!(self, Self::Nothing | Self::NoPlanAtBoot) {
            return planner::plan(situation);
        }
        let now = situation.now;
        let mut preferences = situation.preferences.clone();
        match self {
            Self::NoLimit => preferences.limit = 500,
            Self::NoQuiet => preferences.quiet = None,
            Self::BeyondHorizon => preferences.horizon += 7,
            _ => {}
        }
        let limit = if self == Self::NoLimit { 500 } else { situation.limit };
        let now = if self == Self::SendsLate { now - TimeDelta::hours(12) } else { now };
        let events: Vec<CalendarEvent> = situation.followed.iter().map(|it| self.event(it.event)).collect();
        let followed: Vec<Followed<'_>> =
            situation.followed.iter().zip(&events).map(|(it, event)| self.followed(it, event)).collect();
        let plan = planner::plan(&Situation {
            followed: &followed,
            preferences: &preferences,
            limit,
            now,
            ..*situation
        });
        self.spoiled(plan, situation.now)
    }

    /// What became of an event.
    pub fn differences(
        self,
        old: &CalendarEvent,
        new: Option<&CalendarEvent>,
        booked: bool,
        now: DateTime<Utc>,
    ) -> Vec<Found> {
        planner::differences(old, new, booked, now)
    }

    fn event(self, event: &CalendarEvent) -> CalendarEvent {
        let mut event = event.clone();
        if self == Self::IgnoresCancelled {
            event.main.status = Status::Confirmed;
            event.changed.iter_mut().for_each(|it| it.status = Status::Confirmed);
        }
        event
    }

    fn followed<'a>(self, followed: &Followed<'_>, event: &'a CalendarEvent) -> Followed<'a> {
        let booked = followed.booked || self == Self::TakesAllForBooked;
        Followed { event, listed: followed.listed, booked }
    }

    fn spoiled(self, mut plan: Plan, now: DateTime<Utc>) -> Plan {
        match self {
            Self::OffsetOfToday => {
                let offset = |at: DateTime<Utc>| at.with_timezone(&SERVICE).naive_local() - at.naive_utc();
                for it in &mut plan.notifications {
                    it.at += offset(it.at) - offset(now);
                }
            }
            Self::NoticesTwice => {
                let is_notice = |kind| matches!(kind, NotificationKind::Change | NotificationKind::Cancelled);
                let notices = plan.notifications.iter().filter(|it| is_notice(it.kind)).cloned();
                let again: Vec<_> = notices.collect();
                plan.notifications.extend(again.into_iter().map(|mut it| {
                    it.key = Key::of(&format!("{}-again", it.key));
                    it.at += TimeDelta::hours(1);
                    it
                }));
            }
            Self::ChangingKeys => {
                for it in &mut plan.notifications {
                    it.key = Key::of(&format!("{}-{}", it.key, now.timestamp()));
                }
            }
            _ => {}
        }
        plan
    }
}
