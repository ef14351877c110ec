//! Lives of enquiries over the real engine and the hub's real rules: nothing is lost, nothing happens twice, and every state is true.
//!
//! `OTSUPPORT_LIVES` says how many lives (`make soak`: 1,000,000), `OTSUPPORT_SEED` repeats a run.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use otsupport_core::enquiries::outbox::State;
use otsupport_tests::enquiries::checker::{Fault, Verdict, check};
use otsupport_tests::enquiries::history::History;
use otsupport_tests::enquiries::life::Life;
use otsupport_tests::enquiries::planted::Planted;
use otsupport_tests::seeded::Seeded;

/// The lives of `make test`, the same each time: others are found by `make soak`.
const SEED: u64 = 1_795_612_842_000_001;
/// How many those are.
const LIVES: u64 = 20_000;

/// What was found in all lives.
#[derive(Default)]
struct Total {
    findings: Vec<String>,
    faults: BTreeMap<Fault, usize>,
    ended: BTreeMap<State, usize>,
    troubles: BTreeMap<&'static str, usize>,
    attempts: usize,
    again: usize,
    entries: usize,
}

impl Total {
    fn add(&mut self, history: &History, verdict: &Verdict) {
        for it in &verdict.findings {
            let count = self.faults.entry(it.fault).or_default();
            *count += 1;
            if *count <= 3 {
                self.findings.push(format!(
                    "OTSUPPORT_SEED={} {:?} {} phone {:?} {:?}: {}",
                    history.seed, it.fault, it.at, it.phone, it.id, it.what
                ));
            }
        }
        for (state, count) in &verdict.ended {
            *self.ended.entry(*state).or_default() += count;
        }
        for (name, count) in &history.troubles {
            *self.troubles.entry(name).or_default() += count;
        }
        self.attempts += verdict.attempts;
        self.again += verdict.again;
        self.entries += history.entries.len();
    }

    fn join(&mut self, other: Self) {
        self.findings.extend(other.findings);
        for (it, count) in other.faults {
            *self.faults.entry(it).or_default() += count;
        }
        for (it, count) in other.ended {
            *self.ended.entry(it).or_default() += count;
        }
        for (it, count) in other.troubles {
            *self.troubles.entry(it).or_default() += count;
        }
        self.attempts += other.attempts;
        self.again += other.again;
        self.entries += other.entries;
    }
}

/// The first life has the seed itself, so that a finding comes again with the seed it names and one life.
fn seed_of(first: u64, place: u64) -> u64 {
    if place == 0 { first } else { Seeded(first ^ place.wrapping_mul(0x2545_f491_4f6c_dd1d)).number() }
}

fn live(first: u64, count: u64) -> Total {
    let next = AtomicU64::new(0);
    let total = Mutex::new(Total::default());
    let workers = thread::available_parallelism().map_or(1, |it| it.get());
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                let mut own = Total::default();
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    if place >= count {
                        break;
                    }
                    let history = Life::lived(seed_of(first, place), Planted::Nothing);
                    if count == 1 {
                        history.entries.iter().for_each(|it| println!("{it}"));
                    }
                    own.add(&history, &check(&history));
                }
                total.lock().unwrap().join(own);
            });
        }
    });
    total.into_inner().unwrap()
}

#[test]
fn enquiries_live() {
    let asked: Option<u64> = std::env::var("OTSUPPORT_LIVES").ok().and_then(|it| it.parse().ok());
    let lives = asked.unwrap_or(LIVES);
    let seed = if asked.is_some() { Seeded::from_environment().0 } else { SEED };
    println!("{lives} lives, OTSUPPORT_SEED={seed}");
    let begun = Instant::now();
    let total = live(seed, lives);
    let each = begun.elapsed().as_secs_f64() / lives as f64;
    println!("{:.0} lives a second, {} attempts, {} entries", 1.0 / each, total.attempts, total.entries);
    println!("ended: {:?}; receipts given again: {}", total.ended, total.again);
    println!("went wrong: {:?}", total.troubles);
    println!("found: {:?}", total.faults);
    if lives >= 1000 {
        let ends =
            [State::Received, State::Read, State::Answered, State::Expired, State::Refused, State::Withdrawn];
        let missing: Vec<_> = ends.iter().filter(|it| !total.ended.contains_key(it)).collect();
        assert!(missing.is_empty(), "no enquiry ended as {missing:?}");
        assert!(total.attempts > 3 * lives as usize && total.again > 0, "hardly anything happened");
    }
    let first: Vec<&String> = total.findings.iter().take(20).collect();
    assert!(first.is_empty(), "{} kinds: {first:#?}", total.faults.len());
}

/// By which name each planted fault is to be caught.
fn names_of(planted: Planted) -> &'static [Fault] {
    match planted {
        Planted::Nothing => &[],
        Planted::NewIdEachAttempt | Planted::HubTakesOtherBytes => &[Fault::SecondEffect],
        Planted::ReceivedBeforeReceipt | Planted::SignatureUnchecked | Planted::PageTakenForReceipt => {
            &[Fault::FalseReceipt]
        }
        Planted::GivesUpAfterEight => &[Fault::ExpiredEarly],
        Planted::NoWakeAfterFailure => &[Fault::NoWake, Fault::Lost],
        Planted::BusyTakenForRefusal => &[Fault::FalseRefusal],
        Planted::BeginNotStored | Planted::WithdrawnAtOnce => &[Fault::WithdrawnButThere],
        Planted::HubAnswersBeforeCommit => &[Fault::ReceiptBeforeKept],
        Planted::ReplyForgotten => &[Fault::ReplyTwice],
        Planted::SealedUnderNewId => &[Fault::SealedOtherwise],
        Planted::SealedToOldKey => &[Fault::OldKey],
        Planted::ExpiredTextDropped => &[Fault::TextLost],
        Planted::OneFailureStopsOthers => &[Fault::Blocked],
        Planted::IgnoresRetryAfter => &[Fault::TooSoon],
        Planted::NeverExpires => &[Fault::NeverExpired],
        Planted::OtherWords => &[Fault::FalseReply],
    }
}

#[test]
fn each_planted_fault_is_caught_by_its_name() {
    /// Some need a copy on another phone, or a hub that never comes back: not each life has that.
    const MOST: u64 = 4000;
    for planted in Planted::ALL {
        let mut wanted: Vec<Fault> = names_of(planted).to_vec();
        let mut found: BTreeMap<Fault, usize> = BTreeMap::new();
        let mut lives = 0;
        while !wanted.is_empty() && lives < MOST {
            let seed = seed_of(SEED, lives);
            lives += 1;
            let names: Vec<Fault> =
                check(&Life::lived(seed, planted)).findings.iter().map(|it| it.fault).collect();
            // What is found without a planted fault as well says nothing about it.
            if names.iter().any(|it| wanted.contains(it))
                && check(&Life::lived(seed, Planted::Nothing)).findings.is_empty()
            {
                wanted.retain(|it| !names.contains(it));
            }
            names.into_iter().for_each(|it| *found.entry(it).or_default() += 1);
        }
        println!("{planted:?}: after {lives} lives, {found:?}");
        assert!(wanted.is_empty(), "{planted:?} is not caught as {wanted:?} in {lives} lives: {found:?}");
    }
}
