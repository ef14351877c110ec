//! The keys for enquiries that the newest bank of the site names.

use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use otsupport_wire::enquiry::{EnquiryKeys, ReceiptKey};
use otsupport_wire::snapshot::{Limits, ReadError, Record, read};
use otsupport_wire::trust::Head;

use super::journal::Journal;

/// The site is looked at this often at most.
const PAUSE: Duration = Duration::from_secs(1);

/// Why the keys of the newest bank are not known.
#[derive(Debug, thiserror::Error)]
enum BankError {
    #[error("nothing was published yet: enquiries are not taken until it is")]
    NoHead,
    #[error("the head of the site cannot be read: enquiries are taken by the keys of the bank before")]
    Head,
    #[error("the newest bank cannot be read: enquiries are taken by the keys of the bank before")]
    Bank,
}

/// The keys, kept as new as the site. The bank is the hub's own file: no signature is asked for again.
pub(super) struct BankKeys {
    site: PathBuf,
    receipt: ReceiptKey,
    journal: Journal,
    looked: Option<Instant>,
    head: Option<Mark>,
    keys: Option<EnquiryKeys>,
    warned: Option<String>,
}

/// By what a file is known to have changed.
type Mark = (SystemTime, u64);

impl BankKeys {
    /// Of this site. `receipt` is the public half of the key that signs receipts: phones take no others than the bank names.
    pub(super) fn new(site: PathBuf, receipt: ReceiptKey, journal: Journal) -> Self {
        Self { site, receipt, journal, looked: None, head: None, keys: None, warned: None }
    }

    /// The keys of the newest bank; `None` if it names none.
    pub(super) fn current(&mut self, now: Instant) -> Option<&EnquiryKeys> {
        let is_due = self.looked.is_none_or(|it| now.saturating_duration_since(it) >= PAUSE);
        if is_due {
            self.looked = Some(now);
            self.look();
        }
        self.keys.as_ref()
    }

    fn look(&mut self) {
        let mark = mark(&self.site.join("head"));
        if mark.as_ref().is_ok_and(|it| Some(*it) == self.head) {
            return;
        }
        let keys = match &mark {
            Ok(_) => newest(&self.site),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(BankError::NoHead),
            Err(_) => Err(BankError::Head),
        };
        match keys {
            Ok(keys) => {
                self.head = mark.ok();
                self.warned = None;
                match &keys {
                    None => self.warn("the newest bank names no keys for enquiries: none are taken"),
                    Some(keys) if !keys.receipt.contains(&self.receipt) => self.warn(
                        "the newest bank does not name the key of --receipt-key: phones will not take these receipts. Publish with \
                         the same receipt.key",
                    ),
                    Some(_) => {}
                }
                self.keys = keys;
            }
            // The next look tries again.
            Err(error) => self.warn(&error.to_string()),
        }
    }

    /// Says it once.
    fn warn(&mut self, warning: &str) {
        if self.warned.as_deref() != Some(warning) {
            self.journal.warn(warning);
            self.warned = Some(warning.to_owned());
        }
    }
}

fn mark(path: &Path) -> io::Result<Mark> {
    let file = fs::metadata(path)?;
    Ok((file.modified()?, file.len()))
}

/// What the newest bank's service record says: it is the first, so little of the bank is read.
fn newest(site: &Path) -> Result<Option<EnquiryKeys>, BankError> {
    let head = fs::read(site.join("head")).map_err(|_| BankError::Head)?;
    let head = Head::unpack(&head).map_err(|_| BankError::Head)?;
    let newest = head.claims().ok_or(BankError::Head)?;
    let packed =
        File::open(site.join(format!("full/{}.zst", newest.version))).map_err(|_| BankError::Bank)?;
    let unpacked = zstd::Decoder::new(packed).map_err(|_| BankError::Bank)?;
    let found = read(BufReader::new(unpacked), &Limits::default(), |record, _| match record {
        Record::Service(service) => Err(Stop::Found(service.keys.map(Box::new))),
        _ => Err(Stop::Fault),
    });
    match found {
        Err(Stop::Found(keys)) => Ok(keys.map(|it| *it)),
        _ => Err(BankError::Bank),
    }
}

/// Why no more of a bank is read.
enum Stop {
    Found(Option<Box<EnquiryKeys>>),
    Fault,
}

impl From<ReadError> for Stop {
    fn from(_: ReadError) -> Self {
        Self::Fault
    }
}
