//! What a life has in store: when the family writes, and what goes wrong.

use chrono::{TimeDelta, Timelike};

use super::history::{COPY, Ending, OWN, What, Why};
use super::life::{Act, Life};
use super::network::Weather;

const HOUR: usize = 3600;
const DAY: usize = 24 * HOUR;

impl Life {
    /// Puts on the agenda what is going to happen.
    pub(super) fn plan(&mut self) {
        let length = match self.chance.below(24) {
            0 => 20 * DAY + self.chance.below(90 * DAY),
            1 | 2 => 5 * DAY + self.chance.below(15 * DAY),
            3..=9 => DAY + self.chance.below(5 * DAY),
            _ => 2 * HOUR + self.chance.below(DAY),
        };
        if self.chance.once_in(50) {
            self.history.ending = Ending::DownForGood;
        }
        let calm = TimeDelta::seconds(length as i64);
        self.history.calm = self.now + calm;
        self.history.end = self.now + calm + self.history.ending.lasts();
        self.later(calm, Act::Calm);
        if self.chance.once_in(2) {
            self.history.refreshed = true;
            for phone in [OWN, COPY] {
                self.sometime(DAY, Act::Refresh(phone));
            }
        }
        self.plan_family(length);
        self.plan_troubles(length);
        self.plan_hub(length);
    }

    fn sometime(&mut self, within: usize, act: Act) {
        let after = TimeDelta::milliseconds(self.chance.below(within * 1000) as i64);
        self.later(after, act);
    }

    fn up_to(&mut self, seconds: usize) -> TimeDelta {
        TimeDelta::seconds(60 + self.chance.below(seconds) as i64)
    }

    fn plan_family(&mut self, length: usize) {
        self.sometime(HOUR, Act::Write);
        for _ in 0..self.chance.below(3) {
            self.sometime(length, Act::Write);
        }
        if self.chance.once_in(3) {
            self.sometime(length, Act::Withdraw(OWN, None));
        }
        for _ in 0..self.chance.below(3) {
            self.sometime(length, Act::Sync(OWN));
        }
        for _ in 0..self.chance.below(3) {
            self.sometime(length, Act::Open(OWN));
        }
        if self.chance.once_in(8) {
            self.sometime(length, Act::Copy);
            self.sometime(length, Act::Sync(COPY));
            if self.chance.once_in(3) {
                self.sometime(length, Act::Withdraw(COPY, None));
            }
        }
    }

    fn plan_troubles(&mut self, length: usize) {
        self.weather = self.any_weather();
        for _ in 0..1 + self.chance.below(6) {
            let weather = self.any_weather();
            self.sometime(length, Act::Weather(weather));
        }
        for _ in 0..self.chance.below(4) {
            let phone = if self.chance.once_in(6) { COPY } else { OWN };
            let act = match self.chance.below(12) {
                0 | 1 => Act::Off(phone, self.up_to(length / 2)),
                // Away for months, where the life is that long.
                2 => Act::Off(phone, self.up_to(length)),
                3..=6 => {
                    let most = [6 * HOUR, 3 * DAY, 40 * DAY, 1200 * DAY][self.chance.below(4)];
                    let by = self.up_to(most);
                    let by = if self.chance.once_in(2) { by } else { -by };
                    Act::ClockWrong(phone, by, self.up_to(length.min(12 * DAY)))
                }
                7 | 8 => Act::DiskFull(phone, self.up_to(length.min(4 * DAY))),
                9 => Act::Poison,
                _ => Act::Kill(phone, None),
            };
            self.sometime(length, act);
        }
    }

    fn any_weather(&mut self) -> Weather {
        match self.chance.below(10) {
            0..=3 => Weather::Fine,
            4..=6 => Weather::Stormy,
            _ => *self.chance.one_of(&Weather::BAD).unwrap_or(&Weather::Stormy),
        }
    }

    fn plan_hub(&mut self, length: usize) {
        for _ in 0..self.chance.below(4) {
            self.sometime(length, Act::Staff);
        }
        for _ in 0..self.chance.below(4) {
            self.sometime(length + DAY / 2, Act::Staff);
        }
        if self.chance.once_in(2) {
            let calm = TimeDelta::seconds(length as i64 + self.chance.below(20 * HOUR) as i64);
            self.later(calm, Act::Staff);
        }
        for _ in 0..self.chance.below(3) {
            self.sometime(length, Act::Restart);
        }
        for _ in 0..self.chance.below(3) {
            self.sometime(length, Act::BackUp);
        }
        if self.chance.once_in(6) {
            self.sometime(length, Act::Restore);
        }
        for _ in 0..if self.chance.once_in(4) { 1 + self.chance.below(2) } else { 0 } {
            let at_once = self.chance.once_in(2);
            self.sometime(length, Act::ServiceKey(at_once));
        }
        if self.chance.once_in(10) {
            self.sometime(length, Act::ReceiptKey);
        }
    }

    /// Something goes wrong, or right again.
    pub(super) fn disturb(&mut self, act: Act) {
        match act {
            Act::Weather(weather) => {
                let better = weather == Weather::Fine && self.weather != Weather::Fine;
                self.weather = weather;
                for phone in 0..if better { self.phones.len() } else { 0 } {
                    if self.chance.once_in(2) {
                        self.look(phone, Why::Reconnected);
                    }
                }
            }
            Act::Off(phone, time) => self.switched_off(phone, time),
            Act::On(phone) => self.switched_on(phone),
            Act::ClockWrong(phone, by, time) => {
                if self.set_clock(phone, by) {
                    self.tally(if by < TimeDelta::zero() { "clock back" } else { "clock forward" });
                    self.later(time, Act::ClockRight(phone));
                }
            }
            Act::ClockRight(phone) => self.right(phone),
            Act::DiskFull(phone, time) => {
                if let Some(it) = self.phones.get_mut(phone) {
                    it.full = true;
                    self.tally("disk full");
                    self.note(phone, What::DiskFull(phone, true));
                    self.later(time, Act::DiskFree(phone));
                }
            }
            Act::DiskFree(phone) => self.freed(phone),
            Act::Poison => {
                self.tally("one enquiry offends a proxy");
                self.poisoned.extend(self.chance.one_of(&self.written).copied());
            }
            other => self.disturb_hub(other),
        }
    }

    fn disturb_hub(&mut self, act: Act) {
        match act {
            Act::Restart => {
                self.tally("hub restarted");
                self.hub.restart();
            }
            Act::BackUp => self.hub.back_up(),
            Act::Restore => {
                self.tally("hub restored");
                let happened = self.hub.restore(&mut self.chance);
                self.note_all([happened]);
            }
            Act::ServiceKey(at_once) => {
                self.tally(if at_once { "service key revoked" } else { "service key changed" });
                let happened = self.hub.change_service_key(self.now, at_once);
                self.note_all(happened);
                self.published();
            }
            Act::ReceiptKey => {
                self.tally("receipt key changed");
                self.hub.change_receipt_key();
                self.published();
            }
            Act::Copy => self.copy(),
            _ => {}
        }
    }

    /// A new bank is signed.
    pub(super) fn published(&mut self) {
        self.published = self.now.with_nanosecond(0).unwrap_or(self.now);
    }

    fn switched_off(&mut self, phone: usize, time: TimeDelta) {
        let Some(it) = self.phones.get_mut(phone).filter(|it| it.on) else { return };
        it.on = false;
        it.boot += 1;
        it.in_flight.clear();
        self.tally("phone off");
        self.note(phone, What::Switched(phone, false));
        self.later(time, Act::On(phone));
    }

    /// It is on, and the app is started, as after every start of the phone.
    pub(super) fn switched_on(&mut self, phone: usize) {
        let Some(it) = self.phones.get_mut(phone).filter(|it| !it.on) else { return };
        it.on = true;
        self.note(phone, What::Switched(phone, true));
        self.look(phone, Why::Started);
    }

    /// There is room on the disk: nobody tells the app.
    pub(super) fn freed(&mut self, phone: usize) {
        if let Some(it) = self.phones.get_mut(phone).filter(|it| it.full) {
            it.full = false;
            self.note(phone, What::DiskFull(phone, false));
        }
    }

    /// The clock is right.
    pub(super) fn right(&mut self, phone: usize) {
        if self.phones.get(phone).is_some_and(|it| !it.ahead.is_zero()) {
            self.set_clock(phone, TimeDelta::zero());
        }
    }

    /// Sets a phone's clock; some systems tell the app.
    pub fn set_clock(&mut self, phone: usize, ahead: TimeDelta) -> bool {
        let Some(it) = self.phones.get_mut(phone) else { return false };
        it.ahead = ahead;
        self.note(phone, What::ClockSet(phone));
        if self.chance.once_in(2) {
            self.look(phone, Why::ClockSet);
        }
        true
    }
}
