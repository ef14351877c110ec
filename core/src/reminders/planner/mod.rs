//! Which notifications are to be armed: a pure function of what is known (rules R1 to R10 of the contracts).
//!
//! The core plans, the phone arms. A plan has stable keys, so that planning again without a change arms nothing.

mod changes;
mod kind;
mod lead;
mod plan;
mod preferences;
mod quiet;
mod reminder;

pub use changes::{Difference, Found, Seen, differences};
pub use kind::NotificationKind;
pub use lead::{DayLead, Lead};
pub use plan::{Armed, Followed, Key, Notification, Plan, PlannedPractice, Situation, Told, plan};
pub use preferences::{FURTHEST, MOST_PENDING, PreferenceFault, ReminderPreferences};
pub use quiet::{Given, QuietHours};
pub use reminder::{NoReminder, Standing};
