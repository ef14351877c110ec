//! One event as the service keeps it: it knows the plain times at which it takes place, and how to write itself as .ics.

use std::collections::BTreeMap;
use std::fmt::Write;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc, Weekday};
use otsupport_core::reminders::Tz;
use otsupport_core::reminders::calendar::{self, CalendarEvent};

use super::wall_clock::{SERVICE, Wall, instant, monday};

/// How often it takes place.
#[derive(Clone, Debug)]
pub enum Repeat {
    /// Once.
    Once,
    /// In every so many weeks, on these days.
    Weekly(u32, Vec<Weekday>, End),
    /// In every month that has that day.
    MonthlyOn(u32, End),
    /// In every month on the first, second … such day of the week; -1 is the last.
    MonthlyNth(i32, Weekday, End),
}

/// Where a series ends.
#[derive(Clone, Copy, Debug)]
pub enum End {
    /// Nowhere.
    Never,
    /// After so many dates.
    Count(usize),
    /// With this date.
    Until(NaiveDateTime),
}

/// What is different on one date of a series.
#[derive(Clone, Debug)]
pub enum Exception {
    /// It does not take place: RECURRENCE-ID with STATUS:CANCELLED.
    Cancelled,
    /// It does not take place: EXDATE.
    Excluded,
    /// It takes place then and there.
    Moved(NaiveDateTime, String),
}

/// An event that the service offers.
#[derive(Clone, Debug)]
pub struct Event {
    /// UID
    pub uid: String,
    /// SEQUENCE
    pub sequence: u32,
    /// Whether it is of whole days.
    pub all_day: bool,
    /// Where its clock hangs.
    pub zone: Tz,
    /// When it begins for the first time.
    pub first: NaiveDateTime,
    /// How long it lasts, in minutes or in days.
    pub length: u32,
    /// How often.
    pub repeat: Repeat,
    /// By the time at which the date was first meant to begin.
    pub exceptions: BTreeMap<NaiveDateTime, Exception>,
    /// LOCATION
    pub location: String,
    /// CONFERENCE
    pub join: Option<String>,
    /// When booking closes, and how many places are left.
    pub booking: Option<(NaiveDateTime, u32)>,
    /// STATUS:CANCELLED
    pub cancelled: bool,
}

/// One time at which an event takes place, or was meant to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Time {
    /// Which date of the series it is, whenever that takes place.
    pub number: usize,
    /// When it was first meant to begin.
    pub id: DateTime<Utc>,
    /// When it begins, as written.
    pub wall: Wall,
    /// When it begins.
    pub begins: DateTime<Utc>,
    /// When it ends.
    pub ends: DateTime<Utc>,
    /// Whether it does not take place.
    pub cancelled: bool,
    /// Where.
    pub location: String,
    /// Where to join.
    pub join: Option<String>,
}

impl Time {
    /// When a reminder of it comes too late.
    pub fn of_use_until(&self) -> DateTime<Utc> {
        if matches!(self.wall, Wall::Day(_)) { self.ends } else { self.begins }
    }
}

/// One state of an event, as it went into the bank.
#[derive(Debug)]
pub struct Published {
    /// UID
    pub uid: String,
    /// SEQUENCE
    pub sequence: u32,
    /// As the core reads it.
    pub event: CalendarEvent,
    /// As it was written.
    pub ics: String,
    /// The times at which it takes place, by the ids of them.
    pub times: Vec<Time>,
    /// When booking closes.
    pub closes: Option<Wall>,
    /// Whether all places are taken.
    pub full: bool,
}

impl Event {
    /// What goes into the bank, with its times between two days.
    ///
    /// # Errors
    /// If the core does not read what was written.
    pub fn publish(&self, from: NaiveDate, to: NaiveDate) -> Result<Published, String> {
        let ics = self.ics();
        let events = calendar::read(&ics).map_err(|faults| format!("{faults:?} in\n{ics}"))?;
        let event = events.into_iter().next().ok_or_else(|| format!("no event in\n{ics}"))?;
        Ok(Published {
            uid: self.uid.clone(),
            sequence: self.sequence,
            event,
            times: self.times(from, to),
            closes: self.booking.map(|(closes, _)| Wall::Clock(closes, self.clock())),
            full: self.booking.is_some_and(|(_, places)| places == 0),
            ics,
        })
    }

    /// The zone of what is not of whole days.
    fn clock(&self) -> Tz {
        if self.all_day { SERVICE } else { self.zone }
    }

    fn wall(&self, local: NaiveDateTime) -> Wall {
        if self.all_day { Wall::Day(local.date()) } else { Wall::Clock(local, self.zone) }
    }

    fn end_of(&self, wall: Wall) -> DateTime<Utc> {
        match wall {
            Wall::Clock(..) => wall.instant() + TimeDelta::minutes(i64::from(self.length)),
            Wall::Day(day) => Wall::Day(day + Days::new(u64::from(self.length))).instant(),
        }
    }

    /// Its times whose first meaning lies between two days.
    pub fn times(&self, from: NaiveDate, to: NaiveDate) -> Vec<Time> {
        let starts = self.starts(to);
        let kept = starts.into_iter().enumerate().filter(|(_, it)| it.date() >= from);
        kept.filter_map(|(number, it)| self.time(number, it)).collect()
    }

    fn time(&self, number: usize, start: NaiveDateTime) -> Option<Time> {
        let exception = self.exceptions.get(&start);
        if matches!(exception, Some(Exception::Excluded)) {
            return None;
        }
        let (local, location) = match exception {
            Some(Exception::Moved(to, place)) => (*to, place),
            _ => (start, &self.location),
        };
        let wall = self.wall(local);
        Some(Time {
            number,
            id: self.wall(start).instant(),
            wall,
            begins: wall.instant(),
            ends: self.end_of(wall),
            cancelled: self.cancelled || matches!(exception, Some(Exception::Cancelled)),
            location: location.clone(),
            join: self.join.clone(),
        })
    }

    /// The dates of the series up to a day, as its rule has them (R1, R4).
    pub fn starts(&self, to: NaiveDate) -> Vec<NaiveDateTime> {
        let end = match &self.repeat {
            Repeat::Once => return vec![self.first],
            Repeat::Weekly(_, _, end) | Repeat::MonthlyOn(_, end) | Repeat::MonthlyNth(_, _, end) => *end,
        };
        let days = self.first.date().iter_days().take_while(|it| *it <= to);
        let meant = days.filter(|it| self.is_meant(*it)).map(|it| it.and_time(self.first.time()));
        match end {
            End::Never => meant.collect(),
            End::Count(count) => meant.take(count).collect(),
            End::Until(last) => meant.take_while(|it| *it <= last).collect(),
        }
    }

    fn is_meant(&self, day: NaiveDate) -> bool {
        match &self.repeat {
            Repeat::Once => day == self.first.date(),
            Repeat::Weekly(every, days, _) => {
                let weeks = (monday(day) - monday(self.first.date())).num_days() / 7;
                days.contains(&day.weekday()) && weeks % i64::from(*every) == 0
            }
            Repeat::MonthlyOn(of_month, _) => day.day() == *of_month,
            Repeat::MonthlyNth(nth, weekday, _) => {
                let is_last = (day + Days::new(7)).month() != day.month();
                let number = (day.day0() / 7 + 1) as i32;
                day.weekday() == *weekday && if *nth < 0 { is_last } else { number == *nth }
            }
        }
    }

    /// The event as a calendar file.
    pub fn ics(&self) -> String {
        let mut text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//The service//EN\r\n".to_owned();
        self.write_main(&mut text);
        for (start, exception) in &self.exceptions {
            match exception {
                Exception::Excluded => {}
                Exception::Cancelled => self.write_date(&mut text, *start, *start, &self.location, true),
                Exception::Moved(to, place) => self.write_date(&mut text, *start, *to, place, self.cancelled),
            }
        }
        text + "END:VCALENDAR\r\n"
    }

    fn write_main(&self, text: &mut String) {
        self.write_head(text, self.first, &self.location, self.cancelled);
        if let Some(rule) = self.rule() {
            let _ = write!(text, "RRULE:{rule}\r\n");
        }
        for (start, exception) in &self.exceptions {
            if matches!(exception, Exception::Excluded) {
                let _ = write!(text, "EXDATE{}\r\n", self.written(*start));
            }
        }
        if let Some((closes, places)) = self.booking {
            let _ = write!(text, "X-BOOKING-CLOSES{}\r\n", clock_written(closes, self.clock()));
            let _ = write!(text, "X-PLACES-LEFT:{places}\r\n");
        }
        text.push_str("END:VEVENT\r\n");
    }

    fn write_date(&self, text: &mut String, id: NaiveDateTime, to: NaiveDateTime, place: &str, off: bool) {
        self.write_head(text, to, place, off);
        let _ = write!(text, "RECURRENCE-ID{}\r\nEND:VEVENT\r\n", self.written(id));
    }

    fn write_head(&self, text: &mut String, start: NaiveDateTime, place: &str, cancelled: bool) {
        let status = if cancelled { "CANCELLED" } else { "CONFIRMED" };
        let _ = write!(text, "BEGIN:VEVENT\r\nUID:{}\r\nSEQUENCE:{}\r\n", self.uid, self.sequence);
        let _ = write!(text, "STATUS:{status}\r\nSUMMARY:Event {}\r\nLOCATION:{place}\r\n", self.uid);
        if let Some(join) = &self.join {
            let _ = write!(text, "CONFERENCE;VALUE=URI:{join}\r\n");
        }
        let _ = write!(text, "DTSTART{}\r\n{}\r\n", self.written(start), self.length_written(start));
    }

    /// DTEND where it is the same length on every date, else DURATION.
    fn length_written(&self, start: NaiveDateTime) -> String {
        if self.all_day {
            return format!("DTEND{}", self.written(start + Days::new(u64::from(self.length))));
        }
        format!("DURATION:PT{}M", self.length)
    }

    fn written(&self, local: NaiveDateTime) -> String {
        if self.all_day {
            return format!(";VALUE=DATE:{}", local.format("%Y%m%d"));
        }
        clock_written(local, self.zone)
    }

    fn rule(&self) -> Option<String> {
        let (rule, end) = match &self.repeat {
            Repeat::Once => return None,
            Repeat::Weekly(every, days, end) => {
                let days: Vec<&str> = days.iter().map(|it| two_letters(*it)).collect();
                (format!("FREQ=WEEKLY;INTERVAL={every};BYDAY={}", days.join(",")), end)
            }
            Repeat::MonthlyOn(day, end) => (format!("FREQ=MONTHLY;BYMONTHDAY={day}"), end),
            Repeat::MonthlyNth(nth, day, end) => {
                (format!("FREQ=MONTHLY;BYDAY={nth}{}", two_letters(*day)), end)
            }
        };
        Some(match end {
            End::Never => rule,
            End::Count(count) => format!("{rule};COUNT={count}"),
            End::Until(last) if self.all_day => format!("{rule};UNTIL={}", last.format("%Y%m%d")),
            End::Until(last) => {
                format!("{rule};UNTIL={}", instant(*last, self.zone).format("%Y%m%dT%H%M%SZ"))
            }
        })
    }
}

fn clock_written(local: NaiveDateTime, zone: Tz) -> String {
    match zone {
        Tz::UTC => format!(":{}Z", local.format("%Y%m%dT%H%M%S")),
        _ => format!(";TZID={}:{}", zone.name(), local.format("%Y%m%dT%H%M%S")),
    }
}

fn two_letters(day: Weekday) -> &'static str {
    ["MO", "TU", "WE", "TH", "FR", "SA", "SU"][day.num_days_from_monday() as usize]
}

/// A time of day.
pub fn time_of_day(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or(NaiveTime::MIN)
}
