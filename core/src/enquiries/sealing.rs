//! Sealing what a family wrote to the keys of the bank that is here.

use chrono::{DateTime, Utc};
use otsupport_wire::enquiry::{
    Bearer, EnquiryId, EnquiryKeys, EnvelopeError, SealingChance, SecretHalf, seal,
};

use super::outbox::{Enclosed, Secrets};
use super::request::Written;
use crate::error::Error;
use crate::storage::{Bank, Reading, random};

const MILLISECONDS_A_DAY: i64 = 86_400_000;

/// A new id and new secrets, drawn before anything is stored.
pub(crate) struct Fresh {
    pub(crate) id: EnquiryId,
    pub(crate) secrets: Secrets,
}

impl Fresh {
    pub(crate) fn draw(now: DateTime<Utc>) -> Result<Self, Error> {
        // The day alone: at which hour of the night somebody wrote is nobody's business on the way.
        let day = now.timestamp_millis().div_euclid(MILLISECONDS_A_DAY) * MILLISECONDS_A_DAY;
        let millisecond = u64::try_from(day).unwrap_or_default();
        Ok(Self {
            id: EnquiryId::new(millisecond, &random()?),
            secrets: Secrets {
                bearer: Bearer::from_bytes(random()?),
                reply_key: SecretHalf::from_bytes(random()?),
            },
        })
    }
}

/// The keys that the bank names.
pub(crate) fn keys(bank: &Reading<'_>) -> Result<Option<EnquiryKeys>, Error> {
    Ok(Bank::service(bank)?.keys)
}

/// Seals a letter to the newest service key of the bank.
///
/// Every text that keeps the rules of what may be written fits the largest envelope, so a letter that does not is a fault of this program.
pub(crate) fn enclosed(
    written: &Written,
    written_at: DateTime<Utc>,
    id: EnquiryId,
    secrets: &Secrets,
    keys: &EnquiryKeys,
    now: DateTime<Utc>,
) -> Result<Enclosed, Error> {
    let reply_key = secrets.reply_key.public().ok_or(Error::Internal("no reply key"))?;
    let letter = written.letter(written_at, reply_key)?;
    let service = keys.current(now).ok_or(Error::NoServiceKey)?;
    let chance = SealingChance { letter: random()?, service: random()?, recovery: random()? };
    let bearer = secrets.bearer.hash();
    seal(id, &letter, bearer, &service.public, &keys.recovery, chance).map(Enclosed).map_err(|error| {
        match error {
            EnvelopeError::BadKey => Error::NoServiceKey,
            _ => Error::Internal("sealing an enquiry"),
        }
    })
}
