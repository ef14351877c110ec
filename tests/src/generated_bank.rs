//! A bank of any size from a seed, published as a site: for benchmarks.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use otsupport_wire::snapshot::{
    Ages, Audience, Item, Review, ReviewStatus, Section, Service, Setting, Snapshot, Topic, write,
};
use otsupport_wire::trust::{Expiry, Head, Newest, News, Root, Signers, SigningKey, Versions, sign};
use otsupport_wire::{BankVersion, Sha256};

use crate::seeded::Seeded;

type Failure = Box<dyn std::error::Error>;

/// A published site.
pub struct Site {
    /// Its folder.
    pub folder: PathBuf,
    /// The snapshot's size, unpacked.
    pub unpacked: u64,
    /// Its size as it travels.
    pub packed: u64,
}

/// Publishes `strategies` generated strategies over 24 topics at `folder`.
///
/// # Errors
/// What the disk reports.
pub fn publish(folder: &Path, strategies: usize, seed: u64) -> Result<Site, Failure> {
    let mut unpacked = Vec::new();
    write(&bank(strategies, seed)?, &mut unpacked)?;
    let packed = zstd::encode_all(unpacked.as_slice(), 12)?;
    let now: DateTime<Utc> = std::time::SystemTime::now().into();
    let later = now + chrono::TimeDelta::days(365);
    let key = SigningKey::from_secret(&[42; 32]);
    let root = Root::of_one_key(&key.public(), later);
    let newest = Newest {
        version: BankVersion(1),
        length: unpacked.len() as u64,
        sha256: Sha256::of(&unpacked),
        packed: packed.len() as u64,
        published: now,
    };
    let head = Head::naming(
        &News::of_bank(newest),
        1,
        Versions { timestamp: 1, snapshot: 1, targets: 1 },
        now,
        Expiry { timestamp: later, rest: later },
        &Signers { timestamp: &key, snapshot: &key, targets: &key },
    )?;
    fs::create_dir_all(folder.join("metadata"))?;
    fs::create_dir_all(folder.join("full"))?;
    fs::write(folder.join("metadata/root.json"), sign(&root, &[&key])?)?;
    fs::write(folder.join("full/1.zst"), &packed)?;
    fs::write(folder.join("head"), head.pack()?)?;
    Ok(Site { folder: folder.to_owned(), unpacked: newest.length, packed: newest.packed })
}

/// The bank itself.
///
/// # Errors
/// None: every name in it is one.
pub fn bank(strategies: usize, seed: u64) -> Result<Snapshot, Failure> {
    let mut words = Words(Seeded(seed));
    let topics = (1..=24)
        .map(|number| {
            Ok(Topic {
                slug: format!("topic-{number}").parse()?,
                title: format!("Topic {number}"),
                order: number,
                picture: None,
                audiences: vec![Audience::Family, Audience::School],
                covers: words.sentence(),
                safety: vec![words.sentence()],
                get_help: vec![words.sentence()],
            })
        })
        .collect::<Result<_, Failure>>()?;
    let strategies =
        (0..strategies).map(|number| strategy(number, &mut words)).collect::<Result<_, Failure>>()?;
    Ok(Snapshot {
        version: BankVersion(1),
        service: Service { name: "Generated".to_owned(), unchecked_after_days: 90, ..Service::default() },
        topics,
        words: Vec::new(),
        strategies,
        resources: Vec::new(),
        events: Vec::new(),
        media: Vec::new(),
        pictures: Vec::new(),
    })
}

/// About as long as one of the bank's own: 2 KB of text.
fn strategy(number: usize, words: &mut Words) -> Result<Item, Failure> {
    let sections = [
        ("Why it helps", 3, ""),
        ("What you need", 2, "- "),
        ("Steps", 7, "1. "),
        ("Make it easier", 2, ""),
        ("Make it harder", 2, ""),
        ("Stop if", 3, "- "),
        ("Get help when", 3, "- "),
    ];
    let sections = sections
        .iter()
        .map(|(heading, lines, mark)| {
            let lines: Vec<String> = (0..*lines).map(|_| format!("{mark}{}", words.sentence())).collect();
            Section { heading: (*heading).to_owned(), text: lines.join("\n") }
        })
        .collect();
    Ok(Item {
        id: format!("strategy-{number}").parse()?,
        variant: None,
        changed_in: 1,
        title: words.some(4),
        topic: format!("topic-{}", number % 24 + 1).parse()?,
        audiences: vec![Audience::Family],
        settings: vec![Setting::Home],
        ages: Some(Ages { from: 3, to: 11 }),
        minutes: Some(10),
        equipment: vec![words.some(1)],
        keywords: vec![words.some(1), words.some(1), words.some(1)],
        asks: vec![words.some(6), words.some(5), words.some(7)],
        media: Vec::new(),
        review: Review { author: "generated".to_owned(), status: ReviewStatus::Demonstration },
        sections,
        links: Vec::new(),
    })
}

/// Words from a seed: a vocabulary of 6,000, the frequent ones far more often, as in real text.
struct Words(Seeded);

impl Words {
    fn word(&mut self) -> String {
        // The product of three even numbers leans to the small ones.
        let unit = |bits: u64| (bits % 1_000_000) as f64 / 1e6;
        let rank = (unit(self.0.number()) * unit(self.0.number()) * unit(self.0.number()) * 6_000.0) as u64;
        const SYLLABLES: [&str; 20] = [
            "ba", "do", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "wa", "ze", "fin", "ger", "but",
            "ton", "sock", "step", "hand", "chair",
        ];
        let mut rest = rank + 20;
        let mut word = String::new();
        while rest > 0 {
            word.push_str(SYLLABLES[(rest % 20) as usize]);
            rest /= 20;
        }
        word
    }

    fn some(&mut self, count: usize) -> String {
        (0..count).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }

    fn sentence(&mut self) -> String {
        let count = 9 + (self.0.number() % 7) as usize;
        format!("{}.", self.some(count))
    }
}
