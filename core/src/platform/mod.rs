//! The outside world as traits, with the default for each: what time it is, how to fetch, who keeps the family's key.

mod clock;
mod folder;
mod http;
mod key;
mod network;

use std::sync::Arc;

pub(crate) use clock::day_in_london;
pub use clock::{Clock, FixedClock, SystemClock};
pub use folder::Folder;
pub use http::{Answer, Exchange, Exchanging, Fetching, Get, Http, HttpFault, Method, Reply, Resume, Sink};
pub use key::{FileKey, GivenKey, KeyFault, KeyStore};
pub(crate) use network::host;
pub use network::{Network, Patience};

/// What a hub needs of the world around it.
#[derive(Clone)]
pub struct Platform {
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// How to fetch.
    pub http: Arc<dyn Http>,
    /// Who keeps the family's key.
    pub keys: Arc<dyn KeyStore>,
}

impl Platform {
    /// The system's clock and network, with the key from `keys`.
    pub fn with_key(keys: Arc<dyn KeyStore>) -> Self {
        Self { clock: Arc::new(SystemClock), http: Arc::new(Network::new()), keys }
    }
}
