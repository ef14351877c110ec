//! The strategy bank: browse, search, read, keep, try, and tell how it went.

mod view;

#[cfg(feature = "phone")]
mod browse;
#[cfg(feature = "phone")]
pub(crate) mod change;
#[cfg(feature = "phone")]
mod currency;
#[cfg(feature = "phone")]
mod ids;
#[cfg(feature = "phone")]
mod list;
#[cfg(feature = "phone")]
mod log;
#[cfg(feature = "phone")]
mod media;
#[cfg(feature = "phone")]
mod paper;
#[cfg(feature = "phone")]
mod plan;
#[cfg(feature = "phone")]
mod preferences;
#[cfg(feature = "phone")]
mod profile;
#[cfg(feature = "phone")]
mod record;
#[cfg(feature = "phone")]
mod search;
#[cfg(feature = "phone")]
mod shelf;
#[cfg(feature = "phone")]
mod show;
#[cfg(feature = "phone")]
mod signpost;
#[cfg(feature = "phone")]
mod warnings;
#[cfg(feature = "phone")]
mod written;

#[cfg(feature = "phone")]
pub(crate) use browse::{browse, service, topics};
#[cfg(feature = "phone")]
pub(crate) use currency::Freshness;
#[cfg(feature = "phone")]
pub use ids::{EntryId, ListId, LookoutId, NotAnId, ProfileId};
#[cfg(feature = "phone")]
pub(crate) use ids::{Place, RowId};
#[cfg(feature = "phone")]
pub use list::List;
#[cfg(feature = "phone")]
pub(crate) use list::{lists, put_list, remove_list};
#[cfg(feature = "phone")]
pub use log::{Entry, LogRequest, Logged, PracticeResult};
#[cfg(feature = "phone")]
pub(crate) use log::{entries, log, unlog};
#[cfg(feature = "phone")]
pub(crate) use media::{MediaChoice, media, names, saved_blobs};
#[cfg(feature = "phone")]
pub use plan::{Day, PlanView, TryRequest, Week};
#[cfg(feature = "phone")]
pub(crate) use plan::{Plan, Trial, stop_trying, try_this_week, week};
#[cfg(feature = "phone")]
pub use preferences::{KeepMedia, MediaBudget, Preferences, View};
#[cfg(feature = "phone")]
pub(crate) use preferences::{Lens, choose_media, choose_profile, choose_reminders, preferences, set_view};
#[cfg(feature = "phone")]
pub use profile::{Age, BirthMonth, NotAMonth, Profile, ProfileKind, ProfileRequest};
#[cfg(feature = "phone")]
pub(crate) use profile::{profiles, put_profile, remove_profile};
#[cfg(feature = "phone")]
pub(crate) use record::record;
#[cfg(feature = "phone")]
pub use record::{Line, Next, Practised, Record, RecordRequest, Results};
#[cfg(feature = "phone")]
pub(crate) use search::{Indexing, Memory, Table, index_all, is_missing, search, told_by};
#[cfg(feature = "phone")]
pub(crate) use shelf::{Shelved, arrange, put_copy, save, saved, unsave};
#[cfg(feature = "phone")]
pub(crate) use show::{is_withdrawn, show};
#[cfg(feature = "phone")]
pub(crate) use signpost::{may_name_a_child, open_signpost, signpost, signpost_sheet};
#[cfg(feature = "phone")]
pub use warnings::Warnings;
#[cfg(feature = "phone")]
pub(crate) use written::visible;
#[cfg(feature = "phone")]
pub use written::{AnswerForm, BadText, ListName, Nickname, Note, Question, ReplyAddress, Who};

pub use view::{
    Card, ChangedPart, Changes, Currency, Filter, Gone, Help, ItemView, Kind, Match, MediaView, NoteWarning,
    OpenedSignpost, Page, Run, SavedItem, Search, SearchAnswer, SectionView, ServiceView, SignpostRequest,
    SignpostView, TopicView, VariantChoice,
};
