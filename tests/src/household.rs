//! A household: a phone with a bank, a clock that the test moves, and short names for what people do.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use otsupport_core::platform::{Clock, GivenKey, Platform};
use otsupport_core::strategies::{LogRequest, PracticeResult, ProfileId, ProfileKind, ProfileRequest};
use otsupport_core::wire::ItemId;
use otsupport_core::{FamilyKey, HubError, OpenOptions, SupportHub};
use tempfile::TempDir;

use crate::content_folder::small;
use crate::site::{MORNING, Publisher, instant};

type Failure = Box<dyn std::error::Error>;

/// The demonstration bank, published once for the tests that run at the same time and only read it.
///
/// # Errors
/// What the disk reports.
pub fn demonstration() -> Result<Arc<Publisher>, Failure> {
    static SHARED: Mutex<Weak<Publisher>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(publisher) = shared.upgrade() {
        return Ok(publisher);
    }
    let publisher = Publisher::new()?;
    publisher.publish(MORNING)?;
    let publisher = Arc::new(publisher);
    *shared = Arc::downgrade(&publisher);
    Ok(publisher)
}

/// A clock that stands where the test puts it, or goes on by a second whenever it is looked at.
pub struct SetClock {
    now: Mutex<DateTime<Utc>>,
    step: TimeDelta,
}

impl SetClock {
    /// A clock that stands.
    pub fn at(now: &str) -> Arc<Self> {
        Arc::new(Self { now: Mutex::new(instant(now)), step: TimeDelta::zero() })
    }

    /// Puts the clock.
    pub fn set(&self, now: &str) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = instant(now);
    }
}

impl Clock for SetClock {
    fn now(&self) -> DateTime<Utc> {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        *now += self.step;
        *now
    }
}

/// A phone in use.
pub struct Household {
    folder: TempDir,
    publisher: Arc<Publisher>,
    /// Its clock.
    pub clock: Arc<SetClock>,
    /// The hub on it.
    pub hub: SupportHub,
}

impl Household {
    /// A phone with the small bank of `fixtures/small`.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn small() -> Result<Self, Failure> {
        let publisher = small()?;
        publisher.publish(MORNING)?;
        Self::of(Arc::new(publisher))
    }

    /// A phone with the demonstration bank.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn demonstration() -> Result<Self, Failure> {
        Self::of(demonstration()?)
    }

    /// A phone with what this publisher published.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn of(publisher: Arc<Publisher>) -> Result<Self, Failure> {
        let clock = Arc::new(SetClock { now: Mutex::new(instant(MORNING)), step: TimeDelta::zero() });
        Self::with_clock(publisher, clock)
    }

    /// Two phones with the small bank whose common clock never shows the same second twice.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn two() -> Result<[Self; 2], Failure> {
        let publisher = small()?;
        publisher.publish(MORNING)?;
        let publisher = Arc::new(publisher);
        let clock = Arc::new(SetClock { now: Mutex::new(instant(MORNING)), step: TimeDelta::seconds(1) });
        Ok([Self::with_clock(publisher.clone(), clock.clone())?, Self::with_clock(publisher, clock)?])
    }

    fn with_clock(publisher: Arc<Publisher>, clock: Arc<SetClock>) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let hub = open(&folder, &publisher, &clock, 7)?;
        Ok(Self { folder, publisher, clock, hub })
    }

    /// Where its files are.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The publisher of its bank.
    pub fn publisher(&self) -> &Publisher {
        &self.publisher
    }

    /// Opens the hub again, which takes in the newest bank.
    ///
    /// # Errors
    /// As [`SupportHub::open`].
    pub fn reopen(&mut self) -> Result<(), Failure> {
        self.reopen_with_key(7)
    }

    /// Opens the hub again with the key of this byte.
    ///
    /// # Errors
    /// As [`SupportHub::open`].
    pub fn reopen_with_key(&mut self, key: u8) -> Result<(), Failure> {
        self.hub.close();
        self.hub = open(&self.folder, &self.publisher, &self.clock, key)?;
        Ok(())
    }
}

fn open(
    folder: &TempDir,
    publisher: &Publisher,
    clock: &Arc<SetClock>,
    key: u8,
) -> Result<SupportHub, Failure> {
    let key = FamilyKey::from_bytes(&[key; 32]).ok_or("no key")?;
    let mut platform = Platform::with_key(Arc::new(GivenKey(key)));
    platform.clock = clock.clone();
    let options = OpenOptions {
        folder: folder.path().to_owned(),
        root: Some(publisher.root()?),
        seed: Some(publisher.site()),
    };
    Ok(SupportHub::open(options, platform)?)
}

/// An item's id.
///
/// # Panics
/// If the text is none.
pub fn id(text: &str) -> ItemId {
    #[allow(clippy::expect_used)]
    text.parse().expect("an item's id")
}

/// A day.
///
/// # Panics
/// If the text is none.
pub fn day(text: &str) -> NaiveDate {
    #[allow(clippy::expect_used)]
    text.parse().expect("a day")
}

/// A child of this nickname, of whom nothing else is said.
pub fn child(nickname: &str) -> ProfileRequest {
    ProfileRequest {
        nickname: nickname.to_owned(),
        kind: ProfileKind::Child,
        age: None,
        settings: Default::default(),
    }
}

/// How a strategy went today.
pub fn went(item: &str, result: PracticeResult) -> LogRequest {
    LogRequest { item: id(item), profile: None, on: None, result, who: String::new(), note: String::new() }
}

/// How a strategy went with this child on a day.
pub fn went_with(item: &str, result: PracticeResult, profile: &ProfileId, on: &str) -> LogRequest {
    LogRequest { profile: Some(profile.clone()), on: Some(day(on)), ..went(item, result) }
}

/// The code of a refusal; empty for none.
pub fn code<T>(result: Result<T, HubError>) -> String {
    result.err().map(|it| it.code().to_owned()).unwrap_or_default()
}
