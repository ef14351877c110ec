//! A delta on a phone: from its bytes and the old snapshot to the new one, checked.

use std::fs;
use std::time::{Duration, Instant};

use otsupport_tests::generated_bank;
use otsupport_wire::{Sha256, delta};
use zstd::zstd_safe::{DCtx, get_error_name};

use crate::figures::{median, ms, ratio};
use crate::{Failure, RUNS, SEED, STRATEGIES, peers};

const EDITS: usize = 12;

pub(crate) fn run() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    println!("{STRATEGIES} generated strategies, {EDITS} edited, seed {SEED}, {} runs, medians", 2 * RUNS);
    let first = generated_bank::publish(&folder.path().join("site"), STRATEGIES, SEED)?;
    let site = generated_bank::publish_edited(&first, EDITS, SEED)?;
    let (old, new) = (site.snapshot(first.version)?, site.snapshot(site.version)?);
    let packed = fs::read(site.delta())?;
    println!("a delta of {} bytes to a snapshot of {}", packed.len(), new.len());
    let signed = Sha256::of(&new);
    let frame = &packed[delta::FRAMING as usize..];
    let mut room = vec![0; new.len()];
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..2 * RUNS {
        let began = Instant::now();
        let unpacked = delta::apply(&packed, &old, site.unpacked)?;
        let as_signed = Sha256::of(&unpacked) == signed;
        ours.push(began.elapsed());
        let began = Instant::now();
        let bare = unpack(frame, &old, &mut room);
        let same = Sha256::of(&room) == signed && Sha256::of(&old) != signed;
        theirs.push(began.elapsed());
        if !as_signed || !same || bare != Ok(new.len()) {
            return Err("not what was packed".into());
        }
    }
    let peer = "zstd's library, and one SHA-256 of each snapshot";
    ratio("unpack and verify a delta in memory", &mut ours, peer, &mut theirs, 1.5);
    program(&old, &new)
}

fn unpack(frame: &[u8], old: &[u8], room: &mut [u8]) -> Result<usize, &'static str> {
    let mut decoder = DCtx::create();
    decoder.ref_prefix(old).and_then(|_| decoder.decompress(room, frame)).map_err(get_error_name)
}

/// The time of zstd's own program, which reads and writes files.
fn program(old: &[u8], new: &[u8]) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("old"), old)?;
    fs::write(folder.path().join("new"), new)?;
    if peers::patch_from(folder.path(), true)?.is_none() {
        return Ok(());
    }
    let mut times: Vec<Duration> = Vec::new();
    for _ in 0..RUNS {
        let began = Instant::now();
        let unpack = ["-d", "-q", "-f", "--long=27", "--patch-from=old", "new.patch", "-o", "again"];
        peers::run(folder.path(), "zstd", &unpack)?;
        times.push(began.elapsed());
    }
    println!("  for information, zstd -d --patch-from from file to file: {}\n", ms(median(&mut times)));
    Ok(())
}
