//! A bank as it was published on a day, and what pages say of it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use otsupport_wire::ItemId;
use otsupport_wire::snapshot::{Item, Review, ReviewStatus, ServiceStatus, Snapshot, Topic};

use super::language;

/// The mark of everything that no clinician has checked.
const DEMONSTRATION: &str = "Demonstration, not clinical advice";

/// A bank and its day.
pub(super) struct Edition<'a> {
    pub(super) bank: &'a Snapshot,
    pub(super) on: NaiveDate,
    /// Each item's original and its variants.
    texts: BTreeMap<&'a ItemId, Vec<&'a Item>>,
}

impl<'a> Edition<'a> {
    pub(super) fn new(bank: &'a Snapshot, on: NaiveDate) -> Self {
        let mut texts: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for item in bank.items() {
            texts.entry(&item.id).or_default().push(item);
        }
        Self { bank, on, texts }
    }

    /// Which bank a page was made of: on paper, it tells an old page from a new one.
    pub(super) fn words(&self) -> String {
        format!("Bank {}, {}", self.bank.version, day(self.on))
    }

    pub(super) fn topic(&self, item: &Item) -> Option<&Topic> {
        self.bank.topics.iter().find(|it| it.slug == item.topic)
    }

    /// The original of an item.
    pub(super) fn original(&self, id: &ItemId) -> Option<&Item> {
        self.texts(id).find(|it| it.variant.is_none())
    }

    /// An item's original and its variants.
    pub(super) fn texts(&self, id: &ItemId) -> impl Iterator<Item = &'a Item> {
        self.texts.get(id).into_iter().flatten().copied()
    }

    /// The text of an item for those who read `like`: in the same language and kind, else the original.
    pub(super) fn beside(&self, id: &ItemId, like: &Item) -> Option<&Item> {
        let kind = |item: &Item| item.variant.as_ref().map(|it| (it.language.clone(), it.easy));
        self.texts(id).find(|it| kind(it) == kind(like)).or_else(|| self.original(id))
    }

    /// The mark of a page that holds many texts.
    pub(super) fn mark(&self) -> Vec<String> {
        let demonstration = self.bank.service.status == ServiceStatus::Demonstration;
        demonstration.then(|| DEMONSTRATION.to_owned()).into_iter().collect()
    }

    /// How far a text has been checked, in one or two lines.
    pub(super) fn marks(&self, review: &Review) -> Vec<String> {
        let demonstration = review.status == ReviewStatus::Demonstration;
        let mut marks = self.mark();
        if demonstration && marks.is_empty() {
            marks.push(DEMONSTRATION.to_owned());
        }
        if let ReviewStatus::Reviewed { reviewer, reviewed, next } = &review.status {
            let due = if *next < self.on { "This check is overdue since" } else { "To be checked again by" };
            marks.push(format!("Reviewed by {reviewer} on {}. {due} {}.", day(*reviewed), day(*next)));
        } else if demonstration {
            marks.push("Not reviewed by a clinician".to_owned());
        }
        marks
    }
}

/// The name of a text's page, as its file in the content folder is named.
pub(super) fn file_name(item: &Item) -> String {
    match &item.variant {
        None => format!("{}.html", item.id),
        Some(it) if it.easy && language::is_english(&it.language) => format!("{}.easy.html", item.id),
        Some(it) if it.easy => format!("{}.{}.easy.html", item.id, it.language),
        Some(it) => format!("{}.{}.html", item.id, it.language),
    }
}

/// A day as people write it.
pub(super) fn day(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}
