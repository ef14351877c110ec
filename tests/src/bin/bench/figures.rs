//! How a figure is said: beside its peer, with what it may be.

use std::time::Duration;

/// Prints the medians of two times and what the first is of the second.
pub(crate) fn ratio(what: &str, ours: &mut [Duration], peer: &str, theirs: &mut [Duration], limit: f64) {
    let (ours, theirs) = (median(ours), median(theirs));
    let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
    println!("{what}: {} ({peer}: {})", ms(ours), ms(theirs));
    println!("  ratio {ratio:.2}; at most {limit}: {}\n", verdict(ratio <= limit));
}

/// Prints a number of bytes beside the most that it may be.
pub(crate) fn at_most(what: &str, bytes: u64, limit: u64) {
    println!("  {what}: {bytes} bytes; at most {limit}: {}", verdict(bytes <= limit));
}

pub(crate) fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

pub(crate) fn ms(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

pub(crate) fn verdict(holds: bool) -> &'static str {
    if holds { "holds" } else { "DOES NOT HOLD" }
}
