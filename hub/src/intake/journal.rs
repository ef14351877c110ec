//! What the serving hub says on stderr: a line of JSON for each request and each fault. No contents, no addresses, no ids.

use std::io::Write;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, SecondsFormat, Utc};
use otsupport_wire::Sha256;
use otsupport_wire::enquiry::EnquiryId;
use serde::Serialize;

/// Where lines go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lines {
    /// To stderr.
    ToStderr,
    /// Nowhere.
    Nowhere,
}

/// Writes the lines.
#[derive(Clone)]
pub(super) struct Journal {
    lines: Lines,
    /// Random and of this process: what a line calls an enquiry leads to nothing.
    key: [u8; 32],
}

/// A request, as it is told.
pub(super) struct Told {
    pub(super) method: &'static str,
    pub(super) route: &'static str,
    pub(super) status: u16,
    pub(super) code: Option<&'static str>,
    pub(super) bytes: usize,
    pub(super) took: Duration,
    pub(super) enquiry: Option<EnquiryId>,
}

#[derive(Serialize)]
struct RequestLine<'a> {
    time: String,
    method: &'a str,
    route: &'a str,
    status: u16,
    code: Option<&'a str>,
    /// Of its body.
    bytes: usize,
    ms: u128,
    enquiry: Option<String>,
}

#[derive(Serialize)]
struct WarningLine<'a> {
    time: String,
    warning: &'a str,
}

impl Journal {
    pub(super) fn new(lines: Lines, key: [u8; 32]) -> Self {
        Self { lines, key }
    }

    /// Tells of a request.
    pub(super) fn request(&self, told: &Told) {
        let Told { method, route, status, code, bytes, took, enquiry } = *told;
        let enquiry = enquiry.map(|it| self.name(it));
        self.write(&RequestLine {
            time: time(),
            method,
            route,
            status,
            code,
            bytes,
            ms: took.as_millis(),
            enquiry,
        });
    }

    /// Tells of a fault that somebody should mend.
    pub(super) fn warn(&self, warning: &str) {
        self.write(&WarningLine { time: time(), warning });
    }

    /// What the lines of this process call an enquiry, so that they can be joined.
    fn name(&self, id: EnquiryId) -> String {
        let mut name = Sha256::of(&[&self.key[..], id.as_bytes()].concat()).to_string();
        name.truncate(8);
        name
    }

    fn write(&self, line: &impl Serialize) {
        if self.lines == Lines::Nowhere {
            return;
        }
        if let Ok(mut line) = serde_json::to_vec(line) {
            line.push(b'\n');
            // Whoever closed stderr wants no lines.
            let _ = std::io::stderr().write_all(&line);
        }
    }
}

fn time() -> String {
    DateTime::<Utc>::from(SystemTime::now()).to_rfc3339_opts(SecondsFormat::Millis, true)
}
