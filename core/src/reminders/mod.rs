//! Events and their reminders. So far: reading what a calendar exports, and the notice that something was withdrawn.

pub mod calendar;
#[cfg(feature = "phone")]
mod notice;

#[cfg(feature = "phone")]
pub use notice::{Notice, NoticeKind};
#[cfg(feature = "phone")]
pub(crate) use notice::{note_recalls, notices};
