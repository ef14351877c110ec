//! What the bank leaves out stays out of every record: items, variants, topics, events and the families' words.

use otsupport_wire::snapshot::write;

use super::{BANK, text};

/// Practices without good support, or that only a clinician may advise, as families and schools may know them. Each is looked for
/// at the beginning of a word, so that `reflex` finds "reflexes".
const LEFT_OUT: &[&str] = &[
    "body brushing",
    "brushing programme",
    "brushing protocol",
    "skin brushing",
    "skin-brushing",
    "therapressure",
    "wilbarger",
    "compress the joint",
    "compress their joint",
    "joint compression",
    "reflex",
    "brain buttons",
    "brain gym",
    "both sides of the brain",
    "cross crawl",
    "left and right brain",
    "integrated listening",
    "listening program",
    "listening therapy",
    "therapeutic listening",
    "tomatis",
    "antihistamine",
    "cbd oil",
    "essential oil",
    "fish oil",
    "ibuprofen",
    "laxative",
    "magnesium",
    "melatonin",
    "methylphenidate",
    "movicol",
    "omega",
    "paracetamol",
    "probiotic",
    "ritalin",
    "supplement",
    "vitamin",
    "basket hold",
    "holding therapy",
    "prone restraint",
    "cure",
    "detox",
    "gluten-free diet",
    "grow out of it",
    "guarantee",
    "will fix",
    "sensory diet",
    "sensory integration therapy",
    "zones of regulation",
];

/// Words that may only stand in a sentence that forbids it.
const HOLDING: &[&str] = &[
    "force their",
    "hold a child down",
    "hold a child still",
    "hold the child down",
    "hold the child still",
    "hold them down",
    "hold them still",
    "hold them there",
    "hold your child down",
    "hold your child still",
    "pin them",
    "restrain",
    "strap the child",
    "strap them",
];

/// The left-out practice that a text in lower case mentions.
fn left_out(text: &str) -> Option<&'static str> {
    let begins_a_word = |at: usize| !text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
    LEFT_OUT.iter().copied().find(|phrase| text.match_indices(phrase).any(|(at, _)| begins_a_word(at)))
}

/// Whether a sentence in lower case tells somebody to hold a child.
fn holds(sentence: &str) -> bool {
    let forbids = ["not ", "never", "no ", "nobody", "without"].iter().any(|it| sentence.contains(it));
    HOLDING.iter().any(|it| sentence.contains(it)) && !forbids
}

/// Whether a sentence in lower case says how heavy a weighted item is, or how long it is worn.
fn doses(sentence: &str) -> bool {
    let number = sentence.chars().any(|it| it.is_ascii_digit());
    sentence.contains("weighted")
        && (number || ["minute", "hour", "per cent"].iter().any(|it| sentence.contains(it)))
}

fn sentences(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(['.', '\n', '?', '!']).map(str::to_lowercase)
}

#[test]
fn no_left_out_practice_is_mentioned() {
    let mut records = Vec::new();
    write(&BANK.snapshot, &mut records).unwrap();
    for record in String::from_utf8(records).unwrap().lines() {
        let record = record.to_lowercase();
        assert_eq!(left_out(&record), None, "{record}");
    }
}

#[test]
fn holding_a_child_is_only_spoken_of_to_forbid_it() {
    for item in BANK.snapshot.items() {
        for sentence in sentences(&text(item)) {
            assert!(!holds(&sentence), "{}: {sentence}", item.id);
        }
    }
}

#[test]
fn no_weight_and_no_time_is_given_for_a_weighted_item() {
    let topics = BANK.snapshot.topics.iter().flat_map(|it| it.safety.iter().chain(&it.get_help)).cloned();
    for text in topics.chain(BANK.snapshot.items().map(text)) {
        for sentence in sentences(&text) {
            assert!(!doses(&sentence), "{sentence}");
        }
    }
}

#[test]
fn each_of_these_is_found_where_it_stands() {
    assert_eq!(left_out("try the brushing protocol before school"), Some("brushing protocol"));
    assert_eq!(left_out("exercises for retained reflexes"), Some("reflex"));
    assert_eq!(left_out("ask about vitamins"), Some("vitamin"));
    assert_eq!(left_out("a secure seat, and a procured chair"), None);
    assert!(holds("hold the child down until calm") && !holds("never hold the child down"));
    assert!(doses("use a weighted blanket of 3 kg") && !doses("weighted items only with advice"));
}
