//! What a printed page says, in plain English.

use chrono::NaiveDate;
use otsupport_wire::snapshot::ReviewStatus;

use crate::strategies::log::PracticeResult;
use crate::strategies::record::Next;
use crate::strategies::{Currency, Warnings};

/// The mark of everything that no clinician has checked.
pub(crate) const DEMONSTRATION: &str = "Demonstration, not clinical advice";

/// A day as people write it.
pub(crate) fn day(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

/// How it went.
pub(crate) fn result(result: PracticeResult) -> &'static str {
    match result {
        PracticeResult::Helped => "Helped",
        PracticeResult::Partly => "Helped a little",
        PracticeResult::Not => "Did not help this time",
        PracticeResult::Stopped => "We stopped",
    }
}

/// What comes next.
pub(crate) fn next(next: &Next) -> String {
    match next {
        Next::GoingOn { days } if days.len() == 7 => "Going on every day".to_owned(),
        Next::GoingOn { days } => {
            let days: Vec<&str> = days.iter().map(|it| it.name()).collect();
            format!("Going on: {}", days.join(", "))
        }
        Next::Stopped { on } => format!("Stopped on {}", day(*on)),
        Next::NothingPlanned => "Nothing planned".to_owned(),
        Next::AskTheService => "Ask the service first".to_owned(),
    }
}

/// The review mark and its date.
pub(crate) fn review(strategy: &Warnings) -> String {
    let Some(review) = &strategy.review else {
        return "No longer listed: check with the service".to_owned();
    };
    let mut words = match &review.status {
        ReviewStatus::Withdrawn { on, reason, .. } => {
            return format!("Withdrawn on {}: do not use it. {reason}", day(*on));
        }
        ReviewStatus::Reviewed { reviewer, reviewed, next } => {
            format!("Reviewed by {reviewer} on {}, next review {}", day(*reviewed), day(*next))
        }
        ReviewStatus::Demonstration => DEMONSTRATION.to_owned(),
    };
    if strategy.demonstration && review.status != ReviewStatus::Demonstration {
        words = format!("{DEMONSTRATION}. {words}");
    }
    match strategy.currency {
        Currency::ReviewDue => format!("{words}. Due for review"),
        Currency::NotChecked => format!("{words}. Not checked lately: it may have changed"),
        Currency::Current | Currency::Withdrawn => words,
    }
}
