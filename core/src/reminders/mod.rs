//! Events and their reminders. So far: reading what a calendar exports, and the notice that something was withdrawn.

pub mod calendar;
pub mod planner;
pub mod recurrence;

/// Where the service is: a whole day is a day there, and so is a time without a zone (R9).
pub const SERVICE_ZONE: chrono_tz::Tz = chrono_tz::Tz::Europe__London;
#[cfg(feature = "phone")]
mod notice;

#[cfg(feature = "phone")]
pub use notice::{Notice, NoticeKind};
#[cfg(feature = "phone")]
pub(crate) use notice::{note_recalls, notices};
