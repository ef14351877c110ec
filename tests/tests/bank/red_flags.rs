//! Red flags stand in every item, and hazards are met where they arise.

use otsupport_wire::snapshot::{Item, Part};

use super::{BANK, originals, part, strategies};

/// Words that stand together in one line under `Get help when`, in lower case. `a|b` means either.
type Flag = &'static [&'static str];

/// The red flags of every page.
const EVERY: &[Flag] = &[
    &["loses a skill", "gp", "health visitor"],
    &["suddenly", "walking", "balance", "same day"],
    &["new weakness", "pain", "same day"],
    &["8 months", "18 months", "one hand before age 1", "gp", "health visitor"],
    &["chokes", "coughs", "gp", "999"],
    &["hurts themselves", "gp|111", "999"],
    &["hurts", "others|other people", "gp"],
];

/// When to contact the service or somebody else, for each topic.
const TOPICS: &[(&str, &[Flag])] = &[
    (
        "dressing",
        &[&["no progress", "term", "ot service"], &["one side", "not used"], &["hurts", "ot service"]],
    ),
    (
        "toileting",
        &[
            &["fewer than 4 poos", "gp", "health visitor", "school nurse"],
            &["pain", "blood", "poo in their pants", "gp"],
            &["wet in the day", "5", "gp"],
            &["very thirsty", "wees a lot", "same day"],
        ],
    ),
    (
        "eating",
        &[
            &["loses weight", "grows slowly", "gp", "dietitian"],
            &["drops foods", "very few foods"],
            &["most meals", "distress"],
        ],
    ),
    ("cutlery", &[&["one hand", "not used"], &["hands shake", "ot service"]]),
    ("handwriting", &[&["hurts", "ot service"], &["far behind", "term", "ot service"]]),
    (
        "fine-motor",
        &[
            &["fist", "not used", "ot service"],
            &["shake", "ot service"],
            &["over 6", "swaps hands", "ot service"],
            &["swallowed", "battery", "magnet", "999", "a&e"],
        ],
    ),
    ("scissors", &[&["no snips", "4", "practice", "ot service"], &["hands hurt", "ot service"]]),
    (
        "gross-motor",
        &[
            &["falls", "more than others"],
            &["getting worse", "hurts", "one side", "gp"],
            &["always walks on their toes"],
        ],
    ),
    (
        "pe-ball-skills",
        &[
            &["falls", "more than others"],
            &["getting worse", "hurts", "one side", "gp"],
            &["always walks on their toes"],
        ],
    ),
    ("bike-riding", &[&["epilepsy", "bendy joints", "balance", "before you start"]]),
    ("sensory-touch", &[&["distress", "washing", "dressing", "school", "most days", "ot service"]]),
    ("sensory-sound", &[&["hearing", "gp", "hearing test"]]),
    (
        "sensory-movement-body",
        &[&["faint", "dizzy", "gp"], &["epilepsy", "heart", "joint", "before you start"]],
    ),
    (
        "sensory-oral",
        &[&["not food", "gp"], &["swallowed", "battery", "magnet", "999", "a&e"], &["cannot breathe", "999"]],
    ),
    (
        "regulation",
        &[
            &["hurts themselves", "wanting to die", "111", "mental health", "999"],
            &["threats", "111"],
            &["hurts other people", "sudden change", "gp", "mental health team"],
            &["danger now", "999"],
        ],
    ),
    (
        "sleep",
        &[
            &["stops breathing", "gp"],
            &["seizure", "999"],
            &["poor for weeks", "gp"],
            &["only a doctor", "medicine"],
        ],
    ),
    ("washing-hair-nails", &[&["skin", "sore", "hurts", "gp"]]),
    ("toothbrushing", &[&["hurt", "bleed", "dentist"]]),
    ("attention-organisation", &[&["sudden drop", "gp"], &["stares", "does not hear", "gp"]]),
    ("transitions", &[&["most days", "ot service"]]),
    ("play", &[&["no pretend play", "shared play", "3", "health visitor"]]),
    ("school-ready", &[&["no progress", "term", "ot service"]]),
    ("seating-posture", &[&["hurts", "curved", "toes", "gp"]]),
    ("equipment-ict", &[&["bath", "bed", "hoist", "council"], &["school", "seating", "ot service"]]),
];

/// A hazard, where it may arise (any topic if empty), the words by which a text meets it, and what must then stand in `What you
/// need` or `Steps` themselves: no one who begins at the top may come to harm before the end of the page. `a|b` means either.
const HAZARDS: &[(&str, &str, &str)] = &[
    (
        "",
        "in the bath|inside the bath|into the bath|warm bath|run the bath",
        "stay|never leave|never left|all the time",
    ),
    ("", "bead|pompom|coin|marble", "under 3|mouth"),
    ("", "balloon", "adult|burst"),
    ("", "knife", "adult|blunt|child-safe|stay|beside"),
    ("", "swing", "adult|stay|beside|watch"),
    ("", "trampoline", "net|watch"),
    ("", "ear defenders", "road|warning"),
    ("", "grape", "quarter|in four"),
    (
        "",
        "near road|near the road|near a road|by the road|cross the road|roads",
        "adult|hand in|hold hands|away from|far from|together|beside|come off|off near",
    ),
    ("scissors", "cut|snip", "adult|stay|sit"),
    ("bike-riding", "", "helmet"),
    ("eating", "bite|taste|chew", "sit |sits|stay"),
    ("sensory-oral", "chew", "adult|watch|check|worn"),
    ("toothbrushing", "paste", "adult|pea|smear"),
    ("toileting", "step stool|foot step|firm step", "slip|steady"),
];

fn stands(flag: Flag, line: &str) -> bool {
    flag.iter().all(|words| words.split('|').any(|it| line.contains(it)))
}

fn help_lines(item: &Item) -> Vec<String> {
    part(item, Part::GetHelpWhen).lines().map(str::to_lowercase).collect()
}

#[test]
fn the_red_flags_of_every_page_and_of_its_topic_stand_in_every_item() {
    assert_eq!(TOPICS.len(), BANK.snapshot.topics.len());
    for item in originals() {
        let lines = help_lines(item);
        let (_, of_topic) = TOPICS.iter().find(|(it, _)| *it == item.topic.as_str()).unwrap();
        for flag in EVERY.iter().chain(*of_topic) {
            assert!(lines.iter().any(|it| stands(flag, it)), "{}: {flag:?} in {lines:#?}", item.id);
        }
    }
}

#[test]
fn an_item_says_its_topics_warnings_word_for_word_so_that_no_screen_says_them_twice() {
    for item in originals() {
        let topic = BANK.snapshot.topics.iter().find(|it| it.slug == item.topic).unwrap();
        let lines: Vec<String> =
            part(item, Part::GetHelpWhen).lines().map(|it| it.trim_start_matches("- ").to_owned()).collect();
        for line in &topic.get_help {
            assert!(lines.contains(line), "{}: {line}", item.id);
        }
    }
}

#[test]
fn what_cannot_wait_comes_first() {
    let urgency = |line: &str| match line {
        it if it.contains("999") => 0,
        it if it.contains("same day") => 1,
        _ => 2,
    };
    for item in originals() {
        let lines = help_lines(item);
        assert!(lines.is_sorted_by_key(|it| urgency(it)), "{}: {lines:#?}", item.id);
    }
}

#[test]
fn every_item_says_when_to_stop() {
    for item in originals() {
        assert!(!part(item, Part::StopIf).is_empty(), "{}", item.id);
    }
}

#[test]
fn a_hazard_is_met_where_it_arises_not_only_at_the_end() {
    let has = |text: &str, words: &str| words.split('|').any(|it| text.contains(it));
    let mut met = 0;
    let mut unmet = Vec::new();
    for item in strategies() {
        // A space before each line, so that a hazard is looked for at the beginning of a word.
        let doing =
            format!(" {}\n {}", part(item, Part::WhatYouNeed), part(item, Part::Steps)).to_lowercase();
        for (topic, hazard, control) in HAZARDS {
            let concerns = topic.is_empty() || item.topic.as_str() == *topic;
            let arises = hazard.is_empty() || hazard.split('|').any(|it| doing.contains(&format!(" {it}")));
            if concerns && arises {
                met += 1;
                if !has(&doing, control) {
                    unmet.push(format!("{}: {hazard} without {control}", item.id));
                }
            }
        }
    }
    assert!(met > 50, "{met}");
    assert!(unmet.is_empty(), "{unmet:#?}");
}
