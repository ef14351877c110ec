//! In which items a term stands, and how strongly: lists in blocks of items, so that a changed item costs a few short ones.
//!
//! A list is, for each item of its block in ascending order, the distance from the one before (from 0 for the first) in one byte, or
//! in two if it is 128 or more, then the weight in one.

/// Items in a block.
pub(super) const BLOCK: u32 = 2048;

/// How strongly a term stands in an item, on a logarithmic scale of 1 to 255.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Weight(u8);

impl Weight {
    /// Steps of the scale to a doubling.
    const STEPS: f32 = 32.0;

    /// `frequency` counts the term's places in the item, each by its field.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub(super) fn of(frequency: f32) -> Self {
        Self((Self::STEPS * (1.0 + frequency).log2()).round().clamp(1.0, 255.0) as u8)
    }

    /// What it was made of, nearly.
    pub(super) fn frequency(self) -> f32 {
        (f32::from(self.0) / Self::STEPS).exp2() - 1.0
    }

    pub(super) fn number(self) -> usize {
        usize::from(self.0)
    }

    /// The frequency of each number.
    pub(super) fn frequencies() -> [f32; 256] {
        let mut all = [0.0; 256];
        for (number, it) in (0..=u8::MAX).zip(&mut all) {
            *it = Self(number).frequency();
        }
        all
    }
}

/// Where the list of a term and a block of items is kept.
pub(super) fn place(term: u32, block: u32) -> i64 {
    (i64::from(term) << 20) | i64::from(block & 0xF_FFFF)
}

/// The places of all of a term's lists.
pub(super) fn places(term: u32) -> (i64, i64) {
    (place(term, 0), place(term, 0xF_FFFF))
}

/// The block of a place.
pub(super) fn block(place: i64) -> u32 {
    u32::try_from(place & 0xF_FFFF).unwrap_or(0)
}

/// Adds an item behind the one before, which is `last`. Both count from the block's beginning.
fn push(list: &mut Vec<u8>, last: u32, item: u32, weight: Weight) {
    let step = item - last;
    let [_, _, high, low] = step.to_be_bytes();
    if step < 0x80 {
        list.push(low);
    } else {
        list.extend([0x80 | high, low]);
    }
    list.push(weight.0);
}

/// Every item of a list, counted from the block's beginning. A damaged list gives what can be read.
pub(super) fn each(list: &[u8], mut found: impl FnMut(u32, Weight)) {
    let mut at = 0;
    let mut item = 0;
    while let Some(&first) = list.get(at) {
        let mut step = u32::from(first);
        at += 1;
        if first >= 0x80 {
            let Some(&low) = list.get(at) else { return };
            step = (u32::from(first & 0x7F) << 8) | u32::from(low);
            at += 1;
        }
        let Some(&weight) = list.get(at) else { return };
        at += 1;
        item += step;
        found(item, Weight(weight));
    }
}

/// The list with these items changed: to a weight, or out of it. They are in ascending order.
pub(super) fn changed(list: &[u8], changes: &[(u32, Option<Weight>)]) -> Vec<u8> {
    let mut new = Vec::with_capacity(list.len() + changes.len() * 3);
    let mut last = 0;
    let mut put = |item: u32, weight: Weight| {
        push(&mut new, last, item, weight);
        last = item;
    };
    let mut changes = changes.iter().copied().peekable();
    each(list, |item, weight| {
        while let Some((sooner, change)) = changes.next_if(|it| it.0 < item) {
            if let Some(weight) = change {
                put(sooner, weight);
            }
        }
        match changes.next_if(|it| it.0 == item) {
            Some((_, Some(weight))) => put(item, weight),
            Some((_, None)) => {}
            None => put(item, weight),
        }
    });
    for (item, change) in changes {
        if let Some(weight) = change {
            put(item, weight);
        }
    }
    new
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn read(list: &[u8]) -> BTreeMap<u32, u8> {
        let mut all = BTreeMap::new();
        each(list, |item, weight| {
            all.insert(item, weight.0);
        });
        all
    }

    proptest! {
        #[test]
        fn a_list_holds_what_was_put_in_it(
            first in prop::collection::btree_map(0..BLOCK, 1..=255u8, 0..40),
            then in prop::collection::btree_map(0..BLOCK, prop::option::of(1..=255u8), 0..40),
        ) {
            let put: Vec<_> = first.iter().map(|(item, weight)| (*item, Some(Weight(*weight)))).collect();
            let list = changed(&[], &put);
            prop_assert_eq!(&read(&list), &first);
            let changes: Vec<_> = then.iter().map(|(item, weight)| (*item, weight.map(Weight))).collect();
            let mut expected = first;
            for (item, weight) in then {
                match weight {
                    Some(weight) => { expected.insert(item, weight); }
                    None => { expected.remove(&item); }
                }
            }
            prop_assert_eq!(read(&changed(&list, &changes)), expected);
        }

        #[test]
        fn a_damaged_list_costs_nothing(list in prop::collection::vec(any::<u8>(), 0..200)) {
            each(&list, |_, _| {});
        }
    }

    #[test]
    fn a_weight_is_near_what_it_was_made_of() {
        for frequency in [0.05, 0.4, 1.0, 3.0, 20.0, 100.0] {
            let near = Weight::of(frequency).frequency();
            assert!((near - frequency).abs() < 0.02 + frequency * 0.04, "{frequency}: {near}");
        }
    }
}
