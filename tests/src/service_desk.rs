//! A service with its hub, its inbox and its keys: what a family's enquiry comes to.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use otsupport_hub::embedded::EmbeddedHub;
use otsupport_hub::inbox::{self, Inbox, InboxError, Secrets};
use otsupport_hub::intake::Database;
use otsupport_hub::keys;
use otsupport_wire::enquiry::{EnquiryId, ReplyNumber};
use tempfile::TempDir;

use crate::content_folder::small;
use crate::site::{MORNING, Publisher};

type Failure = Box<dyn std::error::Error>;

/// The service of the small bank.
pub struct ServiceDesk {
    /// Its content, keys and site.
    pub publisher: Publisher,
    folder: TempDir,
    hub: Option<EmbeddedHub>,
    address: String,
}

impl ServiceDesk {
    /// A service that has published its first bank and takes enquiries.
    ///
    /// # Errors
    /// What the disk or the hub reports.
    pub fn open() -> Result<Self, Failure> {
        let publisher = small()?;
        publisher.publish(MORNING)?;
        let mut desk = Self { publisher, folder: tempfile::tempdir()?, hub: None, address: String::new() };
        desk.start()?;
        Ok(desk)
    }

    /// Starts the hub, at another address than before.
    ///
    /// # Errors
    /// What the hub reports.
    pub fn start(&mut self) -> Result<(), Failure> {
        let receipt_key = self.publisher.keys().join("receipt.key");
        let hub = EmbeddedHub::start_with_intake(&self.publisher.site(), &receipt_key, &self.database())?;
        self.address = hub.address().to_owned();
        self.hub = Some(hub);
        Ok(())
    }

    /// Stops it. Its address answers nobody.
    pub fn stop(&mut self) {
        self.hub = None;
    }

    /// Where the hub answers, or did.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The database of the intake.
    pub fn database(&self) -> PathBuf {
        self.folder.path().join("intake.db")
    }

    /// Staff open the inbox.
    ///
    /// # Errors
    /// As [`inbox::read`].
    pub fn inbox(&self) -> Result<Inbox, Failure> {
        Ok(inbox::read(&Database::in_file(self.database()), &self.secrets()?, now())?)
    }

    /// Staff reply.
    ///
    /// # Errors
    /// As [`inbox::reply`].
    pub fn reply(&self, id: EnquiryId, text: &str) -> Result<ReplyNumber, InboxError> {
        let secrets = self.secrets().map_err(|_| InboxError::Unknown)?;
        let mut random = [0; 32];
        random[..16].copy_from_slice(id.as_bytes());
        inbox::reply(&Database::in_file(self.database()), &secrets, id, text, now(), &random)
    }

    fn secrets(&self) -> Result<Secrets, Failure> {
        Ok(Secrets::Service(keys::service_secrets(&self.publisher.keys(), None)?))
    }
}

fn now() -> DateTime<Utc> {
    std::time::SystemTime::now().into()
}
