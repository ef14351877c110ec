//! Gathers what is known, has the plan made, and keeps what the phone has armed.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::following::{FollowedEvent, Known, followed, is_wanted};
use super::notice::Notice;
use super::planner::{
    Armed, Followed, Key, Notification, NotificationKind, Plan, PlannedPractice, ReminderPreferences,
    Situation, Told, plan,
};
use crate::enquiries::Enquiry;
use crate::error::Error;
use crate::storage::{Checked, FamilyReading, FamilyRecord, FamilyStore, Reading, Table};
use crate::strategies::{Entry, Plan as Practice, Preferences, RowId, is_withdrawn};

/// The most of what was missed that is kept.
const MOST_MISSED: usize = 50;

/// How late an alarm may go off on a phone that dozes: an hour, and some minutes to wake.
const LATEST: TimeDelta = TimeDelta::minutes(75);

/// Within how many days after the horizon practice comes again.
const BEYOND: u64 = 8;

/// What the phone says of itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PhoneState {
    /// Its zone.
    pub zone: Tz,
    /// Whether it lets the app notify.
    pub permitted: bool,
    /// The most notifications that it lets be pending: half of its alarms where two are set for each, since exact ones are not allowed.
    /// Once they are, what is pending is to be set exactly before more is armed, or it still counts twice.
    pub limit: u32,
    /// Whether it gives by itself what came due while it was off, as iOS does: then nothing is missed.
    pub gives_late: bool,
    /// Whether what was armed is gone: after a boot, an update, or a change of its clock.
    pub afresh: bool,
    /// Whether it arms what is planned: then a notice that never was, since the app was ended first, is given at the next plan.
    pub arms: bool,
}

impl Default for PhoneState {
    /// A phone in London that allows sixty.
    fn default() -> Self {
        Self {
            zone: super::SERVICE_ZONE,
            permitted: true,
            limit: 60,
            gives_late: false,
            afresh: false,
            arms: true,
        }
    }
}

/// A notification as a front end gives it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotificationView {
    /// What it is armed by; says nothing.
    pub key: Key,
    /// When, UTC.
    pub at: DateTime<Utc>,
    /// What about.
    pub kind: NotificationKind,
    /// The event, if it is about one.
    pub uid: Option<String>,
    /// The time of it, by when it was first meant to begin, UTC.
    pub occurrence: Option<DateTime<Utc>>,
    /// What it is about. A locked screen says none of it, unless the family chose otherwise.
    pub title: String,
    /// Whether it makes no sound.
    pub silent: bool,
    /// When the hub was last asked and its answer held, UTC: how old the news is.
    pub checked_at: Option<DateTime<Utc>>,
}

/// What a phone is to do.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ReminderPlan {
    /// All that is to be pending, by when it comes.
    pub notifications: Vec<NotificationView>,
    /// What of it is to be armed.
    pub arm: Vec<NotificationView>,
    /// What is armed and is not to be any more.
    pub disarm: Vec<Key>,
    /// What came while the phone was off, and was not given.
    pub missed: Vec<NotificationView>,
    /// When to plan again, UTC, if nothing happens before.
    pub next_plan_at: Option<DateTime<Utc>>,
    /// The notices that were there when the plan was made.
    #[serde(skip)]
    notices: BTreeSet<RowId>,
}

/// What the phone has armed: one row.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ArmedBook {
    armed: Vec<NotificationView>,
    missed: Vec<NotificationView>,
    /// The notices that the family has been given, or that were armed or switched off when their time came.
    #[serde(default)]
    told: BTreeSet<RowId>,
}

impl FamilyRecord for ArmedBook {
    const TABLE: Table = Table::Armed;

    fn id(&self) -> &'static str {
        "armed"
    }
}

impl ArmedBook {
    fn read(reading: &FamilyReading<'_>) -> Result<Self, Error> {
        Ok(reading.all()?.into_iter().next().unwrap_or_default())
    }

    /// What came due and was not given is missed. What the phone gave by itself is returned.
    fn settle(&mut self, phone: &PhoneState, now: DateTime<Utc>) -> Vec<Key> {
        let armed = std::mem::take(&mut self.armed);
        let (due, pending): (Vec<_>, Vec<_>) = armed.into_iter().partition(|it| it.at < now);
        self.armed = if phone.afresh { Vec::new() } else { pending };
        if phone.gives_late {
            return due.into_iter().map(|it| it.key).collect();
        }
        let known: BTreeSet<Key> = self.missed.iter().map(|it| it.key.clone()).collect();
        let told = |it: &NotificationView| it.kind != NotificationKind::Refresh && !known.contains(&it.key);
        self.missed.extend(due.into_iter().filter(told));
        let over = self.missed.len().saturating_sub(MOST_MISSED);
        self.missed.drain(..over);
        Vec::new()
    }
}

/// All that a plan is made of, gathered.
pub(crate) struct Gathered {
    known: Vec<Known>,
    pub(crate) followed: Vec<FollowedEvent>,
    told: Vec<Told>,
    /// The same by the instants at which they were found.
    found: Vec<(RowId, Told)>,
    notices: BTreeSet<RowId>,
    practice: Vec<PlannedPractice>,
    pub(crate) preferences: ReminderPreferences,
    checked_at: Option<DateTime<Utc>>,
    book: ArmedBook,
    phone: PhoneState,
    now: DateTime<Utc>,
}

impl Gathered {
    /// Gathers what bank and family hold.
    pub(crate) fn read(
        bank: &Reading<'_>,
        family: &FamilyStore,
        phone: PhoneState,
        now: DateTime<Utc>,
    ) -> Result<Self, Error> {
        if family.locked().is_some() {
            // The events are the service's: they are there for everybody.
            return Ok(Self::without_family(phone, now));
        }
        family.read(|reading| Self::of(bank, reading, phone, now))
    }

    fn without_family(phone: PhoneState, now: DateTime<Utc>) -> Self {
        Self {
            known: Vec::new(),
            followed: Vec::new(),
            told: Vec::new(),
            found: Vec::new(),
            notices: BTreeSet::new(),
            practice: Vec::new(),
            preferences: ReminderPreferences::default(),
            checked_at: None,
            book: ArmedBook::default(),
            phone,
            now,
        }
    }

    fn of(
        bank: &Reading<'_>,
        reading: &FamilyReading<'_>,
        phone: PhoneState,
        now: DateTime<Utc>,
    ) -> Result<Self, Error> {
        let preferences = Preferences::of(reading.all()?).reminders;
        let phone = PhoneState { zone: preferences.zone.unwrap_or(phone.zone), ..phone };
        let followed = followed(reading)?;
        let known = followed.iter().map(|it| Known::read(bank, &it.following));
        let known = known.filter_map(Result::transpose).collect::<Result<_, _>>()?;
        let notices: Vec<Notice> = reading.all()?;
        let enquiries: Vec<Enquiry> = reading.all()?;
        let mut book = ArmedBook::read(reading)?;
        let given = book.settle(&phone, now);
        let wanted: Vec<&Notice> = notices.iter().filter(|it| is_wanted(it, &followed, &enquiries)).collect();
        let found: Vec<(RowId, Told)> = wanted.iter().map(|it| (it.id.clone(), it.told())).collect();
        book.told.extend(given_with(&given, &found, &preferences, &phone));
        let told = wanted.into_iter().map(|it| {
            // Its time has passed while nobody armed it, and it is still of use.
            let is_late = phone.arms && it.at < now && it.is_of_use(now) && !book.told.contains(&it.id);
            Told { at: if is_late { now } else { it.at }, ..it.told() }
        });
        let told = told.collect();
        let notices = notices.iter().map(|it| it.id.clone()).collect();
        let checked = Checked::read(bank)?.and_then(|it| DateTime::from_timestamp_millis(it.at));
        let practice = practice(bank, reading, &preferences, phone.zone, now)?;
        Ok(Self {
            known,
            followed,
            told,
            found,
            notices,
            practice,
            preferences,
            checked_at: checked,
            book,
            phone,
            now,
        })
    }

    /// Does something with the situation that was gathered, and the plan for it.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&Situation<'_>, &Plan) -> T) -> T {
        let followed: Vec<Followed<'_>> = self.known.iter().map(Known::followed).collect();
        let situation = Situation {
            followed: &followed,
            told: &self.told,
            practice: &self.practice,
            preferences: &self.preferences,
            permitted: self.phone.permitted,
            zone: self.phone.zone,
            limit: self.phone.limit.saturating_sub(self.overdue()),
            now: self.now,
        };
        work(&situation, &plan(&situation))
    }

    /// How many alarms may be pending whose time has passed: they take up room until they go off.
    fn overdue(&self) -> u32 {
        let PhoneState { arms, gives_late, .. } = self.phone;
        let missed = self.book.missed.iter().filter(|_| arms && !gives_late);
        u32::try_from(missed.filter(|it| it.at + LATEST > self.now).count()).unwrap_or(u32::MAX)
    }

    /// What is to be given for an alarm that went off now, and the notices that are given with it. Alarms may come late: whether it
    /// holds is judged at the instant for which it was armed, and whether it is of use now.
    pub(crate) fn due(mut self, key: &Key) -> Option<(NotificationView, BTreeSet<RowId>)> {
        let armed = self.book.armed.iter().chain(&self.book.missed).find(|it| it.key == *key)?.clone();
        let now = std::mem::replace(&mut self.now, armed.at);
        let it = self.with(|_, plan| plan.notifications.iter().find(|it| it.key == *key).cloned())?;
        let late = now - it.at > LATEST;
        let of_use = !late && it.until.is_none_or(|until| now < until);
        let given = || given_with(std::slice::from_ref(key), &self.found, &self.preferences, &self.phone);
        of_use.then(|| (self.view(&it), given()))
    }

    /// What the phone is to do.
    pub(crate) fn plan(&self) -> ReminderPlan {
        self.with(|_, plan| {
            let armed: Vec<Armed> =
                self.book.armed.iter().map(|it| Armed { key: it.key.clone(), at: it.at }).collect();
            let view = |it: &Notification| self.view(it);
            ReminderPlan {
                arm: plan.arm(&armed).into_iter().map(view).collect(),
                disarm: plan.disarm(&armed, self.now).into_iter().map(|it| it.key.clone()).collect(),
                missed: self.book.missed.clone(),
                next_plan_at: plan.next_plan_at,
                notices: self.notices.clone(),
                notifications: plan.notifications.iter().map(view).collect(),
            }
        })
    }

    fn view(&self, it: &Notification) -> NotificationView {
        NotificationView {
            key: it.key.clone(),
            at: it.at,
            kind: it.kind,
            uid: it.uid.clone(),
            occurrence: it.occurrence,
            title: it.title.clone(),
            silent: it.silent,
            checked_at: self.checked_at,
        }
    }
}

/// The notices that these keys stand for: one that was found when another of the same date was armed already is given with that.
fn given_with(
    keys: &[Key],
    found: &[(RowId, Told)],
    preferences: &ReminderPreferences,
    phone: &PhoneState,
) -> BTreeSet<RowId> {
    let is_given = |told: &Told| {
        let situation = Situation {
            followed: &[],
            told: std::slice::from_ref(told),
            practice: &[],
            preferences,
            permitted: phone.permitted,
            zone: phone.zone,
            limit: phone.limit,
            now: told.at,
        };
        plan(&situation).notifications.iter().any(|it| keys.contains(&it.key))
    };
    found.iter().filter(|(_, told)| is_given(told)).map(|(id, _)| id.clone()).collect()
}

/// The days on which something is practised that is not withdrawn, less those on which it was done: within the horizon, and for a week
/// after it, since the first beyond says when to plan again.
fn practice(
    bank: &Reading<'_>,
    reading: &FamilyReading<'_>,
    preferences: &ReminderPreferences,
    zone: Tz,
    now: DateTime<Utc>,
) -> Result<Vec<PlannedPractice>, Error> {
    if !preferences.gives(NotificationKind::Practice) {
        return Ok(Vec::new());
    }
    let today = now.with_timezone(&zone).date_naive();
    let log: Vec<Entry> = reading.all()?;
    let mut days = Vec::new();
    for Practice { id, trial } in reading.all::<Practice>()? {
        if is_withdrawn(bank, &trial.item)? {
            continue;
        }
        let done = |day: NaiveDate| log.iter().any(|it| trial.is_of(&it.item, &it.profile) && it.on == day);
        let ahead = (0..=u64::from(preferences.horizon) + BEYOND)
            .filter_map(|it| today.checked_add_days(Days::new(it)));
        days.extend(
            ahead
                .filter(|day| trial.days.contains(&day.weekday().into()) && !done(*day))
                .map(|day| PlannedPractice { id: id.to_string(), title: trial.title.clone(), day }),
        );
    }
    Ok(days)
}

/// Notes that the phone has done what it was to do.
pub(crate) fn note_armed(
    bank: &Reading<'_>,
    family: &FamilyStore,
    phone: PhoneState,
    now: DateTime<Utc>,
    done: &ReminderPlan,
) -> Result<(), Error> {
    family.write(|writing| {
        let reading = writing.reading();
        let before = ArmedBook::read(&reading)?;
        let mut book = Gathered::of(bank, &reading, phone, now)?.book;
        book.armed.clone_from(&done.notifications);
        // Those of a kind that is off are not kept for the day on which it is switched on.
        book.told.clone_from(&done.notices);
        if before == book {
            return Ok(());
        }
        writing.put(&book)
    })
}

/// Notes that a notification was given, and the notices that it stands for: nothing of it is missed.
pub(crate) fn note_given(family: &FamilyStore, key: &Key, notices: &BTreeSet<RowId>) -> Result<(), Error> {
    family.write(|writing| {
        let mut book = ArmedBook::read(&writing.reading())?;
        book.armed.retain(|it| it.key != *key);
        book.missed.retain(|it| it.key != *key);
        book.told.extend(notices.iter().cloned());
        writing.put(&book)
    })
}

/// The family has seen what was missed.
pub(crate) fn forget_missed(family: &FamilyStore) -> Result<(), Error> {
    family.write(|writing| {
        let book = ArmedBook::read(&writing.reading())?;
        writing.put(&ArmedBook { missed: Vec::new(), ..book })
    })
}
