//! Taking a bank in: as a whole, or by what changed since the one before.

use std::collections::BTreeSet;
use std::sync::Arc;

use otsupport_wire::snapshot::{Change, Comparison, Record, Service, Summary};
use otsupport_wire::trust::Newest;
use rusqlite::params;

use super::rows::Rows;
use super::{Bank, recall};
use crate::error::Error;
use crate::storage::access::Writing;
use crate::strategies::Table;

/// A bank being taken in, record by record, in place of the one before.
pub(crate) struct Loading<'a> {
    rows: Rows<'a>,
}

impl<'a> Loading<'a> {
    /// `table` tells what items mean.
    pub(crate) fn begin(writing: &'a Writing<'a>, table: Option<Arc<Table>>) -> Result<Self, Error> {
        Rows::clear(writing)?;
        Ok(Self { rows: Rows::begin(writing, false, table)? })
    }

    /// Takes in one record with its canonical JSON.
    pub(crate) fn record(&mut self, record: Record, json: &str) -> Result<(), Error> {
        self.rows.put(record, json)
    }

    /// Names the bank that was taken in and the head that vouches for it.
    pub(crate) fn finish(self, summary: &Summary, newest: &Newest, head: &[u8]) -> Result<(), Error> {
        finish(self.rows, summary, newest, head)
    }
}

/// The bank before being turned into the next one.
pub(crate) struct Changing<'a> {
    rows: Rows<'a>,
}

impl<'a> Changing<'a> {
    /// `None` if the changes do not tell all that is to be done: then the bank is to be taken in as a whole.
    pub(crate) fn begin(
        writing: &'a Writing<'a>,
        changes: &[Change],
        table: Option<Arc<Table>>,
    ) -> Result<Option<Self>, Error> {
        let reading = writing.reading();
        let status = Bank::service(&reading)?.status;
        // What the service is says something about every item.
        let new_status = |it: &&Change| matches!(it, Change::Put(Record::Service(Service { status: new, .. }), _) if *new != status);
        if changes.iter().any(|it| new_status(&it)) {
            return Ok(None);
        }
        // What was withdrawn ahead of its bank is brought back only by a change of it.
        let changed: BTreeSet<&str> = changes.iter().filter_map(item).collect();
        if recall::recalled(&reading)?.iter().any(|it| !changed.contains(it.as_str())) {
            return Ok(None);
        }
        let demonstration = status == otsupport_wire::snapshot::ServiceStatus::Demonstration;
        Ok(Some(Self { rows: Rows::begin(writing, demonstration, table)? }))
    }

    /// Makes the changes; `new` is the new snapshot.
    pub(crate) fn make(
        mut self,
        comparison: Comparison,
        new: &[u8],
        newest: &Newest,
        head: &[u8],
    ) -> Result<(), Error> {
        let (gone, come): (Vec<_>, Vec<_>) =
            comparison.changes.into_iter().partition(|it| matches!(it, Change::Removed(_)));
        // What goes makes room first: a strategy may become a resource.
        for change in gone.into_iter().chain(come) {
            match change {
                Change::Removed(record) => self.rows.take_out(&record)?,
                Change::Put(record, at) => {
                    let json = new.get(at).and_then(|it| std::str::from_utf8(it).ok());
                    self.rows
                        .replace(record, json.ok_or(Error::Internal("a change outside the snapshot"))?)?;
                }
            }
        }
        self.rows.writing.execute("DELETE FROM recalled", [])?;
        finish(self.rows, &comparison.summary, newest, head)
    }
}

/// The item that a change is of.
fn item(change: &Change) -> Option<&str> {
    match change {
        Change::Put(Record::Strategy(it) | Record::Resource(it), _)
        | Change::Removed(Record::Strategy(it) | Record::Resource(it)) => {
            it.variant.is_none().then(|| it.id.as_str())
        }
        _ => None,
    }
}

fn finish(rows: Rows<'_>, summary: &Summary, newest: &Newest, head: &[u8]) -> Result<(), Error> {
    rows.writing.execute(
        "INSERT INTO bank (one, version, newer, service, published, head, newest)
         VALUES (1, ?1, ?2, coalesce(?3, ''), ?4, ?5, ?1)
         ON CONFLICT (one) DO UPDATE
         SET version = excluded.version, newer = excluded.newer, service = coalesce(?3, service),
             published = excluded.published, head = excluded.head, newest = excluded.newest",
        params![summary.version.0, summary.newer, rows.service, newest.published.timestamp_millis(), head],
    )?;
    rows.finish()
}
