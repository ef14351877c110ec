//! Takes connections and answers what comes over them, for as long as each keeps pace.

use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;

/// A request's head arrives within so long, or its connection is closed.
const HEAD: Duration = Duration::from_secs(30);
/// Who is still sending or reading when the hub is stopped has so long to end.
const GRACE: Duration = Duration::from_secs(10);
/// When the system has no room for another connection, it is asked again after so long.
const PAUSE: Duration = Duration::from_millis(200);

/// Answers with `app` on `listener` until `stop` is done and what is under way then is finished.
pub(crate) async fn answer(listener: TcpListener, app: Router, stop: impl Future<Output = ()>) {
    let mut stop = pin!(stop);
    let open = GracefulShutdown::new();
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(_) => {
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            },
            () = &mut stop => break,
        };
        let app = TowerToHyperService::new(app.clone());
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            app.call(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD)
            .serve_connection(TokioIo::new(stream), service);
        let connection = open.watch(connection);
        tokio::spawn(async move {
            // Whoever went away went away.
            let _ = connection.await;
        });
    }
    drop(listener);
    let _ = tokio::time::timeout(GRACE, open.shutdown()).await;
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::future::pending;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;
    use tokio::time::{Instant, timeout};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_never_sends_its_head_is_closed() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(answer(listener, Router::new(), pending()));
        for head in ["", "GET / HTTP/1.1\r\nHo"] {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(head.as_bytes()).await.unwrap();
            let began = Instant::now();
            let closed = timeout(HEAD * 2, stream.read_to_end(&mut Vec::new())).await;
            assert!(closed.is_ok() && began.elapsed() >= HEAD, "{head:?} {:?}", began.elapsed());
        }
    }
}
