//! Demonstration content says that it is, up to the screen.

use otsupport_core::strategies::{Filter, Page, VariantChoice};
use otsupport_tests::phone::Phone;
use otsupport_wire::snapshot::{ReviewStatus, ServiceStatus};

use super::BANK;

#[test]
fn every_item_is_marked_as_a_demonstration() {
    assert_eq!(BANK.snapshot.service.status, ServiceStatus::Demonstration);
    for item in BANK.snapshot.items() {
        assert_eq!(item.review.status, ReviewStatus::Demonstration, "{}", item.id);
    }
}

#[test]
fn the_mark_reaches_the_screen_with_every_item_and_variant() {
    let mut phone = Phone::new(BANK.publisher.root().unwrap()).unwrap();
    phone.seed = Some(BANK.publisher.site());
    let hub = phone.open().unwrap();
    let listed = hub.browse(&Filter::default(), Page::default()).unwrap();
    assert!(listed.len() >= 175, "{}", listed.len());
    let choices = ["en", "fr", "ar"].map(|it| Some(it.parse().unwrap()));
    for card in listed {
        for language in &choices {
            for easy in [false, true] {
                let choice = VariantChoice { language: language.clone(), easy };
                let item = hub.show(&card.id, &choice).unwrap();
                assert!(item.demonstration, "{}", item.id);
            }
        }
    }
}

#[test]
fn every_event_says_so_in_its_description() {
    for event in &BANK.snapshot.events {
        for component in &event.components {
            assert!(component.contains("DESCRIPTION:This is a demonstration event."), "{}", event.uid);
        }
    }
}
