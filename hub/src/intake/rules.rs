//! What the hub does with each request: decisions alone, over what it knows of the enquiry.
//!
//! Envelopes and replies lie beside a [`Row`]; whoever keeps them drops them with [`Delete::Withdraw`].

use chrono::{DateTime, SubsecRound, Utc};
use otsupport_wire::Sha256;
use otsupport_wire::enquiry::{
    Bearer, BearerHash, EnquiryId, EnquiryKeys, Envelope, Problem, ProblemCode, Receipt, ReplyNumber, SIZES,
    SignedReceipt,
};
use otsupport_wire::trust::SigningKey;

/// The most bytes that an envelope has.
pub const LARGEST: usize = SIZES[SIZES.len() - 1];

/// What the hub knows of an enquiry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// The enquiry.
    pub id: EnquiryId,
    /// What its sender's requests are proved by.
    pub bearer: BearerHash,
    /// Where it stands.
    pub state: State,
}

/// Where an enquiry stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum State {
    /// Its envelope lies here.
    Held {
        /// What its sender was given.
        receipt: SignedReceipt,
        /// When staff first opened it, in whole milliseconds, UTC.
        opened_at: Option<DateTime<Utc>>,
    },
    /// Its sender took it back. The id stays known, so that a copy that is still on its way is not kept.
    Withdrawn {
        /// When, in whole milliseconds, UTC.
        at: DateTime<Utc>,
    },
}

/// What becomes of an envelope.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Put {
    /// Keep it. Its receipt may leave once it is kept for good: 201.
    Keep {
        /// What is known of it from now on.
        row: Row,
        /// What its sender is given then.
        receipt: SignedReceipt,
    },
    /// It lies here already. This is the receipt that was given: 200.
    Same(SignedReceipt),
    /// It is not taken.
    Refused(Problem),
}

/// What becomes of a withdrawal.
#[derive(Clone, PartialEq, Eq, Debug)]
// One of them is there at a time, and for a moment.
#[allow(clippy::large_enum_variant)]
pub enum Delete {
    /// This row takes the place of what was known, and the envelope goes: 204.
    Withdraw(Row),
    /// It was withdrawn before: 204.
    Again,
    /// It stays.
    Refused(ProblemCode),
}

/// Decides about an envelope that came for `id`, the id of the address. `known` is what is known of that id; `keys` are those of the
/// newest bank, `None` where it names none.
pub fn put(
    known: Option<&Row>,
    id: EnquiryId,
    body: &[u8],
    keys: Option<&EnquiryKeys>,
    receipt_key: &SigningKey,
    now: DateTime<Utc>,
) -> Put {
    // Before anything else: what was taken once is answered alike for ever, whatever became of its key.
    match known.map(|it| &it.state) {
        Some(State::Withdrawn { .. }) => return Put::Refused(ProblemCode::Withdrawn.into()),
        Some(State::Held { receipt, .. }) if receipt.receipt.sha256 == Sha256::of(body) => {
            return Put::Same(receipt.clone());
        }
        Some(State::Held { receipt, .. }) => {
            let problem = Problem { receipt: Some(receipt.clone()), ..ProblemCode::OtherBytes.into() };
            return Put::Refused(problem);
        }
        None => {}
    }
    match bearer_of(id, body, keys, now) {
        Ok(bearer) => {
            let receipt = Receipt { id, sha256: Sha256::of(body), received_at: now.trunc_subsecs(3) };
            let receipt = receipt.sign(receipt_key);
            let state = State::Held { receipt: receipt.clone(), opened_at: None };
            Put::Keep { row: Row { id, bearer, state }, receipt }
        }
        Err(code) => Put::Refused(code.into()),
    }
}

/// What the sender of a new envelope is proved by, if it is one to take.
fn bearer_of(
    id: EnquiryId,
    body: &[u8],
    keys: Option<&EnquiryKeys>,
    now: DateTime<Utc>,
) -> Result<BearerHash, ProblemCode> {
    if body.len() > LARGEST {
        return Err(ProblemCode::TooLarge);
    }
    let header = Envelope::parse(body).map_err(|_| ProblemCode::BadEnvelope)?.header;
    if header.id != id {
        return Err(ProblemCode::OtherId);
    }
    let keys = keys.ok_or(ProblemCode::Unavailable)?;
    if keys.takes(header.service, now) { Ok(header.bearer) } else { Err(ProblemCode::RetiredKey) }
}

/// When staff opened the enquiry, for whoever proves to be its sender; the replies may go to them too.
///
/// # Errors
/// [`ProblemCode::NotFound`], the same for an id that is not known and for a secret that is not its; [`ProblemCode::Withdrawn`].
pub fn replies(known: Option<&Row>, bearer: Option<&Bearer>) -> Result<Option<DateTime<Utc>>, ProblemCode> {
    match proven(known, bearer).map(|it| &it.state) {
        Some(State::Held { opened_at, .. }) => Ok(*opened_at),
        Some(State::Withdrawn { .. }) => Err(ProblemCode::Withdrawn),
        None => Err(ProblemCode::NotFound),
    }
}

/// Decides about a withdrawal. An id that is not known is remembered as withdrawn: its envelope may still be on its way.
pub fn delete(known: Option<&Row>, id: EnquiryId, bearer: Option<&Bearer>, now: DateTime<Utc>) -> Delete {
    let Some(bearer) = bearer else { return Delete::Refused(ProblemCode::NotFound) };
    let withdrawn = State::Withdrawn { at: now.trunc_subsecs(3) };
    let withdraw = Delete::Withdraw(Row { id, bearer: bearer.hash(), state: withdrawn });
    let Some(known) = known else { return withdraw };
    match proven(Some(known), Some(bearer)).map(|it| &it.state) {
        Some(State::Held { opened_at: None, .. }) => withdraw,
        Some(State::Held { opened_at: Some(_), .. }) => Delete::Refused(ProblemCode::Opened),
        Some(State::Withdrawn { .. }) => Delete::Again,
        None => Delete::Refused(ProblemCode::NotFound),
    }
}

/// The row after staff opened the envelope; the first time counts. `None` for one that was withdrawn: nobody may show it.
pub fn open(known: &Row, now: DateTime<Utc>) -> Option<Row> {
    let State::Held { receipt, opened_at } = &known.state else { return None };
    let opened_at = opened_at.or(Some(now.trunc_subsecs(3)));
    Some(Row { state: State::Held { receipt: receipt.clone(), opened_at }, ..known.clone() })
}

/// The number of the next reply after `last`, the enquiry's newest.
pub fn next_number(last: Option<ReplyNumber>, now: DateTime<Utc>) -> ReplyNumber {
    let now = u64::try_from(now.timestamp_millis()).unwrap_or(0);
    ReplyNumber(last.map_or(now, |it| now.max(it.0.saturating_add(1))))
}

fn proven<'a>(known: Option<&'a Row>, bearer: Option<&Bearer>) -> Option<&'a Row> {
    known.filter(|it| bearer.is_some_and(|bearer| it.bearer.is_of(bearer)))
}

#[cfg(test)]
#[path = "rules_tests.rs"]
pub(super) mod tests;
