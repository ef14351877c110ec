//! What is wrong with the content, where.

use std::fmt;

/// One thing that is wrong.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Fault {
    /// The file, from the content folder.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// Whether it stops the publication.
    pub severity: Severity,
    /// What is wrong, in plain words.
    pub what: String,
}

/// Whether a thing that is wrong stops the publication.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// It does.
    Fault,
    /// It does not; an editor should look.
    Warning,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let warning = if self.severity == Severity::Warning { "warning: " } else { "" };
        write!(f, "{}:{}: {warning}{}", self.file, self.line, self.what)
    }
}

/// All that was found so far.
#[derive(Default, Debug)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Notes a fault.
    pub fn fault(&mut self, file: &str, line: usize, what: impl Into<String>) {
        self.note(file, line, Severity::Fault, what.into());
    }

    /// Notes a warning.
    pub fn warning(&mut self, file: &str, line: usize, what: impl Into<String>) {
        self.note(file, line, Severity::Warning, what.into());
    }

    /// Whether anything stops the publication.
    pub fn stand(&self) -> bool {
        self.0.iter().any(|it| it.severity == Severity::Fault)
    }

    /// All of them, by file and line.
    pub fn into_sorted(mut self) -> Vec<Fault> {
        self.0.sort();
        self.0.dedup();
        self.0
    }

    fn note(&mut self, file: &str, line: usize, severity: Severity, what: String) {
        self.0.push(Fault { file: file.to_owned(), line, severity, what });
    }
}
