//! How well search finds what families and school staff look for, beside its peers: `make eval-search`.
//!
//! `eval_search export FOLDER` writes the bank and the queries for peers in other programs; each leaves `NAME.ranking` there, a line a
//! query: the query, then ids, the best first, apart by tabs. `eval_search report FOLDER` ranks by this search and by raw FTS5, and
//! prints every figure.

mod fts5;
mod labelled;
mod measures;
mod ours;

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use otsupport_wire::snapshot::Item;

use self::labelled::Labelled;
use self::measures::Figures;

type Failure = Box<dyn std::error::Error>;

/// What each query found, the best first.
type Ranking = HashMap<String, Vec<String>>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["export", folder] => export(Path::new(folder)),
        ["report", folder] => report(Path::new(folder)),
        _ => Err("usage: eval_search export|report FOLDER".into()),
    }
}

/// The labelled sets: the one that rules were tuned on, and the one that they were not.
const SETS: [&str; 2] = ["tuning", "held-out"];

fn export(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder)?;
    let bank = ours::Bank::published()?;
    let mut lines = String::new();
    for item in bank.items()? {
        lines += &serde_json::json!({
            "id": item.id, "topic": item.topic, "title": item.title, "asks": item.asks, "keywords": item.keywords,
            "text": text(&item),
        })
        .to_string();
        lines.push('\n');
    }
    fs::write(folder.join("bank.jsonl"), lines)?;
    let mut queries = String::new();
    for set in SETS {
        for it in labelled::read(set)? {
            queries += &it.query;
            queries.push('\n');
        }
    }
    fs::write(folder.join("queries"), queries)?;
    Ok(())
}

fn text(item: &Item) -> String {
    item.sections.iter().map(|it| it.text.as_str()).collect::<Vec<_>>().join("\n")
}

fn report(folder: &Path) -> Result<(), Failure> {
    let bank = ours::Bank::published()?;
    let items = bank.items()?;
    let sets = SETS.map(labelled::read).into_iter().collect::<Result<Vec<_>, _>>()?;
    let queries: Vec<&str> = sets.iter().flatten().map(|it| it.query.as_str()).collect();
    let mut peers: Vec<(String, Ranking)> = Vec::new();
    let (ranking, confident) = bank.search(&queries)?;
    peers.push(("this search".to_owned(), ranking));
    let (without, _) = ours::Bank::without_meaning()?.search(&queries)?;
    peers.push(("  without meaning".to_owned(), without));
    peers.push(("FTS5, AND".to_owned(), fts5::rank(&items, &queries, fts5::Joined::And)?));
    peers.push(("FTS5, OR with stop list".to_owned(), fts5::rank(&items, &queries, fts5::Joined::Or)?));
    let mut others: Vec<_> = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    others.sort_by_key(fs::DirEntry::file_name);
    for other in others {
        if other.path().extension().is_some_and(|it| it == "ranking") {
            let name = other.path().file_stem().unwrap_or_default().to_string_lossy().replace('-', " ");
            peers.push((name, ranking_of(&fs::read_to_string(other.path())?)));
        }
    }
    for (set, labelled) in SETS.iter().zip(&sets) {
        println!("\n{set}: {} queries", labelled.len());
        println!("{:<28} {:>17} {:>17} {:>17}", "", "nDCG@5", "success@1", "success@3");
        for (name, ranking) in &peers {
            line(name, labelled.iter(), ranking);
        }
        for (what, of) in [("kind", Labelled::kind as fn(&Labelled) -> &str), ("who", Labelled::who)] {
            let mut groups: Vec<&str> =
                labelled.iter().filter(|it| !it.relevant.is_empty()).map(of).collect();
            groups.sort_unstable();
            groups.dedup();
            for group in groups {
                println!("{what} {group}:");
                for (name, ranking) in &peers {
                    line(name, labelled.iter().filter(|it| of(it) == group), ranking);
                }
            }
        }
        let sure = |it: &&Labelled| confident.get(&it.query).copied().unwrap_or(false);
        let (none, some): (Vec<_>, Vec<_>) = labelled.iter().partition(|it| it.relevant.is_empty());
        println!(
            "confident where nothing answers: {} of {}; where something does: {} of {}",
            none.iter().copied().filter(sure).count(),
            none.len(),
            some.iter().copied().filter(sure).count(),
            some.len()
        );
        if std::env::var_os("MISSES").is_some() {
            misses(labelled, &peers[0].1);
        }
    }
    Ok(())
}

fn line<'a>(name: &str, labelled: impl Iterator<Item = &'a Labelled>, ranking: &Ranking) {
    let figures: Vec<Figures> = labelled
        .filter(|it| !it.relevant.is_empty())
        .map(|it| measures::of(ranking.get(&it.query).map_or(&[], Vec::as_slice), &it.relevant))
        .collect();
    let columns = [|it: &Figures| it.ndcg, |it: &Figures| it.first, |it: &Figures| it.third].map(|of| {
        let values: Vec<f64> = figures.iter().map(of).collect();
        let (mean, low, high) = measures::interval(&values);
        format!("{mean:.3} [{low:.2}, {high:.2}]")
    });
    println!("{name:<28} {:>17} {:>17} {:>17}", columns[0], columns[1], columns[2]);
}

/// The queries whose first three results answer nothing, for whoever mends that.
fn misses(labelled: &[Labelled], ranking: &Ranking) {
    for it in labelled.iter().filter(|it| !it.relevant.is_empty()) {
        let found = ranking.get(&it.query).map_or(&[][..], Vec::as_slice);
        if measures::of(found, &it.relevant).third < 1.0 {
            let wanted: Vec<&str> =
                it.relevant.iter().filter(|it| it.1 > 1).map(|it| it.0.as_str()).collect();
            println!(
                "  {} | {}\n    found {:?}\n    wanted {wanted:?}",
                it.kind,
                it.query,
                &found[..found.len().min(4)]
            );
        }
    }
}

fn ranking_of(text: &str) -> Ranking {
    let line = |line: &str| {
        let mut parts = line.split('\t').map(str::to_owned);
        Some((parts.next()?, parts.collect()))
    };
    text.lines().filter_map(line).collect()
}
