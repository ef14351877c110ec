//! Whether a note looks as if it names a child. It warns and never refuses: a name is not to be known by its letters.

/// Words that begin with a capital and name nobody.
const KNOWN: &str = " monday tuesday wednesday thursday friday saturday sunday january february march april may june july august \
    september october november december easter christmas ramadan eid diwali year reception nursery school sen senco send ta ot \
    gp nhs pe dcd adhd asd ehcp uk i mum dad grandma grandad english maths science art ";

/// Words that a sentence about nobody in particular begins with.
const STARTERS: &str = " a all an and any as ask both children do each every everyone first from good have he hello here hi home how if \
    in it its keep let look many most no not now on one only parents please practice pupils read say school she short some start \
    strategies that the their then these they this those three to today try two use we week what when which why with work you your child \
    pupil mum dad ";

/// What is said of somebody.
const SAID_OF: &str = " and can cannot cant does doesnt finds has hates is isnt likes loves may might needs struggles tries wants was will ";

/// Whether the note may name a child, or holds a number or a date of birth that tells who it is.
pub(crate) fn may_name_a_child(note: &str) -> bool {
    let digits: String = note.chars().filter(char::is_ascii_digit).collect();
    // An NHS number has 10 digits, a date of birth 6 to 8 with its strokes.
    let told_by_number = digits.len() >= 10 || (digits.len() >= 6 && note.contains('/'));
    told_by_number || note.split(['.', '!', '?', ':', ';']).any(sentence_names_somebody)
}

fn sentence_names_somebody(sentence: &str) -> bool {
    let words: Vec<&str> = sentence
        .split(|c: char| !c.is_alphanumeric() && !"'’-".contains(c))
        .filter(|it| it.chars().any(char::is_alphabetic))
        .collect();
    words.iter().enumerate().any(|(at, word)| {
        let capital = word.chars().next().is_some_and(char::is_uppercase);
        let owner = word.ends_with("'s") || word.ends_with("’s");
        let plain = word.trim_end_matches("'s").trim_end_matches("’s").to_lowercase();
        let shout = word.chars().count() > 1 && word.chars().all(|it| !it.is_lowercase());
        let known = is_in(KNOWN, &plain) || plain.strip_suffix('s').is_some_and(|it| is_in(KNOWN, it));
        if !capital || shout || known {
            return false;
        }
        let said_of = words
            .get(at + 1)
            .is_some_and(|next| is_in(SAID_OF, &next.to_lowercase().replace(['\'', '’'], "")));
        at > 0 || (!is_in(STARTERS, &plain) && (owner || said_of))
    })
}

fn is_in(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|it| it == word)
}

#[cfg(test)]
mod tests {
    use super::may_name_a_child;

    #[test]
    fn names_and_numbers_are_warned_about() {
        for note in [
            "For Sam, three times a week",
            "Amira finds socks hard.",
            "please try with Joseph",
            "Leo's mum asked for this",
            "Talk to Ms Okafor about Tom",
            "NHS number 943 476 5919",
            "born 3/11/2019, try the first two",
        ] {
            assert!(may_name_a_child(note), "{note}");
        }
    }

    #[test]
    fn ordinary_notes_are_not() {
        for note in [
            "",
            "Try the first two this week. We talk again on Friday 12 March.",
            "PE kit on Mondays. Ask the SENCO or the OT.",
            "Start with socks. Two minutes is enough!",
            "He likes the second one best",
            "Good for Year 1 and Reception",
            "TRY THIS FIRST",
            "جرّبوا الأولى هذا الأسبوع",
        ] {
            assert!(!may_name_a_child(note), "{note}");
        }
    }
}
