//! Events and reminders, for a terminal.

use chrono::{DateTime, Utc};
use otsupport_core::reminders::planner::{NotificationKind, ReminderPreferences};
use otsupport_core::reminders::{EventView, Lookout, ReminderPlan, SERVICE_ZONE};

use super::{CARE, QUIET, TITLE, lines, paint};
use crate::words;

pub(crate) fn events(events: &[EventView]) -> String {
    if events.is_empty() {
        return "No events.\n".to_owned();
    }
    lines(events.iter().map(event))
}

fn event(event: &EventView) -> String {
    let at = |at: DateTime<Utc>, format: &str| at.with_timezone(&SERVICE_ZONE).format(format).to_string();
    let when = if event.all_day {
        at(event.start, "%a %-d %b %Y")
    } else {
        let there = at(event.start, "%a %-d %b %Y %H:%M");
        match &event.clocks.here {
            Some(here) => format!("{there} UK time ({} where you are)", here.split_at(here.len() - 5).1),
            None => there,
        }
    };
    let session = event.session.map(|(which, of)| format!("  {which} of {of}")).unwrap_or_default();
    let place = event.location.as_ref().map(|it| format!("  {it}")).unwrap_or_default();
    let state = match words::event_status(event.status) {
        Some(words) => paint(CARE, format!("  {words}")),
        None => String::new(),
    };
    let next = match (event.reminder.next_at, event.reminder.none_because) {
        (Some(next), _) => format!("  reminder {}", at(next, "%a %-d %b %H:%M")),
        (None, Some(why)) if event.followed => format!("  no reminder: {}", words::no_reminder(why)),
        _ => String::new(),
    };
    format!(
        "{when}  {}{session}{}{state}{}  {}",
        paint(TITLE, &event.title),
        paint(QUIET, place),
        paint(QUIET, next),
        paint(QUIET, &event.uid)
    )
}

pub(crate) fn lookouts(lookouts: &[Lookout]) -> String {
    if lookouts.is_empty() {
        return "You look out for nothing. `otsupport follow --topic sleep` does.\n".to_owned();
    }
    lines(lookouts.iter().map(|it| {
        let wanted = &it.wanted;
        let category = wanted.category.map_or("any event", |it| it.as_str());
        let topic = wanted.topic.as_ref().map(|it| format!(" on {it}")).unwrap_or_default();
        let borough = wanted.borough.as_ref().map(|it| format!(" in {it}")).unwrap_or_default();
        format!("{}{topic}{borough}  {}", paint(TITLE, category), paint(QUIET, &it.id))
    }))
}

pub(crate) fn reminders(plan: &ReminderPlan, on: bool) -> String {
    let none = if on {
        "No reminders are planned.\n"
    } else {
        "Reminders are off. `otsupport prefs --notify on` turns them on.\n"
    };
    if plan.notifications.is_empty() {
        return none.to_owned();
    }
    lines(plan.notifications.iter().map(|it| {
        let at = it.at.with_timezone(&SERVICE_ZONE).format("%a %-d %b %Y %H:%M");
        format!("{at}  {}  {}", words::notification(it.kind), paint(TITLE, &it.title))
    }))
}

pub(crate) fn reminder_preferences(chosen: &ReminderPreferences) -> String {
    fn all<T: ToString>(all: impl IntoIterator<Item = T>) -> String {
        let all: Vec<String> = all.into_iter().map(|it| it.to_string()).collect();
        if all.is_empty() { "off".to_owned() } else { all.join(",") }
    }
    let switch = if chosen.notify { "on" } else { "off" };
    let quiet = chosen.quiet.map_or("off".to_owned(), |it| it.to_string());
    format!(
        "Reminders {switch}\n  before events {}\n  before whole days {}\n  before booking closes {}\n  quiet {quiet}\n  practice at {}\n  \
         zone {}\n  {} days ahead, {} at most\n  without {}\n",
        all(&chosen.events),
        all(&chosen.all_day),
        all(&chosen.deadlines),
        chosen.practice.format("%H:%M"),
        chosen.zone.map_or("the phone's", |it| it.name()),
        chosen.horizon,
        chosen.limit,
        all(chosen.off.iter().map(|it: &NotificationKind| it.as_str())),
    )
}
