//! The new bank beside the one that was published before: nothing vanishes without a word.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use otsupport_core::reminders::calendar::CalendarEvent;
use otsupport_wire::snapshot::{Event, Snapshot};

use super::bank::Bank;
use super::fault::{Faults, Severity};

/// Notes what would vanish, and keeps an event whose new SEQUENCE is lower than the published one.
pub(super) fn check(
    before: &Snapshot,
    bank: &mut Bank,
    now: DateTime<Utc>,
    allow: bool,
    faults: &mut Faults,
) {
    let severity = if allow { Severity::Warning } else { Severity::Fault };
    let mut note = |file: &str, what: String| match severity {
        Severity::Warning => faults.warning(file, 1, what),
        Severity::Fault => faults.fault(file, 1, what),
    };
    let ids = |bank: &Snapshot| -> BTreeSet<String> { bank.items().map(|it| it.id.to_string()).collect() };
    let (was, is) = (ids(before), ids(&bank.snapshot));
    // A file that is wrong is told as such; what it holds is not gone.
    let unread: BTreeSet<String> = bank.unread.iter().map(ToString::to_string).collect();
    let gone: Vec<&String> = was.difference(&is).filter(|id| !unread.contains(*id)).collect();
    for id in &gone {
        let folder =
            if before.strategies.iter().any(|it| it.id.as_str() == *id) { "strategies" } else { "resources" };
        note(folder, format!("`{id}` was published and is gone; withdraw it instead (status: withdrawn)"));
    }
    if gone.len() * 10 > was.len() {
        note("strategies", format!("{} of {} items would vanish", gone.len(), was.len()));
    }
    for event in before.events.iter().filter(|it| bank.events_whole && lies_ahead(it, now)) {
        if !bank.snapshot.events.iter().any(|it| it.uid == event.uid) {
            note(
                "events",
                format!("the event `{}` was published and is gone; set STATUS:CANCELLED instead", event.uid),
            );
        }
    }
    for event in &mut bank.snapshot.events {
        if let Some(published) = before.events.iter().find(|it| it.uid == event.uid)
            && published.sequence > event.sequence
        {
            let what = format!(
                "the event `{}` has SEQUENCE {}, published was {}; the published one stays",
                event.uid, event.sequence, published.sequence
            );
            faults.warning("events", 1, what);
            *event = published.clone();
        }
    }
}

/// Whether an event may still take place. One that cannot be read is taken to.
fn lies_ahead(event: &Event, now: DateTime<Utc>) -> bool {
    CalendarEvent::of(&event.components).is_none_or(|it| it.occurrences(now).any(|it| !it.cancelled))
}
