//! How much there is, and that nothing is left blank.

use std::collections::{BTreeMap, BTreeSet};

use otsupport_wire::snapshot::{Audience, Setting};

use super::{BANK, originals, resources, strategies};

/// Each topic with the ages and settings that the facts give it: `H` for home, `S` for school.
const TOPICS: [(&str, u8, u8, &str); 24] = [
    ("dressing", 2, 11, "HS"),
    ("toileting", 2, 11, "HS"),
    ("eating", 1, 16, "HS"),
    ("cutlery", 1, 11, "HS"),
    ("handwriting", 3, 16, "HS"),
    ("fine-motor", 2, 11, "HS"),
    ("scissors", 2, 11, "HS"),
    ("gross-motor", 3, 16, "HS"),
    ("pe-ball-skills", 4, 16, "HS"),
    ("bike-riding", 3, 14, "H"),
    ("sensory-touch", 2, 16, "HS"),
    ("sensory-sound", 2, 16, "HS"),
    ("sensory-movement-body", 2, 16, "HS"),
    ("sensory-oral", 3, 16, "HS"),
    ("regulation", 3, 16, "HS"),
    ("sleep", 1, 16, "H"),
    ("washing-hair-nails", 2, 16, "H"),
    ("toothbrushing", 0, 16, "H"),
    ("attention-organisation", 5, 16, "HS"),
    ("transitions", 2, 16, "HS"),
    ("play", 1, 6, "HS"),
    ("school-ready", 2, 6, "HS"),
    ("seating-posture", 3, 16, "HS"),
    ("equipment-ict", 3, 16, "HS"),
];

#[test]
fn it_is_published_without_a_warning() {
    assert_eq!(BANK.warnings, Vec::<String>::new());
}

#[test]
fn there_are_150_strategies_at_least_five_in_each_of_24_topics() {
    let mut of_topic: BTreeMap<String, usize> =
        BANK.snapshot.topics.iter().map(|it| (it.slug.to_string(), 0)).collect();
    assert_eq!(of_topic.len(), 24);
    for item in strategies() {
        *of_topic.get_mut(item.topic.as_str()).unwrap() += 1;
    }
    assert!(strategies().count() >= 150, "{}", strategies().count());
    let few: Vec<_> = of_topic.iter().filter(|(_, count)| **count < 5).collect();
    assert!(few.is_empty(), "{few:?}");
}

#[test]
fn there_are_25_resources_for_school_staff() {
    let for_staff = resources().filter(|it| it.audiences.contains(&Audience::School)).count();
    assert!(for_staff >= 25, "{for_staff}");
}

#[test]
fn every_topic_has_strategies_for_each_setting_of_its_facts_and_none_for_another_age() {
    for (topic, youngest, oldest, settings) in TOPICS {
        let of_topic: Vec<_> = strategies().filter(|it| it.topic.as_str() == topic).collect();
        for (letter, setting) in [('H', Setting::Home), ('S', Setting::School)] {
            let there = of_topic.iter().any(|it| it.settings.contains(&setting));
            assert!(there || !settings.contains(letter), "{topic} has nothing for {setting:?}");
        }
        for item in of_topic {
            let ages = item.ages.unwrap();
            assert!(ages.from >= youngest && ages.to <= oldest, "{}: {ages:?}", item.id);
        }
    }
}

#[test]
fn what_filters_and_search_need_is_filled_in() {
    for item in originals() {
        assert!(item.minutes.is_some() && item.ages.is_some(), "{}", item.id);
        assert!(!item.settings.is_empty() && !item.audiences.is_empty(), "{}", item.id);
        assert!(item.keywords.len() >= 3, "{}", item.id);
        assert!(item.asks.len() >= 3, "{}", item.id);
        let school = item.settings.contains(&Setting::School);
        assert!(!school || item.audiences.contains(&Audience::School), "{}", item.id);
        let home = item.settings.contains(&Setting::Home);
        assert!(!home || item.audiences.contains(&Audience::Family), "{}", item.id);
    }
}

#[test]
fn no_question_is_asked_of_two_items() {
    let mut asked = BTreeSet::new();
    for item in originals() {
        for ask in &item.asks {
            assert!(asked.insert(ask.to_lowercase()), "{}: {ask}", item.id);
        }
    }
}
