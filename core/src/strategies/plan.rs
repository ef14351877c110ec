//! "Try this week": a strategy, for a child, on chosen days. It goes on week by week until it is stopped.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc, Weekday};
use otsupport_wire::ItemId;
use otsupport_wire::snapshot::Review;
use serde::{Deserialize, Serialize};

use super::currency::Freshness;
use super::ids::{ProfileId, RowId};
use super::log::{Entry, strategy};
use super::profile::{Profile, known};
use super::show::item;
use super::view::Currency;
use super::written;
use crate::error::Error;
use crate::storage::{FamilyRecord, FamilyStore, Reading, Table};

/// A day of the week, Monday first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Day {
    /// Monday
    Mon,
    /// Tuesday
    Tue,
    /// Wednesday
    Wed,
    /// Thursday
    Thu,
    /// Friday
    Fri,
    /// Saturday
    Sat,
    /// Sunday
    Sun,
}

impl Day {
    /// The whole week, Monday first.
    pub const ALL: [Self; 7] = [Self::Mon, Self::Tue, Self::Wed, Self::Thu, Self::Fri, Self::Sat, Self::Sun];

    /// The day's name in English.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mon => "Monday",
            Self::Tue => "Tuesday",
            Self::Wed => "Wednesday",
            Self::Thu => "Thursday",
            Self::Fri => "Friday",
            Self::Sat => "Saturday",
            Self::Sun => "Sunday",
        }
    }
}

impl From<Weekday> for Day {
    fn from(day: Weekday) -> Self {
        match day {
            Weekday::Mon => Self::Mon,
            Weekday::Tue => Self::Tue,
            Weekday::Wed => Self::Wed,
            Weekday::Thu => Self::Thu,
            Weekday::Fri => Self::Fri,
            Weekday::Sat => Self::Sat,
            Weekday::Sun => Self::Sun,
        }
    }
}

/// What is tried on which days.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Plan {
    pub(crate) id: RowId,
    #[serde(flatten)]
    pub(crate) trial: Trial,
}

/// A plan without the id of its row: a strategy is tried once for one child.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trial {
    pub(crate) item: ItemId,
    /// The strategy's title when the plan was made: it stays readable when the bank no longer has it.
    #[serde(deserialize_with = "written::title")]
    pub(crate) title: String,
    pub(crate) profile: Option<ProfileId>,
    pub(crate) days: BTreeSet<Day>,
    pub(crate) since: NaiveDate,
    pub(crate) changed_at: DateTime<Utc>,
}

impl std::ops::Deref for Plan {
    type Target = Trial;

    fn deref(&self) -> &Trial {
        &self.trial
    }
}

impl FamilyRecord for Plan {
    const TABLE: Table = Table::Plans;

    fn id(&self) -> &str {
        self.id.as_str()
    }
}

/// What a person chooses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TryRequest {
    /// The strategy.
    pub item: ItemId,
    /// For whom, if for anybody in particular.
    pub profile: Option<ProfileId>,
    /// On which days; at least one.
    pub days: BTreeSet<Day>,
}

/// The week that today is in, with what is tried.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Week {
    /// Its Monday.
    pub from: NaiveDate,
    /// Its Sunday.
    pub to: NaiveDate,
    /// What is tried, in the order in which it was begun.
    pub plans: Vec<PlanView>,
}

/// A strategy that is tried this week. A day on which it was not done is not a miss: nothing counts those.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct PlanView {
    /// The strategy.
    pub item: ItemId,
    /// Its name for people, the newest known.
    pub title: String,
    /// For whom, if for anybody in particular.
    pub profile: Option<ProfileId>,
    /// What they are called.
    pub nickname: Option<String>,
    /// On which days.
    pub days: BTreeSet<Day>,
    /// The days of this week on which it was done.
    pub done: BTreeSet<Day>,
    /// Since when.
    pub since: NaiveDate,
    /// How far the strategy can be relied on today. What is withdrawn is no longer to be tried.
    pub currency: Currency,
    /// Whether the bank still lists it. If not: check with the service.
    pub listed: bool,
    /// Who checked it, or since when and why it is withdrawn; absent if it is not listed.
    pub review: Option<Review>,
}

/// Plans a strategy, or gives its plan other days.
pub(crate) fn try_this_week(
    bank: &Reading<'_>,
    family: &FamilyStore,
    request: &TryRequest,
    row: &RowId,
    now: DateTime<Utc>,
    today: NaiveDate,
) -> Result<(), Error> {
    if request.days.is_empty() {
        return Err(Error::Invalid("days"));
    }
    let strategy = strategy(bank, &request.item)?;
    if strategy.is_withdrawn {
        return Err(Error::Invalid("withdrawn"));
    }
    family.write(|writing| {
        if let Some(id) = &request.profile {
            known(writing, id)?;
        }
        let before = writing.all::<Plan>()?.into_iter().find(|it| it.is_of(&request.item, &request.profile));
        let (id, since) = before.map_or((row.clone(), today), |it| (it.id, it.trial.since));
        let trial = Trial {
            item: request.item.clone(),
            title: strategy.title.clone(),
            profile: request.profile.clone(),
            days: request.days.clone(),
            since,
            changed_at: now,
        };
        writing.put(&Plan { id, trial })
    })
}

/// Ends a plan. One that is not there is no fault. What was logged stays.
pub(crate) fn stop_trying(
    family: &FamilyStore,
    item: &ItemId,
    profile: &Option<ProfileId>,
) -> Result<(), Error> {
    family.write(|writing| match writing.all::<Plan>()?.into_iter().find(|it| it.is_of(item, profile)) {
        Some(plan) => writing.remove::<Plan>(plan.id()),
        None => Ok(()),
    })
}

impl Trial {
    pub(crate) fn is_of(&self, item: &ItemId, profile: &Option<ProfileId>) -> bool {
        self.item == *item && self.profile == *profile
    }
}

/// This week's plans, and on which of its days each was done.
pub(crate) fn week(
    bank: &Reading<'_>,
    family: &FamilyStore,
    freshness: &Freshness,
    today: NaiveDate,
) -> Result<Week, Error> {
    let (plans, profiles, log) = family
        .read(|reading| Ok((reading.all::<Plan>()?, reading.all::<Profile>()?, reading.all::<Entry>()?)))?;
    let from = today - Days::new(today.weekday().num_days_from_monday().into());
    let to = from + Days::new(6);
    let plans = plans
        .into_iter()
        .map(|Plan { trial, .. }| {
            let done = log
                .iter()
                .filter(|it| trial.is_of(&it.item, &it.profile) && (from..=to).contains(&it.on))
                .map(|it| it.on.weekday().into())
                .collect();
            let now = item(bank, &trial.item)?.map(|(_, now)| now);
            let profile = profiles.iter().find(|it| Some(&it.id) == trial.profile.as_ref());
            Ok(PlanView {
                title: now.as_ref().map_or(trial.title, |it| it.title.clone()),
                item: trial.item,
                nickname: profile.map(|it| it.nickname.as_str().to_owned()),
                profile: trial.profile,
                days: trial.days,
                done,
                since: trial.since,
                currency: now.as_ref().map_or(Currency::NotChecked, |it| freshness.of(&it.review.status)),
                listed: now.is_some(),
                review: now.map(|it| it.review),
            })
        })
        .collect::<Result<_, Error>>()?;
    Ok(Week { from, to, plans })
}
