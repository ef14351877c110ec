//! The intake over HTTP: `/v1`, `/metrics` and `/inbox`.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{
    ALLOW, AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RETRY_AFTER,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use axum::routing::{any, get};
use otsupport_wire::enquiry::{Bearer, Problem, ProblemCode};
use serde::Serialize;

use super::address::Wanted;
use super::journal::Told;
use super::metrics::code;
use super::outcome::Outcome;
use super::writer::Ask;
use super::{Intake, body};

const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/// The routes of the intake.
pub(super) fn routes(intake: Arc<Intake>) -> Router {
    Router::new()
        .route("/v1", any(answer))
        .route("/v1/", any(answer))
        .route("/v1/{*rest}", any(answer))
        .route("/metrics", get(metrics))
        .route("/inbox", get(inbox))
        .with_state(intake)
}

async fn metrics(State(intake): State<Arc<Intake>>) -> Response<Body> {
    let text = intake.metrics.to_text();
    response(StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8", text.into_bytes())
}

async fn inbox() -> Response<Body> {
    let mut page = response(StatusCode::OK, "text/html; charset=utf-8", super::page::inbox().into_bytes());
    page.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
    page
}

async fn answer(
    State(intake): State<Arc<Intake>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response<Body> {
    let began = Instant::now();
    let (parts, body) = request.into_parts();
    let (route, wanted) = Wanted::of(&parts.method, parts.uri.path(), parts.uri.query());
    let client = client(peer, &parts.headers, intake.behind_proxy);
    let (mut bytes, mut more) = (0, None);
    let outcome = match intake.allow(client) {
        Ok(()) => match wanted {
            Wanted::Put(id) => match body::whole(body).await {
                Ok(body) => {
                    bytes = body.len();
                    intake.writer.ask(Ask::Put { id, body }).await
                }
                Err(code) => code.into(),
            },
            Wanted::Delete(id) => intake.writer.ask(Ask::Delete { id, bearer: bearer(&parts.headers) }).await,
            Wanted::Replies(id, after) => intake.clone().replies(id, after, bearer(&parts.headers)).await,
            Wanted::Malformed => ProblemCode::BadRequest.into(),
            Wanted::OtherMethod(allowed) => {
                more = Some((ALLOW, HeaderValue::from_static(allowed)));
                let status = StatusCode::METHOD_NOT_ALLOWED.as_u16();
                Outcome::Refused(Problem { status, ..ProblemCode::BadRequest.into() })
            }
            Wanted::Nothing => ProblemCode::NotFound.into(),
        },
        Err(wait) => {
            more = Some((RETRY_AFTER, HeaderValue::from(seconds(wait))));
            ProblemCode::TooMany.into()
        }
    };
    intake.metrics.count(&outcome);
    let mut response = response_to(&outcome);
    response.headers_mut().extend(more);
    intake.journal.request(&Told {
        method: name(&parts.method),
        route: route.template(),
        status: response.status().as_u16(),
        code: if let Outcome::Refused(problem) = &outcome { Some(code(problem)) } else { None },
        bytes,
        took: began.elapsed(),
        enquiry: wanted.id(),
    });
    response
}

/// The address that a request comes from. What a client says of itself counts for nothing; a proxy of the hub's own puts the address that
/// it sees last.
fn client(peer: SocketAddr, headers: &HeaderMap, behind_proxy: bool) -> IpAddr {
    if !behind_proxy {
        return peer.ip();
    }
    let forwarded = headers.get_all("x-forwarded-for").iter().next_back().and_then(|it| it.to_str().ok());
    let last = forwarded.and_then(|it| it.rsplit(',').next()).map(str::trim);
    last.and_then(|it| it.parse().ok()).unwrap_or(peer.ip())
}

/// The secret in `Authorization: Bearer …` (RFC 6750, section 2.1). One that is none is as good as none.
fn bearer(headers: &HeaderMap) -> Option<Bearer> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| Bearer::from_token(token.trim())).flatten()
}

/// After so many whole seconds, and not before, the next request is allowed.
fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

/// A method, as a log may name it: a client may call one anything.
fn name(method: &Method) -> &'static str {
    let known = ["GET", "HEAD", "PUT", "DELETE", "POST", "PATCH", "OPTIONS"];
    known.into_iter().find(|it| method == it).unwrap_or("other")
}

fn response_to(outcome: &Outcome) -> Response<Body> {
    match outcome {
        Outcome::Received(receipt) => json(StatusCode::CREATED, "application/json", receipt),
        Outcome::Again(receipt) => json(StatusCode::OK, "application/json", receipt),
        Outcome::Replies(replies) => json(StatusCode::OK, "application/json", replies),
        Outcome::Withdrawn { .. } => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NO_CONTENT;
            response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
            response
        }
        Outcome::Refused(problem) => {
            let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            json(status, "application/problem+json", problem)
        }
    }
}

fn json(status: StatusCode, kind: &'static str, body: &impl Serialize) -> Response<Body> {
    match serde_json::to_vec(body) {
        Ok(body) => response(status, kind, body),
        Err(_) => response(StatusCode::INTERNAL_SERVER_ERROR, kind, Vec::new()),
    }
}

fn response(status: StatusCode, kind: &'static str, body: Vec<u8>) -> Response<Body> {
    const HEADERS: [(HeaderName, &str); 2] =
        [(CACHE_CONTROL, "no-store"), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().extend(HEADERS.map(|(name, value)| (name, HeaderValue::from_static(value))));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_a_proxy_of_our_own_says_where_a_request_comes_from() {
        let peer: SocketAddr = "192.0.2.1:5000".parse().unwrap();
        let address = |text: &str| -> IpAddr { text.parse().unwrap() };
        let mut headers = HeaderMap::new();
        assert_eq!(client(peer, &headers, true), peer.ip());
        for line in ["203.0.113.9, 203.0.113.8", "203.0.113.7, 198.51.100.1"] {
            headers.append("x-forwarded-for", HeaderValue::from_static(line));
        }
        assert_eq!(client(peer, &headers, false), peer.ip());
        assert_eq!(client(peer, &headers, true), address("198.51.100.1"), "the last alone");
        headers.append("x-forwarded-for", HeaderValue::from_static("unknown"));
        assert_eq!(client(peer, &headers, true), peer.ip());
    }

    #[test]
    fn a_secret_is_64_digits_behind_its_scheme() {
        let of = |text: &str| {
            bearer(&HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_str(text).unwrap())]))
        };
        let token = Bearer::from_bytes([5; 32]).to_token();
        for scheme in ["Bearer", "bearer"] {
            assert_eq!(of(&format!("{scheme} {}", *token)), Some(Bearer::from_bytes([5; 32])));
        }
        for bad in [format!("Basic {}", *token), format!("Bearer {}", &token[1..]), "Bearer".to_owned()] {
            assert_eq!(of(&bad), None, "{bad}");
        }
    }

    #[test]
    fn a_client_is_told_whole_seconds_that_suffice() {
        assert_eq!(seconds(Duration::from_millis(50)), 1);
        assert_eq!(seconds(Duration::from_secs(2)), 2);
        assert_eq!(seconds(Duration::from_millis(2001)), 3);
    }
}
