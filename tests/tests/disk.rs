//! What was said to be done is on disk. A full disk, a folder that cannot be written, a file that another program holds: a typed error,
//! and everything from before is whole.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use otsupport_core::platform::FileKey;
use otsupport_core::strategies::{Search, SignpostRequest, VariantChoice};
use otsupport_core::{HubError, SupportHub};
use otsupport_tests::family::{
    Act, Holding, KEY_FILE, Line, Person, Plan, STRATEGIES, copy, open, open_with,
};
use otsupport_tests::site::{self, MORNING};
use otsupport_tests::small_disk::SmallDisk;
use otsupport_tests::{generated_bank, program};
use rusqlite::Connection;
use tempfile::TempDir;

/// A family's data folder as it is when the app is closed, and the site that its bank came from.
struct Family {
    folder: TempDir,
    holding: Holding,
}

impl Family {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        generated_bank::publish(&folder.path().join("site"), STRATEGIES, 1).unwrap();
        let mut family = Self { folder, holding: Holding::default() };
        let hub = open(&family.data(), &family.site()).unwrap();
        for act in [
            Act::Save(strategies(&[0, 1, 2])),
            Act::List { name: "Mornings".to_owned(), items: strategies(&[2, 3]) },
            Act::Add(person("Bean")),
            Act::Add(person("Sprout")),
            Act::Choose(Some("Bean".to_owned())),
            Act::Try(plan(0)),
            Act::Log(line("it went well", Some("Bean"))),
            Act::Log(line("it did not", Some("Sprout"))),
            Act::Import(7),
        ] {
            act.perform(&hub).unwrap();
            family.holding = family.holding.after(&act);
        }
        assert_eq!(Holding::of(&hub).unwrap(), family.holding);
        hub.close();
        family
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn site(&self) -> PathBuf {
        self.folder.path().join("site")
    }

    /// Its data folder anew, at this place.
    fn put(&self, place: &Path) {
        if place.exists() {
            fs::remove_dir_all(place).unwrap();
        }
        site::copy(&self.data(), place).unwrap();
    }

    /// The terminal on the data in `data`.
    fn terminal(&self, data: &Path, arguments: &[&str]) -> Answer {
        let output = Command::new(program("otsupport"))
            .arg("--data")
            .arg(data)
            .args(["--now", MORNING])
            .args(arguments)
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Answer { code: output.status.code(), said: text(output.stdout), complained: text(output.stderr) }
    }
}

/// What the terminal answered.
#[derive(Debug)]
struct Answer {
    code: Option<i32>,
    said: String,
    complained: String,
}

impl Answer {
    /// A failure is one line that says what.
    fn is_refused(&self, words: &str) -> bool {
        self.code == Some(1) && self.complained.lines().count() == 1 && self.complained.contains(words)
    }
}

fn strategies(numbers: &[usize]) -> Vec<String> {
    numbers.iter().map(|it| format!("strategy-{it}")).collect()
}

fn person(nickname: &str) -> Person {
    Person { nickname: nickname.to_owned(), class: false, ages: Some((3, 6)), at_school: true }
}

fn plan(number: usize) -> Plan {
    Plan {
        item: format!("strategy-{number}"),
        nickname: Some("Bean".to_owned()),
        days: ["mon".to_owned(), "fri".to_owned()].into(),
    }
}

fn line(note: &str, nickname: Option<&str>) -> Line {
    Line {
        note: note.to_owned(),
        item: "strategy-1".to_owned(),
        nickname: nickname.map(str::to_owned),
        on: "2026-11-23".parse().unwrap(),
        result: "partly".to_owned(),
        who: "Mum".to_owned(),
    }
}

/// Every kind of write, for this family.
fn writes() -> Vec<Act> {
    let bean = || "Bean".to_owned();
    vec![
        Act::Save(strategies(&[5, 6, 7, 8, 9])),
        Act::Unsave(strategies(&[1, 2])),
        Act::Arrange(strategies(&[2])),
        Act::List { name: "Evenings".to_owned(), items: strategies(&[9, 8, 7, 6, 5]) },
        Act::Unlist("Mornings".to_owned()),
        Act::Add(person("Pea")),
        Act::Change { nickname: bean(), into: person("Runner") },
        Act::Remove { nickname: bean(), with_log: true },
        Act::Remove { nickname: bean(), with_log: false },
        Act::Choose(None),
        Act::Look { as_school: true },
        Act::Try(plan(3)),
        Act::Untry { item: "strategy-0".to_owned(), nickname: Some(bean()) },
        Act::Log(line(&"a long note ".repeat(100), None)),
        Act::ChangeLog { note: "it did not".to_owned(), into: line("it did after all", None) },
        Act::Unlog("it went well".to_owned()),
        Act::Import(8),
        Act::CopyKept,
        Act::ChangeKey,
        Act::Erase,
    ]
}

/// Nothing that a family needs waits for room, or for another program: all that is read of the bank.
fn bank_works(hub: &SupportHub) -> Result<(), HubError> {
    let first = "strategy-0".parse().unwrap();
    assert_eq!(hub.topics()?.len(), 24);
    assert!(
        hub.search(&Search { words: "she cant breathe".to_owned(), ..Search::default() })?.help.is_some()
    );
    assert_eq!(hub.show(&first, &VariantChoice::default())?.id, first);
    let site = "https://hub.example".to_owned();
    hub.signpost(&SignpostRequest { items: vec![first], site, ..SignpostRequest::default() }).map(drop)
}

fn code(result: Result<(), HubError>) -> String {
    result.map_or_else(|error| error.code().to_owned(), |()| "done".to_owned())
}

#[test]
fn a_full_disk_refuses_each_write_and_loses_nothing() {
    let Some(disk) = SmallDisk::new() else { return };
    let family = Family::new();
    let data = disk.path().join("data");
    let mut misfits = Vec::new();
    for act in writes() {
        let kind = act.kind();
        family.put(&data);
        let hub = open(&data, &family.site()).unwrap();
        disk.fill().unwrap();
        let refused = code(act.perform(&hub));
        // A keystore that has no room keeps no new key.
        let expected: &[&str] = match act {
            Act::ChangeKey => &["storage-full", "key-unavailable"],
            _ => &["storage-full"],
        };
        if !expected.contains(&refused.as_str()) {
            misfits.push(format!("{kind} on a full disk: {refused}"));
        }
        if let Err(error) = bank_works(&hub) {
            misfits.push(format!("the bank after {kind} on a full disk: {error:?}"));
        }
        let whole = |hub: &SupportHub| Holding::of(hub).is_ok_and(|it| it == family.holding);
        // What is half erased is erased again; everything else is as if it had not been tried.
        if act != Act::Erase && !whole(&hub) {
            misfits.push(format!("after {kind}, on the full disk: {:?}", Holding::of(&hub)));
        }
        disk.make_room().unwrap();
        if act != Act::Erase && !whole(&hub) {
            misfits.push(format!("after {kind}, with room again: {:?}", Holding::of(&hub)));
        }
        let done = code(act.perform(&hub));
        hub.close();
        let here = open(&data, &family.site()).map(|it| Holding::of(&it).unwrap());
        if done != "done" || !here.as_ref().is_ok_and(|it| *it == family.holding.after(&act)) {
            misfits.push(format!("{kind} with room again: {done}, {here:?}"));
        }
    }
    assert!(misfits.is_empty(), "{misfits:#?}");
}

/// The keys are elsewhere, as on a phone, so the change itself is what finds no room.
#[test]
fn a_change_of_keys_that_finds_no_room_leaves_everything_under_the_old_key() {
    let Some(disk) = SmallDisk::new() else { return };
    let family = Family::new();
    let (data, key) = (disk.path().join("data"), family.folder.path().join("elsewhere.key"));
    family.put(&data);
    fs::copy(data.join(KEY_FILE), &key).unwrap();
    fs::remove_file(data.join(KEY_FILE)).unwrap();
    let old = fs::read(&key).unwrap();
    let open = || open_with(&data, &family.site(), Arc::new(FileKey(key.clone()))).unwrap();
    let hub = open();
    disk.fill().unwrap();
    assert_eq!(code(hub.change_key()), "storage-full");
    assert_eq!(Holding::of(&hub).unwrap(), family.holding);
    hub.close();
    disk.make_room().unwrap();
    let hub = open();
    assert_eq!((hub.locked(), hub.mended()), (None, &[][..]));
    assert_eq!(Holding::of(&hub).unwrap(), family.holding);
    assert_eq!(code(hub.change_key()), "done");
    assert_eq!(Holding::of(&hub).unwrap(), family.holding);
    let new = fs::read(&key).unwrap();
    assert_eq!(new.len(), 32, "the keystore forgot the keys that open nothing");
    assert!(new != old);
}

/// Beginning afresh needs room: without it the old file stays where it is, and the right key still opens it.
#[test]
fn a_start_afresh_that_finds_no_room_leaves_the_old_file() {
    let Some(disk) = SmallDisk::new() else { return };
    let family = Family::new();
    let data = disk.path().join("data");
    family.put(&data);
    let key = fs::read(data.join(KEY_FILE)).unwrap();
    fs::remove_file(data.join(KEY_FILE)).unwrap();
    let hub = open(&data, &family.site()).unwrap();
    disk.fill().unwrap();
    let refused = code(hub.start_afresh().map(drop));
    assert!(["storage-full", "key-unavailable"].contains(&refused.as_str()), "{refused}");
    bank_works(&hub).unwrap();
    hub.close();
    disk.make_room().unwrap();
    fs::write(data.join(KEY_FILE), &key).unwrap();
    let hub = open(&data, &family.site()).unwrap();
    assert_eq!((hub.locked(), hub.mended()), (None, &[][..]));
    assert_eq!(Holding::of(&hub).unwrap(), family.holding);
}

/// The commands that write, as far as they need no ids that the hub drew.
const COMMANDS: [&[&str]; 15] = [
    &["save", "strategy-5", "strategy-6"],
    &["unsave", "strategy-1"],
    &["arrange", "strategy-2"],
    &["list", "Evenings", "strategy-9", "strategy-8"],
    &["unlist", "Mornings"],
    &["profile", "add", "Pea"],
    &["profile", "change", "Sprout", "--rename", "Runner"],
    &["profile", "choose"],
    &["view", "school"],
    &["media", "--keep", "saved", "--budget", "5"],
    &["try", "strategy-3", "--days", "mon"],
    &["untry", "strategy-0", "--profile", "Bean"],
    &["profile", "remove", "Bean"],
    &["log", "strategy-1", "--result", "helped", "--note", "fine"],
    &["change-key"],
];

/// The commands that a family needs whatever became of its own data.
const READING: [&[&str]; 5] = [
    &["search", "she", "cant", "breathe"],
    &["topics"],
    &["browse", "--limit", "3"],
    &["show", "strategy-0"],
    &["--hub", "https://hub.example", "signpost", "strategy-0"],
];

/// An app that starts on a full disk is an app too: the files of the last start are folded in and gone.
#[test]
fn the_terminal_reads_searches_and_helps_on_a_full_disk() {
    let Some(disk) = SmallDisk::new() else { return };
    let family = Family::new();
    let data = disk.path().join("data");
    family.put(&data);
    disk.fill().unwrap();
    let answers = READING.map(|arguments| (arguments, family.terminal(&data, arguments)));
    let misfits: Vec<_> = answers.iter().filter(|it| it.1.code != Some(0) || it.1.said.is_empty()).collect();
    assert!(misfits.is_empty(), "{misfits:#?}");
}

#[test]
fn the_terminal_says_of_each_write_that_the_disk_is_full() {
    let Some(disk) = SmallDisk::new() else { return };
    let family = Family::new();
    let data = disk.path().join("data");
    family.put(&data);
    let more = family.folder.path().join("more");
    fs::write(&more, copy(8).to_string()).unwrap();
    let import = ["import", more.to_str().unwrap()];
    let commands = || COMMANDS.into_iter().chain([&import[..]]);
    disk.fill().unwrap();
    let mut misfits = Vec::new();
    for arguments in commands() {
        let answer = family.terminal(&data, arguments);
        let no_new_key = arguments == ["change-key"] && answer.code == Some(1);
        if !answer.is_refused("full") && !no_new_key {
            misfits.push(format!("{arguments:?}: {answer:?}"));
        }
    }
    disk.make_room().unwrap();
    let hub = open(&data, &family.site()).unwrap();
    assert_eq!((hub.mended(), hub.locked()), (&[][..], None));
    assert_eq!(Holding::of(&hub).unwrap(), family.holding);
    hub.close();
    for arguments in commands() {
        let answer = family.terminal(&data, arguments);
        if answer.code != Some(0) {
            misfits.push(format!("{arguments:?} with room again: {answer:?}"));
        }
    }
    assert!(misfits.is_empty(), "{misfits:#?}");
}

/// An export that found no room is no safety copy, by half or in the hub's notes.
#[test]
fn an_export_onto_a_full_disk_leaves_no_file_and_is_no_copy() {
    let Some(disk) = SmallDisk::new() else { return };
    let family = Family::new();
    let secret = family.folder.path().join("secret");
    fs::write(&secret, "a long enough passphrase").unwrap();
    let target = disk.path().join("copy");
    disk.fill().unwrap();
    for way in [&["--passphrase-file", secret.to_str().unwrap()][..], &["--plain"]] {
        let arguments = [&["--json", "export", target.to_str().unwrap()], way].concat();
        let answer = family.terminal(&family.data(), &arguments);
        assert_eq!(answer.code, Some(1), "{answer:?}");
        assert!(answer.complained.contains("full"), "{answer:?}");
        let left: Vec<_> = fs::read_dir(disk.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
        assert_eq!(left, ["filling"], "{way:?}");
    }
    let kept = |family: &Family| {
        let hub = open(&family.data(), &family.site()).unwrap();
        hub.storage().unwrap().copy_kept_at
    };
    assert_eq!(kept(&family), None);
    disk.make_room().unwrap();
    let sealed = ["export", target.to_str().unwrap(), "--passphrase-file", secret.to_str().unwrap()];
    assert_eq!(family.terminal(&family.data(), &sealed).code, Some(0));
    assert!(kept(&family).is_some());
}

/// Whatever an export needs on its way, it takes the place of nothing.
#[test]
fn an_export_writes_over_no_file_that_is_there() {
    let family = Family::new();
    let out = family.folder.path().join("out");
    fs::create_dir(&out).unwrap();
    let copy = out.join("copy");
    for name in ["copy.part", "copy.new", "copy.tmp", "copy~"] {
        fs::write(out.join(name), name).unwrap();
    }
    assert_eq!(family.terminal(&family.data(), &["export", copy.to_str().unwrap(), "--plain"]).code, Some(0));
    let first = fs::read(&copy).unwrap();
    let answer = family.terminal(&family.data(), &["export", copy.to_str().unwrap(), "--plain"]);
    assert_eq!(answer.code, Some(1), "{answer:?}");
    assert!(fs::read(&copy).unwrap() == first);
    for name in ["copy.part", "copy.new", "copy.tmp", "copy~"] {
        assert_eq!(fs::read_to_string(out.join(name)).ok().as_deref(), Some(name), "{name} was somebody's");
    }
}

/// Who has no room left saves a copy on another disk: that must work, or leave nothing that looks like one.
#[test]
fn an_export_from_a_full_disk_is_whole_or_is_not_there() {
    let Some(disk) = SmallDisk::new() else { return };
    let family = Family::new();
    let data = disk.path().join("data");
    family.put(&data);
    disk.fill().unwrap();
    let [target, secret] = ["copy", "secret"].map(|it| family.folder.path().join(it));
    fs::write(&secret, "a long enough passphrase").unwrap();
    let plain = family.folder.path().join("plain");
    let answer = family.terminal(&data, &["--json", "export", plain.to_str().unwrap(), "--plain"]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    let sealed = ["export", target.to_str().unwrap(), "--passphrase-file", secret.to_str().unwrap()];
    let answer = family.terminal(&data, &sealed);
    if target.exists() {
        let hub = open(&family.folder.path().join("other"), &family.site()).unwrap();
        hub.import(&fs::read(&target).unwrap(), Some("a long enough passphrase")).unwrap();
        assert_eq!(Holding::of(&hub).unwrap(), family.holding);
        assert_eq!(answer.code, Some(0), "there is a whole copy, and it says: {answer:?}");
    } else {
        assert!(answer.is_refused("full"), "{answer:?}");
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_told_and_loses_nothing() {
    let Some(disk) = SmallDisk::new() else { return };
    let family = Family::new();
    let data = disk.path().join("data");
    family.put(&data);
    disk.set_read_only(true).unwrap();
    let mut misfits = Vec::new();
    for arguments in COMMANDS.into_iter().chain([&["erase", "--yes"][..]]) {
        let answer = family.terminal(&data, arguments);
        let no_new_key = arguments == ["change-key"] && answer.code == Some(1);
        if !answer.is_refused("cannot be written") && !no_new_key {
            misfits.push(format!("{arguments:?}: {answer:?}"));
        }
    }
    for arguments in READING {
        let answer = family.terminal(&data, arguments);
        if answer.code != Some(0) && !answer.is_refused("cannot be written") {
            misfits.push(format!("{arguments:?}: {answer:?}"));
        }
    }
    if let Err(error) = open(&data, &family.site())
        && error.code() != "storage-read-only"
    {
        misfits.push(format!("opening: {error:?}"));
    }
    disk.set_read_only(false).unwrap();
    let hub = open(&data, &family.site()).unwrap();
    assert_eq!((hub.mended(), hub.locked()), (&[][..], None));
    assert_eq!(Holding::of(&hub).unwrap(), family.holding);
    assert!(misfits.is_empty(), "{misfits:#?}");
}

/// A locked family on a folder that cannot be written: beginning afresh is refused, and the key still opens.
#[test]
fn a_start_afresh_in_a_folder_that_cannot_be_written_leaves_the_old_file() {
    let Some(disk) = SmallDisk::new() else { return };
    let family = Family::new();
    let data = disk.path().join("data");
    family.put(&data);
    let key = fs::read(data.join(KEY_FILE)).unwrap();
    fs::remove_file(data.join(KEY_FILE)).unwrap();
    disk.set_read_only(true).unwrap();
    let answer = family.terminal(&data, &["start-afresh"]);
    assert!(answer.code == Some(1) && answer.complained.lines().count() == 1, "{answer:?}");
    disk.set_read_only(false).unwrap();
    fs::write(data.join(KEY_FILE), key).unwrap();
    let hub = open(&data, &family.site()).unwrap();
    assert_eq!(Holding::of(&hub).unwrap(), family.holding);
}

/// How another program may hold the family's database.
const HOLDS: [(&str, &str); 2] = [
    ("writing", "BEGIN EXCLUSIVE"),
    ("alone", "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; PRAGMA application_id = 7; COMMIT"),
];

#[test]
fn a_file_that_another_program_holds_is_told_within_seconds_and_the_bank_works_meanwhile() {
    let family = Family::new();
    for (how, sql) in HOLDS {
        std::thread::scope(|scope| {
            let mut running = Vec::new();
            // Each waits for its own file, all at the same time.
            for act in writes() {
                let family = &family;
                running.push(scope.spawn(move || {
                    let folder = tempfile::tempdir().unwrap();
                    let data = folder.path().join("data");
                    family.put(&data);
                    // A program that holds it alone lets nobody else have it open: this one comes after that.
                    let hub = (how == "writing").then(|| open(&data, &family.site()).unwrap());
                    let other = Connection::open(data.join("family.db")).unwrap();
                    other.execute_batch(sql).unwrap();
                    let began = Instant::now();
                    let kind = act.kind();
                    let mut misfits = Vec::new();
                    let refused = match &hub {
                        Some(hub) => code(act.perform(hub)),
                        None => code(open(&data, &family.site()).and_then(|hub| act.perform(&hub))),
                    };
                    let (refused_after, limit) = (began.elapsed(), Duration::from_secs(9));
                    if refused != "storage-busy" || refused_after > limit {
                        misfits.push(format!("{kind}, held {how}: {refused} after {refused_after:?}"));
                    }
                    if let Some(hub) = &hub {
                        let began = Instant::now();
                        bank_works(hub).unwrap();
                        if began.elapsed() > Duration::from_secs(2) {
                            misfits.push(format!("the bank, held {how}, took {:?}", began.elapsed()));
                        }
                        if Holding::of(hub).unwrap() != family.holding {
                            misfits.push(format!("after {kind}, held {how}: {:?}", Holding::of(hub)));
                        }
                    }
                    drop(other);
                    let hub = hub.unwrap_or_else(|| open(&data, &family.site()).unwrap());
                    if act != Act::Erase && Holding::of(&hub).unwrap() != family.holding {
                        misfits.push(format!("after {kind}, held {how} no more: {:?}", Holding::of(&hub)));
                    }
                    let done = code(act.perform(&hub));
                    hub.close();
                    let hub = open(&data, &family.site()).unwrap();
                    if done != "done" || Holding::of(&hub).unwrap() != family.holding.after(&act) {
                        misfits.push(format!("{kind}, held {how} no more: {done}"));
                    }
                    misfits
                }));
            }
            let misfits: Vec<String> = running.into_iter().flat_map(|it| it.join().unwrap()).collect();
            assert!(misfits.is_empty(), "{misfits:#?}");
        });
    }
}

#[test]
fn the_terminal_reads_the_bank_while_another_program_writes() {
    let family = Family::new();
    let other = Connection::open(family.data().join("family.db")).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    for arguments in READING {
        let answer = family.terminal(&family.data(), arguments);
        assert!(answer.code == Some(0) && !answer.said.is_empty(), "{arguments:?}: {answer:?}");
    }
    let answer = family.terminal(&family.data(), &["save", "strategy-5"]);
    assert!(answer.is_refused("another program"), "{answer:?}");
    assert!(!fs::read(family.data().join(KEY_FILE)).unwrap().is_empty());
}
