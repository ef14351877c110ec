//! HTTP over the network, by reqwest and rustls with ring.

use std::error::Error as _;
use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use reqwest::header::{
    CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH, IF_RANGE, RANGE, RETRY_AFTER,
};
use reqwest::{Client, StatusCode, redirect};
use rustls::{ClientConfig, RootCertStore};

use super::http::{Answer, Exchange, Exchanging, Fetching, Get, Http, HttpFault, Method, Reply, Sink};

/// How long an answer is waited for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Patience {
    /// The longest that a connection may take.
    pub connect: Duration,
    /// The longest silence within an answer.
    pub silence: Duration,
    /// The longest that an answer of no length may take, whatever trickles in meanwhile.
    pub answer: Duration,
    /// What is added to that for each kilobyte that may come.
    pub kilobyte: Duration,
}

impl Default for Patience {
    /// Enough for a phone on the edge of a cell: four kilobytes a second.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            silence: Duration::from_secs(20),
            answer: Duration::from_secs(30),
            kilobyte: Duration::from_millis(250),
        }
    }
}

/// The network, with the certificate roots of Mozilla built in. Android's own verifier would need JNI.
pub struct Network {
    client: Option<Client>,
    patience: Patience,
}

impl Network {
    /// A client that opens no connection yet.
    pub fn new() -> Self {
        Self::with_patience(Patience::default())
    }

    /// One that waits for so long.
    pub fn with_patience(patience: Patience) -> Self {
        Self { client: client(patience), patience }
    }
}

impl Default for Network {
    fn default() -> Self {
        Self::new()
    }
}

fn client(patience: Patience) -> Option<Client> {
    let roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .ok()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Client::builder()
        .tls_backend_preconfigured(tls)
        // A hub never redirects: whoever does is not the hub.
        .redirect(redirect::Policy::none())
        .connect_timeout(patience.connect)
        .read_timeout(patience.silence)
        .user_agent(concat!("otsupport/", env!("CARGO_PKG_VERSION")))
        .build()
        .ok()
}

impl Http for Network {
    fn exchange<'a>(&'a self, exchange: Exchange<'a>) -> Exchanging<'a> {
        let sent = if let Method::Put(body) = exchange.method { body.len() as u64 } else { 0 };
        let limit = self.limit(exchange.limit.saturating_add(sent));
        Box::pin(async move {
            let answer = tokio::time::timeout(limit, self.ask(exchange)).await;
            answer.unwrap_or(Err(HttpFault::HubDown))
        })
    }

    fn get<'a>(&'a self, get: Get<'a>, into: &'a mut (dyn Sink + Send)) -> Fetching<'a> {
        let limit = self.limit(get.limit);
        Box::pin(async move {
            // A byte now and then is no silence, and no answer either.
            let answer = tokio::time::timeout(limit, self.fetch(get, into)).await;
            answer.unwrap_or(Err(HttpFault::HubDown))
        })
    }
}

impl Network {
    /// How long so many bytes may take.
    fn limit(&self, bytes: u64) -> Duration {
        let kilobytes = u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX);
        self.patience.answer.saturating_add(self.patience.kilobyte.saturating_mul(kilobytes))
    }

    async fn ask(&self, exchange: Exchange<'_>) -> Result<Answer, HttpFault> {
        let Exchange { hub, path, method, bearer, limit } = exchange;
        let client = self.client.as_ref().ok_or(HttpFault::NoNetwork)?;
        let address = format!("{}/{path}", checked(hub)?.trim_end_matches('/'));
        let request = match method {
            Method::Get => client.get(address),
            Method::Put(body) => {
                client.put(address).header(CONTENT_TYPE, "application/octet-stream").body(body.to_vec())
            }
            Method::Delete => client.delete(address),
        };
        let request = if let Some(bearer) = bearer { request.bearer_auth(bearer) } else { request };
        let mut answer = request.send().await.map_err(|error| match fault(&error) {
            // The network may have gone while the request was on its way.
            HttpFault::NoNetwork if !error.is_connect() => HttpFault::HubDown,
            fault => fault,
        })?;
        let status = answer.status();
        if status.is_redirection() || status == StatusCode::NETWORK_AUTHENTICATION_REQUIRED {
            return Err(HttpFault::Redirected);
        }
        let retry_after = answer.headers().get(RETRY_AFTER).and_then(retry_after);
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|_| HttpFault::HubDown)? {
            if (body.len() + chunk.len()) as u64 > limit {
                return Err(HttpFault::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status: status.as_u16(), body, retry_after })
    }

    async fn fetch(&self, get: Get<'_>, into: &mut (dyn Sink + Send)) -> Result<Reply, HttpFault> {
        let client = self.client.as_ref().ok_or(HttpFault::NoNetwork)?;
        let address = format!("{}/{}", checked(get.site)?.trim_end_matches('/'), get.path);
        let mut request = client.get(address);
        if let Some(tag) = get.if_none_match.and_then(|tag| HeaderValue::from_str(tag).ok()) {
            request = request.header(IF_NONE_MATCH, tag);
        }
        if let Some(from) = get.from.filter(|it| it.offset > 0) {
            request = request.header(RANGE, format!("bytes={}-", from.offset));
            let strong = from.etag.filter(|tag| tag.starts_with('"'));
            if let Some(tag) = strong.and_then(|tag| HeaderValue::from_str(tag).ok()) {
                request = request.header(IF_RANGE, tag);
            }
        }
        let mut answer = request.send().await.map_err(|error| fault(&error))?;
        let mut here = 0;
        let etag = answer.headers().get(ETAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
        match answer.status() {
            StatusCode::OK => {
                if let Some(from) = get.from {
                    // A public network's log-in page must not cost what is here.
                    if is_page(answer.headers()) {
                        return Err(HttpFault::Redirected);
                    }
                    if states_another(answer.content_length(), from.length) {
                        return Err(HttpFault::AnotherBody);
                    }
                }
                into.begins(etag.as_deref())?;
            }
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => {
                let range = content_range(answer.headers());
                let whole = range.as_ref().and_then(|it| it.whole);
                let asked = get.from.filter(|it| it.offset > 0);
                if states_another(whole, asked.and_then(|it| it.length)) {
                    return Err(HttpFault::AnotherBody);
                }
                let goes_on = get.from.filter(|it| it.offset > 0).map(|it| it.offset);
                let first = range.and_then(|it| it.first).filter(|it| Some(*it) == goes_on);
                match first {
                    Some(first) if answer.status() == StatusCode::PARTIAL_CONTENT => here = first,
                    _ => return Ok(Reply::Status(answer.status().as_u16())),
                }
            }
            StatusCode::NOT_MODIFIED => return Ok(Reply::NotModified),
            status if status.is_redirection() || status == StatusCode::NETWORK_AUTHENTICATION_REQUIRED => {
                return Err(HttpFault::Redirected);
            }
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                let status = answer.status().as_u16();
                let later = answer.headers().get(RETRY_AFTER).and_then(retry_after);
                return Ok(later.map_or(Reply::Status(status), Reply::Later));
            }
            status => return Ok(Reply::Status(status.as_u16())),
        }
        let mut bytes = 0u64;
        while let Some(chunk) = answer.chunk().await.map_err(|error| fault(&error))? {
            bytes += chunk.len() as u64;
            if bytes.saturating_add(here) > get.limit {
                return Err(HttpFault::TooLarge);
            }
            into.write_all(&chunk)?;
        }
        Ok(if here > 0 { Reply::Rest { bytes } } else { Reply::Body { etag, bytes } })
    }
}

/// The address, if it is one of a hub.
fn checked(site: &str) -> Result<&str, HttpFault> {
    let url = reqwest::Url::parse(site).map_err(|_| HttpFault::BadAddress)?;
    let is_hub = matches!(url.scheme(), "http" | "https") && url.host_str().is_some();
    if is_hub { Ok(site) } else { Err(HttpFault::BadAddress) }
}

/// Whom an address leads to: its scheme, name and port. Empty for what is none.
pub(crate) fn host(site: &str) -> String {
    reqwest::Url::parse(site).map(|it| it.origin().ascii_serialization()).unwrap_or_default()
}

/// Seconds from now, or an instant.
fn retry_after(header: &HeaderValue) -> Option<Duration> {
    let text = header.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = DateTime::parse_from_rfc2822(text).ok()?;
    let now: DateTime<Utc> = SystemTime::now().into();
    Some((at.to_utc() - now).to_std().unwrap_or_default())
}

/// Whether an answer says another length than the one that is known.
fn states_another(stated: Option<u64>, length: Option<u64>) -> bool {
    stated.zip(length).is_some_and(|(stated, length)| stated != length)
}

/// Whether the answer is a page for people.
fn is_page(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    kind.is_some_and(|it| it.to_ascii_lowercase().starts_with("text/html"))
}

/// Which bytes of which body an answer holds.
struct ContentRange {
    /// The first of them; absent where there are none (416).
    first: Option<u64>,
    /// How many the whole body has, if the answer says so.
    whole: Option<u64>,
}

/// A single range of bytes, as `bytes 100-999/1000` or `bytes */1000` (RFC 9110, section 14.4); several are not asked for.
fn content_range(headers: &HeaderMap) -> Option<ContentRange> {
    let range = headers.get(CONTENT_RANGE)?.to_str().ok()?.strip_prefix("bytes ")?;
    let (range, whole) = range.split_once('/')?;
    let first = range.split_once('-').and_then(|(first, _)| first.parse().ok());
    Some(ContentRange { first, whole: whole.parse().ok() })
}

/// Tells "you have no network" from "the hub is down" and from "somebody sits between".
fn fault(error: &reqwest::Error) -> HttpFault {
    if error.is_builder() {
        return HttpFault::BadAddress;
    }
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.downcast_ref::<rustls::Error>().is_some() {
            return HttpFault::Intercepted;
        }
        if let Some(io) = inner.downcast_ref::<io::Error>() {
            if io.get_ref().is_some_and(|it| it.downcast_ref::<rustls::Error>().is_some()) {
                return HttpFault::Intercepted;
            }
            if matches!(
                io.kind(),
                io::ErrorKind::NetworkUnreachable
                    | io::ErrorKind::HostUnreachable
                    | io::ErrorKind::NetworkDown
            ) {
                return HttpFault::NoNetwork;
            }
        }
        // The resolver's own error type is private; its words are not.
        if inner.to_string().contains("dns error") {
            return HttpFault::NoNetwork;
        }
        cause = inner.source();
    }
    HttpFault::HubDown
}
