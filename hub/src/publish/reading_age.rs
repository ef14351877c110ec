//! Reading age: the Flesch–Kincaid grade plus 5.
//!
//! Grade = 0.39 × words per sentence + 11.8 × syllables per word − 15.59 (Kincaid and others, 1975). Syllables are counted
//! by groups of vowels. Words that the bank explains are not counted.

use std::collections::BTreeSet;

/// The reading age of `text`, whose lines end sentences; `None` for fewer than 30 words, which say nothing.
pub(super) fn reading_age(text: &str, explained: &BTreeSet<String>) -> Option<f64> {
    let (mut sentences, mut words, mut syllables) = (0u32, 0u32, 0u32);
    for sentence in text.split(['.', '!', '?', '\n', ':', ';']) {
        let counted: Vec<String> = sentence
            .split(|c: char| !c.is_alphanumeric() && !"'’-".contains(c))
            .filter(|word| word.chars().any(char::is_alphabetic))
            .map(str::to_lowercase)
            .filter(|word| !explained.contains(word))
            .collect();
        if !counted.is_empty() {
            sentences += 1;
            words += counted.len() as u32;
            syllables += counted.iter().map(|it| syllables_of(it)).sum::<u32>();
        }
    }
    if words < 30 {
        return None;
    }
    let grade = 0.39 * f64::from(words) / f64::from(sentences)
        + 11.8 * f64::from(syllables) / f64::from(words)
        - 15.59;
    Some(grade + 5.0)
}

/// The single words of the explained terms.
pub(super) fn explained_words<'a>(terms: impl Iterator<Item = &'a String>) -> BTreeSet<String> {
    terms.flat_map(|term| term.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>()).collect()
}

fn syllables_of(word: &str) -> u32 {
    let is_vowel = |c: char| "aeiouy".contains(c);
    let letters: Vec<char> = word.chars().filter(|c| c.is_alphabetic()).collect();
    let mut groups = 0;
    let mut before = false;
    for letter in &letters {
        let vowel = is_vowel(*letter);
        groups += u32::from(vowel && !before);
        before = vowel;
    }
    // A final e is silent (make), but not after l behind a consonant (little); so is that of -ed and -es, mostly.
    let ends = |tail: &str| letters.iter().rev().take(tail.len()).copied().eq(tail.chars().rev());
    let consonant_le = ends("le") && letters.len() > 2 && !is_vowel(letters[letters.len() - 3]);
    let sounded_ed = ends("ted") || ends("ded");
    let sounded_es = ["ses", "zes", "ches", "shes", "ges", "ces", "xes"].iter().any(|it| ends(it));
    let silent = (ends("e") && !consonant_le && !ends("ee") && !ends("ie"))
        || (ends("ed") && !sounded_ed)
        || (ends("es") && !sounded_es);
    if silent && groups > 1 { groups - 1 } else { groups.max(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables() {
        for (word, count) in [
            ("sock", 1),
            ("make", 1),
            ("little", 2),
            ("button", 2),
            ("jumped", 1),
            ("wanted", 2),
            ("boxes", 2),
            ("free", 1),
            ("therapist", 3),
            ("the", 1),
            ("tie", 1),
        ] {
            assert_eq!(syllables_of(word), count, "{word}");
        }
    }

    #[test]
    fn longer_words_and_sentences_are_harder() {
        let plain = "Sit on the bed. Hold the sock. Pull it over your toes. Now pull it up to your heel. Let your child do \
            the last pull. Say well done. Try it again the next day at the same time.";
        let hard = "Occupational therapists frequently recommend systematic desensitisation programmes incorporating graduated \
            tactile experiences because individual sensory processing characteristics considerably influence participation \
            throughout everyday educational environments and therapeutic relationships alike, notwithstanding considerable organisational complexity.";
        let none = BTreeSet::new();
        assert!(reading_age(plain, &none).is_some_and(|it| it < 8.0));
        assert!(reading_age(hard, &none).is_some_and(|it| it > 20.0));
        assert_eq!(reading_age("Too short.", &none), None);
    }
}
