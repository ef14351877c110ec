//! The signs by which a text is weighed.

use std::collections::BTreeSet;

/// Beginnings of a word that are signs, in letters: a misspelt ending changes the last of them alone.
const BEGINNINGS: std::ops::RangeInclusive<usize> = 3..=6;
/// Two neighbours are a sign by so many letters of each.
const OF_NEIGHBOURS: usize = 4;

/// The signs of a text: each word, its beginnings (`brea~`), and the beginnings of each two neighbours (`cant brea`), where `^` stands
/// before the first and `$` behind the last.
pub(super) fn signs(words: &[String]) -> BTreeSet<String> {
    let mut signs: BTreeSet<String> = words.iter().cloned().collect();
    for word in words {
        let ends = word.char_indices().map(|it| it.0).enumerate().skip(1);
        signs.extend(
            ends.filter(|(letters, _)| BEGINNINGS.contains(letters))
                .map(|(_, end)| format!("{}~", &word[..end])),
        );
    }
    let beginnings = words.iter().map(|it| it.chars().take(OF_NEIGHBOURS).collect());
    let all: Vec<String> =
        std::iter::once("^".to_owned()).chain(beginnings).chain(std::iter::once("$".to_owned())).collect();
    signs.extend(all.windows(2).map(|it| it.join(" ")));
    signs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_their_beginnings_and_neighbours_are_signs() {
        let words = ["cant".to_owned(), "breathe".to_owned()];
        let expected = [
            "$",
            "^ cant",
            "bre~",
            "brea~",
            "breat~",
            "breath~",
            "breathe",
            "brea $",
            "can~",
            "cant",
            "cant brea",
        ];
        let expected = expected.into_iter().filter(|it| *it != "$").map(str::to_owned).collect();
        assert_eq!(signs(&words), expected);
        assert_eq!(signs(&[]), BTreeSet::from(["^ $".to_owned()]));
    }
}
