//! A text's words, the same for the index and for whoever searches.

use std::ops::Range;

use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// A longer word is none that anybody looks for.
const LONGEST: usize = 40;

/// Gives each word in lower case without accents and apostrophes, so that "Won’t" is "wont" and "café" is "cafe", and where it
/// stands in the text, in bytes. Words that are too long are left out.
pub(super) fn each(text: &str, mut found: impl FnMut(&str, Range<usize>)) {
    runs(text, |word, place| {
        if is_word(word) {
            found(word, place);
        }
    });
}

/// Whether it is short enough to be one.
pub(super) fn is_word(run: &str) -> bool {
    run.len() <= LONGEST
}

/// The same with what is too long to be a word.
pub(super) fn runs(text: &str, mut found: impl FnMut(&str, Range<usize>)) {
    let mut word = String::new();
    let (mut from, mut to) = (0, 0);
    let mut end = |word: &mut String, place: Range<usize>| {
        if !word.is_empty() {
            found(word, place);
        }
        word.clear();
    };
    for (at, letter) in text.char_indices() {
        let before = word.len();
        match letter {
            'a'..='z' | '0'..='9' => word.push(letter),
            'A'..='Z' => word.push(letter.to_ascii_lowercase()),
            '\'' | '’' => continue,
            _ if letter.is_ascii() => {}
            _ if is_combining_mark(letter) => continue,
            _ if letter.is_alphanumeric() => {
                for lower in letter.to_lowercase() {
                    decompose_canonical(lower, |it| {
                        if !is_combining_mark(it) {
                            word.push(it);
                        }
                    });
                }
            }
            _ => {}
        }
        if word.len() == before {
            end(&mut word, from..to);
        } else {
            if before == 0 {
                from = at;
            }
            to = at + letter.len_utf8();
        }
    }
    end(&mut word, from..to);
}

/// Every word of a text.
pub(super) fn all(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    each(text, |word, _| words.push(word.to_owned()));
    words
}

/// Whether it says next to nothing about what is looked for.
pub(super) fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.binary_search(&word).is_ok()
}

/// In ascending order.
#[rustfmt::skip]
const STOP_WORDS: &[&str] = &[
    "a", "about", "all", "also", "am", "an", "and", "any", "anything", "are", "arent", "as", "at", "be",
    "because", "been", "being", "but", "by", "can", "cannot", "cant", "child", "children", "childs", "could",
    "couldnt", "daughter", "did", "didnt", "do", "does", "doesnt", "doing", "dont", "each", "even",
    "everything", "for", "from", "get", "gets", "getting", "give", "go", "goes", "going", "gonna", "got",
    "had", "hadnt", "has", "hasnt", "have", "havent", "having", "he", "hed", "hell", "help", "her", "here",
    "hers", "hes", "him", "his", "how", "i", "id", "if", "ill", "im", "in", "into", "is", "isnt", "it", "its",
    "ive", "just", "keep", "keeps", "kid", "kids", "let", "like", "lo", "make", "makes", "making", "me",
    "more", "most", "much", "my", "need", "needs", "no", "not", "now", "of", "on", "one", "only", "or", "our",
    "please", "pupil", "pupils", "really", "she", "shed", "shell", "shes", "should", "shouldnt", "so", "some",
    "something", "son", "than", "that", "thats", "the", "their", "them", "then", "there", "theres", "these",
    "they", "theyre", "thing", "things", "this", "those", "to", "toddler", "too", "u", "ur", "us", "very",
    "want", "wants", "was", "wasnt", "we", "were", "what", "whats", "when", "where", "which", "while", "who",
    "why", "will", "with", "without", "wont", "would", "wouldnt", "year", "years", "yo", "you", "your",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_know_their_place() {
        let mut found = Vec::new();
        let text = "Won’t wear Café-socks! 3x";
        each(text, |word, place| found.push((word.to_owned(), &text[place])));
        let found: Vec<_> = found.iter().map(|(word, place)| (word.as_str(), *place)).collect();
        assert_eq!(
            found,
            [("wont", "Won’t"), ("wear", "wear"), ("cafe", "Café"), ("socks", "socks"), ("3x", "3x")]
        );
    }

    #[test]
    fn what_is_no_word_gives_none() {
        for text in [
            "",
            " ",
            "'’'",
            "\u{301}\u{301}",
            "🙂🙂",
            "\0\u{202e}\n",
            "NEAR(\"*\" - )".get(4..).unwrap_or(""),
        ] {
            assert_eq!(all(text), [""; 0], "{text:?}");
        }
        assert_eq!(all(&"x".repeat(41)), [""; 0]);
    }

    #[test]
    fn stop_words_are_sorted() {
        assert!(STOP_WORDS.is_sorted_by(|a, b| a < b));
        assert!(is_stop_word("wont") && !is_stop_word("socks"));
    }
}
