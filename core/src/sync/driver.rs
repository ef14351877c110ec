//! Carries out what the conversation says: the requests, the files, the two databases.

use std::io::BufRead;

use chrono::{DateTime, Utc};
use otsupport_wire::BankVersion;
use otsupport_wire::snapshot::{Limits, ReadError, read};
use otsupport_wire::trust::{HEAD_LIMIT, Head, Newest, ROOT_LIMIT, Verified, Verifier};
use rusqlite::ErrorCode;

use super::conversation::{Conversation, Event, Here, Instruction};
use super::report::{Outcome, Reason, SyncReport};
use crate::error::Error;
use crate::platform::{Get, Http, HttpFault, Reply};
use crate::storage::{Bank, Checked, ContentStore, FamilyStore, Floor, Incoming, Kept, Loading, Unpacking};

/// The parts that a sync works on.
pub(crate) struct Driver<'a> {
    pub(crate) content: &'a ContentStore,
    pub(crate) family: &'a FamilyStore,
    pub(crate) kept: &'a Kept,
    pub(crate) http: &'a dyn Http,
}

struct Traffic {
    requests: u32,
    bytes: u64,
}

impl Driver<'_> {
    /// Talks with the hub at `site` until there is nothing more to do.
    ///
    /// `confirms` says whether the answer is the hub's own word of today: a carried bank's is not.
    pub(crate) async fn sync(
        &self,
        site: &str,
        now: DateTime<Utc>,
        confirms: bool,
    ) -> Result<SyncReport, Error> {
        let here = Here { judges_expiry: confirms, ..self.here()? };
        let from = here.bank;
        let mut traffic = Traffic { requests: 0, bytes: 0 };
        let (mut talk, mut instruction) = Conversation::begin(here);
        let mut incoming: Option<Incoming> = None;
        let (outcome, reason) = loop {
            let event = match instruction {
                Instruction::FetchHead { if_none_match } => {
                    let mut head = Vec::new();
                    let get = Get {
                        site,
                        path: "head",
                        if_none_match: if_none_match.as_deref(),
                        limit: HEAD_LIMIT,
                        from: None,
                    };
                    traffic.requests += 1;
                    let reply = self.http.get(get, &mut head).await;
                    traffic.bytes += head.len() as u64;
                    Event::Head(self.usable(reply)?, head)
                }
                Instruction::KeepRoot { floor } => {
                    self.family.raise(&floor)?;
                    Event::RootKept
                }
                Instruction::FetchRoot { version } => {
                    let mut root = Vec::new();
                    let path = format!("metadata/{version}.root.json");
                    let get = Get { site, path: &path, if_none_match: None, limit: ROOT_LIMIT, from: None };
                    traffic.requests += 1;
                    let reply = self.http.get(get, &mut root).await;
                    traffic.bytes += root.len() as u64;
                    Event::Root(self.usable(reply)?, root)
                }
                Instruction::FetchDelta { newest, .. }
                    if self.kept.read(newest.version, newest.sha256)?.is_some() =>
                {
                    Event::Kept
                }
                Instruction::FetchDelta { base, bytes, newest } => {
                    let file = incoming.insert(self.kept.receive()?);
                    let path = format!("delta/{base}-{}.dcz", newest.version);
                    Event::Delta(self.fetch_file(site, &path, bytes, file, &mut traffic).await?)
                }
                Instruction::Patch { base, newest } => {
                    let patched = self.kept.keep_patched(&received(incoming.take())?, base, &newest);
                    Event::Unpacked(as_signed(patched)?)
                }
                Instruction::FetchFull { newest }
                    if self.kept.read(newest.version, newest.sha256)?.is_some() =>
                {
                    Event::Kept
                }
                Instruction::FetchFull { newest } => {
                    let file = incoming.insert(self.kept.receive()?);
                    let path = format!("full/{}.zst", newest.version);
                    Event::Full(self.fetch_file(site, &path, newest.packed, file, &mut traffic).await?)
                }
                Instruction::Unpack { newest } => {
                    let unpacked = self.kept.keep(&received(incoming.take())?, &newest);
                    Event::Unpacked(as_signed(unpacked)?)
                }
                Instruction::Apply { newest, floor, head, etag } => {
                    // The floor first: from here on nothing older is ever accepted, whatever happens next.
                    self.kept.keep_head(newest.version, &head)?;
                    self.family.raise(&floor)?;
                    let checked = confirms.then(|| Checked { at: now.timestamp_millis(), etag });
                    Event::Applied(self.apply(&newest, &head, checked.as_ref())?)
                }
                Instruction::Confirm { floor, head, etag } => {
                    // The newest head vouches for what is kept, also after a change of keys.
                    self.kept.keep_head(BankVersion(floor.bank), &head)?;
                    self.family.raise(&floor)?;
                    if confirms {
                        let checked = Checked { at: now.timestamp_millis(), etag };
                        self.content.write(|writing| {
                            Bank::vouch(writing, &head)?;
                            checked.store(writing)
                        })?;
                    }
                    break (Outcome::Unchanged, None);
                }
                Instruction::Finish { outcome, reason } => break (outcome, reason),
            };
            instruction = talk.step(event, now);
        };
        let to = self.content.read(Bank::read)?.map_or(0, |it| it.version);
        let Traffic { requests, bytes } = traffic;
        Ok(SyncReport { outcome, from, to, requests, bytes, delivered: 0, replies: 0, reason })
    }

    fn here(&self) -> Result<Here, Error> {
        let floor = self.family.floor()?.ok_or(Error::NoRoot)?;
        let (bank, checked) =
            self.content.read(|reading| Ok((Bank::read(reading)?, Checked::read(reading)?)))?;
        let version = bank.as_ref().map_or(0, |it| it.version);
        let head = bank.map(|it| (it.head, checked.and_then(|it| it.etag)));
        let has_base = self.kept.has(BankVersion(version));
        Ok(Here { floor, bank: version, head, has_base, judges_expiry: true })
    }

    async fn fetch_file(
        &self,
        site: &str,
        path: &str,
        limit: u64,
        file: &mut Incoming,
        traffic: &mut Traffic,
    ) -> Result<Result<Reply, HttpFault>, Error> {
        traffic.requests += 1;
        let reply = self.http.get(Get { site, path, if_none_match: None, limit, from: None }, file).await;
        if let Ok(Reply::Body { bytes, .. }) = &reply {
            traffic.bytes += bytes;
        }
        self.usable(reply)
    }

    /// A full disk is the phone's fault to report, not the hub's.
    fn usable(&self, reply: Result<Reply, HttpFault>) -> Result<Result<Reply, HttpFault>, Error> {
        match reply {
            Err(HttpFault::Kept(error)) => Err(error.into()),
            Err(HttpFault::BadAddress) => Err(Error::Invalid("hub")),
            reply => Ok(reply),
        }
    }

    fn apply(
        &self,
        newest: &Newest,
        head: &[u8],
        checked: Option<&Checked>,
    ) -> Result<Result<(), Reason>, Error> {
        let snapshot = self.kept.snapshot(newest.version)?;
        let most = self.family.floor()?.map_or(0, |it| it.bank);
        match take_in(self.content, snapshot, newest, most, head, checked) {
            Ok(()) => {
                self.kept.forget_others(newest.version)?;
                Ok(Ok(()))
            }
            Err(error) => refusal(&error).map_or(Err(error), |reason| Ok(Err(reason))),
        }
    }
}

fn received(incoming: Option<Incoming>) -> Result<Incoming, Error> {
    incoming.ok_or(Error::Internal("nothing was received"))
}

/// Whether what was unpacked is what was signed.
fn as_signed(unpacked: Result<(), Unpacking>) -> Result<bool, Error> {
    match unpacked {
        Ok(()) => Ok(true),
        Err(Unpacking::NotAsSigned) => Ok(false),
        Err(Unpacking::Io(error)) => Err(error.into()),
    }
}

/// Takes a verified snapshot in, in one transaction, unless one as new is already here. A number above `most`, the newest that is
/// trusted, was driven up with a key that has been changed since.
fn take_in(
    content: &ContentStore,
    snapshot: impl BufRead,
    newest: &Newest,
    most: u64,
    head: &[u8],
    checked: Option<&Checked>,
) -> Result<(), Error> {
    content.write(|writing| {
        if let Some(checked) = checked {
            checked.store(writing)?;
        }
        let as_new = newest.version.0..=most.max(newest.version.0);
        if Bank::read(&writing.reading())?.is_some_and(|it| as_new.contains(&it.version)) {
            return Ok(());
        }
        let mut loading = Loading::begin(writing)?;
        let summary = read(snapshot, &Limits::default(), |record, json| loading.record(record, json))?;
        if summary.version != newest.version {
            return Err(ReadError::Malformed { line: 1, what: "another bank than was signed" }.into());
        }
        loading.finish(&summary, newest, head)
    })
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
            let newest = verified.as_ref().map(|it| it.newest).or_else(|| head.claims().filter(known))?;
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
    match take_in(content, snapshot, newest, floor.bank, &bank.head, None) {
        Ok(()) => Ok(true),
        Err(error) if refusal(&error).is_some() => Ok(false),
        Err(error) => Err(error),
    }
}

/// Why a verified snapshot cannot be taken in, if that is its own fault.
fn refusal(error: &Error) -> Option<Reason> {
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
