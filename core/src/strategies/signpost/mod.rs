//! Pointing a family to a few strategies: a link and its QR code out, a set of items in. No data of anybody is in it.

mod child_named;
mod qr;
mod sheet;

pub(crate) use child_named::may_name_a_child;
use chrono::{DateTime, Days, Utc};
use otsupport_wire::signpost::{Note, Signpost, SignpostError};
use otsupport_wire::snapshot::{Item, ReviewStatus, Service};
use otsupport_wire::{BankVersion, ItemId};
use reqwest::Url;
use rusqlite::OptionalExtension;
use rusqlite::types::Value;

use super::browse::{card, card_columns};
use super::currency::Freshness;
use super::preferences::Lens;
use super::show::item;
use super::view::{Card, Gone, NoteWarning, OpenedSignpost, SignpostRequest, SignpostView};
use super::warnings::{Warnings, warnings};
use crate::error::Error;
use crate::storage::{Bank, Reading};
use sheet::Sheet;

/// How long a signpost is meant to be used if nobody says: a school term and its holidays.
const USUAL_DAYS: u64 = 120;

/// Makes the link and its QR code.
pub(crate) fn signpost(
    reading: &Reading<'_>,
    request: &SignpostRequest,
    now: DateTime<Utc>,
) -> Result<SignpostView, Error> {
    let site = site(&request.site)?;
    for id in &request.items {
        let (_, item) = item(reading, id)?.ok_or_else(|| Error::NotFound(id.to_string()))?;
        if is_withdrawn(&item) {
            return Err(Error::Invalid("withdrawn"));
        }
    }
    let today = now.date_naive();
    let until = match request.until {
        None => today.checked_add_days(Days::new(USUAL_DAYS)).unwrap_or(today),
        Some(until) if until < today => return Err(Error::Invalid("expires")),
        Some(until) => until,
    };
    let bank = BankVersion(Bank::read(reading)?.map_or(0, |it| it.version));
    let note = Note::new(&request.note)?;
    let warning = may_name_a_child(note.as_str()).then_some(NoteWarning::MayNameAChild);
    let signpost = Signpost::new(&request.items, bank, until, note)?;
    let (address, fragment) = (format!("{site}/s#"), signpost.fragment());
    Ok(SignpostView {
        qr: qr::svg(&address, &fragment)?,
        link: format!("{address}{fragment}"),
        until,
        warning,
    })
}

/// The same on paper: a page for A4.
pub(crate) fn signpost_sheet(
    reading: &Reading<'_>,
    request: &SignpostRequest,
    freshness: &Freshness,
    now: DateTime<Utc>,
) -> Result<String, Error> {
    let signpost = signpost(reading, request, now)?;
    let mut strategies: Vec<Warnings> = Vec::new();
    for id in &request.items {
        if !strategies.iter().any(|it| it.item == *id) {
            strategies.push(warnings(reading, id, "", freshness)?);
        }
    }
    let Service { name, contact, .. } = Bank::service(reading)?;
    let note = Note::new(&request.note)?;
    let sheet = Sheet {
        signpost: &signpost,
        site: &site(&request.site)?,
        note: note.as_str(),
        strategies: &strategies,
        service: &name,
        contact: &contact,
        made_on: now.date_naive(),
    };
    Ok(sheet.html())
}

/// Reads a link against the bank that is here.
pub(crate) fn open_signpost(
    reading: &Reading<'_>,
    link: &str,
    lens: &Lens,
    freshness: &Freshness,
    now: DateTime<Utc>,
) -> Result<OpenedSignpost, Error> {
    let signpost = Signpost::read(link)?;
    let mut opened = OpenedSignpost {
        items: Vec::new(),
        note: signpost.note.as_str().to_owned(),
        missing: Vec::new(),
        withdrawn: Vec::new(),
        until: signpost.until,
        expired: signpost.until < now.date_naive(),
        sync_may_help: false,
    };
    for id in signpost.items() {
        match item(reading, id)? {
            None => opened.missing.push(id.clone()),
            Some((_, item)) => match item.review.status {
                ReviewStatus::Withdrawn { instead, .. } => {
                    opened.missing.push(id.clone());
                    opened.withdrawn.push(Gone { id: id.clone(), title: item.title, instead });
                }
                _ => opened.items.extend(listed(reading, id, lens, freshness)?),
            },
        }
    }
    let here = Bank::read(reading)?.map_or(0, |it| it.version);
    // What was withdrawn stays so; what is not known yet may come with the bank that the list was made from.
    opened.sync_may_help = signpost.bank.0 > here && opened.missing.len() > opened.withdrawn.len();
    Ok(opened)
}

fn is_withdrawn(item: &Item) -> bool {
    matches!(item.review.status, ReviewStatus::Withdrawn { .. })
}

fn listed(
    reading: &Reading<'_>,
    id: &ItemId,
    lens: &Lens,
    freshness: &Freshness,
) -> Result<Option<Card>, Error> {
    let sql = format!("SELECT {} FROM items WHERE id = :id AND original = 1", card_columns());
    let mut values = vec![(":id", Value::from(id.to_string()))];
    values.extend(lens.suiting());
    let card = reading
        .prepare_cached(&sql)?
        .query_row(values.as_slice(), |row| Ok(card(row, freshness)))
        .optional()?;
    card.transpose()
}

/// The hub's address without its last slash. A link that is to be opened by anyone is https, or it stays on this machine.
fn site(site: &str) -> Result<String, Error> {
    let url = Url::parse(site.trim()).map_err(|_| Error::Invalid("hub"))?;
    let local = url.scheme() == "http" && matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if plain && (local || url.scheme() == "https") {
        Ok(url.as_str().trim_end_matches('/').to_owned())
    } else {
        Err(Error::Invalid("hub"))
    }
}

impl From<SignpostError> for Error {
    fn from(error: SignpostError) -> Self {
        match error {
            SignpostError::NotOne => Self::Invalid("link"),
            SignpostError::Cut => Self::Invalid("link-cut"),
            SignpostError::Newer => Self::NewerSchema,
            SignpostError::Items => Self::Invalid("items"),
            SignpostError::Note => Self::Invalid("note"),
        }
    }
}
