//! Families' phones over the years: every reminder that could be given is given, once, in time, and none that should not be.
//!
//! `OTSUPPORT_DEVICE_YEARS` says how many years (`make soak`: 10,000), `OTSUPPORT_SEED` repeats a run.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use otsupport_core::reminders::planner::NotificationKind;
use otsupport_tests::device::checker::{Fault, Verdict, check};
use otsupport_tests::device::life::Life;
use otsupport_tests::device::planner::Planted;
use otsupport_tests::seeded::Seeded;

/// The years that `make test` lives, the same each time: others are found by `make soak`.
const SEED: u64 = 1_795_578_372_109_596;
/// How long each family keeps its phone.
const YEARS_EACH: u32 = 2;

/// What was found on all phones.
#[derive(Default)]
struct Total {
    findings: Vec<String>,
    shown: BTreeMap<NotificationKind, usize>,
    due: usize,
    told: usize,
}

impl Total {
    fn add(&mut self, seed: u64, verdict: &Verdict) {
        for it in &verdict.findings {
            self.findings
                .push(format!("OTSUPPORT_SEED={seed} {:?} {} {}: {}", it.fault, it.at, it.uid, it.what));
        }
        for (kind, count) in &verdict.shown {
            *self.shown.entry(*kind).or_default() += count;
        }
        self.due += verdict.due;
        self.told += verdict.told;
    }
}

/// The first phone has the seed itself, so that a finding comes again with the seed it names and two years.
fn seeds(first: u64, count: u32) -> Vec<u64> {
    let mut seeded = Seeded(first);
    (0..count).map(|place| if place == 0 { first } else { seeded.number() }).collect()
}

fn live(seeds: &[u64]) -> Total {
    let next = AtomicU64::new(0);
    let total = Mutex::new(Total::default());
    let workers = thread::available_parallelism().map_or(1, |it| it.get());
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(seed) = seeds.get(next.fetch_add(1, Ordering::Relaxed) as usize) {
                    let verdict = check(&Life::lived(*seed, YEARS_EACH, Planted::Nothing).unwrap());
                    total.lock().unwrap().add(*seed, &verdict);
                }
            });
        }
    });
    total.into_inner().unwrap()
}

#[test]
fn phones_remind_over_the_years() {
    let asked: Option<u32> = std::env::var("OTSUPPORT_DEVICE_YEARS").ok().and_then(|it| it.parse().ok());
    let years = asked.unwrap_or(200);
    let seed = if asked.is_some() { Seeded::from_environment().0 } else { SEED };
    println!("{years} device-years, OTSUPPORT_SEED={seed}");
    let total = live(&seeds(seed, years.div_ceil(YEARS_EACH)));
    println!("{} reminders and {} notices had to be given; shown: {:?}", total.due, total.told, total.shown);
    assert!(total.due > 50 * years as usize && total.told > 5 * years as usize, "hardly anything was due");
    let first: Vec<&String> = total.findings.iter().take(20).collect();
    assert!(first.is_empty(), "{} findings: {first:#?}", total.findings.len());
}

#[test]
fn each_planted_fault_is_caught_by_its_name() {
    let caught = |planted| match planted {
        Planted::Nothing => &[][..],
        Planted::OffsetOfToday => &[Fault::WrongInstant, Fault::Missed],
        Planted::NoPlanAtBoot => &[Fault::Missed],
        Planted::SendsLate => &[Fault::Late],
        Planted::IgnoresCancelled => &[Fault::Withdrawn],
        Planted::NoticesTwice => &[Fault::NoticeTwice],
        Planted::ChangingKeys => &[Fault::NewKey],
        Planted::NoLimit => &[Fault::OverLimit],
        Planted::NoQuiet => &[Fault::Quiet],
        Planted::TakesAllForBooked => &[Fault::Booking],
        Planted::BeyondHorizon => &[Fault::BeyondHorizon],
    };
    let names = |planted, seed| -> BTreeMap<Fault, usize> {
        let mut names = BTreeMap::new();
        for it in check(&Life::lived(seed, YEARS_EACH, planted).unwrap()).findings {
            *names.entry(it.fault).or_default() += 1;
        }
        names
    };
    let clean: Vec<u64> = (1..200).filter(|seed| names(Planted::Nothing, *seed).is_empty()).take(8).collect();
    assert_eq!(clean.len(), 8, "no planted fault can be told from those of the planner itself");
    for planted in Planted::ALL {
        let mut found: BTreeMap<Fault, usize> = BTreeMap::new();
        for seed in &clean {
            names(planted, *seed)
                .into_iter()
                .for_each(|(name, count)| *found.entry(name).or_default() += count);
        }
        println!("{planted:?}: {found:?}");
        assert!(
            caught(planted).iter().all(|it| found.contains_key(it)),
            "{planted:?} is not caught: {found:?}"
        );
    }
}
