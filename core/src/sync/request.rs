//! What a sync is asked for, and when it is held back.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::report::Reason;

/// Who wants a sync.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Started {
    /// A person asked for it: it is tried now.
    #[default]
    ByPerson,
    /// The phone runs it by itself: it waits its turn.
    ByItself,
}

/// What the network is, as far as the phone tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum NetworkLink {
    /// Nobody pays by the byte.
    #[default]
    Unmetered,
    /// The family pays by the byte. Texts, recalls and events go all the same: they are kilobytes, and are counted.
    Metered,
    /// In another country, where a byte may cost much: only a person's own wish goes.
    Roaming,
    /// The system lets this app send nothing while it is not on the screen.
    Blocked,
}

impl NetworkLink {
    /// Whether its bytes are paid for.
    pub(crate) fn is_metered(self) -> bool {
        self != Self::Unmetered
    }
}

/// How far a sync has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress {
    /// The hub is asked for news.
    Asking,
    /// The news is fetched.
    Fetching {
        /// How many bytes have come of it.
        bytes: u64,
        /// How many it has at most.
        most: u64,
    },
    /// The news is all here and is taken in.
    TakingIn,
}

/// Somebody who wants to know how far a sync has come. It is called on the thread of the sync, with nothing locked; it should return at
/// once.
pub trait SyncListener: Send + Sync {
    /// The sync has come so far.
    fn progress(&self, progress: Progress);
}

/// A sync that is asked for.
#[derive(Clone, Default)]
pub struct SyncRequest {
    /// The address of the hub's site.
    pub site: String,
    /// Who wants it.
    pub started: Started,
    /// Over what.
    pub link: NetworkLink,
    /// Who wants to know how far it has come. Whoever joins a sync under way is told of its end alone.
    pub listener: Option<Arc<dyn SyncListener>>,
}

impl From<&str> for SyncRequest {
    /// A person's own wish.
    fn from(site: &str) -> Self {
        Self { site: site.to_owned(), ..Self::default() }
    }
}

impl fmt::Debug for SyncRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { site, started, link, listener } = self;
        let listens = listener.is_some();
        f.debug_struct("SyncRequest")
            .field("site", site)
            .field("started", started)
            .field("link", link)
            .field("listens", &listens)
            .finish()
    }
}

/// Why a sync is not run now; `None` if it is.
pub(crate) fn held_back(
    started: Started,
    link: NetworkLink,
    not_before: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Option<Reason> {
    match (started, link) {
        // With the app on the screen the system lets it go.
        (Started::ByPerson, _) => None,
        (Started::ByItself, NetworkLink::Blocked) => Some(Reason::BackgroundBlocked),
        (Started::ByItself, NetworkLink::Roaming) => Some(Reason::Roaming),
        (Started::ByItself, NetworkLink::Unmetered | NetworkLink::Metered) => {
            not_before.is_some_and(|it| now < it).then_some(Reason::Waiting)
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_person_is_never_held_back_and_the_phone_waits_its_turn() {
        let now = DateTime::UNIX_EPOCH;
        let later = Some(now + TimeDelta::seconds(1));
        for (started, link, not_before, expected) in [
            (Started::ByPerson, NetworkLink::Unmetered, later, None),
            (Started::ByPerson, NetworkLink::Roaming, later, None),
            (Started::ByPerson, NetworkLink::Blocked, None, None),
            (Started::ByItself, NetworkLink::Unmetered, None, None),
            (Started::ByItself, NetworkLink::Metered, None, None),
            (Started::ByItself, NetworkLink::Unmetered, Some(now), None),
            (Started::ByItself, NetworkLink::Unmetered, later, Some(Reason::Waiting)),
            (Started::ByItself, NetworkLink::Metered, later, Some(Reason::Waiting)),
            (Started::ByItself, NetworkLink::Roaming, None, Some(Reason::Roaming)),
            (Started::ByItself, NetworkLink::Blocked, None, Some(Reason::BackgroundBlocked)),
        ] {
            assert_eq!(held_back(started, link, not_before, now), expected, "{started:?} {link:?}");
        }
    }
}
