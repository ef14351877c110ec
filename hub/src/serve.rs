//! Delivers a published site over HTTP, with ranges, tags and caching as the contract says, and the intake beside it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use axum::routing::get;
use bytes::Bytes;
use http_serve::dir::FsDir;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

use crate::connections;
use crate::intake::Intake;

/// The folders whose `index.html` is a page of their own.
const WITH_INDEX: [&str; 2] = ["s", "read"];
/// A page states its policy within so many bytes.
const POLICY_WITHIN: u64 = 1 << 10;
const NO_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Serves the site at `folder` on `listener` until `stop` is done, and takes enquiries where there is an intake. What is under way is
/// finished, and the intake closed.
///
/// # Errors
/// What the folder reports.
pub async fn serve(
    folder: PathBuf,
    intake: Option<Arc<Intake>>,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let files = FsDir::builder().auto_gzip(false).for_path(&folder)?;
    let site = Arc::new(Site { folder, files });
    let app = Router::new().route("/healthz", get(|| async { "ok\n" })).fallback(file).with_state(site);
    let Some(intake) = intake else {
        connections::answer(listener, app, stop).await;
        return Ok(());
    };
    tokio::select! {
        () = connections::answer(listener, app.merge(intake.routes()), stop) => {}
        () = intake.keep_tidy() => {}
    }
    // It waits for the disk.
    let _ = tokio::task::spawn_blocking(move || intake.close()).await;
    Ok(())
}

struct Site {
    folder: PathBuf,
    files: Arc<FsDir>,
}

async fn file(State(site): State<Arc<Site>>, request: Request) -> Response<Body> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD");
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    let path = request.uri().path();
    let path = path.strip_prefix('/').unwrap_or(path);
    if WITH_INDEX.contains(&path) {
        return moved(path);
    }
    let index =
        path.strip_suffix('/').filter(|it| WITH_INDEX.contains(it)).map(|it| format!("{it}/index.html"));
    let path = index.as_deref().unwrap_or(path);
    // Names of a site are plain ASCII: whatever else is asked for is not there.
    if path.is_empty()
        || path.contains('%')
        || path.split('/').any(|part| part.is_empty() || part.starts_with('.'))
    {
        return plain(StatusCode::NOT_FOUND, "not here");
    }
    let node = match site.files.clone().get(path, request.headers()).await {
        Ok(node) if node.metadata().is_file() => node,
        Ok(_) => return plain(StatusCode::NOT_FOUND, "not here"),
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::NotFound | ErrorKind::InvalidInput | ErrorKind::NotADirectory
            ) =>
        {
            return plain(StatusCode::NOT_FOUND, "not here");
        }
        Err(_) => return plain(StatusCode::INTERNAL_SERVER_ERROR, "the site cannot be read"),
    };
    let policy = if path.ends_with(".html") { policy(&site.folder.join(path)).await } else { None };
    match node.into_file_entity::<Bytes, BoxError>(headers(path, policy)) {
        Ok(entity) => http_serve::serve(entity, &request).map(Body::new),
        Err(_) => plain(StatusCode::INTERNAL_SERVER_ERROR, "the site cannot be read"),
    }
}

/// The policy that a page states of itself: it names the page's script by its hash, which only the publisher knows. As a header
/// it holds from the first byte, and it can keep the page out of frames.
async fn policy(page: &Path) -> Option<HeaderValue> {
    let mut beginning = Vec::new();
    let file = tokio::fs::File::open(page).await.ok()?;
    file.take(POLICY_WITHIN).read_to_end(&mut beginning).await.ok()?;
    let beginning = String::from_utf8_lossy(&beginning);
    let (_, stated) = beginning.split_once("http-equiv=\"Content-Security-Policy\" content=\"")?;
    let (stated, _) = stated.split_once('"')?;
    HeaderValue::from_str(&format!("{stated}; frame-ancestors 'none'")).ok()
}

/// To the folder's own page. The address is relative, since a proxy may serve the site below a path of its own; a browser keeps
/// what stands behind `#`.
fn moved(folder: &str) -> Response<Body> {
    let mut response = plain(StatusCode::PERMANENT_REDIRECT, "at the same address with a / at its end");
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response.headers_mut().extend(HeaderValue::from_str(&format!("{folder}/")).ok().map(|it| (LOCATION, it)));
    response
}

fn headers(path: &str, policy: Option<HeaderValue>) -> HeaderMap {
    // Everything but these bears its version or its content in its name and never changes.
    let changes =
        matches!(path, "head" | "metadata/timestamp.json" | "metadata/root.json") || path.ends_with(".html");
    let caching = if changes { "no-cache" } else { "public, max-age=31536000, immutable" };
    let kind = match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("json") => "application/json",
        Some("html") => "text/html; charset=utf-8",
        Some("zst") => "application/zstd",
        _ => "application/octet-stream",
    };
    HeaderMap::from_iter([
        (CACHE_CONTROL, HeaderValue::from_static(caching)),
        (CONTENT_TYPE, HeaderValue::from_static(kind)),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (CONTENT_SECURITY_POLICY, policy.unwrap_or(HeaderValue::from_static(NO_POLICY))),
    ])
}

fn plain(status: StatusCode, words: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(words));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
