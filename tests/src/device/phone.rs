//! A phone as the platforms' facts have it: what it holds pending, when that fires, and when it is gone.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use otsupport_core::reminders::Tz;
use otsupport_core::reminders::planner::{Key, Notification};

use crate::seeded::Seeded;

/// Which system.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Platform {
    /// Keeps 64 pending notifications, and shows them itself: no code of the app runs.
    Ios,
    /// Keeps 500 alarms, and wakes the app for each.
    Android,
}

impl Platform {
    /// How many may be pending.
    pub fn most(self) -> usize {
        match self {
            Self::Ios => 64,
            Self::Android => 500,
        }
    }

    /// The latest that anything fires which is not set to the second.
    pub fn latest(self) -> TimeDelta {
        match self {
            Self::Ios => TimeDelta::zero(),
            Self::Android => Way::Inexact { dozing: true }.latest(),
        }
    }
}

/// In which way an alarm was set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// To the second.
    Exact,
    /// `setAndAllowWhileIdle`, and a window of ten minutes beside it, which does not fire while the phone dozes.
    Inexact {
        /// Whether it dozes then.
        dozing: bool,
    },
}

impl Way {
    /// The latest that the platform promises.
    pub fn latest(self) -> TimeDelta {
        match self {
            Self::Exact => TimeDelta::zero(),
            Self::Inexact { dozing: false } => TimeDelta::minutes(10),
            Self::Inexact { dozing: true } => TimeDelta::hours(1),
        }
    }
}

/// Something pending.
#[derive(Clone, Debug)]
pub struct Alarm {
    /// What it shows.
    pub notification: Notification,
    /// How it was set.
    pub way: Way,
    /// When it fires in truth, whatever the phone's clock says by then.
    pub fires: DateTime<Utc>,
}

/// A phone.
#[derive(Debug)]
pub struct Phone {
    /// Its system.
    pub platform: Platform,
    /// Whether it is switched on.
    pub on: bool,
    /// Whether somebody stopped the app by force: nothing wakes it until it is opened.
    pub stopped: bool,
    /// Whether it lets the app notify.
    pub permitted: bool,
    /// Whether it lets the app set exact alarms.
    pub exact: bool,
    /// Its zone.
    pub zone: Tz,
    /// How far its clock is ahead of the truth.
    pub ahead: TimeDelta,
    /// When a job wakes the app, in truth.
    pub wake: Option<DateTime<Utc>>,
    /// What was shown, as the system can tell.
    pub shown: BTreeSet<Key>,
    pending: BTreeMap<Key, Alarm>,
}

impl Phone {
    /// A new phone, in London.
    pub fn new(platform: Platform) -> Self {
        Self {
            platform,
            on: true,
            stopped: false,
            permitted: true,
            exact: platform == Platform::Ios,
            zone: Tz::Europe__London,
            ahead: TimeDelta::zero(),
            wake: None,
            shown: BTreeSet::new(),
            pending: BTreeMap::new(),
        }
    }

    /// What its clock says.
    pub fn clock(&self, truth: DateTime<Utc>) -> DateTime<Utc> {
        truth + self.ahead
    }

    /// The most keys that may be armed: beside each inexact alarm stands a second one.
    pub fn most_keys(&self) -> u32 {
        let most = self.platform.most() as u32;
        if self.exact { most } else { most / 2 }
    }

    /// How many alarms the system counts.
    pub fn counted(&self) -> usize {
        self.pending.values().map(|it| if it.way == Way::Exact { 1 } else { 2 }).sum()
    }

    /// How many are still to come by its clock, each key once.
    pub fn pending(&self, clock: DateTime<Utc>) -> usize {
        self.pending.values().filter(|it| it.notification.at > clock).count()
    }

    /// How many are overdue by its clock and have not fired yet.
    pub fn overdue(&self, clock: DateTime<Utc>) -> usize {
        self.pending.len() - self.pending(clock)
    }

    /// The last instant at which anything is due.
    pub fn furthest(&self) -> Option<DateTime<Utc>> {
        self.pending.values().map(|it| it.notification.at).max()
    }

    /// Whether this is pending.
    pub fn holds(&self, key: &Key) -> bool {
        self.pending.contains_key(key)
    }

    /// What is pending.
    pub fn alarms(&self) -> impl Iterator<Item = &Notification> {
        self.pending.values().map(|it| &it.notification)
    }

    /// Sets its clock. iOS fires by the clock; an alarm of Android is wrong until it is set again.
    pub fn set_clock(&mut self, ahead: TimeDelta) {
        self.ahead = ahead;
        if self.platform == Platform::Ios {
            self.pending.values_mut().for_each(|it| it.fires = it.notification.at - ahead);
        }
    }

    /// Sets an alarm by the phone's clock, in place of one with the same key.
    pub fn arm(&mut self, notification: Notification, chance: &mut Seeded) {
        let way = if self.exact { Way::Exact } else { Way::Inexact { dozing: chance.once_in(2) } };
        // The first to fire wins: the window, unless the phone dozes.
        let late = TimeDelta::seconds(chance.below(way.latest().num_seconds() as usize) as i64);
        let fires = notification.at - self.ahead + late;
        self.pending.insert(notification.key.clone(), Alarm { notification, way, fires });
    }

    /// Sets anew, to the second, what was set otherwise and is still to come, where that is allowed by now.
    pub fn set_exactly(&mut self, clock: DateTime<Utc>) {
        let ahead = self.ahead;
        for it in self.pending.values_mut().filter(|it| self.exact && it.notification.at > clock) {
            it.way = Way::Exact;
            it.fires = it.notification.at - ahead;
        }
    }

    /// Takes an alarm back.
    pub fn disarm(&mut self, key: &Key) {
        self.pending.remove(key);
    }

    /// The next instant at which anything fires.
    pub fn next(&self) -> Option<DateTime<Utc>> {
        self.pending.values().map(|it| it.fires).min()
    }

    /// What fires next, and is not pending any more. Nothing, if the phone is off, or holds more than the system stands.
    pub fn fire(&mut self) -> Option<Alarm> {
        let too_many = self.counted() > self.platform.most();
        let key = self.pending.iter().min_by_key(|(_, it)| it.fires).map(|(key, _)| key.clone())?;
        self.pending.remove(&key).filter(|_| self.on && !too_many)
    }

    /// Android keeps nothing over a restart, an update of the app, or when it is stopped by force.
    pub fn lose_alarms(&mut self) {
        if self.platform == Platform::Android {
            self.pending.clear();
        }
    }

    /// Takes the permission for exact alarms back: those vanish, and nobody tells the app.
    pub fn forbid_exact(&mut self) {
        self.exact = false;
        self.pending.retain(|_, it| it.way != Way::Exact);
    }
}
