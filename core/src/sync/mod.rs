//! Bringing the bank up to date. [`conversation`] decides, purely; [`driver`] fetches, checks and stores.

mod backoff;
mod conversation;
mod driver;
mod joining;
mod media;
mod report;
mod request;

pub(crate) use backoff::wait;
pub(crate) use driver::{Driver, Talk, kept_banks, know_ahead, load_kept, month};
pub(crate) use joining::Joining;
pub(crate) use media::{MediaDriver, Standing};
pub use media::{MediaReport, MediaSizes};
pub use report::{Outcome, Reason, SyncReport};
pub(crate) use request::held_back;
pub use request::{NetworkLink, Progress, Started, SyncListener, SyncRequest};
