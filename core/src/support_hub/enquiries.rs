//! Questions to the service: written here, sealed here, sent by the next sync.

use std::sync::PoisonError;

use chrono::{DateTime, Utc};
use otsupport_wire::enquiry::EnquiryId;

use super::SupportHub;
use crate::enquiries::{
    self, BeforeEnquiring, Delivered, Delivery, EnquiryRequest, EnquiryView, Fresh, TextCheck, Underway,
    Written, private_details,
};
use crate::error::{Error, HubError};
use crate::storage::{Bank, Travelled};
use crate::sync::{Started, SyncRequest, month};
use crate::urgent_help::{help, urgency};

impl SupportHub {
    /// What a person is to know before writing: that this is no way to get help at once, when somebody reads, who sees it.
    ///
    /// # Errors
    /// As every method.
    pub fn before_enquiring(&self) -> Result<BeforeEnquiring, HubError> {
        let now = self.now();
        Ok(self.reading(|bank| Ok(BeforeEnquiring::of(Bank::service(bank)?, now)))?)
    }

    /// Looks a text over before it is sent: whether its words may mean that help is needed at once, and whether it holds what is not
    /// needed. It never stands in the way.
    ///
    /// # Errors
    /// As every method.
    pub fn check(&self, text: &str) -> Result<TextCheck, HubError> {
        let urgency = urgency(text);
        let view = self.lens().view();
        let help = self.reading(|bank| help(bank, &urgency.levels, view))?;
        Ok(TextCheck { help, checked: urgency.checked, private_details: private_details(text) })
    }

    /// Seals an enquiry and keeps it, to be sent: it is on disk when this returns, and nothing waits for the network. Show what
    /// [`Self::check`] says first.
    ///
    /// # Errors
    /// [`HubError::Invalid`] with `text` (nothing, or more than 4,000 characters), `topic`, `age` (over 25), `borough`, `contact` (none
    /// where one is needed, or not one), `contact-unneeded` or `format`; [`HubError::NotFound`] for an event that the bank does not
    /// have, and with `no-service-key` where the bank that is here names no key to seal to: keep a draft and sync.
    pub fn enquire(&self, request: &EnquiryRequest) -> Result<EnquiryView, HubError> {
        let now = self.written_now();
        let fresh = Fresh::draw(self.now())?;
        self.reading(|bank| {
            let written = Written::of(bank, request)?;
            enquiries::enquire(bank, &self.family, &written, &fresh, now)
        })?;
        self.enquiry(fresh.id)
    }

    /// Keeps what is written so far, without sending it. `id` names the draft that it changes.
    ///
    /// # Errors
    /// As [`Self::enquire`], but nothing is missing; [`HubError::Invalid`] with `draft` for what is none.
    pub fn keep_draft(
        &self,
        request: &EnquiryRequest,
        id: Option<EnquiryId>,
    ) -> Result<EnquiryView, HubError> {
        let now = self.written_now();
        let fresh = Fresh::draw(self.now())?;
        let draft = id.unwrap_or(fresh.id);
        self.reading(|bank| {
            let written = Written::of(bank, request)?;
            enquiries::keep_draft(&self.family, draft, id.is_none(), &written, now)
        })?;
        self.enquiry(draft)
    }

    /// Sends a draft.
    ///
    /// # Errors
    /// As [`Self::enquire`], and [`HubError::Invalid`] with `draft` for what is none.
    pub fn send_draft(&self, id: EnquiryId) -> Result<EnquiryView, HubError> {
        let now = self.written_now();
        let fresh = Fresh::draw(self.now())?;
        self.reading(|bank| enquiries::send_draft(bank, &self.family, id, &fresh, now))?;
        self.enquiry(id)
    }

    /// Sends the text of an enquiry that expired or was refused as a new one, and gives that.
    ///
    /// # Errors
    /// As [`Self::enquire`], and [`HubError::Invalid`] with `over` for one that is not over, or was sent anew already.
    pub fn send_anew(&self, id: EnquiryId) -> Result<EnquiryView, HubError> {
        let now = self.written_now();
        let fresh = Fresh::draw(self.now())?;
        self.reading(|bank| enquiries::send_anew(bank, &self.family, id, &fresh, now))?;
        self.enquiry(fresh.id)
    }

    /// Takes an enquiry back: at once where no attempt was made; else the hub is told with the next sync, and it is called withdrawn when
    /// the hub has said so. A draft is removed, and gives none.
    ///
    /// # Errors
    /// [`HubError::NotFound`], and [`HubError::Invalid`] with `opened` where staff have opened it.
    pub fn withdraw(&self, id: EnquiryId) -> Result<Option<EnquiryView>, HubError> {
        enquiries::withdraw(&self.family, id, self.written_now())?;
        match self.enquiry(id) {
            Err(HubError::NotFound { .. }) => Ok(None),
            found => found.map(Some),
        }
    }

    /// Removes an enquiry from this phone that nothing will come of any more.
    ///
    /// # Errors
    /// [`HubError::NotFound`], and [`HubError::Invalid`] with `under-way` for one that is.
    pub fn forget_enquiry(&self, id: EnquiryId) -> Result<(), HubError> {
        Ok(enquiries::forget(&self.family, id)?)
    }

    /// One enquiry, as it is now.
    ///
    /// # Errors
    /// [`HubError::NotFound`].
    pub fn enquiry(&self, id: EnquiryId) -> Result<EnquiryView, HubError> {
        let enquiry = enquiries::enquiry(&self.family, id)?;
        let (now, contact) = (self.now(), self.reading(|bank| Ok(Bank::service(bank)?.contact))?);
        Ok(EnquiryView::of(&enquiry, &contact, self.is_sending(id), now))
    }

    /// One enquiry, for reading: its replies are no news from now on.
    ///
    /// # Errors
    /// [`HubError::NotFound`].
    pub fn read_enquiry(&self, id: EnquiryId) -> Result<EnquiryView, HubError> {
        let view = self.enquiry(id)?;
        enquiries::open(&self.family, id)?;
        Ok(view)
    }

    /// All enquiries, in the order in which they were written.
    ///
    /// # Errors
    /// As every method on what the family made.
    pub fn enquiries(&self) -> Result<Vec<EnquiryView>, HubError> {
        let all = enquiries::enquiries(&self.family)?;
        let (now, contact) = (self.now(), self.reading(|bank| Ok(Bank::service(bank)?.contact))?);
        Ok(all.iter().map(|it| EnquiryView::of(it, &contact, self.is_sending(it.id), now)).collect())
    }

    /// When the phone is to sync by itself for what waits here, UTC: a timer, set anew after each sync and each act. `None` where nothing
    /// waits.
    ///
    /// # Errors
    /// As every method on what the family made.
    pub fn next_delivery_at(&self) -> Result<Option<DateTime<Utc>>, HubError> {
        let (all, now) = (enquiries::enquiries(&self.family)?, self.now());
        Ok(all.iter().filter_map(|it| it.way.as_ref()?.wake_at(now, it.secrets.is_some())).min())
    }

    /// Tries what waits, each enquiry by itself. What is locked waits until it opens.
    pub(super) async fn deliver(
        &self,
        request: &SyncRequest,
        now: DateTime<Utc>,
    ) -> Result<Delivered, Error> {
        if self.family.locked().is_some() {
            return Ok(Delivered::default());
        }
        let service = self.reading(Bank::service)?;
        // The phone's clock may be behind: time does not run behind what the hub has signed.
        let verified = self.family.floor()?.map(|it| it.verified_at);
        let delivery = Delivery {
            family: &self.family,
            http: self.platform.http.as_ref(),
            hub: &request.site,
            service: &service,
            underway: self,
            now: verified.map_or(now, |it| now.max(it)),
            by_person: request.started == Started::ByPerson,
        };
        let delivered = delivery.run().await?;
        if delivered.bytes > 0 {
            let (month, metered) = (month(now), request.link.is_metered());
            self.content().write(|writing| Travelled::count(writing, &month, metered, delivered.bytes))?;
        }
        Ok(delivered)
    }

    fn is_sending(&self, id: EnquiryId) -> bool {
        *self.sending.lock().unwrap_or_else(PoisonError::into_inner) == Some(id)
    }
}

impl Underway for SupportHub {
    fn now_sending(&self, id: Option<EnquiryId>) {
        *self.sending.lock().unwrap_or_else(PoisonError::into_inner) = id;
    }
}
