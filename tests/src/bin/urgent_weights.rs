//! Learns what the words of a text weigh towards each level of urgent help, and writes the weights: `urgent-weights`.
//!
//! It reads the labelled phrases of `tests/search/urgent` that are there to learn from, and everything that families ask of the bank as
//! calm; a multinomial logistic regression over the signs of each. No phrase that judges the check is read.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use otsupport_core::urgent_help::{LEVELS, signs};
use otsupport_tests::seeded::Seeded;

/// Calm, and each of [`LEVELS`].
const CLASSES: usize = LEVELS.len() + 1;
/// A sign that fewer phrases have is none.
const AT_LEAST: usize = 3;
/// An urgent phrase counts as much as so many calm ones.
const URGENT: f64 = 3.0;
/// How strongly weights are held small, and how fast and how often they are learned.
const HOLD: f64 = 0.02;
const PACE: f64 = 0.5;
const ROUNDS: usize = 120;
/// A weight of the file is so much of a natural logarithm.
const UNIT: f64 = 0.01;
/// A sign that moves nothing by so much is left out.
const LEAST: i64 = 5;
const SEED: u64 = 20_261_125;

/// A phrase: its class, and the numbers of its signs.
struct Phrase {
    class: usize,
    signs: Vec<usize>,
    /// What each of its signs counts.
    share: f64,
}

/// The weights of a sign, and how much they have moved.
#[derive(Clone, Default)]
struct Learned {
    weights: [f64; CLASSES],
    moved: [f64; CLASSES],
}

fn main() -> Result<(), Box<dyn Error>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts = labelled(here)?;
    texts.extend(asked(&here.join("../content/strategies"))?.into_iter().map(|it| (it, 0)));
    let (names, frequent, phrases) = signed(&texts);
    let (none, weights) = learn(&frequent, &phrases);
    let file = here.join("../core/src/urgent_help/weights/english.tsv");
    let written = written(&names, &none, &weights);
    fs::write(&file, &written)?;
    println!("{} phrases, {} signs, {} bytes", phrases.len(), written.lines().count() - 4, written.len());
    Ok(())
}

/// The phrases to learn from, and their classes: 0 is calm.
fn labelled(here: &Path) -> Result<Vec<(String, usize)>, Box<dyn Error>> {
    let folder = here.join("search/urgent");
    let mut files: Vec<PathBuf> = fs::read_dir(folder.join("phrases"))?
        .map(|it| Ok(it?.path()))
        .collect::<Result<_, std::io::Error>>()?;
    files.push(folder.join("english.tsv"));
    files.sort();
    let mut all = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file)?;
        for line in text.lines().filter(|it| !it.starts_with('#')).skip(1) {
            let (text, levels) =
                line.split_once('\t').ok_or_else(|| format!("{}: {line}", file.display()))?;
            let level = levels.split(',').next().unwrap_or_default();
            all.push((text.to_owned(), class(level).ok_or_else(|| format!("{}: {level}", file.display()))?));
        }
    }
    Ok(all)
}

fn class(level: &str) -> Option<usize> {
    let is_so =
        |it: &otsupport_wire::snapshot::HelpLevel| serde_json::to_value(it).is_ok_and(|it| it == level);
    if level == "calm" { Some(0) } else { LEVELS.iter().position(is_so).map(|it| it + 1) }
}

/// What families ask of the bank, in English.
fn asked(folder: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut files = Vec::new();
    for topic in fs::read_dir(folder)? {
        for file in fs::read_dir(topic?.path())? {
            files.push(file?.path());
        }
    }
    // "socks.fr.md" is a variant of "socks.md".
    files.retain(|it| {
        it.file_name().and_then(|it| it.to_str()).is_some_and(|it| it.matches('.').count() == 1)
    });
    files.sort();
    let mut all = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file)?;
        let asks =
            text.split_once("asks:\n").map_or("", |it| it.1).lines().map_while(|it| it.strip_prefix("  - "));
        all.extend(asks.map(|it| it.trim_matches('"').to_owned()));
    }
    Ok(all)
}

/// The signs, how many phrases have each, and the phrases by them.
fn signed(texts: &[(String, usize)]) -> (Vec<String>, Vec<f64>, Vec<Phrase>) {
    let all: Vec<_> = texts.iter().map(|it| signs(&it.0)).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    all.iter().flatten().for_each(|it| *counts.entry(it).or_default() += 1);
    counts.retain(|_, count| *count >= AT_LEAST);
    let numbers: BTreeMap<&str, usize> =
        counts.keys().enumerate().map(|(number, it)| (*it, number)).collect();
    let phrase = |(signs, (_, class)): (&std::collections::BTreeSet<String>, &(String, usize))| Phrase {
        class: *class,
        signs: signs.iter().filter_map(|it| numbers.get(it.as_str()).copied()).collect(),
        share: 1.0 / (signs.len() as f64).sqrt(),
    };
    let phrases = all.iter().zip(texts).map(phrase).collect();
    (
        counts.keys().map(|it| (*it).to_owned()).collect(),
        counts.values().map(|it| *it as f64).collect(),
        phrases,
    )
}

/// Goes through the phrases again and again, in another order each time (AdaGrad). What holds a weight small is shared out among the
/// phrases that have its sign.
fn learn(frequent: &[f64], phrases: &[Phrase]) -> ([f64; CLASSES], Vec<[f64; CLASSES]>) {
    let mut none = Learned::default();
    let mut all = vec![Learned::default(); frequent.len()];
    let mut chance = Seeded(SEED);
    let mut order: Vec<usize> = (0..phrases.len()).collect();
    for _ in 0..ROUNDS {
        for last in (1..order.len()).rev() {
            order.swap(last, chance.below(last + 1));
        }
        for Phrase { class, signs, share } in order.iter().map(|it| &phrases[*it]) {
            let mut scores = none.weights;
            for sign in signs {
                scores.iter_mut().zip(all[*sign].weights).for_each(|(sum, it)| *sum += it * share);
            }
            let most = scores.into_iter().fold(f64::NEG_INFINITY, f64::max);
            let odds = scores.map(|it| (it - most).exp());
            let total: f64 = odds.iter().sum();
            let counts = if *class == 0 { 1.0 } else { URGENT };
            let wrong: [f64; CLASSES] =
                std::array::from_fn(|it| counts * (odds[it] / total - f64::from(u8::from(it == *class))));
            none.step(wrong);
            for sign in signs {
                let hold = HOLD / frequent[*sign];
                let weights = all[*sign].weights;
                all[*sign].step(std::array::from_fn(|it| wrong[it] * share + hold * weights[it]));
            }
        }
    }
    (none.weights, all.into_iter().map(|it| it.weights).collect())
}

impl Learned {
    fn step(&mut self, slope: [f64; CLASSES]) {
        for ((weight, moved), slope) in self.weights.iter_mut().zip(&mut self.moved).zip(slope) {
            *moved += slope * slope;
            *weight -= PACE * slope / (moved.sqrt() + 1e-8);
        }
    }
}

/// The file: each level's weight beside that of calm.
fn written(names: &[String], none: &[f64; CLASSES], weights: &[[f64; CLASSES]]) -> String {
    let beside = |it: &[f64; CLASSES]| -> [i64; LEVELS.len()] {
        std::array::from_fn(|level| ((it[level + 1] - it[0]) / UNIT).round() as i64)
    };
    let row = |it: [i64; LEVELS.len()]| it.map(|it| it.to_string()).join("\t");
    let mut text = "# Learned by `make urgent-weights`. A sign, and what it weighs towards emergency, self-harm, safeguarding and urgent beside calm, in\n\
         # hundredths of a logarithm. First what a text without any sign weighs. To be checked by a clinician.\n\n"
        .to_owned();
    text += &format!("{}\n", row(beside(none)));
    let moving = names.iter().zip(weights).map(|(name, it)| (name, beside(it)));
    for (name, row_of) in moving.filter(|(_, it)| it.iter().any(|it| it.abs() > LEAST)) {
        text += &format!("{name}\t{}\n", row(row_of));
    }
    text
}
