//! What travels between the hub and a phone: the canonical snapshot of the bank, the signed metadata that vouches for it,
//! the link by which staff point a family to a few strategies, and the sealed enquiry with its receipt and replies.
//!
//! Everything here is pure. Bytes go in, values come out; there is no disk, no socket and no clock.

pub mod delta;
pub mod digest;
pub mod enquiry;
pub mod id;
pub mod signpost;
pub mod snapshot;
pub mod trust;

pub use digest::Sha256;
pub use id::{BankVersion, ItemId, Language, MediaPath, TopicSlug};
