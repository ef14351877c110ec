//! The whole bank on a phone: taking it in, showing a page of it, and the memory that takes.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use otsupport_core::strategies::{Filter, Page};
use otsupport_tests::generated_bank::{self, Site};
use rusqlite::Connection;

use crate::figures::{median, ms, ratio, verdict};
use crate::rows::Rows;
use crate::{Failure, RUNS, SEED, STRATEGIES, phone};

/// The argument that makes this program do nothing but one apply.
pub(crate) const ONCE: &str = "apply-once";

pub(crate) fn run() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    println!("{STRATEGIES} generated strategies, seed {SEED}, {RUNS} runs, medians");
    let site = generated_bank::publish(&folder.path().join("site"), STRATEGIES, SEED)?;
    println!("snapshot: {} bytes unpacked, {} packed\n", site.unpacked, site.packed);
    apply(folder.path(), &site)?;
    first_page(folder.path(), &site)?;
    memory(folder.path(), &site)
}

/// Head to shelf: verify, read, unpack, check the digest, parse, insert, index, commit.
fn apply(folder: &Path, site: &Site) -> Result<(), Failure> {
    let root = std::fs::read(site.folder.join("metadata/root.json"))?;
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for run in 0..RUNS {
        let data = folder.join(format!("apply-{run}"));
        let hub = phone::open(&data, &site.folder, &root)?;
        let began = Instant::now();
        phone::sync(&hub)?;
        ours.push(began.elapsed());
        hub.close();
        let rows = Rows::of(&data.join("content.db"))?;
        let file = folder.join(format!("bare-{run}.db"));
        let began = Instant::now();
        rows.insert(&file)?;
        bare.push(began.elapsed());
    }
    ratio("apply a full snapshot", &mut ours, "bare bulk insert, same rows, an FTS5 index", &mut bare, 1.5);
    Ok(())
}

fn first_page(folder: &Path, site: &Site) -> Result<(), Failure> {
    let data = folder.join("apply-0");
    let filter = Filter { topic: Some("topic-3".parse()?), ..Filter::default() };
    let page = Page { offset: 0, limit: Some(20) };
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..RUNS * 10 {
        let began = Instant::now();
        let hub = phone::open(&data, &site.folder, &[])?;
        let cards = hub.browse(&filter, page)?;
        ours.push(began.elapsed());
        hub.close();
        if cards.len() != 20 {
            return Err("a short page".into());
        }
        let began = Instant::now();
        let (content, family) =
            (Connection::open(data.join("content.db"))?, Connection::open(data.join("family.db"))?);
        let titles: Vec<String> = content
            .prepare(
                "SELECT title FROM items WHERE topic = 'topic-3' AND original = 1 AND withdrawn = 0
                 ORDER BY title, id LIMIT 20",
            )?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let saved: i64 = family.query_row("SELECT count(*) FROM saved", [], |row| row.get(0))?;
        bare.push(began.elapsed());
        if titles.len() != 20 || saved != 0 {
            return Err("the bare query differs".into());
        }
    }
    let (ours, bare) = (median(&mut ours), median(&mut bare));
    let more = ours.saturating_sub(bare);
    println!(
        "cold open to the first page of a topic: {} (bare open and query of both files: {})",
        ms(ours),
        ms(bare)
    );
    println!("  {} more; at most 5 ms: {}\n", ms(more), verdict(more <= Duration::from_millis(5)));
    Ok(())
}

/// Peak resident memory of a process that does nothing but take the bank in.
fn memory(folder: &Path, site: &Site) -> Result<(), Failure> {
    let child = Command::new(std::env::current_exe()?)
        .arg(ONCE)
        .arg(&site.folder)
        .arg(folder.join("memory"))
        .output()?;
    let peak: u64 = String::from_utf8(child.stdout)?.trim().parse()?;
    let ratio = peak as f64 / site.unpacked as f64;
    println!(
        "peak memory of an apply: {:.1} MB for {:.1} MB unpacked",
        peak as f64 / 1e6,
        site.unpacked as f64 / 1e6
    );
    println!("  ratio {ratio:.2}; at most 3: {}\n", verdict(ratio <= 3.0));
    Ok(())
}

/// Prints the peak resident memory of this process after one apply.
pub(crate) fn once(site: &Path, folder: &Path) -> Result<(), Failure> {
    let hub = phone::open(folder, site, &std::fs::read(site.join("metadata/root.json"))?)?;
    phone::sync(&hub)?;
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no peak memory here")?;
    let kilobytes: u64 = peak.trim().trim_end_matches(" kB").parse()?;
    println!("{}", kilobytes * 1024);
    Ok(())
}
