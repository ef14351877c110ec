//! What can be typed about sound, photographs and papers.

use clap::{Args, ValueEnum};
use otsupport_core::strategies;

#[derive(Args)]
pub(crate) struct MediaArguments {
    /// Fetch everything of this item. The hub's address comes with --hub.
    #[arg(conflicts_with_all = ["keep", "budget", "fetch"])]
    pub(crate) id: Option<String>,
    /// Which come by themselves: none, those of saved items, or all that there is room for.
    #[arg(long, value_name = "K")]
    pub(crate) keep: Option<Keep>,
    /// The most that they may take, in MB. What belongs to saved items stays.
    #[arg(long, value_name = "MB")]
    pub(crate) budget: Option<u64>,
    /// Fetch now what is chosen.
    #[arg(long)]
    pub(crate) fetch: bool,
}

impl MediaArguments {
    /// Whether the hub is asked.
    pub(crate) fn needs_hub(&self) -> bool {
        self.id.is_some() || self.fetch
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Keep {
    OnDemand,
    Saved,
    All,
}

impl From<Keep> for strategies::KeepMedia {
    fn from(typed: Keep) -> Self {
        match typed {
            Keep::OnDemand => Self::OnDemand,
            Keep::Saved => Self::Saved,
            Keep::All => Self::All,
        }
    }
}
