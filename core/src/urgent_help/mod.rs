//! The urgent-help check: which words put the help card first, in search and before an enquiry is sent.
//!
//! The rules are data, a file for each language in `rules/`; all of them are held against every text. They prefer a false alarm to a
//! miss, never block and never accuse. It works without a network and writes nothing anywhere.

#[cfg(feature = "phone")]
mod contacts;
mod matching;
mod readable;
mod rules;
mod spelling;

use std::sync::OnceLock;

use otsupport_wire::snapshot::HelpLevel;

#[cfg(feature = "phone")]
pub(crate) use self::contacts::help;
use self::matching::Text;
use self::rules::Rules;

/// What a text may mean.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Urgency {
    /// The levels found, the worst first; none for calm words.
    pub levels: Vec<HelpLevel>,
    /// Whether the rules could read the text. One that they cannot read is never calm.
    pub checked: bool,
}

const LANGUAGES: [&str; 3] =
    [include_str!("rules/english.txt"), include_str!("rules/french.txt"), include_str!("rules/arabic.txt")];

/// Checks what a person typed.
pub fn urgency(text: &str) -> Urgency {
    static RULES: OnceLock<[Rules; 3]> = OnceLock::new();
    let rules = RULES.get_or_init(|| LANGUAGES.map(Rules::read));
    let mut words = matching::words(text);
    let checked = readable::is_readable(&words);
    // What one language knows to be calm is calm in all of them.
    let calm: Vec<usize> = rules.iter().flat_map(|rules| Text::read(&words, rules).calm(rules)).collect();
    for place in calm {
        words[place].clear();
    }
    let mut levels: Vec<HelpLevel> =
        rules.iter().flat_map(|rules| Text::read(&words, rules).levels(rules)).collect();
    levels.sort_unstable();
    levels.dedup();
    Urgency { levels, checked }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn urgent_words_are_found_in_plain_and_hurried_speech() {
        for (text, level) in [
            ("he cant breathe", HelpLevel::Emergency),
            ("she's turned blue", HelpLevel::Emergency),
            ("swallowed a BUTTON battery", HelpLevel::Emergency),
            ("she is having a siezure", HelpLevel::Emergency),
            ("he stops breathing at night", HelpLevel::Emergency),
            ("he says he wants to die", HelpLevel::SelfHarm),
            ("my daughter is cutting herself", HelpLevel::SelfHarm),
            ("dad hits me", HelpLevel::Safeguarding),
            ("someone touched her private parts", HelpLevel::Safeguarding),
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
            "bread and butter",
        ] {
            assert_eq!(urgency(text).levels, [], "{text}");
        }
    }

    #[test]
    fn the_worst_leads_and_all_are_kept() {
        let found = urgency("dad hits me and now I can't breathe");
        assert_eq!(found.levels, [HelpLevel::Emergency, HelpLevel::Safeguarding]);
    }

    #[test]
    fn what_cannot_be_read_is_not_called_calm() {
        for unread in
            ["не може да дише", "ilmahaygu ma neefsan karo caawa", "meu filho nao consegue respirar bem"]
        {
            assert!(!urgency(unread).checked, "{unread}");
        }
        for read in ["he hates socks", "", "butons", "wont ware his sox at al"] {
            assert!(urgency(read).checked, "{read}");
        }
    }

    #[test]
    fn a_very_long_text_is_read_to_its_end() {
        let mut text = "he will not wear socks and chews his sleeves. ".repeat(2200);
        text.push_str("now he cant breathe");
        assert_eq!(urgency(&text).levels, [HelpLevel::Emergency]);
        let nonsense: String = (0..100_000_u32)
            .map(|it| if it % 7 == 0 { ' ' } else { char::from(b'a' + u8::try_from(it * it % 26).unwrap()) })
            .collect();
        urgency(&nonsense);
    }

    proptest! {
        #[test]
        fn calm_words_around_urgent_ones_take_nothing_away(
            before in prop::collection::vec(prop::sample::select(vec!["he", "likes", "socks", "and", "the", "swing", "today"]), 0..12),
            after in prop::collection::vec(prop::sample::select(vec!["at", "school", "with", "his", "teacher", "after", "lunch"]), 0..12),
            urgent in prop::sample::select(vec!["he cant breathe", "she wants to die", "dad hits me", "suddenly cant walk"]),
        ) {
            let text = format!("{} {urgent} {}", before.join(" "), after.join(" "));
            prop_assert!(!urgency(&text).levels.is_empty(), "{}", text);
        }

        #[test]
        fn any_text_is_read(text in "\\PC{0,200}") {
            urgency(&text);
        }
    }
}
