//! Withdrawing items ahead of the bank that says so: the signed news is enough.

use otsupport_wire::ItemId;
use otsupport_wire::snapshot::{Item, Review, ReviewStatus, ServiceStatus};
use otsupport_wire::trust::{Recall, Recalls};
use rusqlite::OptionalExtension;

use super::Bank;
use super::rows::Rows;
use crate::error::Error;
use crate::storage::access::{Reading, Writing};
use crate::strategies::Kind;

/// Withdraws what the news recalls and the bank that is here still gives as advice. An item becomes what it will be in the next bank.
pub(crate) fn recall(writing: &Writing<'_>, recalls: &Recalls) -> Result<(), Error> {
    recalls.iter().try_for_each(|(id, recall)| withdraw(writing, id, recall))
}

/// A withdrawn original withdraws its variants: nobody is shown them.
fn withdraw(writing: &Writing<'_>, id: &ItemId, recall: &Recall) -> Result<(), Error> {
    let Some((row, kind, item)) = advice(writing, id)? else { return Ok(()) };
    let demonstration = Bank::service(&writing.reading())?.status == ServiceStatus::Demonstration;
    let mut rows = Rows::begin(writing, demonstration, None)?;
    rows.take_row_out(row, &item)?;
    let withdrawn = withdrawn(item, recall);
    rows.put_item(kind, &withdrawn, Some(row), &serde_json::to_string(&withdrawn)?)?;
    rows.finish()?;
    writing.execute("INSERT OR IGNORE INTO recalled (id) VALUES (?1)", [id.as_str()])?;
    Ok(())
}

/// Withdrawn advice is not on the phone: what is left is the name and the reason.
fn withdrawn(item: Item, recall: &Recall) -> Item {
    let Recall { on, reason, instead } = recall.clone();
    let status = ReviewStatus::Withdrawn { on, reason, instead };
    let review = Review { status, ..item.review };
    Item { review, media: Vec::new(), sections: Vec::new(), links: Vec::new(), ..item }
}

/// The row of an item that is not withdrawn.
fn advice(writing: &Writing<'_>, id: &ItemId) -> Result<Option<(i64, Kind, Item)>, Error> {
    let row = writing
        .prepare_cached(
            "SELECT item, kind, record FROM items WHERE id = ?1 AND original = 1 AND withdrawn = 0",
        )?
        .query_row([id.as_str()], |row| {
            Ok((row.get(0)?, Kind::from_number(row.get(1)?), row.get::<_, String>(2)?))
        })
        .optional()?;
    row.map(|(row, kind, record)| Ok((row, kind, serde_json::from_str(&record)?))).transpose()
}

/// The items that are withdrawn ahead of their bank.
pub(super) fn recalled(reading: &Reading<'_>) -> Result<Vec<String>, Error> {
    let mut rows = reading.prepare_cached("SELECT id FROM recalled")?;
    let ids = rows.query_map([], |row| row.get(0))?;
    Ok(ids.collect::<Result<_, _>>()?)
}
