//! The figures of `make bench`: each as a ratio beside bare rusqlite doing the same in the same run.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use otsupport_core::platform::{Folder, GivenKey, Platform};
use otsupport_core::strategies::{Filter, Page};
use otsupport_core::sync::Outcome;
use otsupport_core::{FamilyKey, OpenOptions, SupportHub};
use otsupport_tests::generated_bank::{self, Site};
use rusqlite::{Connection, params};

type Failure = Box<dyn std::error::Error>;

const STRATEGIES: usize = 10_000;
const SEED: u64 = 20_261_124;
const RUNS: usize = 5;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next(), arguments.next()) {
        (Some("apply-once"), Some(site), Some(folder)) => apply_once(Path::new(&site), Path::new(&folder)),
        (None, ..) => all(),
        _ => Err("usage: bench".into()),
    }
}

fn all() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    println!("{STRATEGIES} generated strategies, seed {SEED}, {RUNS} runs, medians");
    let site = generated_bank::publish(&folder.path().join("site"), STRATEGIES, SEED)?;
    println!("snapshot: {} bytes unpacked, {} packed\n", site.unpacked, site.packed);
    apply(folder.path(), &site)?;
    first_page(folder.path(), &site)?;
    memory(folder.path(), &site)
}

/// Opens a hub whose network is the site's folder.
fn phone(folder: &Path, site: &Path, root: &[u8]) -> Result<SupportHub, Failure> {
    let key = FamilyKey::from_bytes(&[7; 32]).ok_or("no key")?;
    let mut platform = Platform::with_key(Arc::new(GivenKey(key)));
    platform.http = Arc::new(Folder(site.to_owned()));
    let options = OpenOptions { folder: folder.to_owned(), root: Some(root.to_vec()), seed: None };
    Ok(SupportHub::open(options, platform)?)
}

fn sync(hub: &SupportHub) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let report = runtime.block_on(hub.sync(""))?;
    if report.outcome == Outcome::Updated { Ok(()) } else { Err(format!("{report:?}").into()) }
}

/// Head to shelf: verify, read, unpack, check the digest, parse, insert, index, commit.
fn apply(folder: &Path, site: &Site) -> Result<(), Failure> {
    let root = std::fs::read(site.folder.join("metadata/root.json"))?;
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for run in 0..RUNS {
        let data = folder.join(format!("apply-{run}"));
        let hub = phone(&data, &site.folder, &root)?;
        let began = Instant::now();
        sync(&hub)?;
        ours.push(began.elapsed());
        hub.close();
        let rows = Rows::of(&data.join("content.db"))?;
        let file = folder.join(format!("bare-{run}.db"));
        let began = Instant::now();
        rows.insert(&file)?;
        bare.push(began.elapsed());
    }
    ratio("apply a full snapshot", &mut ours, "bare bulk insert, same rows, same index", &mut bare, 1.5);
    Ok(())
}

fn first_page(folder: &Path, site: &Site) -> Result<(), Failure> {
    let data = folder.join("apply-0");
    let filter = Filter { topic: Some("topic-3".parse()?), ..Filter::default() };
    let page = Page { offset: 0, limit: Some(20) };
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..RUNS * 10 {
        let began = Instant::now();
        let hub = phone(&data, &site.folder, &[])?;
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
        .arg("apply-once")
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
    println!("  ratio {ratio:.2}; at most 3: {}", verdict(ratio <= 3.0));
    Ok(())
}

fn apply_once(site: &Path, folder: &Path) -> Result<(), Failure> {
    let hub = phone(folder, site, &std::fs::read(site.join("metadata/root.json"))?)?;
    sync(&hub)?;
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no peak memory here")?;
    let kilobytes: u64 = peak.trim().trim_end_matches(" kB").parse()?;
    println!("{}", kilobytes * 1024);
    Ok(())
}

/// What the apply wrote, read back, so that the peer writes the same.
struct Rows {
    schema: String,
    topics: Vec<(String, i64, String)>,
    items: Vec<Item>,
}

struct Item {
    columns: Vec<rusqlite::types::Value>,
    title: String,
    asks: String,
    keywords: String,
    text: String,
}

impl Rows {
    fn of(file: &Path) -> Result<Self, Failure> {
        let from = Connection::open(file)?;
        let schema = include_str!("../../../core/src/storage/schema/content-1.sql").to_owned();
        let topics = from
            .prepare("SELECT slug, position, record FROM topics")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<Result<_, _>>()?;
        let mut statement = from.prepare("SELECT * FROM items ORDER BY item")?;
        let width = statement.column_count();
        let items = statement
            .query_map([], |row| (0..width).map(|it| row.get(it)).collect::<Result<Vec<_>, _>>())?
            .map(|columns| {
                let columns = columns?;
                let rusqlite::types::Value::Text(record) = &columns[width - 1] else {
                    return Err("no record".into());
                };
                let item: otsupport_wire::snapshot::Item = serde_json::from_str(record)?;
                let mut text = String::new();
                item.sections.iter().for_each(|it| {
                    text.push_str(&it.text);
                    text.push('\n');
                });
                let (asks, keywords) = (item.asks.join("\n"), item.keywords.join("\n"));
                Ok(Item { columns, title: item.title, asks, keywords, text })
            })
            .collect::<Result<_, Failure>>()?;
        Ok(Self { schema, topics, items })
    }

    fn insert(&self, file: &Path) -> Result<(), Failure> {
        let mut to = Connection::open(file)?;
        to.pragma_update(None, "journal_mode", "WAL")?;
        to.pragma_update(None, "synchronous", "NORMAL")?;
        let transaction = to.transaction()?;
        transaction.execute_batch(&self.schema)?;
        {
            let mut topics =
                transaction.prepare("INSERT INTO topics (slug, position, record) VALUES (?1, ?2, ?3)")?;
            for topic in &self.topics {
                topics.execute(params![topic.0, topic.1, topic.2])?;
            }
            let width = self.items.first().map_or(0, |it| it.columns.len());
            let marks = vec!["?"; width].join(", ");
            let mut items = transaction.prepare(&format!("INSERT INTO items VALUES ({marks})"))?;
            let mut found = transaction.prepare(
                "INSERT INTO found (rowid, title, asks, keywords, text) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?;
            for item in &self.items {
                items.execute(rusqlite::params_from_iter(&item.columns))?;
                found.execute(params![item.columns[0], item.title, item.asks, item.keywords, item.text])?;
            }
        }
        transaction.commit()?;
        Ok(())
    }
}

fn ratio(what: &str, ours: &mut [Duration], peer: &str, theirs: &mut [Duration], limit: f64) {
    let (ours, theirs) = (median(ours), median(theirs));
    let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
    println!("{what}: {} ({peer}: {})", ms(ours), ms(theirs));
    println!("  ratio {ratio:.2}; at most {limit}: {}\n", verdict(ratio <= limit));
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn ms(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

fn verdict(holds: bool) -> &'static str {
    if holds { "holds" } else { "DOES NOT HOLD" }
}
