//! What was withdrawn lately, for the signed head: a phone that cannot fetch the bank learns of it all the same.

use chrono::{Days, NaiveDate};
use otsupport_wire::snapshot::{ReviewStatus, Snapshot};
use otsupport_wire::trust::{Recall, Recalls};

/// For so many days after it a withdrawal stands in the head.
const DAYS: u64 = 90;
/// And for so many banks, however long ago its editor dates it.
const BANKS: u64 = 16;
/// The most bytes of reasons in a head, which every phone fetches: the newest stand in it, the others in the bank alone.
const MOST: usize = 32 * 1024;

/// What was withdrawn lately in a bank as of `today`.
pub(super) fn of(bank: &Snapshot, today: NaiveDate) -> Recalls {
    let since = today.checked_sub_days(Days::new(DAYS)).unwrap_or(NaiveDate::MIN);
    let mut recalls: Vec<_> = bank
        .items()
        .filter(|it| it.variant.is_none())
        .filter_map(|item| match &item.review.status {
            ReviewStatus::Withdrawn { on, reason, instead }
                if *on >= since || item.changed_in + BANKS > bank.version.0 =>
            {
                let recall = Recall { on: *on, reason: reason.clone(), instead: instead.clone() };
                Some((item.changed_in, item.id.clone(), recall))
            }
            _ => None,
        })
        .collect();
    recalls.sort_by(|(a, ..), (b, ..)| b.cmp(a));
    let mut bytes = 0;
    let fit = recalls.into_iter().take_while(|(_, id, recall)| {
        bytes += id.as_str().len() + recall.reason.len() + 100;
        bytes <= MOST
    });
    fit.map(|(_, id, recall)| (id, recall)).collect()
}
