//! Bringing the bank up to date. [`conversation`] decides, purely; [`driver`] fetches, checks and stores.

mod conversation;
mod driver;
mod media;
mod report;

pub(crate) use driver::{Driver, kept_banks, load_kept};
pub(crate) use media::{MediaDriver, Standing};
pub use media::{MediaReport, MediaSizes};
pub use report::{Outcome, Reason, SyncReport};
