//! Two families' data as one: everything that either holds. Where both hold the same thing, the one changed later stands.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::document::FamilyDocument;
use crate::strategies::{Entry, List, ProfileId, same_list_name, same_nickname};

/// What is here comes first, in its order; what is new follows in the order of the file.
pub(super) fn merge(mut here: FamilyDocument, file: FamilyDocument) -> FamilyDocument {
    // A child who was entered again on a new phone is the same child.
    let mut same: BTreeMap<ProfileId, ProfileId> = BTreeMap::new();
    for theirs in file.profiles {
        let ours =
            here.profiles.iter().position(|it| it.id == theirs.id).or_else(|| {
                here.profiles.iter().position(|it| same_nickname(&it.nickname, &theirs.nickname))
            });
        match ours.map(|at| &mut here.profiles[at]) {
            None => here.profiles.push(theirs),
            Some(ours) => {
                same.insert(theirs.id.clone(), ours.id.clone());
                if theirs.changed_at > ours.changed_at {
                    let id = ours.id.clone();
                    *ours = theirs;
                    ours.id = id;
                }
            }
        }
    }
    let profile = |id: Option<ProfileId>| id.map(|it| same.get(&it).cloned().unwrap_or(it));

    for theirs in file.shelf {
        match here.shelf.iter_mut().find(|it| it.item == theirs.item) {
            None => here.shelf.push(theirs),
            Some(ours) if theirs.saved_at > ours.saved_at || ours.seen.is_none() => {
                ours.saved_at = ours.saved_at.max(theirs.saved_at);
                ours.seen = theirs.seen.or(ours.seen.take());
            }
            Some(_) => {}
        }
    }
    for theirs in file.lists {
        let ours = here
            .lists
            .iter()
            .position(|it| it.id == theirs.id)
            .or_else(|| here.lists.iter().position(|it| same_list_name(&it.name, &theirs.name)));
        match ours.map(|at| &mut here.lists[at]) {
            None => here.lists.push(theirs),
            Some(ours) => join(ours, theirs),
        }
    }
    for mut theirs in file.plans {
        theirs.profile = profile(theirs.profile);
        match here.plans.iter_mut().find(|it| it.is_of(&theirs.item, &theirs.profile)) {
            None => here.plans.push(theirs),
            Some(ours) => replace(ours, theirs, |it| it.changed_at),
        }
    }
    for theirs in file.log {
        let theirs = Entry { profile: profile(theirs.profile.clone()), ..theirs };
        match here.log.iter_mut().find(|it| it.id == theirs.id) {
            None => here.log.push(theirs),
            Some(ours) => replace(ours, theirs, |it| it.changed_at),
        }
    }
    for theirs in file.waiting {
        if !here.waiting.iter().any(|it| it.id == theirs.id) {
            here.waiting.push(theirs);
        }
    }
    let mut theirs = file.preferences;
    theirs.profile = profile(theirs.profile);
    replace(&mut here.preferences, theirs, |it| it.changed_at.unwrap_or_default());
    here
}

/// The later of two states of the same thing.
fn replace<T>(ours: &mut T, theirs: T, changed_at: impl Fn(&T) -> DateTime<Utc>) {
    if changed_at(&theirs) > changed_at(ours) {
        *ours = theirs;
    }
}

/// A list keeps every item that either has, in the order of the one changed later.
fn join(ours: &mut List, theirs: List) {
    let newer = theirs.changed_at > ours.changed_at;
    let (first, second) = if newer { (theirs, ours.clone()) } else { (ours.clone(), theirs) };
    ours.name = first.name;
    ours.changed_at = first.changed_at;
    ours.items = first.items;
    for item in second.items {
        if !ours.items.contains(&item) {
            ours.items.push(item);
        }
    }
}
