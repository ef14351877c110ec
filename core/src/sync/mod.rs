//! Bringing the bank up to date. [`conversation`] decides, purely; [`driver`] fetches, checks and stores.

mod backoff;
mod conversation;
mod driver;
mod joining;
mod report;
mod request;

pub(crate) use backoff::wait;
pub(crate) use driver::{Driver, Talk, kept_banks, know_ahead, load_kept, month};
pub(crate) use joining::Joining;
pub use report::{Outcome, Reason, SyncReport};
pub(crate) use request::held_back;
pub use request::{NetworkLink, Progress, Started, SyncListener, SyncRequest};
