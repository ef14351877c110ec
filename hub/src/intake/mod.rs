//! The hub's end of sealed enquiries: it keeps envelopes that it cannot read, and gives a signed receipt for each.
//!
//! [`rules`] decides, one thread writes what was decided and commits for all who wait, and nothing is acknowledged before its commit.

mod address;
mod bank_keys;
mod body;
mod database;
mod http;
mod journal;
mod metrics;
mod outcome;
mod page;
mod rate;
pub(crate) mod rows;
pub mod rules;
pub(crate) mod store;
mod writer;

use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use otsupport_wire::enquiry::{Bearer, EnquiryId, ProblemCode, Replies, ReplyNumber};
use rusqlite::Connection;

pub use database::{BadDatabase, Database};
pub use journal::Lines;
pub use rate::{BadRate, Rate};
pub use store::StoreError;

use crate::keys::{self, KeyError};
use bank_keys::BankKeys;
use journal::Journal;
use metrics::Metrics;
use outcome::Outcome;
use rate::Buckets;
use writer::{Desk, Writer};

/// What is older than the retention time is looked for this often.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What an intake works with.
pub struct IntakeOptions {
    /// The site's folder: its newest bank names the keys that enquiries may be sealed to.
    pub site: PathBuf,
    /// The file of the key that signs receipts.
    pub receipt_key: PathBuf,
    /// Where enquiries are kept; made if missing.
    pub database: Database,
    /// How often one address may ask; `None` for as often as it likes.
    pub rate: Option<Rate>,
    /// Whether a proxy of one's own names the client's address last in `X-Forwarded-For`.
    pub behind_proxy: bool,
    /// Where the log goes.
    pub lines: Lines,
}

/// Why there is no intake.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The receipt key cannot be read.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The system gave no thread or no random bytes.
    #[error("the intake cannot start: {0}")]
    System(io::Error),
}

/// The intake of a hub: its database and who writes to it.
pub struct Intake {
    writer: Writer,
    reader: Mutex<Option<Connection>>,
    buckets: Option<Mutex<Buckets>>,
    began: Instant,
    behind_proxy: bool,
    metrics: Arc<Metrics>,
    journal: Journal,
}

impl Intake {
    /// Opens the database and starts the thread that writes.
    ///
    /// # Errors
    /// [`IntakeError`].
    pub fn open(options: IntakeOptions) -> Result<Arc<Self>, IntakeError> {
        let IntakeOptions { site, receipt_key, database, rate, behind_proxy, lines } = options;
        let (receipt_key, public) = keys::read_receipt(&receipt_key)?;
        let mut random = [0; 32];
        getrandom::fill(&mut random).map_err(|error| IntakeError::System(io::Error::other(error)))?;
        let journal = Journal::new(lines, random);
        let connection = store::make(database.path())?;
        let reader = store::reader(database.path())?;
        let began = Instant::now();
        let mut keys = BankKeys::new(site, public, journal.clone());
        // Says at once what is wrong with them.
        keys.current(began);
        let metrics = Arc::new(Metrics::default());
        let desk = Desk { keys, receipt_key, metrics: metrics.clone(), journal: journal.clone() };
        let writer = Writer::start(connection, desk).map_err(IntakeError::System)?;
        Ok(Arc::new(Self {
            writer,
            reader: Mutex::new(Some(reader)),
            buckets: rate.map(|it| Mutex::new(Buckets::new(it))),
            began,
            behind_proxy,
            metrics,
            journal,
        }))
    }

    /// Its routes.
    pub(crate) fn routes(self: &Arc<Self>) -> Router {
        http::routes(self.clone())
    }

    /// Forgets what is older than the retention time, now and every day, for as long as it is polled.
    pub(crate) async fn keep_tidy(&self) {
        let mut days = tokio::time::interval(DAY);
        loop {
            days.tick().await;
            self.writer.forget().await;
        }
    }

    /// Commits what is under way and closes the database. What is asked afterwards is refused as unavailable. Blocks.
    pub fn close(&self) {
        // The writer is the last to close: it folds the log in.
        drop(self.reader.lock().unwrap_or_else(PoisonError::into_inner).take());
        self.writer.close();
    }

    fn allow(&self, client: IpAddr) -> Result<(), Duration> {
        let Some(buckets) = &self.buckets else { return Ok(()) };
        buckets.lock().unwrap_or_else(PoisonError::into_inner).take(client, self.began.elapsed())
    }

    async fn replies(self: Arc<Self>, id: EnquiryId, after: ReplyNumber, bearer: Option<Bearer>) -> Outcome {
        let read = tokio::task::spawn_blocking(move || {
            let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
            reader.as_mut().map(|it| replies(it, id, after, bearer.as_ref()))
        });
        match read.await {
            Ok(Some(Ok(outcome))) => outcome,
            _ => ProblemCode::Unavailable.into(),
        }
    }
}

fn replies(
    reader: &mut Connection,
    id: EnquiryId,
    after: ReplyNumber,
    bearer: Option<&Bearer>,
) -> rusqlite::Result<Outcome> {
    // One transaction: what is read belongs together.
    let reading = reader.transaction()?;
    let known = rows::find(&reading, id)?;
    match rules::replies(known.as_ref(), bearer) {
        Ok(opened_at) => {
            Ok(Outcome::Replies(Replies { opened_at, replies: rows::replies(&reading, id, after)? }))
        }
        Err(code) => Ok(code.into()),
    }
}
