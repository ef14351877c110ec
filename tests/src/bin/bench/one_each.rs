//! A peer of the intake: the same HTTP, the same rules and receipts, and a commit for each enquiry by itself.

use std::path::Path as File;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::put;
use otsupport_hub::intake::rules::{self, Put};
use otsupport_tests::site::{MORNING, instant};
use otsupport_wire::enquiry::{EnquiryId, EnquiryKeys};
use otsupport_wire::trust::SigningKey;
use rusqlite::Connection;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::Failure;

/// A running peer. Dropping it stops it.
pub(crate) struct OneEach {
    pub(crate) address: String,
    _runtime: Runtime,
}

struct Desk {
    connection: Mutex<Connection>,
    keys: EnquiryKeys,
    receipt_key: SigningKey,
}

impl OneEach {
    pub(crate) fn start(
        connection: Connection,
        keys: EnquiryKeys,
        receipt_key: &File,
    ) -> Result<Self, Failure> {
        let (receipt_key, _) = otsupport_hub::keys::read_receipt(receipt_key)?;
        let desk = Arc::new(Desk { connection: Mutex::new(connection), keys, receipt_key });
        let runtime = Runtime::new()?;
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let address = listener.local_addr()?.to_string();
        let app = Router::new().route("/v1/enquiries/{id}", put(take)).with_state(desk);
        runtime.spawn(async move { axum::serve(listener, app).await });
        Ok(Self { address, _runtime: runtime })
    }
}

async fn take(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<EnquiryId>,
    body: Bytes,
) -> Result<(StatusCode, Vec<u8>), StatusCode> {
    let taken = tokio::task::spawn_blocking(move || {
        let put = rules::put(None, id, &body, Some(&desk.keys), &desk.receipt_key, instant(MORNING));
        let Put::Keep { receipt, .. } = put else { return Err(StatusCode::BAD_REQUEST) };
        let connection = desk.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = connection
            .prepare_cached("INSERT INTO enquiries VALUES (?1, ?2)")
            .and_then(|mut it| it.execute((id.to_string(), &body[..])));
        kept.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
        serde_json::to_vec(&receipt).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
    });
    Ok((StatusCode::CREATED, taken.await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)??))
}
