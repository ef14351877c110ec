//! Items beside one another: ids that are unique, links that lead somewhere, variants that keep to their originals.

use otsupport_wire::snapshot::{Item, ReviewStatus};
use otsupport_wire::{ItemId, Sha256, TopicSlug};

use super::fault::Faults;
use super::item::{REQUIRED, Read};
use super::markdown;

/// Checks that need all items: ids, links, and variants beside their originals.
pub(super) fn check(items: &mut Vec<Read>, faults: &mut Faults) {
    let mut originals: Vec<Original> = Vec::new();
    for read in items.iter().filter(|it| it.item.variant.is_none()) {
        if let Some(first) = originals.iter().find(|it| it.id == read.item.id) {
            faults.fault(&read.file, 2, format!("the id `{}` is also that of {}", read.item.id, first.file));
            continue;
        }
        originals.push(Original {
            id: read.item.id.clone(),
            file: read.file.clone(),
            withdrawn: is_withdrawn(&read.item),
            topic: read.item.topic.clone(),
            places: read.places.clone(),
            digests: read.digests,
        });
    }
    for read in items.iter() {
        check_links(read, &originals, faults);
    }
    items.retain_mut(|read| read.item.variant.is_none() || check_variant(read, &originals, faults));
}

struct Original {
    id: ItemId,
    file: String,
    withdrawn: bool,
    topic: TopicSlug,
    places: Vec<(String, markdown::Place)>,
    digests: [Sha256; 2],
}

fn is_withdrawn(item: &Item) -> bool {
    matches!(item.review.status, ReviewStatus::Withdrawn { .. })
}

fn check_links(read: &Read, originals: &[Original], faults: &mut Faults) {
    let mut check = |to: &ItemId, line: usize, what: &str| match originals.iter().find(|it| it.id == *to) {
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
fn check_variant(read: &mut Read, originals: &[Original], faults: &mut Faults) -> bool {
    let Some(original) = originals.iter().find(|it| it.id == read.item.id) else {
        faults.fault(&read.file, 1, "a variant without its original");
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
