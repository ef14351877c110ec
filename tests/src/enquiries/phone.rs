//! A phone: what is on its disk, what it holds in memory, and what it takes for the time of day.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use otsupport_wire::enquiry::{EnquiryId, EnquiryKeys};

use super::history::Record;

/// Why something was not stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotStored {
    /// The disk is full: what was there before is there still.
    Full,
    /// It cannot be read again.
    Unreadable,
}

/// A phone.
#[derive(Clone, Debug)]
pub struct Phone {
    /// The enquiries on its disk, as they are read from it.
    pub disk: BTreeMap<EnquiryId, Arc<Record>>,
    /// Whether the disk is full.
    pub full: bool,
    /// Whether it is switched on.
    pub on: bool,
    /// How far its clock is ahead of the truth.
    pub ahead: TimeDelta,
    /// The keys in the newest bank that it verified.
    pub keys: EnquiryKeys,
    /// When that bank was signed.
    pub verified: DateTime<Utc>,
    /// How often the app was killed: what an earlier one began is not heard by a later one.
    pub boot: u32,
    /// What is under way: known to the running app alone.
    pub in_flight: BTreeSet<EnquiryId>,
    /// The number of the timer that is to wake it: an older one does not.
    pub timer: u64,
}

impl Phone {
    /// A new phone with this bank.
    pub fn new(keys: EnquiryKeys, verified: DateTime<Utc>) -> Self {
        Self {
            disk: BTreeMap::new(),
            full: false,
            on: true,
            ahead: TimeDelta::zero(),
            keys,
            verified,
            boot: 0,
            in_flight: BTreeSet::new(),
            timer: 0,
        }
    }

    /// What the engine is told: no earlier than the newest signature that was verified.
    pub fn now(&self, truth: DateTime<Utc>) -> DateTime<Utc> {
        (truth + self.ahead).max(self.verified)
    }

    /// Puts an enquiry on the disk, in place of what was there under its name.
    ///
    /// # Errors
    /// [`NotStored`].
    pub fn store(&mut self, record: &Record) -> Result<Arc<Record>, NotStored> {
        if self.full {
            return Err(NotStored::Full);
        }
        let bytes = serde_json::to_vec(record).map_err(|_| NotStored::Unreadable)?;
        let kept: Arc<Record> =
            serde_json::from_slice(&bytes).map(Arc::new).map_err(|_| NotStored::Unreadable)?;
        self.disk.insert(record.id, kept.clone());
        if *kept == *record { Ok(kept) } else { Err(NotStored::Unreadable) }
    }
}
