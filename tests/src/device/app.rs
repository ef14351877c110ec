//! What the app does between the core and the phone: it takes the bank in, notes, plans, arms, and asks again when an alarm fires. It
//! may be killed between any two of these.

use chrono::{DateTime, TimeDelta, Utc};
use otsupport_core::reminders::planner::{
    Armed, Followed, Key, Notification, NotificationKind, Plan, PlannedPractice, Situation, Told,
};

use super::family::Family;
use super::history::{Entry, History, Knowledge, Known, What};
use super::phone::{Alarm, Phone, Platform, Way};
use super::planner::Planted;
use super::service::Bank;
use crate::seeded::Seeded;

/// Why the app runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// Somebody opened it, a broadcast came, or a job was due.
    Woken,
    /// BOOT_COMPLETED
    Boot,
}

/// After which step the app is killed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Killed {
    ContentIn,
    Noting,
    Planned,
    Disarmed,
    Arming,
    Never,
}

/// An app on a phone, with what it stores.
pub struct App {
    /// The phone.
    pub phone: Phone,
    /// What is stored.
    pub family: Family,
    /// What happened.
    pub history: History,
    planner: Planted,
    knowledge: usize,
    known_before: usize,
    /// By which knowledge the phone was armed last.
    armed_by: usize,
    /// How far the phone's clock was ahead when the app last looked.
    clock_seen: TimeDelta,
}

impl App {
    /// A new app.
    pub fn new(phone: Phone, family: Family, planner: Planted, end: DateTime<Utc>) -> Self {
        let history = History { platform: phone.platform, entries: Vec::new(), end };
        Self {
            phone,
            family,
            history,
            planner,
            knowledge: 0,
            known_before: 0,
            armed_by: 0,
            clock_seen: TimeDelta::zero(),
        }
    }

    /// Puts on record what happened.
    pub fn record(&mut self, truth: DateTime<Utc>, what: What) {
        let by = match (&what, self.phone.platform) {
            // No code runs there when it is shown: it is as right as what was armed.
            (What::Shown(..), Platform::Ios) => self.armed_by,
            _ => self.knowledge,
        };
        self.history.entries.push(Entry { at: truth, ahead: self.phone.ahead, knowledge: by, what });
    }

    /// Puts on record what is known from now on.
    pub fn knows(&mut self, truth: DateTime<Utc>) {
        let knowledge = Knowledge {
            follows: self.family.known(),
            tries: self.family.tries.clone(),
            choice: self.family.choice.clone(),
            zone: self.phone.zone,
            permitted: self.phone.permitted,
            most_keys: self.phone.most_keys(),
        };
        self.knowledge = self.known_before;
        self.known_before += 1;
        self.record(truth, What::Knows(knowledge));
    }

    /// A sync that reaches the hub.
    pub fn sync(&mut self, truth: DateTime<Utc>, bank: Bank, chance: &mut Seeded) {
        self.family.bank = bank;
        self.knows(truth);
        self.run(truth, Why::Woken, chance);
    }

    /// Brings everything up to date, unless the app is killed on the way.
    pub fn run(&mut self, truth: DateTime<Utc>, why: Why, chance: &mut Seeded) {
        if why == Why::Boot && self.planner == Planted::NoPlanAtBoot {
            return;
        }
        let killed = killed(chance);
        let now = self.phone.clock(truth);
        if killed == Killed::ContentIn {
            return self.record_pending(truth, now, false, 0);
        }
        self.look_at_phone();
        self.try_again(truth, now);
        if !self.note(truth, now, killed, chance) {
            return self.record_pending(truth, now, false, 0);
        }
        let plan = self.plan(now, None);
        if killed == Killed::Planned {
            return self.record_pending(truth, now, false, 0);
        }
        self.arm(truth, now, &plan, killed, chance);
    }

    /// What is armed and what was shown, by the system itself: what the app remembers may be wrong.
    fn look_at_phone(&mut self) {
        // One that was noted and not armed is told with another of its date that was.
        self.remember_keys();
        match self.phone.platform {
            Platform::Ios => {
                self.family.armed = self.phone.alarms().map(|it| (it.key.clone(), it.at)).collect();
                for row in &mut self.family.rows {
                    row.given |= row.keys.iter().any(|it| self.phone.shown.contains(it));
                }
            }
            Platform::Android => self.family.armed.retain(|key, _| self.phone.holds(key)),
        }
        // The system's other clock, which nobody sets, tells that this one was set: the broadcast may have found the app killed.
        if self.clock_seen != self.phone.ahead {
            self.clock_seen = self.phone.ahead;
            for key in std::mem::take(&mut self.family.armed).keys() {
                self.phone.disarm(key);
            }
        }
    }

    /// A notice that nobody was given while it was due is given now, as long as it is of use (R6).
    fn try_again(&mut self, truth: DateTime<Utc>, now: DateTime<Utc>) {
        self.family.clear_up(now);
        for place in 0..self.family.rows.len() {
            let row = &self.family.rows[place];
            let missed = |(key, at): (Key, DateTime<Utc>)| at < now && !self.phone.holds(&key);
            if row.given || row.until <= now || !self.alone(&row.told).is_some_and(missed) {
                continue;
            }
            let told = &mut self.family.rows[place].told;
            told.at = now;
            let again = What::TriedAgain(told.title.clone(), told.kind);
            self.record(truth, again);
        }
    }

    fn note(
        &mut self,
        truth: DateTime<Utc>,
        now: DateTime<Utc>,
        killed: Killed,
        chance: &mut Seeded,
    ) -> bool {
        let uids: Vec<String> = self.family.follows.keys().cloned().collect();
        let stop = if killed == Killed::Noting { chance.below(uids.len() + 1) } else { uids.len() };
        for uid in &uids[..stop] {
            if let Some((was, is)) = self.family.note(uid, self.planner, now) {
                let booked = self.family.follows.get(uid).is_some_and(|it| it.booked);
                self.record(truth, What::Saw(was, is, booked));
            }
        }
        killed != Killed::Noting
    }

    fn situated<T>(
        &self,
        known: &[Known],
        told: &[Told],
        practice: &[PlannedPractice],
        now: DateTime<Utc>,
        ask: impl FnOnce(&Situation<'_>) -> T,
    ) -> T {
        let followed: Vec<Followed<'_>> = known
            .iter()
            .map(|it| Followed { event: &it.event.event, listed: it.listed, booked: it.booked })
            .collect();
        ask(&Situation {
            followed: &followed,
            told,
            practice,
            preferences: &self.family.choice.preferences(),
            permitted: self.phone.permitted,
            zone: self.family.choice.zone.unwrap_or(self.phone.zone),
            limit: self.phone.most_keys().saturating_sub(self.phone.overdue(now) as u32),
            now,
        })
    }

    /// The plan for all that is followed, or for one event.
    fn plan(&self, now: DateTime<Utc>, uid: Option<&str>) -> Plan {
        let rows = self.family.rows.iter().filter(|it| !it.given);
        let told: Vec<Told> = rows.map(|it| it.told.clone()).collect();
        let mut known = self.family.known();
        known.retain(|it| uid.is_none_or(|uid| it.event.uid == uid));
        self.situated(&known, &told, &self.practice(now), now, |it| self.planner.plan(it))
    }

    /// The days on which something is tried, from today to a week after the horizon by the phone's clock.
    fn practice(&self, now: DateTime<Utc>) -> Vec<PlannedPractice> {
        let zone = self.family.choice.zone.unwrap_or(self.phone.zone);
        let days = now.with_timezone(&zone).date_naive().iter_days();
        let days = days.take(self.family.choice.horizon as usize + 9);
        let on = |day| self.family.tries.iter().filter(move |it| it.is_on(day)).map(move |it| (it, day));
        let planned = days.flat_map(on);
        planned.map(|(it, day)| PlannedPractice { id: it.id.clone(), title: it.id.clone(), day }).collect()
    }

    /// The key of a notice by itself, and when it is due.
    fn alone(&self, told: &Told) -> Option<(Key, DateTime<Utc>)> {
        let told_alone = std::slice::from_ref(told);
        let plan = self.situated(&[], told_alone, &[], told.at, |it| self.planner.plan(it));
        let notice = plan.notifications.into_iter().find(|it| it.kind == told.kind)?;
        Some((notice.key, notice.at))
    }

    fn arm(
        &mut self,
        truth: DateTime<Utc>,
        now: DateTime<Utc>,
        plan: &Plan,
        killed: Killed,
        chance: &mut Seeded,
    ) {
        let armed: Vec<Armed> =
            self.family.armed.iter().map(|(key, at)| Armed { key: key.clone(), at: *at }).collect();
        let new: Vec<Notification> =
            plan.arm(&armed).into_iter().filter(|it| !self.is_given(&it.key)).cloned().collect();
        let rekeyed = self.rekeyed(&new);
        for it in plan.disarm(&armed, now) {
            self.phone.disarm(&it.key);
            self.family.armed.remove(&it.key);
        }
        self.armed_by = self.knowledge;
        let complete = killed == Killed::Never;
        if killed != Killed::Disarmed {
            // There is room for twice as many only when what was set before counts once, too.
            self.phone.set_exactly(now);
        }
        let stop = match killed {
            Killed::Disarmed => 0,
            Killed::Arming => chance.below(new.len() + 1),
            _ => new.len(),
        };
        self.remember_keys();
        // Remembered before it is armed: what is armed and not remembered could never be taken back.
        self.family.armed.extend(new.iter().map(|it| (it.key.clone(), it.at)));
        for it in new.into_iter().take(stop) {
            if it.at <= now {
                self.show(truth, it, Way::Exact);
            } else {
                self.phone.arm(it, chance);
            }
        }
        if self.phone.platform == Platform::Android {
            // A job is put off for as long as the phone sleeps, and gathered with others.
            let late = TimeDelta::seconds(chance.below(20 * 3600) as i64);
            self.phone.wake = plan.next_plan_at.map(|it| it.max(now) - self.phone.ahead + late);
        }
        self.record_pending(truth, now, complete, rekeyed);
    }

    fn record_pending(&mut self, truth: DateTime<Utc>, now: DateTime<Utc>, complete: bool, rekeyed: usize) {
        let (counted, pending) = (self.phone.counted(), self.phone.pending(now));
        let furthest = self.phone.furthest();
        self.record(truth, What::Planned { complete, counted, pending, furthest, rekeyed });
    }

    fn remember_keys(&mut self) {
        for place in 0..self.family.rows.len() {
            let row = &self.family.rows[place];
            let key = self.alone(&row.told).filter(|_| !row.given).map(|it| it.0);
            self.family.rows[place].keys.extend(key);
        }
    }

    /// How many of these are pending under another key.
    fn rekeyed(&self, new: &[Notification]) -> usize {
        let same = |it: &Notification, other: &Notification| {
            it.key != other.key
                && (it.at, it.kind, it.occurrence, &it.uid, &it.title)
                    == (other.at, other.kind, other.occurrence, &other.uid, &other.title)
        };
        new.iter().filter(|it| self.phone.alarms().any(|other| same(it, other))).count()
    }

    fn is_given(&self, key: &Key) -> bool {
        self.family.given.contains_key(key) || self.phone.shown.contains(key)
    }

    fn show(&mut self, truth: DateTime<Utc>, notification: Notification, way: Way) {
        if !self.phone.permitted {
            return;
        }
        let key = notification.key.clone();
        self.phone.shown.insert(key.clone());
        self.family.given.insert(key.clone(), notification.at);
        self.family.rows.iter_mut().for_each(|it| it.given |= it.keys.contains(&key));
        self.record(truth, What::Shown(notification, way));
    }

    /// An alarm fires.
    pub fn fire(&mut self, truth: DateTime<Utc>, chance: &mut Seeded) {
        let Some(Alarm { notification, way, .. }) = self.phone.fire() else { return };
        if self.phone.platform == Platform::Ios {
            if self.phone.permitted {
                self.phone.shown.insert(notification.key.clone());
                self.record(truth, What::Shown(notification, way));
            }
            return;
        }
        self.family.armed.remove(&notification.key);
        // What was found since, and is told with this, was not armed by itself.
        self.remember_keys();
        if self.still_holds(&notification, self.phone.clock(truth)) {
            self.show(truth, notification, way);
        }
        if chance.once_in(8) {
            self.run(truth, Why::Woken, chance);
        }
    }

    /// Whether something that fires is still to be shown.
    fn still_holds(&self, notification: &Notification, now: DateTime<Utc>) -> bool {
        let at = notification.at;
        let in_time = at <= now && now <= at + TimeDelta::minutes(61);
        let planned = |plan: Plan| plan.notifications.iter().any(|it| it.key == notification.key);
        in_time
            && !self.is_given(&notification.key)
            && self.is_of_use(notification, now)
            && planned(self.plan(at, notification.uid.as_deref()))
    }

    fn is_of_use(&self, notification: &Notification, now: DateTime<Utc>) -> bool {
        let known = self.family.known();
        let event = known.iter().find(|it| Some(&it.event.uid) == notification.uid.as_ref());
        match (notification.kind, event) {
            (NotificationKind::Event, Some(known)) => {
                let mut times = known.event.times.iter();
                times.any(|it| Some(it.id) == notification.occurrence && it.of_use_until() > now)
            }
            (NotificationKind::Deadline, Some(known)) => {
                known.event.closes.is_none_or(|it| it.instant() > now)
            }
            _ => true,
        }
    }
}

fn killed(chance: &mut Seeded) -> Killed {
    use Killed::{Arming, ContentIn, Disarmed, Never, Noting, Planned};
    if !chance.once_in(25) {
        return Never;
    }
    [ContentIn, Noting, Planned, Disarmed, Arming][chance.below(5)]
}
