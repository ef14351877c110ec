//! A phone is killed at every step of a sync: whatever it was at, the bank is the old one or the new one, whole; nothing older is accepted
//! afterwards; what was withdrawn stays withdrawn and is told once, as is an event that moved, of which no old reminder stays; and the
//! next sync ends with the new bank.
//!
//! strace kills it at the n-th write, fsync, rename, … for every n; without strace the kills fall by time alone. `OTSUPPORT_KILLS` says how
//! many (`make soak`: every one), `OTSUPPORT_SEED` repeats a run's choices.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use otsupport_core::reminders::PhoneState;
use otsupport_core::reminders::planner::{NotificationKind, ReminderPreferences};
use otsupport_core::strategies::{Currency, VariantChoice};
use otsupport_core::sync::{Outcome, Reason};
use otsupport_core::{Mended, SupportHub};
use otsupport_hub::embedded::EmbeddedHub;
use otsupport_tests::content_folder::small;
use otsupport_tests::held::{Floor, Rows, holds};
use otsupport_tests::hostile_hub::{Answer, HostileHub};
use otsupport_tests::household::id;
use otsupport_tests::phone::{Phone, arm, sync};
use otsupport_tests::seeded::Seeded;
use otsupport_tests::site::{MORNING, Publisher, copy};
use tempfile::TempDir;

const FLIP: &str = "strategies/dressing/coat-flip.md";
const BUTTONS: &str = "strategies/dressing/big-buttons.md";
const EVENT: &str = "drop-in@otsupport.example";
const EVENING: &str = "2026-11-26T18:00:00Z";
/// A process that is being started holds the locks of this one for a moment: nothing is checked meanwhile.
static ALONE: Mutex<()> = Mutex::new(());
/// What touches the disk. A question mark: not every processor's Linux has it.
const TOUCHES: [&str; 13] = [
    "write",
    "pwrite64",
    "writev",
    "fsync",
    "fdatasync",
    "?rename",
    "?renameat",
    "renameat2",
    "?unlink",
    "unlinkat",
    "ftruncate",
    "?mkdir",
    "mkdirat",
];

/// A service whose newest bank withdraws what the family saved and moves what they follow, and phones that hold banks before it.
struct Service {
    publisher: Publisher,
    sites: TempDir,
    newest: u64,
}

impl Service {
    /// Publishes so many banks; the last withdraws "big buttons". Of the first, the second and the last the whole site is kept.
    fn with_banks(newest: u64) -> Self {
        let publisher = small().unwrap();
        let sites = tempfile::tempdir().unwrap();
        let keep = |bank: u64| copy(&publisher.site(), &sites.path().join(bank.to_string())).unwrap();
        for bank in 1..newest {
            publisher.edit(FLIP, "3. ", &format!("3. Slowly {bank}. ")).unwrap();
            publisher.publish(MORNING).unwrap();
            if [1, 2, 17].contains(&bank) {
                keep(bank);
            }
        }
        publisher.relink("big-buttons", "coat-flip").unwrap();
        publisher.edit(FLIP, " See [big buttons](coat-flip) too.", "").unwrap();
        publisher
            .edit(
                BUTTONS,
                "review: {status: reviewed, author: A team, reviewer: B lead, reviewed: 2026-01-31, next: 2027-01-31}",
                "review: {status: withdrawn, author: A team}\nwithdrawn: {on: 2026-11-26, reason: A button came off., instead: coat-flip}",
            )
            .unwrap();
        publisher.edit("events/drop-in.ics", "SEQUENCE:", "SEQUENCE:1").unwrap();
        publisher
            .edit(
                "events/drop-in.ics",
                "DTSTART;TZID=Europe/London:20270203T19",
                "DTSTART;TZID=Europe/London:20270203T18",
            )
            .unwrap();
        publisher.publish("2026-11-26T09:00:00Z").unwrap();
        keep(newest);
        Self { publisher, sites, newest }
    }

    fn site(&self, bank: u64) -> PathBuf {
        self.sites.path().join(bank.to_string())
    }

    /// A phone that holds this bank (0: none), saved what will be withdrawn, and is reminded of what will move.
    fn phone(&self, bank: u64) -> Phone {
        let mut phone = Phone::new(self.publisher.root().unwrap()).unwrap();
        phone.now = EVENING.to_owned();
        let open = phone.open().unwrap();
        if bank > 0 {
            let served = EmbeddedHub::start(&self.site(bank)).unwrap();
            assert_eq!(sync(&open, served.address()).unwrap().to, bank);
            open.save(&[id("big-buttons"), id("coat-flip")]).unwrap();
            open.follow(EVENT).unwrap();
            let preferences =
                ReminderPreferences { notify: true, horizon: 90, ..ReminderPreferences::default() };
            open.choose_reminders(&preferences).unwrap();
            arm(&open).unwrap();
        }
        open.close();
        phone
    }
}

/// How a scene differs from the plain one.
#[derive(Default)]
struct Turn {
    /// Files that the hub lacks.
    without: Vec<&'static str>,
    /// The phone has heard the news and could not have its bank.
    behind: bool,
    /// Its bank's database is damaged.
    damaged: bool,
    /// There is no network.
    offline: bool,
}

/// What is killed, and what it may leave.
struct Scene<'a> {
    name: &'static str,
    /// The phone before; twins of it are killed.
    phone: Phone,
    turn: Turn,
    hub: EmbeddedHub,
    /// Others that offer the bank before the newest, and the first.
    before: EmbeddedHub,
    first: EmbeddedHub,
    old: u64,
    new: u64,
    /// What the phone may hold afterwards.
    allowed: Vec<(&'static str, Rows)>,
    /// What it holds in the end.
    end: Rows,
    site: TempDir,
    _service: &'a Service,
}

impl<'a> Scene<'a> {
    /// A phone that holds the bank `old`, 0 for none, and hears of the newest.
    fn new(name: &'static str, service: &'a Service, old: u64, turn: Turn) -> Self {
        let site = tempfile::tempdir().unwrap();
        copy(&service.site(service.newest), site.path()).unwrap();
        for path in &turn.without {
            fs::remove_file(site.path().join(path)).unwrap();
        }
        let phone = service.phone(old);
        let mut allowed = Vec::new();
        if !turn.behind {
            allowed.push(("old", holds(phone.folder()).unwrap()));
        }
        if old > 0 {
            // The signed news alone.
            let news = HostileHub::start().unwrap();
            news.tell("head", Answer::Bytes(fs::read(site.path().join("head")).unwrap()));
            let heard = if turn.behind { &phone } else { &phone.twin().unwrap() };
            let open = heard.open().unwrap();
            assert_eq!(sync(&open, &news.address).unwrap().reason, Some(Reason::HubDown));
            open.close();
            allowed.push(("old with the news", holds(heard.folder()).unwrap()));
        }
        let whole = service.phone(0);
        let open = whole.open().unwrap();
        let served = EmbeddedHub::start(&service.site(service.newest)).unwrap();
        assert_eq!(sync(&open, served.address()).unwrap().to, service.newest);
        open.close();
        let end = holds(whole.folder()).unwrap();
        allowed.push(("new", end.clone()));
        if turn.damaged {
            fs::write(phone.folder().join("content.db"), b"no database ".repeat(4000)).unwrap();
        }
        let hub = EmbeddedHub::start(site.path()).unwrap();
        let before = EmbeddedHub::start(&service.site(old.max(2))).unwrap();
        let first = EmbeddedHub::start(&service.site(1)).unwrap();
        let new = service.newest;
        Self { name, phone, turn, hub, before, first, old, new, allowed, end, site, _service: service }
    }

    /// The program that is killed, on this phone.
    fn program(&self, phone: &Phone, under: &[&str]) -> Command {
        let program = env!("CARGO_BIN_EXE_news_taker");
        let mut command = match under.split_first() {
            Some((first, rest)) => {
                let mut command = Command::new(first);
                command.args(rest).arg(program);
                command
            }
            None => Command::new(program),
        };
        let address = if self.turn.offline { "http://127.0.0.1:1" } else { self.hub.address() };
        command
            .arg(phone.folder())
            .arg(address)
            .arg(self.site.path().join("metadata/root.json"))
            .arg(EVENING);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Every call that touches the disk, in a run that nobody kills.
    fn points(&self) -> Vec<Point> {
        let phone = self.phone.twin().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let trace = folder.path().join("trace");
        let calls = format!("trace={}", TOUCHES.join(","));
        let under = ["strace", "-f", "-qq", "-o", trace.to_str().unwrap(), "-e", &calls];
        let output = self.program(&phone, &under).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{}: {}", self.name, String::from_utf8_lossy(&output.stderr));
        assert!(self.turn.offline || said.contains(&format!("\"to\":{}", self.new)), "{}: {said}", self.name);
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for line in fs::read_to_string(&trace).unwrap().lines() {
            let call = line.split_whitespace().nth(1).and_then(|it| it.split_once('('));
            if let Some((call, _)) = call {
                *counts.entry(call.to_owned()).or_default() += 1;
            }
        }
        let each =
            |(call, count): (String, usize)| (1..=count).map(move |at| Point { call: call.clone(), at });
        counts.into_iter().flat_map(each).collect()
    }

    /// What the phone holds after it was killed, and whether it goes on as it should.
    fn check(&self, phone: &Phone, what: &str) -> &'static str {
        let what = format!("{}, {what}", self.name);
        let open = phone.open().unwrap_or_else(|error| panic!("{what}: it does not open: {error}"));
        if !self.turn.damaged {
            assert_eq!(open.mended(), [], "{what}");
        }
        assert!(!open.mended().contains(&Mended::ContentRebuilt { whole: false }), "{what}");
        let version = open.storage().unwrap().version;
        assert!(version == self.old || version == self.new, "{what}: bank {version}");
        let withdrawn = is_withdrawn(&open);
        self.is_told(&open, withdrawn, &what);
        open.close();
        let held = holds(phone.folder()).unwrap_or_else(|error| panic!("{what}: {error}"));
        let Some((state, _)) = self.allowed.iter().find(|(_, rows)| *rows == held) else {
            let differs =
                |rows: &Rows| rows.iter().filter(|(it, rows)| held[*it] != **rows).map(|it| *it.0).collect();
            let differs: Vec<(&str, Vec<&str>)> =
                self.allowed.iter().map(|(it, rows)| (*it, differs(rows))).collect();
            panic!("{what}: bank {version} is none of those that may be here; what differs: {differs:?}");
        };
        // An older bank is not accepted. A phone that has heard of none yet may begin with any.
        let floor = Floor::of(phone.folder()).unwrap();
        let open = phone.open().unwrap();
        let refused: &[&EmbeddedHub] = match floor.bank.unsigned_abs() {
            _ if version == self.new => &[&self.before, &self.first],
            bank if bank == self.new => &[&self.before, &self.first],
            0 => &[],
            _ => &[&self.first],
        };
        for older in refused {
            let report = sync(&open, older.address()).unwrap();
            assert_eq!((report.reason, report.to), (Some(Reason::Rollback), version), "{what}");
            assert!(is_withdrawn(&open) >= withdrawn, "{what}: the withdrawal was undone by a replay");
        }
        let report = sync(&open, self.hub.address()).unwrap();
        assert_eq!(report.to, self.new, "{what}: {report:?}");
        let outcome = if version == self.new { Outcome::Unchanged } else { Outcome::Updated };
        assert_eq!(report.outcome, outcome, "{what}: {report:?}");
        open.close();
        assert!(holds(phone.folder()).unwrap() == self.end, "{what}: another bank than a new phone has");
        let kept: Vec<_> =
            fs::read_dir(phone.folder().join("kept")).unwrap().map(|it| it.unwrap().file_name()).collect();
        assert!(kept.len() <= 3, "{what}: {kept:?} are kept");
        let open = phone.open().unwrap();
        assert_eq!(open.mended(), [], "{what}");
        assert!(is_withdrawn(&open), "{what}");
        self.is_told(&open, true, &what);
        self.is_reminded(&open, &what);
        open.close();
        state
    }

    /// Whoever saved what was withdrawn is told once, and nobody else.
    fn is_told(&self, open: &SupportHub, withdrawn: bool, what: &str) {
        let notices = open.notices().unwrap();
        let items: Vec<&str> = notices.iter().flat_map(|it| &it.items).map(|it| it.as_str()).collect();
        let told: &[&str] = if withdrawn && self.old > 0 { &["big-buttons"] } else { &[] };
        assert_eq!(items.as_slice(), told, "{what}");
        let moved = notices.iter().filter(|it| it.kind == NotificationKind::Change).count();
        let heard = open.storage().unwrap().version == self.new && self.old > 0;
        assert_eq!((moved, notices.len()), (usize::from(heard), told.len() + usize::from(heard)), "{what}");
    }

    /// Of what moved the phone has the reminders of the new time in the end, and none of the old one.
    fn is_reminded(&self, open: &SupportHub, what: &str) {
        let plan = arm(open).unwrap();
        let of_event = plan.notifications.iter().filter(|it| it.kind == NotificationKind::Event);
        let due: Vec<String> = of_event.map(|it| it.at.to_rfc3339()).collect();
        let expected: &[&str] =
            if self.old > 0 { &["2027-02-02T18:00:00+00:00", "2027-02-03T16:00:00+00:00"] } else { &[] };
        assert_eq!(due, expected, "{what}");
        let again = open.plan_reminders(PhoneState::default()).unwrap();
        assert_eq!((again.arm.len(), again.disarm.len()), (0, 0), "{what}");
    }
}

fn is_withdrawn(open: &SupportHub) -> bool {
    let item = open.show(&id("big-buttons"), &VariantChoice::default());
    item.is_ok_and(|it| it.currency == Currency::Withdrawn)
}

/// The n-th call of its kind.
#[derive(Clone, Debug)]
struct Point {
    call: String,
    at: usize,
}

fn was_killed(status: ExitStatus) -> bool {
    status.signal() == Some(9)
}

/// The services of all scenes: with three banks, and with so many that a chain of deltas leads to the newest.
fn services() -> [Service; 2] {
    [Service::with_banks(3), Service::with_banks(34)]
}

fn scenes([short, long]: &[Service; 2]) -> Vec<Scene<'_>> {
    let scene = |name, old, turn| Scene::new(name, short, old, turn);
    let behind = || Turn { behind: true, ..Turn::default() };
    vec![
        scene("first sync", 0, Turn::default()),
        scene("delta", 2, Turn::default()),
        scene("whole", 2, Turn { without: vec!["delta/2-3.dcz"], ..Turn::default() }),
        scene("behind", 2, behind()),
        scene("damaged", 2, Turn { damaged: true, ..Turn::default() }),
        scene("damaged without a network", 2, Turn { damaged: true, offline: true, ..behind() }),
        Scene::new("chain", long, 17, Turn::default()),
    ]
}

fn kills() -> usize {
    std::env::var("OTSUPPORT_KILLS").map_or(105, |it| it.parse().unwrap())
}

#[test]
fn a_kill_at_every_call_that_touches_the_disk_leaves_one_bank_or_the_other() {
    if Command::new("strace").arg("-V").output().is_err() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "strace is not installed");
        say("killed_sync: strace is not installed: the kills fall by time alone");
        return;
    }
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut seeded = Seeded::from_environment();
    let (seed, began) = (seeded.0, Instant::now());
    let services = services();
    let scenes = scenes(&services);
    let points: Vec<Vec<Point>> = scenes.iter().map(Scene::points).collect();
    let all: usize = points.iter().map(Vec::len).sum();
    let most = kills().div_ceil(scenes.len());
    let (mut states, mut made) = (BTreeMap::<String, usize>::new(), 0);
    for (scene, points) in scenes.iter().zip(&points) {
        let chosen = if kills() >= all { points.clone() } else { pick(&mut seeded, points, most) };
        for point in chosen {
            let phone = scene.phone.twin().unwrap();
            let mut what = format!("OTSUPPORT_SEED={seed}, killed at {point:?}");
            if !kill(scene, &phone, &point) {
                continue;
            }
            // Whoever pulls the battery out once may do so again.
            while seeded.once_in(3) {
                let again = seeded.one_of(points).unwrap();
                what = format!("{what}, then at {again:?}");
                kill(scene, &phone, again);
            }
            made += 1;
            *states.entry(format!("{}: {}", scene.name, scene.check(&phone, &what))).or_default() += 1;
        }
    }
    say(&format!(
        "killed_sync: {made} kills of {all} calls, {:.0?}, OTSUPPORT_SEED={seed}; they left {states:?}",
        began.elapsed()
    ));
    assert!(made * 10 >= all.min(kills()) * 9, "only {made} of the runs were killed");
    for state in ["old", "old with the news", "new"] {
        assert!(states.keys().any(|it| it.ends_with(&format!(": {state}"))), "none left {state}: {states:?}");
    }
}

fn pick(seeded: &mut Seeded, points: &[Point], most: usize) -> Vec<Point> {
    let mut left = points.to_vec();
    (0..most.min(points.len())).map(|_| left.swap_remove(seeded.below(left.len()))).collect()
}

/// Runs the program until the call, and no further; false if it never came there.
fn kill(scene: &Scene<'_>, phone: &Phone, Point { call, at }: &Point) -> bool {
    let inject = format!("inject={call}:signal=SIGKILL:when={at}");
    let trace = format!("trace={call}");
    let under = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", &trace, "-e", &inject];
    let output = scene.program(phone, &under).output().unwrap();
    assert!(
        output.status.success() || was_killed(output.status),
        "{}: {}",
        scene.name,
        String::from_utf8_lossy(&output.stderr)
    );
    was_killed(output.status)
}

#[test]
fn a_kill_at_any_moment_leaves_one_bank_or_the_other() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut seeded = Seeded::from_environment();
    let (seed, began) = (seeded.0, Instant::now());
    let services = services();
    let scenes = scenes(&services);
    let mut states = BTreeMap::<String, usize>::new();
    for scene in &scenes {
        // How long a run takes here, so that the kills fall within it.
        let (phone, start) = (scene.phone.twin().unwrap(), Instant::now());
        assert!(scene.program(&phone, &[]).output().unwrap().status.success(), "{}", scene.name);
        let longest = start.elapsed().as_micros() as usize;
        for kill in 0..kills().div_ceil(scenes.len()) {
            let phone = scene.phone.twin().unwrap();
            let mut moments = Vec::new();
            while moments.is_empty() || seeded.once_in(3) {
                let moment = Duration::from_micros(seeded.below(longest) as u64);
                let mut program = scene.program(&phone, &[]).spawn().unwrap();
                // When it falls is chance: nothing waits for it to be right.
                std::thread::sleep(moment);
                program.kill().unwrap();
                program.wait().unwrap();
                moments.push(moment);
            }
            let what = format!("kill {kill} of OTSUPPORT_SEED={seed}, after {moments:?}");
            *states.entry(format!("{}: {}", scene.name, scene.check(&phone, &what))).or_default() += 1;
        }
    }
    say(&format!(
        "killed_sync: {} kills by time, {:.0?}, OTSUPPORT_SEED={seed}; they left {states:?}",
        states.values().sum::<usize>(),
        began.elapsed()
    ));
}

/// Says it whether or not the test passes: what `print!` says of a test that passes is not shown.
#[allow(clippy::explicit_write)]
fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").unwrap();
}
