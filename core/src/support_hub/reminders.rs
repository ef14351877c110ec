//! Events, what the family follows, and the reminders of it.

use super::SupportHub;
use crate::error::{Error, HubError};
use crate::reminders::planner::{FURTHEST, Key, MOST_PENDING, ReminderPreferences};
use crate::reminders::{
    self, EventFilter, EventView, Gathered, Looking, Lookout, NotificationView, PhoneState, ReminderPlan,
    Wanted,
};
use crate::storage::random;
use crate::strategies::{self, LookoutId, RowId};

impl SupportHub {
    /// The events that pass the filter, by occurrence, in the order in which they begin.
    ///
    /// # Errors
    /// As every method on what the family made.
    pub fn events(&self, filter: &EventFilter, phone: PhoneState) -> Result<Vec<EventView>, HubError> {
        let now = self.now();
        Ok(self.reading(|bank| {
            let gathered = Gathered::read(bank, &self.family, phone, now)?;
            gathered.with(|situation, plan| {
                let looking = Looking { followed: &gathered.followed, plan, situation };
                reminders::events(bank, filter, &looking)
            })
        })?)
    }

    /// Follows an event: its reminders are planned, and the family is told what becomes of it.
    ///
    /// # Errors
    /// [`HubError::NotFound`] for what the bank does not have.
    pub fn follow(&self, uid: &str) -> Result<(), HubError> {
        let (now, row) = (self.written_now(), RowId::from_random(random()?));
        Ok(self.reading(|bank| reminders::follow(bank, &self.family, uid, &row, now))?)
    }

    /// Follows an event no longer. One that is not followed is no fault.
    ///
    /// # Errors
    /// As every method on what the family made.
    pub fn unfollow(&self, uid: &str) -> Result<(), HubError> {
        Ok(reminders::unfollow(&self.family, uid)?)
    }

    /// Notes that the family has booked, or has not. Whoever books an event follows it.
    ///
    /// # Errors
    /// [`HubError::NotFound`] for what the bank does not have.
    pub fn set_booked(&self, uid: &str, booked: bool) -> Result<(), HubError> {
        match self.follow(uid) {
            // It may be followed, and no longer listed.
            Err(HubError::NotFound { .. }) => {}
            followed => followed?,
        }
        Ok(reminders::set_booked(&self.family, uid, booked, self.written_now())?)
    }

    /// A calendar file with one event, or with all that the family follows, for their own calendar.
    ///
    /// # Errors
    /// [`HubError::NotFound`] for an event that is neither in the bank nor followed.
    pub fn calendar(&self, uid: Option<&str>) -> Result<String, HubError> {
        let now = self.written_now();
        Ok(self.reading(|bank| reminders::calendar_file(bank, &self.family, uid, now))?)
    }

    /// What the family looks out for.
    ///
    /// # Errors
    /// As every method on what the family made.
    pub fn lookouts(&self) -> Result<Vec<Lookout>, HubError> {
        Ok(reminders::lookouts(&self.family)?)
    }

    /// Looks out for events from now on: each new one that fits gives one notice.
    ///
    /// # Errors
    /// [`HubError::Invalid`] with `lookout` if nothing is wanted in particular, with `profile` if there is none.
    pub fn look_out(&self, wanted: &Wanted) -> Result<Vec<Lookout>, HubError> {
        let (now, id) = (self.written_now(), LookoutId::from_random(random()?));
        self.reading(|bank| reminders::look_out(bank, &self.family, wanted, &id, now))?;
        self.lookouts()
    }

    /// Looks out for it no longer. One that is not there is no fault.
    ///
    /// # Errors
    /// As every method on what the family made.
    pub fn stop_looking_out(&self, id: &LookoutId) -> Result<Vec<Lookout>, HubError> {
        reminders::stop_looking_out(&self.family, id)?;
        self.lookouts()
    }

    /// Chooses about reminders.
    ///
    /// # Errors
    /// [`HubError::Invalid`] with `horizon` (more than a year) or `limit` (none, or more than 500).
    pub fn choose_reminders(&self, chosen: &ReminderPreferences) -> Result<ReminderPreferences, HubError> {
        if !(1..=FURTHEST).contains(&chosen.horizon) {
            return Err(Error::Invalid("horizon").into());
        }
        if !(1..=MOST_PENDING).contains(&chosen.limit) {
            return Err(Error::Invalid("limit").into());
        }
        Ok(strategies::choose_reminders(&self.family, chosen, self.written_now())?.reminders)
    }

    /// What the phone is to do now. It is the same until something changes: planning again arms nothing. Once it is done, say so with
    /// [`Self::note_armed`]; a kill between the two has the same armed under the same keys.
    ///
    /// # Errors
    /// As every method on what the family made.
    pub fn plan_reminders(&self, phone: PhoneState) -> Result<ReminderPlan, HubError> {
        let now = self.now();
        Ok(self.reading(|bank| Ok(Gathered::read(bank, &self.family, phone, now)?.plan()))?)
    }

    /// Notes that the phone has armed and disarmed what the plan says.
    ///
    /// # Errors
    /// As every method on what the family made.
    pub fn note_armed(&self, done: &ReminderPlan, phone: PhoneState) -> Result<(), HubError> {
        let now = self.now();
        Ok(self.reading(|bank| reminders::note_armed(bank, &self.family, phone, now, done))?)
    }

    /// What is to be given for an alarm that went off: nothing if it does not hold any more. What is given is not missed.
    ///
    /// # Errors
    /// As every method on what the family made.
    pub fn reminder_due(&self, key: &Key, phone: PhoneState) -> Result<Option<NotificationView>, HubError> {
        let now = self.now();
        let due = self.reading(|bank| Ok(Gathered::read(bank, &self.family, phone, now)?.due(key)))?;
        let (given, notices) = due.unzip();
        reminders::note_given(&self.family, key, &notices.unwrap_or_default())?;
        Ok(given)
    }

    /// The family has seen what was missed.
    ///
    /// # Errors
    /// As every method on what the family made.
    pub fn forget_missed(&self) -> Result<(), HubError> {
        Ok(reminders::forget_missed(&self.family)?)
    }
}
