//! The core for Kotlin and Swift.
//!
//! This crate converts and never decides. A view of the core is mirrored field by field with `#[uniffi::remote]`; the
//! compiler holds the two together.

mod hub;
mod values;

pub use hub::{HubOptions, SupportHub};

uniffi::setup_scaffolding!("otsupport");
