//! A process that writes is killed again and again. Nothing that it was told is done is lost, nothing is there by half, and the hub opens.
//!
//! `OTSUPPORT_KILLS` says how often (`make soak`: 2,000), `OTSUPPORT_SEED` repeats a run's choices.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use otsupport_core::SupportHub;
use otsupport_tests::family::{Act, Holding, KEY_FILE, STRATEGIES, open};
use otsupport_tests::generated_bank;
use otsupport_tests::seeded::Seeded;
use rusqlite::Connection;
use tempfile::TempDir;

/// So many kills on one folder, then a new one: first starts are killed too.
const KILLS_PER_FOLDER: usize = 12;

/// What a run of the writer told before it was killed.
#[derive(Default)]
struct Told {
    opened: bool,
    done: Vec<Act>,
    in_flight: Option<Act>,
}

/// A phone that somebody keeps pulling the battery out of.
struct Phone {
    folder: TempDir,
    holding: Holding,
}

impl Phone {
    /// A new phone, or one of a family that has used the first release.
    fn new(of_first_release: bool) -> Self {
        let phone = Self { folder: tempfile::tempdir().unwrap(), holding: Holding::default() };
        if !of_first_release {
            return phone;
        }
        let dump = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/schema/family-1.sql");
        let old = Connection::open(phone.path().join("family.db")).unwrap();
        old.execute_batch(&fs::read_to_string(dump).unwrap()).unwrap();
        // Its bank came from another hub; this family trusts none yet.
        old.execute("DELETE FROM floor", []).unwrap();
        old.close().unwrap();
        fs::write(phone.path().join(KEY_FILE), [7; 32]).unwrap();
        let shelf = ["seam-free-socks", "pedals-off"].map(str::to_owned).to_vec();
        Self { holding: Holding { shelf, ..Holding::default() }, ..phone }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn key(&self) -> PathBuf {
        self.path().join(KEY_FILE)
    }
}

/// Lets the writer run in the phone's folder, and kills it: after a moment, or a moment after it began its n-th act.
fn run_and_kill(phone: &Phone, site: &Path, starts_afresh: bool, seeded: &mut Seeded) -> Told {
    let mut writer = Command::new(env!("CARGO_BIN_EXE_family_writer"))
        .arg(phone.path())
        .arg(site)
        .arg(seeded.number().to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(writer.stdout.take().unwrap());
    let mut told = Told::default();
    let mut hear = |told: &mut Told| {
        let mut line = String::new();
        let read = lines.read_line(&mut line).unwrap();
        match line.trim_end().split_once(' ') {
            // Cut short: as good as not said.
            _ if !line.ends_with('\n') => {}
            Some(("begin", act)) => told.in_flight = Some(serde_json::from_str(act).unwrap()),
            _ if line == "open\n" => told.opened = true,
            _ if line == "acknowledged\n" => told.done.extend(told.in_flight.take()),
            _ => panic!("the writer said {line:?}"),
        }
        read > 0
    };
    // A third of the kills fall while the process starts and opens the hub.
    let begun = if seeded.once_in(3) { 0 } else { 1 + seeded.below(if starts_afresh { 1 } else { 24 }) };
    let count = |told: &Told| told.done.len() + usize::from(told.in_flight.is_some());
    while count(&told) < begun && hear(&mut told) {}
    // Short moments as often as long ones.
    let longest = [200, 2_000, 20_000, 60_000][seeded.below(4)];
    std::thread::sleep(Duration::from_micros(seeded.below(longest) as u64));
    writer.kill().unwrap();
    while hear(&mut told) {}
    let output = writer.wait_with_output().unwrap();
    assert_eq!(output.status.code(), None, "it ended by itself: {}", String::from_utf8_lossy(&output.stderr));
    told
}

/// The hub in this folder, which must open without anything to mend.
fn opened(folder: &Path, site: &Path, scene: &str) -> SupportHub {
    let hub = open(folder, site).unwrap_or_else(|error| panic!("it does not open: {error}: {scene}"));
    assert_eq!(hub.mended(), [], "{scene}");
    assert_eq!(hub.storage().unwrap().unreadable, 0, "{scene}");
    hub
}

/// The files that were set aside.
fn aside(folder: &Path) -> Vec<PathBuf> {
    let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    let files = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    let is_aside = |it: &str| it.starts_with("family.db.") && !it.ends_with("-wal") && !it.ends_with("-shm");
    files.filter(|path| is_aside(&name(path))).collect()
}

/// What the file that was set aside holds, opened with the key that was lost; none for one of an older key.
fn set_aside(file: &Path, key: &[u8], site: &Path, scene: &str) -> Option<Holding> {
    let folder = tempfile::tempdir().unwrap();
    for end in ["", "-wal"] {
        let from = format!("{}{end}", file.display());
        if Path::new(&from).exists() {
            fs::copy(from, folder.path().join(format!("family.db{end}"))).unwrap();
        }
    }
    fs::write(folder.path().join(KEY_FILE), key).unwrap();
    let hub = opened(folder.path(), site, scene);
    hub.locked().is_none().then(|| Holding::of(&hub).unwrap())
}

/// Opens what the kill left and holds it against what was told. The phone then has what is there.
fn check(phone: &mut Phone, told: &Told, lost: Option<&[u8]>, site: &Path, scene: &str) {
    let before = phone.holding.clone();
    let done = told.done.iter().fold(before.clone(), |holding, act| holding.after(act));
    let mut allowed = vec![done.clone()];
    allowed.extend(told.in_flight.iter().map(|act| done.after(act)));
    let mut hub = opened(phone.path(), site, scene);
    if let Some(key) = lost {
        let afresh = told.done.first() == Some(&Act::StartAfresh);
        if hub.locked().is_some() {
            assert!(!afresh, "it began afresh, and is locked: {scene}");
            hub.close();
            fs::write(phone.key(), key).unwrap();
            hub = opened(phone.path(), site, scene);
            allowed = vec![before];
        } else if !told.done.contains(&Act::Erase) && told.in_flight != Some(Act::Erase) {
            let files = aside(phone.path());
            let mut kept = files.iter().filter_map(|it| set_aside(it, key, site, scene));
            assert!(kept.any(|it| it == before), "it began afresh and did not keep {before:#?}: {scene}");
        }
    }
    assert_eq!(hub.locked(), None, "{scene}");
    let here = Holding::of(&hub).unwrap_or_else(|error| panic!("{error}: {scene}"));
    assert!(allowed.contains(&here), "{scene}\nwhat is here: {here:#?}\nwhat may be: {allowed:#?}");
    hub.close();
    phone.holding = here;
}

#[test]
fn a_kill_at_any_moment_loses_nothing_that_was_done_and_leaves_nothing_half_done() {
    let kills: usize = std::env::var("OTSUPPORT_KILLS").map_or(300, |it| it.parse().unwrap());
    let mut seeded = Seeded::from_environment();
    let seed = seeded.0;
    say(&format!("killed: {kills} kills to come, OTSUPPORT_SEED={seed}"));
    let began = Instant::now();
    let bank = tempfile::tempdir().unwrap();
    let site = generated_bank::publish(bank.path(), STRATEGIES, 1).unwrap().folder;
    let mut phone = Phone::new(false);
    let (mut acknowledged, mut fell) = (0, BTreeMap::<String, usize>::new());
    for kill in 0..kills {
        if kill % KILLS_PER_FOLDER == 0 {
            phone = Phone::new(kill / KILLS_PER_FOLDER % 3 == 1);
        }
        let lose = phone.holding != Holding::default() && seeded.once_in(10);
        let lost = lose.then(|| fs::read(phone.key()).unwrap());
        if lose {
            fs::remove_file(phone.key()).unwrap();
        }
        let told = run_and_kill(&phone, &site, lose, &mut seeded);
        let last = told.done.last();
        let scene = format!(
            "kill {kill} of seed {seed}, key lost: {lose}, opened: {}, done {}: last {last:?}, in flight: {:?}",
            told.opened,
            told.done.len(),
            told.in_flight
        );
        check(&mut phone, &told, lost.as_deref(), &site, &scene);
        acknowledged += told.done.len();
        let within = told.in_flight.as_ref().map(|it| format!("within {}", it.kind()));
        let between = if told.opened { "between two acts" } else { "while opening" };
        *fell.entry(within.unwrap_or_else(|| between.to_owned())).or_default() += 1;
    }
    let fell_within: usize = fell.iter().filter(|it| it.0.starts_with("within")).map(|it| it.1).sum();
    say(&format!(
        "killed: {kills} kills, {acknowledged} acknowledged acts, {:.0?}, OTSUPPORT_SEED={seed}; they fell {fell:?}",
        began.elapsed()
    ));
    assert!(kills < 100 || fell_within > kills / 4, "the kills miss the writes: {fell:?}");
}

/// Says it whether or not the test passes: what `print!` says of a test that passes is not shown.
#[allow(clippy::explicit_write)]
fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").unwrap();
}
