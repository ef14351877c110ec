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
    /// The most bytes that the whole body may have.
    pub limit: u64,
    /// Where to go on, for a body whose beginning is here.
    pub from: Option<Resume<'a>>,
}

/// From which byte on a body is asked for, and what is known of the whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Resume<'a> {
    /// How many bytes are here; 0 asks for the whole.
    pub offset: u64,
    /// The tag that they came with. Only a strong one is sent (RFC 9110, section 13.1.5).
    pub etag: Option<&'a str>,
    /// How many bytes the whole has, if that is known: an answer that states another number, or is a page for people, is not taken
    /// and costs nothing that is here.
    pub length: Option<u64>,
}

/// Where a body goes.
pub trait Sink: Write {
    /// Called before the first byte of a whole body (200), with its tag: what was written here before is no part of it.
    ///
    /// # Errors
    /// What the disk reports; the body is not taken then.
    fn begins(&mut self, etag: Option<&str>) -> io::Result<()> {
        let _ = etag;
        Ok(())
    }
}

impl Sink for Vec<u8> {}

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
    /// The rest of the body was written, from the byte on that was asked for (206).
    Rest {
        /// How many bytes travelled.
        bytes: u64,
    },
    /// Another status. A part that does not go on where it was asked to is one (206).
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
    /// The answer says that it is of another length than what was asked for.
    #[error("the answer is not what was asked for")]
    AnotherBody,
    /// The address is not one.
    #[error("not an address of a hub")]
    BadAddress,
    /// The bytes could not be kept.
    #[error("the answer could not be kept: {0}")]
    Kept(#[from] io::Error),
}

/// A request under way.
pub type Fetching<'a> = Pin<Box<dyn Future<Output = Result<Reply, HttpFault>> + Send + 'a>>;

/// A request about one enquiry. Its answer is small and is taken whole.
#[derive(Clone, Copy)]
pub struct Exchange<'a> {
    /// The hub's address.
    pub hub: &'a str,
    /// The path below it.
    pub path: &'a str,
    /// What is wanted.
    pub method: Method<'a>,
    /// What proves that somebody may ask (RFC 6750). It is never printed.
    pub bearer: Option<&'a str>,
    /// The most bytes that the answer may have.
    pub limit: u64,
}

/// What is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Method<'a> {
    /// What is there.
    Get,
    /// That this be there.
    Put(&'a [u8]),
    /// That nothing be there.
    Delete,
}

/// An answer as it came, whatever its status.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its body, whole.
    pub body: Vec<u8>,
    /// How long it asks to be left alone.
    pub retry_after: Option<Duration>,
}

/// An exchange under way.
pub type Exchanging<'a> = Pin<Box<dyn Future<Output = Result<Answer, HttpFault>> + Send + 'a>>;

/// Something that fetches.
pub trait Http: Send + Sync {
    /// Asks once, and gives whatever is answered. [`HttpFault::NoNetwork`] says that nothing left the phone. What only fetches files
    /// answers so.
    fn exchange<'a>(&'a self, exchange: Exchange<'a>) -> Exchanging<'a> {
        let _ = exchange;
        Box::pin(async { Err(HttpFault::NoNetwork) })
    }

    /// Fetches `get` and writes the body to `into` as it comes. Dropping the future ends the request; what was written stays.
    fn get<'a>(&'a self, get: Get<'a>, into: &'a mut (dyn Sink + Send)) -> Fetching<'a>;
}
