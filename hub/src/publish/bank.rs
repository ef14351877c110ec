//! The whole content folder as one bank.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::{DateTime, Utc};
use otsupport_wire::snapshot::{Item, ServiceStatus, Snapshot};
use otsupport_wire::{BankVersion, ItemId, Sha256};

use super::fault::Faults;
use super::folder::Folder;
use super::item::{self, Context, Read, Shelf};
use super::media::{self, Uses};
use super::reading_age::explained_words;
use super::{event, service, together, topic, words};

/// A bank and the blobs that go with it.
pub(super) struct Bank {
    pub(super) snapshot: Snapshot,
    pub(super) blobs: BTreeMap<Sha256, Vec<u8>>,
    /// Items whose files could not be read.
    pub(super) unread: BTreeSet<ItemId>,
    /// Whether every event's file could be read.
    pub(super) events_whole: bool,
}

/// Reads the content folder; `None` if there is no service to publish for. Every fault is noted.
pub(super) fn read(content: &Path, now: DateTime<Utc>, faults: &mut Faults) -> Option<Bank> {
    if !content.is_dir() {
        faults.fault(&content.display().to_string(), 1, "not a folder");
        return None;
    }
    let folder = Folder::new(content);
    let mut uses = Uses::default();
    let service = service::read(&folder, now, faults);
    let topics = topic::read(&folder, &mut uses, faults);
    let words = words::read(&folder, faults);
    let slugs: BTreeSet<_> = topics.iter().map(|it| it.slug.clone()).collect();
    let explained = explained_words(service.iter().flat_map(|it| it.explained.keys()));
    let context = Context {
        topics: &slugs,
        live: service.as_ref().is_some_and(|it| it.status == ServiceStatus::Live),
        explained: &explained,
        now,
    };
    let mut unread = BTreeSet::new();
    let mut items = item::read(&folder, Shelf::Strategies, &context, &mut unread, faults);
    items.extend(item::read(&folder, Shelf::Resources, &context, &mut unread, faults));
    if items.is_empty() && unread.is_empty() {
        faults.fault("strategies", 1, "there is no strategy and no resource");
    }
    together::check(&mut items, &unread, faults);
    for read in &items {
        for (media, line) in read.item.media.iter().zip(&read.media_lines) {
            uses.note(&read.file, *line, &media.file);
        }
    }
    let names = event::Names { topics: &slugs, boroughs: service.as_ref().map_or(&[], |it| &it.boroughs) };
    let (events, events_whole) = event::read(&folder, &names, faults);
    let media = media::read(&folder, uses, unread.is_empty(), faults);
    let (strategies, resources): (Vec<Read>, Vec<Read>) =
        items.into_iter().partition(|it| it.shelf == Shelf::Strategies);
    let snapshot = Snapshot {
        version: BankVersion(0),
        service: service?,
        topics,
        words,
        strategies: sorted(strategies),
        resources: sorted(resources),
        events,
        media: media.files,
        pictures: media.pictures,
    };
    Some(Bank { snapshot, blobs: media.blobs, unread, events_whole })
}

/// As in a snapshot that is read back, so that two banks can be compared.
fn sorted(items: Vec<Read>) -> Vec<Item> {
    let mut items: Vec<Item> = items.into_iter().map(|it| it.item).collect();
    items.sort_by_key(Item::key);
    items
}
