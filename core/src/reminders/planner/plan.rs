//! The plan: what is to be armed, what is not any more, and when to plan again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use otsupport_wire::Sha256;
use serde::{Deserialize, Serialize};

use super::kind::NotificationKind;
use super::preferences::ReminderPreferences;
use super::reminder::{NoReminder, Reminder, Rules, Standing};
use crate::reminders::SERVICE_ZONE;
use crate::reminders::calendar::{CalendarEvent, Occurrence};
use crate::reminders::recurrence::at;

/// How long a reminder to practise is of use.
const OF_PRACTICE: TimeDelta = TimeDelta::hours(3);

/// What a notification is armed and disarmed by: the same for the same thing at the same instant, and says nothing.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(String);

impl Key {
    /// A key as the phone hands it back.
    pub fn of(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn of_reminder(reminder: &Reminder, about: &str) -> Self {
        Self::new(reminder.kind, about, Some(reminder.of), reminder.at)
    }

    fn new(kind: NotificationKind, about: &str, of: Option<DateTime<Utc>>, at: DateTime<Utc>) -> Self {
        let of = of.map_or(0, |it| it.timestamp());
        let text = format!("{}\n{about}\n{of}\n{}", kind.as_str(), at.timestamp());
        let digest = Sha256::of(text.as_bytes()).to_string();
        Self(digest.chars().take(24).collect())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An event that the family follows.
#[derive(Clone, Copy, Debug)]
pub struct Followed<'a> {
    /// The event, in the bank or as last seen.
    pub event: &'a CalendarEvent,
    /// Whether it is in the bank.
    pub listed: bool,
    /// Whether the family says that they booked.
    pub booked: bool,
}

/// Something that the family is told once, from an instant on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    /// What is about: a row of the family's.
    pub id: String,
    /// Its kind.
    pub kind: NotificationKind,
    /// The event, if it is about one.
    pub uid: Option<String>,
    /// The occurrence, if it is about one.
    pub occurrence: Option<DateTime<Utc>>,
    /// What is told about.
    pub title: String,
    /// When it was found.
    pub at: DateTime<Utc>,
    /// What it should come before.
    pub before: Option<DateTime<Utc>>,
}

/// A day on which the family means to practise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlannedPractice {
    /// What is tried: a row of the family's.
    pub id: String,
    /// The strategy's title.
    pub title: String,
    /// On which day of the phone's calendar.
    pub day: NaiveDate,
}

/// All that a plan is made of.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// The events that the family follows.
    pub followed: &'a [Followed<'a>],
    /// What the family is told once.
    pub told: &'a [Told],
    /// The days on which they practise.
    pub practice: &'a [PlannedPractice],
    /// What they chose.
    pub preferences: &'a ReminderPreferences,
    /// Whether the phone lets the app notify.
    pub permitted: bool,
    /// The phone's zone.
    pub zone: Tz,
    /// The most that the platform lets be pending.
    pub limit: u32,
    /// Now, UTC.
    pub now: DateTime<Utc>,
}

/// A notification to be given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notification {
    /// What it is armed by.
    pub key: Key,
    /// When, UTC.
    pub at: DateTime<Utc>,
    /// What about.
    pub kind: NotificationKind,
    /// The event, if it is about one.
    pub uid: Option<String>,
    /// The time of it, by when it was first meant to begin, UTC.
    pub occurrence: Option<DateTime<Utc>>,
    /// What it is about, for the app; a locked screen says none of it.
    pub title: String,
    /// Whether it makes no sound.
    pub silent: bool,
    /// From when on it is of no use, UTC; it always is if absent.
    pub until: Option<DateTime<Utc>>,
}

/// What the phone has armed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Armed {
    /// What it is armed by.
    pub key: Key,
    /// When, UTC.
    pub at: DateTime<Utc>,
}

/// What is to be pending from now on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plan {
    /// By the instants at which they come.
    pub notifications: Vec<Notification>,
    /// When to plan again, UTC, if nothing happens before: something comes within the horizon then, or fits.
    pub next_plan_at: Option<DateTime<Utc>>,
}

/// Makes the plan.
pub fn plan(situation: &Situation<'_>) -> Plan {
    let mut planning = Planning::new(situation);
    if situation.permitted && situation.preferences.notify {
        situation.followed.iter().for_each(|it| planning.event(it));
        situation.told.iter().for_each(|it| planning.told(it));
        situation.practice.iter().for_each(|it| planning.practice(it));
    }
    planning.finish()
}

struct Planning<'a> {
    situation: &'a Situation<'a>,
    rules: Rules<'a>,
    /// Until when is planned.
    end: DateTime<Utc>,
    found: BTreeMap<Key, Notification>,
    /// The first that lies beyond.
    beyond: Option<DateTime<Utc>>,
}

impl<'a> Planning<'a> {
    fn new(situation: &'a Situation<'a>) -> Self {
        let Situation { preferences, zone, now, .. } = *situation;
        let end = now + TimeDelta::days(preferences.horizon.into());
        Self { situation, rules: Rules { preferences, zone }, end, found: BTreeMap::new(), beyond: None }
    }

    /// Adds what falls between now and the horizon (R6); two of one kind at one instant about one thing are one (R7).
    fn add(
        &mut self,
        reminder: Reminder,
        about: &str,
        notification: impl FnOnce(Key, &Reminder) -> Notification,
    ) {
        let Reminder { kind, at, .. } = reminder;
        if at < self.situation.now || !self.situation.preferences.gives(kind) {
            return;
        }
        if at > self.end {
            self.beyond = Some(self.beyond.map_or(at, |it| it.min(at)));
            return;
        }
        let key = Key::of_reminder(&reminder, about);
        let notification = notification(key.clone(), &reminder);
        self.found.entry(key).or_insert(notification);
    }

    fn event(&mut self, followed: &Followed<'_>) {
        // What is not listed may not take place.
        if !followed.listed {
            return;
        }
        let rules = self.rules;
        let event = followed.event;
        let of_event = |key, reminder: &Reminder, title: &str| Notification {
            key,
            at: reminder.at,
            kind: reminder.kind,
            uid: Some(event.uid.clone()),
            occurrence: Some(reminder.occurrence),
            title: title.to_owned(),
            silent: reminder.silent,
            until: Some(reminder.until),
        };
        let components = std::iter::once(&event.main).chain(&event.changed);
        let mut deadlines: Vec<Reminder> =
            components.flat_map(|it| rules.of_deadline(followed, it)).collect();
        deadlines.dedup();
        for reminder in deadlines {
            self.add(reminder, &event.uid, |key, it| of_event(key, it, &event.main.title));
        }
        let last = self.end + rules.reach();
        for occurrence in event.occurrences(self.situation.now) {
            for reminder in rules.of_occurrence(followed, &occurrence) {
                self.add(reminder, &event.uid, |key, it| of_event(key, it, &occurrence.component.title));
            }
            // A changed date may have no reminder, and the next one says when to plan again.
            let is_plain = std::ptr::eq(occurrence.component, &event.main);
            if is_plain && occurrence.begins().instant(SERVICE_ZONE) > last {
                break;
            }
        }
    }

    fn told(&mut self, told: &Told) {
        let given = self.rules.notice(told.at, told.before);
        if given.at < self.situation.now || !self.situation.preferences.gives(told.kind) {
            return;
        }
        if given.at > self.end {
            self.beyond = Some(self.beyond.map_or(given.at, |it| it.min(given.at)));
            return;
        }
        // Two changes of one date that are given at one instant are one (R7).
        let about = told.uid.as_ref().filter(|_| told.occurrence.is_some()).unwrap_or(&told.id);
        let key = Key::new(told.kind, about, told.occurrence, given.at);
        let notification = Notification {
            key: key.clone(),
            at: given.at,
            kind: told.kind,
            uid: told.uid.clone(),
            occurrence: told.occurrence,
            title: told.title.clone(),
            silent: given.silent,
            until: None,
        };
        self.found.insert(key, notification);
    }

    /// Practice floats with the phone's clock, and is brought to mind on its own day: the quiet hours move it as if its end were a start.
    fn practice(&mut self, practice: &PlannedPractice) {
        let zone = self.situation.zone;
        let on = |day: NaiveDate, time| at(day.and_time(time), zone);
        let due = on(practice.day, self.situation.preferences.practice);
        let tomorrow = practice.day.checked_add_days(Days::new(1)).unwrap_or(practice.day);
        let given = self.rules.quietly(due, on(tomorrow, NaiveTime::MIN));
        let reminder = Reminder {
            kind: NotificationKind::Practice,
            at: given,
            of: given,
            occurrence: given,
            silent: false,
            until: given + OF_PRACTICE,
        };
        self.add(reminder, &practice.id, |key, it| Notification {
            key,
            at: it.at,
            kind: it.kind,
            uid: None,
            occurrence: None,
            title: practice.title.clone(),
            silent: it.silent,
            until: Some(it.until),
        });
    }

    fn finish(self) -> Plan {
        let Situation { preferences, limit, now, .. } = *self.situation;
        let mut notifications: Vec<Notification> = self.found.into_values().collect();
        notifications.sort_by(|one, other| order(one).cmp(&order(other)));
        let most = preferences.limit.min(limit) as usize;
        let is_crowded = make_fit(&mut notifications, most);
        let horizon = TimeDelta::days(preferences.horizon.into());
        let comes_near = self.beyond.map(|it| (it - horizon).max(now));
        // As soon as one was given, there is room for the next.
        let given = notifications.iter().map(|it| it.at).find(|it| *it > now);
        let room = given.or(Some(now + TimeDelta::minutes(1))).filter(|_| is_crowded);
        let next_plan_at = [comes_near, room].into_iter().flatten().min();
        Plan { notifications, next_plan_at }
    }
}

fn order(it: &Notification) -> (DateTime<Utc>, NotificationKind, &Key) {
    (it.at, it.kind, &it.key)
}

/// Takes out what does not fit, and says whether anything did not; the soonest win, after what has the right of way. One place then asks the family to open the app.
fn make_fit(notifications: &mut Vec<Notification>, most: usize) -> bool {
    if notifications.len() <= most {
        return false;
    }
    let room = if most > 1 { most - 1 } else { most };
    let first = notifications.iter().filter(|it| it.kind.has_right_of_way());
    let others = notifications.iter().filter(|it| !it.kind.has_right_of_way());
    let kept: BTreeSet<Key> = first.chain(others).take(room).map(|it| it.key.clone()).collect();
    notifications.retain(|it| kept.contains(&it.key));
    if let Some(at) = notifications.last().map(|it| it.at).filter(|_| most > 1) {
        let kind = NotificationKind::Refresh;
        let key = Key::new(kind, "", None, at);
        notifications.push(Notification {
            key,
            at,
            kind,
            uid: None,
            occurrence: None,
            title: String::new(),
            silent: false,
            until: None,
        });
    }
    true
}

impl Plan {
    /// What is to be armed that is not.
    pub fn arm(&self, armed: &[Armed]) -> Vec<&Notification> {
        self.notifications.iter().filter(|it| !armed.iter().any(|armed| armed.key == it.key)).collect()
    }

    /// What is armed that is not to be any more. What has come is not touched.
    pub fn disarm<'a>(&self, armed: &'a [Armed], now: DateTime<Utc>) -> Vec<&'a Armed> {
        let wanted =
            |it: &&Armed| it.at >= now && !self.notifications.iter().any(|wanted| wanted.key == it.key);
        armed.iter().filter(wanted).collect()
    }

    /// When the next reminder of an occurrence comes, or why none does.
    pub fn standing(
        &self,
        followed: Option<&Followed<'_>>,
        occurrence: &Occurrence<'_>,
        situation: &Situation<'_>,
    ) -> Standing {
        let none = |because| Standing { next_at: None, none_because: Some(because) };
        let Some(followed) = followed else { return none(NoReminder::NotFollowed) };
        let preferences = situation.preferences;
        let gives =
            preferences.gives(NotificationKind::Event) || preferences.gives(NotificationKind::Deadline);
        if !gives {
            return none(NoReminder::Off);
        }
        if !situation.permitted {
            return none(NoReminder::Permission);
        }
        if occurrence.cancelled || !followed.listed {
            return none(NoReminder::Past);
        }
        let rules = Rules { preferences, zone: situation.zone };
        let mut reminders: Vec<Reminder> = rules.of_occurrence(followed, occurrence).collect();
        let deadlines = rules.of_deadline(followed, occurrence.component);
        reminders.extend(deadlines.into_iter().filter(|it| it.kind == NotificationKind::Deadline));
        let needs_booking = occurrence.component.closes.is_some() && !followed.booked;
        let ahead: Vec<Reminder> =
            reminders.into_iter().filter(|it| it.at >= situation.now && preferences.gives(it.kind)).collect();
        let planned = ahead.iter().filter(|it| {
            let key = Key::of_reminder(it, &followed.event.uid);
            self.notifications.iter().any(|it| it.key == key)
        });
        match planned.map(|it| it.at).min() {
            Some(at) => Standing { next_at: Some(at), none_because: None },
            None if !ahead.is_empty() => none(NoReminder::Later),
            None if needs_booking => none(NoReminder::NotBooked),
            None => none(NoReminder::Past),
        }
    }
}
