//! What a family does with its enquiries. Each is one transaction; nothing of it waits for the network.

use chrono::{DateTime, Utc};
use data_encoding::BASE64;
use otsupport_wire::enquiry::{EnquiryId, Envelope};

use super::enquiry::Enquiry;
use super::outbox::{Enclosed, Presence, Stage, State, Way};
use super::request::Written;
use super::sealing::{Fresh, enclosed, keys};
use super::telling::tell_if_unsent;
use crate::error::Error;
use crate::storage::{FamilyReading, FamilyRecord, FamilyStore, FamilyWriting, Reading, Waiting};

/// Seals what was written and stores it, to be sent: text, envelope, id and state in one transaction.
pub(crate) fn enquire(
    bank: &Reading<'_>,
    family: &FamilyStore,
    written: &Written,
    fresh: &Fresh,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let enquiry = sealed(bank, written, fresh, now)?;
    family.write(|writing| put_waiting(writing, &enquiry))
}

/// Keeps a draft, or changes one. What sending needs may be missing.
pub(crate) fn keep_draft(
    family: &FamilyStore,
    id: EnquiryId,
    is_new: bool,
    written: &Written,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    family.write(|writing| {
        if !is_new && get(writing, id)?.state() != State::Draft {
            return Err(Error::Invalid("draft"));
        }
        writing.put(&Enquiry {
            id,
            written_at: now,
            written: Some(written.clone()),
            secrets: None,
            way: None,
            replies: Vec::new(),
            expected_by: None,
            sent_anew_as: None,
            changed_at: now,
        })
    })
}

/// Sends a draft, under the id that it has.
pub(crate) fn send_draft(
    bank: &Reading<'_>,
    family: &FamilyStore,
    id: EnquiryId,
    fresh: &Fresh,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let draft = family.read(|reading| found(reading, id))?;
    let written = draft.written.as_ref().filter(|_| draft.state() == State::Draft);
    let written = written.ok_or(Error::Invalid("draft"))?;
    let fresh = Fresh { id, secrets: fresh.secrets.clone() };
    let enquiry = sealed(bank, written, &fresh, now)?;
    family.write(|writing| {
        // Somebody may have sent or changed it meanwhile.
        if get(writing, id)? != draft {
            return Err(Error::Invalid("draft"));
        }
        put_waiting(writing, &enquiry)
    })
}

/// Takes an enquiry back, as far as that is still possible. A draft goes at once.
pub(crate) fn withdraw(family: &FamilyStore, id: EnquiryId, now: DateTime<Utc>) -> Result<(), Error> {
    family.write(|writing| {
        let mut enquiry = get(writing, id)?;
        let has_secrets = enquiry.secrets.is_some();
        let Some(way) = &mut enquiry.way else { return writing.remove::<Enquiry>(id.as_str()) };
        if way.stage == Stage::Withdrawn {
            return Ok(());
        }
        way.withdraw(now, has_secrets).map_err(|_| Error::Invalid("opened"))?;
        enquiry.changed_at = now;
        writing.put(&enquiry)
    })
}

/// Sends the text of an enquiry that expired or was refused as a new one. The old one is taken back first, in the same transaction: it may
/// lie at the hub all the same.
pub(crate) fn send_anew(
    bank: &Reading<'_>,
    family: &FamilyStore,
    id: EnquiryId,
    fresh: &Fresh,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let old = family.read(|reading| found(reading, id))?;
    let is_over = matches!(old.state(), State::Expired | State::Refused);
    let written = old.written.as_ref().filter(|_| is_over && old.sent_anew_as.is_none());
    let anew = sealed(bank, written.ok_or(Error::Invalid("over"))?, fresh, now)?;
    family.write(|writing| {
        let mut old = get(writing, id)?;
        if old.sent_anew_as.is_some() {
            return Err(Error::Invalid("over"));
        }
        old.sent_anew_as = Some(fresh.id);
        old.changed_at = now;
        let has_secrets = old.secrets.is_some();
        if let Some(way) = &mut old.way {
            // One that was refused is not there, and one that cannot be taken back was opened: both are told as they are.
            let _ = way.withdraw(now, has_secrets);
        }
        writing.put(&old)?;
        put_waiting(writing, &anew)
    })
}

/// The family has opened an enquiry: its replies are no news any more.
pub(crate) fn open(family: &FamilyStore, id: EnquiryId) -> Result<(), Error> {
    family.write(|writing| {
        let mut enquiry = get(writing, id)?;
        if enquiry.replies.iter().all(|it| it.seen) {
            return Ok(());
        }
        enquiry.replies.iter_mut().for_each(|it| it.seen = true);
        writing.put(&enquiry)
    })
}

/// Removes an enquiry from this phone that nothing will come of any more.
pub(crate) fn forget(family: &FamilyStore, id: EnquiryId) -> Result<(), Error> {
    family.write(|writing| {
        let enquiry = get(writing, id)?;
        let is_over = matches!(
            enquiry.state(),
            State::Draft | State::Answered | State::Expired | State::Refused | State::Withdrawn
        );
        // What is being taken back must still tell the hub.
        let is_at_rest = enquiry.way.as_ref().is_none_or(|it| !it.delivers());
        if !is_over || !is_at_rest {
            return Err(Error::Invalid("under-way"));
        }
        writing.remove::<Enquiry>(id.as_str())
    })
}

/// One of them.
pub(crate) fn enquiry(family: &FamilyStore, id: EnquiryId) -> Result<Enquiry, Error> {
    family.read(|reading| found(reading, id))
}

/// Everything, in the order in which it was written.
pub(crate) fn enquiries(family: &FamilyStore) -> Result<Vec<Enquiry>, Error> {
    family.read(|reading| reading.all())
}

/// Envelopes that older copies and older apps kept by themselves are enquiries like any other, of which no more is here.
pub(crate) fn adopt(family: &FamilyStore) -> Result<(), Error> {
    // Seldom is there anything to write, and reading holds nobody up.
    if !family.read(|reading| Ok(reading.all::<Waiting>()?.iter().any(|it| adopted(it).is_some())))? {
        return Ok(());
    }
    family.write(|writing| {
        for waiting in writing.all::<Waiting>()? {
            if let Some(enquiry) = adopted(&waiting)
                && writing.get::<Enquiry>(enquiry.id())?.is_none()
            {
                writing.put(&enquiry)?;
                writing.remove::<Waiting>(&waiting.id)?;
            }
        }
        Ok(())
    })
}

/// An enquiry of which only the envelope is here; `None` for what is no envelope, or another's.
pub(crate) fn adopted(waiting: &Waiting) -> Option<Enquiry> {
    let envelope = BASE64.decode(waiting.sealed.as_bytes()).ok()?;
    let id = Envelope::parse(&envelope).ok()?.header.id;
    let made = i64::try_from(id.millisecond()).ok().and_then(DateTime::from_timestamp_millis)?;
    let mut way = Way::waiting(Enclosed(envelope), made);
    if let Stage::Waiting { there, .. } = &mut way.stage {
        *there = Presence::Maybe;
    }
    (id.as_str() == waiting.id).then_some(Enquiry {
        id,
        written_at: made,
        written: None,
        secrets: None,
        way: Some(way),
        replies: Vec::new(),
        expected_by: None,
        sent_anew_as: None,
        changed_at: made,
    })
}

fn sealed(
    bank: &Reading<'_>,
    written: &Written,
    fresh: &Fresh,
    now: DateTime<Utc>,
) -> Result<Enquiry, Error> {
    let keys = keys(bank)?.ok_or(Error::NoServiceKey)?;
    let envelope = enclosed(written, now, fresh.id, &fresh.secrets, &keys, now)?;
    Ok(Enquiry {
        id: fresh.id,
        written_at: now,
        written: Some(written.clone()),
        secrets: Some(fresh.secrets.clone()),
        way: Some(Way::waiting(envelope, now)),
        replies: Vec::new(),
        expected_by: None,
        sent_anew_as: None,
        changed_at: now,
    })
}

fn put_waiting(writing: &FamilyWriting<'_>, enquiry: &Enquiry) -> Result<(), Error> {
    writing.put(enquiry)?;
    tell_if_unsent(writing, enquiry)
}

pub(super) fn get(writing: &FamilyWriting<'_>, id: EnquiryId) -> Result<Enquiry, Error> {
    writing.get(id.as_str())?.ok_or_else(|| Error::NotFound(id.to_string()))
}

fn found(reading: &FamilyReading<'_>, id: EnquiryId) -> Result<Enquiry, Error> {
    reading.get(id.as_str())?.ok_or_else(|| Error::NotFound(id.to_string()))
}
