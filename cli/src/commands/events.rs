//! Events, what is followed, and the reminders of it.

use std::process::ExitCode;

use otsupport_core::reminders::planner::{MOST_PENDING, ReminderPreferences};
use otsupport_core::reminders::{EventFilter, PhoneState, Wanted};
use otsupport_core::strategies::LookoutId;
use otsupport_core::{HubError, SupportHub};
use serde_json::{Value, json};

use super::family::known;
use super::{Failure, print};
use crate::arguments::{EventCommand, FollowArguments, Global, PrefsArguments, Switch};
use crate::{paint, words};

/// A terminal arms nothing, and so holds as much as any phone.
const TERMINAL: PhoneState = PhoneState {
    zone: otsupport_core::reminders::SERVICE_ZONE,
    permitted: true,
    limit: MOST_PENDING,
    gives_late: true,
    afresh: false,
    arms: false,
};

pub(super) fn run(global: &Global, hub: &SupportHub, command: EventCommand) -> Result<ExitCode, Failure> {
    match command {
        EventCommand::Events { from, to, category, followed, limit, offset } => {
            let filter = EventFilter { from, to, category: category.map(Into::into), uid: None, followed };
            let events = hub.events(&filter, TERMINAL)?;
            let page: Vec<_> = events.into_iter().skip(offset).take(limit.unwrap_or(usize::MAX)).collect();
            print(global, &json!({ "events": page }), || paint::events(&page));
        }
        EventCommand::Follow(FollowArguments { uid: Some(uid), .. }) => {
            hub.follow(&uid).map_err(|error| no_event(&uid, error))?;
            one(global, hub, &uid)?;
        }
        EventCommand::Follow(FollowArguments { category, topic, borough, profile, .. }) => {
            let profile = profile.map(|it| known(hub, &it)).transpose()?.map(|it| it.id);
            hub.look_out(&Wanted { category: category.map(Into::into), topic, borough, profile })?;
            lookouts(global, hub)?;
        }
        EventCommand::Unfollow { uid } => match uid.parse::<LookoutId>() {
            Ok(id) => {
                hub.stop_looking_out(&id)?;
                lookouts(global, hub)?;
            }
            Err(_) => {
                hub.unfollow(&uid)?;
                one(global, hub, &uid)?;
            }
        },
        EventCommand::Lookouts => lookouts(global, hub)?,
        EventCommand::Booked { uid, no } => {
            hub.set_booked(&uid, !no).map_err(|error| no_event(&uid, error))?;
            one(global, hub, &uid)?;
        }
        EventCommand::Calendar { uid } => {
            let calendar = hub.calendar(uid.as_deref());
            anstream::print!("{}", calendar.map_err(|error| no_event(&uid.unwrap_or_default(), error))?);
        }
        EventCommand::Prefs(typed) => prefs(global, hub, typed)?,
        EventCommand::Reminders => {
            let plan = hub.plan_reminders(TERMINAL)?;
            let json = json!({
                "notifications": plan.notifications, "next_plan_at": plan.next_plan_at, "missed": plan.missed,
            });
            let chosen = hub.preferences()?.reminders.notify;
            print(global, &json, || paint::reminders(&plan, chosen));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn no_event(uid: &str, error: HubError) -> Failure {
    match error {
        HubError::NotFound { .. } => Failure(words::no_such_event(uid)),
        other => other.into(),
    }
}

fn one(global: &Global, hub: &SupportHub, uid: &str) -> Result<(), Failure> {
    let events =
        hub.events(&EventFilter { uid: Some(uid.to_owned()), ..EventFilter::default() }, TERMINAL)?;
    print(global, &json!({ "events": events }), || paint::events(&events));
    Ok(())
}

fn lookouts(global: &Global, hub: &SupportHub) -> Result<(), Failure> {
    let lookouts = hub.lookouts()?;
    print(global, &json!({ "lookouts": lookouts }), || paint::lookouts(&lookouts));
    Ok(())
}

fn prefs(global: &Global, hub: &SupportHub, typed: PrefsArguments) -> Result<(), Failure> {
    let before = hub.preferences()?.reminders;
    let mut chosen = before.clone();
    if let Some(it) = typed.events {
        chosen.events = it.0.into_iter().collect();
    }
    if let Some(it) = typed.all_day {
        chosen.all_day = it.0.into_iter().collect();
    }
    if let Some(it) = typed.deadlines {
        chosen.deadlines = it.0.into_iter().collect();
    }
    if let Some(it) = typed.quiet {
        chosen.quiet = it.0;
    }
    if let Some(it) = typed.zone {
        chosen.zone = it.0;
    }
    if let Some(it) = typed.without {
        chosen.off = it.0.into_iter().collect();
    }
    chosen.horizon = typed.horizon.unwrap_or(chosen.horizon);
    chosen.limit = typed.limit.unwrap_or(chosen.limit);
    chosen.practice = typed.practice.unwrap_or(chosen.practice);
    chosen.notify = typed.notify.map_or(chosen.notify, |it| matches!(it, Switch::On));
    if chosen != before {
        hub.choose_reminders(&chosen)?;
    }
    print(global, &as_json(&chosen), || paint::reminder_preferences(&chosen));
    Ok(())
}

fn as_json(chosen: &ReminderPreferences) -> Value {
    json!({
        "events": chosen.events,
        "all_day": chosen.all_day,
        "deadlines": chosen.deadlines,
        "quiet": chosen.quiet,
        "zone": chosen.zone.map(|it| it.name()),
        "horizon": format!("P{}D", chosen.horizon),
        "limit": chosen.limit,
        "notify": chosen.notify,
        "without": chosen.off,
        "practice": chosen.practice.format("%H:%M").to_string(),
    })
}
