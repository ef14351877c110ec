//! One conversation at a time: it is joined, given up, held back, counted and told of.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use otsupport_core::platform::{Clock, Fetching, FixedClock, Folder, Get, GivenKey, Http, Platform, Sink};
use otsupport_core::sync::{
    NetworkLink, Outcome, Progress, Reason, Started, SyncListener, SyncReport, SyncRequest,
};
use otsupport_core::{FamilyKey, OpenOptions, SupportHub};
use otsupport_tests::content_folder::small;
use otsupport_tests::hostile_hub::{Answer, HostileHub};
use otsupport_tests::household::SetClock;
use otsupport_tests::site::{MORNING, Publisher, instant};
use tempfile::TempDir;
use tokio::sync::Semaphore;

/// A way to the site's files on which each request waits until it is let through.
struct Gate {
    site: Folder,
    asked: AtomicUsize,
    open: Semaphore,
}

impl Gate {
    fn new(site: &Path) -> Arc<Self> {
        Arc::new(Self { site: Folder(site.to_owned()), asked: AtomicUsize::new(0), open: Semaphore::new(0) })
    }
}

impl Http for Gate {
    fn get<'a>(&'a self, get: Get<'a>, into: &'a mut (dyn Sink + Send)) -> Fetching<'a> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            self.open.acquire().await.unwrap().forget();
            self.site.get(get, into).await
        })
    }
}

fn open(folder: &Path, publisher: &Publisher, change: impl FnOnce(&mut Platform)) -> Arc<SupportHub> {
    let mut platform = Platform::with_key(Arc::new(GivenKey(FamilyKey::from_bytes(&[7; 32]).unwrap())));
    platform.clock = Arc::new(FixedClock(instant(MORNING)));
    change(&mut platform);
    let root = Some(publisher.root().unwrap());
    let options = OpenOptions { folder: folder.to_owned(), root, seed: None };
    Arc::new(SupportHub::open(options, platform).unwrap())
}

fn publisher() -> Publisher {
    let publisher = small().unwrap();
    publisher.publish(MORNING).unwrap();
    publisher
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// Lets everything go on that can.
async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

#[test]
fn a_second_call_joins_the_first() {
    let (publisher, folder) = (publisher(), TempDir::new().unwrap());
    let gate = Gate::new(&publisher.site());
    let hub = open(folder.path(), &publisher, |it| it.http = gate.clone());
    run(async {
        let call = || {
            let hub = hub.clone();
            tokio::task::spawn(async move { hub.sync("https://hub.example").await.unwrap() })
        };
        let calls = [call(), call(), call()];
        settle().await;
        assert_eq!(gate.asked.load(Ordering::SeqCst), 1, "one of them asks");
        gate.open.add_permits(100);
        let mut reports = Vec::new();
        for call in calls {
            reports.push(call.await.unwrap());
        }
        assert_eq!(reports[0].outcome, Outcome::Updated);
        assert!(reports.iter().all(|it| *it == reports[0]), "{reports:?}");
        assert_eq!(gate.asked.load(Ordering::SeqCst), 2, "head and bank, once");
        // What has ended is not joined.
        assert_eq!(hub.sync("https://hub.example").await.unwrap().outcome, Outcome::Unchanged);
    });
}

#[test]
fn whoever_waited_goes_on_where_the_first_gives_up() {
    let (publisher, folder) = (publisher(), TempDir::new().unwrap());
    let gate = Gate::new(&publisher.site());
    let hub = open(folder.path(), &publisher, |it| it.http = gate.clone());
    run(async {
        let call = || {
            let hub = hub.clone();
            tokio::task::spawn(async move { hub.sync("https://hub.example").await.unwrap() })
        };
        let first = call();
        settle().await;
        let second = call();
        settle().await;
        first.abort();
        settle().await;
        assert_eq!(gate.asked.load(Ordering::SeqCst), 2, "the second asks for itself");
        gate.open.add_permits(100);
        assert_eq!(second.await.unwrap().outcome, Outcome::Updated);
    });
}

#[test]
fn a_sync_that_is_given_up_at_any_await_loses_nothing() {
    let (publisher, folder) = (publisher(), TempDir::new().unwrap());
    let gate = Gate::new(&publisher.site());
    let hub = open(folder.path(), &publisher, |it| it.http = gate.clone());
    run(async {
        for let_through in 0..2 {
            gate.open.add_permits(let_through);
            let call = {
                let hub = hub.clone();
                tokio::task::spawn(async move { hub.sync("https://hub.example").await })
            };
            settle().await;
            call.abort();
            assert!(call.await.unwrap_err().is_cancelled());
            assert_eq!(hub.storage().unwrap().version, 0);
            let parts = fs::read_dir(folder.path().join("kept")).unwrap();
            let parts =
                parts.filter(|it| it.as_ref().unwrap().path().extension().is_some_and(|it| it == "part"));
            assert_eq!(parts.count(), 0, "nothing half-done is left");
        }
        gate.open.add_permits(100);
        assert_eq!(hub.sync("https://hub.example").await.unwrap().outcome, Outcome::Updated);
    });
}

fn by_itself(site: &str, link: NetworkLink) -> SyncRequest {
    SyncRequest { site: site.to_owned(), started: Started::ByItself, link, listener: None }
}

#[test]
fn a_hub_that_fails_is_left_alone_longer_each_time_and_a_person_never_waits() {
    let (publisher, folder) = (publisher(), TempDir::new().unwrap());
    let clock = SetClock::at(MORNING);
    let hub = open(folder.path(), &publisher, |it| it.clock = clock.clone());
    let hostile = HostileHub::start().unwrap();
    let sync = |request: SyncRequest| -> SyncReport { run(hub.sync(request)).unwrap() };
    let automatic = || sync(by_itself(&hostile.address, NetworkLink::Unmetered));
    hostile.tell("head", Answer::Status("500 Internal Server Error"));
    let mut waits = Vec::new();
    for _ in 0..6 {
        let failed = automatic();
        assert_eq!((failed.reason, failed.requests), (Some(Reason::HubDown), 1));
        let at = failed.next_attempt_at.unwrap();
        waits.push((at - clock.now()).num_milliseconds());
        let held = automatic();
        assert_eq!((held.outcome, held.reason, held.requests), (Outcome::Offline, Some(Reason::Waiting), 0));
        assert_eq!(held.next_attempt_at.map(|it| it.timestamp_millis()), Some(at.timestamp_millis()));
        clock.set(&at.to_rfc3339());
    }
    for (number, wait) in waits.iter().enumerate() {
        let most = 30_000 << number;
        assert!((most / 2..=most).contains(wait), "wait {number} was {wait} ms");
    }
    // Another hub is not to blame.
    let other = HostileHub::start().unwrap();
    assert_eq!(sync(by_itself(&other.address, NetworkLink::Unmetered)).requests, 1);
    hostile.tell("head", Answer::Bytes(fs::read(publisher.site().join("head")).unwrap()));
    hostile.tell("full/1.zst", Answer::Bytes(fs::read(publisher.site().join("full/1.zst")).unwrap()));
    let asked = sync(hostile.address.as_str().into());
    assert_eq!(
        (asked.outcome, asked.next_attempt_at),
        (Outcome::Updated, None),
        "a person's wish is tried now"
    );
    assert_eq!(automatic().outcome, Outcome::Unchanged, "what works again is not left alone");
}

#[test]
fn a_busy_hub_is_left_alone_for_as_long_as_it_asks() {
    let (publisher, folder) = (publisher(), TempDir::new().unwrap());
    let clock = SetClock::at(MORNING);
    let hub = open(folder.path(), &publisher, |it| it.clock = clock.clone());
    let hostile = HostileHub::start().unwrap();
    let automatic = || run(hub.sync(by_itself(&hostile.address, NetworkLink::Unmetered))).unwrap();
    let waits = |status: &'static str| {
        hostile.tell("head", Answer::Status(status));
        let report = automatic();
        let at = report.next_attempt_at.unwrap();
        let wait = (at - clock.now()).num_seconds();
        clock.set(&at.to_rfc3339());
        wait
    };
    assert_eq!(waits("429 Too Many Requests\r\nRetry-After: 600"), 600);
    assert_eq!(waits("503 Service Unavailable\r\nRetry-After: 7200"), 7200);
    assert_eq!(
        waits("503 Service Unavailable\r\nRetry-After: 99999999"),
        6 * 3600,
        "never longer than six hours"
    );
    // An instant that has passed asks for nothing more than the usual.
    assert!(waits("503 Service Unavailable\r\nRetry-After: Fri, 31 Dec 1999 23:59:59 GMT") <= 240);
}

#[test]
fn abroad_and_in_the_background_only_a_persons_wish_goes() {
    let (publisher, folder) = (publisher(), TempDir::new().unwrap());
    let hub = open(folder.path(), &publisher, |it| it.http = Arc::new(Folder(publisher.site())));
    let sync = |started, link| {
        let site = "https://hub.example".to_owned();
        run(hub.sync(SyncRequest { site, started, link, listener: None })).unwrap()
    };
    for (link, reason) in
        [(NetworkLink::Roaming, Reason::Roaming), (NetworkLink::Blocked, Reason::BackgroundBlocked)]
    {
        let held = sync(Started::ByItself, link);
        assert_eq!((held.outcome, held.reason, held.requests), (Outcome::Offline, Some(reason), 0));
    }
    assert_eq!(sync(Started::ByPerson, NetworkLink::Roaming).outcome, Outcome::Updated);
    assert_eq!(
        sync(Started::ByItself, NetworkLink::Metered).outcome,
        Outcome::Unchanged,
        "text goes over a metered link"
    );
}

#[test]
fn what_travels_is_counted_by_month_and_by_link() {
    let (publisher, folder) = (publisher(), TempDir::new().unwrap());
    let clock = SetClock::at("2026-11-30T23:00:00Z");
    let hub = open(folder.path(), &publisher, |it| {
        it.http = Arc::new(Folder(publisher.site()));
        it.clock = clock.clone();
    });
    let sync = |link| {
        let site = "https://hub.example".to_owned();
        run(hub.sync(SyncRequest { site, started: Started::ByPerson, link, listener: None })).unwrap().bytes
    };
    let counted = || {
        let report = hub.storage().unwrap();
        (report.metered_this_month, report.unmetered_this_month)
    };
    let first = sync(NetworkLink::Metered);
    assert!(first > 0);
    assert_eq!(counted(), (first, 0));
    let edit = |words: &str| {
        publisher.edit("strategies/dressing/coat-flip.md", "3. ", words).unwrap();
        publisher.publish("2026-11-30T10:00:00Z").unwrap();
    };
    edit("3. Slowly. ");
    let second = sync(NetworkLink::Unmetered);
    assert_eq!(counted(), (first, second));
    edit("3. Very slowly. ");
    let third = sync(NetworkLink::Roaming);
    assert_eq!(counted(), (first + third, second));
    clock.set("2026-12-01T00:00:00Z");
    assert_eq!(counted(), (0, 0), "a month of its own");
}

#[test]
fn bytes_that_came_before_a_cut_are_counted_too() {
    let (publisher, folder) = (publisher(), TempDir::new().unwrap());
    let hub = open(folder.path(), &publisher, |_| {});
    let hostile = HostileHub::start().unwrap();
    let head = fs::read(publisher.site().join("head")).unwrap();
    let full = fs::read(publisher.site().join("full/1.zst")).unwrap();
    hostile.tell("head", Answer::Bytes(head.clone()));
    hostile.tell("full/1.zst", Answer::Cut(full.clone(), 500));
    let report = run(hub.sync(hostile.address.as_str())).unwrap();
    assert_eq!((report.reason, report.bytes), (Some(Reason::HubDown), head.len() as u64 + 500));
    assert_eq!(hub.storage().unwrap().unmetered_this_month, report.bytes);
}

struct Told(Mutex<Vec<Progress>>);

impl SyncListener for Told {
    fn progress(&self, progress: Progress) {
        self.0.lock().unwrap().push(progress);
    }
}

#[test]
fn a_listener_is_told_how_far_a_sync_has_come() {
    let (publisher, folder) = (publisher(), TempDir::new().unwrap());
    let hub = open(folder.path(), &publisher, |it| it.http = Arc::new(Folder(publisher.site())));
    let told = Arc::new(Told(Mutex::new(Vec::new())));
    let listener: Option<Arc<dyn SyncListener>> = Some(told.clone());
    let site = "https://hub.example".to_owned();
    run(hub.sync(SyncRequest { site, listener, ..SyncRequest::default() })).unwrap();
    let told = told.0.lock().unwrap();
    assert_eq!(told.first(), Some(&Progress::Asking));
    assert_eq!(told.last(), Some(&Progress::TakingIn));
    let full = fs::metadata(publisher.site().join("full/1.zst")).unwrap().len();
    assert!(told.contains(&Progress::Fetching { bytes: full, most: full }), "{told:?}");
}
