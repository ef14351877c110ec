//! Search in a family's own words: at every keystroke, through slips, honest about what is not there, with any input.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::Path;

use otsupport_core::SupportHub;
use otsupport_core::strategies::{Filter, Search, SearchAnswer};
use otsupport_core::sync::{NetworkLink, SyncReport, SyncRequest};
use otsupport_hub::embedded::EmbeddedHub;
use otsupport_tests::phone::{Phone, sync};
use otsupport_tests::seeded::Seeded;
use otsupport_tests::site::{MORNING, Publisher};
use otsupport_wire::Sha256;
use otsupport_wire::snapshot::MEANING_TABLE;
use rusqlite::Connection;

/// The published bank, and a phone that has it.
struct Scene {
    publisher: Publisher,
    phone: Phone,
    hub: SupportHub,
}

impl Scene {
    fn over(publisher: Publisher) -> Self {
        publisher.publish(MORNING).unwrap();
        let mut phone = Phone::new(publisher.root().unwrap()).unwrap();
        phone.seed = Some(publisher.site());
        let hub = phone.open().unwrap();
        Self { publisher, phone, hub }
    }

    fn new() -> Self {
        Self::over(Publisher::with_meaning().unwrap())
    }

    /// A phone that carries nothing, and the hub that serves it.
    fn with_nothing() -> (Self, EmbeddedHub) {
        let publisher = Publisher::with_meaning().unwrap();
        publisher.publish(MORNING).unwrap();
        let phone = Phone::new(publisher.root().unwrap()).unwrap();
        let served = EmbeddedHub::start(&publisher.site()).unwrap();
        let hub = phone.open().unwrap();
        (Self { publisher, phone, hub }, served)
    }

    fn search(&self, words: &str) -> SearchAnswer {
        search(&self.hub, words)
    }

    fn typed(&self, words: &str) -> SearchAnswer {
        self.hub.search(&Search { words: words.to_owned(), as_you_type: true, ..Search::default() }).unwrap()
    }
}

fn search(hub: &SupportHub, words: &str) -> SearchAnswer {
    hub.search(&Search { words: words.to_owned(), ..Search::default() }).unwrap()
}

fn ids(answer: &SearchAnswer) -> Vec<&str> {
    answer.results.iter().map(|it| it.id.as_str()).collect()
}

fn first(answer: &SearchAnswer) -> &str {
    ids(answer).first().copied().unwrap_or("nothing")
}

#[test]
fn every_keystroke_is_answered_from_the_second_letter_on() {
    let scene = Scene::new();
    let typed = "wont wear socks";
    assert!(scene.typed("w").results.is_empty());
    // "wont" alone looks for nothing: the list is empty until there is something to look for.
    for end in (2..=3).chain(7..=typed.len()) {
        assert!(!scene.typed(&typed[..end]).results.is_empty(), "{}", &typed[..end]);
    }
    for typed in ["wont wear soc", "seamfree so"] {
        let answer = scene.typed(typed);
        assert!(ids(&answer)[..3].contains(&"seam-free-socks"), "{typed}: {:?}", ids(&answer));
    }
}

#[test]
fn slips_other_spellings_and_split_words_find_the_same() {
    let scene = Scene::new();
    for (typed, meant) in [
        ("butons", "buttons"),
        ("sissors", "scissors"),
        ("toothbrsuh", "toothbrush"),
        ("hand writing", "handwriting"),
        ("bedtime", "bed time"),
        ("pajamas", "pyjamas"),
        ("WON’T", "wont"),
    ] {
        let (found, wanted) = (scene.search(typed), scene.search(meant));
        let top = |it: &SearchAnswer| ids(it).into_iter().take(5).map(str::to_owned).collect::<Vec<_>>();
        assert!(
            top(&wanted).iter().any(|it| top(&found).contains(it)) || wanted.results.is_empty(),
            "{typed}: {:?} {:?}",
            top(&found),
            top(&wanted)
        );
    }
}

#[test]
fn what_matched_is_marked_and_the_plain_text_is_the_same() {
    let scene = Scene::new();
    let answer = scene.search("buttons on a shirt");
    let mut marked = 0;
    for matched in answer.results.iter().filter_map(|it| it.matched.as_ref()) {
        let plain: String = matched.runs.iter().map(|it| it.text.as_str()).collect();
        assert_eq!(plain, matched.snippet);
        assert!(plain.chars().count() <= 161);
        marked += matched.runs.iter().filter(|it| it.matched).count();
    }
    assert!(marked > 0);
}

#[test]
fn what_nothing_answers_is_said_with_topics_near_it() {
    let scene = Scene::new();
    for words in ["parking permit", "who won the football last night", "qqqq wwww zzzz"] {
        let answer = scene.search(words);
        assert!(!answer.confident, "{words}: {:?}", ids(&answer));
        assert!(answer.results.is_empty() || !answer.topics.is_empty());
        assert!(answer.topics.len() <= 3);
    }
    let answer = scene.search("cant do his buttons up");
    assert!(answer.confident && answer.topics.is_empty());
}

#[test]
fn a_filter_hides_and_says_how_many_good_matches() {
    let scene = Scene::new();
    let filter = Filter { topic: Some("sleep".parse().unwrap()), ..Filter::default() };
    let words = "cant do his buttons up".to_owned();
    let answer = scene.hub.search(&Search { words, filter, ..Search::default() }).unwrap();
    assert!(answer.hidden > 0);
    assert!(answer.results.iter().all(|it| it.topic.as_str() == "sleep"));
}

#[test]
fn any_input_gets_a_normal_answer() {
    let scene = Scene::new();
    let long = "socks ".repeat(20_000);
    let inputs = [
        String::new(),
        " ".repeat(1000),
        long[..100_000].to_owned(),
        "x".repeat(100_000),
        "\u{1f9e6}\u{1f9e6} socks \u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}".to_owned(),
        "\u{202e}skcos\u{202c} جوارب לגרביים".to_owned(),
        "\0\u{1}\u{7f}\u{200b}socks\0".to_owned(),
        "\"socks".to_owned(),
        "socks* NEAR(a b, 3) AND OR NOT - ^ : {title} : x".to_owned(),
        "'; DROP TABLE items; --".to_owned(),
        "%s %n {} \\ \\u0000 <script>".to_owned(),
        "ﬁne ＳＯＣＫＳ e\u{301}\u{301}\u{301}".to_owned(),
    ];
    for input in &inputs {
        for as_you_type in [false, true] {
            let asked = Search { words: input.clone(), as_you_type, ..Search::default() };
            let answer = scene.hub.search(&asked).unwrap();
            assert!(answer.results.len() <= 20);
        }
    }
    assert_eq!(first(&scene.search("socks")), first(&scene.search("\"socks\" - *")));
}

#[test]
fn random_input_gets_the_same_answer_twice() {
    let scene = Scene::new();
    let Seeded(seed) = Seeded::from_environment();
    println!("OTSUPPORT_SEED={seed}");
    let mut chance = Seeded(seed);
    let letters: Vec<char> = "abcdefghijklmnoprstuwy  '’-*\"éا🙂\n\0".chars().collect();
    for _ in 0..400 {
        let words: String = (0..chance.below(40)).map(|_| letters[chance.below(letters.len())]).collect();
        let as_you_type = chance.below(2) == 0;
        let asked = Search { words, as_you_type, limit: Some(5), ..Search::default() };
        let (once, twice) = (scene.hub.search(&asked).unwrap(), scene.hub.search(&asked).unwrap());
        assert_eq!(once, twice, "{asked:?}");
        assert!(once.results.len() <= 5);
        assert!(once.results.windows(2).all(|it| score(&it[0]) >= score(&it[1])), "{asked:?}");
    }
}

fn score(card: &otsupport_core::strategies::Card) -> f64 {
    card.matched.as_ref().unwrap().score
}

fn table_of(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder.join("meaning")).map(|it| it.map(|it| it.unwrap().file_name()).collect());
    files.unwrap_or_else(|_| Vec::new()).into_iter().map(|it| it.into_string().unwrap()).collect()
}

fn told_by(folder: &Path) -> Option<String> {
    let content = Connection::open(folder.join("content.db")).unwrap();
    content.query_row("SELECT told_by FROM search_index", [], |row| row.get(0)).unwrap()
}

fn synced(hub: &SupportHub, address: &str, link: NetworkLink) -> SyncReport {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime
        .block_on(hub.sync(SyncRequest { site: address.to_owned(), link, ..SyncRequest::default() }))
        .unwrap()
}

#[test]
fn the_table_of_meanings_is_carried_by_the_app() {
    let scene = Scene::new();
    let table = fs::read(scene.publisher.content().join(MEANING_TABLE)).unwrap();
    assert_eq!(table_of(scene.phone.folder()), [Sha256::of(&table).to_string()]);
    assert_eq!(told_by(scene.phone.folder()), Some(Sha256::of(&table).to_string()));
}

#[test]
fn the_table_of_meanings_waits_for_a_link_that_costs_nothing_and_comes_once() {
    let (Scene { publisher, phone, hub }, served) = Scene::with_nothing();
    let metered = synced(&hub, served.address(), NetworkLink::Metered);
    assert!(metered.bytes < 1_000_000 && table_of(phone.folder()).is_empty(), "{metered:?}");
    // Search works without it.
    assert_eq!(first(&search(&hub, "cant do his buttons up")), "big-buttons-first");
    let free = synced(&hub, served.address(), NetworkLink::Unmetered);
    assert!(free.bytes > 1_000_000 && table_of(phone.folder()).len() == 1, "{free:?}");
    let storage = hub.storage().unwrap();
    assert!(storage.content > fs::metadata(publisher.content().join(MEANING_TABLE)).unwrap().len());
    assert!(storage.unmetered_this_month >= free.bytes, "{} of {free:?}", storage.unmetered_this_month);
    assert!(told_by(phone.folder()).is_some());
    // An edit of the bank does not touch it.
    publisher
        .edit("strategies/sensory-touch/seam-free-socks.md", "## Steps\n\n1. ", "## Steps\n\n1. Slowly. ")
        .unwrap();
    publisher.publish("2026-11-25T09:00:00Z").unwrap();
    let edited = sync(&hub, served.address()).unwrap();
    assert!(edited.to == 2 && edited.bytes < 100_000, "{edited:?}");
    assert!(told_by(phone.folder()).is_some());
    assert_eq!(first(&search(&hub, "cant do his buttons up")), "big-buttons-first");
}

#[test]
fn another_table_takes_the_place_of_the_one_before() {
    let (Scene { publisher, phone, hub }, served) = Scene::with_nothing();
    sync(&hub, served.address()).unwrap();
    let file = publisher.content().join(MEANING_TABLE);
    let mut table = fs::read(&file).unwrap();
    let last = table.len() - 1;
    table[last] ^= 1;
    fs::write(&file, &table).unwrap();
    publisher.publish("2026-11-25T09:00:00Z").unwrap();
    sync(&hub, served.address()).unwrap();
    let name = Sha256::of(&table).to_string();
    assert_eq!((table_of(phone.folder()), told_by(phone.folder())), (vec![name.clone()], Some(name)));
}

#[test]
fn a_damaged_table_costs_meanings_and_comes_again() {
    let scene = Scene::new();
    scene.hub.close();
    let name = table_of(scene.phone.folder()).remove(0);
    let file = scene.phone.folder().join("meaning").join(&name);
    let length = fs::metadata(&file).unwrap().len();
    fs::write(&file, vec![0; usize::try_from(length).unwrap()]).unwrap();
    let mut phone = scene.phone;
    phone.seed = None;
    let hub = phone.open().unwrap();
    assert_eq!(first(&search(&hub, "cant do his buttons up")), "big-buttons-first");
    let served = EmbeddedHub::start(&scene.publisher.site()).unwrap();
    sync(&hub, served.address()).unwrap();
    assert_eq!(Sha256::of(&fs::read(&file).unwrap()).to_string(), name);
}

#[test]
fn an_index_of_an_older_app_is_made_anew() {
    let scene = Scene::new();
    let before =
        ids(&scene.search("cant do his buttons up")).into_iter().map(str::to_owned).collect::<Vec<_>>();
    scene.hub.close();
    let content = Connection::open(scene.phone.folder().join("content.db")).unwrap();
    content
        .execute_batch(
            "DROP TABLE search_index; DROP TABLE postings; DROP TABLE meanings;
             CREATE VIRTUAL TABLE found USING fts5 (title, asks, keywords, text, content = '');
             PRAGMA user_version = 2;",
        )
        .unwrap();
    drop(content);
    let hub = scene.phone.open().unwrap();
    assert_eq!(hub.mended(), []);
    assert_eq!(ids(&search(&hub, "cant do his buttons up")), before);
}

#[test]
fn what_is_no_table_is_not_published() {
    let publisher = Publisher::new().unwrap();
    fs::write(publisher.content().join(MEANING_TABLE), b"no table").unwrap();
    let refused = publisher.publish(MORNING).unwrap_err();
    assert!(format!("{refused:?}").contains("meaning.table"), "{refused:?}");
}
