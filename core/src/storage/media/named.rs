//! Which files the bank's items name. What is withdrawn names none.

use std::collections::BTreeSet;

use otsupport_wire::{ItemId, MediaPath};
use rusqlite::{OptionalExtension, Row, ToSql};

use super::Blob;
use crate::error::Error;
use crate::storage::Reading;

/// The files of items that are advice. A withdrawn original withdraws its variants.
const NAMED: &str = "SELECT DISTINCT media.sha256, media.bytes
     FROM items JOIN json_each(items.record, '$.media') AS used JOIN media ON media.file = used.value ->> 'file'
     WHERE NOT items.withdrawn
       AND NOT EXISTS (SELECT 1 FROM items AS original
                       WHERE original.id = items.id AND original.original = 1 AND original.withdrawn)";

/// The files that any item names.
pub(crate) fn named(reading: &Reading<'_>) -> Result<BTreeSet<Blob>, Error> {
    blobs(reading, NAMED, &[])
}

/// The files that this item names, in any of its variants.
pub(crate) fn named_by(reading: &Reading<'_>, id: &ItemId) -> Result<BTreeSet<Blob>, Error> {
    blobs(reading, &format!("{NAMED} AND items.id = ?1"), &[&id.as_str()])
}

/// The file that bears this name; `None` for line pictures, and for what the bank does not hold.
pub(crate) fn blob_of(reading: &Reading<'_>, file: &MediaPath) -> Result<Option<Blob>, Error> {
    Ok(reading
        .prepare_cached("SELECT sha256, bytes FROM media WHERE file = ?1")?
        .query_row([file.as_str()], blob)
        .optional()?)
}

fn blobs(reading: &Reading<'_>, sql: &str, values: &[&dyn ToSql]) -> Result<BTreeSet<Blob>, Error> {
    Ok(reading.prepare_cached(sql)?.query_map(values, blob)?.collect::<Result<_, _>>()?)
}

fn blob(row: &Row<'_>) -> rusqlite::Result<Blob> {
    let sha256: String = row.get(0)?;
    let sha256 = sha256.parse().map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error))
    })?;
    Ok(Blob { sha256, bytes: row.get(1)? })
}
