//! What the family chose about reminders.

use std::collections::BTreeSet;

use chrono::{NaiveTime, TimeDelta};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::kind::NotificationKind;
use super::lead::{DayLead, Lead};
use super::quiet::QuietHours;
use crate::reminders::recurrence::Start;

/// A text that is no preference of its kind.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{0}` is not understood")]
pub struct PreferenceFault(pub(super) String);

/// What the family chose about reminders.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReminderPreferences {
    /// Whether there are any at all. Off until chosen.
    pub notify: bool,
    /// The kinds that are switched off.
    pub off: BTreeSet<NotificationKind>,
    /// Before an event with a time.
    pub events: BTreeSet<Lead>,
    /// Before an event of whole days.
    pub all_day: BTreeSet<DayLead>,
    /// Before booking closes.
    pub deadlines: BTreeSet<Lead>,
    /// When the phone keeps quiet; `None` for never.
    pub quiet: Option<QuietHours>,
    /// At which time of the phone's clock practice is brought to mind.
    pub practice: NaiveTime,
    /// The zone that is taken for the phone's; `None` for the phone's own.
    #[serde(with = "zone_name")]
    pub zone: Option<Tz>,
    /// How many days ahead reminders are planned.
    pub horizon: u32,
    /// How many may be pending at once, the one that asks to open the app included.
    pub limit: u32,
}

/// The most that may be pending: Android ends an app with more than 500 alarms.
pub const MOST_PENDING: u32 = 500;
/// The furthest that reminders are planned ahead, in days.
pub const FURTHEST: u32 = 366;

const fn hours(hours: i64) -> NaiveTime {
    NaiveTime::MIN.overflowing_add_signed(TimeDelta::hours(hours)).0
}

impl Default for ReminderPreferences {
    fn default() -> Self {
        Self {
            notify: false,
            off: BTreeSet::new(),
            events: BTreeSet::from([Lead::days(1), Lead::minutes(120)]),
            all_day: BTreeSet::from([DayLead::new(1, hours(18))]),
            deadlines: BTreeSet::from([Lead::days(2)]),
            quiet: Some(QuietHours::new(hours(22), hours(7))),
            practice: hours(17),
            zone: None,
            horizon: 28,
            // iOS keeps 64 and says nothing of the others.
            limit: 60,
        }
    }
}

impl ReminderPreferences {
    /// The TRIGGERs of a calendar's alarms for something that begins then.
    pub fn triggers(&self, start: &Start) -> Vec<String> {
        match start {
            Start::Clock(..) => self.events.iter().map(Lead::trigger).collect(),
            Start::Day(_) => self.all_day.iter().map(DayLead::trigger).collect(),
        }
    }

    /// Whether notifications of a kind are given.
    pub fn gives(&self, kind: NotificationKind) -> bool {
        self.notify && !self.off.contains(&kind)
    }
}

mod zone_name {
    use chrono_tz::Tz;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[allow(clippy::ref_option)]
    pub(super) fn serialize<S: Serializer>(zone: &Option<Tz>, serializer: S) -> Result<S::Ok, S::Error> {
        zone.map(|it| it.name()).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Tz>, D::Error> {
        // A zone that this app does not know any more is the phone's own.
        Ok(Option::<String>::deserialize(deserializer)?.and_then(|it| it.parse().ok()))
    }
}
