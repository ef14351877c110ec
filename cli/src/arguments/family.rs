//! What can be typed about what the family keeps.

use chrono::NaiveDate;
use clap::{Args, Subcommand, ValueEnum};
use otsupport_core::strategies::{self, BirthMonth, EntryId};

use super::Setting;

#[derive(Subcommand)]
pub(crate) enum FamilyCommand {
    /// List your named lists.
    Lists,
    /// Make a named list, or give it these strategies in this order.
    List {
        /// What you call it.
        name: String,
        /// The strategies' ids.
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// Remove a named list. Its strategies stay on your shelf.
    Unlist {
        /// What you call it.
        name: String,
    },
    /// List the children and classes.
    Profiles,
    /// Add, change, choose or remove a child or a class.
    #[command(subcommand)]
    Profile(ProfileCommand),
    /// Try a strategy on days of the week, until you stop.
    Try {
        /// The strategy's id.
        id: String,
        /// The days, such as mon,wed,fri.
        #[arg(long, required = true, value_name = "DAYS", value_delimiter = ',', ignore_case = true)]
        days: Vec<Day>,
        /// With whom: a nickname. A new one is added.
        #[arg(long, value_name = "P")]
        profile: Option<String>,
    },
    /// Stop trying a strategy. What you wrote down stays.
    Untry {
        /// The strategy's id.
        id: String,
        /// With whom.
        #[arg(long, value_name = "P")]
        profile: Option<String>,
    },
    /// Show what you try this week.
    Week,
    /// Write down how it went.
    Log {
        /// The strategy's id.
        id: String,
        /// How it went.
        #[arg(long, value_name = "R")]
        result: PracticeResult,
        /// The day, such as 2026-11-24; today if you do not say.
        #[arg(long, value_name = "DATE")]
        on: Option<NaiveDate>,
        /// Who was there, such as Grandad.
        #[arg(long, value_name = "T", default_value = "", allow_hyphen_values = true)]
        who: String,
        /// With which child: a nickname. A new one is added.
        #[arg(long, value_name = "P")]
        profile: Option<String>,
        /// A few words.
        #[arg(long, value_name = "T", default_value = "", allow_hyphen_values = true)]
        note: String,
        /// Change this line instead of writing a new one.
        #[arg(long, value_name = "ENTRY")]
        change: Option<EntryId>,
    },
    /// Remove a line that you wrote down. `record --json` names the lines.
    Unlog {
        /// The line's id.
        entry: EntryId,
    },
    /// Make the strategy record that services ask for.
    Record(RecordFields),
    /// Look at the hub as a family or as school staff; without a word, say which. Either shows everything.
    View {
        /// Which.
        view: Option<View>,
    },
}

#[derive(Subcommand)]
pub(crate) enum ProfileCommand {
    /// Add a child or a class.
    Add {
        /// A nickname, never a full name.
        nickname: String,
        #[command(flatten)]
        fields: ProfileFields,
    },
    /// Say anew how old they are and where they need help, or what they are called.
    Change {
        /// What they are called now.
        nickname: String,
        /// What they are to be called.
        #[arg(long, value_name = "P")]
        rename: Option<String>,
        #[command(flatten)]
        fields: ProfileFields,
    },
    /// What suits them comes first from now on. Nothing is hidden.
    Choose {
        /// What they are called; nobody in particular without it.
        nickname: Option<String>,
    },
    /// Remove a child or a class with its plans.
    Remove {
        /// What they are called.
        nickname: String,
        /// Remove what you wrote down about them too; it stays otherwise, without the name.
        #[arg(long)]
        with_log: bool,
    },
}

#[derive(Args)]
pub(crate) struct ProfileFields {
    /// A class or a group, not one child.
    #[arg(long)]
    pub(crate) class: bool,
    /// Between which ages, such as 3-6.
    #[arg(long, value_name = "A-B", value_parser = ages, conflicts_with = "born")]
    pub(crate) ages: Option<strategies::Age>,
    /// The month of birth, such as 2021-05. The day is nobody's business.
    #[arg(long, value_name = "MONTH")]
    pub(crate) born: Option<BirthMonth>,
    /// Where help is needed, such as home,school.
    #[arg(long, value_name = "S", value_delimiter = ',')]
    pub(crate) settings: Vec<Setting>,
}

/// `3-6`, or `4` for one age.
fn ages(typed: &str) -> Result<strategies::Age, String> {
    let (from, to) = typed.split_once(['-', '–']).unwrap_or((typed, typed));
    let age = |text: &str| text.trim().parse::<u8>().map_err(|_| "two ages such as 3-6".to_owned());
    Ok(strategies::Age::Band(otsupport_core::wire::snapshot::Ages { from: age(from)?, to: age(to)? }))
}

#[derive(Args)]
pub(crate) struct RecordFields {
    /// The first day; twelve weeks before the last if you do not say.
    #[arg(long, value_name = "DATE")]
    pub(crate) from: Option<NaiveDate>,
    /// The last day; today if you do not say.
    #[arg(long, value_name = "DATE")]
    pub(crate) to: Option<NaiveDate>,
    /// json, csv (for a spreadsheet) or html (a page to print); a preview without it.
    #[arg(long, value_name = "F")]
    pub(crate) format: Option<Format>,
    /// One child or class only.
    #[arg(long, value_name = "P")]
    pub(crate) profile: Option<String>,
    /// Put your notes in. They are out otherwise.
    #[arg(long)]
    pub(crate) notes: bool,
    /// Leave nicknames out.
    #[arg(long)]
    pub(crate) no_names: bool,
    /// Leave out who was there.
    #[arg(long)]
    pub(crate) no_who: bool,
    /// Leave out these lines.
    #[arg(long, value_name = "ENTRY", value_delimiter = ',')]
    pub(crate) leave_out: Vec<EntryId>,
    /// Leave out the notes of these lines.
    #[arg(long, value_name = "ENTRY", value_delimiter = ',')]
    pub(crate) leave_out_note: Vec<EntryId>,
    /// Leave out who was there in these lines.
    #[arg(long, value_name = "ENTRY", value_delimiter = ',')]
    pub(crate) leave_out_who: Vec<EntryId>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Json,
    Csv,
    Html,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum View {
    Family,
    School,
}

impl From<View> for strategies::View {
    fn from(typed: View) -> Self {
        match typed {
            View::Family => Self::Family,
            View::School => Self::School,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl From<Day> for strategies::Day {
    fn from(typed: Day) -> Self {
        match typed {
            Day::Mon => Self::Mon,
            Day::Tue => Self::Tue,
            Day::Wed => Self::Wed,
            Day::Thu => Self::Thu,
            Day::Fri => Self::Fri,
            Day::Sat => Self::Sat,
            Day::Sun => Self::Sun,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum PracticeResult {
    Helped,
    Partly,
    Not,
    Stopped,
}

impl From<PracticeResult> for strategies::PracticeResult {
    fn from(typed: PracticeResult) -> Self {
        match typed {
            PracticeResult::Helped => Self::Helped,
            PracticeResult::Partly => Self::Partly,
            PracticeResult::Not => Self::Not,
            PracticeResult::Stopped => Self::Stopped,
        }
    }
}
