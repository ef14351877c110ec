//! Two families' data as one: everything that either holds. Where both hold the same thing, the one changed later stands.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::Hash;

use chrono::{DateTime, Utc};

use super::document::FamilyDocument;
use crate::strategies::{Entry, List, Profile, ProfileId};

/// What is here comes first, in its order; what is new follows in the order of the file.
pub(super) fn merge(mut here: FamilyDocument, file: FamilyDocument) -> FamilyDocument {
    let same = children(&mut here.profiles, file.profiles);
    let profile = |id: Option<ProfileId>| id.map(|it| same.get(&it).cloned().unwrap_or(it));
    each(
        &mut here.shelf,
        file.shelf,
        |it| it.item.clone(),
        |ours, theirs| {
            if theirs.saved_at > ours.saved_at || ours.seen.is_none() {
                ours.saved_at = ours.saved_at.max(theirs.saved_at);
                ours.seen = theirs.seen.or(ours.seen.take());
            }
        },
    );
    lists(&mut here.lists, file.lists);
    let plans = file.plans.into_iter().map(|mut it| {
        it.profile = profile(it.profile);
        it
    });
    let of = |it: &crate::strategies::Trial| (it.item.clone(), it.profile.clone());
    each(&mut here.plans, plans, of, |ours, theirs| replace(ours, theirs, |it| Some(it.changed_at)));
    let log = file.log.into_iter().map(|it| Entry { profile: profile(it.profile.clone()), ..it });
    each(
        &mut here.log,
        log,
        |it| it.id.clone(),
        |ours, theirs| {
            replace(ours, theirs, |it| Some(it.changed_at));
        },
    );
    each(&mut here.waiting, file.waiting, |it| it.id.clone(), |_, _| {});
    each(
        &mut here.enquiries,
        file.enquiries,
        |it| it.id,
        |ours, theirs| {
            let later = (theirs.progress(), theirs.changed_at) > (ours.progress(), ours.changed_at);
            // Of two that wait, the one here may have been sealed again, and knows what it tried.
            if theirs.progress() > ours.progress() || (theirs.progress() == 0 && later) {
                *ours = theirs;
            }
        },
    );
    each(
        &mut here.followed,
        file.followed,
        |it| it.uid.clone(),
        |ours, theirs| replace(ours, theirs, |it| Some(it.changed_at)),
    );
    let lookouts = file.lookouts.into_iter().map(|mut it| {
        it.wanted.profile = profile(it.wanted.profile);
        it
    });
    let new: Vec<_> =
        lookouts.filter(|it| !here.lookouts.iter().any(|ours| ours.wanted == it.wanted)).collect();
    each(&mut here.lookouts, new, |it| it.id.clone(), |_, _| {});
    let mut theirs = file.preferences;
    theirs.profile = profile(theirs.profile);
    replace(&mut here.preferences, theirs, |it| it.changed_at);
    here
}

/// Adds what is new, and joins what both hold.
fn each<T, K: Eq + Hash>(
    here: &mut Vec<T>,
    file: impl IntoIterator<Item = T>,
    key: impl Fn(&T) -> K,
    mut join: impl FnMut(&mut T, T),
) {
    let mut places: HashMap<K, usize> = here.iter().enumerate().map(|(at, it)| (key(it), at)).collect();
    for theirs in file {
        let next = here.len();
        match *places.entry(key(&theirs)).or_insert(next) {
            at if at == next => here.push(theirs),
            at => join(&mut here[at], theirs),
        }
    }
}

/// The later of two states of the same thing. One that was never changed is the earliest.
fn replace<T>(ours: &mut T, theirs: T, changed_at: impl Fn(&T) -> Option<DateTime<Utc>>) {
    if changed_at(&theirs) > changed_at(ours) {
        *ours = theirs;
    }
}

/// A child who was entered again on a new phone is the same child: gives the id here for each id of the file that differs.
fn children(here: &mut Vec<Profile>, file: Vec<Profile>) -> BTreeMap<ProfileId, ProfileId> {
    let mut same = BTreeMap::new();
    let mut by_id: HashMap<ProfileId, usize> =
        here.iter().enumerate().map(|(at, it)| (it.id.clone(), at)).collect();
    // Whom the file knows by id is not the other child of that name.
    let in_file: HashSet<&ProfileId> = file.iter().map(|it| &it.id).collect();
    let strangers = here.iter().enumerate().filter(|(_, it)| !in_file.contains(&it.id));
    let mut by_name: HashMap<String, usize> = strangers.map(|(at, it)| (it.nickname.folded(), at)).collect();
    for theirs in file {
        let ours = by_id.get(&theirs.id).copied().or_else(|| by_name.remove(&theirs.nickname.folded()));
        by_id.insert(theirs.id.clone(), ours.unwrap_or(here.len()));
        match ours.map(|at| &mut here[at]) {
            None => here.push(theirs),
            Some(ours) => {
                let id = ours.id.clone();
                same.insert(theirs.id.clone(), id.clone());
                replace(ours, theirs, |it| Some(it.changed_at));
                ours.id = id;
            }
        }
    }
    tell_apart(here);
    same
}

/// Two children whom a renaming on another phone left with one name get a number, so that each can be told.
fn tell_apart(profiles: &mut [Profile]) {
    let mut names: HashSet<String> = profiles.iter().map(|it| it.nickname.folded()).collect();
    let mut numbers: HashMap<String, u32> = HashMap::new();
    for profile in profiles {
        let number = numbers.entry(profile.nickname.folded()).or_insert(0);
        *number += 1;
        while *number > 1 {
            let numbered = profile.nickname.numbered(*number);
            if names.insert(numbered.folded()) {
                profile.nickname = numbered;
                break;
            }
            *number += 1;
        }
    }
}

/// A list of the same name is the same list.
fn lists(here: &mut Vec<List>, file: Vec<List>) {
    let mut by_id: HashMap<_, usize> = here.iter().enumerate().map(|(at, it)| (it.id.clone(), at)).collect();
    let mut by_name: HashMap<_, usize> =
        here.iter().enumerate().map(|(at, it)| (it.name.folded(), at)).collect();
    for theirs in file {
        let name = theirs.name.folded();
        let ours = by_name.get(&name).or_else(|| by_id.get(&theirs.id)).copied();
        let at = ours.unwrap_or(here.len());
        by_id.insert(theirs.id.clone(), at);
        match ours {
            None => here.push(theirs),
            Some(at) => join(&mut here[at], theirs),
        }
        by_name.insert(here[at].name.folded(), at);
    }
}

/// A list keeps every item that either has, in the order of the one changed later.
fn join(ours: &mut List, theirs: List) {
    let newer = theirs.changed_at > ours.changed_at;
    let (first, second) = if newer { (theirs, ours.clone()) } else { (ours.clone(), theirs) };
    ours.name = first.name;
    ours.changed_at = first.changed_at;
    ours.items = first.items;
    let mut seen: HashSet<_> = ours.items.iter().cloned().collect();
    ours.items.extend(second.items.into_iter().filter(|it| seen.insert(it.clone())));
}
