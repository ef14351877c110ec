//! When to get help is said with every item, and said once.
#![allow(clippy::unwrap_used)]

use otsupport_core::strategies::{ItemView, VariantChoice};
use otsupport_core::wire::snapshot::Part;
use otsupport_tests::content_folder::small;
use otsupport_tests::phone::Phone;
use otsupport_tests::site::{MORNING, Publisher};

const COAT: &str = "strategies/dressing/coat-flip.md";
const FRENCH: &str = "strategies/dressing/coat-flip.fr.md";
/// A line of the topic, which no item of the small bank says.
const TOPICS_LINE: &str = "Dressing hurts: contact the service.";

fn show(publisher: &Publisher, language: Option<&str>) -> ItemView {
    publisher.publish(MORNING).unwrap();
    let mut phone = Phone::new(publisher.root().unwrap()).unwrap();
    phone.seed = Some(publisher.site());
    let choice = VariantChoice { language: language.map(|it| it.parse().unwrap()), easy: false };
    phone.open().unwrap().show(&"coat-flip".parse().unwrap(), &choice).unwrap()
}

/// Gives the coat the topic's line, and the French text a second line for it.
fn say_it_in_the_item(publisher: &Publisher) {
    let more = format!("- It does not get better in a term.\n- {TOPICS_LINE}\n");
    publisher.edit(COAT, "- It does not get better in a term.\n", &more).unwrap();
    let french = "- Rien ne change en un trimestre.\n- S'habiller fait mal.\n";
    publisher.edit(FRENCH, "- Rien ne change en un trimestre.\n", french).unwrap();
}

fn own(item: &ItemView) -> Vec<&str> {
    item.sections.iter().filter(|it| it.part == Part::GetHelpWhen).map(|it| it.text.as_str()).collect()
}

#[test]
fn the_topics_line_joins_an_item_that_does_not_say_it() {
    let item = show(&small().unwrap(), None);
    assert_eq!(item.get_help, [TOPICS_LINE]);
}

#[test]
fn the_topics_line_is_not_said_again_beside_an_item_that_says_it() {
    let publisher = small().unwrap();
    say_it_in_the_item(&publisher);
    let item = show(&publisher, None);
    assert_eq!(item.get_help, Vec::<String>::new());
    assert!(own(&item)[0].contains(TOPICS_LINE), "{:?}", own(&item));
}

#[test]
fn a_translation_of_such_an_item_says_it_in_its_own_words() {
    let publisher = small().unwrap();
    say_it_in_the_item(&publisher);
    let original = std::fs::read(publisher.content().join(COAT)).unwrap();
    let of = format!("of: {}", otsupport_core::wire::Sha256::of(&original));
    let french = std::fs::read_to_string(publisher.content().join(FRENCH)).unwrap();
    let old = french.lines().find(|it| it.starts_with("of: ")).unwrap().to_owned();
    publisher.edit(FRENCH, &old, &of).unwrap();
    let item = show(&publisher, Some("fr"));
    assert!(!item.outdated);
    assert_eq!(item.get_help, Vec::<String>::new());
    assert!(own(&item)[0].contains("S'habiller fait mal."), "{:?}", own(&item));
}

#[test]
fn a_translation_that_is_behind_shows_the_originals_line_too() {
    let publisher = small().unwrap();
    say_it_in_the_item(&publisher);
    let item = show(&publisher, Some("fr"));
    assert!(item.outdated);
    assert!(own(&item)[0].contains(TOPICS_LINE), "{:?}", own(&item));
}
