//! What can be typed about events and reminders.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use clap::{Args, Subcommand, ValueEnum};
use otsupport_core::reminders::calendar::Category;
use otsupport_core::reminders::planner::{DayLead, Lead, NotificationKind, QuietHours};
use otsupport_core::reminders::recurrence::When;
use otsupport_core::reminders::{SERVICE_ZONE, Tz};

#[derive(Subcommand)]
pub(crate) enum EventCommand {
    /// List workshops, training and drop-ins.
    Events {
        /// From when on: a day, or an instant (RFC 3339); now if you do not say.
        #[arg(long, value_name = "T", value_parser = instant)]
        from: Option<DateTime<Utc>>,
        /// Until when; a year later if you do not say.
        #[arg(long, value_name = "T", value_parser = instant)]
        to: Option<DateTime<Utc>>,
        /// One kind only.
        #[arg(long, value_name = "C")]
        category: Option<CategoryArgument>,
        /// Only those that you follow.
        #[arg(long)]
        followed: bool,
        /// The most to list.
        #[arg(long, value_name = "N")]
        limit: Option<usize>,
        /// How many to leave out first.
        #[arg(long, value_name = "N", default_value_t = 0)]
        offset: usize,
    },
    /// Follow an event, or look out for new ones of a kind.
    Follow(FollowArguments),
    /// Follow an event no longer, or look out no longer.
    Unfollow {
        /// The event's UID, or the lookout's id.
        uid: String,
    },
    /// List what you look out for.
    Lookouts,
    /// Say that you have a place.
    Booked {
        /// The event's UID.
        uid: String,
        /// Say that you have none.
        #[arg(long)]
        no: bool,
    },
    /// Print a calendar file with an event, or with all that you follow.
    Calendar {
        /// The event's UID.
        uid: Option<String>,
    },
    /// Show or change what you chose about reminders.
    Prefs(PrefsArguments),
    /// List the reminders that are planned.
    Reminders,
}

#[derive(Args)]
pub(crate) struct FollowArguments {
    /// The event's UID.
    #[arg(required_unless_present_any = ["category", "topic", "borough", "profile"])]
    pub(crate) uid: Option<String>,
    /// New events of this kind.
    #[arg(long, value_name = "C", conflicts_with = "uid")]
    pub(crate) category: Option<CategoryArgument>,
    /// New events on this topic.
    #[arg(long, value_name = "T", conflicts_with = "uid")]
    pub(crate) topic: Option<String>,
    /// New events in this borough.
    #[arg(long, value_name = "B", conflicts_with = "uid")]
    pub(crate) borough: Option<String>,
    /// New events for this child's age: a nickname.
    #[arg(long, value_name = "P", conflicts_with = "uid")]
    pub(crate) profile: Option<String>,
}

#[derive(Args)]
pub(crate) struct PrefsArguments {
    /// How long before an event, such as P1D,PT2H; off for never.
    #[arg(long, value_name = "LEADS", value_parser = list::<Lead>)]
    pub(crate) events: Option<Many<Lead>>,
    /// When before an event of whole days, such as -1@18:00; off for never.
    #[arg(long, value_name = "DAYS", allow_hyphen_values = true, value_parser = list::<DayLead>)]
    pub(crate) all_day: Option<Many<DayLead>>,
    /// How long before booking closes, such as P2D; off for never.
    #[arg(long, value_name = "LEADS", value_parser = list::<Lead>)]
    pub(crate) deadlines: Option<Many<Lead>>,
    /// When the phone keeps quiet, such as 22:00-07:00; off for never.
    #[arg(long, value_name = "HOURS", value_parser = or_off::<QuietHours>)]
    pub(crate) quiet: Option<Chosen<QuietHours>>,
    /// The zone to take for the phone's, such as Europe/London; off for its own.
    #[arg(long, value_name = "Z", value_parser = or_off::<Tz>)]
    pub(crate) zone: Option<Chosen<Tz>>,
    /// How far ahead to plan, such as P28D.
    #[arg(long, value_name = "P28D", value_parser = days)]
    pub(crate) horizon: Option<u32>,
    /// How many may be pending at once.
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u32>,
    /// Whether there are any at all.
    #[arg(long, value_name = "on|off")]
    pub(crate) notify: Option<Switch>,
    /// The kinds to switch off, such as new,practice; off for none.
    #[arg(long, value_name = "KINDS", value_parser = kinds)]
    pub(crate) without: Option<Many<NotificationKind>>,
    /// At which time to think of practice, such as 17:00.
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) practice: Option<NaiveTime>,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Switch {
    On,
    Off,
}

/// A list that was typed; clap takes a plain one for repeated values.
#[derive(Clone)]
pub(crate) struct Many<T>(pub(crate) Vec<T>);

/// Something that may be off.
#[derive(Clone)]
pub(crate) struct Chosen<T>(pub(crate) Option<T>);

fn list<T: std::str::FromStr<Err: ToString>>(typed: &str) -> Result<Many<T>, String> {
    if typed == "off" {
        return Ok(Many(Vec::new()));
    }
    let all = typed.split(',').map(|it| it.trim().parse().map_err(|it: T::Err| it.to_string()));
    all.collect::<Result<_, _>>().map(Many)
}

fn or_off<T: std::str::FromStr<Err: ToString>>(typed: &str) -> Result<Chosen<T>, String> {
    if typed == "off" {
        return Ok(Chosen(None));
    }
    typed.parse().map(|it| Chosen(Some(it))).map_err(|it: T::Err| it.to_string())
}

fn kinds(typed: &str) -> Result<Many<NotificationKind>, String> {
    if typed == "off" {
        return Ok(Many(Vec::new()));
    }
    let kind = |typed: &str| NotificationKind::ALL.into_iter().find(|it| it.as_str() == typed);
    typed
        .split(',')
        .map(|it| kind(it).ok_or_else(|| format!("there is no kind `{it}`")))
        .collect::<Result<_, _>>()
        .map(Many)
}

fn days(typed: &str) -> Result<u32, String> {
    let number = |unit: char| typed.strip_prefix('P')?.strip_suffix(unit)?.parse::<u32>().ok();
    number('D').or_else(|| number('W')?.checked_mul(7)).ok_or_else(|| "so many days, such as P28D".to_owned())
}

fn time(typed: &str) -> Result<NaiveTime, String> {
    NaiveTime::parse_from_str(typed, "%H:%M").map_err(|_| "a time such as 17:00".to_owned())
}

/// A day begins where the service is.
fn instant(typed: &str) -> Result<DateTime<Utc>, String> {
    let day = typed.parse::<NaiveDate>().ok().map(|it| When::On(it).instant(SERVICE_ZONE));
    day.or_else(|| typed.parse().ok()).ok_or_else(|| "a day such as 2027-01-31, or an instant".to_owned())
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum CategoryArgument {
    Workshop,
    Training,
    DropIn,
}

impl From<CategoryArgument> for Category {
    fn from(typed: CategoryArgument) -> Self {
        match typed {
            CategoryArgument::Workshop => Self::Workshop,
            CategoryArgument::Training => Self::Training,
            CategoryArgument::DropIn => Self::DropIn,
        }
    }
}
