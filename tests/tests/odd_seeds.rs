//! Whatever is found where a carried bank should be: the app opens, says why it was not taken, and keeps what it had.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use otsupport_core::Mended;
use otsupport_core::sync::Reason;
use otsupport_tests::content_folder::small;
use otsupport_tests::phone::Phone;
use otsupport_tests::site::{MORNING, copy};

/// Bends a carried site.
type Bend = fn(&Path);

#[test]
fn a_carried_bank_that_cannot_be_read_is_told_and_the_app_opens() {
    let publisher = small().unwrap();
    publisher.publish(MORNING).unwrap();
    let cases: [(&str, Bend, Reason); 9] = [
        ("no folder", |it| fs::remove_dir_all(it).unwrap(), Reason::HubDown),
        ("no head", |it| fs::remove_file(it.join("head")).unwrap(), Reason::HubDown),
        ("no bank", |it| fs::remove_file(it.join("full/1.zst")).unwrap(), Reason::HubDown),
        ("an empty head", |it| fs::write(it.join("head"), "").unwrap(), Reason::BadHead),
        ("a huge head", |it| fs::write(it.join("head"), vec![0; 1 << 20]).unwrap(), Reason::BadHead),
        ("a bank cut short", |it| fs::write(it.join("full/1.zst"), "cut").unwrap(), Reason::BadBank),
        (
            "a bank too long",
            |it| fs::write(it.join("full/1.zst"), vec![0; 1 << 20]).unwrap(),
            Reason::BadBank,
        ),
        (
            "a file in place of the folder",
            |it| {
                fs::remove_dir_all(it).unwrap();
                fs::write(it, "a file").unwrap();
            },
            Reason::HubDown,
        ),
        (
            "a folder in place of the head",
            |it| {
                fs::remove_file(it.join("head")).unwrap();
                fs::create_dir(it.join("head")).unwrap();
            },
            Reason::HubDown,
        ),
    ];
    let mut misfits = Vec::new();
    for (what, bend, reason) in cases {
        let folder = tempfile::tempdir().unwrap();
        let seed = folder.path().join("seed");
        copy(&publisher.site(), &seed).unwrap();
        bend(&seed);
        let mut phone = Phone::new(publisher.root().unwrap()).unwrap();
        phone.seed = Some(seed);
        for here in [0, 1] {
            match phone.open() {
                Ok(hub) if hub.mended() == [Mended::SeedRefused { reason }] => {
                    assert_eq!(hub.storage().unwrap().version, here, "{what}");
                }
                Ok(hub) if here == 1 && hub.mended().is_empty() => {}
                Ok(hub) => misfits.push(format!("{what}, bank {here}: {:?}", hub.mended())),
                Err(error) => misfits.push(format!("{what}, bank {here}: does not open: {error:?}")),
            }
            // The second time a whole bank is here.
            let bent = phone.seed.replace(publisher.site());
            phone.open().unwrap().close();
            phone.seed = bent;
        }
    }
    assert!(misfits.is_empty(), "{misfits:#?}");
}
