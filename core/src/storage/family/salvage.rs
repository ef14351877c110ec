//! What can still be read of a damaged database.

use std::collections::BTreeSet;
use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::sealed::Table;
use crate::error::Error;
use crate::storage::open;

/// Carries over every row that can still be read, all in one transaction, and gives the number of saved items among them. What
/// cannot stays in the damaged file. The mark of the first key comes over too: another key is refused as before.
pub(super) fn carry_over(damaged: &Path, writer: &mut Connection) -> Result<usize, Error> {
    let Ok(old) = open::reader(damaged) else { return Ok(0) };
    let new = writer.transaction()?;
    copy(&old, &new, "key_check", "one, sealed", 1);
    // Of a database of the newest schema, or of one before it.
    let floor = "one, root, targets, bank, sha256";
    let _ = copy(&old, &new, "floor", &format!("{floor}, root_version, timestamp, snapshot, verified_at"), 1)
        || copy(&old, &new, "floor", floor, 1);
    copy(&old, &new, "safety_copy", "one, made_at, asked_at, entries", 1);
    // A database that was never opened with its key since the first schema.
    let mut saved = copy_all(&old, &new, "saved", "item, position, saved_at, seen");
    for table in Table::ALL {
        let columns =
            if table == Table::Shelf { "position, id, sealed, seen" } else { "position, id, sealed" };
        let copied = copy_all(&old, &new, table.name(), columns);
        if table == Table::Shelf {
            saved += copied;
        }
    }
    new.commit()?;
    Ok(saved)
}

fn copy_all(old: &Connection, new: &Connection, table: &str, columns: &str) -> usize {
    rows(old, table).into_iter().filter(|row| copy(old, new, table, columns, *row)).count()
}

/// The numbers of the rows that can be reached from either end: damage in the middle hides neither side.
fn rows(old: &Connection, table: &str) -> BTreeSet<i64> {
    let mut found = BTreeSet::new();
    for order in ["ASC", "DESC"] {
        let sql = format!("SELECT rowid FROM {table} NOT INDEXED ORDER BY rowid {order}");
        if let Ok(mut rows) = old.prepare(&sql)
            && let Ok(rows) = rows.query_map([], |row| row.get::<_, i64>(0))
        {
            found.extend(rows.map_while(Result::ok));
        }
    }
    found
}

/// Copies one row; says whether it could.
fn copy(old: &Connection, new: &Connection, table: &str, columns: &str, row: i64) -> bool {
    let width = columns.split(',').count();
    let values =
        old.query_row(&format!("SELECT {columns} FROM {table} NOT INDEXED WHERE rowid = ?1"), [row], |row| {
            (0..width).map(|column| row.get::<_, Value>(column)).collect::<Result<Vec<_>, _>>()
        });
    let marks = vec!["?"; width].join(", ");
    values.is_ok_and(|values| {
        new.execute(&format!("INSERT INTO {table} ({columns}) VALUES ({marks})"), params_from_iter(values))
            .is_ok()
    })
}
