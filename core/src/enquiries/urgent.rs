//! The urgent-help check: which words put the help card first.
//!
//! Simple rules over whole words: they prefer a false alarm to a miss, never block and never accuse. The rules are data
//! in `urgent.txt`.

use otsupport_wire::snapshot::HelpLevel;

/// What a text may mean.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Urgency {
    /// The levels found, the worst first; none for calm words.
    pub levels: Vec<HelpLevel>,
    /// Whether the rules could read the text. One that they cannot read is never calm.
    pub checked: bool,
}

const RULES: &str = include_str!("urgent.txt");

/// Checks what a person typed.
pub fn urgency(text: &str) -> Urgency {
    let words = words(text);
    let mut levels = Vec::new();
    let mut level = None;
    for line in RULES.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(name) = line.strip_suffix(':') {
            level = named(name);
        } else if let Some(level) = level.filter(|it| !levels.contains(it))
            && line.split(" + ").all(|phrase| holds(&words, phrase))
        {
            levels.push(level);
        }
    }
    levels.sort_unstable();
    Urgency { levels, checked: readable(text) }
}

fn named(name: &str) -> Option<HelpLevel> {
    match name {
        "emergency" => Some(HelpLevel::Emergency),
        "self-harm" => Some(HelpLevel::SelfHarm),
        "safeguarding" => Some(HelpLevel::Safeguarding),
        "urgent" => Some(HelpLevel::Urgent),
        _ => None,
    }
}

/// Lower-case words without their apostrophes, so that "can't", "cant" and "CAN’T" are one.
fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .replace(['\'', '’'], "")
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Whether the phrase's words stand side by side; a word that ends in `*` stands for all that begin so.
fn holds(words: &[String], phrase: &str) -> bool {
    let phrase: Vec<&str> = phrase.split(' ').collect();
    words.windows(phrase.len()).any(|window| {
        window.iter().zip(&phrase).all(|(word, rule)| match rule.strip_suffix('*') {
            Some(stem) => word.starts_with(stem),
            None => word == rule,
        })
    })
}

/// The rules are in English: a text mostly in another script is beyond them.
fn readable(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic());
    let (all, latin) = letters.fold((0, 0), |(all, latin), c| (all + 1, latin + usize::from(c < '\u{250}')));
    all == 0 || latin * 2 > all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urgent_words_are_found_in_plain_and_hurried_speech() {
        for (text, level) in [
            ("he cant breathe", HelpLevel::Emergency),
            ("she's turned blue", HelpLevel::Emergency),
            ("swallowed a BUTTON battery", HelpLevel::Emergency),
            ("she is having a seizure", HelpLevel::Emergency),
            ("he says he wants to die", HelpLevel::SelfHarm),
            ("wants to be dead", HelpLevel::SelfHarm),
            ("my daughter is cutting herself", HelpLevel::SelfHarm),
            ("dad hits me", HelpLevel::Safeguarding),
            ("suddenly cant walk", HelpLevel::Urgent),
        ] {
            assert_eq!(urgency(text).levels.first(), Some(&level), "{text}");
        }
    }

    #[test]
    fn calm_words_stay_calm() {
        for text in [
            "dead tired after school",
            "these socks are killing me",
            "hits the ball",
            "cutting with scissors",
            "buttons",
        ] {
            assert_eq!(urgency(text).levels, [], "{text}");
        }
    }

    #[test]
    fn the_worst_leads_and_all_are_kept() {
        let found = urgency("he hits me and now I can't breathe");
        assert_eq!(found.levels, [HelpLevel::Emergency, HelpLevel::Safeguarding]);
    }

    #[test]
    fn what_cannot_be_read_is_not_called_calm() {
        assert!(!urgency("لا يستطيع التنفس").checked);
        assert!(urgency("he hates socks").checked);
        assert!(urgency("").checked);
    }
}
