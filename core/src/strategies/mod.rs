//! The strategy bank: browse, search, read, keep.

mod view;

#[cfg(feature = "phone")]
mod browse;
#[cfg(feature = "phone")]
pub(crate) mod change;
#[cfg(feature = "phone")]
mod currency;
#[cfg(feature = "phone")]
mod search;
#[cfg(feature = "phone")]
mod shelf;
#[cfg(feature = "phone")]
mod show;
#[cfg(feature = "phone")]
mod signpost;

#[cfg(feature = "phone")]
pub(crate) use browse::{browse, service, topics};
#[cfg(feature = "phone")]
pub(crate) use currency::Freshness;
#[cfg(feature = "phone")]
pub(crate) use search::search;
#[cfg(feature = "phone")]
pub(crate) use shelf::{save, saved, unsave};
#[cfg(feature = "phone")]
pub(crate) use show::show;
#[cfg(feature = "phone")]
pub(crate) use signpost::{open_signpost, signpost};

pub use view::{
    Card, ChangedPart, Changes, Currency, Filter, Gone, Help, ItemView, Kind, Match, MediaView, NoteWarning,
    OpenedSignpost, Page, SavedItem, Search, SearchAnswer, SectionView, ServiceView, SignpostRequest,
    SignpostView, TopicView, VariantChoice,
};
