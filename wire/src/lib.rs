//! What travels between the hub and a phone: the canonical snapshot of the bank and the signed metadata that
//! vouches for it.
//!
//! Everything here is pure. Bytes go in, values come out; there is no disk, no socket and no clock.

pub mod digest;
pub mod id;
pub mod snapshot;
pub mod trust;

pub use digest::Sha256;
pub use id::{BankVersion, ItemId, Language, MediaPath, TopicSlug};
