//! The hub's end of sealed enquiries: it keeps envelopes that it cannot read, and gives a signed receipt for each.
//!
//! [`rules`] decides.

pub mod rules;
