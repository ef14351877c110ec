//! What the family keeps, tries and writes down; its key, its copies, its end.

use std::path::PathBuf;

use chrono::NaiveDate;
use otsupport_wire::ItemId;
use zeroize::Zeroizing;

use super::SupportHub;
use crate::enquiries;
use crate::error::{Error, HubError};
use crate::reminders::{self, Notice};
use crate::storage::{self, Holdings, Locked, random};
use crate::strategies::{
    self, Entry, EntryId, Freshness, List, ListId, LogRequest, Logged, Place, Preferences, Profile,
    ProfileId, ProfileRequest, Record, RecordRequest, RowId, SavedItem, TryRequest, View, Week,
};

impl SupportHub {
    /// Saves items in this order after those saved before; one that was saved takes its text of today as seen and keeps
    /// its place. All are saved or none.
    ///
    /// # Errors
    /// [`HubError::NotFound`] for the first that the bank does not have.
    pub fn save(&self, ids: &[ItemId]) -> Result<Vec<SavedItem>, HubError> {
        let now = self.written_now();
        self.reading(|reading| strategies::save(reading, &self.family, ids, now))?;
        self.saved()
    }

    /// Takes items off the shelf, and off every list. One that is not there is no fault.
    ///
    /// # Errors
    /// As every method on what the family made.
    pub fn unsave(&self, ids: &[ItemId]) -> Result<Vec<SavedItem>, HubError> {
        strategies::unsave(&self.family, ids, self.written_now())?;
        self.saved()
    }

    /// Puts these items first on the shelf, in this order; the others follow in theirs.
    ///
    /// # Errors
    /// [`HubError::NotFound`] for the first that is not on the shelf.
    pub fn arrange(&self, ids: &[ItemId]) -> Result<Vec<SavedItem>, HubError> {
        strategies::arrange(&self.family, ids)?;
        self.saved()
    }

    /// The named lists in the family's order.
    ///
    /// # Errors
    /// As every method on what the family made.
    pub fn lists(&self) -> Result<Vec<List>, HubError> {
        Ok(strategies::lists(&self.family)?)
    }

    /// Makes the list with this name, or gives the one that has it these items in this order. What is not on the shelf yet is
    /// saved.
    ///
    /// # Errors
    /// [`HubError::Invalid`] with `list` for a name that is empty or too long, and as [`Self::save`].
    pub fn put_list(&self, name: &str, items: &[ItemId]) -> Result<List, HubError> {
        let (now, id) = (self.written_now(), ListId::from_random(random()?));
        Ok(self.reading(|reading| strategies::put_list(reading, &self.family, &id, name, items, now))?)
    }

    /// Removes a list. Its items stay on the shelf.
    ///
    /// # Errors
    /// As every method on what the family made.
    pub fn remove_list(&self, id: &ListId) -> Result<(), HubError> {
        Ok(strategies::remove_list(&self.family, id)?)
    }

    /// The children and classes in the family's order.
    ///
    /// # Errors
    /// As every method on what the family made.
    pub fn profiles(&self) -> Result<Vec<Profile>, HubError> {
        Ok(strategies::profiles(&self.family)?)
    }

    /// Adds a child or a class.
    ///
    /// # Errors
    /// [`HubError::Invalid`] with `nickname` (empty or too long), `nickname-taken` or `age`.
    pub fn add_profile(&self, request: &ProfileRequest) -> Result<Profile, HubError> {
        self.put_profile(&Place::New(ProfileId::from_random(random()?)), request)
    }

    /// Changes a child or a class.
    ///
    /// # Errors
    /// As [`Self::add_profile`], and [`HubError::Invalid`] with `profile` if there is none.
    pub fn change_profile(&self, id: &ProfileId, request: &ProfileRequest) -> Result<Profile, HubError> {
        self.put_profile(&Place::Of(id.clone()), request)
    }

    fn put_profile(&self, place: &Place<ProfileId>, request: &ProfileRequest) -> Result<Profile, HubError> {
        Ok(strategies::put_profile(&self.family, place, request, self.written_now(), self.today())?)
    }

    /// Removes a child or a class with its plans. Its log goes too if `with_log`; otherwise it stays, and is nobody's in
    /// particular.
    ///
    /// # Errors
    /// [`HubError::Invalid`] with `profile` if there is none.
    pub fn remove_profile(&self, id: &ProfileId, with_log: bool) -> Result<(), HubError> {
        Ok(strategies::remove_profile(&self.family, id, with_log, self.written_now())?)
    }

    /// How the family looks at the hub, and for whom.
    ///
    /// # Errors
    /// As every method on what the family made.
    pub fn preferences(&self) -> Result<Preferences, HubError> {
        Ok(strategies::preferences(&self.family)?)
    }

    /// Switches between the family's view and the professional space. Either shows everything; the order differs.
    ///
    /// # Errors
    /// As every method on what the family made.
    pub fn set_view(&self, view: View) -> Result<Preferences, HubError> {
        Ok(strategies::set_view(&self.family, view, self.written_now())?)
    }

    /// Chooses for whom to look: what suits them comes first and is labelled. `None` for nobody in particular.
    ///
    /// # Errors
    /// [`HubError::Invalid`] with `profile` if there is none.
    pub fn choose_profile(&self, profile: Option<&ProfileId>) -> Result<Preferences, HubError> {
        Ok(strategies::choose_profile(&self.family, profile, self.written_now())?)
    }

    /// Plans a strategy on days of the week, or gives its plan other days. It goes on until it is stopped.
    ///
    /// # Errors
    /// [`HubError::NotFound`] for what the bank does not have, [`HubError::Invalid`] with `strategy` (a resource), `withdrawn`,
    /// `days` (none) or `profile`.
    pub fn try_this_week(&self, request: &TryRequest) -> Result<Week, HubError> {
        let (now, today, row) = (self.written_now(), self.today(), RowId::from_random(random()?));
        self.reading(|reading| strategies::try_this_week(reading, &self.family, request, &row, now, today))?;
        self.week()
    }

    /// Ends a plan. One that is not there is no fault; what was logged stays.
    ///
    /// # Errors
    /// As every method on what the family made.
    pub fn stop_trying(&self, item: &ItemId, profile: Option<&ProfileId>) -> Result<Week, HubError> {
        strategies::stop_trying(&self.family, item, &profile.cloned())?;
        self.week()
    }

    /// This week's plans, and on which of its days each was done.
    ///
    /// # Errors
    /// As every method on what the family made.
    pub fn week(&self) -> Result<Week, HubError> {
        let (now, today) = (self.now(), self.today());
        Ok(self.reading(|reading| {
            strategies::week(reading, &self.family, &Freshness::read(reading, now)?, today)
        })?)
    }

    /// Writes down how it went. It is on disk when this returns. Show [`Logged::warnings`] at once.
    ///
    /// # Errors
    /// [`HubError::NotFound`] for what the bank does not have, [`HubError::Invalid`] with `strategy` (a resource), `on` (a day that
    /// lies ahead, or before 2000), `who`, `note` (too long) or `profile`.
    pub fn log(&self, request: &LogRequest) -> Result<Logged, HubError> {
        self.put_log(&Place::New(EntryId::from_random(random()?)), request)
    }

    /// Changes a line of the log.
    ///
    /// # Errors
    /// As [`Self::log`], and [`HubError::Invalid`] with `entry` if there is no such line.
    pub fn change_log(&self, id: &EntryId, request: &LogRequest) -> Result<Logged, HubError> {
        self.put_log(&Place::Of(id.clone()), request)
    }

    fn put_log(&self, place: &Place<EntryId>, request: &LogRequest) -> Result<Logged, HubError> {
        let (now, today) = (self.written_now(), self.today());
        Ok(self.reading(|reading| {
            let freshness = Freshness::read(reading, now)?;
            strategies::log(reading, &self.family, place, request, &freshness, now, today)
        })?)
    }

    /// Removes a line of the log. One that is not there is no fault.
    ///
    /// # Errors
    /// As every method on what the family made.
    pub fn unlog(&self, id: &EntryId) -> Result<(), HubError> {
        Ok(strategies::unlog(&self.family, id)?)
    }

    /// The lines of the log in a period, both ends included, the newest first.
    ///
    /// # Errors
    /// As every method on what the family made.
    pub fn entries(&self, from: NaiveDate, to: NaiveDate) -> Result<Vec<Entry>, HubError> {
        Ok(strategies::entries(&self.family, from, to)?)
    }

    /// The strategy record: the preview of what would leave the phone.
    ///
    /// # Errors
    /// [`HubError::Invalid`] with `from` (after `to`) or `profile`.
    pub fn record(&self, request: &RecordRequest) -> Result<Record, HubError> {
        let (now, today) = (self.now(), self.today());
        Ok(self.reading(|reading| {
            strategies::record(reading, &self.family, request, &Freshness::read(reading, now)?, today)
        })?)
    }

    /// The strategy record for a spreadsheet (RFC 4180).
    ///
    /// # Errors
    /// As [`Self::record`].
    pub fn record_csv(&self, request: &RecordRequest) -> Result<String, HubError> {
        Ok(self.record(request)?.csv()?)
    }

    /// The strategy record as a page that prints on A4 and needs nothing else.
    ///
    /// # Errors
    /// As [`Self::record`].
    pub fn record_html(&self, request: &RecordRequest) -> Result<String, HubError> {
        Ok(self.record(request)?.html())
    }

    /// The saved items in the family's order.
    ///
    /// # Errors
    /// As every method.
    pub fn saved(&self) -> Result<Vec<SavedItem>, HubError> {
        let now = self.now();
        Ok(self
            .reading(|reading| strategies::saved(reading, &self.family, &Freshness::read(reading, now)?))?)
    }

    /// What the family is told once, in the order in which it was found.
    ///
    /// # Errors
    /// As every method on what the family made.
    pub fn notices(&self) -> Result<Vec<Notice>, HubError> {
        Ok(reminders::notices(&self.family, self.now())?)
    }

    /// Stores what was withdrawn, what became of followed events and which new ones fit, each once. What is locked is told when it opens.
    pub(super) fn note_news(&self) -> Result<(), Error> {
        let now = self.written_now();
        let row = || Ok(RowId::from_random(random()?));
        let noted = self.reading(|bank| {
            enquiries::adopt(&self.family)?;
            reminders::note_recalls(bank, &self.family, &row()?, now)?;
            reminders::note_changes(bank, &self.family, row, now)?;
            reminders::note_new(bank, &self.family, row, now, self.today())
        });
        match noted {
            Err(Error::Locked(_)) => Ok(()),
            noted => noted,
        }
    }

    /// Why what the family made does not open; `None` if it does. The bank, search, help and signposts work all the same.
    pub fn locked(&self) -> Option<Locked> {
        self.family.locked()
    }

    /// Asks the keystore for the key again.
    ///
    /// # Errors
    /// [`HubError::WrongKey`] if it still does not open.
    pub fn unlock(&self) -> Result<(), HubError> {
        self.family.unlock()?;
        match self.family.locked() {
            Some(locked) => Err(Error::Locked(locked).into()),
            None => Ok(self.note_news()?),
        }
    }

    /// Begins anew beside what does not open, and gives the name of the file that was kept. For a family whose key is lost;
    /// a safety copy brings the rest back ([`Self::import`]).
    ///
    /// # Errors
    /// [`HubError::Invalid`] with `open` if nothing is locked, [`HubError::WrongKey`] if the keystore keeps no new key.
    pub fn start_afresh(&self) -> Result<PathBuf, HubError> {
        Ok(self.family.start_afresh()?.ok_or(Error::Invalid("open"))?)
    }

    /// Seals everything anew under a new key, which the keystore keeps in place of the old one. A kill at any point loses
    /// nothing.
    ///
    /// # Errors
    /// [`HubError::WrongKey`] with `key-unavailable` if the keystore keeps no new key.
    pub fn change_key(&self) -> Result<(), HubError> {
        Ok(self.family.change_key()?)
    }

    /// How much the family made: say it before it is written out plainly, and before it is erased.
    ///
    /// # Errors
    /// As every method on what the family made.
    pub fn holdings(&self) -> Result<Holdings, HubError> {
        Ok(storage::holdings(&self.family)?)
    }

    /// Everything that the family made, sealed with a passphrase of at least [`crate::PASSPHRASE_LEAST`] characters. It takes a
    /// second. Call [`Self::copy_kept`] once it is safe.
    ///
    /// # Errors
    /// [`HubError::Invalid`] with `passphrase-short`.
    pub fn safety_copy(&self, passphrase: &str) -> Result<Vec<u8>, HubError> {
        Ok(storage::seal_copy(&self.family, passphrase)?)
    }

    /// Everything that the family made as plain JSON (`docs/safety-copy.md`): whoever has it can read it.
    ///
    /// # Errors
    /// As every method on what the family made.
    pub fn plain_copy(&self) -> Result<Zeroizing<Vec<u8>>, HubError> {
        Ok(storage::plain(&self.family)?)
    }

    /// Notes that a safety copy is where the family wants it.
    ///
    /// # Errors
    /// As every method on what the family made.
    pub fn copy_kept(&self) -> Result<(), HubError> {
        Ok(storage::kept(&self.family, self.written_now())?)
    }

    /// Brings back what a copy holds, sealed or plain, all or nothing, and says how much was new. Nothing that is here is lost:
    /// where both hold the same thing, the one changed later stands.
    ///
    /// # Errors
    /// [`HubError::Invalid`] with `passphrase-missing`, `passphrase` (another one), `copy-damaged`, `copy-size` (larger than
    /// [`crate::LARGEST_COPY`]) or `copy` (its place in `field`); [`HubError::NeedsUpdate`] for a copy of a newer app.
    pub fn import(&self, copy: &[u8], passphrase: Option<&str>) -> Result<Holdings, HubError> {
        Ok(storage::import(&self.family, copy, passphrase)?)
    }

    /// Removes everything that the family made, the files that were set aside, the media that were fetched, and the key. The bank
    /// stays. Say first what will be lost ([`Self::holdings`]).
    ///
    /// # Errors
    /// [`HubError::Storage`] and [`HubError::StorageFull`] for the disk: then some of it may be left; erase again.
    pub fn erase(&self) -> Result<(), HubError> {
        self.family.erase()?;
        Ok(self.media.clear()?)
    }
}
