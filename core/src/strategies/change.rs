//! What changed since the family saved an item.

use otsupport_wire::snapshot::{Item, ReviewStatus};

use super::shelf::Saved;
use super::view::{ChangedPart, Changes};

/// The parts of `now` that differ from what was saved; `None` if nothing does or the item is withdrawn.
pub(super) fn changes(saved: &Saved, now: &Item) -> Option<Changes> {
    if matches!(now.review.status, ReviewStatus::Withdrawn { .. }) {
        return None;
    }
    let (before, after) = (parts(&saved.seen), parts(now));
    let text = |parts: &[(String, String)], name: &str| {
        parts.iter().find(|(part, _)| part == name).map(|(_, text)| text.clone())
    };
    let mut changed: Vec<ChangedPart> = after
        .iter()
        .map(|(part, _)| part)
        .chain(before.iter().map(|(part, _)| part).filter(|part| text(&after, part).is_none()))
        .map(|part| ChangedPart {
            part: part.clone(),
            before: text(&before, part),
            after: text(&after, part),
        })
        .collect();
    changed.retain(|it| it.before != it.after);
    (!changed.is_empty()).then_some(Changes { since: saved.saved_at, parts: changed })
}

/// What a family reads of an item, part by part. A new review date alone is no change of the advice.
fn parts(item: &Item) -> Vec<(String, String)> {
    let mut parts = vec![("Title".to_owned(), item.title.clone())];
    if let Some(ages) = item.ages {
        parts.push(("Ages".to_owned(), format!("{}–{}", ages.from, ages.to)));
    }
    if let Some(minutes) = item.minutes {
        parts.push(("Minutes".to_owned(), minutes.to_string()));
    }
    if !item.equipment.is_empty() {
        parts.push(("Equipment".to_owned(), item.equipment.join(", ")));
    }
    parts.extend(item.sections.iter().map(|it| (it.heading.clone(), it.text.clone())));
    parts
}
