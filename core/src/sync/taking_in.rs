//! A verified snapshot becomes the bank that is here: the newest that came, or one that was kept.

use std::io::BufRead;

use chrono::{DateTime, Utc};
use otsupport_wire::BankVersion;
use otsupport_wire::snapshot::{Comparison, Limits, ReadError, read};
use otsupport_wire::trust::{Head, Newest, News, Verified, Verifier};
use rusqlite::ErrorCode;

use super::report::Reason;
use crate::error::Error;
use crate::storage::{Bank, Changing, Checked, ContentStore, Floor, Kept, Loading, Writing, recall};

/// How the bank that is here becomes the newest one.
pub(super) struct Step {
    pub(super) from: BankVersion,
    pub(super) comparison: Comparison,
    pub(super) new: Vec<u8>,
}

/// Takes what is known of the newest bank for true, whether or not it can be had.
pub(super) fn know(writing: &Writing<'_>, news: &News) -> Result<(), Error> {
    recall(writing, &news.recalls)?;
    Bank::note_newest(writing, news.newest.version.0)
}

/// Takes a verified snapshot in, in one transaction, by the step to it if the bank before is here, unless one as new is already here. A
/// number above `most`, the newest that is trusted, was driven up with a key that has been changed since.
pub(super) fn take_in(
    content: &ContentStore,
    snapshot: impl BufRead,
    step: Option<Step>,
    newest: &Newest,
    most: u64,
    head: &[u8],
    checked: Option<&Checked>,
) -> Result<(), Error> {
    content.write(|writing| {
        if let Some(checked) = checked {
            checked.store(writing)?;
        }
        let here = Bank::read(&writing.reading())?;
        if here.as_ref().is_some_and(|it| is_as_new(it, newest, most)) {
            return Ok(());
        }
        if checked.is_none() {
            Checked::forget_tag(writing)?;
        }
        if let Some(Step { comparison, new, .. }) =
            step.filter(|step| here.is_some_and(|it| it.version == step.from.0))
            && let Some(changing) = Changing::begin(writing, &comparison.changes, content.search().table())?
        {
            is_the_signed_one(comparison.summary.version, newest)?;
            return changing.make(comparison, &new, newest, head);
        }
        let mut loading = Loading::begin(writing, content.search().table())?;
        let summary = read(snapshot, &Limits::default(), |record, json| loading.record(record, json))?;
        is_the_signed_one(summary.version, newest)?;
        loading.finish(&summary, newest, head)
    })
}

/// Whether the bank that is here is the newest, or a newer one that another program has taken in.
fn is_as_new(here: &Bank, newest: &Newest, most: u64) -> bool {
    if here.version == newest.version.0 {
        // Under keys that were changed, the same number may have been given to another bank.
        return claims(&here.head).is_none_or(|it| it.sha256 == newest.sha256);
    }
    (newest.version.0..=most.max(newest.version.0)).contains(&here.version)
}

fn is_the_signed_one(version: BankVersion, newest: &Newest) -> Result<(), Error> {
    if version == newest.version {
        return Ok(());
    }
    Err(ReadError::Malformed { line: 1, what: "another bank than was signed" }.into())
}

pub(super) fn claims(head: &[u8]) -> Option<Newest> {
    Head::unpack(head).ok()?.claims()
}

/// What the newest head that holds says ahead of the bank that is here is known again after the bank was rebuilt.
pub(crate) fn know_ahead(content: &ContentStore, banks: &[KeptBank]) -> Result<(), Error> {
    let Some(verified) = banks.iter().find_map(|it| it.verified.as_ref()) else { return Ok(()) };
    content.write(|writing| know(writing, &verified.news))
}

/// A bank that lies in the folder of kept snapshots under a head that holds.
pub(crate) struct KeptBank {
    /// The bank.
    pub(crate) newest: Newest,
    /// What its head says, if its signatures hold under the root of today.
    pub(crate) verified: Option<Verified>,
    head: Vec<u8>,
}

/// The kept banks, the newest first: those whose head holds under the root of today, and the one that was verified last,
/// which is known by its digest whatever became of the keys.
pub(crate) fn kept_banks(kept: &Kept, floor: &Floor) -> Result<Vec<KeptBank>, Error> {
    // Expiry stops updates, never reading.
    let verifier = Verifier::new(&floor.root, DateTime::<Utc>::MIN_UTC)?;
    let mut banks: Vec<KeptBank> = kept
        .heads()?
        .into_iter()
        .filter_map(|bytes| {
            let head = Head::unpack(&bytes).ok()?;
            let verified = head.verify(verifier.clone()).ok();
            let known = |it: &Newest| it.version.0 == floor.bank && Some(it.sha256) == floor.sha256;
            let newest =
                verified.as_ref().map(|it| it.news.newest).or_else(|| head.claims().filter(known))?;
            Some(KeptBank { newest, verified, head: bytes })
        })
        .collect();
    banks.sort_by_key(|it| std::cmp::Reverse(it.newest.version));
    Ok(banks)
}

/// Takes in a kept bank, unless one as new is already here. Says whether its snapshot was whole and could be read.
pub(crate) fn load_kept(
    content: &ContentStore,
    kept: &Kept,
    bank: &KeptBank,
    floor: &Floor,
) -> Result<bool, Error> {
    let newest = &bank.newest;
    let Some(snapshot) = kept.read(newest.version, newest.sha256)? else { return Ok(false) };
    match take_in(content, snapshot, None, newest, floor.bank, &bank.head, None) {
        Ok(()) => Ok(true),
        Err(error) if refusal(&error).is_some() => Ok(false),
        Err(error) => Err(error),
    }
}

/// Why a verified snapshot cannot be taken in, if that is its own fault.
pub(super) fn refusal(error: &Error) -> Option<Reason> {
    match error {
        Error::Snapshot(ReadError::TooNew(_)) => Some(Reason::NeedsUpdate),
        Error::Snapshot(ReadError::Io(_)) => None,
        Error::Snapshot(_) => Some(Reason::BadBank),
        // Two records that the database cannot hold side by side.
        Error::Sqlite(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
            Some(Reason::BadBank)
        }
        _ => None,
    }
}
