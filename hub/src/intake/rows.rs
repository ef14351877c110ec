//! Rows in and out of the database. Each call belongs to a transaction of its caller's.

use chrono::{DateTime, Utc};
use otsupport_wire::Sha256;
use otsupport_wire::digest::to_hex;
use otsupport_wire::enquiry::{BearerHash, EnquiryId, Receipt, ReplyNumber, SealedReply, SignedReceipt};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Result, named_params};

use super::rules::{Row, State};

/// An envelope that lies here, and how often it was answered.
pub(crate) struct Kept {
    pub(crate) row: Row,
    pub(crate) received_at: DateTime<Utc>,
    pub(crate) envelope: Vec<u8>,
    pub(crate) replies: u64,
}

/// What is known of an enquiry.
pub(crate) fn find(connection: &Connection, id: EnquiryId) -> Result<Option<Row>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, bearer, sha256, received_at, signature, opened_at, withdrawn_at FROM enquiries WHERE id = :id",
    )?;
    statement.query_row(named_params! { ":id": id.as_bytes() }, row).optional()
}

/// Keeps a new envelope.
pub(crate) fn keep(connection: &Connection, row: &Row, envelope: &[u8]) -> Result<()> {
    let State::Held { receipt: SignedReceipt { receipt, signature }, opened_at } = &row.state else {
        return withdraw(connection, row);
    };
    let mut statement = connection.prepare_cached(
        "INSERT INTO enquiries (id, bearer, sha256, received_at, signature, opened_at, envelope)
         VALUES (:id, :bearer, :sha256, :received_at, :signature, :opened_at, :envelope)",
    )?;
    statement.execute(named_params! {
        ":id": row.id.as_bytes(),
        ":bearer": row.bearer.0,
        ":sha256": receipt.sha256.as_bytes(),
        ":received_at": receipt.received_at.timestamp_millis(),
        ":signature": signature,
        ":opened_at": opened_at.map(|it| it.timestamp_millis()),
        ":envelope": envelope,
    })?;
    Ok(())
}

/// Takes an enquiry out and leaves its id, known as withdrawn.
pub(crate) fn withdraw(connection: &Connection, row: &Row) -> Result<()> {
    let State::Withdrawn { at } = &row.state else { return Ok(()) };
    connection
        .prepare_cached("DELETE FROM enquiries WHERE id = :id")?
        .execute(named_params! { ":id": row.id.as_bytes() })?;
    let mut statement = connection.prepare_cached(
        "INSERT INTO enquiries (id, bearer, withdrawn_at) VALUES (:id, :bearer, :withdrawn_at)",
    )?;
    statement.execute(named_params! {
        ":id": row.id.as_bytes(), ":bearer": row.bearer.0, ":withdrawn_at": at.timestamp_millis(),
    })?;
    Ok(())
}

/// Writes when staff first opened it.
pub(crate) fn set_opened(connection: &Connection, row: &Row) -> Result<()> {
    let State::Held { opened_at, .. } = &row.state else { return Ok(()) };
    connection.prepare_cached("UPDATE enquiries SET opened_at = :opened_at WHERE id = :id")?.execute(
        named_params! {
            ":id": row.id.as_bytes(), ":opened_at": opened_at.map(|it| it.timestamp_millis()),
        },
    )?;
    Ok(())
}

/// Every envelope that lies here, in the order in which they came.
pub(crate) fn all(connection: &Connection) -> Result<Vec<Kept>> {
    kept(connection, None)
}

/// The envelope of an enquiry.
pub(crate) fn one(connection: &Connection, id: EnquiryId) -> Result<Option<Kept>> {
    Ok(kept(connection, Some(id))?.pop())
}

fn kept(connection: &Connection, id: Option<EnquiryId>) -> Result<Vec<Kept>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, bearer, sha256, received_at, signature, opened_at, withdrawn_at, envelope,
           (SELECT count(*) FROM replies WHERE enquiry = id) AS replies
         FROM enquiries WHERE envelope IS NOT NULL AND (:id IS NULL OR id = :id) ORDER BY received_at, id",
    )?;
    let id = id.map(|it| *it.as_bytes());
    let kept = statement.query_map(named_params! { ":id": id }, |it| {
        Ok(Kept {
            row: row(it)?,
            received_at: instant(it.get("received_at")?)?,
            envelope: it.get("envelope")?,
            replies: it.get("replies")?,
        })
    })?;
    kept.collect()
}

/// The replies after this number, the oldest first.
pub(crate) fn replies(
    connection: &Connection,
    id: EnquiryId,
    after: ReplyNumber,
) -> Result<Vec<SealedReply>> {
    let mut statement = connection.prepare_cached(
        "SELECT number, sealed FROM replies WHERE enquiry = :id AND number > :after ORDER BY number",
    )?;
    // A number that SQLite does not hold is after every reply.
    let after = i64::try_from(after.0).unwrap_or(i64::MAX);
    let replies = statement.query_map(named_params! { ":id": id.as_bytes(), ":after": after }, |it| {
        Ok(SealedReply { number: ReplyNumber(it.get("number")?), sealed: it.get("sealed")? })
    })?;
    replies.collect()
}

/// The number of an enquiry's newest reply.
pub(crate) fn last_number(connection: &Connection, id: EnquiryId) -> Result<Option<ReplyNumber>> {
    let mut statement =
        connection.prepare_cached("SELECT max(number) AS number FROM replies WHERE enquiry = :id")?;
    let number: Option<u64> =
        statement.query_row(named_params! { ":id": id.as_bytes() }, |it| it.get("number"))?;
    Ok(number.map(ReplyNumber))
}

/// Keeps a reply.
pub(crate) fn add_reply(connection: &Connection, id: EnquiryId, reply: &SealedReply) -> Result<()> {
    let mut statement = connection
        .prepare_cached("INSERT INTO replies (enquiry, number, sealed) VALUES (:id, :number, :sealed)")?;
    statement.execute(named_params! {
        ":id": id.as_bytes(), ":number": reply.number.0, ":sealed": reply.sealed,
    })?;
    Ok(())
}

/// Forgets what came, or was withdrawn, before this instant, with its replies and its id.
pub(crate) fn forget(connection: &Connection, before: DateTime<Utc>) -> Result<usize> {
    let mut statement = connection
        .prepare_cached("DELETE FROM enquiries WHERE coalesce(withdrawn_at, received_at) < :before")?;
    statement.execute(named_params! { ":before": before.timestamp_millis() })
}

fn row(from: &rusqlite::Row<'_>) -> Result<Row> {
    let id = EnquiryId::from_bytes(from.get("id")?).map_err(|_| damaged("id", Type::Blob))?;
    let bearer = BearerHash(from.get("bearer")?);
    let withdrawn_at: Option<i64> = from.get("withdrawn_at")?;
    let state = match withdrawn_at {
        Some(at) => State::Withdrawn { at: instant(at)? },
        None => {
            let sha256: [u8; 32] = from.get("sha256")?;
            let sha256: Sha256 = to_hex(&sha256).parse().map_err(|_| damaged("sha256", Type::Blob))?;
            let opened_at: Option<i64> = from.get("opened_at")?;
            let receipt = Receipt { id, sha256, received_at: instant(from.get("received_at")?)? };
            State::Held {
                receipt: SignedReceipt { receipt, signature: from.get("signature")? },
                opened_at: opened_at.map(instant).transpose()?,
            }
        }
    };
    Ok(Row { id, bearer, state })
}

fn instant(milliseconds: i64) -> Result<DateTime<Utc>> {
    DateTime::from_timestamp_millis(milliseconds).ok_or_else(|| damaged("instant", Type::Integer))
}

fn damaged(column: &str, kind: Type) -> rusqlite::Error {
    rusqlite::Error::InvalidColumnType(0, column.to_owned(), kind)
}
