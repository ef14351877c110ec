//! When to offer a safety copy: seldom, and never twice for the same reason.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use crate::storage::SafetyCopyState;

/// Why now is a moment to offer a safety copy.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CopyDue {
    /// There is something to lose and no copy yet.
    First,
    /// The last copy is a month old, and something was written since.
    Monthly,
}

/// So many lines of the log are worth a copy.
const ENTRIES: u32 = 4;
const MONTH: TimeDelta = TimeDelta::days(30);

/// Whether to offer one at `now`. Whoever does so notes it in `asked_at`: it is not offered again for a month.
pub(crate) fn copy_due(state: &SafetyCopyState, now: DateTime<Utc>) -> Option<CopyDue> {
    let within_a_month = |at: i64| {
        // A clock that was set back must not silence it for longer.
        let at = DateTime::from_timestamp_millis(at).unwrap_or_default();
        at <= now && now - at < MONTH
    };
    if state.asked_at.is_some_and(within_a_month) {
        return None;
    }
    match state.made_at {
        None => (state.entries >= ENTRIES).then_some(CopyDue::First),
        Some(made) => (state.entries > 0 && !within_a_month(made)).then_some(CopyDue::Monthly),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64) -> i64 {
        day * 24 * 60 * 60 * 1000
    }

    fn due(made: Option<i64>, asked: Option<i64>, entries: u32, today: i64) -> Option<CopyDue> {
        let state = SafetyCopyState { made_at: made.map(at), asked_at: asked.map(at), entries };
        copy_due(&state, DateTime::from_timestamp_millis(at(today)).unwrap_or_default())
    }

    #[test]
    fn it_is_offered_after_the_fourth_entry_and_monthly() {
        assert_eq!(due(None, None, 3, 100), None);
        assert_eq!(due(None, None, 4, 100), Some(CopyDue::First));
        assert_eq!(due(Some(100), None, 1, 129), None);
        assert_eq!(due(Some(100), None, 1, 130), Some(CopyDue::Monthly));
    }

    #[test]
    fn it_is_never_a_nag() {
        assert_eq!(due(None, Some(100), 9, 129), None, "asked this month");
        assert_eq!(due(None, Some(100), 9, 130), Some(CopyDue::First));
        assert_eq!(due(Some(100), None, 0, 400), None, "nothing new");
        assert_eq!(due(None, Some(100), 9, 90), Some(CopyDue::First), "a clock that was set back");
    }
}
