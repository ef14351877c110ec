//! Questions to the service. So far: the check that puts urgent help first, wherever a person types.

mod urgent;

pub use urgent::{Urgency, urgency};
