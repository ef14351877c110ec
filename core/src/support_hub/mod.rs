//! The one object that a front end holds.

mod enquiries;
mod family;
mod meaning;
mod media;
mod reminders;

use std::fs;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::{Arc, Mutex, RwLock};
use std::task::{Context, Poll, Waker};

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use otsupport_wire::ItemId;
use otsupport_wire::enquiry::EnquiryId;
use otsupport_wire::trust::Verifier;
use serde::Serialize;

use crate::error::{Error, HubError};
use crate::platform::{self, Folder, Http, Platform};
use crate::storage::{
    self, Bank, Checked, ContentStore, Failing, FamilyStore, Floor, Kept, MediaStore, Reading, StorageReport,
    Travelled, random,
};
use crate::strategies::{
    self, Card, Filter, Freshness, ItemView, Lens, OpenedSignpost, Page, Search, SearchAnswer, ServiceView,
    SignpostRequest, SignpostView, TopicView, VariantChoice,
};
use crate::sync::{
    Driver, Joining, Outcome, Reason, SyncReport, SyncRequest, Talk, held_back, kept_banks, know_ahead,
    load_kept, month, wait,
};

/// Where a hub keeps its files and whom it trusts.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// A folder of its own. It is made if missing.
    pub folder: PathBuf,
    /// The trusted root (`root.json`); read on first use and ignored afterwards.
    pub root: Option<Vec<u8>>,
    /// A folder with a first published site, so that the first start needs no network.
    pub seed: Option<PathBuf>,
}

/// What was found broken at opening, and mended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "mended", rename_all = "kebab-case")]
pub enum Mended {
    /// The bank's database was damaged. It was rebuilt, from the kept snapshot if `whole`; else the next sync brings it.
    ContentRebuilt {
        /// Whether the bank is here again.
        whole: bool,
    },
    /// The carried bank was not taken in, for this reason. What was here before still is.
    SeedRefused {
        /// Why.
        reason: Reason,
    },
    /// The family's database was damaged. The file was set aside and what could be read was carried over.
    FamilyQuarantined {
        /// Where the damaged file is.
        file: PathBuf,
        /// How many saved items were carried over.
        salvaged: usize,
    },
}

/// The Support Hub on this phone. Every method may be called from any thread; all but [`Self::sync`], [`Self::fetch_media`] and
/// [`Self::fetch_wanted_media`] touch local files only.
pub struct SupportHub {
    content_path: PathBuf,
    /// Written only while a damaged database is replaced.
    content: RwLock<Arc<ContentStore>>,
    family: FamilyStore,
    kept: Kept,
    media: MediaStore,
    /// The table that tells meanings.
    tables: MediaStore,
    platform: Platform,
    mended: Vec<Mended>,
    /// The enquiry that is on its way just now.
    sending: Mutex<Option<EnquiryId>>,
    /// The sync under way.
    joining: Joining<Result<SyncReport, HubError>>,
}

impl SupportHub {
    /// Opens the hub in its folder, mends what is damaged, and takes in the carried bank if it is newer.
    ///
    /// # Errors
    /// [`HubError::NeedsUpdate`] for data of a newer app, [`HubError::Untrusted`] for a root that is none,
    /// [`HubError::Storage`] and [`HubError::StorageFull`] for the disk. A lost or wrong key is none: see [`Self::locked`].
    pub fn open(options: OpenOptions, platform: Platform) -> Result<Self, HubError> {
        Ok(Self::try_open(options, platform)?)
    }

    fn try_open(options: OpenOptions, platform: Platform) -> Result<Self, Error> {
        fs::create_dir_all(&options.folder)?;
        let (family, quarantine) =
            FamilyStore::open(&options.folder.join("family.db"), platform.keys.clone())?;
        let mut mended = Vec::new();
        if let Some(it) = quarantine {
            mended.push(Mended::FamilyQuarantined { file: it.file, salvaged: it.salvaged });
        }
        trust(&family, options.root.as_deref())?;
        let kept = Kept::open(&options.folder.join("kept"))?;
        recover_floor(&family, &kept)?;
        let content_path = options.folder.join("content.db");
        let content = match ContentStore::open(&content_path) {
            Err(error) if error.is_damage_of_bank() => {
                ContentStore::discard(&content_path)?;
                let content = ContentStore::open(&content_path)?;
                let whole = rebuild(&content, &family, &kept)?;
                mended.push(Mended::ContentRebuilt { whole });
                content
            }
            opened => opened?,
        };
        let media = MediaStore::new(options.folder.join("media"));
        let tables = MediaStore::new(options.folder.join("meaning"));
        let (content, sending, joining) = (RwLock::new(Arc::new(content)), Mutex::new(None), Joining::new());
        let mut hub =
            Self { content_path, content, family, kept, media, tables, platform, mended, sending, joining };
        let before = hub.bank_version()?;
        hub.catch_up()?;
        if let Some(seed) = options.seed {
            let seed = Folder(seed);
            match hub.take_seed(&seed) {
                // A carried bank older than what is here is no news, and one that finds no room can wait.
                Ok(None | Some(Reason::Rollback)) => {}
                Ok(Some(reason)) => hub.mended.push(Mended::SeedRefused { reason }),
                Err(error) if error.is_full() => {}
                Err(error) => return Err(error),
            }
            hub.learned(hub.take_carried_table(&seed));
        }
        hub.learned(hub.learn());
        // Not at every opening: with ten thousand items it takes a moment.
        if hub.bank_version()? != before {
            hub.remove_unnamed_media();
        }
        match hub.note_news() {
            // What is withdrawn or cancelled is told all the same where it stands; the notice can wait for room.
            Err(error) if error.is_full() => {}
            noted => noted?,
        }
        Ok(hub)
    }

    /// Search works without meanings: what went wrong with them is tried again at the next opening or sync.
    fn learned(&self, learned: Result<(), Error>) {
        if learned.is_err() {
            tracing::warn!("the table of meanings could not be taken in");
        }
    }

    /// What was found broken at opening, and mended.
    pub fn mended(&self) -> &[Mended] {
        &self.mended
    }

    /// Who offers the bank.
    ///
    /// # Errors
    /// As every method: [`HubError::Closed`], [`HubError::Storage`].
    pub fn service(&self) -> Result<ServiceView, HubError> {
        Ok(self.reading(strategies::service)?)
    }

    /// All topics in the service's order.
    ///
    /// # Errors
    /// As every method.
    pub fn topics(&self) -> Result<Vec<TopicView>, HubError> {
        Ok(self.reading(strategies::topics)?)
    }

    /// The items that pass the filter, by topic; within a topic, what is for the chosen view and suits the chosen profile comes
    /// first, then by title.
    ///
    /// # Errors
    /// As every method.
    pub fn browse(&self, filter: &Filter, page: Page) -> Result<Vec<Card>, HubError> {
        let (now, lens) = (self.now(), self.lens());
        Ok(self.reading(|reading| {
            strategies::browse(reading, filter, page, &lens, &Freshness::read(reading, now)?)
        })?)
    }

    /// Searches the bank.
    ///
    /// # Errors
    /// As every method.
    pub fn search(&self, search: &Search) -> Result<SearchAnswer, HubError> {
        let (now, lens) = (self.now(), self.lens());
        Ok(self.reading_with(|content, reading| {
            strategies::search(reading, content.search(), search, &lens, &Freshness::read(reading, now)?)
        })?)
    }

    /// One item, whole.
    ///
    /// # Errors
    /// [`HubError::NotFound`] if the bank has no such item.
    pub fn show(&self, id: &ItemId, variant: &VariantChoice) -> Result<ItemView, HubError> {
        let now = self.now();
        Ok(self.reading(|reading| {
            strategies::show(reading, &self.family, &self.media, id, variant, &Freshness::read(reading, now)?)
        })?)
    }

    /// A link to a few items and its QR code, for a family. It holds ids and a note, nothing about anybody.
    ///
    /// # Errors
    /// [`HubError::NotFound`] for an item that the bank does not have, [`HubError::Invalid`] with `withdrawn`, `items` (none, or
    /// more than 20), `note` (longer than 140 characters), `expires` (a day that has passed) or `hub` (no https address).
    pub fn signpost(&self, request: &SignpostRequest) -> Result<SignpostView, HubError> {
        let now = self.now();
        Ok(self.reading(|reading| strategies::signpost(reading, request, now))?)
    }

    /// The same on paper: a page for A4 with the titles, the QR code, the addresses in words, and the warnings of each item.
    ///
    /// # Errors
    /// As [`Self::signpost`].
    pub fn signpost_sheet(&self, request: &SignpostRequest) -> Result<String, HubError> {
        let now = self.now();
        Ok(self.reading(|reading| {
            strategies::signpost_sheet(reading, request, &Freshness::read(reading, now)?, now)
        })?)
    }

    /// What a signpost's link leads to, with the bank that is here; nothing is fetched.
    ///
    /// # Errors
    /// [`HubError::Invalid`] with `link` for what is no signpost and `link-cut` for one that is not whole,
    /// [`HubError::NeedsUpdate`] for one of a newer app.
    pub fn open_signpost(&self, link: &str) -> Result<OpenedSignpost, HubError> {
        let (now, lens) = (self.now(), self.lens());
        Ok(self.reading(|reading| {
            strategies::open_signpost(reading, link, &lens, &Freshness::read(reading, now)?, now)
        })?)
    }

    /// What the hub takes on this phone.
    ///
    /// # Errors
    /// As every method.
    pub fn storage(&self) -> Result<StorageReport, HubError> {
        Ok(self.measure()?)
    }

    /// Asks the hub for news and takes it in. Being offline is an outcome.
    ///
    /// One sync runs at a time: whoever asks while one is under way is given its report, whatever was asked for. The network part waits
    /// without holding a lock or a transaction; taking a bank in works on this thread: for a few milliseconds, the first for a second
    /// or so with ten thousand strategies. Dropping the future loses nothing but bytes.
    ///
    /// # Errors
    /// [`HubError::Invalid`] for an address that is none, [`HubError::Untrusted`] without a trusted root,
    /// [`HubError::Storage`] and [`HubError::StorageFull`] for the disk.
    pub async fn sync(&self, request: impl Into<SyncRequest>) -> Result<SyncReport, HubError> {
        let request = request.into();
        self.joining.run(|| async { Ok(self.sync_alone(&request).await?) }).await
    }

    async fn sync_alone(&self, request: &SyncRequest) -> Result<SyncReport, Error> {
        let (now, host) = (self.now(), platform::host(&request.site));
        let failing = self.reading(|reading| Failing::read(reading, &host))?;
        let not_before = failing.and_then(|it| DateTime::from_timestamp_millis(it.not_before));
        if let Some(reason) = held_back(request.started, request.link, not_before, now) {
            let bank = self.reading(Bank::read)?.map_or(0, |it| it.version);
            let mut report = SyncReport::held_back(bank, reason, not_before.filter(|it| *it > now));
            // What the family wrote has a turn of its own.
            if reason == Reason::Waiting {
                report.count(self.deliver(request, now).await?);
            }
            return Ok(report);
        }
        let talk = self.talk(request, now).await;
        // Also after a sync that failed half-way: the signed news alone withdraws.
        let noted = self.note_news();
        // Content and enquiries fail apart.
        let delivered = self.deliver(request, now).await;
        let Talk { mut report, retry_after } = talk?;
        noted?;
        report.count(delivered?);
        // Also where only the news came: what was withdrawn may have pictures here.
        if report.outcome != Outcome::Unchanged {
            self.remove_unnamed_media();
        }
        if report.reason.is_none() && !request.link.is_metered() {
            match self.fetch_table(&request.site, request.link).await {
                Ok(Some(fetched)) => {
                    report.requests += fetched.requests;
                    report.bytes += fetched.bytes;
                }
                Ok(None) => {}
                Err(error) => self.learned(Err(error)),
            }
        }
        let content = self.content();
        if report.reason.is_some_and(Reason::is_the_hubs) {
            let failures = failing.map_or(0, |it| it.failures).saturating_add(1);
            let chance = u64::from_be_bytes(random()?);
            let at = now + wait(failures, retry_after, chance);
            content.write(|writing| {
                Failing { failures, not_before: at.timestamp_millis() }.store(writing, &host)
            })?;
            report.next_attempt_at = Some(at);
        } else if failing.is_some() && report.reason.is_none() {
            content.write(|writing| Failing::forget(writing, &host))?;
        }
        Ok(report)
    }

    async fn talk(&self, request: &SyncRequest, now: DateTime<Utc>) -> Result<Talk, Error> {
        let content = self.content();
        let http = self.platform.http.clone();
        match self.driver(&content, http.as_ref(), request).sync(now, true).await {
            Err(error) if error.is_damage_of_bank() => {
                let rebuilt = self.replace(&content)?;
                self.driver(&rebuilt, http.as_ref(), request).sync(now, true).await
            }
            result => result,
        }
    }

    /// Closes the files. Afterwards every other method answers [`HubError::Closed`].
    pub fn close(&self) {
        self.content().close();
        self.family.close();
    }

    fn now(&self) -> DateTime<Utc> {
        self.platform.clock.now()
    }

    /// The instant that is written beside what the family makes: whole seconds are enough, and read well.
    fn written_now(&self) -> DateTime<Utc> {
        self.now().trunc_subsecs(0)
    }

    /// The day that the family lives in.
    fn today(&self) -> NaiveDate {
        platform::day_in_london(self.now())
    }

    fn lens(&self) -> Lens {
        Lens::read(&self.family, self.today())
    }

    fn content(&self) -> Arc<ContentStore> {
        self.content.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    fn driver<'a>(
        &'a self,
        content: &'a ContentStore,
        http: &'a dyn Http,
        request: &'a SyncRequest,
    ) -> Driver<'a> {
        Driver { content, family: &self.family, kept: &self.kept, http, request }
    }

    /// Reads the bank; a database that turns out to be damaged is rebuilt and read once more.
    fn reading<T>(&self, work: impl Fn(&Reading<'_>) -> Result<T, Error>) -> Result<T, Error> {
        self.reading_with(|_, reading| work(reading))
    }

    /// The same with what the store holds beside its database.
    fn reading_with<T>(
        &self,
        work: impl Fn(&ContentStore, &Reading<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let content = self.content();
        match content.read(|reading| work(&content, reading)) {
            Err(error) if error.is_damage_of_bank() => {
                let rebuilt = self.replace(&content)?;
                rebuilt.read(|reading| work(&rebuilt, reading))
            }
            result => result,
        }
    }

    fn replace(&self, damaged: &Arc<ContentStore>) -> Result<Arc<ContentStore>, Error> {
        let mut content = self.content.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        // Another thread may have been first.
        if Arc::ptr_eq(&content, damaged) {
            damaged.close();
            ContentStore::discard(&self.content_path)?;
            let rebuilt = ContentStore::open(&self.content_path)?;
            if let Some(table) = damaged.search().table() {
                rebuilt.search().learn(table);
            }
            rebuild(&rebuilt, &self.family, &self.kept)?;
            *content = Arc::new(rebuilt);
        }
        Ok(content.clone())
    }

    /// A verified bank that was kept but not taken in before the power went is taken in now.
    fn catch_up(&self) -> Result<(), Error> {
        let content = self.content();
        let here = content.read(Bank::read)?.map_or(0, |it| it.version);
        match self.family.floor()? {
            // The bank is gone, or was being rebuilt when the power went: any that is kept is better than none.
            Some(floor) if here == 0 && floor.bank > 0 => {
                rebuild(&content, &self.family, &self.kept).map(drop)
            }
            Some(floor) if floor.bank != here => {
                let banks = kept_banks(&self.kept, &floor)?;
                if let Some(trusted) = banks.iter().find(|it| it.newest.version.0 == floor.bank) {
                    load_kept(&content, &self.kept, trusted, &floor)?;
                }
                know_ahead(&content, &banks)
            }
            _ => Ok(()),
        }
    }

    fn take_seed(&self, seed: &Folder) -> Result<Option<Reason>, Error> {
        let content = self.content();
        let request = SyncRequest::default();
        let driver = self.driver(&content, seed, &request);
        // Expiry stops updates, never reading: a phone's first start may come long after its app was built.
        let sync = pin!(driver.sync(DateTime::<Utc>::MIN_UTC, false));
        // A folder answers at once: there is nothing to wait for, and nobody to wake.
        match sync.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(talk) => Ok(talk?.report.reason),
            Poll::Pending => Err(Error::Internal("a folder did not answer")),
        }
    }

    fn measure(&self) -> Result<StorageReport, Error> {
        let folder = self.content_path.parent().ok_or(Error::Internal("no folder"))?;
        let bytes = |name: &str| {
            ["", "-wal", "-shm"]
                .iter()
                .filter_map(|suffix| fs::metadata(folder.join(format!("{name}{suffix}"))).ok())
                .map(|it| it.len())
                .sum::<u64>()
        };
        let month = month(self.now());
        let (bank, checked, items, travelled) = self.reading(|reading| {
            let items = reading.query_row(
                "SELECT count(*) FROM items WHERE original = 1 AND withdrawn = 0",
                [],
                |row| row.get(0),
            )?;
            let travelled = Travelled::read(reading, &month)?;
            Ok((Bank::read(reading)?, Checked::read(reading)?, items, travelled))
        })?;
        let content = bytes("content.db") + storage::total(&self.tables.held()?);
        let (snapshot, family) = (self.kept.size()?, bytes("family.db"));
        let aside =
            self.family.aside()?.iter().filter_map(|it| fs::metadata(it).ok()).map(|it| it.len()).sum();
        let media = self.media_totals()?;
        let (unreadable, copy_kept_at) = match self.family.locked() {
            Some(_) => (0, None),
            None => (storage::unreadable(&self.family)?, storage::last_kept(&self.family)?),
        };
        Ok(StorageReport {
            content,
            snapshot,
            family,
            media: media.here,
            media_saved: media.saved,
            media_budget: media.budget,
            aside,
            total: content + snapshot + family + media.here + aside,
            locked: self.family.locked(),
            unreadable,
            copy_kept_at,
            version: bank.as_ref().map_or(0, |it| it.version),
            items,
            metered_this_month: travelled.metered,
            unmetered_this_month: travelled.unmetered,
            newer_app_needed: bank.is_some_and(|it| it.newer),
            checked_at: checked.and_then(|it| DateTime::from_timestamp_millis(it.at)),
        })
    }
}

/// On first use the given root becomes the one that is trusted; later ones are ignored.
fn trust(family: &FamilyStore, root: Option<&[u8]>) -> Result<(), Error> {
    let Some(root) = root else { return Ok(()) };
    if family.floor()?.is_none() {
        // Its expiry is not judged: newer ones are fetched before anything else is.
        let verifier = Verifier::new(root, DateTime::<Utc>::MIN_UTC)?;
        family.raise(&Floor::on(root.to_vec(), verifier.root().head.version))?;
    }
    Ok(())
}

/// A family database that was lost takes the floor with it. What was kept says how high it stood.
fn recover_floor(family: &FamilyStore, kept: &Kept) -> Result<(), Error> {
    let Some(floor) = family.floor()?.filter(|it| it.bank == 0) else { return Ok(()) };
    let Some(verified) = kept_banks(kept, &floor)?.into_iter().find_map(|it| it.verified) else {
        return Ok(());
    };
    family.raise(&Floor {
        versions: verified.versions,
        bank: verified.news.newest.version.0,
        sha256: Some(verified.news.newest.sha256),
        verified_at: verified.issued.unwrap_or_default(),
        ..floor
    })
}

/// Takes in the newest kept bank that can be read. The floor stays where it is: what was here may come back, nothing older
/// is accepted from outside.
fn rebuild(content: &ContentStore, family: &FamilyStore, kept: &Kept) -> Result<bool, Error> {
    let Some(floor) = family.floor()? else { return Ok(false) };
    let banks = kept_banks(kept, &floor)?;
    for bank in &banks {
        if load_kept(content, kept, bank, &floor)? {
            know_ahead(content, &banks)?;
            return Ok(true);
        }
    }
    Ok(false)
}
