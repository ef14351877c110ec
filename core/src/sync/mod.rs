//! Bringing the bank up to date. [`conversation`] decides, purely; [`driver`] fetches, checks and stores.

mod conversation;
mod driver;
mod report;

pub(crate) use driver::{Driver, kept_banks, know_ahead, load_kept};
pub use report::{Outcome, Reason, SyncReport};
