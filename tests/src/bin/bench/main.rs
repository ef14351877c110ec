//! The figures of `make bench`, each beside a peer that does the same in the same run.

mod apply;
mod applying;
mod bytes;
mod enquiring;
mod figures;
mod first_sync;
mod one_each;
mod peers;
mod phone;
mod planning;
mod publishing;
mod rows;
mod searching;
mod unpacking;

use std::path::Path;

type Failure = Box<dyn std::error::Error>;
type Part = fn() -> Result<(), Failure>;

/// Ten years of a service.
const STRATEGIES: usize = 10_000;
const SEED: u64 = 20_261_124;
const RUNS: usize = 5;

/// What `make bench` prints, or with `ONLY=…` one of it.
const PARTS: [(&str, Part); 9] = [
    ("apply", apply::run),
    ("applying", applying::run),
    ("bytes", bytes::run),
    ("first-sync", first_sync::run),
    ("unpacking", unpacking::run),
    ("publishing", publishing::run),
    ("planning", planning::run),
    ("enquiring", enquiring::run),
    ("searching", searching::run),
];

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [apply::ONCE, site, folder] => return apply::once(Path::new(site), Path::new(folder)),
        [] => {}
        [name] if PARTS.iter().any(|(it, _)| it == name) => {}
        _ => return Err(format!("usage: bench [{}]", PARTS.map(|(name, _)| name).join("|")).into()),
    }
    for (name, run) in PARTS.iter().filter(|(name, _)| arguments.is_empty() || arguments[0] == *name) {
        println!("-- {name}");
        run()?;
    }
    Ok(())
}
