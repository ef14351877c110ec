//! What an update costs a family in bytes: edits of the demonstration bank, published for real, synced from a real hub.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use otsupport_core::sync::SyncReport;
use otsupport_hub::embedded::EmbeddedHub;
use otsupport_tests::editor;
use otsupport_tests::phone::{Phone, sync};
use otsupport_tests::seeded::Seeded;
use otsupport_tests::site::{MORNING, Publisher};

use crate::figures::{at_most, verdict};
use crate::{Failure, SEED, peers};

/// What a delta may cost beyond zstd's own: 40 bytes of framing, and what a frame says of itself.
pub(crate) const MORE: u64 = 64;
/// Edits in other places, since a few bytes more or less are chance.
const SEEDS: [u64; 4] = [SEED, SEED + 1, SEED + 2, SEED + 3];
/// Everything else that travels: the head, with one signature a role.
const HEAD: u64 = 836;
pub(crate) const NEXT_DAY: &str = "2026-11-25T09:00:00Z";

pub(crate) fn run() -> Result<(), Failure> {
    println!("the bank of content/; peers on its two snapshots, byte for byte");
    for (items, seed) in [1, 12, 60].into_iter().flat_map(|items| SEEDS.map(|seed| (items, seed))) {
        let publisher = Publisher::new()?;
        let mut chance = Seeded(seed);
        let mut files = without_variants(&publisher)?;
        let mut edits = || {
            for _ in 0..items {
                editor::edit(&files.swap_remove(chance.below(files.len())), &mut chance)?;
            }
            Ok(())
        };
        update(&format!("{items} edited, seed {seed}"), &publisher, &mut edits)?;
    }
    // The last of the bank's own texts are held back, and come as new ones.
    let publisher = Publisher::new()?;
    let late: Vec<(PathBuf, Vec<u8>)> = unlinked(&publisher)?
        .into_iter()
        .rev()
        .take(20)
        .map(|file| Ok((file.clone(), fs::read(&file)?)))
        .collect::<Result<_, Failure>>()?;
    late.iter().try_for_each(|(file, _)| fs::remove_file(file))?;
    let mut add = || Ok(late.iter().try_for_each(|(file, text)| fs::write(file, text))?);
    update(&format!("{} added", late.len()), &publisher, &mut add)
}

fn update(
    what: &str,
    publisher: &Publisher,
    change: &mut dyn FnMut() -> Result<(), Failure>,
) -> Result<(), Failure> {
    publisher.publish(MORNING)?;
    let phone = Phone::new(publisher.root()?)?;
    let synced = || -> Result<SyncReport, Failure> {
        let hub = EmbeddedHub::start(&publisher.site())?;
        Ok(sync(&phone.open()?, hub.address())?)
    };
    synced()?;
    change()?;
    publisher.publish(NEXT_DAY)?;
    let payload = fs::metadata(publisher.site().join("delta/1-2.dcz"))?.len();
    println!("{what}: payload {payload} bytes");

    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    for (version, name) in [(1, "old"), (2, "new")] {
        let packed = fs::File::open(publisher.site().join(format!("full/{version}.zst")))?;
        fs::write(folder.join(name), zstd::decode_all(packed)?)?;
    }
    if let Some(bytes) = peers::patch_from(folder, false)? {
        at_most(&format!("beside zstd -19 --patch-from, {bytes}"), payload, bytes + MORE);
    }
    let records = changed(folder)?;
    if let Some(bytes) = peers::gzip(folder)? {
        println!("  {records} changed records, gzip -9: {bytes} bytes");
    }
    if let Some(bytes) = peers::casync(folder)? {
        println!("  casync, new chunks and index: {bytes} bytes");
    }
    if let Some((signature, delta)) = peers::rdiff(folder)? {
        println!("  rdiff, signature and delta: {signature} + {delta} bytes");
    }

    let update = synced()?;
    at_most("everything else that travelled", update.bytes.saturating_sub(payload), HEAD);
    println!("  requests: {}; at most 2: {}", update.requests, verdict(update.requests <= 2));
    let SyncReport { requests, bytes, .. } = synced()?;
    let quiet = (requests, bytes) == (1, 0);
    println!("  when nothing changed: {requests} request, {bytes} bytes; 1 and 0: {}\n", verdict(quiet));
    Ok(())
}

/// The strategies that are written in one language, once: their files, sorted.
fn without_variants(publisher: &Publisher) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for topic in fs::read_dir(publisher.content().join("strategies"))? {
        for file in fs::read_dir(topic?.path())? {
            files.push(file?.path());
        }
    }
    let id = |file: &Path| file.file_name().and_then(|it| it.to_str()?.split('.').next().map(str::to_owned));
    let names: Vec<_> = files.iter().map(|it| id(it)).collect();
    files.retain(|file| names.iter().filter(|it| **it == id(file)).count() == 1);
    files.sort();
    Ok(files)
}

/// Those of them that no text leads to.
fn unlinked(publisher: &Publisher) -> Result<Vec<PathBuf>, Failure> {
    let mut texts = String::new();
    let mut folders = vec![publisher.content().join("strategies"), publisher.content().join("resources")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                texts.push_str(&fs::read_to_string(path)?);
            }
        }
    }
    let mut files = without_variants(publisher)?;
    files.retain(|file| {
        let id = file.file_stem().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
        !texts.contains(&format!("]({id})")) && !texts.contains(&format!("instead: {id}"))
    });
    Ok(files)
}

/// Writes the records of `new` that are not in `old` to `records`, and counts them.
fn changed(folder: &Path) -> Result<usize, Failure> {
    let (old, new) = (fs::read_to_string(folder.join("old"))?, fs::read_to_string(folder.join("new"))?);
    let old: BTreeSet<&str> = old.lines().collect();
    let records: Vec<&str> = new.lines().filter(|it| it.starts_with('{') && !old.contains(it)).collect();
    fs::write(folder.join("records"), records.join("\n"))?;
    Ok(records.len())
}
