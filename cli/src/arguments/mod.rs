//! What can be typed.

mod copies;
mod enquiries;
mod events;
mod family;
mod media;

use std::io;
use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, Utc};
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use otsupport_core::strategies::{self, Filter, VariantChoice};
use otsupport_core::sync::NetworkLink;
use otsupport_core::wire::snapshot;
use otsupport_core::wire::{ItemId, Language, TopicSlug};

pub(crate) use copies::CopyCommand;
pub(crate) use enquiries::{EnquireArguments, EnquiryCommand};
pub(crate) use events::{EventCommand, FollowArguments, PrefsArguments, Switch};
pub(crate) use family::{FamilyCommand, Format, ProfileCommand, ProfileFields, RecordFields};
pub(crate) use media::MediaArguments;

/// The Children's OT Support Hub, offline first.
///
/// Everything but `sync` and fetching media works without a network. What you keep is sealed with a key in DIR/family.key, a file that only
/// you can read (mode 0600): whoever can read it can read what you wrote, and without it nobody can, not even you. Keep a
/// safety copy: `otsupport export FILE`.
#[derive(Parser)]
#[command(name = "otsupport", version, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Args)]
pub(crate) struct Global {
    /// Where to keep everything; made if missing.
    #[arg(long, global = true, value_name = "DIR", default_value = "otsupport-data")]
    pub(crate) data: PathBuf,
    /// The hub's address.
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) hub: Option<String>,
    /// The trusted root; read on first use, ignored afterwards.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) root: Option<PathBuf>,
    /// A folder with a published site to begin with.
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) seed: Option<PathBuf>,
    /// One JSON value on standard output, and no questions.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// What the clock says (RFC 3339), for planning ahead.
    #[arg(long, global = true, value_name = "T")]
    pub(crate) now: Option<DateTime<Utc>>,
    /// A language, such as fr; what does not exist in it is shown in English.
    #[arg(long, global = true, value_name = "L")]
    pub(crate) language: Option<Language>,
    /// Easy read, where it exists.
    #[arg(long, global = true)]
    pub(crate) easy: bool,
}

impl Global {
    pub(crate) fn variant(&self) -> VariantChoice {
        VariantChoice { language: self.language.clone(), easy: self.easy }
    }
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Ask the hub for news.
    Sync {
        /// As a job in the background does: it waits its turn.
        #[arg(long)]
        by_itself: bool,
        /// What the network is.
        #[arg(long, value_name = "LINK", default_value = "unmetered")]
        link: LinkArgument,
    },
    /// List the topics.
    Topics,
    /// List strategies and resources.
    Browse {
        #[command(flatten)]
        filter: FilterArguments,
        /// The most to list.
        #[arg(long, value_name = "N")]
        limit: Option<u32>,
        /// How many to leave out first.
        #[arg(long, value_name = "N", default_value_t = 0)]
        offset: u32,
    },
    /// Search in your own words.
    Search {
        /// What you would say.
        #[arg(required = true, value_name = "WORDS")]
        words: Vec<String>,
        #[command(flatten)]
        filter: FilterArguments,
        /// The most results.
        #[arg(long, value_name = "N")]
        limit: Option<u32>,
        /// The last word may be unfinished.
        #[arg(long)]
        as_you_type: bool,
    },
    /// Read a strategy or a resource.
    Show {
        /// Its id.
        id: String,
    },
    /// Keep strategies on your shelf.
    Save {
        /// Their ids.
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// Take strategies off your shelf.
    Unsave {
        /// Their ids.
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// List your shelf.
    Saved,
    /// Put these first on your shelf, in this order.
    Arrange {
        /// Their ids.
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    #[command(flatten)]
    Family(FamilyCommand),
    #[command(flatten)]
    Event(EventCommand),
    #[command(flatten)]
    Enquiry(EnquiryCommand),
    #[command(flatten)]
    Copy(CopyCommand),
    /// Make a link and a QR code that point a family to a few items. The hub's address comes with --hub.
    Signpost {
        /// The items' ids.
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
        /// A few plain words, 140 characters at most. Never a child's name: whoever has the link can read them.
        #[arg(long, value_name = "T", default_value = "")]
        note: String,
        /// The last day on which it is meant to be used, as 2027-03-31.
        #[arg(long, value_name = "D")]
        expires: Option<NaiveDate>,
        /// Write a sheet to print too: a page with the titles, the code, the addresses and the warnings.
        #[arg(long, value_name = "FILE")]
        sheet: Option<PathBuf>,
    },
    /// Show what a signpost's link leads to.
    Open {
        /// The link, in quotation marks.
        link: String,
    },
    /// Fetch an item's sound, photographs and papers, or choose which come by themselves; without a word, say what is chosen.
    Media(MediaArguments),
    /// Show what is stored here and how large it is.
    Storage,
    /// Play a family's day against a hub of its own; nothing stays behind.
    #[cfg(feature = "demo")]
    Demo {
        /// The content folder.
        #[arg(long, value_name = "DIR", default_value = "content")]
        content: PathBuf,
    },
    /// Print completions for a shell.
    Completions {
        /// Which shell.
        shell: Shell,
    },
}

#[derive(Args)]
pub(crate) struct FilterArguments {
    /// One topic only.
    #[arg(long, value_name = "T")]
    topic: Option<TopicSlug>,
    /// For whom.
    #[arg(long, value_name = "A")]
    audience: Option<Audience>,
    /// Where.
    #[arg(long, value_name = "S")]
    setting: Option<Setting>,
    /// An age in years.
    #[arg(long, value_name = "N")]
    age: Option<u8>,
    /// The most minutes it may take.
    #[arg(long, value_name = "N")]
    minutes: Option<u16>,
    /// Strategies only, or resources for school staff only.
    #[arg(long, value_name = "K")]
    kind: Option<Kind>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    Strategy,
    Resource,
}

#[derive(Clone, Copy, ValueEnum)]
enum Audience {
    Family,
    School,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Setting {
    Home,
    School,
}

impl From<Setting> for snapshot::Setting {
    fn from(typed: Setting) -> Self {
        match typed {
            Setting::Home => Self::Home,
            Setting::School => Self::School,
        }
    }
}

impl From<FilterArguments> for Filter {
    fn from(typed: FilterArguments) -> Self {
        Self {
            topic: typed.topic,
            audience: typed.audience.map(|it| match it {
                Audience::Family => snapshot::Audience::Family,
                Audience::School => snapshot::Audience::School,
            }),
            setting: typed.setting.map(snapshot::Setting::from),
            age: typed.age,
            minutes: typed.minutes,
            kind: typed.kind.map(|it| match it {
                Kind::Strategy => strategies::Kind::Strategy,
                Kind::Resource => strategies::Kind::Resource,
            }),
        }
    }
}

/// The ids; the first that is none is not in the bank either.
pub(crate) fn ids(typed: &[String]) -> Result<Vec<ItemId>, String> {
    typed.iter().map(|id| id.parse().map_err(|_| id.clone())).collect()
}

/// Prints the completions for `shell`.
pub(crate) fn completions(shell: Shell) {
    clap_complete::generate(shell, &mut Arguments::command(), "otsupport", &mut io::stdout());
}

/// What the network is.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum LinkArgument {
    Unmetered,
    Metered,
    Roaming,
    Blocked,
}

impl From<LinkArgument> for NetworkLink {
    fn from(typed: LinkArgument) -> Self {
        match typed {
            LinkArgument::Unmetered => Self::Unmetered,
            LinkArgument::Metered => Self::Metered,
            LinkArgument::Roaming => Self::Roaming,
            LinkArgument::Blocked => Self::Blocked,
        }
    }
}
