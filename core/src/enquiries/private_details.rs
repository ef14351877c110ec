//! Whether a text seems to hold what an enquiry does not need. It warns and never refuses.

use serde::Serialize;

use crate::strategies::may_name_a_child;

/// Something that tells who a child is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PrivateDetail {
    /// A name.
    Name,
    /// An NHS number: ten digits whose last one fits the others.
    NhsNumber,
    /// A telephone number, an email address.
    Contact,
    /// A date of birth.
    DateOfBirth,
    /// Words that speak of a photograph or a file beside the text: none can be sent.
    Photograph,
}

/// Words for something beside the text.
const BESIDE: [&str; 8] =
    ["photo", "photos", "photograph", "photographs", "attached", "attachment", "screenshot", "video"];

/// What a text seems to hold.
pub fn private_details(text: &str) -> Vec<PrivateDetail> {
    use PrivateDetail::{Contact, DateOfBirth, Name, NhsNumber, Photograph};
    let numbers = numbers(text);
    let digits: Vec<String> =
        numbers.iter().map(|it| it.chars().filter(char::is_ascii_digit).collect()).collect();
    let without_numbers: String = text.chars().map(|it| if it.is_ascii_digit() { ' ' } else { it }).collect();
    let words = || text.split(|it: char| !it.is_alphanumeric()).map(str::to_lowercase);
    let found = [
        (Name, may_name_a_child(&without_numbers)),
        (NhsNumber, digits.iter().any(|it| is_nhs_number(it))),
        (Contact, text.contains('@') || digits.iter().any(|it| is_telephone(it))),
        (DateOfBirth, numbers.iter().any(|it| is_date(it))),
        (Photograph, words().any(|it| BESIDE.contains(&it.as_str()))),
    ];
    found.into_iter().filter(|it| it.1).map(|it| it.0).collect()
}

/// Runs of digits with what people put between them.
fn numbers(text: &str) -> Vec<&str> {
    text.split(|it: char| !(it.is_ascii_digit() || " -/.+()".contains(it)))
        .map(|it| it.trim_matches(|it: char| !it.is_ascii_digit() && it != '+'))
        .filter(|it| !it.is_empty())
        .collect()
}

/// The last digit proves the others, modulo 11 (NHS Data Dictionary, "NHS number").
fn is_nhs_number(digits: &str) -> bool {
    let digits: Vec<u32> = digits.chars().filter_map(|it| it.to_digit(10)).collect();
    let [first @ .., last] = digits.as_slice() else { return false };
    let sum: u32 = first.iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    digits.len() == 10 && (11 - sum % 11) % 11 == *last
}

fn is_telephone(digits: &str) -> bool {
    (10..=11).contains(&digits.len()) && digits.starts_with('0')
        || (11..=13).contains(&digits.len()) && digits.starts_with("44")
}

fn is_date(number: &str) -> bool {
    let parts: Vec<&str> = number.split(['/', '.', '-']).map(str::trim).collect();
    let [day, month, year] = parts.as_slice() else { return false };
    let is = |part: &str, most: u32| part.parse().is_ok_and(|it: u32| (1..=most).contains(&it));
    is(day, 31) && is(month, 12) && matches!(year.len(), 2 | 4) && year.chars().all(|it| it.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::PrivateDetail::{Contact, DateOfBirth, Name, NhsNumber, Photograph};
    use super::*;

    #[test]
    fn what_tells_who_a_child_is_is_warned_about() {
        for (text, expected) in [
            ("My son Samuel hates socks.", vec![Name]),
            ("His number is 943 476 5919", vec![NhsNumber]),
            ("ring me on 020 7946 0000", vec![Contact]),
            ("ring me on +44 20 7946 0000 please", vec![Contact]),
            ("mail me@example.org", vec![Contact]),
            ("born 3/11/2019", vec![DateOfBirth]),
            ("see the photo", vec![Photograph]),
        ] {
            assert_eq!(private_details(text), expected, "{text}");
        }
    }

    #[test]
    fn ordinary_questions_are_not() {
        for text in [
            "My child is 6 and hates socks. What can I do in the morning?",
            "He sleeps 7.5 hours, from 9 to 4.30.",
            "We tried it 10 times in 14 days.",
            "Since Monday 12 March she will not wear shoes.",
            "The form has 9434765910 boxes",
        ] {
            assert_eq!(private_details(text), [], "{text}");
        }
    }
}
