//! What a phone reads off the network or from a person, and what has to hold for any bytes whatever. `make fuzz` looks for bytes for which it
//! does not; `make test` holds those of `tests/fuzz/corpus` against it.
//!
//! A new parser is one file here, one line in [`TARGETS`] and a few bytes to begin with in `src/bin/fuzz_seeds.rs`. The fuzzer
//! takes this folder as it stands, so nothing here may need more than `wire` and the core's pure rules.
#![allow(clippy::unwrap_used)]

mod calendar;
mod compare;
mod delta;
pub mod fixed_hub;
mod head;
mod roles;
mod signpost;
mod snapshot;
mod urgent;

/// One parser.
pub struct Target {
    /// Its name, and that of its folder in the corpus.
    pub name: &'static str,
    /// Reads any bytes and panics if what has to hold does not; whether they were taken for what they should be.
    pub check: fn(&[u8]) -> bool,
}

/// All of them.
pub const TARGETS: &[Target] = &[
    Target { name: "calendar", check: calendar::check },
    Target { name: "compare", check: compare::check },
    Target { name: "delta", check: delta::check },
    Target { name: "head", check: head::check },
    Target { name: "role_root", check: roles::root },
    Target { name: "role_snapshot", check: roles::snapshot },
    Target { name: "role_targets", check: roles::targets },
    Target { name: "role_timestamp", check: roles::timestamp },
    Target { name: "signpost", check: signpost::check },
    Target { name: "snapshot", check: snapshot::check },
    Target { name: "urgent", check: urgent::check },
];
