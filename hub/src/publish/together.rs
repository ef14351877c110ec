//! Items beside one another: ids that are unique, links that lead somewhere, variants that keep to their originals.

use std::collections::{BTreeMap, BTreeSet};

use otsupport_wire::snapshot::{Item, ReviewStatus};
use otsupport_wire::{ItemId, Sha256, TopicSlug};

use super::fault::Faults;
use super::item::{REQUIRED, Read, Shelf};
use super::markdown;

/// Checks that need all items: ids, links, and variants beside their originals.
pub(super) fn check(items: &mut Vec<Read>, unread: &BTreeSet<ItemId>, faults: &mut Faults) {
    let mut originals = Originals::new();
    for read in items.iter().filter(|it| it.item.variant.is_none()) {
        if let Some(first) = originals.get(&read.item.id) {
            faults.fault(&read.file, 2, format!("the id `{}` is also that of {}", read.item.id, first.file));
            continue;
        }
        let original = Original {
            file: read.file.clone(),
            shelf: read.shelf,
            withdrawn: is_withdrawn(&read.item),
            topic: read.item.topic.clone(),
            places: read.places.clone(),
            digests: read.digests,
        };
        originals.insert(read.item.id.clone(), original);
    }
    for read in items.iter() {
        check_links(read, &originals, unread, faults);
    }
    let mut variants = BTreeMap::new();
    items.retain_mut(|read| {
        let Some(variant) = &read.item.variant else { return true };
        // Language tags differ in more than their case (RFC 5646, section 2.1.1).
        let key = (read.item.id.clone(), variant.language.as_str().to_lowercase(), variant.easy);
        if let Some(first) = variants.insert(key, read.file.clone()) {
            faults.fault(&read.file, 1, format!("the same variant as {first}"));
            return false;
        }
        check_variant(read, &originals, unread, faults)
    });
}

type Originals = BTreeMap<ItemId, Original>;

struct Original {
    file: String,
    shelf: Shelf,
    withdrawn: bool,
    topic: TopicSlug,
    places: Vec<(String, markdown::Place)>,
    digests: [Sha256; 2],
}

fn is_withdrawn(item: &Item) -> bool {
    matches!(item.review.status, ReviewStatus::Withdrawn { .. })
}

fn check_links(read: &Read, originals: &Originals, unread: &BTreeSet<ItemId>, faults: &mut Faults) {
    let mut check = |to: &ItemId, line: usize, what: &str| match originals.get(to) {
        None if unread.contains(to) => {}
        None => faults.fault(&read.file, line, format!("{what} `{to}`, which does not exist")),
        Some(it) if it.withdrawn => {
            faults.fault(&read.file, line, format!("{what} `{to}`, which is withdrawn"))
        }
        Some(_) => {}
    };
    for (link, line) in &read.links {
        check(&link.to, *line, "a link to");
    }
    if let ReviewStatus::Withdrawn { instead: Some(instead), .. } = &read.item.review.status {
        check(instead, read.instead_line.unwrap_or(1), "`instead` names");
    }
}

/// Whether the variant is to be published.
fn check_variant(
    read: &mut Read,
    originals: &Originals,
    unread: &BTreeSet<ItemId>,
    faults: &mut Faults,
) -> bool {
    let Some(original) = originals.get(&read.item.id).filter(|it| it.shelf == read.shelf) else {
        if !unread.contains(&read.item.id) {
            faults.fault(&read.file, 1, "a variant without its original");
        }
        return false;
    };
    // A withdrawn original withdraws its variants.
    if original.withdrawn || is_withdrawn(&read.item) {
        return false;
    }
    if original.topic != read.item.topic {
        faults.fault(&read.file, 2, format!("the original's topic is `{}`", original.topic));
    }
    for heading in REQUIRED {
        let place = |places: &[(String, markdown::Place)]| {
            places.iter().find(|(it, _)| it == heading).map(|(_, place)| *place)
        };
        match (place(&original.places), place(&read.places)) {
            (Some(_), None) => faults.fault(&read.file, 1, format!("the section `{heading}` is missing")),
            (Some(theirs), Some(ours)) if ours.items < theirs.items => {
                faults.fault(&read.file, ours.line, format!("`{heading}` has fewer items than the original"));
            }
            _ => {}
        }
    }
    if let (Some((of, line)), Some(variant)) = (&read.of, &mut read.item.variant) {
        variant.outdated = !original.digests.contains(of);
        if variant.outdated {
            let now = original.digests[0];
            faults.warning(
                &read.file,
                *line,
                format!("the original has changed since; its SHA-256 is now {now}"),
            );
        }
    }
    true
}
