//! Bringing the bank up to date. [`conversation`] decides, purely; [`driver`] fetches, checks and keeps; [`taking_in`]
//! makes it the bank that is here.

mod backoff;
mod conversation;
mod driver;
mod joining;
mod media;
mod report;
mod request;
mod taking_in;

pub(crate) use backoff::{LONGEST_WAIT, wait};
pub(crate) use driver::{Driver, Talk, month};
pub(crate) use joining::Joining;
pub(crate) use media::{MediaDriver, Standing};
pub use media::{MediaReport, MediaSizes};
pub use report::{Outcome, Reason, SyncReport};
pub(crate) use request::held_back;
pub use request::{NetworkLink, Progress, Started, SyncListener, SyncRequest};
pub(crate) use taking_in::{kept_banks, know_ahead, load_kept};
