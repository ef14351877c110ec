//! A child or a class: what is often used at their age comes first and says so. Nothing is hidden for it, and none is needed.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use otsupport_wire::snapshot::{Ages, Setting};
use serde::{Deserialize, Serialize};

use super::ids::{Place, ProfileId};
use super::log::Entry;
use super::plan::Plan;
use super::preferences::Preferences;
use super::written::Nickname;
use crate::error::Error;
use crate::storage::{FamilyRecord, FamilyStore, FamilyWriting, Table};

/// The oldest that a profile may be, in years: services end at 25 (SEND code of practice).
const OLDEST: u8 = 25;

/// For whom the family or the teacher is looking.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its id.
    pub id: ProfileId,
    /// What they are called here.
    pub nickname: Nickname,
    /// One child or a class.
    pub kind: ProfileKind,
    /// How old they are, if it was said.
    pub age: Option<Age>,
    /// Where they need help; none means everywhere.
    pub settings: BTreeSet<Setting>,
    /// When it was last changed.
    pub changed_at: DateTime<Utc>,
}

/// One child or a class.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProfileKind {
    /// One child.
    Child,
    /// A class or a group.
    Class,
}

/// How old somebody is, as far as it was said.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Age {
    /// Between two ages in years, both included.
    Band(Ages),
    /// By the month of birth, so that it grows with the child.
    Born(BirthMonth),
}

/// A year and a month, as `2021-05`. The day is nobody's business.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct BirthMonth {
    year: i32,
    month: u32,
}

/// A text that is no month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a month is written as 2021-05")]
pub struct NotAMonth;

impl FromStr for BirthMonth {
    type Err = NotAMonth;

    fn from_str(text: &str) -> Result<Self, NotAMonth> {
        let first = format!("{text}-01");
        let day = NaiveDate::parse_from_str(&first, "%Y-%m-%d").map_err(|_| NotAMonth)?;
        let month = Self { year: day.year(), month: day.month() };
        // One way to write it.
        if month.to_string() == text { Ok(month) } else { Err(NotAMonth) }
    }
}

impl TryFrom<String> for BirthMonth {
    type Error = NotAMonth;

    fn try_from(text: String) -> Result<Self, NotAMonth> {
        text.parse()
    }
}

impl From<BirthMonth> for String {
    fn from(month: BirthMonth) -> String {
        month.to_string()
    }
}

impl fmt::Display for BirthMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl Age {
    /// The ages in whole years that are meant on `today`.
    pub fn on(self, today: NaiveDate) -> Ages {
        match self {
            Self::Band(ages) => ages,
            Self::Born(BirthMonth { year, month }) => {
                let years = today.year() - year - i32::from(today.month() < month);
                let years = u8::try_from(years.max(0)).unwrap_or(u8::MAX);
                Ages { from: years, to: years }
            }
        }
    }

    fn is_sound(self, today: NaiveDate) -> bool {
        match self {
            Self::Band(Ages { from, to }) => from <= to && to <= OLDEST,
            Self::Born(BirthMonth { year, month }) => {
                let begun = (year, month) <= (today.year(), today.month());
                begun && self.on(today).to <= OLDEST
            }
        }
    }
}

/// What a person fills in for a child or a class.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProfileRequest {
    /// A nickname of at most 40 characters that no other profile has.
    pub nickname: String,
    /// One child or a class.
    pub kind: ProfileKind,
    /// How old they are, if the person says so.
    pub age: Option<Age>,
    /// Where they need help; none means everywhere.
    pub settings: BTreeSet<Setting>,
}

impl FamilyRecord for Profile {
    const TABLE: Table = Table::Profiles;

    fn id(&self) -> &str {
        self.id.as_str()
    }
}

/// The profiles in the family's order.
pub(crate) fn profiles(family: &FamilyStore) -> Result<Vec<Profile>, Error> {
    family.read(|reading| reading.all())
}

/// Makes a profile, or changes the one with this id.
pub(crate) fn put_profile(
    family: &FamilyStore,
    place: &Place<ProfileId>,
    request: &ProfileRequest,
    now: DateTime<Utc>,
    today: NaiveDate,
) -> Result<Profile, Error> {
    let nickname = Nickname::of(&request.nickname)?.ok_or(Error::Invalid("nickname"))?;
    if request.age.is_some_and(|it| !it.is_sound(today)) {
        return Err(Error::Invalid("age"));
    }
    let profile = Profile {
        id: place.id().clone(),
        nickname,
        kind: request.kind,
        age: request.age,
        settings: request.settings.clone(),
        changed_at: now,
    };
    family.write(|writing| {
        if !place.is_new() {
            known(writing, place.id())?;
        }
        let others: Vec<Profile> = writing.all()?;
        if others.iter().any(|it| it.id != profile.id && it.nickname.is_same(&profile.nickname)) {
            return Err(Error::Invalid("nickname-taken"));
        }
        writing.put(&profile)
    })?;
    Ok(profile)
}

/// Removes a profile. Its plans go with it; its log goes only if asked for, and stays nobody's otherwise.
pub(crate) fn remove_profile(
    family: &FamilyStore,
    id: &ProfileId,
    with_log: bool,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    family.write(|writing| {
        known(writing, id)?;
        for plan in writing.all::<Plan>()?.iter().filter(|it| it.profile.as_ref() == Some(id)) {
            writing.remove::<Plan>(plan.id())?;
        }
        for mut entry in writing.all::<Entry>()?.into_iter().filter(|it| it.profile.as_ref() == Some(id)) {
            if with_log {
                writing.remove::<Entry>(entry.id())?;
            } else {
                entry.profile = None;
                entry.changed_at = now;
                writing.put(&entry)?;
            }
        }
        let mut preferences = Preferences::of(writing.all()?);
        if preferences.profile.as_ref() == Some(id) {
            preferences.profile = None;
            preferences.changed_at = Some(now);
            writing.put(&preferences)?;
        }
        writing.remove::<Profile>(id.as_str())
    })
}

/// The profile with this id, or that there is none.
pub(super) fn known(writing: &FamilyWriting<'_>, id: &ProfileId) -> Result<Profile, Error> {
    writing.get(id.as_str())?.ok_or(Error::Invalid("profile"))
}
