//! What goes with a strategy wherever it goes: its title, its review mark and date, "Stop if" and "Get help when".

use otsupport_wire::ItemId;
use otsupport_wire::snapshot::{Part, Review, ReviewStatus, ServiceStatus};
use serde::Serialize;

use super::currency::Freshness;
use super::show::{item, topic};
use super::view::Currency;
use crate::error::Error;
use crate::storage::{Bank, Reading};

/// What leaves the screen with every mention of a strategy.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Warnings {
    /// The strategy.
    pub item: ItemId,
    /// Its name for people, the newest known.
    pub title: String,
    /// Who checked it, or when and why it was withdrawn; absent if the bank no longer lists it: check with the service.
    pub review: Option<Review>,
    /// Whether it is for showing only, not clinical advice.
    pub demonstration: bool,
    /// How far it can be relied on today.
    pub currency: Currency,
    /// "Stop if", a line each. Empty for what is withdrawn or no longer listed, which is not advice.
    pub stop_if: Vec<String>,
    /// "Get help when", a line each, with what its topic says besides.
    pub get_help_when: Vec<String>,
}

impl Warnings {
    /// Whether it was withdrawn.
    pub fn is_withdrawn(&self) -> bool {
        self.review.as_ref().is_some_and(|it| matches!(it.status, ReviewStatus::Withdrawn { .. }))
    }
}

/// The warnings of an item; of one that the bank no longer has, that it has none.
pub(crate) fn warnings(
    bank: &Reading<'_>,
    id: &ItemId,
    title: &str,
    freshness: &Freshness,
) -> Result<Warnings, Error> {
    let demonstration = Bank::service(bank)?.status == ServiceStatus::Demonstration;
    let Some((_, item)) = item(bank, id)? else {
        return Ok(Warnings {
            item: id.clone(),
            title: title.to_owned(),
            review: None,
            demonstration,
            currency: Currency::NotChecked,
            stop_if: Vec::new(),
            get_help_when: Vec::new(),
        });
    };
    let lines = |part| item.lines(part).map(str::to_owned).collect();
    let mut get_help_when: Vec<String> = lines(Part::GetHelpWhen);
    if !matches!(item.review.status, ReviewStatus::Withdrawn { .. }) {
        let topic = topic(bank, &item)?;
        get_help_when.extend(topic.iter().flat_map(|it| it.unsaid(&item)).cloned());
    }
    Ok(Warnings {
        item: id.clone(),
        stop_if: lines(Part::StopIf),
        get_help_when,
        demonstration: demonstration || item.review.status == ReviewStatus::Demonstration,
        currency: freshness.of(&item.review.status),
        title: item.title,
        review: Some(item.review),
    })
}
