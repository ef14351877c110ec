//! The Children's OT Support Hub in a family's pocket.
//!
//! Four rooms are named after the mission: [`strategies`], [`sync`](crate::sync), [`reminders`] and [`enquiries`]. Below them lie
//! `storage` (SQLite) and [`platform`] (the outside world as traits). A front end holds one [`SupportHub`].
//!
//! Without the feature `phone` only the pure rules are built; the hub uses those.

pub mod enquiries;
pub mod reminders;
pub mod strategies;
pub mod urgent_help;

#[cfg(feature = "phone")]
mod error;
#[cfg(feature = "phone")]
pub mod platform;
#[cfg(feature = "phone")]
mod storage;
#[cfg(feature = "phone")]
mod support_hub;
#[cfg(feature = "phone")]
pub mod sync;

#[cfg(feature = "phone")]
pub use error::HubError;
#[cfg(feature = "phone")]
pub use storage::{
    CopyDue, FamilyKey, Holdings, LARGEST_COPY, Locked, PASSPHRASE_LEAST, StorageReport, is_sealed,
};
#[cfg(feature = "phone")]
pub use support_hub::{Mended, OpenOptions, SupportHub};

pub use otsupport_wire as wire;
