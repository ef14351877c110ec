//! The service over the years: it offers events, moves them, calls them off, and publishes a bank after each change.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, TimeDelta, Utc, Weekday};
use otsupport_core::reminders::Tz;

use super::event::{End, Event, Exception, Published, Repeat, time_of_day};
use crate::seeded::Seeded;

/// The events of a bank, by UID.
pub type Bank = BTreeMap<String, Arc<Published>>;

/// How far beyond the end of the simulation the times of a series are kept.
const BEYOND: Days = Days::new(450);

/// A service.
pub struct Service {
    offered: BTreeMap<String, Event>,
    bank: Bank,
    /// What was taken out, and may come back.
    taken_out: Vec<Event>,
    until: NaiveDate,
    next: u32,
}

impl Service {
    /// A service on its first day, with what it has been offering for years.
    ///
    /// # Errors
    /// If the core does not read what was published.
    pub fn new(today: NaiveDate, years: u32, chance: &mut Seeded) -> Result<Self, String> {
        let until = today + Days::new(u64::from(years) * 366) + BEYOND;
        let mut service =
            Self { offered: BTreeMap::new(), bank: Bank::new(), taken_out: Vec::new(), until, next: 0 };
        for _ in 0..3 {
            let begun = today - Days::new(3650 + chance.below(60) as u64);
            service.offer_series(begun, Some(End::Never), chance);
        }
        for _ in 0..9 {
            service.offer(today, chance);
        }
        for event in service.offered.values() {
            service.bank.insert(event.uid.clone(), service.published(event, today)?);
        }
        Ok(service)
    }

    /// The bank as it is published now.
    pub fn bank(&self) -> Bank {
        self.bank.clone()
    }

    fn published(&self, event: &Event, today: NaiveDate) -> Result<Arc<Published>, String> {
        Ok(Arc::new(event.publish(today - Days::new(100), self.until)?))
    }

    /// A day at the office: some changes, and a new bank.
    ///
    /// # Errors
    /// If the core does not read what was published.
    pub fn work(&mut self, now: DateTime<Utc>, chance: &mut Seeded) -> Result<(), String> {
        let today = now.date_naive();
        self.clear_up(now);
        for _ in 0..1 + chance.below(3) {
            self.change(now, chance)?;
        }
        while self.offered.len() < 14 {
            self.offer(today, chance);
        }
        let new: Vec<&Event> = self.offered.values().filter(|it| !self.bank.contains_key(&it.uid)).collect();
        let new: Result<Vec<_>, String> =
            new.into_iter().map(|it| Ok((it.uid.clone(), self.published(it, today)?))).collect();
        self.bank.extend(new?);
        Ok(())
    }

    /// Takes out what is over, some time after.
    fn clear_up(&mut self, now: DateTime<Utc>) {
        let old = now - TimeDelta::days(20);
        let is_over = |it: &Arc<Published>| it.times.iter().all(|time| time.ends < old);
        let over: Vec<String> =
            self.bank.values().filter(|it| is_over(it)).map(|it| it.uid.clone()).collect();
        for uid in over {
            self.offered.remove(&uid);
            self.bank.remove(&uid);
        }
    }

    fn change(&mut self, now: DateTime<Utc>, chance: &mut Seeded) -> Result<(), String> {
        match chance.below(20) {
            0 => return self.take_out(chance),
            1 => return self.bring_back(now.date_naive()),
            _ => {}
        }
        let uids: Vec<String> = self.offered.keys().cloned().collect();
        let Some(uid) = chance.one_of(&uids).cloned() else { return Ok(()) };
        let Some(event) = self.offered.get(&uid) else { return Ok(()) };
        if event.cancelled {
            return Ok(());
        }
        let mut changed = event.clone();
        let tell = edit(&mut changed, now, chance);
        let Some(is_new_sequence) = tell else { return Ok(()) };
        if is_new_sequence {
            changed.sequence += 1 + chance.below(2) as u32;
        }
        let published = self.published(&changed, now.date_naive())?;
        let old = self.bank.insert(uid.clone(), published);
        self.offered.insert(uid.clone(), changed);
        if let Some(old) = old.filter(|_| chance.once_in(25)) {
            // Somebody uploads the file of last month.
            self.bank.insert(uid, old);
        }
        Ok(())
    }

    fn take_out(&mut self, chance: &mut Seeded) -> Result<(), String> {
        let uids: Vec<String> = self.offered.keys().cloned().collect();
        if let Some(event) = chance.one_of(&uids).and_then(|it| self.offered.remove(it)) {
            self.bank.remove(&event.uid);
            self.taken_out.push(event);
        }
        Ok(())
    }

    fn bring_back(&mut self, today: NaiveDate) -> Result<(), String> {
        if let Some(mut event) = self.taken_out.pop() {
            event.sequence += 1;
            self.bank.insert(event.uid.clone(), self.published(&event, today)?);
            self.offered.insert(event.uid.clone(), event);
        }
        Ok(())
    }

    fn offer(&mut self, today: NaiveDate, chance: &mut Seeded) {
        let day = today + Days::new(3 + chance.below(80) as u64);
        if chance.once_in(2) {
            self.offer_series(day, None, chance);
        } else {
            let event = self.begun(day, chance);
            self.offered.insert(event.uid.clone(), event);
        }
    }

    fn offer_series(&mut self, day: NaiveDate, end: Option<End>, chance: &mut Seeded) {
        let mut event = self.begun(day, chance);
        let end = end.unwrap_or_else(|| match chance.below(3) {
            0 => End::Never,
            _ => End::Count(2 + chance.below(11)),
        });
        event.repeat = repeat(event.first.date(), end, chance);
        if let Some(first) = event.starts(day + Days::new(400)).first() {
            event.first = *first;
        }
        if matches!(end, End::Never) && !chance.once_in(4) {
            event.booking = None;
        }
        if chance.once_in(2) && matches!(end, End::Count(_)) {
            end_by_date(&mut event);
        }
        self.offered.insert(event.uid.clone(), event);
    }

    /// An event that takes place once, on that day.
    fn begun(&mut self, day: NaiveDate, chance: &mut Seeded) -> Event {
        self.next += 1;
        let all_day = chance.once_in(6);
        let zones = [
            Tz::Europe__London,
            Tz::Europe__London,
            Tz::Europe__London,
            Tz::America__New_York,
            Tz::Asia__Tokyo,
            Tz::Australia__Lord_Howe,
            Tz::UTC,
        ];
        let time = if all_day { time_of_day(0, 0) } else { start(chance) };
        let first = day.and_time(time);
        let closes = (day - Days::new(1 + chance.below(9) as u64)).and_time(closing(chance));
        let places = if chance.once_in(3) { 0 } else { 1 + chance.below(12) as u32 };
        Event {
            uid: format!("e{}@service.example", self.next),
            sequence: chance.below(3) as u32,
            all_day,
            zone: chance.one_of(&zones).copied().unwrap_or(Tz::UTC),
            first,
            length: if all_day { 1 + chance.below(3) as u32 } else { 30 + 30 * chance.below(6) as u32 },
            repeat: Repeat::Once,
            exceptions: BTreeMap::new(),
            location: place(chance),
            join: chance.once_in(3).then(|| link(chance)),
            booking: (!chance.once_in(3)).then_some((closes, places)),
            cancelled: false,
        }
    }
}

/// Mostly by day; now and then in an hour that the clocks skip or repeat.
fn start(chance: &mut Seeded) -> chrono::NaiveTime {
    match chance.below(12) {
        0 => time_of_day(1 + chance.below(2) as u32, 15 * chance.below(4) as u32),
        _ => time_of_day(8 + chance.below(14) as u32, 15 * chance.below(4) as u32),
    }
}

fn closing(chance: &mut Seeded) -> chrono::NaiveTime {
    match chance.below(5) {
        0 => time_of_day(23, 59),
        _ => time_of_day(9 + chance.below(10) as u32, 0),
    }
}

fn place(chance: &mut Seeded) -> String {
    format!("Room {}", chance.below(1000))
}

fn link(chance: &mut Seeded) -> String {
    format!("https://meet.example/{}", chance.below(1000))
}

fn repeat(first: NaiveDate, end: End, chance: &mut Seeded) -> Repeat {
    match chance.below(8) {
        0 => Repeat::MonthlyOn([31, 30, 12][chance.below(3)], end),
        1 => Repeat::MonthlyNth(-1, first.weekday(), end),
        2 => Repeat::MonthlyNth(2, first.weekday(), end),
        3 => Repeat::Weekly(2, vec![first.weekday()], end),
        4 => Repeat::Weekly(1, vec![first.weekday(), first.weekday().succ().succ()], end),
        _ => Repeat::Weekly(1, vec![first.weekday()], end),
    }
}

/// The same dates, their end given by UNTIL.
fn end_by_date(event: &mut Event) {
    let last = event.starts(event.first.date() + Days::new(900)).last().copied();
    let until = End::Until(last.unwrap_or(event.first));
    match &mut event.repeat {
        Repeat::Once => {}
        Repeat::Weekly(_, _, end) | Repeat::MonthlyOn(_, end) | Repeat::MonthlyNth(_, _, end) => *end = until,
    }
}

/// Changes an event that is still to come. Gives whether its SEQUENCE rises; `None` if nothing was changed.
fn edit(event: &mut Event, now: DateTime<Utc>, chance: &mut Seeded) -> Option<bool> {
    let ahead: Vec<NaiveDateTime> = dates_ahead(event, now);
    let date = *ahead.first()?;
    match (chance.below(16), &event.repeat) {
        (0..=2, _) => return change_places(event, chance).then_some(false),
        (_, _) if is_full(event) && chance.once_in(2) => {
            return change_places(event, chance).then_some(false);
        }
        (3, _) => event.location = place(chance),
        (4, _) => event.join = Some(link(chance)),
        (5, _) => event.length = if event.all_day { 4 - event.length.min(3) } else { 210 - event.length },
        (6 | 7, Repeat::Once) => event.cancelled = true,
        (6, _) if !chance.once_in(3) => return None,
        (6, _) => event.cancelled = true,
        (_, Repeat::Once) => event.first = moved(event, date, chance),
        (7 | 8, _) => return except(event, &ahead, Exception::Cancelled, chance),
        (9 | 10, _) => return except(event, &ahead, Exception::Excluded, chance),
        (11 | 12, _) => move_series(event, chance),
        _ => {
            let one = *chance.one_of(&ahead)?;
            let to = moved(event, one, chance);
            return except(event, &[one], Exception::Moved(to, place(chance)), chance);
        }
    }
    Some(!chance.once_in(6))
}

/// The next dates that take place as the rule has them, within a quarter.
fn dates_ahead(event: &Event, now: DateTime<Utc>) -> Vec<NaiveDateTime> {
    let starts = event.starts(now.date_naive() + Days::new(90));
    let today = now.date_naive();
    let ahead = starts.into_iter().filter(|it| it.date() >= today && !event.exceptions.contains_key(it));
    ahead.take(6).collect()
}

fn is_full(event: &Event) -> bool {
    event.booking.is_some_and(|(_, places)| places == 0)
}

fn change_places(event: &mut Event, chance: &mut Seeded) -> bool {
    match &mut event.booking {
        Some((_, places)) if *places == 0 => *places = 1 + chance.below(3) as u32,
        Some((_, places)) => *places = if chance.once_in(2) { 0 } else { *places + 1 },
        None => return false,
    }
    true
}

fn except(
    event: &mut Event,
    dates: &[NaiveDateTime],
    exception: Exception,
    chance: &mut Seeded,
) -> Option<bool> {
    event.exceptions.insert(*chance.one_of(dates)?, exception);
    Some(true)
}

/// Another day or time, never one that another date of a series has.
fn moved(event: &Event, date: NaiveDateTime, chance: &mut Seeded) -> NaiveDateTime {
    if event.all_day {
        return date + Days::new(1 + chance.below(2) as u64);
    }
    match chance.below(3) {
        0 => (date + Days::new(1)).date().and_time(start(chance)),
        1 => (date - Days::new(1)).date().and_time(start(chance)),
        _ => date.date().and_time(start(chance)),
    }
}

/// Another time of day, or a day later, for all dates.
fn move_series(event: &mut Event, chance: &mut Seeded) {
    let weekly = matches!(event.repeat, Repeat::Weekly(..));
    let days = u64::from(weekly && (event.all_day || chance.once_in(2)));
    let time = if event.all_day { event.first.time() } else { start(chance) };
    let shift = |it: NaiveDateTime| (it + Days::new(days)).date().and_time(time);
    event.first = shift(event.first);
    if let Repeat::Weekly(_, on, _) = &mut event.repeat {
        for day in on.iter_mut().filter(|_| days > 0) {
            *day = Weekday::succ(day);
        }
    }
    if let Repeat::Weekly(_, _, End::Until(last))
    | Repeat::MonthlyOn(_, End::Until(last))
    | Repeat::MonthlyNth(_, _, End::Until(last)) = &mut event.repeat
    {
        *last = shift(*last);
    }
    let old = std::mem::take(&mut event.exceptions);
    let off = old.into_iter().filter(|(_, it)| !matches!(it, Exception::Moved(..)));
    event.exceptions = off.map(|(start, it)| (shift(start), it)).collect();
}
