#![allow(clippy::unwrap_used)]

use std::time::{Duration, SystemTime};

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

fn sha(number: u8) -> Sha256 {
    Sha256::of(&[number])
}

fn blob(number: u8, bytes: u64) -> Blob {
    Blob { sha256: sha(number), bytes }
}

fn held(number: u8, bytes: u64, used: u64) -> Held {
    let used_at = SystemTime::UNIX_EPOCH + Duration::from_secs(used);
    Held { sha256: sha(number), bytes, used_at, whole: true }
}

fn saved(blobs: &[Blob]) -> Saved {
    Saved::Known(blobs.iter().copied().collect())
}

#[test]
fn the_least_recently_used_goes_first_and_no_more_than_has_to() {
    let here = [held(1, 40, 3), held(2, 40, 1), held(3, 20, 2)];
    assert_eq!(room_for(&blob(9, 30), &here, &saved(&[]), 100), Ok(vec![sha(2)]));
    assert_eq!(room_for(&blob(9, 50), &here, &saved(&[]), 100), Ok(vec![sha(2), sha(3)]));
    assert_eq!(room_for(&blob(9, 100), &here, &saved(&[]), 200), Ok(vec![]));
    // A begun file goes before one that can be read, and the one that goes on makes no room for itself.
    let begun = Held { whole: false, ..held(4, 10, 9) };
    let here = [held(1, 40, 3), begun];
    assert_eq!(room_for(&blob(9, 60), &here, &saved(&[]), 100), Ok(vec![sha(4)]));
    assert_eq!(room_for(&blob(4, 60), &here, &saved(&[]), 100), Ok(vec![]));
}

#[test]
fn what_is_saved_stays_and_comes_whatever_the_budget() {
    let here = [held(1, 60, 1), held(2, 30, 2)];
    let shelf = saved(&[blob(1, 60), blob(7, 50)]);
    assert_eq!(room_for(&blob(9, 40), &here, &shelf, 100), Ok(vec![sha(2)]));
    assert_eq!(room_for(&blob(9, 41), &here, &shelf, 100), Err(OverBudget));
    // 60 and 50 are over 100: nothing goes in vain, and it comes.
    assert_eq!(room_for(&blob(7, 50), &here, &shelf, 100), Ok(vec![]));
    assert_eq!(room_for(&blob(7, 50), &here, &shelf, 110), Ok(vec![sha(2)]));
    // What cannot be read may be saved.
    assert_eq!(room_for(&blob(9, 10), &here, &Saved::Unknown, 100), Ok(vec![]));
    assert_eq!(room_for(&blob(9, 11), &here, &Saved::Unknown, 100), Err(OverBudget));
    assert_eq!(too_much(&here, &Saved::Unknown, 0), vec![]);
    assert_eq!(too_much(&here, &shelf, 70), vec![sha(2)]);
    assert_eq!(too_much(&here, &shelf, 50), vec![]);
}

#[test]
fn what_is_wanted_comes_saved_first_then_the_smallest_while_there_is_room() {
    let bank: BTreeSet<Blob> = [blob(1, 90), blob(2, 10), blob(3, 20), blob(4, 30)].into();
    let shelf = saved(&[blob(1, 90)]);
    let none = wanted(KeepMedia::OnDemand, &bank, &[], &shelf, 1_000);
    assert_eq!(none, Wanted::default());
    let of_saved = wanted(KeepMedia::Saved, &bank, &[], &shelf, 0);
    assert_eq!((of_saved.missing, of_saved.left_out), (vec![blob(1, 90)], 0));
    let all = wanted(KeepMedia::All, &bank, &[], &shelf, 120);
    assert_eq!((all.missing, all.left_out), (vec![blob(1, 90), blob(2, 10), blob(3, 20)], 1));
    // What is begun needs only the rest of its room.
    let begun = Held { whole: false, ..held(4, 25, 1) };
    let all = wanted(KeepMedia::All, &bank, &[held(1, 90, 1), begun], &shelf, 150);
    assert_eq!((all.missing, all.left_out), (vec![blob(2, 10), blob(3, 20), blob(4, 30)], 0));
}

prop_compose! {
    fn any_held()(number in 0u8..12, bytes in 0u64..100, used in 0u64..20, whole in any::<bool>()) -> Held {
        Held { whole, ..held(number, bytes, used) }
    }
}

fn any_blobs() -> impl Strategy<Value = BTreeSet<Blob>> {
    vec((0u8..12, 0u64..100), 0..12).prop_map(|them| {
        let them: BTreeMap<u8, u64> = them.into_iter().collect();
        them.into_iter().map(|(number, bytes)| blob(number, bytes)).collect()
    })
}

fn any_folder() -> impl Strategy<Value = Vec<Held>> {
    vec(any_held(), 0..12).prop_map(|them| {
        let them: BTreeMap<Sha256, Held> = them.into_iter().map(|it| (it.sha256, it)).collect();
        them.into_values().collect()
    })
}

proptest! {
    #[test]
    fn room_is_made_without_what_is_saved_and_without_waste(
        here in any_folder(),
        shelf in any_blobs(),
        number in 0u8..16,
        bytes in 0u64..100,
        budget in 0u64..600,
    ) {
        let coming = blob(number, bytes);
        let saved = Saved::Known(shelf.clone());
        let others: Vec<Held> = here.iter().filter(|it| it.sha256 != coming.sha256).copied().collect();
        let is_saved = |it: &Held| shelf.iter().any(|blob| blob.sha256 == it.sha256);
        let of_saved = total(others.iter().filter(|it| is_saved(it)));
        match room_for(&coming, &here, &saved, budget) {
            Err(OverBudget) => {
                prop_assert!(!shelf.contains(&coming));
                prop_assert!(of_saved + bytes > budget);
            }
            Ok(going) => {
                let (gone, stays): (Vec<Held>, Vec<Held>) =
                    others.iter().partition(|it| going.contains(&it.sha256));
                prop_assert_eq!(gone.len(), going.len());
                prop_assert!(!gone.iter().any(is_saved));
                if of_saved + bytes > budget {
                    prop_assert!(going.is_empty() && shelf.contains(&coming));
                } else {
                    prop_assert!(total(&stays) + bytes <= budget);
                    // Without the last one that goes there would be no room.
                    let last = gone.iter().max_by_key(|it| (it.whole, it.used_at, it.sha256));
                    if let Some(last) = last {
                        prop_assert!(total(&stays) + bytes + last.bytes > budget || last.bytes == 0);
                        // Nothing that was used later goes before something that stays and is not saved.
                        for it in stays.iter().filter(|it| !is_saved(it)) {
                            prop_assert!((it.whole, it.used_at) >= (last.whole, last.used_at));
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_wanted_fits_is_missing_and_is_of_the_bank(
        bank in any_blobs(),
        here in any_folder(),
        budget in 0u64..600,
        shelf in any_blobs(),
        all in any::<bool>(),
    ) {
        let choice = if all { KeepMedia::All } else { KeepMedia::Saved };
        let wanted = wanted(choice, &bank, &here, &Saved::Known(shelf.clone()), budget);
        let is_here = |it: &Blob| here.iter().any(|held| {
            held.whole && held.sha256 == it.sha256 && held.bytes == it.bytes
        });
        prop_assert!(wanted.files.is_subset(&bank));
        let missing: BTreeSet<Blob> = wanted.missing.iter().copied().collect();
        prop_assert_eq!(missing.len(), wanted.missing.len());
        prop_assert_eq!(&missing, &wanted.files.iter().filter(|it| !is_here(it)).copied().collect());
        // Saved ones all, first, and each part the smallest first.
        for it in bank.intersection(&shelf) {
            prop_assert!(wanted.files.contains(it));
        }
        let order: Vec<_> = wanted.missing.iter().map(|it| (!shelf.contains(it), it.bytes, it.sha256)).collect();
        prop_assert!(order.is_sorted());
        // What is not saved comes only while there is room beside all that is here.
        if wanted.missing.iter().any(|it| !shelf.contains(it)) {
            let begun = |it: &Blob| here.iter().filter(|held| !held.whole && held.sha256 == it.sha256).map(|held| held.bytes).sum::<u64>();
            let takes: u64 = wanted.missing.iter().map(|it| it.bytes.saturating_sub(begun(it))).sum();
            prop_assert!(total(&here) + takes <= budget);
        }
        if !all {
            prop_assert_eq!(wanted.left_out, 0);
        }
    }
}
