//! Named lists of saved strategies, in the family's order. What is on a list is on the shelf too.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use otsupport_wire::ItemId;
use serde::{Deserialize, Serialize};

use super::ids::ListId;
use super::shelf::{self, Shelved};
use super::written::ListName;
use crate::error::Error;
use crate::storage::{FamilyRecord, FamilyStore, Reading, Table};

/// A named list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// Its id.
    pub id: ListId,
    /// What the family calls it.
    pub name: ListName,
    /// Its items in the family's order.
    pub items: Vec<ItemId>,
    /// When it was last changed.
    pub changed_at: DateTime<Utc>,
}

impl FamilyRecord for List {
    const TABLE: Table = Table::Lists;

    fn id(&self) -> &str {
        self.id.as_str()
    }
}

/// The lists in the family's order.
pub(crate) fn lists(family: &FamilyStore) -> Result<Vec<List>, Error> {
    family.read(|reading| reading.all())
}

/// Makes the list with this name, or gives the one that has it these items in this order. What is not on the shelf yet is
/// saved.
pub(crate) fn put_list(
    bank: &Reading<'_>,
    family: &FamilyStore,
    id: &ListId,
    name: &str,
    items: &[ItemId],
    now: DateTime<Utc>,
) -> Result<List, Error> {
    let name = ListName::of(name)?.ok_or(Error::Invalid("list"))?;
    let mut seen = BTreeSet::new();
    let items: Vec<ItemId> = items.iter().filter(|it| seen.insert(*it)).cloned().collect();
    let shelved: Vec<Shelved> = family.read(|reading| reading.all())?;
    let new: Vec<ItemId> =
        items.iter().filter(|id| !shelved.iter().any(|it| it.item == **id)).cloned().collect();
    let new = shelf::savable(bank, &new)?;
    family.write(|writing| {
        let lists: Vec<List> = writing.all()?;
        let id = lists.into_iter().find(|it| it.name.is_same(&name)).map_or_else(|| id.clone(), |it| it.id);
        let list = List { id, name: name.clone(), items: items.clone(), changed_at: now };
        for (item, row) in &new {
            shelf::put(writing, item, row, now)?;
        }
        writing.put(&list)?;
        Ok(list)
    })
}

/// Removes a list. Its items stay on the shelf.
pub(crate) fn remove_list(family: &FamilyStore, id: &ListId) -> Result<(), Error> {
    family.write(|writing| writing.remove::<List>(id.as_str()))
}
