//! How to fetch.

use std::future::Future;
use std::io::{self, Write};
use std::pin::Pin;
use std::time::Duration;

/// One request.
#[derive(Clone, Copy, Debug)]
pub struct Get<'a> {
    /// The site's address.
    pub site: &'a str,
    /// The path below it, such as `full/7.zst`.
    pub path: &'a str,
    /// The tag of what is already here.
    pub if_none_match: Option<&'a str>,
    /// The most bytes to take.
    pub limit: u64,
}

/// What came back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reply {
    /// What is here is still the newest (304).
    NotModified,
    /// The whole body was written (200).
    Body {
        /// Its tag.
        etag: Option<String>,
        /// How many bytes travelled.
        bytes: u64,
    },
    /// The hub is too busy and says how long to leave it alone (`Retry-After`, RFC 9110, section 10.2.3).
    Later(Duration),
    /// Another status.
    Status(u16),
}

/// Why nothing came back.
#[derive(Debug, thiserror::Error)]
pub enum HttpFault {
    /// There is no way to the network: no signal, no name service.
    #[error("no network")]
    NoNetwork,
    /// The network is there, the hub does not answer.
    #[error("the hub does not answer")]
    HubDown,
    /// Somebody answers for the hub without its certificate.
    #[error("the connection is intercepted")]
    Intercepted,
    /// The answer points elsewhere, as a log-in page of a public network does.
    #[error("redirected elsewhere")]
    Redirected,
    /// More bytes than asked for.
    #[error("the answer is too large")]
    TooLarge,
    /// The address is not one.
    #[error("not an address of a hub")]
    BadAddress,
    /// The bytes could not be kept.
    #[error("the answer could not be kept: {0}")]
    Kept(#[from] io::Error),
}

/// A request under way.
pub type Fetching<'a> = Pin<Box<dyn Future<Output = Result<Reply, HttpFault>> + Send + 'a>>;

/// Something that fetches.
pub trait Http: Send + Sync {
    /// Fetches `get` and writes the body to `into` as it comes. Dropping the future ends the request.
    fn get<'a>(&'a self, get: Get<'a>, into: &'a mut (dyn Write + Send)) -> Fetching<'a>;
}
