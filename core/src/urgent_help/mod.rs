//! The urgent-help check: which words put the help card first, in search and before an enquiry is sent.
//!
//! Two things speak: rules, a file for each language in `rules/`, all of them held against every text; and, for English, the weight of
//! a text's words towards each level (`weights/`), learned from phrases, which hears what is said indirectly. Both are data. They prefer a
//! false alarm to a miss, never block and never accuse. It works without a network and writes nothing anywhere.

#[cfg(feature = "phone")]
mod contacts;
mod matching;
mod readable;
mod rules;
mod signs;
mod spelling;
mod weighing;

use std::collections::BTreeSet;
use std::sync::OnceLock;

use otsupport_wire::snapshot::HelpLevel;

#[cfg(feature = "phone")]
pub(crate) use self::contacts::help;
use self::matching::Text;
use self::rules::Rules;
pub use self::weighing::LEVELS;
use self::weighing::Weights;

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

const ENGLISH: &str = include_str!("weights/english.tsv");

/// Checks what a person typed.
pub fn urgency(text: &str) -> Urgency {
    static RULES: OnceLock<[Rules; 3]> = OnceLock::new();
    static WEIGHTS: OnceLock<Option<Weights>> = OnceLock::new();
    let rules = RULES.get_or_init(|| LANGUAGES.map(Rules::read));
    let mut words = matching::words(text);
    let checked = readable::is_readable(&words);
    let weights = WEIGHTS.get_or_init(|| Weights::read(ENGLISH)).as_ref();
    let weight = weights.map(|it| it.weigh(&words));
    // What one language knows to be calm is calm in all of them.
    let calm: Vec<usize> = rules.iter().flat_map(|rules| Text::read(&words, rules).calm(rules)).collect();
    for place in calm {
        words[place].clear();
    }
    let [english, others @ ..] = rules;
    let by_weight = weight.iter().flat_map(|it| it.levels());
    let in_english = Text::read(&words, english).levels(english).into_iter();
    let in_english = in_english.filter(|level| !weights.is_some_and(|it| speaks_against(text, *level, it)));
    let in_others = others.iter().flat_map(|rules| Text::read(&words, rules).levels(rules));
    let mut levels: Vec<HelpLevel> = by_weight.chain(in_english).chain(in_others).collect();
    levels.sort_unstable();
    levels.dedup();
    Urgency { levels, checked }
}

/// Whether all sentences, and the whole of them, speak against a level: the calm ones take nothing from an urgent one.
fn speaks_against(text: &str, level: HelpLevel, weights: &Weights) -> bool {
    let sentences = text.split(['.', '!', '?', ';', '\n']).map(matching::words).filter(|it| !it.is_empty());
    std::iter::once(matching::words(text)).chain(sentences).all(|it| weights.weigh(&it).is_against(level))
}

/// The signs of a text that the weights are learned for.
pub fn signs(text: &str) -> BTreeSet<String> {
    signs::signs(&matching::words(text))
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
        fn calm_sentences_around_urgent_ones_take_nothing_away(
            before in prop::collection::vec(prop::sample::select(vec!["he", "likes", "socks", "and", "the", "swing", "today"]), 0..12),
            after in prop::collection::vec(prop::sample::select(vec!["at", "school", "with", "his", "teacher", "after", "lunch"]), 0..12),
            urgent in prop::sample::select(vec!["he cant breathe", "she wants to die", "dad hits me", "suddenly cant walk"]),
        ) {
            let text = format!("{}. {urgent}. {}", before.join(" "), after.join(" "));
            prop_assert!(!urgency(&text).levels.is_empty(), "{}", text);
        }

        #[test]
        fn any_text_is_read(text in "\\PC{0,200}") {
            urgency(&text);
        }
    }
}
