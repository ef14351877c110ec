//! What the bank leaves out stays out of every record: items, variants, topics, events and the families' words.

use otsupport_wire::snapshot::write;

use super::{BANK, originals, text};

/// Practices without good support, or that only a clinician may advise, as families and schools may know them.
const LEFT_OUT: &[&str] = &[
    "brushing protocol",
    "brushing programme",
    "skin brushing",
    "skin-brushing",
    "body brushing",
    "wilbarger",
    "therapressure",
    "deep pressure brush",
    "joint compression",
    "compress the joint",
    "compress joint",
    "retained reflex",
    "primitive reflex",
    "reflex",
    "brain gym",
    "brain buttons",
    "cross crawl",
    "cross the midline to wake",
    "left and right brain",
    "both sides of the brain",
    "listening programme",
    "listening program",
    "listening therapy",
    "therapeutic listening",
    "tomatis",
    "integrated listening",
    "melatonin",
    "supplement",
    "omega",
    "fish oil",
    "vitamin",
    "magnesium",
    "probiotic",
    "antihistamine",
    "laxative",
    "movicol",
    "ritalin",
    "methylphenidate",
    "paracetamol",
    "ibuprofen",
    "cbd oil",
    "essential oil",
    "cure",
    "cures",
    "guarantee",
    "guaranteed",
    "will fix",
    "grow out of it",
    "detox",
    "gluten-free diet",
    "prone restraint",
    "basket hold",
    "holding therapy",
    "zones of regulation",
    "sensory integration therapy",
    "sensory diet",
];

/// Words that may only stand in a sentence that forbids it.
const HOLDING: &[&str] = &[
    "hold the child down",
    "hold a child down",
    "hold your child down",
    "hold them down",
    "hold them still",
    "hold the child still",
    "hold a child still",
    "hold them there",
    "restrain",
    "pin them",
    "strap them",
    "strap the child",
    "force their",
];

fn lines() -> impl Iterator<Item = String> {
    let mut records = Vec::new();
    write(&BANK.snapshot, &mut records).unwrap();
    String::from_utf8(records).unwrap().lines().map(str::to_lowercase).collect::<Vec<_>>().into_iter()
}

/// Whether `phrase` stands in `line` as words of its own.
fn says(line: &str, phrase: &str) -> bool {
    line.match_indices(phrase).any(|(at, _)| {
        let edge = |it: Option<char>| !it.is_some_and(char::is_alphanumeric);
        edge(line[..at].chars().next_back()) && edge(line[at + phrase.len()..].chars().next())
    })
}

fn sentences(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(['.', '\n', '?', '!']).map(str::to_lowercase)
}

#[test]
fn no_left_out_practice_is_mentioned() {
    for line in lines() {
        for phrase in LEFT_OUT {
            assert!(!says(&line, phrase), "{phrase} in {line}");
        }
    }
}

#[test]
fn holding_a_child_is_only_spoken_of_to_forbid_it() {
    for item in BANK.snapshot.items() {
        for sentence in sentences(&text(item)) {
            let holds = HOLDING.iter().any(|it| sentence.contains(it));
            let forbids = ["not ", "never", "no ", "without"].iter().any(|it| sentence.contains(it));
            assert!(!holds || forbids, "{}: {sentence}", item.id);
        }
    }
}

#[test]
fn no_weight_and_no_time_is_given_for_a_weighted_item() {
    for item in originals() {
        for sentence in sentences(&text(item)).filter(|it| it.contains("weighted")) {
            let numbers = sentence.chars().any(|it| it.is_ascii_digit());
            assert!(!numbers && !sentence.contains("minute"), "{}: {sentence}", item.id);
        }
    }
}
