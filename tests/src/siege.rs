//! A phone under siege: it holds the second of three banks, and whoever answers for the hub is hostile.

use std::fs;
use std::path::PathBuf;

use otsupport_core::strategies::{Filter, Page, Search, VariantChoice};
use otsupport_core::sync::{Outcome, SyncReport};
use otsupport_core::{HubError, SupportHub};
use otsupport_wire::trust::{Head, Newest, SigningKey};
use tempfile::TempDir;

use crate::content_folder::small;
use crate::held::Floor;
use crate::hostile_hub::{Answer, HostileHub};
use crate::phone::{Phone, sync};
use crate::signed;
use crate::site::{MORNING, Publisher, copy};

type Failure = Box<dyn std::error::Error>;

const FLIP: &str = "strategies/dressing/coat-flip.md";
/// The instant of the third publication, and what the phone's clock says.
pub const THIRD: &str = "2026-11-26T09:00:00Z";

/// The hub as it was published three times, a hostile one in its place, and the phone.
pub struct Siege {
    /// The service that publishes.
    pub publisher: Publisher,
    sites: TempDir,
    /// Who answers.
    pub hub: HostileHub,
    /// The phone, closed. What is done to it stays: attack a twin.
    pub phone: Phone,
    /// What it trusts.
    pub floor: Floor,
}

impl Siege {
    /// Publishes three banks, of which the phone takes the second.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn begin() -> Result<Self, Failure> {
        let publisher = small()?;
        let sites = tempfile::tempdir()?;
        for (bank, now) in [(1, MORNING), (2, "2026-11-25T09:00:00Z"), (3, THIRD)] {
            if bank > 1 {
                publisher.edit(FLIP, "3. ", &format!("3. Slowly {bank}. "))?;
            }
            publisher.publish(now)?;
            copy(&publisher.site(), &sites.path().join(bank.to_string()))?;
        }
        let hub = HostileHub::start()?;
        let mut phone = Phone::new(publisher.root()?)?;
        phone.now = THIRD.to_owned();
        let siege = Self { publisher, sites, hub, phone, floor: Floor::default() };
        siege.hub.tell("head", Answer::Bytes(siege.file(2, "head")?));
        siege.hub.tell("full/2.zst", Answer::Bytes(siege.file(2, "full/2.zst")?));
        let open = siege.phone.open()?;
        let report = sync(&open, &siege.hub.address)?;
        if report.to != 2 {
            return Err(format!("{report:?}").into());
        }
        open.close();
        siege.tell_honestly()?;
        siege.hub.asked();
        let floor = Floor::of(siege.phone.folder())?;
        Ok(Self { floor, ..siege })
    }

    /// The site as it was when this bank was the newest.
    pub fn site(&self, bank: u64) -> PathBuf {
        self.sites.path().join(bank.to_string())
    }

    /// A file of it.
    ///
    /// # Errors
    /// If there is none.
    pub fn file(&self, bank: u64, path: &str) -> Result<Vec<u8>, Failure> {
        Ok(fs::read(self.site(bank).join(path))?)
    }

    /// The head of it.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn head(&self, bank: u64) -> Result<Head, Failure> {
        signed::head(&self.site(bank))
    }

    /// The hub answers as it should.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn tell_honestly(&self) -> Result<(), Failure> {
        self.hub.forget();
        for path in ["head", "full/3.zst", "delta/2-3.dcz"] {
            self.hub.tell(path, Answer::Bytes(self.file(3, path)?));
        }
        Ok(())
    }

    /// The hub offers the third bank whole, and no delta to it.
    ///
    /// # Errors
    /// What the disk or the keys report.
    pub fn tell_without_deltas(&self) -> Result<(), Failure> {
        self.hub.forget();
        let head = self.publisher.head(&self.newest()?, 3, &self.key("targets")?)?;
        self.hub.tell("head", Answer::Bytes(head.pack()?));
        self.hub.tell("full/3.zst", Answer::Bytes(self.file(3, "full/3.zst")?));
        Ok(())
    }

    /// A key of the hub.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn key(&self, role: &str) -> Result<SigningKey, Failure> {
        Ok(self.publisher.key(role)?)
    }

    /// What the third head says of its bank.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn newest(&self) -> Result<Newest, Failure> {
        Ok(self.publisher.verified()?.news.newest)
    }

    /// Asks the hub.
    ///
    /// # Errors
    /// As [`SupportHub::sync`].
    pub fn sync(&self, open: &SupportHub) -> Result<SyncReport, HubError> {
        sync(open, &self.hub.address)
    }

    /// Whether the phone still holds the second bank, reads and searches it, and trusts nothing lower than before. Says what is
    /// wrong.
    ///
    /// # Errors
    /// What is wrong.
    pub fn stands(&self, phone: &Phone, open: &SupportHub) -> Result<(), Failure> {
        let version = open.storage()?.version;
        if version != 2 {
            return Err(format!("it holds bank {version}").into());
        }
        let item = open.show(&"coat-flip".parse()?, &VariantChoice::default())?;
        let steps = item.sections.iter().find(|it| it.heading == "Steps").map(|it| it.text.as_str());
        if !steps.is_some_and(|it| it.contains("Slowly 2.") && !it.contains("Slowly 3.")) {
            return Err(format!("it shows {steps:?}").into());
        }
        let found = open.search(&Search { words: "coat".to_owned(), ..Search::default() })?;
        if found.results.first().is_none_or(|it| it.id.as_str() != "coat-flip") {
            return Err(format!("it finds {:?}", found.results).into());
        }
        let items = open.browse(&Filter::default(), Page::default())?.len();
        if items != 3 {
            return Err(format!("it lists {items} items").into());
        }
        let floor = Floor::of(phone.folder())?;
        if !floor.is_no_lower_than(&self.floor) {
            return Err(format!("its floor sank to {floor:?}").into());
        }
        Ok(())
    }

    /// An honest answer brings the third bank: to the phone itself, or to a twin from before if what was signed with real keys has
    /// raised its floor.
    ///
    /// # Errors
    /// What is wrong.
    pub fn recovers(&self, phone: &Phone, open: &SupportHub) -> Result<(), Failure> {
        self.tell_honestly()?;
        let mut report = self.sync(open)?;
        if Floor::of(phone.folder())? != self.floor && report.outcome != Outcome::Updated {
            report = self.sync(&self.phone.twin()?.open()?)?;
        }
        if (report.outcome, report.from, report.to) != (Outcome::Updated, 2, 3) {
            return Err(format!("an honest answer does not update: {report:?}").into());
        }
        Ok(())
    }
}
