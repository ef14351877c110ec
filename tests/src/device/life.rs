//! A family's years with a phone: it is opened, synced, switched off, taken along, and now and then something goes wrong with it. Time
//! steps from one thing that happens to the next.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
use otsupport_core::reminders::Tz;

use super::app::{App, Why};
use super::choice::Choice;
use super::family::{Family, Practice};
use super::history::{History, Known, What};
use super::phone::{Phone, Platform};
use super::planner::Planted;
use super::service::{Bank, Service};
use crate::seeded::Seeded;

const ZONES: [Tz; 6] = [
    Tz::Europe__London,
    Tz::Europe__London,
    Tz::America__New_York,
    Tz::Asia__Tokyo,
    Tz::Australia__Lord_Howe,
    Tz::Europe__Lisbon,
];

const WEEK: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

/// Something that is going to happen.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Act {
    /// The service publishes.
    Publish,
    /// The phone reaches the hub.
    Sync,
    /// Somebody opens the app.
    Open,
    /// Something goes wrong with the phone.
    Trouble,
    /// It is switched on again.
    SwitchOn,
    /// Somebody unlocks it after that: BOOT_COMPLETED comes.
    Unlock,
    /// Its clock is set right.
    SetRight,
    /// The permission to notify comes back.
    Permit,
}

/// A phone, its family and its service.
pub struct Life {
    app: App,
    service: Service,
    agenda: BTreeSet<(DateTime<Utc>, Act)>,
    /// What was published, the newest last: a sync may be given an older one.
    published: Vec<Bank>,
    chance: Seeded,
    /// How many days lie between two syncs, and between two times that the app is opened, at most.
    pace: (usize, usize),
}

impl Life {
    /// Lives so many years with a phone, and gives what happened.
    ///
    /// # Errors
    /// If the core does not read what the service published.
    pub fn lived(seed: u64, years: u32, planner: Planted) -> Result<History, String> {
        let mut chance = Seeded(seed);
        let first = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap_or_default();
        let today = first + chrono::Days::new(chance.below(3650) as u64);
        let now = today.and_time(NaiveTime::MIN).and_utc() + TimeDelta::hours(9);
        let end = now + TimeDelta::days(365 * i64::from(years));
        let platform = if chance.once_in(2) { Platform::Ios } else { Platform::Android };
        let service = Service::new(today, years, &mut chance)?;
        let family = Family::new(Choice::any(&mut chance));
        let mut phone = Phone::new(platform);
        phone.zone = chance.one_of(&ZONES).copied().unwrap_or(Tz::UTC);
        let mut app = App::new(phone, family, planner, end);
        app.family.bank = service.bank();
        app.knows(now);
        let pace = ([1, 4, 7, 20][chance.below(4)], [2, 4, 7, 25][chance.below(4)]);
        let published = vec![service.bank()];
        let mut life = Self { app, service, agenda: BTreeSet::new(), published, chance, pace };
        for (act, hours) in [(Act::Open, 0), (Act::Publish, 30), (Act::Sync, 40), (Act::Trouble, 200)] {
            life.agenda.insert((now + TimeDelta::hours(hours), act));
        }
        life.live(end)?;
        Ok(life.app.history)
    }

    fn live(&mut self, end: DateTime<Utc>) -> Result<(), String> {
        loop {
            let act = self.agenda.first().map(|it| it.0);
            let alarm = self.app.phone.next();
            let wake = self.app.phone.wake;
            let Some(now) = [act, alarm, wake].into_iter().flatten().min().filter(|it| *it < end) else {
                return Ok(());
            };
            if alarm == Some(now) {
                self.app.fire(now, &mut self.chance);
            } else if wake == Some(now) {
                self.app.phone.wake = None;
                self.woken(now, Why::Woken);
            } else if let Some((_, act)) = self.agenda.pop_first() {
                self.happens(now, act)?;
            }
        }
    }

    fn happens(&mut self, now: DateTime<Utc>, act: Act) -> Result<(), String> {
        match act {
            Act::Publish => {
                self.service.work(now, &mut self.chance)?;
                self.published.push(self.service.bank());
                self.again(now, Act::Publish, 6);
            }
            Act::Sync => {
                self.sync(now);
                self.again(now, Act::Sync, self.pace.0);
            }
            Act::Open => {
                self.open(now);
                self.again(now, Act::Open, self.pace.1);
            }
            Act::Trouble => {
                self.trouble(now);
                self.again(now, Act::Trouble, 25);
            }
            Act::SwitchOn => self.switch_on(now),
            Act::Unlock => self.broadcast(now, Why::Boot),
            Act::SetRight => self.set_clock(now, TimeDelta::zero()),
            Act::Permit => self.permit(now, true),
        }
        Ok(())
    }

    /// The same within so many days, seldom much later.
    fn again(&mut self, now: DateTime<Utc>, act: Act, days: usize) {
        let days = if self.chance.once_in(30) { days * 5 } else { days };
        let seconds = 1800 + self.chance.below(days * 2 * 86_400);
        self.later(now, act, seconds);
    }

    fn later(&mut self, now: DateTime<Utc>, act: Act, seconds: usize) {
        self.agenda.insert((now + TimeDelta::seconds(seconds as i64), act));
    }

    fn sync(&mut self, now: DateTime<Utc>) {
        if !self.app.phone.on || self.app.phone.stopped {
            return;
        }
        let bank = self.published.last().cloned().unwrap_or_default();
        self.app.sync(now, bank, &mut self.chance);
    }

    /// Code of the app runs without anybody opening it.
    fn woken(&mut self, now: DateTime<Utc>, why: Why) {
        if self.app.phone.on && !self.app.phone.stopped {
            self.app.run(now, why, &mut self.chance);
        }
    }

    /// What Android tells the app by a broadcast, and iOS does not.
    fn broadcast(&mut self, now: DateTime<Utc>, why: Why) {
        if self.app.phone.platform == Platform::Android && self.app.phone.on && !self.app.phone.stopped {
            self.app.record(now, What::Broadcast);
            self.woken(now, why);
        }
    }

    fn open(&mut self, now: DateTime<Utc>) {
        if !self.app.phone.on {
            return;
        }
        self.app.phone.stopped = false;
        self.choose(now);
        self.app.knows(now);
        self.app.run(now, Why::Woken, &mut self.chance);
    }

    /// What a family does with the app open.
    fn choose(&mut self, now: DateTime<Utc>) {
        let (family, chance) = (&mut self.app.family, &mut self.chance);
        // What is cancelled is left standing for a while by some.
        let is_over = |it: &Known| it.event.times.iter().all(|time| time.ends < now || time.cancelled);
        let known = family.known();
        let over: Vec<String> = known
            .iter()
            .filter(|it| is_over(it) && !chance.once_in(3))
            .map(|it| it.event.uid.clone())
            .collect();
        over.iter().for_each(|it| family.unfollow(it));
        let open: Vec<String> = family
            .bank
            .keys()
            .filter(|it| !family.follows.contains_key(*it) && !over.contains(it))
            .cloned()
            .collect();
        let wanted = 5 + chance.below(6);
        for uid in chance.some_of(&open, 4) {
            if family.follows.len() < wanted {
                let is_full = family.bank.get(&uid).is_some_and(|it| it.full);
                let booked = !is_full && chance.once_in(2);
                family.follow(&uid, booked);
            }
        }
        for follow in family.follows.values_mut() {
            if chance.once_in(if follow.booked { 40 } else { 12 }) {
                follow.booked = !follow.booked;
            }
        }
        let uids: Vec<String> = family.follows.keys().cloned().collect();
        if let Some(uid) = chance.one_of(&uids).filter(|_| chance.clone().once_in(20)) {
            family.unfollow(uid);
        }
        if chance.once_in(6) {
            let days = chance.some_of(&WEEK, 5);
            family.tries =
                vec![Practice { id: format!("try {}", now.date_naive()), days, done: BTreeSet::new() }];
        }
        if chance.once_in(10) {
            family.tries.clear();
        }
        if let Some(tried) = family.tries.first_mut().filter(|_| chance.once_in(3)) {
            tried.done.insert(now.date_naive());
        }
        if chance.once_in(15) {
            family.choice = Choice::any(chance).into();
        }
    }

    fn trouble(&mut self, now: DateTime<Utc>) {
        if !self.app.phone.on {
            return;
        }
        match self.chance.below(10) {
            0 => self.switch_off(now, 60 + 3600),
            1 => self.switch_off(now, 36 * 3600),
            2 => self.switch_off(now, 20 * 86_400),
            3 => self.replaced(now),
            4 => self.stop(now),
            5 => {
                let ahead = self.chance.below(12 * 60) as i64 - 6 * 60;
                self.set_clock(now, TimeDelta::minutes(ahead));
                let seconds = 600 + self.chance.below(30 * 3600);
                self.later(now, Act::SetRight, seconds);
            }
            6 | 7 => self.travel(now),
            8 => self.exactness(now),
            _ => {
                self.permit(now, false);
                let seconds = self.chance.below(15 * 86_400);
                self.later(now, Act::Permit, seconds);
            }
        }
    }

    fn disturb(&mut self, now: DateTime<Utc>, what: &'static str) {
        self.app.record(now, What::Disturbed(what));
    }

    fn switch_off(&mut self, now: DateTime<Utc>, most: usize) {
        self.disturb(now, "off");
        self.app.phone.on = false;
        let seconds = 60 + self.chance.below(most);
        self.later(now, Act::SwitchOn, seconds);
    }

    fn switch_on(&mut self, now: DateTime<Utc>) {
        self.app.phone.lose_alarms();
        self.app.phone.on = true;
        self.disturb(now, "on");
        if self.app.phone.platform == Platform::Android {
            let seconds =
                if self.chance.once_in(6) { self.chance.below(9 * 3600) } else { self.chance.below(300) };
            self.later(now, Act::Unlock, seconds);
        }
    }

    fn replaced(&mut self, now: DateTime<Utc>) {
        self.app.phone.lose_alarms();
        self.disturb(now, "replaced");
        self.broadcast(now, Why::Woken);
    }

    fn stop(&mut self, now: DateTime<Utc>) {
        if self.app.phone.platform == Platform::Android {
            self.app.phone.lose_alarms();
            self.app.phone.stopped = true;
            self.app.phone.wake = None;
            self.disturb(now, "stopped");
        }
    }

    fn set_clock(&mut self, now: DateTime<Utc>, ahead: TimeDelta) {
        self.disturb(now, "clock set");
        self.app.phone.set_clock(ahead);
        self.disturb(now, "clock set");
        self.broadcast(now, Why::Woken);
    }

    fn travel(&mut self, now: DateTime<Utc>) {
        self.app.phone.zone = self.chance.one_of(&ZONES).copied().unwrap_or(Tz::UTC);
        self.app.knows(now);
        self.broadcast(now, Why::Woken);
    }

    fn exactness(&mut self, now: DateTime<Utc>) {
        if self.app.phone.platform != Platform::Android {
            return;
        }
        if self.app.phone.exact {
            self.app.phone.forbid_exact();
            self.app.knows(now);
            self.disturb(now, "exact alarms forbidden");
        } else {
            self.app.phone.exact = true;
            self.app.knows(now);
            self.broadcast(now, Why::Woken);
        }
    }

    fn permit(&mut self, now: DateTime<Utc>, permitted: bool) {
        self.app.phone.permitted = permitted;
        self.app.knows(now);
        if permitted {
            self.broadcast(now, Why::Woken);
        }
    }
}
