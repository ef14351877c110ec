//! Fetching sound, photographs and papers, each from the byte on that is missing.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use otsupport_wire::Sha256;
use serde::Serialize;

use super::conversation::unreached;
use super::report::{Outcome, Reason};
use crate::error::Error;
use crate::platform::{Get, Http, HttpFault, Reply, Resume};
use crate::storage::{Blob, MediaStore, OverBudget, Part, Saved, room_for, too_much};

/// How long to wait before looking again whether another program is done with a file.
const ANOTHER_LOOK: Duration = Duration::from_millis(100);

/// What fetching media came to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct MediaReport {
    /// [`Outcome::Updated`] if something came, [`Outcome::Unchanged`] if everything was here; [`Outcome::Offline`] and
    /// [`Outcome::Refused`] if something that was wanted is still missing.
    pub outcome: Outcome,
    /// Why something is still missing.
    pub reason: Option<Reason>,
    /// How many files came.
    pub fetched: u32,
    /// How many bytes of answers travelled.
    pub bytes: u64,
    /// How many requests were made.
    pub requests: u32,
    /// How many of the files that were wanted are here now.
    pub here: u32,
    /// How many are not.
    pub missing: u32,
}

impl MediaReport {
    /// What waits for a link that is not paid for by the byte: `missing` of so many files.
    pub(crate) fn held_back(files: usize, missing: usize) -> Self {
        let reason = (missing > 0).then_some(Reason::Metered);
        let count = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
        Self {
            outcome: reason.map_or(Outcome::Unchanged, Reason::outcome),
            reason,
            fetched: 0,
            bytes: 0,
            requests: 0,
            here: count(files.saturating_sub(missing)),
            missing: count(missing),
        }
    }
}

/// What would be fetched by the family's choice. Say it before it is fetched.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct MediaSizes {
    /// How many files.
    pub files: u32,
    /// How many bytes, without those that are here already.
    pub bytes: u64,
    /// How many more files the choice would want if the budget had room for them.
    pub left_out: u32,
}

/// How things stand: it may change while files come, with a new bank, another choice, or another fetch.
pub(crate) struct Standing {
    /// What is wanted, here or not.
    pub(crate) files: BTreeSet<Blob>,
    /// What of that is not here, in the order to fetch it.
    pub(crate) missing: Vec<Blob>,
    pub(crate) saved: Saved,
    pub(crate) budget: u64,
}

/// Fetches what is missing, file after file.
pub(crate) struct MediaDriver<'a> {
    pub(crate) store: &'a MediaStore,
    pub(crate) http: &'a dyn Http,
    pub(crate) now: SystemTime,
}

/// How the fetch of one file ended.
enum Fetched {
    /// It came.
    Came,
    /// Somebody else's fetch brought it meanwhile.
    Joined,
    /// It did not come.
    Not(Reason, Then),
}

/// Whether the next file is worth asking for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    GoOn,
    End,
}

#[derive(Default)]
struct Traffic {
    requests: u32,
    bytes: u64,
}

impl MediaDriver<'_> {
    /// Fetches what is missing by `look`, which is asked again after each file: a file that a new bank no longer names is not
    /// missed, and one that it names instead is fetched.
    pub(crate) async fn fetch(
        &self,
        site: &str,
        look: impl Fn() -> Result<Standing, Error>,
    ) -> Result<MediaReport, Error> {
        let mut traffic = Traffic::default();
        let mut fetched = 0;
        let mut tried: BTreeMap<Sha256, Option<Reason>> = BTreeMap::new();
        let mut standing = look()?;
        while let Some(blob) = standing.missing.iter().find(|it| !tried.contains_key(&it.sha256)).copied() {
            let result = self.fetch_one(site, &blob, &standing, &mut traffic).await?;
            let (reason, then) = match result {
                Fetched::Came => {
                    fetched += 1;
                    (None, Then::GoOn)
                }
                Fetched::Joined => (None, Then::GoOn),
                Fetched::Not(reason, then) => (Some(reason), then),
            };
            tried.insert(blob.sha256, reason);
            standing = look()?;
            if then == Then::End {
                break;
            }
        }
        let reason = standing.missing.iter().find_map(|it| tried.get(&it.sha256).copied().flatten());
        let outcome = match reason {
            Some(reason) => reason.outcome(),
            None if fetched > 0 => Outcome::Updated,
            None => Outcome::Unchanged,
        };
        let missing = count(standing.missing.len());
        let here = count(standing.files.len()).saturating_sub(missing);
        let Traffic { requests, bytes } = traffic;
        Ok(MediaReport { outcome, reason, fetched, bytes, requests, here, missing })
    }

    async fn fetch_one(
        &self,
        site: &str,
        blob: &Blob,
        standing: &Standing,
        traffic: &mut Traffic,
    ) -> Result<Fetched, Error> {
        let _claim = self.store.claim(blob.sha256).await;
        let mut part = loop {
            if self.store.has(blob) {
                return Ok(Fetched::Joined);
            }
            match room_for(blob, &self.store.held()?, &standing.saved, standing.budget) {
                Ok(going) => self.store.remove(&going)?,
                // A smaller one may still fit.
                Err(OverBudget) => return Ok(Fetched::Not(Reason::MediaBudget, Then::GoOn)),
            }
            match self.store.begin(blob)? {
                Some(part) => break part,
                None => tokio::time::sleep(ANOTHER_LOOK).await,
            }
        };
        loop {
            let pieced = part.is_pieced();
            if part.length() < blob.bytes {
                let before = part.received();
                let reply = self.ask(site, blob, &mut part).await;
                traffic.requests += 1;
                traffic.bytes += part.received() - before;
                match reply {
                    Ok(Reply::Body { .. } | Reply::Rest { .. }) => {}
                    // There is nothing to go on with (416), or not where it was left (206).
                    Ok(Reply::Status(206 | 416)) if pieced => {
                        part.throw_away()?;
                        continue;
                    }
                    Ok(Reply::Later(_)) => return Ok(Fetched::Not(Reason::HubDown, Then::End)),
                    Ok(Reply::Status(status)) => return Ok(Fetched::Not(Reason::HubDown, after(status))),
                    Ok(Reply::NotModified) => return Ok(Fetched::Not(Reason::HubDown, Then::GoOn)),
                    Err(HttpFault::TooLarge) => {
                        let pieced = part.is_pieced();
                        part.throw_away()?;
                        if pieced {
                            continue;
                        }
                        return Ok(Fetched::Not(Reason::BadMedia, Then::GoOn));
                    }
                    Err(HttpFault::AnotherBody) => return Ok(Fetched::Not(Reason::BadMedia, Then::GoOn)),
                    Err(HttpFault::BadAddress) => return Err(Error::Invalid("hub")),
                    Err(HttpFault::Kept(error)) => {
                        let error = Error::from(error);
                        if error.is_full() {
                            part.give_back()?;
                        }
                        return Err(error);
                    }
                    Err(fault) => return Ok(Fetched::Not(unreached(&fault), Then::End)),
                }
            }
            if part.length() < blob.bytes {
                return Ok(Fetched::Not(Reason::HubDown, Then::GoOn));
            }
            if part.is_as_signed()? {
                part.keep(self.now)?;
                // Another fetch may have taken the same room.
                let going = too_much(&self.store.held()?, &standing.saved, standing.budget);
                self.store.remove(&going)?;
                return Ok(Fetched::Came);
            }
            // Two halves of two bodies are worth one more request; one whole that is wrong is not.
            let pieced = part.is_pieced();
            part.throw_away()?;
            if !pieced {
                return Ok(Fetched::Not(Reason::BadMedia, Then::GoOn));
            }
        }
    }

    async fn ask(&self, site: &str, blob: &Blob, part: &mut Part) -> Result<Reply, HttpFault> {
        let path = format!("blob/{}", blob.sha256);
        let (offset, etag) = part.resume();
        let from = Some(Resume { offset, etag: etag.as_deref(), length: Some(blob.bytes) });
        self.http.get(Get { site, path: &path, if_none_match: None, limit: blob.bytes, from }, part).await
    }
}

/// A hub that does not have one file may have the next; one that is in trouble is left alone.
fn after(status: u16) -> Then {
    if matches!(status, 403 | 404 | 410) { Then::GoOn } else { Then::End }
}

fn count(files: usize) -> u32 {
    u32::try_from(files).unwrap_or(u32::MAX)
}
