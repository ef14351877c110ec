//! What the intake counts: numbers alone, of nobody.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use otsupport_wire::enquiry::{PROBLEM_TYPE, Problem, ProblemCode};

use super::outcome::Outcome;

/// The codes of what may be refused.
const CODES: [ProblemCode; 11] = [
    ProblemCode::BadEnvelope,
    ProblemCode::OtherId,
    ProblemCode::TooLarge,
    ProblemCode::OtherBytes,
    ProblemCode::RetiredKey,
    ProblemCode::Withdrawn,
    ProblemCode::Opened,
    ProblemCode::NotFound,
    ProblemCode::TooMany,
    ProblemCode::Unavailable,
    ProblemCode::BadRequest,
];
/// The most requests of a commit that one line counts.
const BATCHES: [u64; 9] = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/// Counters since the process began.
#[derive(Default)]
pub(super) struct Metrics {
    received: AtomicU64,
    again: AtomicU64,
    replies: AtomicU64,
    withdrawn: AtomicU64,
    refused: [AtomicU64; CODES.len()],
    commits: AtomicU64,
    failed_commits: AtomicU64,
    committed: AtomicU64,
    batches: [AtomicU64; BATCHES.len()],
}

impl Metrics {
    /// Counts what a request came to.
    pub(super) fn count(&self, outcome: &Outcome) {
        let counter = match outcome {
            Outcome::Received(_) => Some(&self.received),
            Outcome::Again(_) => Some(&self.again),
            Outcome::Replies(_) => Some(&self.replies),
            Outcome::Withdrawn { again: false } => Some(&self.withdrawn),
            Outcome::Withdrawn { again: true } => None,
            Outcome::Refused(problem) => place(problem).map(|it| &self.refused[it]),
        };
        if let Some(counter) = counter {
            counter.fetch_add(1, Relaxed);
        }
    }

    /// Counts a commit for so many requests.
    pub(super) fn count_commit(&self, requests: usize) {
        let requests = requests as u64;
        self.commits.fetch_add(1, Relaxed);
        self.committed.fetch_add(requests, Relaxed);
        for (counter, _) in self.batches.iter().zip(BATCHES).filter(|it| requests <= it.1) {
            counter.fetch_add(1, Relaxed);
        }
    }

    /// Counts a commit that failed.
    pub(super) fn count_failed_commit(&self) {
        self.failed_commits.fetch_add(1, Relaxed);
    }

    /// The counters in Prometheus's text format, version 0.0.4.
    pub(super) fn to_text(&self) -> String {
        let mut text = String::new();
        let mut counter = |name: &str, help: &str, value: &AtomicU64| {
            let value = value.load(Relaxed);
            let _ = writeln!(
                text,
                "# HELP otsupport_{name} {help}\n# TYPE otsupport_{name} counter\notsupport_{name} {value}"
            );
        };
        counter("enquiries_received_total", "Envelopes kept.", &self.received);
        counter("enquiries_again_total", "Envelopes that were kept before.", &self.again);
        counter("enquiries_withdrawn_total", "Enquiries that their senders took back.", &self.withdrawn);
        counter("replies_fetched_total", "Times that a sender asked for replies.", &self.replies);
        counter(
            "commits_failed_total",
            "Commits that failed; nothing of them was acknowledged.",
            &self.failed_commits,
        );
        let _ = writeln!(
            text,
            "# HELP otsupport_requests_refused_total Requests refused, by the code of their problem.\n\
             # TYPE otsupport_requests_refused_total counter"
        );
        for (code, counter) in CODES.iter().zip(&self.refused) {
            let value = counter.load(Relaxed);
            let _ = writeln!(text, "otsupport_requests_refused_total{{code=\"{}\"}} {value}", code.as_str());
        }
        let (commits, committed) = (self.commits.load(Relaxed), self.committed.load(Relaxed));
        let _ = writeln!(
            text,
            "# HELP otsupport_commits Commits, by how many requests each held.\n# TYPE otsupport_commits histogram"
        );
        for (most, counter) in BATCHES.iter().zip(&self.batches) {
            let _ = writeln!(text, "otsupport_commits_bucket{{le=\"{most}\"}} {}", counter.load(Relaxed));
        }
        let _ = writeln!(
            text,
            "otsupport_commits_bucket{{le=\"+Inf\"}} {commits}\notsupport_commits_sum {committed}\n\
             otsupport_commits_count {commits}"
        );
        text
    }
}

/// A problem's code, as it stands in its type.
pub(super) fn code(problem: &Problem) -> &'static str {
    place(problem).map_or(ProblemCode::Other.as_str(), |it| CODES[it].as_str())
}

fn place(problem: &Problem) -> Option<usize> {
    let code = problem.kind.strip_prefix(PROBLEM_TYPE)?;
    CODES.iter().position(|it| it.as_str() == code)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_is_counted_under_its_code_and_each_commit_by_its_size() {
        let metrics = Metrics::default();
        metrics.count(&ProblemCode::RetiredKey.into());
        metrics.count(&Outcome::Withdrawn { again: false });
        metrics.count(&Outcome::Withdrawn { again: true });
        metrics.count_commit(3);
        metrics.count_commit(1);
        let text = metrics.to_text();
        for line in [
            "otsupport_requests_refused_total{code=\"retired-key\"} 1",
            "otsupport_requests_refused_total{code=\"not-found\"} 0",
            "otsupport_enquiries_withdrawn_total 1",
            "otsupport_commits_bucket{le=\"1\"} 1",
            "otsupport_commits_bucket{le=\"2\"} 1",
            "otsupport_commits_bucket{le=\"4\"} 2",
            "otsupport_commits_sum 4",
            "otsupport_commits_count 2",
        ] {
            assert!(text.lines().any(|it| it == line), "{line} is not in\n{text}");
        }
    }
}
