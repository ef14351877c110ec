//! What truly happened, in its order: all that the checker goes by.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use otsupport_core::reminders::Tz;
use otsupport_core::reminders::planner::{Notification, NotificationKind};

use super::choice::Choice;
use super::event::Published;
use super::family::Practice;
use super::phone::{Platform, Way};

/// An event that a family follows, as the phone knows it.
#[derive(Clone, Debug)]
pub struct Known {
    /// As it is in the bank, or was last seen.
    pub event: Arc<Published>,
    /// Whether it is in the bank.
    pub listed: bool,
    /// Whether they booked.
    pub booked: bool,
}

/// What the phone knows, and what the family chose.
#[derive(Clone, Debug)]
pub struct Knowledge {
    /// The events that the family follows.
    pub follows: Vec<Known>,
    /// What the family tries.
    pub tries: Vec<Practice>,
    /// What the family chose.
    pub choice: Arc<Choice>,
    /// The phone's zone.
    pub zone: Tz,
    /// Whether the phone lets the app notify.
    pub permitted: bool,
    /// How many keys the phone holds.
    pub most_keys: u32,
}

impl Knowledge {
    /// The zone in which the quiet hours are read.
    pub fn quiet_zone(&self) -> Tz {
        self.choice.zone.unwrap_or(self.zone)
    }

    /// An event that the family follows.
    pub fn event(&self, uid: &str) -> Option<&Known> {
        self.follows.iter().find(|it| it.event.uid == uid)
    }

    /// How many may be pending.
    pub fn limit(&self) -> u32 {
        self.choice.limit.min(self.most_keys)
    }
}

/// Something that happened.
#[derive(Clone, Debug)]
pub enum What {
    /// From now on this is known.
    Knows(Knowledge),
    /// The family was brought up to date about an event that it follows: this was seen before, and this is in the bank now.
    Saw(Arc<Published>, Option<Arc<Published>>, bool),
    /// Something to be told was not given, and is tried again from now on.
    TriedAgain(String, NotificationKind),
    /// The system told the app something upon which it has to plan.
    Broadcast,
    /// The app ran: it planned, and armed what it planned, unless it was killed before.
    Planned {
        /// Whether it came to the end.
        complete: bool,
        /// How many alarms the phone counts now.
        counted: usize,
        /// How many keys are pending and not overdue.
        pending: usize,
        /// The furthest of them.
        furthest: Option<DateTime<Utc>>,
        /// How many were pending already, under another key.
        rekeyed: usize,
    },
    /// This was shown.
    Shown(Notification, Way),
    /// Nothing is pending any more, or what is fires at the wrong instant; or the phone was off.
    Disturbed(&'static str),
}

/// Something that happened, and when.
#[derive(Clone, Debug)]
pub struct Entry {
    /// In truth.
    pub at: DateTime<Utc>,
    /// How far the phone's clock was ahead.
    pub ahead: TimeDelta,
    /// By which knowledge what is shown is to be judged: the number of it.
    pub knowledge: usize,
    /// What.
    pub what: What,
}

impl Entry {
    /// What the phone's clock said.
    pub fn clock(&self) -> DateTime<Utc> {
        self.at + self.ahead
    }
}

/// All that happened to a phone.
#[derive(Debug)]
pub struct History {
    /// What phone it is.
    pub platform: Platform,
    /// All of it, in its order.
    pub entries: Vec<Entry>,
    /// When the simulation ended.
    pub end: DateTime<Utc>,
}
