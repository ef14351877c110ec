//! What families and school staff say, and the bank's words for it.

use std::collections::{HashMap, HashSet};

use otsupport_wire::snapshot::Words;

use super::dictionary::Dictionary;
use super::words;
use crate::error::Error;
use crate::storage::Reading;

/// An entry of the families' words.
struct Entry {
    /// The terms of each of their sayings.
    says: Vec<Vec<u32>>,
    /// The terms that the bank has for it, and each one's share.
    means: Vec<(u32, f32)>,
}

/// All entries, found by the first term of a saying.
#[derive(Default)]
pub(super) struct Families {
    entries: Vec<Entry>,
    by_term: HashMap<u32, Vec<u32>>,
}

impl Families {
    pub(super) fn read(reading: &Reading<'_>, dictionary: &Dictionary) -> Result<Self, Error> {
        let mut all = Self::default();
        let mut rows = reading.prepare_cached("SELECT record FROM words")?;
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            let record = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
            all.add(&serde_json::from_str(record)?, dictionary);
        }
        Ok(all)
    }

    fn add(&mut self, families: &Words, dictionary: &Dictionary) {
        let says: Vec<Vec<u32>> = families.says.iter().map(|it| terms(it, dictionary)).collect();
        let phrases: Vec<Vec<u32>> = families.means.iter().map(|it| terms(it, dictionary)).collect();
        #[allow(clippy::cast_precision_loss)]
        let means = phrases.iter().flat_map(|it| it.iter().map(|term| (*term, 1.0 / it.len() as f32)));
        let number = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        for term in says.iter().filter_map(|it| it.first()).collect::<HashSet<_>>() {
            self.by_term.entry(*term).or_default().push(number);
        }
        self.entries.push(Entry { means: means.collect(), says });
    }

    /// The bank's terms for what was said, each with its best share.
    pub(super) fn meant(&self, said: &[u32]) -> Vec<(u32, f32)> {
        let mut best: HashMap<u32, f32> = HashMap::new();
        let entries: HashSet<u32> =
            said.iter().filter_map(|it| self.by_term.get(it)).flatten().copied().collect();
        for entry in entries.into_iter().filter_map(|it| self.entries.get(it as usize)) {
            let is_said = |saying: &Vec<u32>| !saying.is_empty() && saying.iter().all(|it| said.contains(it));
            // A saying of several words that stand here says more than one of a single word.
            let Some(longest) = entry.says.iter().filter(|it| is_said(it)).map(Vec::len).max() else {
                continue;
            };
            let sure = if longest > 1 { 1.0 } else { 0.7 };
            for (term, share) in entry.means.iter().filter(|it| !said.contains(&it.0)) {
                let best = best.entry(*term).or_default();
                *best = best.max(share * sure);
            }
        }
        let mut meant: Vec<_> = best.into_iter().collect();
        meant.sort_unstable_by_key(|it| it.0);
        meant
    }
}

/// The terms of the words that mean something.
fn terms(text: &str, dictionary: &Dictionary) -> Vec<u32> {
    let all = words::all(text);
    let mut terms: Vec<u32> =
        all.iter().filter(|it| !words::is_stop_word(it)).filter_map(|it| dictionary.word(it)).collect();
    terms.dedup();
    terms
}
