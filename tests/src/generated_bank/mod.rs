//! A bank of any size from a seed, published as a site or written as a content folder: for benchmarks.

pub mod content;
mod words;

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use otsupport_wire::snapshot::{
    Ages, Audience, Event, Item, Limits, Review, ReviewStatus, Section, Service, Setting, Snapshot, Topic,
    write,
};
use otsupport_wire::trust::{Expiry, Head, Newest, News, Root, Signers, SigningKey, Versions, sign};
use otsupport_wire::{BankVersion, Sha256, delta};

use self::words::Words;
use crate::seeded::Seeded;

type Failure = Box<dyn std::error::Error>;

/// A published site.
pub struct Site {
    /// Its folder.
    pub folder: PathBuf,
    /// Its newest bank.
    pub version: u64,
    /// The snapshot's size, unpacked.
    pub unpacked: u64,
    /// Its size as it travels.
    pub packed: u64,
}

impl Site {
    /// The snapshot of a bank, unpacked.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn snapshot(&self, version: u64) -> std::io::Result<Vec<u8>> {
        zstd::decode_all(fs::File::open(self.folder.join(format!("full/{version}.zst")))?)
    }

    /// The file of the delta that leads to the newest bank from the one before it.
    pub fn delta(&self) -> PathBuf {
        self.folder.join(format!("delta/{}-{}.dcz", self.version.saturating_sub(1), self.version))
    }
}

/// Publishes `strategies` generated strategies over 24 topics at `folder`.
///
/// # Errors
/// What the disk reports.
pub fn publish(folder: &Path, strategies: usize, seed: u64) -> Result<Site, Failure> {
    put(folder, &bank(strategies, seed)?, None)
}

/// Publishes a generated bank with these events, sorted by UID.
///
/// # Errors
/// What the disk reports.
pub fn publish_events(
    folder: &Path,
    strategies: usize,
    events: Vec<Event>,
    seed: u64,
) -> Result<Site, Failure> {
    put(folder, &Snapshot { events, ..bank(strategies, seed)? }, None)
}

/// Publishes this bank.
///
/// # Errors
/// What the disk reports.
pub fn publish_bank(folder: &Path, bank: &Snapshot) -> Result<Site, Failure> {
    put(folder, bank, None)
}

/// A bank of so many strategies whose sentences are those of `bank`'s, put together anew, and now and then a word that is new. Those of
/// a very large one are short, so that all of it stays below what a phone takes in.
///
/// # Errors
/// None: every name in it is one.
pub fn grown(bank: &Snapshot, strategies: usize, seed: u64) -> Result<Snapshot, Failure> {
    let mut seeded = Seeded(seed);
    let originals: Vec<&Item> = bank.strategies.iter().filter(|it| it.variant.is_none()).collect();
    let mut grown =
        Snapshot { strategies: Vec::new(), resources: Vec::new(), events: Vec::new(), ..bank.clone() };
    for topic in &mut grown.topics {
        topic.picture = None;
    }
    grown.pictures = Vec::new();
    for number in 0..strategies {
        let first = originals[seeded.below(originals.len())];
        let mut item = first.clone();
        item.id = format!("grown-{number}").parse()?;
        (item.media, item.links, item.changed_in) = (Vec::new(), Vec::new(), 1);
        for ask in &mut item.asks {
            let other = originals[seeded.below(originals.len())];
            if seeded.below(2) == 0 && !other.asks.is_empty() {
                ask.clone_from(&other.asks[seeded.below(other.asks.len())]);
            }
        }
        for section in &mut item.sections {
            let lines = section.text.lines().map(|line| {
                let other = originals[seeded.below(originals.len())];
                let lines: Vec<&str> = other.sections.iter().flat_map(|it| it.text.lines()).collect();
                if seeded.below(2) == 0 {
                    lines[seeded.below(lines.len())].to_owned()
                } else {
                    line.to_owned()
                }
            });
            section.text = lines.collect::<Vec<_>>().join("\n");
        }
        if strategies > 20_000 {
            item.asks.truncate(4);
            item.sections.retain(|it| ["Steps", "Stop if", "Get help when"].contains(&it.heading.as_str()));
            for section in &mut item.sections {
                section.text = section.text.lines().next().unwrap_or_default().to_owned();
            }
        }
        if number % 2 == 0 {
            let new: String = (0..8).map(|_| char::from(b"abdeilmnorstu"[seeded.below(13)])).collect();
            item.keywords.push(new);
        }
        grown.strategies.push(item);
    }
    grown.strategies.sort_by_key(Item::key);
    grown.version = BankVersion(1);
    Ok(grown)
}

/// Publishes the newest bank of `site` again as the next one, with a new sentence in each of so many of its strategies, lying
/// apart: its snapshot, the delta from the bank before, and a head that names both. The bank before stays beside it.
///
/// # Errors
/// What the disk reports.
pub fn publish_edited(site: &Site, edits: usize, seed: u64) -> Result<Site, Failure> {
    let before = site.snapshot(site.version)?;
    let mut bank = Snapshot::parse(&before, &Limits::default())?;
    bank.version = BankVersion(site.version + 1);
    let mut words = Words(Seeded(seed));
    let apart = (bank.strategies.len() / edits.max(1)).max(1);
    for several in bank.strategies.chunks_mut(apart).take(edits) {
        let at = words.0.below(several.len());
        edit(&mut several[at], bank.version, &words.sentence());
    }
    put(&site.folder, &bank, Some(&before))
}

/// Puts a sentence in place of the last step.
fn edit(item: &mut Item, version: BankVersion, sentence: &str) {
    item.changed_in = version.0;
    for steps in item.sections.iter_mut().filter(|it| it.heading == "Steps") {
        let before = steps.text.rfind('\n').map_or("", |end| &steps.text[..=end]);
        steps.text = format!("{before}1. {sentence}");
    }
}

/// Writes what a phone fetches of `bank`, and the delta from the snapshot before it.
fn put(folder: &Path, bank: &Snapshot, before: Option<&[u8]>) -> Result<Site, Failure> {
    let mut unpacked = Vec::new();
    write(bank, &mut unpacked)?;
    let packed = zstd::encode_all(unpacked.as_slice(), 12)?;
    let now: DateTime<Utc> = std::time::SystemTime::now().into();
    let later = now + chrono::TimeDelta::days(365);
    let key = SigningKey::from_secret(&[42; 32]);
    let root = Root::of_one_key(&key.public(), later);
    let BankVersion(version) = bank.version;
    let newest = Newest {
        version: bank.version,
        length: unpacked.len() as u64,
        sha256: Sha256::of(&unpacked),
        packed: packed.len() as u64,
        published: now,
    };
    let mut news = News::of_bank(newest);
    let site = Site { folder: folder.to_owned(), version, unpacked: newest.length, packed: newest.packed };
    for below in ["metadata", "full", "delta"] {
        fs::create_dir_all(folder.join(below))?;
    }
    if let Some(before) = before {
        let delta = delta::pack(before, &unpacked, 18)?;
        news.deltas.insert(BankVersion(version - 1), delta.len() as u64);
        fs::write(site.delta(), delta)?;
    } else {
        fs::write(folder.join("metadata/root.json"), sign(&root, &[&key])?)?;
    }
    let head = Head::naming(
        &news,
        1,
        Versions { timestamp: version, snapshot: version, targets: version },
        now,
        Expiry { timestamp: later, rest: later },
        &Signers { timestamp: &key, snapshot: &key, targets: &key },
    )?;
    fs::write(folder.join(format!("full/{version}.zst")), &packed)?;
    fs::write(folder.join("head"), head.pack()?)?;
    Ok(site)
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
