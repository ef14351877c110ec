//! What a family chose about reminders, as plain values.

use std::collections::BTreeSet;

use chrono::NaiveTime;
use otsupport_core::reminders::Tz;
use otsupport_core::reminders::planner::{DayLead, Lead, NotificationKind, QuietHours, ReminderPreferences};

use super::event::time_of_day;
use super::wall_clock::Quiet;
use crate::seeded::Seeded;

/// How long before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Before {
    /// Days earlier, at the same time of the clock.
    Days(u32),
    /// So much elapsed time.
    Minutes(u32),
}

/// What a family chose.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Choice {
    /// Any at all?
    pub notify: bool,
    /// Not these.
    pub off: BTreeSet<NotificationKind>,
    /// Before an event with a time.
    pub events: Vec<Before>,
    /// Before an event of whole days: so many days before, at a time where the service is.
    pub all_day: Vec<(u32, NaiveTime)>,
    /// Before booking closes.
    pub deadlines: Vec<Before>,
    /// When practice is brought to mind.
    pub practice: NaiveTime,
    /// Quiet hours.
    pub quiet: Option<Quiet>,
    /// A zone in place of the phone's.
    pub zone: Option<Tz>,
    /// How many days ahead.
    pub horizon: u32,
    /// How many pending.
    pub limit: u32,
}

impl Choice {
    /// Something that a family may choose.
    pub fn any(chance: &mut Seeded) -> Self {
        use Before::{Days, Minutes};
        let leads = [Days(1), Minutes(120), Days(7), Minutes(24 * 60), Minutes(30), Days(2), Minutes(60)];
        let days = [
            (1, time_of_day(18, 0)),
            (0, time_of_day(8, 0)),
            (2, time_of_day(9, 30)),
            (7, time_of_day(20, 0)),
        ];
        let usual = !chance.once_in(3);
        use NotificationKind::{Asked, Change, Deadline, Practice};
        let kinds = [Deadline, Asked, Change, Practice];
        Self {
            notify: !chance.once_in(12),
            off: if chance.once_in(8) {
                chance.some_of(&kinds, 2).into_iter().collect()
            } else {
                BTreeSet::new()
            },
            events: if usual { vec![Days(1), Minutes(120)] } else { chance.some_of(&leads, 4) },
            all_day: if usual { vec![days[0]] } else { chance.some_of(&days, 3) },
            deadlines: if usual { vec![Days(2)] } else { chance.some_of(&leads, 3) },
            practice: [time_of_day(17, 0), time_of_day(7, 30), time_of_day(12, 30), time_of_day(21, 0)]
                [chance.below(4)],
            quiet: quiet(chance),
            zone: chance.once_in(10).then_some(Tz::America__New_York),
            horizon: [28, 28, 28, 2, 7, 60][chance.below(6)],
            limit: [60, 60, 12, 64, 500, 20][chance.below(6)],
        }
    }

    /// Whether they want notifications of a kind.
    pub fn gives(&self, kind: NotificationKind) -> bool {
        self.notify && !self.off.contains(&kind)
    }

    /// As the core takes it.
    pub fn preferences(&self) -> ReminderPreferences {
        let leads = |all: &[Before]| all.iter().map(|it| lead(*it)).collect();
        ReminderPreferences {
            notify: self.notify,
            off: self.off.clone(),
            events: leads(&self.events),
            all_day: self.all_day.iter().map(|(before, time)| DayLead::new(*before, *time)).collect(),
            deadlines: leads(&self.deadlines),
            practice: self.practice,
            quiet: self.quiet.map(|(from, to)| QuietHours::new(from, to)),
            zone: self.zone,
            horizon: self.horizon,
            limit: self.limit,
        }
    }
}

fn lead(before: Before) -> Lead {
    match before {
        Before::Days(days) => Lead::days(days),
        Before::Minutes(minutes) => Lead::minutes(minutes),
    }
}

fn quiet(chance: &mut Seeded) -> Option<Quiet> {
    match chance.below(8) {
        0 => None,
        1 => Some((time_of_day(20, 0), time_of_day(8, 30))),
        // Not between one and three: the rules leave open how an edge is read that the clocks skip or show twice.
        2 => Some((time_of_day(0, 30), time_of_day(6, 0))),
        3 => Some((time_of_day(12, 0), time_of_day(14, 0))),
        _ => Some((time_of_day(22, 0), time_of_day(7, 0))),
    }
}
