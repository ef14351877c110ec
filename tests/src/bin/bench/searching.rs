//! A keystroke: what it takes to rank the bank again, slips and meaning included, beside raw FTS5 and tantivy over the same texts.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use otsupport_core::SupportHub;
use otsupport_core::strategies::Search;
use otsupport_tests::generated_bank;
use otsupport_tests::seeded::Seeded;
use otsupport_tests::site::{MORNING, Publisher};
use otsupport_wire::Sha256;
use otsupport_wire::snapshot::{Item, Limits, MEANING_TABLE, MediaFile, Snapshot};
use rusqlite::Connection;

use crate::figures::{median, ms, verdict};
use crate::{Failure, SEED, phone};

/// How many documents, how many keystrokes are timed, and what the slowest of a hundred may take.
const SIZES: [(usize, usize, Option<Duration>); 3] = [
    (150, 1500, None),
    (10_000, 1500, Some(Duration::from_millis(3))),
    (100_000, 400, Some(Duration::from_millis(10))),
];

pub(crate) fn run() -> Result<(), Failure> {
    let publisher = Publisher::with_meaning()?;
    publisher.publish(MORNING)?;
    let snapshot = zstd::decode_all(fs::File::open(publisher.site().join("full/1.zst"))?)?;
    let bank = Snapshot::parse(&snapshot, &Limits::default())?;
    let table = fs::read(publisher.content().join(MEANING_TABLE)).ok();
    println!("keystrokes of the labelled queries over the bank's sentences put together anew, seed {SEED}");
    for (documents, keystrokes, limit) in SIZES {
        let folder = tempfile::tempdir()?;
        let grown = generated_bank::grown(&bank, documents, SEED)?;
        let site = folder.path().join("site");
        let root = publish(&site, grown.clone(), table.as_deref())?;
        let typed = keystrokes_of(keystrokes)?;
        println!("\n{documents} documents, {} keystrokes", typed.len());
        ours(folder.path(), &site, &root, &typed, limit)?;
        let fts5 = fts5(folder.path(), &grown.strategies, &typed)?;
        sizes(folder.path(), &fts5, documents)?;
        tantivy(folder.path(), &grown.strategies, &typed)?;
    }
    Ok(())
}

fn publish(site: &Path, mut bank: Snapshot, table: Option<&[u8]>) -> Result<Vec<u8>, Failure> {
    bank.media.clear();
    if let Some(table) = table {
        let (file, sha256) = (MEANING_TABLE.parse()?, Sha256::of(table));
        bank.media.push(MediaFile { file, sha256, bytes: table.len() as u64 });
        fs::create_dir_all(site.join("blob"))?;
        fs::write(site.join(format!("blob/{sha256}")), table)?;
    }
    generated_bank::publish_bank(site, &bank)?;
    Ok(fs::read(site.join("metadata/root.json"))?)
}

/// Beginnings of labelled queries, from the second letter on.
fn keystrokes_of(most: usize) -> Result<Vec<String>, Failure> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("search/tuning.tsv");
    let text = fs::read_to_string(file)?;
    let mut all: Vec<String> = Vec::new();
    for query in text.lines().skip(1).filter_map(|line| line.split('\t').next()) {
        all.extend(
            query.char_indices().skip(1).map(|(at, letter)| query[..at + letter.len_utf8()].to_owned()),
        );
    }
    let mut seeded = Seeded(SEED);
    Ok((0..most).map(|_| all[seeded.below(all.len())].clone()).collect())
}

fn search(hub: &SupportHub, words: &str) -> Result<usize, Failure> {
    let search = Search { words: words.to_owned(), as_you_type: true, ..Search::default() };
    Ok(hub.search(&search)?.results.len())
}

fn ours(
    folder: &Path,
    site: &Path,
    root: &[u8],
    typed: &[String],
    limit: Option<Duration>,
) -> Result<(), Failure> {
    let data = folder.join("data");
    let hub = phone::open(&data, site, root)?;
    phone::sync(&hub)?;
    hub.close();
    let mut cold: Vec<Duration> = Vec::new();
    for _ in 0..15 {
        let began = Instant::now();
        let hub = phone::open(&data, site, root)?;
        search(&hub, "wont wear socks")?;
        cold.push(began.elapsed());
        hub.close();
    }
    let hub = phone::open(&data, site, root)?;
    let mut times = Vec::new();
    search(&hub, "warm")?;
    for keystroke in typed {
        let began = Instant::now();
        search(&hub, keystroke)?;
        times.push(began.elapsed());
    }
    hub.close();
    said("this search", &mut times);
    if let Some(limit) = limit {
        let slow = one_in_a_hundred(&times);
        println!("  p99 {}; at most {}: {}", ms(slow), ms(limit), verdict(slow <= limit));
    }
    let cold = median(&mut cold);
    let within = Duration::from_millis(20);
    println!(
        "  cold open to the first result: {}; at most 20 ms at 10,000: {}",
        ms(cold),
        verdict(cold <= within)
    );
    Ok(())
}

fn said(what: &str, times: &mut [Duration]) {
    times.sort();
    println!("{what}: p50 {}, p99 {}", ms(times[times.len() / 2]), ms(one_in_a_hundred(times)));
}

/// Of times in ascending order.
fn one_in_a_hundred(times: &[Duration]) -> Duration {
    times[(times.len() * 99 / 100).min(times.len() - 1)]
}

/// SQLite's own, with indexes for beginnings of two and three letters. Gives its file.
fn fts5(folder: &Path, items: &[Item], typed: &[String]) -> Result<PathBuf, Failure> {
    let file = folder.join("fts5.db");
    let mut index = Connection::open(&file)?;
    index.execute_batch(
        "CREATE VIRTUAL TABLE found USING fts5 (title, asks, keywords, text, content = '', prefix = '2 3',
                                                tokenize = 'porter unicode61 remove_diacritics 2')",
    )?;
    let writing = index.transaction()?;
    for (row, item) in items.iter().enumerate() {
        let text: Vec<&str> = item.sections.iter().map(|it| it.text.as_str()).collect();
        writing
            .prepare_cached(
                "INSERT INTO found (rowid, title, asks, keywords, text) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((row, &item.title, item.asks.join("\n"), item.keywords.join("\n"), text.join("\n")))?;
    }
    writing.commit()?;
    let mut find = index.prepare(
        "SELECT rowid FROM found WHERE found MATCH ?1 AND rank MATCH 'bm25(10.0, 6.0, 4.0, 1.0)' ORDER BY rank LIMIT 20",
    )?;
    let mut times = Vec::new();
    for keystroke in typed.iter().take(200) {
        let words: Vec<&str> =
            keystroke.split(|c: char| !c.is_alphanumeric()).filter(|it| !it.is_empty()).collect();
        let query = words.iter().map(|it| format!("\"{it}\"")).collect::<Vec<_>>().join(" OR ") + "*";
        let began = Instant::now();
        find.query_map([query], |row| row.get::<_, i64>(0))?.try_for_each(|it| it.map(drop))?;
        times.push(began.elapsed());
    }
    said("raw FTS5, OR, prefix indexes", &mut times);
    Ok(file)
}

/// The index on disk beside FTS5's.
fn sizes(folder: &Path, fts5: &Path, documents: usize) -> Result<(), Failure> {
    let bytes = |file: &Path, names: &str| -> Result<u64, Failure> {
        let sql = format!("SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE name {names}");
        Ok(Connection::open(file)?.query_row(&sql, [], |row| row.get(0))?)
    };
    let ours = bytes(&folder.join("data/content.db"), "IN ('search_index', 'postings', 'meanings')")?;
    let theirs = bytes(fts5, "LIKE 'found%'")?;
    let each = |bytes: u64| bytes / documents as u64;
    println!(
        "index: {} bytes a document, FTS5's {}; no more: {}",
        each(ours),
        each(theirs),
        verdict(ours <= theirs)
    );
    Ok(())
}

/// Run by the program that `make eval-search` builds.
fn tantivy(folder: &Path, items: &[Item], typed: &[String]) -> Result<(), Failure> {
    let program =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/peers/release/otsupport-search-peers");
    if !program.exists() {
        println!("tantivy is not built; `make eval-search` builds it");
        return Ok(());
    }
    let mut lines = String::new();
    for item in items {
        let text: Vec<&str> = item.sections.iter().map(|it| it.text.as_str()).collect();
        lines += &serde_json::json!({
            "id": item.id, "title": item.title, "asks": item.asks, "keywords": item.keywords, "text": text.join("\n"),
        })
        .to_string();
        lines.push('\n');
    }
    fs::write(folder.join("bank.jsonl"), lines)?;
    fs::write(folder.join("keystrokes"), typed.join("\n"))?;
    let told = Command::new(program).arg("keystrokes").arg(folder).output()?;
    print!("{}", String::from_utf8_lossy(&told.stdout));
    Ok(())
}
