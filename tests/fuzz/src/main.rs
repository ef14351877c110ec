//! The fuzzer: one program for all targets, told by `OTSUPPORT_FUZZ` which to run. `tests/fuzz.sh` builds and runs it.
#![no_main]
#![allow(clippy::expect_used)]

use std::sync::LazyLock;

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

mod lines;

#[path = "../../src/network_bytes/mod.rs"]
mod network_bytes;

static CHECK: LazyLock<fn(&[u8]) -> bool> = LazyLock::new(|| {
    let name = std::env::var("OTSUPPORT_FUZZ").expect("OTSUPPORT_FUZZ names a target");
    network_bytes::TARGETS.iter().find(|it| it.name == name).expect("a target of that name").check
});

fuzz_target!(|bytes: &[u8]| {
    CHECK(bytes);
});

fuzz_mutator!(|bytes: &mut [u8], size: usize, most: usize, seed: u32| {
    match lines::mutate(&bytes[..size], seed) {
        Some(mutated) if mutated.len() <= most => {
            bytes[..mutated.len()].copy_from_slice(&mutated);
            mutated.len()
        }
        _ => fuzzer_mutate(bytes, size, most),
    }
});
