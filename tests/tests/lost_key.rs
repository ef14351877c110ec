//! A key that is lost, wrong, cut short, changed by half, or changed by another program: the bank works, nothing is lost, and nothing
//! is ever sealed under a key that is gone.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;

use otsupport_core::platform::{KeyFault, KeyStore};
use otsupport_core::strategies::{Search, VariantChoice};
use otsupport_core::{FamilyKey, HubError, Locked, SupportHub};
use otsupport_tests::family::{Act, Holding, KEY_FILE, Line, Person, STRATEGIES, open, open_with};
use otsupport_tests::site::MORNING;
use otsupport_tests::{generated_bank, program};
use serde_json::Value;
use tempfile::TempDir;

/// A data folder and the site that its bank came from.
struct Family {
    folder: TempDir,
    holding: Holding,
}

impl Family {
    /// A phone on which nothing was opened yet.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        generated_bank::publish(&folder.path().join("site"), STRATEGIES, 1).unwrap();
        Self { folder, holding: Holding::default() }
    }

    /// One that holds something, and is closed.
    fn with_something() -> Self {
        let mut family = Self::new();
        let hub = family.open();
        family.fill(&hub);
        hub.close();
        family
    }

    fn fill(&mut self, hub: &SupportHub) {
        for act in [
            Act::Save(vec!["strategy-1".to_owned(), "strategy-2".to_owned()]),
            Act::List { name: "Mornings".to_owned(), items: vec!["strategy-3".to_owned()] },
            Act::Add(Person { nickname: "Bean".to_owned(), class: false, ages: None, at_school: false }),
            log("it went well"),
            Act::Import(7),
        ] {
            act.perform(hub).unwrap();
            self.holding = self.holding.after(&act);
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn site(&self) -> PathBuf {
        self.folder.path().join("site")
    }

    fn key(&self) -> PathBuf {
        self.data().join(KEY_FILE)
    }

    fn open(&self) -> SupportHub {
        open(&self.data(), &self.site()).unwrap()
    }

    fn open_with(&self, keys: &Arc<Keystore>) -> SupportHub {
        open_with(&self.data(), &self.site(), keys.clone()).unwrap()
    }

    /// Every file whose name begins so, and what it holds.
    fn files(&self, name: &str) -> Vec<(String, Vec<u8>)> {
        let files = fs::read_dir(self.data()).unwrap().map(|it| it.unwrap().path());
        let mut named: Vec<_> = files
            .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), path))
            .filter(|it| it.0.starts_with(name))
            .map(|it| (it.0, fs::read(it.1).unwrap()))
            .collect();
        named.sort();
        named
    }

    fn terminal(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(program("otsupport"));
        command.arg("--data").arg(self.data()).args(["--now", MORNING]).args(arguments).output().unwrap()
    }

    /// Leaves no key, or these bytes in its place.
    fn lose_key(&self, bytes: Option<&[u8]>) {
        fs::remove_file(self.key()).unwrap();
        if let Some(bytes) = bytes {
            fs::write(self.key(), bytes).unwrap();
        }
    }

    /// A command that must be refused with one line that says what to do.
    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.terminal(arguments);
        let line = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {line}");
        assert_eq!(line.lines().count(), 1, "{arguments:?}: {line}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        line
    }

    /// A command that must work.
    fn done(&self, arguments: &[&str]) -> String {
        let output = self.terminal(arguments);
        let complained = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {complained}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Everything is here, opens, and has nothing to mend.
    fn is_whole(&self, hub: &SupportHub, scene: &str) {
        assert_eq!((hub.locked(), hub.mended()), (None, &[][..]), "{scene}");
        assert_eq!(hub.storage().unwrap().unreadable, 0, "{scene}");
        assert_eq!(Holding::of(hub).unwrap(), self.holding, "{scene}");
    }
}

fn log(note: &str) -> Act {
    Act::Log(Line {
        note: note.to_owned(),
        item: "strategy-1".to_owned(),
        nickname: None,
        on: "2026-11-23".parse().unwrap(),
        result: "helped".to_owned(),
        who: "Mum".to_owned(),
    })
}

fn code<T>(result: Result<T, HubError>) -> String {
    result.map_or_else(|error| error.code().to_owned(), |_| "done".to_owned())
}

/// Commands that need nothing of the family's.
const READING: [&[&str]; 5] = [
    &["search", "she", "cant", "breathe"],
    &["topics"],
    &["browse", "--limit", "3"],
    &["show", "strategy-0"],
    &["--hub", "https://hub.example", "signpost", "strategy-0"],
];

/// Commands that need what is locked.
const KEEPING: [&[&str]; 15] = [
    &["saved"],
    &["save", "strategy-5"],
    &["unsave", "strategy-1"],
    &["lists"],
    &["list", "Evenings", "strategy-5"],
    &["profiles"],
    &["profile", "add", "Pea"],
    &["try", "strategy-3", "--days", "mon"],
    &["week"],
    &["log", "strategy-1", "--result", "helped"],
    &["record"],
    &["record", "--format", "csv"],
    &["view", "school"],
    &["export", "/tmp/otsupport-no-such-folder/copy", "--plain"],
    &["import", "COPY"],
];

/// What may happen to the key, and what is then said.
const LOSSES: [(&str, Option<&[u8]>, Locked); 6] = [
    ("removed", None, Locked::KeyUnavailable),
    ("emptied", Some(b""), Locked::KeyUnavailable),
    ("cut short", Some(&[5; 31]), Locked::KeyUnavailable),
    ("longer", Some(&[5; 33]), Locked::KeyUnavailable),
    ("another", Some(&[5; 32]), Locked::WrongKey),
    ("two others", Some(&[5; 64]), Locked::WrongKey),
];

#[test]
fn without_its_key_the_bank_works_the_rest_is_locked_and_the_right_key_opens_it_again() {
    let family = Family::with_something();
    let key = fs::read(family.key()).unwrap();
    let copy = family.folder.path().join("copy");
    fs::write(&copy, otsupport_tests::family::copy(8).to_string()).unwrap();
    for (what, bytes, locked) in LOSSES {
        family.lose_key(bytes);
        let before = family.files("family.db");
        for arguments in READING {
            assert!(!family.done(arguments).is_empty(), "{what}: {arguments:?}");
        }
        for arguments in KEEPING {
            let arguments: Vec<&str> =
                arguments.iter().map(|it| if *it == "COPY" { copy.to_str().unwrap() } else { it }).collect();
            let line = family.refused(&arguments);
            assert!(line.contains("family.key") && line.contains("start-afresh"), "{what}: {line}");
        }
        let hub = family.open();
        assert_eq!(hub.locked(), Some(locked), "{what}");
        let expected = if locked == Locked::WrongKey { "wrong-key" } else { "key-unavailable" };
        assert_eq!(code(hub.saved()), expected, "{what}");
        assert_eq!(code(hub.plain_copy()), expected, "{what}");
        assert_eq!(code(hub.unlock()), expected, "{what}");
        assert_eq!(hub.storage().unwrap().locked, Some(locked), "{what}");
        assert!(!hub.topics().unwrap().is_empty());
        assert!(hub.search(&Search { words: "she cant breathe".to_owned(), ..Search::default() }).is_ok());
        assert!(hub.show(&"strategy-0".parse().unwrap(), &VariantChoice::default()).is_ok());
        hub.close();
        // Nothing was made in place of the key, and nothing written under another one.
        assert_eq!(fs::read(family.key()).ok().as_deref(), bytes, "{what}");
        assert!(family.files("family.db") == before, "{what}");
        let hub = family.open();
        fs::write(family.key(), &key).unwrap();
        hub.unlock().unwrap();
        family.is_whole(&hub, what);
        hub.close();
        family.is_whole(&family.open(), what);
    }
}

#[test]
fn a_change_of_keys_without_the_key_is_refused_and_makes_none() {
    for (what, bytes, _) in LOSSES {
        let family = Family::with_something();
        family.lose_key(bytes);
        let before = family.files(KEY_FILE);
        for _ in 0..2 {
            assert!(family.refused(&["change-key"]).contains("start-afresh"), "{what}");
        }
        assert!(
            family.files(KEY_FILE) == before,
            "{what}: the key file was {before:?}, is {:?}",
            family.files(KEY_FILE)
        );
    }
}

#[test]
fn after_a_start_afresh_without_a_key_a_copy_brings_everything_back() {
    a_copy_brings_everything_back_after_a_start_afresh("removed", None);
}

#[test]
fn after_a_start_afresh_with_another_key_a_copy_brings_everything_back() {
    a_copy_brings_everything_back_after_a_start_afresh("another", Some(&[5; 32]));
}

#[test]
fn after_a_start_afresh_with_a_key_file_that_is_no_key_a_copy_brings_everything_back() {
    for (what, length) in [("cut short", 31), ("longer", 33), ("emptied", 0)] {
        a_copy_brings_everything_back_after_a_start_afresh(what, Some(&[5; 33][..length]));
    }
}

/// The old file is kept, and whoever finds the key opens it.
fn a_copy_brings_everything_back_after_a_start_afresh(what: &str, bytes: Option<&[u8]>) {
    let family = Family::with_something();
    let key = fs::read(family.key()).unwrap();
    let [copy, secret] = ["copy", "secret"].map(|it| family.folder.path().join(it));
    let [copy, secret] = [&copy, &secret].map(|it| it.to_str().unwrap());
    fs::write(secret, "a long enough passphrase").unwrap();
    family.done(&["export", copy, "--passphrase-file", secret]);
    let old = family.files("family.db");
    family.lose_key(bytes);
    let answer: Value = serde_json::from_str(&family.done(&["--json", "start-afresh"])).unwrap();
    let kept = PathBuf::from(answer["kept"].as_str().unwrap());
    assert!(fs::read(&kept).unwrap() == old[0].1, "{what}: the old file is kept byte for byte");
    let hub = family.open();
    assert_eq!(hub.locked(), None, "{what}: it said that it began afresh");
    assert_eq!(Holding::of(&hub).unwrap(), Holding::default(), "{what}");
    assert!(hub.storage().unwrap().aside > 0, "{what}");
    assert!(!hub.topics().unwrap().is_empty(), "{what}: what was trusted is still trusted");
    hub.close();
    assert!(family.refused(&["start-afresh"]).contains("no need"), "{what}");
    // What was no whole key may be part of one: it is kept beside.
    let keys: Vec<u8> = family.files(KEY_FILE).into_iter().flat_map(|it| it.1).collect();
    let is_kept = |lost: &[u8]| lost.is_empty() || keys.windows(lost.len()).any(|it| it == lost);
    assert!(is_kept(bytes.unwrap_or_default()), "{what}: the old key file is lost");
    family.done(&["import", copy, "--passphrase-file", secret]);
    family.is_whole(&family.open(), what);
    // The key turned up: the old file opens with it, in a folder of its own. It knows that a copy was kept.
    let family = Family { holding: family.holding.after(&Act::CopyKept), ..family };
    let elsewhere = family.folder.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    fs::copy(&kept, elsewhere.join("family.db")).unwrap();
    fs::write(elsewhere.join(KEY_FILE), &key).unwrap();
    family.is_whole(&open(&elsewhere, &family.site()).unwrap(), what);
}

#[test]
fn a_family_that_never_wrote_anything_and_lost_its_key_can_still_begin() {
    let family = Family::new();
    family.open().close();
    let _ = fs::remove_file(family.key());
    let hub = family.open();
    if hub.locked().is_some() {
        hub.start_afresh().unwrap();
    }
    log("the first").perform(&hub).unwrap();
    hub.close();
    assert_eq!(Holding::of(&family.open()).unwrap(), Holding::default().after(&log("the first")));
}

/// Where a keystore stops, and how.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Stop {
    /// It says that it cannot, and did nothing.
    Refuse(&'static str),
    /// It did it, and then says that it could not.
    RefuseAfter(&'static str),
    /// The process ends before it does it.
    DieBefore(&'static str),
    /// The process ends after it did it.
    DieAfter(&'static str),
}

/// A phone's keystore, which outlives the process and stops where it is told to.
#[derive(Default)]
struct Keystore {
    keys: Mutex<Vec<FamilyKey>>,
    stop: Mutex<Option<Stop>>,
    meanwhile: Mutex<Option<(Moment, Meanwhile)>>,
}

/// Before or after a step of a keystore.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Moment {
    Before(&'static str),
    After(&'static str),
}

/// What another program does at that moment.
type Meanwhile = Box<dyn FnOnce() + Send>;

impl Keystore {
    fn does(&self, step: &'static str, work: impl FnOnce(&mut Vec<FamilyKey>)) -> Result<(), KeyFault> {
        let stop = *self.stop.lock().unwrap();
        match stop {
            Some(Stop::Refuse(at)) if at == step => return Err(KeyFault::Unavailable),
            Some(Stop::DieBefore(at)) if at == step => panic!("the process ends before {step}"),
            _ => {}
        }
        self.meanwhile(Moment::Before(step));
        work(&mut self.keys.lock().unwrap());
        self.meanwhile(Moment::After(step));
        match stop {
            Some(Stop::RefuseAfter(at)) if at == step => Err(KeyFault::Unavailable),
            Some(Stop::DieAfter(at)) if at == step => panic!("the process ends after {step}"),
            _ => Ok(()),
        }
    }

    /// Once only: what the other does may well come here again.
    fn meanwhile(&self, moment: Moment) {
        let mut waiting = self.meanwhile.lock().unwrap();
        let is_due = waiting.as_ref().is_some_and(|it| it.0 == moment);
        let due = if is_due { waiting.take() } else { None };
        drop(waiting);
        if let Some((_, work)) = due {
            work();
        }
    }

    fn stop_at(&self, stop: Option<Stop>) {
        *self.stop.lock().unwrap() = stop;
    }

    fn count(&self) -> usize {
        self.keys.lock().unwrap().len()
    }
}

impl KeyStore for Keystore {
    fn keys(&self) -> Result<Vec<FamilyKey>, KeyFault> {
        Ok(self.keys.lock().unwrap().clone())
    }

    fn add(&self, key: &FamilyKey) -> Result<(), KeyFault> {
        self.does("add", |keys| keys.insert(0, key.clone()))
    }

    fn retain(&self, key: &FamilyKey) -> Result<(), KeyFault> {
        self.does("retain", |keys| keys.retain(|it| it.as_bytes() == key.as_bytes()))
    }

    fn erase(&self) -> Result<(), KeyFault> {
        self.does("erase", Vec::clear)
    }
}

fn stops(step: &'static str) -> [Stop; 4] {
    [Stop::Refuse(step), Stop::RefuseAfter(step), Stop::DieBefore(step), Stop::DieAfter(step)]
}

/// Does it with a keystore that stops there. None if the process ended.
fn stopped<T>(
    keys: &Keystore,
    stop: Stop,
    work: impl FnOnce() -> Result<T, HubError>,
) -> Option<Result<T, HubError>> {
    keys.stop_at(Some(stop));
    let ended = catch_unwind(AssertUnwindSafe(work));
    keys.stop_at(None);
    ended.ok()
}

#[test]
fn a_change_of_keys_that_stops_between_its_steps_loses_nothing() {
    for stop in stops("add").into_iter().chain(stops("retain")) {
        let scene = format!("{stop:?}");
        let (mut family, keys) = (Family::new(), Arc::new(Keystore::default()));
        let hub = family.open_with(&keys);
        family.fill(&hub);
        let changed = stopped(&keys, stop, || hub.change_key());
        if matches!(stop, Stop::Refuse("add") | Stop::RefuseAfter("add")) {
            assert_eq!(changed.clone().map(code), Some("key-unavailable".to_owned()), "{scene}");
        }
        // An app that was only refused goes on with the hub that it has.
        if changed.is_some() {
            family.is_whole(&hub, &scene);
            let after = log("after the change");
            after.perform(&hub).unwrap();
            family.holding = family.holding.after(&after);
            hub.close();
        }
        drop(hub);
        let hub = family.open_with(&keys);
        family.is_whole(&hub, &scene);
        let more = log("after opening again");
        more.perform(&hub).unwrap();
        family.holding = family.holding.after(&more);
        hub.change_key().unwrap();
        family.is_whole(&hub, &scene);
        assert_eq!(keys.count(), 1, "{scene}: keys that open nothing are forgotten");
        hub.close();
        family.is_whole(&family.open_with(&keys), &scene);
    }
}

#[test]
fn an_erasure_that_stops_in_the_keystore_is_finished_by_erasing_again() {
    for stop in stops("erase") {
        let scene = format!("{stop:?}");
        let (mut family, keys) = (Family::new(), Arc::new(Keystore::default()));
        let hub = family.open_with(&keys);
        family.fill(&hub);
        let erased = stopped(&keys, stop, || hub.erase());
        assert!(!matches!(erased, Some(Ok(()))), "{scene}: it said that the key is gone");
        let hub = match erased {
            Some(_) => hub,
            None => {
                drop(hub);
                family.open_with(&keys)
            }
        };
        hub.erase().unwrap();
        assert_eq!(Holding::of(&hub).unwrap(), Holding::default(), "{scene}");
        log("a new page").perform(&hub).unwrap();
        hub.close();
        let here = Holding::of(&family.open_with(&keys)).unwrap();
        assert_eq!(here, Holding::default().after(&log("a new page")), "{scene}");
    }
}

#[test]
fn a_start_afresh_that_stops_in_the_keystore_keeps_the_old_file() {
    for stop in stops("add").into_iter().chain(stops("retain")) {
        let scene = format!("{stop:?}");
        let (mut family, keys) = (Family::new(), Arc::new(Keystore::default()));
        let hub = family.open_with(&keys);
        family.fill(&hub);
        hub.close();
        let lost = std::mem::take(&mut *keys.keys.lock().unwrap());
        let hub = family.open_with(&keys);
        assert_eq!(hub.locked(), Some(Locked::KeyUnavailable), "{scene}");
        let begun = stopped(&keys, stop, || hub.start_afresh());
        drop(hub);
        let hub = family.open_with(&keys);
        match hub.locked() {
            // It did not begin: the key that turns up opens everything, and whoever has none begins again.
            Some(_) => {
                assert!(!matches!(begun, Some(Ok(_))), "{scene}: it said that it began afresh");
                hub.close();
                keys.keys.lock().unwrap().extend(lost.clone());
                family.is_whole(&family.open_with(&keys), &scene);
            }
            None => {
                assert_eq!(Holding::of(&hub).unwrap(), Holding::default(), "{scene}");
                let kept = family.files("family.db.").into_iter().find(|it| !it.0.ends_with("-wal"));
                let elsewhere = family.folder.path().join("elsewhere");
                fs::create_dir(&elsewhere).unwrap();
                fs::write(elsewhere.join("family.db"), kept.unwrap().1).unwrap();
                let old = Arc::new(Keystore { keys: Mutex::new(lost), ..Keystore::default() });
                family.is_whole(&open_with(&elsewhere, &family.site(), old).unwrap(), &scene);
            }
        }
    }
}

/// Two programs have the folder open. What one does to the key, the other learns before it writes.
#[test]
fn while_one_hub_changes_the_key_another_goes_on() {
    let mut family = Family::with_something();
    let (one, other) = (family.open(), family.open());
    for round in 0..5 {
        one.change_key().unwrap();
        family.is_whole(&other, "reading after a change");
        one.change_key().unwrap();
        for (hub, who) in [(&other, "the other"), (&one, "the one")] {
            let act = log(&format!("{who} in round {round}"));
            act.perform(hub).unwrap();
            family.holding = family.holding.after(&act);
            family.is_whole(&one, who);
            family.is_whole(&other, who);
        }
        other.change_key().unwrap();
        family.is_whole(&one, "after the other's change");
        family.is_whole(&family.open(), "a third");
    }
    assert_eq!(fs::read(family.key()).unwrap().len(), 32);
}

#[test]
fn while_one_hub_erases_another_goes_on_with_nothing() {
    let family = Family::with_something();
    let (one, other) = (family.open(), family.open());
    assert_eq!(Holding::of(&other).unwrap(), family.holding);
    one.erase().unwrap();
    assert_eq!(Holding::of(&other).unwrap(), Holding::default());
    let act = log("after the erasure");
    act.perform(&other).unwrap();
    let here = Holding::default().after(&act);
    for hub in [&one, &other, &family.open()] {
        assert_eq!((Holding::of(hub).unwrap(), hub.locked()), (here.clone(), None));
        assert_eq!(hub.storage().unwrap().unreadable, 0);
    }
    // The other way round, with a write of the one that did not look in between.
    other.erase().unwrap();
    act.perform(&one).unwrap();
    for hub in [&one, &other, &family.open()] {
        assert_eq!((Holding::of(hub).unwrap(), hub.locked()), (here.clone(), None));
    }
}

/// Both find the family locked, both begin afresh: what the first then wrote is still there.
#[test]
fn while_one_hub_starts_afresh_another_takes_nothing_from_it() {
    for unlocks in [true, false] {
        let scene = format!("the other asks for the key first: {unlocks}");
        let family = Family::with_something();
        let key = fs::read(family.key()).unwrap();
        fs::remove_file(family.key()).unwrap();
        let (one, other) = (family.open(), family.open());
        one.start_afresh().unwrap();
        let act = log("after beginning afresh");
        act.perform(&one).unwrap();
        if unlocks {
            let _ = other.unlock();
        }
        let _ = other.start_afresh();
        let more = log("by the other");
        let wrote = more.perform(&other);
        let mut here = Holding::default().after(&act);
        if wrote.is_ok() {
            here = here.after(&more);
        }
        one.close();
        other.close();
        let hub = family.open();
        assert_eq!((hub.locked(), hub.mended()), (None, &[][..]), "{scene}");
        assert_eq!(Holding::of(&hub).unwrap(), here, "{scene}; the other's write: {wrote:?}");
        hub.close();
        let elsewhere = family.folder.path().join("elsewhere");
        let opens =
            family.files("family.db.").into_iter().filter(|it| !it.0.ends_with("-wal")).any(|(_, bytes)| {
                let _ = fs::remove_dir_all(&elsewhere);
                fs::create_dir(&elsewhere).unwrap();
                fs::write(elsewhere.join("family.db"), bytes).unwrap();
                fs::write(elsewhere.join(KEY_FILE), &key).unwrap();
                let hub = open(&elsewhere, &family.site()).unwrap();
                hub.locked().is_none() && Holding::of(&hub).unwrap() == family.holding
            });
        assert!(opens, "{scene}: the old file is gone");
    }
}

/// What one hub does while another is between two of its steps.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Other {
    Opens,
    Writes,
    ChangesTheKey,
    Erases,
}

impl Other {
    const ALL: [Self; 4] = [Self::Opens, Self::Writes, Self::ChangesTheKey, Self::Erases];

    fn act(self) -> Act {
        match self {
            Self::Opens => Act::Reopen,
            Self::Writes => log("by the other, meanwhile"),
            Self::ChangesTheKey => Act::ChangeKey,
            Self::Erases => Act::Erase,
        }
    }
}

/// One hub does `act`; at each step of the keystore another one comes in between. Whatever order that makes: everything that
/// was acknowledged is there and opens.
fn comes_in_between(act: &Act, steps: &[&'static str], of_first_start: bool) {
    let moments: Vec<Moment> =
        steps.iter().flat_map(|step| [Moment::Before(step), Moment::After(step)]).collect();
    let cases = Other::ALL.into_iter().flat_map(|other| moments.iter().map(move |moment| (other, *moment)));
    // Side by side: one that waits for another's lock waits for seconds.
    let misfits: Vec<String> = at_once(
        cases
            .map(|(other, moment)| -> Box<dyn FnOnce() -> Option<String> + Send + '_> {
                Box::new(move || misfit(act, other, moment, of_first_start))
            })
            .collect(),
    )
    .into_iter()
    .flatten()
    .collect();
    assert!(misfits.is_empty(), "{misfits:#?}");
}

/// What is wrong after one case, if anything.
fn misfit(act: &Act, other: Other, moment: Moment, of_first_start: bool) -> Option<String> {
    let (mut family, keys) = (Family::new(), Arc::new(Keystore::default()));
    if !of_first_start {
        let hub = family.open_with(&keys);
        family.fill(&hub);
        hub.close();
    }
    let one = (!of_first_start).then(|| family.open_with(&keys));
    let second = (!of_first_start && other != Other::Opens).then(|| family.open_with(&keys));
    let (data, site, their_keys) = (family.data(), family.site(), keys.clone());
    let answer = Arc::new(Mutex::new(None));
    let tell = answer.clone();
    *keys.meanwhile.lock().unwrap() = Some((
        moment,
        Box::new(move || {
            let done = match second {
                Some(hub) => other.act().perform(&hub),
                None => open_with(&data, &site, their_keys).and_then(|hub| other.act().perform(&hub)),
            };
            *tell.lock().unwrap() = Some(done);
        }),
    ));
    let done = match one {
        Some(one) => act.perform(&one),
        None => open_with(&family.data(), &family.site(), keys.clone()).and_then(|hub| act.perform(&hub)),
    };
    let others = answer.lock().unwrap().take()?;
    let scene = format!("{other:?} {moment:?}: {done:?}, the other's {others:?}");
    let is_fine = |it: &Result<(), HubError>| matches!(it, Ok(()) | Err(HubError::Storage { .. }));
    if !is_fine(&done) || !is_fine(&others) {
        return Some(format!("{scene}: told a family's keys are wrong"));
    }
    let after = |holding: &Holding, act: &Act, done: &Result<(), HubError>| match done {
        Ok(()) => vec![holding.after(act)],
        // Erasing that was refused may have done some of it.
        Err(_) => vec![holding.clone(), holding.after(act)],
    };
    let mut allowed = Vec::new();
    for first in after(&family.holding, act, &done) {
        allowed.extend(after(&first, &other.act(), &others));
    }
    for first in after(&family.holding, &other.act(), &others) {
        allowed.extend(after(&first, act, &done));
    }
    let hub = family.open_with(&keys);
    let (locked, unreadable) = (hub.locked(), hub.storage().map(|it| it.unreadable));
    if locked.is_some() || unreadable != Ok(0) || !hub.mended().is_empty() {
        return Some(format!("{scene}: locked {locked:?}, unreadable {unreadable:?}"));
    }
    if !Holding::of(&hub).is_ok_and(|it| allowed.contains(&it)) {
        return Some(format!("{scene}: {:?}", Holding::of(&hub)));
    }
    let afterwards = log("afterwards").perform(&hub).err();
    afterwards.map(|error| format!("{scene}: nothing can be written afterwards: {error:?}"))
}

#[test]
fn a_hub_that_comes_in_between_the_steps_of_a_change_of_keys_costs_nothing() {
    comes_in_between(&Act::ChangeKey, &["add", "retain"], false);
}

#[test]
fn a_hub_that_comes_in_between_the_steps_of_an_erasure_costs_nothing() {
    comes_in_between(&Act::Erase, &["erase"], false);
}

#[test]
fn a_hub_that_comes_in_between_the_steps_of_a_first_start_costs_nothing() {
    comes_in_between(&log("the first note"), &["add"], true);
}

/// Runs each on a thread of its own, all at the same moment.
fn at_once<T: Send>(works: Vec<Box<dyn FnOnce() -> T + Send + '_>>) -> Vec<T> {
    let barrier = Barrier::new(works.len());
    thread::scope(|scope| {
        let begun: Vec<_> = works
            .into_iter()
            .map(|work| {
                let barrier = &barrier;
                scope.spawn(move || {
                    barrier.wait();
                    work()
                })
            })
            .collect();
        begun.into_iter().map(|it| it.join().unwrap()).collect()
    })
}

#[test]
fn two_first_starts_at_the_same_moment_seal_under_one_key() {
    let family = Family::new();
    for round in 0..40 {
        let data = family.folder.path().join(format!("data-{round}"));
        let (data, site): (&Path, &Path) = (&data, &family.site());
        let write = |note: String| -> Box<dyn FnOnce() -> Result<Act, HubError> + Send + '_> {
            Box::new(move || {
                let act = log(&note);
                act.perform(&open(data, site)?).map(|()| act)
            })
        };
        let wrote = at_once((0..3).map(|it| write(format!("first note {it}"))).collect());
        let expected = wrote.iter().flatten().fold(Holding::default(), |all, act| all.after(act));
        only_storage(&wrote, round);
        let hub = open(data, site).unwrap();
        assert_eq!((hub.locked(), hub.mended()), (None, &[][..]), "round {round}");
        assert_eq!(hub.storage().unwrap().unreadable, 0, "round {round}");
        assert_eq!(Holding::of(&hub).unwrap(), expected, "round {round}: {wrote:?}");
    }
}

/// Who comes at a bad moment may be refused, and may try again. No key is called wrong or lost for it.
fn only_storage<T: std::fmt::Debug>(results: &[Result<T, HubError>], round: usize) {
    let is_fine = |it: &Result<T, HubError>| matches!(it, Ok(_) | Err(HubError::Storage { .. }));
    assert!(results.iter().all(is_fine), "round {round}: {results:?}");
}

#[test]
fn two_hubs_that_change_the_key_and_a_third_that_writes_at_the_same_moment_lose_nothing() {
    let mut family = Family::with_something();
    let hubs: Vec<SupportHub> = (0..3).map(|_| family.open()).collect();
    for round in 0..25 {
        let act = log(&format!("in round {round}"));
        let results = at_once(vec![
            Box::new(|| hubs[0].change_key()),
            Box::new(|| hubs[1].change_key()),
            Box::new(|| act.perform(&hubs[2])) as Box<dyn FnOnce() -> _ + Send>,
        ]);
        only_storage(&results, round);
        if results[2].is_ok() {
            family.holding = family.holding.after(&act);
        }
        let scene = format!("round {round}: {results:?}");
        for hub in hubs.iter().chain([&family.open()]) {
            family.is_whole(hub, &scene);
        }
    }
}

#[test]
fn a_hub_that_erases_and_one_that_writes_at_the_same_moment_leave_a_family_that_opens() {
    let family = Family::with_something();
    let hubs: Vec<SupportHub> = (0..2).map(|_| family.open()).collect();
    for round in 0..25 {
        let act = log(&format!("in round {round}"));
        let results = at_once(vec![
            Box::new(|| hubs[0].erase()),
            Box::new(|| act.perform(&hubs[1])) as Box<dyn FnOnce() -> _ + Send>,
        ]);
        only_storage(&results, round);
        for hub in hubs.iter().chain([&family.open()]) {
            assert_eq!((hub.locked(), hub.mended()), (None, &[][..]), "round {round}: {results:?}");
            let unreadable = hub.storage().map(|it| it.unreadable);
            assert_eq!(unreadable, Ok(0), "round {round}: {results:?}");
            let here = Holding::of(hub).unwrap_or_else(|error| panic!("round {round}: {error}: {results:?}"));
            let allowed = [Holding::default(), Holding::default().after(&act)];
            assert!(results[0].is_err() || allowed.contains(&here), "round {round}: {results:?}, {here:#?}");
        }
    }
}
