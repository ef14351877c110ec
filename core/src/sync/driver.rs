//! Carries out what the conversation says: the requests, the files, the two databases.

use std::io::{self, Read, Write};
use std::time::Duration;

use chrono::{DateTime, Utc};
use otsupport_wire::snapshot::{Limits, compare};
use otsupport_wire::trust::{HEAD_LIMIT, Newest, ROOT_LIMIT};
use otsupport_wire::{BankVersion, Sha256};

use super::conversation::{BANK_LIMIT, Conversation, Event, Here, Instruction};
use super::report::{Outcome, Reason, SyncReport};
use super::request::{Progress, SyncListener, SyncRequest};
use super::taking_in::{Step, claims, know, refusal, take_in};
use crate::error::Error;
use crate::platform::{Get, Http, HttpFault, Reply, Resume, Sink};
use crate::storage::{
    Bank, Checked, ContentStore, FamilyStore, Incoming, Kept, Packed, Travelled, Unpacking,
};

/// The parts that a sync works on.
pub(crate) struct Driver<'a> {
    pub(crate) content: &'a ContentStore,
    pub(crate) family: &'a FamilyStore,
    pub(crate) kept: &'a Kept,
    pub(crate) http: &'a dyn Http,
    pub(crate) request: &'a SyncRequest,
}

#[derive(Default)]
struct Traffic {
    requests: u32,
    bytes: u64,
    /// How long the hub asked to be left alone.
    retry_after: Option<Duration>,
}

/// What a sync came to.
pub(crate) struct Talk {
    pub(crate) report: SyncReport,
    /// How long the hub asked to be left alone.
    pub(crate) retry_after: Option<Duration>,
}

/// How many bytes a packed file takes.
#[derive(Clone, Copy)]
struct Size {
    most: u64,
    exact: bool,
}

impl Driver<'_> {
    /// Talks with the hub until there is nothing more to do.
    ///
    /// `confirms` says whether the answer is the hub's own word of today: a carried bank's is not.
    pub(crate) async fn sync(&self, now: DateTime<Utc>, confirms: bool) -> Result<Talk, Error> {
        let here = Here { judges_expiry: confirms, ..self.here()? };
        let from = here.bank;
        let mut traffic = Traffic::default();
        let base = here.base;
        let (mut talk, mut instruction) = Conversation::begin(here);
        let mut incoming: Option<Incoming> = None;
        let mut patched: Option<Patched> = None;
        let mut step: Option<Step> = None;
        let (outcome, reason) = loop {
            let event = match instruction {
                Instruction::FetchHead { if_none_match } => {
                    let mut head = Vec::new();
                    self.tell(Progress::Asking);
                    let if_none_match = if_none_match.as_deref();
                    let ask = Ask { path: "head", if_none_match, limit: HEAD_LIMIT, from: None };
                    let reply = self.usable(self.fetch(ask, &mut head, now, &mut traffic).await?)?;
                    Event::Head(reply, head)
                }
                Instruction::KeepRoot { floor } => {
                    self.family.raise(&floor)?;
                    Event::RootKept
                }
                Instruction::FetchRoot { version } => {
                    let mut root = Vec::new();
                    let path = format!("metadata/{version}.root.json");
                    let ask = Ask { path: &path, if_none_match: None, limit: ROOT_LIMIT, from: None };
                    let reply = self.usable(self.fetch(ask, &mut root, now, &mut traffic).await?)?;
                    Event::Root(reply, root)
                }
                Instruction::Trust { floor, head, news } => {
                    // Before the bank: what was withdrawn is no advice any more, whether or not its bank can be had.
                    self.kept.keep_head(news.newest.version, &head)?;
                    self.family.raise(&floor)?;
                    self.content.write(|writing| know(writing, &news))?;
                    Event::Trusted
                }
                Instruction::FetchDelta { newest, .. }
                    if self.kept.read(newest.version, newest.sha256)?.is_some() =>
                {
                    Event::Kept
                }
                Instruction::FetchDelta { hop, newest } => {
                    let file = incoming.insert(self.kept.receive(Packed::Delta(hop), &newest)?);
                    let path = format!("delta/{}-{}.dcz", hop.from, hop.to);
                    let size = Size { most: hop.most, exact: hop.sized };
                    Event::Delta(self.fetch_file(&path, size, file, now, &mut traffic).await?)
                }
                Instruction::Patch { hop, newest } => {
                    let mut delta = received(incoming.take())?;
                    let way = match &mut patched {
                        Some(way) => way,
                        none => none.insert(Patched::from(hop.from, self.kept.bytes(hop.from)?)),
                    };
                    let is_last = hop.to == newest.version;
                    let most = if is_last { newest.length } else { BANK_LIMIT };
                    let kept = match delta.patch(way.here(), most) {
                        Ok(new) if is_last => self.keep_next(way, new, &newest).map(|it| step = it),
                        Ok(new) => {
                            way.last = Some(new);
                            Ok(())
                        }
                        Err(error) => Err(error),
                    };
                    Event::Unpacked(self.settle(delta, kept, is_last)?)
                }
                Instruction::FetchFull { newest }
                    if self.kept.read(newest.version, newest.sha256)?.is_some() =>
                {
                    Event::Kept
                }
                Instruction::FetchFull { newest } => {
                    let file = incoming.insert(self.kept.receive(Packed::Full, &newest)?);
                    let path = format!("full/{}.zst", newest.version);
                    let size = Size { most: newest.packed, exact: true };
                    Event::Full(self.fetch_file(&path, size, file, now, &mut traffic).await?)
                }
                Instruction::Unpack { newest } => {
                    let mut full = received(incoming.take())?;
                    let kept = self.kept.keep(&mut full, &newest);
                    Event::Unpacked(self.settle(full, kept, true)?)
                }
                Instruction::Apply { newest, head, etag } => {
                    self.tell(Progress::TakingIn);
                    let checked = confirms.then(|| Checked { at: now.timestamp_millis(), etag });
                    let step = match step.take() {
                        Some(step) => Some(step),
                        None => base.and_then(|base| self.step(&base, &newest)),
                    };
                    Event::Applied(self.apply(&newest, &head, step, checked.as_ref())?)
                }
                Instruction::Confirm { floor, head, news, etag } => {
                    // The newest head vouches for what is kept, also after a change of keys.
                    self.kept.keep_head(BankVersion(floor.bank), &head)?;
                    self.family.raise(&floor)?;
                    self.content.write(|writing| {
                        know(writing, &news)?;
                        if !confirms {
                            return Ok(());
                        }
                        Bank::vouch(writing, &head)?;
                        Checked { at: now.timestamp_millis(), etag }.store(writing)
                    })?;
                    self.kept.tidy(&news.newest)?;
                    break (Outcome::Unchanged, None);
                }
                Instruction::Finish { outcome, reason } => break (outcome, reason),
            };
            instruction = talk.step(event, now);
        };
        let to = self.content.read(Bank::read)?.map_or(0, |it| it.version);
        let Traffic { requests, bytes, retry_after } = traffic;
        let (delivered, replies, next_attempt_at) = (0, 0, None);
        let report =
            SyncReport { outcome, from, to, requests, bytes, delivered, replies, reason, next_attempt_at };
        Ok(Talk { report, retry_after })
    }

    fn tell(&self, progress: Progress) {
        if let Some(listener) = &self.request.listener {
            listener.progress(progress);
        }
    }

    fn here(&self) -> Result<Here, Error> {
        let floor = self.family.floor()?.ok_or(Error::NoRoot)?;
        let (bank, checked) =
            self.content.read(|reading| Ok((Bank::read(reading)?, Checked::read(reading)?)))?;
        let version = bank.as_ref().map_or(0, |it| it.version);
        let base = bank.as_ref().and_then(|it| claims(&it.head)).filter(|it| it.version.0 == version);
        let head = bank.map(|it| (it.head, checked.and_then(|it| it.etag)));
        let has_base = self.kept.has(BankVersion(version));
        Ok(Here { floor, bank: version, base, head, has_base, judges_expiry: true })
    }

    /// Asks for one file of the site, and counts what came of it, whole or cut.
    async fn fetch(
        &self,
        ask: Ask<'_>,
        into: &mut (dyn Sink + Send),
        now: DateTime<Utc>,
        traffic: &mut Traffic,
    ) -> Result<Result<Reply, HttpFault>, Error> {
        let Ask { path, if_none_match, limit, from } = ask;
        traffic.requests += 1;
        let mut meter = Meter { into, bytes: 0, most: limit, listener: self.request.listener.as_deref() };
        let get = Get { site: &self.request.site, path, if_none_match, limit, from };
        let reply = self.http.get(get, &mut meter).await;
        let bytes = meter.bytes;
        traffic.bytes += bytes;
        if let Ok(Reply::Later(after)) = &reply {
            traffic.retry_after = traffic.retry_after.max(Some(*after));
        }
        // A bank that an app carries did not travel.
        if bytes > 0 && !self.request.site.is_empty() {
            let (month, metered) = (month(now), self.request.link.is_metered());
            self.content.write(|writing| Travelled::count(writing, &month, metered, bytes))?;
        }
        Ok(reply)
    }

    /// Fetches what is missing of a packed file. What came of it stays for the next run, unless it cannot be a part of it.
    async fn fetch_file(
        &self,
        path: &str,
        size: Size,
        file: &mut Incoming,
        now: DateTime<Utc>,
        traffic: &mut Traffic,
    ) -> Result<Result<Reply, HttpFault>, Error> {
        let length = size.exact.then_some(size.most);
        loop {
            if file.is_pieced() && file.length() >= length.unwrap_or(u64::MAX) {
                return Ok(Ok(Reply::Rest { bytes: 0 }));
            }
            // No tag: the name bears the version and the digest is signed. A tag says less, and may change with a server's clock.
            let from = Some(Resume { offset: file.length(), etag: None, length });
            let ask = Ask { path, if_none_match: None, limit: size.most, from };
            return match self.fetch(ask, file, now, traffic).await? {
                // There is no more of it: whether that is all, what it unpacks to says.
                Ok(Reply::Status(416)) if file.is_pieced() && length.is_none() => {
                    Ok(Ok(Reply::Rest { bytes: 0 }))
                }
                Ok(Reply::Status(206 | 416)) | Err(HttpFault::TooLarge) if file.is_pieced() => {
                    file.throw_away()?;
                    continue;
                }
                Err(HttpFault::TooLarge) => {
                    file.throw_away()?;
                    Ok(Err(HttpFault::TooLarge))
                }
                Err(HttpFault::Kept(error)) => {
                    file.give_back()?;
                    Err(error.into())
                }
                // It ended before it was whole, and did not say so.
                Ok(Reply::Body { .. } | Reply::Rest { .. })
                    if length.is_some_and(|it| file.length() < it) =>
                {
                    Ok(Err(HttpFault::HubDown))
                }
                reply => self.usable(reply),
            };
        }
    }

    /// Whether what was received led to what was signed. What did not goes, and so does what is not needed any more.
    fn settle(
        &self,
        mut incoming: Incoming,
        kept: Result<(), Unpacking>,
        is_last: bool,
    ) -> Result<bool, Error> {
        let is_good = as_signed(kept)?;
        if !is_good {
            incoming.throw_away()?;
        }
        drop(incoming);
        if is_good && is_last {
            self.kept.forget_incoming()?;
        }
        Ok(is_good)
    }

    /// A full disk is the phone's fault to report, not the hub's.
    fn usable(&self, reply: Result<Reply, HttpFault>) -> Result<Result<Reply, HttpFault>, Error> {
        match reply {
            Err(HttpFault::Kept(error)) => Err(error.into()),
            Err(HttpFault::BadAddress) => Err(Error::Invalid("hub")),
            reply => Ok(reply),
        }
    }

    /// Keeps the snapshot that the deltas led to, if it is the one that was signed, and tells how it differs from the one here: nothing
    /// where they cannot be compared.
    fn keep_next(&self, way: &Patched, new: Vec<u8>, newest: &Newest) -> Result<Option<Step>, Unpacking> {
        if new.len() as u64 != newest.length || Sha256::of(&new) != newest.sha256 {
            return Err(Unpacking::NotAsSigned);
        }
        self.tell(Progress::TakingIn);
        // What breaks the format is told when it is read as a whole.
        let Ok(Some(comparison)) = compare(&way.base, &new, &Limits::default()) else {
            self.kept.keep_bytes(&new, newest)?;
            return Ok(None);
        };
        self.kept.keep_next(way.from, &comparison.pieces, &new, newest)?;
        Ok(Some(Step { from: way.from, comparison, new }))
    }

    /// How the newest snapshot differs from that of `base`, where both are kept and can be compared.
    fn step(&self, base: &Newest, newest: &Newest) -> Option<Step> {
        let mut old = Vec::new();
        self.kept.read(base.version, base.sha256).ok()??.read_to_end(&mut old).ok()?;
        let new = self.kept.bytes(newest.version).ok()?;
        let comparison = compare(&old, &new, &Limits::default()).ok()??;
        Some(Step { from: base.version, comparison, new })
    }

    fn apply(
        &self,
        newest: &Newest,
        head: &[u8],
        step: Option<Step>,
        checked: Option<&Checked>,
    ) -> Result<Result<(), Reason>, Error> {
        let snapshot = self.kept.snapshot(newest.version)?;
        let most = self.family.floor()?.map_or(0, |it| it.bank);
        match take_in(self.content, snapshot, step, newest, most, head, checked) {
            Ok(()) => {
                self.kept.forget_others(newest.version)?;
                Ok(Ok(()))
            }
            Err(error) => refusal(&error).map_or(Err(error), |reason| Ok(Err(reason))),
        }
    }
}

/// One file of the site.
struct Ask<'a> {
    path: &'a str,
    if_none_match: Option<&'a str>,
    /// The most bytes that the whole of it may have.
    limit: u64,
    /// Where to go on.
    from: Option<Resume<'a>>,
}

/// Counts what comes, and tells of it.
struct Meter<'a> {
    into: &'a mut (dyn Sink + Send),
    bytes: u64,
    most: u64,
    listener: Option<&'a dyn SyncListener>,
}

impl Write for Meter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.into.write(bytes)?;
        self.bytes += written as u64;
        if let Some(listener) = self.listener {
            listener.progress(Progress::Fetching { bytes: self.bytes, most: self.most });
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.into.flush()
    }
}

impl Sink for Meter<'_> {
    fn begins(&mut self, etag: Option<&str>) -> io::Result<()> {
        self.into.begins(etag)
    }
}

/// The month that traffic is counted in, such as `2026-11`, in UTC.
pub(crate) fn month(now: DateTime<Utc>) -> String {
    now.format("%Y-%m").to_string()
}

/// A snapshot on its way through deltas.
struct Patched {
    from: BankVersion,
    base: Vec<u8>,
    /// The one that the last delta led to.
    last: Option<Vec<u8>>,
}

impl Patched {
    fn from(from: BankVersion, base: Vec<u8>) -> Self {
        Self { from, base, last: None }
    }

    /// The snapshot that the next delta is made against.
    fn here(&self) -> &[u8] {
        self.last.as_ref().unwrap_or(&self.base)
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
