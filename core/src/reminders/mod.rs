//! Events and their reminders: reading what a calendar exports, when a series takes place, what a family follows, and what is to be
//! armed when. [`planner`], [`recurrence`] and [`calendar`] decide purely; the others read and keep.

pub mod calendar;
#[cfg(feature = "phone")]
mod events;
#[cfg(feature = "phone")]
mod following;
#[cfg(feature = "phone")]
mod lookout;
#[cfg(feature = "phone")]
mod notice;
pub mod planner;
#[cfg(feature = "phone")]
mod planning;
pub mod recurrence;

#[cfg(feature = "phone")]
pub use events::{Clocks, EventFilter, EventStatus, EventView};
#[cfg(feature = "phone")]
pub(crate) use events::{Looking, events};
#[cfg(feature = "phone")]
pub(crate) use following::{
    FollowedEvent, Following, calendar_file, event_title, follow, note_changes, set_booked, unfollow,
};
#[cfg(feature = "phone")]
pub use lookout::{Lookout, Wanted};
#[cfg(feature = "phone")]
pub(crate) use lookout::{look_out, lookouts, note_new, stop_looking_out};
#[cfg(feature = "phone")]
pub use notice::{EventNotice, Notice};
#[cfg(feature = "phone")]
pub(crate) use notice::{note_recalls, notices};
#[cfg(feature = "phone")]
pub(crate) use planning::{Gathered, forget_missed, note_armed, note_given};
#[cfg(feature = "phone")]
pub use planning::{NotificationView, PhoneState, ReminderPlan};

pub use chrono_tz::Tz;

/// Where the service is: a whole day is a day there, and so is a time without a zone (R9).
pub const SERVICE_ZONE: Tz = Tz::Europe__London;
