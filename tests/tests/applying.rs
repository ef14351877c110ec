//! A bank that came step by step is the same as one that came whole: rows, search index, and what is kept to make the next of.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use otsupport_core::Mended;
use otsupport_core::sync::Outcome;
use otsupport_hub::embedded::EmbeddedHub;
use otsupport_tests::content_folder::small;
use otsupport_tests::held::holds;
use otsupport_tests::phone::{Phone, sync};
use otsupport_tests::seeded::Seeded;
use otsupport_tests::site::Publisher;

/// An item that an editor plays with.
#[derive(Clone)]
struct Extra {
    words: u64,
    withdrawn: bool,
    resource: bool,
    french: bool,
}

/// A content folder that changes by chance.
struct Editor {
    publisher: Publisher,
    chance: Seeded,
    extras: BTreeMap<u64, Extra>,
}

impl Editor {
    fn edit(&mut self) {
        for _ in 0..=self.chance.below(4) {
            let number = self.chance.number() % 8;
            let words = self.chance.number() % 1_000_000_000;
            match self.chance.below(9) {
                0 => drop(self.extras.remove(&number)),
                1 => {
                    if let Some(it) = self.extras.get_mut(&number) {
                        it.withdrawn = !it.withdrawn;
                    }
                }
                2 => {
                    if let Some(it) = self.extras.get_mut(&number) {
                        it.resource = !it.resource;
                    }
                }
                3 => {
                    if let Some(it) = self.extras.get_mut(&number) {
                        it.french = !it.french;
                    }
                }
                4 => self.append("words.yaml", &format!("- {{says: [odd word {words}], means: [coat]}}\n")),
                5 => self.swap("topics.yaml", "covers: Calm", &format!("covers: Very {words} calm")),
                6 => self.swap("media/coat.svg", "</svg>", &format!("<title>{words}</title></svg>")),
                7 => self.swap("events/drop-in.ics", "SUMMARY:", &format!("SUMMARY:New {words} ")),
                _ => {
                    let extra = Extra { words, withdrawn: false, resource: false, french: false };
                    self.extras.entry(number).or_insert(extra).words = words;
                }
            }
        }
        self.write_extras();
    }

    fn swap(&self, file: &str, from: &str, to: &str) {
        let path = self.publisher.content().join(file);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }

    fn append(&self, file: &str, more: &str) {
        let path = self.publisher.content().join(file);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, text + more).unwrap();
    }

    fn write_extras(&self) {
        let content = self.publisher.content();
        for number in 0..8 {
            for file in ["strategies/dressing", "resources"]
                .map(|it| content.join(it).join(format!("extra-{number}")))
            {
                let _ = fs::remove_file(file.with_extension("md"));
                let _ = fs::remove_file(file.with_extension("fr.md"));
            }
        }
        let base = fs::read_to_string(content.join("strategies/dressing/big-buttons.md")).unwrap();
        let (_, body) = base.split_once("\n---\n").unwrap();
        for (number, extra) in &self.extras {
            let folder = content.join(if extra.resource { "resources" } else { "strategies/dressing" });
            let words = extra.words;
            let review = if extra.withdrawn {
                "review: {status: withdrawn, author: A team}\nwithdrawn: {on: 2026-11-20, reason: It was not safe., instead: coat-flip}"
            } else {
                "review: {status: demonstration, author: A team}"
            };
            let header = |more: &str| {
                format!(
                    "---\nid: extra-{number}\ntitle: Extra {words}\ntopic: dressing\naudiences: [family]\nsettings: [home]\n\
                     keywords: [word{words}]\nasks: [what about {words}]\n{review}\n{more}---\n"
                )
            };
            let text = header("") + body;
            fs::write(folder.join(format!("extra-{number}.md")), &text).unwrap();
            if extra.french && !extra.withdrawn {
                let of = otsupport_wire::Sha256::of(text.as_bytes());
                let variant = header(&format!("of: {of}\n")) + body;
                fs::write(folder.join(format!("extra-{number}.fr.md")), variant).unwrap();
            }
        }
    }

    fn publish(&self, day: u64) {
        let now = format!("2026-12-{:02}T09:00:00Z", day % 28 + 1);
        self.publisher.publish(&now).unwrap_or_else(|error| panic!("{error:?}"));
    }
}

fn same(step_by_step: &Phone, whole: &Phone, what: &str) {
    let (ours, theirs) = (holds(step_by_step.folder()).unwrap(), holds(whole.folder()).unwrap());
    for (table, rows) in theirs {
        assert!(ours[table] == rows, "{what}: {table} differs:\n{:?}\n{rows:?}", ours[table]);
    }
}

#[test]
fn a_bank_that_came_step_by_step_equals_one_that_came_whole() {
    let seed = Seeded::from_environment().0;
    println!("seed {seed}");
    let mut publisher = small().unwrap();
    publisher.allow_removed = true;
    let mut editor = Editor { publisher, chance: Seeded(seed), extras: BTreeMap::new() };
    editor.publish(0);
    let root = editor.publisher.root().unwrap();
    let phone = Phone::new(root.clone()).unwrap();
    let served = EmbeddedHub::start(&editor.publisher.site()).unwrap();
    assert_eq!(sync(&phone.open().unwrap(), served.address()).unwrap().to, 1);
    for round in 1..40 {
        // Some banks are never fetched.
        for _ in 0..=editor.chance.below(2) {
            editor.edit();
            editor.publish(round);
        }
        let hub = phone.open().unwrap();
        let report = sync(&hub, served.address()).unwrap();
        assert!(matches!(report.outcome, Outcome::Updated | Outcome::Unchanged), "{report:?}");
        hub.close();
        let whole = Phone::new(root.clone()).unwrap();
        sync(&whole.open().unwrap(), served.address()).unwrap();
        same(&phone, &whole, &format!("round {round}"));
        if round % 5 == 0 {
            // What is kept gives the same again.
            fs::write(phone.folder().join("content.db"), b"damaged").unwrap();
            let hub = phone.open().unwrap();
            assert_eq!(hub.mended(), [Mended::ContentRebuilt { whole: true }]);
            hub.close();
            same(&phone, &whole, &format!("round {round}, rebuilt"));
        }
        assert!(kept_files(phone.folder()) <= 3, "round {round}: more is kept than the newest");
    }
}

fn kept_files(folder: &Path) -> usize {
    fs::read_dir(folder.join("kept")).unwrap().count()
}
