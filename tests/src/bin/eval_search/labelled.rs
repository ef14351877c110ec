//! Queries and what answers them: `tests/search/*.tsv`.

use std::fs;
use std::path::Path;

use crate::Failure;

/// A query, and what answers it.
pub(crate) struct Labelled {
    pub(crate) query: String,
    pub(crate) kind: String,
    who: String,
    /// Items and how well each answers: 3 exactly, 2 well, 1 somewhat. Empty where nothing in the bank answers.
    pub(crate) relevant: Vec<(String, u8)>,
}

impl Labelled {
    pub(crate) fn kind(&self) -> &str {
        &self.kind
    }

    pub(crate) fn who(&self) -> &str {
        &self.who
    }
}

/// The labelled set of this name.
pub(crate) fn read(set: &str) -> Result<Vec<Labelled>, Failure> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("search/{set}.tsv"));
    let text = fs::read_to_string(&path)?;
    let lines = text.lines().filter(|it| !it.starts_with('#')).skip(1);
    lines.map(|line| parse(line).ok_or_else(|| format!("{}: {line}", path.display()).into())).collect()
}

fn parse(line: &str) -> Option<Labelled> {
    let mut parts = line.split('\t').map(str::to_owned);
    let (query, kind, who, relevant) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let graded = |it: &str| {
        let (id, grade) = it.split_once(':')?;
        Some((id.to_owned(), grade.parse().ok()?))
    };
    let relevant = match relevant.as_str() {
        "-" => Vec::new(),
        relevant => relevant.split(' ').map(graded).collect::<Option<_>>()?,
    };
    Some(Labelled { query, kind, who, relevant })
}
