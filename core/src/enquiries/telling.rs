//! What a family is told of its enquiries: that one waits, that one failed, that an answer is overdue, that one is here. Each once.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};

use super::enquiry::Enquiry;
use super::outbox::State;
use crate::error::Error;
use crate::reminders::planner::NotificationKind;
use crate::reminders::{Notice, SERVICE_ZONE};
use crate::storage::FamilyWriting;

/// A wait of so long is told.
pub(super) const UNSENT_FOR: TimeDelta = TimeDelta::hours(24);
/// When a day has passed without its answer, that is told the next morning.
const MORNING: NaiveTime = NaiveTime::from_hms_opt(9, 0, 0).unwrap();

/// Told in a day, if it still waits then: the notice is here from the beginning, since nobody may open the app until then.
pub(super) fn tell_if_unsent(writing: &FamilyWriting<'_>, enquiry: &Enquiry) -> Result<(), Error> {
    let at = enquiry.written_at + UNSENT_FOR;
    writing.put(&Notice::of_enquiry(NotificationKind::Unsent, enquiry.id, "waits", at))
}

/// Told the morning after the day by which an answer was expected, if none is here then.
pub(super) fn tell_if_overdue(writing: &FamilyWriting<'_>, enquiry: &Enquiry) -> Result<(), Error> {
    let Some(after) = enquiry.expected_by.and_then(|it| it.succ_opt()) else { return Ok(()) };
    let morning = after.and_time(MORNING).and_local_timezone(SERVICE_ZONE).earliest();
    let Some(at) = morning.map(|it| it.to_utc()) else { return Ok(()) };
    writing.put(&Notice::of_enquiry(NotificationKind::Overdue, enquiry.id, "overdue", at))
}

/// What is told of an enquiry that came from a copy.
pub(crate) fn tell_what_is_due(writing: &FamilyWriting<'_>, enquiry: &Enquiry) -> Result<(), Error> {
    match enquiry.state() {
        State::Waiting => tell_if_unsent(writing, enquiry),
        State::Received | State::Read => tell_if_overdue(writing, enquiry),
        _ => Ok(()),
    }
}

/// Told now: it expired, or the hub will not take it.
pub(super) fn tell_failed(
    writing: &FamilyWriting<'_>,
    enquiry: &Enquiry,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    writing.put(&Notice::of_enquiry(NotificationKind::Unsent, enquiry.id, "failed", now))
}

/// Told now: a reply is here. Not where the family said that a notice is not safe.
pub(super) fn tell_replied(
    writing: &FamilyWriting<'_>,
    enquiry: &Enquiry,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    if enquiry.written.as_ref().is_some_and(|it| !it.tell_of_reply) {
        return Ok(());
    }
    let which = enquiry.replies.last().map_or(0, |it| it.number.0);
    writing.put(&Notice::of_enquiry(NotificationKind::Reply, enquiry.id, &format!("reply {which}"), now))
}

/// Whether what a notice tells of an enquiry is still so.
pub(crate) fn is_still_so(notice: &Notice, enquiries: &[Enquiry]) -> bool {
    let Some(id) = notice.enquiry else { return true };
    let Some(enquiry) = enquiries.iter().find(|it| it.id == id) else { return false };
    match notice.kind {
        NotificationKind::Unsent => {
            let is_over = enquiry.sent_anew_as.is_some();
            !is_over && matches!(enquiry.state(), State::Waiting | State::Expired | State::Refused)
        }
        NotificationKind::Overdue => enquiry.is_unanswered(),
        NotificationKind::Reply => enquiry.replies.iter().any(|it| !it.seen),
        _ => true,
    }
}
