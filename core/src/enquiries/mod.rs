//! Questions to the service: the check that puts urgent help first wherever a person types, and the outbox that delivers what a family
//! wrote once. [`outbox`] decides purely; the others read, seal and keep.

#[cfg(feature = "phone")]
pub mod outbox;
mod urgent;

pub use urgent::{Urgency, urgency};
