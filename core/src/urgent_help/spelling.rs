//! Words of the rules as people misspell them.

/// Whether somebody who typed `word` may have meant `meant`, or a word that begins so. Short words are what they are.
pub(super) fn may_be(word: &str, meant: &str, stem: bool) -> bool {
    if !word.is_ascii() || !meant.is_ascii() || meant.len() < 5 || word.len() < 4 {
        return false;
    }
    if word.as_bytes().first() != meant.as_bytes().first() {
        return false;
    }
    let most = match meant.len() {
        ..=5 => 0,
        6..=9 => 1,
        _ => 2,
    };
    if sound(word) == sound(meant) {
        return true;
    }
    if most == 0 {
        return false;
    }
    let near = |word: &str| {
        word.len().abs_diff(meant.len()) <= most && distance(word.as_bytes(), meant.as_bytes()) <= most
    };
    if stem {
        // A letter may be missing or too many before the ending.
        return (meant.len() - 1..=meant.len() + 1).filter_map(|end| word.get(..end)).any(near);
    }
    near(word)
}

/// How a word sounds, roughly: "breeth" is "breathe", "cheast" is "chest".
fn sound(word: &str) -> String {
    let mut sound = word.to_owned();
    for (written, heard) in [
        ("ph", "f"),
        ("ei", "e"),
        ("ie", "e"),
        ("ee", "e"),
        ("ea", "e"),
        ("ou", "o"),
        ("ck", "k"),
        ("ce", "se"),
        ("gh", ""),
        ("y", "i"),
    ] {
        sound = sound.replace(written, heard);
    }
    let mut heard = String::with_capacity(sound.len());
    for letter in sound.chars() {
        if !heard.ends_with(letter) {
            heard.push(letter);
        }
    }
    let end = heard.trim_end_matches('e').len();
    heard.truncate(end);
    heard
}

/// Letters that differ; two that changed places count once.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut before = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let wrong = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (last[j - 1] + wrong).min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_words_are_recognised_and_others_are_not() {
        for (word, meant) in [
            ("siezure", "seizure"),
            ("breeth", "breathe"),
            ("unconcious", "unconscious"),
            ("batery", "battery"),
        ] {
            assert!(may_be(word, meant, false), "{word}");
        }
        assert!(may_be("sucidal", "suicid", true));
        for (word, meant) in
            [("bread", "breathe"), ("kiss", "kill"), ("leisure", "seizure"), ("shocking", "choking")]
        {
            assert!(!may_be(word, meant, false), "{word}");
        }
    }
}
