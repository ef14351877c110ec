//! What a word is found as: its stem in British spelling.

use std::borrow::Cow;

use rust_stemmers::{Algorithm, Stemmer};

/// Stems words.
pub(super) struct Stems(Stemmer);

impl Stems {
    pub(super) fn new() -> Self {
        Self(Stemmer::create(Algorithm::English))
    }

    /// The stem of a word as [`super::words`] gives it. Words of other alphabets are their own.
    pub(super) fn of(&self, word: &str) -> String {
        if !word.bytes().all(|it| it.is_ascii_lowercase()) {
            return word.to_owned();
        }
        self.0.stem(&british(word)).into_owned()
    }
}

/// "organize" is "organise", "organizing" is "organising". What is spelt so everywhere ("size", "prize") has no more letters before.
fn british(word: &str) -> Cow<'_, str> {
    const ENDINGS: [&str; 6] = ["ize", "izes", "ized", "izing", "izer", "ization"];
    match ENDINGS.iter().find_map(|it| word.strip_suffix(it)) {
        Some(start) if start.len() > 2 => {
            let ending = &word[start.len()..];
            Cow::Owned(format!("{start}{}", ending.replacen('z', "s", 1)))
        }
        _ => Cow::Borrowed(word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_are_one() {
        let stems = Stems::new();
        for (a, b) in
            [("socks", "sock"), ("brushing", "brush"), ("organize", "organised"), ("buttons", "button")]
        {
            assert_eq!(stems.of(a), stems.of(b));
        }
        assert_ne!(stems.of("size"), stems.of("rise"));
        assert_eq!(stems.of("جوارب"), "جوارب");
    }
}
