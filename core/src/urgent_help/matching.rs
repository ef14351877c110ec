//! Holding a text against the rules of one language.

use std::collections::HashMap;

use otsupport_wire::snapshot::HelpLevel;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::rules::{Form, Pattern, Phrase, Rule, Rules, Step};
use super::spelling;

/// Words from the first to the last of phrases that belong together.
const NEAR: usize = 12;

/// Words in lower case without accents and apostrophes, so that "can't", "cant" and "CAN’T" are one.
pub(super) fn words(text: &str) -> Vec<String> {
    folded(text)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|it| !it.is_empty())
        .map(str::to_owned)
        .collect()
}

/// A text without what tells no words apart.
pub(super) fn folded(text: &str) -> String {
    text.nfkd()
        .filter(|it| !is_combining_mark(*it) && !matches!(it, '\'' | '’' | '\u{640}'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// A text as one language's rules see it.
pub(super) struct Text {
    length: usize,
    /// Where each word of the rules stands.
    places: HashMap<Form, Vec<usize>>,
    /// For each word, the words of the rules that it is.
    is: Vec<Vec<Form>>,
}

impl Text {
    pub(super) fn read(words: &[String], rules: &Rules) -> Self {
        let mut known: HashMap<&str, Vec<Form>> = HashMap::new();
        let mut places: HashMap<Form, Vec<usize>> = HashMap::new();
        let mut is = Vec::with_capacity(words.len());
        for (place, word) in words.iter().enumerate() {
            let forms = known.entry(word).or_insert_with(|| {
                let is = |word: &str, it: &Pattern| it.word == word || it.stem && word.starts_with(&it.word);
                let mut exact = rules.forms(word, |it| is(word, it));
                if exact.is_empty() {
                    let rests = rules.elided.iter().filter_map(|it| word.strip_prefix(it.as_str()));
                    for rest in rests.filter(|it| it.starts_with(['a', 'e', 'h', 'i', 'o', 'u'])) {
                        exact.extend(rules.forms(rest, |it| it.word.len() > 1 && is(rest, it)));
                    }
                }
                if !exact.is_empty() || rules.themselves.contains(word) {
                    return exact;
                }
                rules.forms(word, |it| spelling::may_be(word, &it.word, it.stem))
            });
            for form in forms.iter() {
                places.entry(*form).or_default().push(place);
            }
            is.push(forms.clone());
        }
        Self { length: words.len(), places, is }
    }

    /// The places of words that are calm where they stand.
    pub(super) fn calm(&self, rules: &Rules) -> Vec<usize> {
        rules.calm.iter().flat_map(|it| self.covered(it)).collect()
    }

    /// The levels whose rules the text meets.
    pub(super) fn levels(&self, rules: &Rules) -> Vec<HelpLevel> {
        let mut levels = Vec::new();
        for (level, rule) in &rules.urgent {
            if !levels.contains(level) && self.meets(rule).is_some() {
                levels.push(*level);
            }
        }
        levels
    }

    /// The places of the words that a rule of one phrase covers, wherever it stands.
    fn covered(&self, rule: &Rule) -> Vec<usize> {
        match rule.as_slice() {
            [phrase] => self.spans(phrase).into_iter().flat_map(|(from, to)| from..to).collect(),
            _ => self
                .meets(rule)
                .map_or_else(Vec::new, |spans| spans.into_iter().flat_map(|(from, to)| from..to).collect()),
        }
    }

    /// Where the phrases of a rule stand near each other.
    fn meets(&self, rule: &Rule) -> Option<Vec<(usize, usize)>> {
        let (first, rest) = rule.split_first()?;
        let rest: Vec<Vec<(usize, usize)>> = rest.iter().map(|it| self.spans(it)).collect();
        self.spans(first).into_iter().find_map(|span| {
            let near = |other: &&(usize, usize)| other.0.max(span.0) - other.0.min(span.0) <= NEAR;
            let mut spans = vec![span];
            for others in &rest {
                spans.push(*others.iter().find(near)?);
            }
            Some(spans)
        })
    }

    /// Every place where a phrase stands: from its first word to behind its last.
    fn spans(&self, phrase: &Phrase) -> Vec<(usize, usize)> {
        let Some(Step::One(forms)) = phrase.first() else { return Vec::new() };
        let mut starts: Vec<usize> =
            forms.iter().filter_map(|it| self.places.get(it)).flatten().copied().collect();
        starts.sort_unstable();
        starts.dedup();
        starts.into_iter().filter_map(|from| self.end(phrase, from).map(|to| (from, to))).collect()
    }

    /// Behind which word the phrase ends that begins at `at`.
    fn end(&self, phrase: &[Step], at: usize) -> Option<usize> {
        match phrase.split_first() {
            None => Some(at),
            Some((Step::One(forms), rest)) => {
                let is = self.is.get(at)?;
                if forms.iter().any(|it| is.contains(it)) { self.end(rest, at + 1) } else { None }
            }
            Some((Step::Gap(most), rest)) => {
                (at..=(at + most).min(self.length)).find_map(|at| self.end(rest, at))
            }
        }
    }
}
