//! What publishing a large bank takes: reading, checking, pages, packing against the sixteen banks before, signing.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use otsupport_tests::editor;
use otsupport_tests::generated_bank::content;
use otsupport_tests::seeded::Seeded;
use otsupport_tests::site::{MORNING, Publisher, instant};
use otsupport_wire::snapshot::{Limits, Snapshot, write};
use otsupport_wire::trust::Newest;
use otsupport_wire::{BankVersion, Sha256};

use crate::bytes::{MORE, NEXT_DAY};
use crate::figures::{at_most, verdict};
use crate::{Failure, SEED, STRATEGIES, peers};

const EDITS: usize = 12;
/// The bank that is timed: sixteen lie before it.
const TIMED: u64 = 17;
const LIMIT: Duration = Duration::from_secs(5 * 60);

pub(crate) fn run() -> Result<(), Failure> {
    println!(
        "{STRATEGIES} strategies, {EDITS} edited from bank to bank, seed {SEED}; {} cores",
        std::thread::available_parallelism()?
    );
    let publisher = Publisher::new()?;
    let files = content::fill(&publisher.content(), STRATEGIES, SEED)?;
    let mut chance = Seeded(SEED);
    publisher.publish(MORNING)?;
    banks_before(&publisher, &files, &mut chance)?;
    edits(&files, &mut chance).try_for_each(|edit| edit.map(drop))?;
    let began = Instant::now();
    let published = publisher.publish(NEXT_DAY)?;
    let took = began.elapsed();
    println!(
        "publish bank {} of {} bytes: {:.1} s",
        published.version,
        published.unpacked,
        took.as_secs_f64()
    );
    println!("  at most {} s: {}", LIMIT.as_secs(), verdict(took <= LIMIT && published.version == TIMED));
    for from in [TIMED - 1, 1] {
        payload(&publisher, from)?;
    }
    println!();
    Ok(())
}

/// Edits of strategies that lie apart: what was done to which.
fn edits(
    files: &[PathBuf],
    chance: &mut Seeded,
) -> impl Iterator<Item = Result<(String, editor::Change), Failure>> {
    files.chunks(files.len().div_ceil(EDITS)).map(|several| {
        let file = chance.one_of(several).ok_or("no file")?;
        let id = file.file_stem().and_then(|it| it.to_str()).ok_or("no name")?;
        Ok((id.to_owned(), editor::edit(file, chance)?))
    })
}

/// Brings the site from its first bank to the one before the timed one, with all the old snapshots that the hub would have kept, but
/// without the deltas to banks that nobody asks for any more.
fn banks_before(publisher: &Publisher, files: &[PathBuf], chance: &mut Seeded) -> Result<(), Failure> {
    let full = |version: u64| publisher.site().join(format!("full/{version}.zst"));
    let mut bank = Snapshot::parse(&zstd::decode_all(fs::File::open(full(1))?)?, &Limits::default())?;
    for version in 2..TIMED {
        bank.version = BankVersion(version);
        for edit in edits(files, chance) {
            let (id, change) = edit?;
            for item in bank.strategies.iter_mut().filter(|it| it.id.as_str() == id) {
                item.changed_in = version;
                for section in &mut item.sections {
                    section.text = section.text.replacen(&change.from, &change.to, 1);
                }
            }
        }
        let mut unpacked = Vec::new();
        write(&bank, &mut unpacked)?;
        let packed = zstd::encode_all(unpacked.as_slice(), 3)?;
        fs::write(full(version), &packed)?;
        let newest = Newest {
            version: bank.version,
            length: unpacked.len() as u64,
            sha256: Sha256::of(&unpacked),
            packed: packed.len() as u64,
            published: instant(MORNING),
        };
        let head = publisher.head(&newest, version, &publisher.key("targets")?)?;
        fs::write(publisher.site().join("head"), head.pack()?)?;
    }
    Ok(())
}

/// The delta to the timed bank, beside zstd's own.
fn payload(publisher: &Publisher, from: u64) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    for (version, name) in [(from, "old"), (TIMED, "new")] {
        let packed = fs::File::open(publisher.site().join(format!("full/{version}.zst")))?;
        fs::write(folder.path().join(name), zstd::decode_all(packed)?)?;
    }
    let ours = fs::metadata(publisher.site().join(format!("delta/{from}-{TIMED}.dcz")))?.len();
    if let Some(theirs) = peers::patch_from(folder.path(), true)? {
        let what = format!("payload from bank {from}, beside zstd -19 --long=27 --patch-from, {theirs}");
        at_most(&what, ours, theirs + MORE);
    }
    Ok(())
}
