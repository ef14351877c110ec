//! The rules of one language, read from its file. How they are written stands at its head.

use std::collections::{HashMap, HashSet};

use otsupport_wire::snapshot::HelpLevel;

use super::matching::folded;

/// A word of a rule, by its number in [`Rules::forms`].
pub(super) type Form = usize;

/// A word that a rule asks for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Pattern {
    pub(super) word: String,
    /// Whether longer words that begin so will do.
    pub(super) stem: bool,
}

/// One step of a phrase.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// One of these words.
    One(Vec<Form>),
    /// Up to so many other words.
    Gap(usize),
}

/// Words side by side.
pub(super) type Phrase = Vec<Step>;

/// Phrases that stand near each other, in any order.
pub(super) type Rule = Vec<Phrase>;

/// The rules of a language.
pub(super) struct Rules {
    /// Every word that a rule asks for.
    pub(super) forms: Vec<Pattern>,
    /// The same by their first letter: no word is taken for one that begins otherwise.
    by_first: HashMap<char, Vec<Form>>,
    /// What is calm although it sounds otherwise.
    pub(super) calm: Vec<Rule>,
    pub(super) urgent: Vec<(HelpLevel, Rule)>,
    /// What may stand before a word without a space, as in "d'avaler".
    pub(super) elided: Vec<String>,
    /// Words that are no misspelling of another.
    pub(super) themselves: HashSet<String>,
}

/// Words between the parts of a phrase that are set apart by `..`.
const GAP: usize = 4;

impl Rules {
    /// Reads a file. What is no rule is left out: a test holds that nothing is.
    pub(super) fn read(text: &str) -> Self {
        let mut rules = Self {
            forms: Vec::new(),
            by_first: HashMap::new(),
            calm: Vec::new(),
            urgent: Vec::new(),
            elided: Vec::new(),
            themselves: HashSet::new(),
        };
        let mut classes: HashMap<String, Vec<String>> = HashMap::new();
        let mut numbers: HashMap<Pattern, Form> = HashMap::new();
        let mut section = "";
        for line in text.lines().map(str::trim).filter(|it| !it.is_empty() && !it.starts_with('#')) {
            if let Some(name) = line.strip_suffix(':') {
                section = name;
            } else if let Some((name, words)) = line.split_once(" = ") {
                let mut all = Vec::new();
                for word in words.split(' ') {
                    match classes.get(word) {
                        Some(class) => all.extend(class.clone()),
                        None => all.push(word.to_owned()),
                    }
                }
                classes.insert(name.to_owned(), all);
            } else if section == "elided" {
                rules.elided.extend(line.split(' ').map(str::to_owned));
            } else if section == "themselves" {
                rules.themselves.extend(line.split(' ').map(str::to_owned));
            } else {
                let mut form = |word: &str| {
                    let (word, stem) = word.strip_suffix('*').map_or((word, false), |it| (it, true));
                    let pattern = Pattern { word: folded(word), stem };
                    *numbers.entry(pattern.clone()).or_insert_with(|| {
                        rules.forms.push(pattern);
                        rules.forms.len() - 1
                    })
                };
                let mut step = |word: &str| {
                    if word == ".." {
                        return Step::Gap(GAP);
                    }
                    let words = word.split('/').flat_map(|it| match classes.get(it) {
                        Some(class) => class.clone(),
                        None => vec![it.to_owned()],
                    });
                    Step::One(words.map(|it| form(&it)).collect())
                };
                let rule: Rule = line.split(" + ").map(|it| it.split(' ').map(&mut step).collect()).collect();
                match level(section) {
                    Some(level) => rules.urgent.push((level, rule)),
                    None if section == "calm" => rules.calm.push(rule),
                    None => {}
                }
            }
        }
        for (form, pattern) in rules.forms.iter().enumerate() {
            if let Some(first) = pattern.word.chars().next() {
                rules.by_first.entry(first).or_default().push(form);
            }
        }
        rules
    }

    /// The words of the rules that begin as this one does and are so.
    pub(super) fn forms(&self, word: &str, is: impl Fn(&Pattern) -> bool) -> Vec<Form> {
        let first = word.chars().next().and_then(|it| self.by_first.get(&it));
        first.into_iter().flatten().copied().filter(|it| is(&self.forms[*it])).collect()
    }
}

fn level(section: &str) -> Option<HelpLevel> {
    match section {
        "emergency" => Some(HelpLevel::Emergency),
        "self-harm" => Some(HelpLevel::SelfHarm),
        "safeguarding" => Some(HelpLevel::Safeguarding),
        "urgent" => Some(HelpLevel::Urgent),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::LANGUAGES;
    use super::*;

    #[test]
    fn every_line_of_the_files_is_a_rule() {
        for text in LANGUAGES {
            let rules = Rules::read(text);
            let mut count = 0;
            let mut section = "";
            for line in
                text.lines().filter(|it| !it.is_empty() && !it.starts_with('#') && !it.contains(" = "))
            {
                match line.strip_suffix(':') {
                    Some(name) => {
                        let is_known =
                            level(name).is_some() || ["calm", "elided", "themselves"].contains(&name);
                        assert!(is_known, "{name}");
                        section = name;
                    }
                    None => count += usize::from(!["elided", "themselves"].contains(&section)),
                }
            }
            assert_eq!(rules.calm.len() + rules.urgent.len(), count);
            for phrase in rules.calm.iter().chain(rules.urgent.iter().map(|it| &it.1)).flatten() {
                assert!(matches!(phrase.first(), Some(Step::One(_))), "{phrase:?} begins with a gap");
            }
            // Classes are written in capitals; one that is not there would stand as its own name.
            let names =
                text.lines().filter(|it| !it.starts_with('#')).flat_map(|it| it.split([' ', '/', '+']));
            for name in names.filter(|it| it.len() > 1 && it.chars().all(|it| it.is_ascii_uppercase())) {
                assert!(text.contains(&format!("\n{name} = ")), "{name} is no class");
            }
        }
    }
}
