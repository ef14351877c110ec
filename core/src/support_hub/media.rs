//! Sound, photographs and papers: what is here, what is fetched, what goes.

use std::path::PathBuf;

use otsupport_wire::{ItemId, MediaPath};

use super::SupportHub;
use crate::error::{Error, HubError};
use crate::storage::{self, Bank, Held, Saved, Travelled, Wanted};
use crate::strategies::{self, KeepMedia, MediaBudget, MediaChoice, MediaView, Preferences};
use crate::sync::{MediaDriver, MediaReport, MediaSizes, NetworkLink, Standing, month};

/// What is fetched.
#[derive(Clone, Copy)]
enum Wish<'a> {
    /// Everything of one item.
    Item(&'a ItemId),
    /// What the family chose to have.
    Choice,
}

/// What media take on this phone, in bytes.
pub(super) struct MediaTotals {
    pub(super) here: u64,
    pub(super) saved: u64,
    pub(super) budget: u64,
}

impl SupportHub {
    /// Every media file of an item and its variants, with sizes and whether it is here.
    ///
    /// # Errors
    /// [`HubError::NotFound`] if the bank has no such item.
    pub fn media(&self, id: &ItemId) -> Result<Vec<MediaView>, HubError> {
        Ok(self.reading(|reading| strategies::media(reading, &self.media, id))?)
    }

    /// Where a media file of an item is, to be opened at once; `None` if it is not here. Its bytes are those that were signed: a
    /// file that was damaged is removed, and can be fetched again. It counts as used now, so it is the last to go.
    ///
    /// # Errors
    /// [`HubError::NotFound`] if the bank has no such item, [`HubError::Storage`] if the file cannot be read.
    pub fn open_media(&self, id: &ItemId, file: &MediaPath) -> Result<Option<PathBuf>, HubError> {
        let blob = self.reading(|reading| strategies::names(reading, id, file))?;
        Ok(blob.map_or(Ok(None), |it| self.media.open(&it, self.now().into()))?)
    }

    /// Fetches everything of an item that is not here, whatever the link: somebody asked for it. Say its size first
    /// ([`Self::media`]). What was begun goes on where it was cut. Media that are not saved items' and were not used for long may go
    /// for it. Dropping the future loses nothing.
    ///
    /// # Errors
    /// [`HubError::NotFound`] if the bank has no such item; otherwise as [`Self::sync`]. Being offline is an outcome.
    pub async fn fetch_media(
        &self,
        site: &str,
        id: &ItemId,
        link: NetworkLink,
    ) -> Result<MediaReport, HubError> {
        self.reading(|reading| strategies::media(reading, &self.media, id).map(drop))?;
        Ok(self.fetch(site, Wish::Item(id), link).await?)
    }

    /// Fetches what the family chose to have and is not here: what is saved first, then, if all is wanted, what else there is room
    /// for, the smallest first. It waits for a link that is not paid for by the byte; say sizes first ([`Self::wanted_media`]). Meant to be
    /// called after each sync. With the choice of the first day ([`KeepMedia::OnDemand`]) it asks for nothing.
    ///
    /// # Errors
    /// As [`Self::sync`]. Being offline is an outcome.
    pub async fn fetch_wanted_media(&self, site: &str, link: NetworkLink) -> Result<MediaReport, HubError> {
        if link.is_metered() {
            let (_, Wanted { files, missing, .. }) = self.by_choice()?;
            return Ok(MediaReport::held_back(files.len(), missing.len()));
        }
        Ok(self.fetch(site, Wish::Choice, link).await?)
    }

    /// What [`Self::fetch_wanted_media`] would fetch now.
    ///
    /// # Errors
    /// As every method.
    pub fn wanted_media(&self) -> Result<MediaSizes, HubError> {
        let (_, Wanted { missing, left_out, .. }) = self.by_choice()?;
        let bytes = missing
            .iter()
            .fold(0u64, |sum, it| sum.saturating_add(it.bytes.saturating_sub(self.media.begun(it.sha256))));
        let count = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
        Ok(MediaSizes { files: count(missing.len()), bytes, left_out: count(left_out) })
    }

    /// Chooses which media come by themselves, and how many bytes media may take. What is beyond a lower budget goes, the least
    /// recently used first; what belongs to saved items stays.
    ///
    /// # Errors
    /// As every method on what the family made.
    pub fn choose_media(&self, keep: KeepMedia, budget: MediaBudget) -> Result<Preferences, HubError> {
        let preferences = strategies::choose_media(&self.family, keep, budget, self.written_now())?;
        let (saved, held) = (self.saved_media()?, self.media.held().map_err(HubError::from)?);
        self.media.remove(&storage::too_much(&held, &saved, budget.0)).map_err(HubError::from)?;
        Ok(preferences)
    }

    async fn fetch(&self, site: &str, wish: Wish<'_>, link: NetworkLink) -> Result<MediaReport, Error> {
        let before = self.bank_version()?;
        let http = self.platform.http.clone();
        let driver = MediaDriver { store: &self.media, http: http.as_ref(), now: self.now().into() };
        let report = driver.fetch(site, || self.standing(wish)).await?;
        self.count_traffic(report.bytes, link)?;
        if self.bank_version()? != before {
            self.remove_unnamed_media();
        }
        Ok(report)
    }

    /// Counts bytes of answers that travelled.
    pub(super) fn count_traffic(&self, bytes: u64, link: NetworkLink) -> Result<(), Error> {
        if bytes == 0 {
            return Ok(());
        }
        let (month, metered) = (month(self.now()), link.is_metered());
        self.content().write(|writing| Travelled::count(writing, &month, metered, bytes))
    }

    fn standing(&self, wish: Wish<'_>) -> Result<Standing, Error> {
        match wish {
            Wish::Choice => {
                let (choice, Wanted { files, missing, .. }) = self.by_choice()?;
                let saved = self.reading(|reading| strategies::saved_blobs(reading, &choice))?;
                Ok(Standing { files, missing, saved, budget: choice.budget.0 })
            }
            Wish::Item(id) => {
                let choice = MediaChoice::read(&self.family)?;
                let (files, saved) = self.reading(|reading| {
                    Ok((storage::named_by(reading, id)?, strategies::saved_blobs(reading, &choice)?))
                })?;
                let missing = files.iter().filter(|it| !self.media.has(it)).copied().collect();
                let missing = storage::smallest_first(missing);
                Ok(Standing { files, missing, saved, budget: choice.budget.0 })
            }
        }
    }

    /// What the family chose, and what it wants by that.
    fn by_choice(&self) -> Result<(MediaChoice, Wanted), Error> {
        let choice = MediaChoice::read(&self.family)?;
        // The choice of most families costs no look at the bank.
        if choice.keep == KeepMedia::OnDemand {
            return Ok((choice, Wanted::default()));
        }
        let (named, saved) = self
            .reading(|reading| Ok((storage::named(reading)?, strategies::saved_blobs(reading, &choice)?)))?;
        let wanted = storage::wanted(choice.keep, &named, &self.media.held()?, &saved, choice.budget.0);
        Ok((choice, wanted))
    }

    fn saved_media(&self) -> Result<Saved, Error> {
        let choice = MediaChoice::read(&self.family)?;
        self.reading(|reading| strategies::saved_blobs(reading, &choice))
    }

    pub(super) fn bank_version(&self) -> Result<u64, Error> {
        Ok(self.reading(Bank::read)?.map_or(0, |it| it.version))
    }

    /// Removes the files that no item of the bank names any more. It can wait: what fails is tried again after the next sync.
    pub(super) fn remove_unnamed_media(&self) {
        let removed = match self.media.held() {
            Ok(held) if held.is_empty() => Ok(()),
            Ok(_) => self.reading(storage::named).and_then(|named| self.media.keep_only(&named)),
            Err(error) => Err(error),
        };
        if removed.is_err() {
            tracing::warn!("media that the bank no longer names could not be removed");
        }
    }

    pub(super) fn media_totals(&self) -> Result<MediaTotals, Error> {
        let choice = MediaChoice::read(&self.family)?;
        let held: Vec<Held> = self.media.held()?;
        let saved = self.reading(|reading| strategies::saved_blobs(reading, &choice))?;
        Ok(MediaTotals { here: storage::total(&held), saved: saved.bytes(&held), budget: choice.budget.0 })
    }
}
