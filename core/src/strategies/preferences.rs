//! How the family looks at the bank: as a family or as school staff, and for whom. It orders and labels; it hides nothing.

use chrono::{DateTime, NaiveDate, Utc};
use otsupport_wire::snapshot::{Ages, Audience};
use rusqlite::types::Value;
use serde::{Deserialize, Serialize};

use super::ids::ProfileId;
use super::profile::{Profile, known};
use crate::error::Error;
use crate::reminders::planner::ReminderPreferences;
use crate::storage::{FamilyRecord, FamilyStore, Table, audience_bit, setting_bit};

/// The two ways to look at the hub. A switch, no boundary: either sees everything.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum View {
    /// For parents and carers: what is for families comes first.
    #[default]
    Family,
    /// The professional space: resources, guidance and training for school staff come first.
    School,
}

/// Which sound, photographs and papers come by themselves. Line pictures are always here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeepMedia {
    /// None: each is fetched when it is asked for.
    #[default]
    OnDemand,
    /// Those of saved items.
    Saved,
    /// All that there is room for; those of saved items first.
    All,
}

/// The most bytes that media may take on the phone. What belongs to saved items may go beyond it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MediaBudget(pub u64);

impl Default for MediaBudget {
    /// 200 MB.
    fn default() -> Self {
        Self(200_000_000)
    }
}

/// What the family chose.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preferences {
    /// How they look at the hub.
    pub view: View,
    /// For whom they are looking, if for anybody.
    pub profile: Option<ProfileId>,
    /// Which media come by themselves. Safety copies of before do not say.
    #[serde(default)]
    pub media: KeepMedia,
    /// The most bytes that media may take.
    #[serde(default)]
    pub media_budget: MediaBudget,
    /// What they chose about reminders.
    #[serde(default)]
    pub reminders: ReminderPreferences,
    /// When this was last changed; absent if it never was.
    pub changed_at: Option<DateTime<Utc>>,
}

impl Preferences {
    /// The one row, or what holds before there is one.
    pub(crate) fn of(rows: Vec<Self>) -> Self {
        rows.into_iter().next().unwrap_or_default()
    }
}

impl FamilyRecord for Preferences {
    const TABLE: Table = Table::Preferences;

    fn id(&self) -> &str {
        "preferences"
    }
}

pub(crate) fn preferences(family: &FamilyStore) -> Result<Preferences, Error> {
    family.read(|reading| Ok(Preferences::of(reading.all()?)))
}

/// Switches the view.
pub(crate) fn set_view(family: &FamilyStore, view: View, now: DateTime<Utc>) -> Result<Preferences, Error> {
    family.write(|writing| {
        let before = Preferences::of(writing.all()?);
        let preferences = Preferences { view, changed_at: Some(now), ..before };
        writing.put(&preferences)?;
        Ok(preferences)
    })
}

/// Chooses for whom to look; `None` for nobody in particular.
pub(crate) fn choose_profile(
    family: &FamilyStore,
    profile: Option<&ProfileId>,
    now: DateTime<Utc>,
) -> Result<Preferences, Error> {
    family.write(|writing| {
        if let Some(id) = profile {
            known(writing, id)?;
        }
        let before = Preferences::of(writing.all()?);
        let preferences = Preferences { profile: profile.cloned(), changed_at: Some(now), ..before };
        writing.put(&preferences)?;
        Ok(preferences)
    })
}

/// Chooses which media come by themselves, and how many bytes all media may take.
pub(crate) fn choose_media(
    family: &FamilyStore,
    media: KeepMedia,
    media_budget: MediaBudget,
    now: DateTime<Utc>,
) -> Result<Preferences, Error> {
    family.write(|writing| {
        let before = Preferences::of(writing.all()?);
        let preferences = Preferences { media, media_budget, changed_at: Some(now), ..before };
        writing.put(&preferences)?;
        Ok(preferences)
    })
}

/// Chooses about reminders.
pub(crate) fn choose_reminders(
    family: &FamilyStore,
    reminders: &ReminderPreferences,
    now: DateTime<Utc>,
) -> Result<Preferences, Error> {
    family.write(|writing| {
        let before = Preferences::of(writing.all()?);
        let preferences = Preferences { reminders: reminders.clone(), changed_at: Some(now), ..before };
        writing.put(&preferences)?;
        Ok(preferences)
    })
}

/// What the bank is looked at through: who looks, and for whom.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Lens {
    view: View,
    ages: Option<Ages>,
    places: u8,
}

impl Lens {
    /// The lens that the family chose. Where it cannot be read, the bank is looked at plainly.
    pub(crate) fn read(family: &FamilyStore, today: NaiveDate) -> Self {
        let chosen = family.read(|reading| {
            let Preferences { view, profile, .. } = Preferences::of(reading.all()?);
            let profiles: Vec<Profile> = if profile.is_some() { reading.all()? } else { Vec::new() };
            Ok((view, profiles.into_iter().find(|it| Some(&it.id) == profile.as_ref())))
        });
        let Ok((view, profile)) = chosen else { return Self::default() };
        let places = profile.iter().flat_map(|it| &it.settings).fold(0, |bits, it| bits | setting_bit(*it));
        Self { view, ages: profile.and_then(|it| it.age).map(|it| it.on(today)), places }
    }

    /// Whether an item is often used at this age and place; nothing without an age or a place. For SQL over `items`.
    pub(super) const SUITS: &str = "CASE WHEN :young IS NOT NULL OR :places THEN
        (:young IS NULL OR age_from IS NULL OR (age_from <= :old AND age_to >= :young))
        AND (NOT :places OR NOT settings OR settings & :places <> 0) END";

    /// How much an item is for whoever looks, from 0 to 2: staff look for their resources first. For SQL over `items`.
    pub(super) const FOR_VIEW: &str =
        "((NOT audiences OR audiences & :eyes <> 0) + (:eyes = 2 AND audiences = 2))";

    /// Who looks.
    pub(crate) fn view(&self) -> View {
        self.view
    }

    /// The values that [`Self::SUITS`] asks for.
    pub(super) fn suiting(&self) -> [(&'static str, Value); 3] {
        [
            (":young", self.ages.map(|it| it.from).into()),
            (":old", self.ages.map(|it| it.to).into()),
            (":places", self.places.into()),
        ]
    }

    /// The value that [`Self::FOR_VIEW`] asks for.
    pub(super) fn eyes(&self) -> (&'static str, Value) {
        let audience = match self.view {
            View::Family => Audience::Family,
            View::School => Audience::School,
        };
        (":eyes", audience_bit(audience).into())
    }
}
