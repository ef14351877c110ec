//! Taking an update of a few items in: what is written, and how little of that depends on the size of the bank.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use otsupport_core::SupportHub;
use otsupport_core::sync::{Outcome, Progress, SyncListener, SyncRequest};
use otsupport_tests::generated_bank;

use crate::figures::{median, ms, verdict};
use crate::{Failure, RUNS, SEED, STRATEGIES, phone};

const EDITS: usize = 12;
const LIMIT: Duration = Duration::from_millis(25);
/// How much longer it may take with ten times as many strategies.
const GROWTH: f64 = 3.0;

/// When the news was all here, unpacked and verified.
struct AllHere(Mutex<Option<Instant>>);

impl SyncListener for AllHere {
    fn progress(&self, progress: Progress) {
        if progress == Progress::TakingIn {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(Instant::now);
        }
    }
}

pub(crate) fn run() -> Result<(), Failure> {
    println!(
        "{EDITS} items edited, seed {SEED}, {} runs, medians; from unpacked and verified to the end of the sync",
        2 * RUNS
    );
    let small = updates(STRATEGIES / 10)?;
    let large = updates(STRATEGIES)?;
    let growth = large.as_secs_f64() / small.as_secs_f64();
    println!(
        "  comparing, rows, search index, kept snapshot and commit: {} at {STRATEGIES} strategies, {} at {}",
        ms(large),
        ms(small),
        STRATEGIES / 10
    );
    println!("  at most {}: {}", ms(LIMIT), verdict(large <= LIMIT));
    println!("  ratio {growth:.2}; at most {GROWTH}: {}\n", verdict(growth <= GROWTH));
    Ok(())
}

/// One update after the other on one phone.
fn updates(strategies: usize) -> Result<Duration, Failure> {
    let folder = tempfile::tempdir()?;
    let mut site = generated_bank::publish(&folder.path().join("site"), strategies, SEED)?;
    let root = std::fs::read(site.folder.join("metadata/root.json"))?;
    let hub = phone::open(&folder.path().join("phone"), &site.folder, &root)?;
    phone::sync(&hub)?;
    let mut times = Vec::new();
    for run in 0..2 * RUNS as u64 {
        site = generated_bank::publish_edited(&site, EDITS, SEED + run)?;
        times.push(update(&hub)?);
    }
    Ok(median(&mut times))
}

fn update(hub: &SupportHub) -> Result<Duration, Failure> {
    let listener = Arc::new(AllHere(Mutex::new(None)));
    let request = SyncRequest { listener: Some(listener.clone()), ..SyncRequest::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let report = runtime.block_on(hub.sync(request))?;
    let all_here = listener.0.lock().unwrap_or_else(PoisonError::into_inner).ok_or("nothing was taken in")?;
    if report.outcome == Outcome::Updated && report.requests == 2 {
        Ok(all_here.elapsed())
    } else {
        Err(format!("{report:?}").into())
    }
}
