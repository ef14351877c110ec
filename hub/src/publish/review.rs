//! The review in an item's header: who wrote it, who checked it, or why it was withdrawn.

use chrono::NaiveDate;
use otsupport_wire::snapshot::{Review, ReviewStatus};

use super::fault::Faults;
use super::item::Context;
use super::yaml::{self, Fields, Node};

/// The review, and the line that names what to use instead of a withdrawn item.
pub(super) fn review(
    file: &str,
    fields: &mut Fields<'_>,
    context: &Context<'_>,
    faults: &mut Faults,
) -> (Review, Option<usize>) {
    let withdrawn = fields.node("withdrawn");
    let mut review = Review { author: String::new(), status: ReviewStatus::Demonstration };
    let Some(node) = fields.required("review", faults) else {
        return (review, None);
    };
    let mut fields = Fields::of(file, node, faults);
    review.author = fields.text("author", faults);
    let status = fields.required("status", faults);
    let reviewer = fields.optional("reviewer", faults);
    let reviewed = fields.optional_parsed::<NaiveDate>("reviewed", "a day as 2027-01-31", faults);
    let next = fields.optional_parsed::<NaiveDate>("next", "a day as 2027-01-31", faults);
    let mut instead_line = None;
    match status.map(|it| (&it.value, it.line)) {
        Some((yaml::Value::Text(status), line)) => match status.as_str() {
            "demonstration" if context.live => {
                faults.fault(file, line, "a live service holds no demonstration item");
            }
            "demonstration" => {}
            "reviewed" => {
                review.status =
                    reviewed_status(file, line, &review.author, (reviewer, reviewed, next), context, faults);
            }
            "withdrawn" => {
                if withdrawn.is_none() {
                    faults.fault(file, line, "a withdrawn item says `withdrawn: {on, reason, instead}`");
                }
                if let Some(node) = withdrawn {
                    instead_line = Some(node.line);
                    if let Some(status) = withdrawn_status(file, node, faults) {
                        review.status = status;
                    }
                }
            }
            _ => faults.fault(file, line, "`status`: one of demonstration, reviewed, withdrawn"),
        },
        Some((_, line)) => faults.fault(file, line, "`status`: one of demonstration, reviewed, withdrawn"),
        None => {}
    }
    if withdrawn.is_some() && instead_line.is_none() {
        faults.fault(file, fields.line, "`withdrawn` is given, but the status is not withdrawn");
    }
    fields.end(faults);
    (review, instead_line)
}

fn reviewed_status(
    file: &str,
    line: usize,
    author: &str,
    (reviewer, reviewed, next): (Option<String>, Option<NaiveDate>, Option<NaiveDate>),
    context: &Context<'_>,
    faults: &mut Faults,
) -> ReviewStatus {
    let (Some(reviewer), Some(reviewed), Some(next)) = (reviewer, reviewed, next) else {
        faults.fault(file, line, "`reviewed` needs a reviewer, the date of the review and a `next`");
        return ReviewStatus::Demonstration;
    };
    if reviewer.trim().eq_ignore_ascii_case(author.trim()) {
        faults.fault(file, line, "the reviewer must be somebody other than the author");
    }
    let today = context.now.date_naive();
    if reviewed > today {
        faults.fault(file, line, "the date of the review lies ahead");
    }
    if next <= reviewed {
        faults.fault(file, line, "`next` must come after `reviewed`");
    } else if next < today {
        faults.warning(file, line, "the review date has passed");
    }
    ReviewStatus::Reviewed { reviewer, reviewed, next }
}

fn withdrawn_status(file: &str, node: &Node, faults: &mut Faults) -> Option<ReviewStatus> {
    let mut fields = Fields::of(file, node, faults);
    let on = fields.parsed("on", "a day as 2027-01-31", faults);
    let reason = fields.text("reason", faults);
    let instead = fields.optional_parsed("instead", "an item's id", faults);
    fields.end(faults);
    Some(ReviewStatus::Withdrawn { on: on?, reason, instead })
}
