//! One name, one text: two files for the same variant are told as a fault and never reach a phone.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;

use otsupport_core::strategies::VariantChoice;
use otsupport_hub::publish::PublishError;
use otsupport_tests::content_folder::{Edit, edit, restore, small};
use otsupport_tests::phone::Phone;
use otsupport_tests::site::MORNING;

const FRENCH: &str = "strategies/dressing/coat-flip.fr.md";

#[test]
fn two_texts_for_one_variant_are_a_fault_in_the_content() {
    let publisher = small().unwrap();
    let cases: [(&str, Vec<Edit>); 4] = [
        ("in a folder below", vec![Edit::Copy(FRENCH, "strategies/dressing/more/coat-flip.fr.md")]),
        ("among the resources", vec![Edit::Copy(FRENCH, "resources/coat-flip.fr.md")]),
        ("in other letters", vec![Edit::Copy(FRENCH, "strategies/dressing/coat-flip.FR.md")]),
        (
            "easy read under two names",
            vec![
                Edit::Copy(FRENCH, "strategies/dressing/coat-flip.easy.md"),
                Edit::Copy(FRENCH, "strategies/dressing/coat-flip.en.easy.md"),
            ],
        ),
    ];
    let mut misfits = Vec::new();
    for (what, edits) in cases {
        restore(&publisher).unwrap();
        edit(&publisher, &edits).unwrap();
        match publisher.publish(MORNING) {
            Err(PublishError::Content(faults)) => {
                assert!(faults.iter().any(|it| it.file.contains("coat-flip.")), "{what}: {faults:?}");
            }
            Err(other) => misfits.push(format!("{what}: {other}")),
            Ok(_) => {
                // What was published must at least open on a phone.
                let mut phone = Phone::new(publisher.root().unwrap()).unwrap();
                phone.seed = Some(publisher.site());
                let opened = phone.open().and_then(|hub| hub.topics());
                misfits.push(format!("{what}: published; a phone then says {:?}", opened.map(|it| it.len())));
                fs::remove_dir_all(publisher.site()).unwrap();
            }
        }
    }
    assert!(misfits.is_empty(), "{misfits:#?}");
}

/// A file in English that calls itself a variant would be shown in place of its original.
#[test]
fn an_english_variant_that_is_not_easy_read_is_a_fault() {
    let publisher = small().unwrap();
    edit(&publisher, &[Edit::Copy(FRENCH, "strategies/dressing/coat-flip.en.md")]).unwrap();
    if publisher.publish(MORNING).is_ok() {
        let mut phone = Phone::new(publisher.root().unwrap()).unwrap();
        phone.seed = Some(publisher.site());
        let hub = phone.open().unwrap();
        let shown = hub.show(&"coat-flip".parse().unwrap(), &VariantChoice::default()).unwrap();
        panic!("published; shown in place of the original: {}", shown.title);
    }
}
