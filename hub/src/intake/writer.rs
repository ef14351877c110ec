//! The one who writes: takes all requests that wait, commits them together, and only then answers each.
//!
//! A commit waits for the disk, whether it holds one enquiry or a hundred. What comes meanwhile shares the next.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Instant, SystemTime};

use chrono::{DateTime, Days, Utc};
use otsupport_wire::enquiry::{Bearer, EnquiryId, EnquiryKeys, ProblemCode};
use otsupport_wire::trust::SigningKey;
use rusqlite::{Connection, Result, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use super::bank_keys::BankKeys;
use super::journal::Journal;
use super::metrics::Metrics;
use super::outcome::Outcome;
use super::rows;
use super::rules::{self, Delete, Put};

/// How many requests may wait. More are told to come back.
const WAITING: usize = 1024;
/// The most requests of one commit.
const MOST: usize = 256;
/// How long an enquiry is kept after it came, with its replies and its id.
const RETENTION: Days = Days::new(400);

/// What is asked of it.
pub(super) enum Ask {
    /// To keep an envelope.
    Put { id: EnquiryId, body: Vec<u8> },
    /// To take an enquiry back.
    Delete { id: EnquiryId, bearer: Option<Bearer> },
}

enum Message {
    Request(Ask, oneshot::Sender<Outcome>),
    Forget,
    Close,
}

/// What it decides by, and where it tells.
pub(super) struct Desk {
    pub(super) keys: BankKeys,
    pub(super) receipt_key: SigningKey,
    pub(super) metrics: Arc<Metrics>,
    pub(super) journal: Journal,
}

/// The thread that writes.
pub(super) struct Writer {
    messages: mpsc::Sender<Message>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread.
    ///
    /// # Errors
    /// What the system reports.
    pub(super) fn start(connection: Connection, desk: Desk) -> std::io::Result<Self> {
        let (messages, waiting) = mpsc::channel(WAITING);
        let thread =
            thread::Builder::new().name("intake".to_owned()).spawn(move || run(connection, desk, waiting))?;
        Ok(Self { messages, thread: Mutex::new(Some(thread)) })
    }

    /// What the request comes to, once that is on the disk.
    pub(super) async fn ask(&self, ask: Ask) -> Outcome {
        let (answer, answered) = oneshot::channel();
        match self.messages.try_send(Message::Request(ask, answer)) {
            Ok(()) => answered.await.unwrap_or_else(|_| ProblemCode::Unavailable.into()),
            Err(_) => ProblemCode::Unavailable.into(),
        }
    }

    /// Forgets what is older than the retention time.
    pub(super) async fn forget(&self) {
        let _ = self.messages.send(Message::Forget).await;
    }

    /// Waits until all that was asked before is answered and the database is closed.
    pub(super) fn close(&self) {
        let _ = self.messages.blocking_send(Message::Close);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        let _ = thread.map(JoinHandle::join);
    }
}

fn run(mut connection: Connection, mut desk: Desk, mut waiting: mpsc::Receiver<Message>) {
    let mut closing = false;
    while !closing && let Some(first) = waiting.blocking_recv() {
        let (mut requests, mut answers, mut forget) = (Vec::new(), Vec::new(), false);
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Request(ask, answer) => {
                    requests.push(ask);
                    answers.push(answer);
                }
                Message::Forget => forget = true,
                Message::Close => closing = true,
            }
            next = if closing || requests.len() >= MOST { None } else { waiting.try_recv().ok() };
        }
        let outcomes = commit(&mut connection, &mut desk, &requests);
        for (answer, outcome) in answers.into_iter().zip(outcomes) {
            // Whoever asked may be gone.
            let _ = answer.send(outcome);
        }
        if forget && let Err(error) = forget_old(&connection, now()) {
            desk.journal
                .warn(&format!("what is older than the retention time could not be removed: {error}"));
        }
    }
    // The last one out folds the log into the database.
    if let Err((_, error)) = connection.close() {
        desk.journal.warn(&format!("the database could not be closed: {error}"));
    }
}

/// The outcome of each request, all on the disk; or all refused, and nothing is.
fn commit(connection: &mut Connection, desk: &mut Desk, requests: &[Ask]) -> Vec<Outcome> {
    if requests.is_empty() {
        return Vec::new();
    }
    let keys = desk.keys.current(Instant::now());
    match committed(connection, requests, keys, &desk.receipt_key, now()) {
        Ok(outcomes) => {
            desk.metrics.count_commit(requests.len());
            outcomes
        }
        Err(error) => {
            desk.metrics.count_failed_commit();
            desk.journal.warn(&format!("{} requests could not be committed: {error}", requests.len()));
            requests.iter().map(|_| ProblemCode::Unavailable.into()).collect()
        }
    }
}

fn committed(
    connection: &mut Connection,
    requests: &[Ask],
    keys: Option<&EnquiryKeys>,
    receipt_key: &SigningKey,
    now: DateTime<Utc>,
) -> Result<Vec<Outcome>> {
    let mut outcome = |at: &Connection, request: &Ask| outcome(at, request, keys, receipt_key, now);
    together(connection, requests, &mut outcome).or_else(|_| apart(connection, requests, &mut outcome))
}

fn together(
    connection: &mut Connection,
    requests: &[Ask],
    outcome: &mut impl FnMut(&Connection, &Ask) -> Result<Outcome>,
) -> Result<Vec<Outcome>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let outcomes = requests.iter().map(|it| outcome(&transaction, it)).collect::<Result<_>>()?;
    transaction.commit()?;
    Ok(outcomes)
}

/// The same after a request failed, with a savepoint for each, which takes as long as its row: one that cannot be read or written spoils
/// its own request and no other. If SQLite gives the whole transaction up, the savepoint is gone too, and so is the batch.
fn apart(
    connection: &mut Connection,
    requests: &[Ask],
    outcome: &mut impl FnMut(&Connection, &Ask) -> Result<Outcome>,
) -> Result<Vec<Outcome>> {
    let mut transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut outcomes = Vec::with_capacity(requests.len());
    for request in requests {
        let point = transaction.savepoint()?;
        match outcome(&point, request) {
            Ok(outcome) => {
                point.commit()?;
                outcomes.push(outcome);
            }
            Err(_) => {
                point.finish()?;
                outcomes.push(ProblemCode::Unavailable.into());
            }
        }
    }
    transaction.commit()?;
    Ok(outcomes)
}

fn outcome(
    connection: &Connection,
    request: &Ask,
    keys: Option<&EnquiryKeys>,
    receipt_key: &SigningKey,
    now: DateTime<Utc>,
) -> Result<Outcome> {
    match request {
        Ask::Put { id, body } => {
            let known = rows::find(connection, *id)?;
            match rules::put(known.as_ref(), *id, body, keys, receipt_key, now) {
                Put::Keep { row, receipt } => {
                    rows::keep(connection, &row, body)?;
                    Ok(Outcome::Received(receipt))
                }
                Put::Same(receipt) => Ok(Outcome::Again(receipt)),
                Put::Refused(problem) => Ok(Outcome::Refused(problem)),
            }
        }
        Ask::Delete { id, bearer } => {
            let known = rows::find(connection, *id)?;
            match rules::delete(known.as_ref(), *id, bearer.as_ref(), now) {
                Delete::Withdraw(row) => {
                    rows::withdraw(connection, &row)?;
                    Ok(Outcome::Withdrawn { again: false })
                }
                Delete::Again => Ok(Outcome::Withdrawn { again: true }),
                Delete::Refused(code) => Ok(code.into()),
            }
        }
    }
}

fn forget_old(connection: &Connection, now: DateTime<Utc>) -> Result<usize> {
    now.checked_sub_days(RETENTION).map_or(Ok(0), |before| rows::forget(connection, before))
}

fn now() -> DateTime<Utc> {
    SystemTime::now().into()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use otsupport_wire::enquiry::{ReplyNumber, SealedReply};

    use super::super::rules::tests::{at, bearer, id, keys, receipt_key, sealed};
    use super::super::store;
    use super::*;

    fn put(number: u8) -> Ask {
        Ask::Put { id: id(number), body: sealed(number, 5, 1, "a") }
    }

    /// What each request of one batch comes to: its status.
    fn batch(connection: &mut Connection, requests: &[Ask], now: DateTime<Utc>) -> Vec<u16> {
        let keys = keys(&[(1, None)]);
        let outcomes = committed(connection, requests, Some(&keys), &receipt_key(), now).unwrap();
        let status = |it: &Outcome| match it {
            Outcome::Received(_) => 201,
            Outcome::Again(_) | Outcome::Replies(_) => 200,
            Outcome::Withdrawn { .. } => 204,
            Outcome::Refused(problem) => problem.status,
        };
        outcomes.iter().map(status).collect()
    }

    #[test]
    fn each_request_of_a_batch_sees_those_before_it_and_a_bad_one_spoils_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let mut connection = store::make(&folder.path().join("intake.db")).unwrap();
        assert_eq!(batch(&mut connection, &[put(1)], at(0)), [201]);
        connection.pragma_update(None, "ignore_check_constraints", true).unwrap();
        connection.execute("UPDATE enquiries SET sha256 = x'00'", []).unwrap();
        let delete = |number| Ask::Delete { id: id(number), bearer: Some(bearer(5)) };
        let requests = [put(2), put(1), put(2), delete(3), put(3), put(4)];
        assert_eq!(batch(&mut connection, &requests, at(1)), [201, 503, 200, 204, 410, 201]);
        let mut other = store::make(&folder.path().join("intake.db")).unwrap();
        assert_eq!(batch(&mut other, &[put(2), put(3), put(4)], at(2)), [200, 410, 200], "all are committed");
    }

    #[test]
    fn what_is_older_than_the_retention_time_is_forgotten_with_its_replies() {
        let folder = tempfile::tempdir().unwrap();
        let mut connection = store::make(&folder.path().join("intake.db")).unwrap();
        let withdrawn = Ask::Delete { id: id(2), bearer: Some(bearer(5)) };
        batch(&mut connection, &[put(1), withdrawn], at(0));
        batch(&mut connection, &[put(3)], at(1));
        for number in [1, 3] {
            let reply = SealedReply { number: ReplyNumber(1), sealed: vec![number] };
            rows::add_reply(&connection, id(number), &reply).unwrap();
        }
        let later = |millisecond| at(millisecond).checked_add_days(RETENTION).unwrap();
        assert_eq!(forget_old(&connection, later(0)).unwrap(), 0);
        assert_eq!(forget_old(&connection, later(1)).unwrap(), 2);
        for (number, known) in [(1, false), (2, false), (3, true)] {
            assert_eq!(rows::find(&connection, id(number)).unwrap().is_some(), known, "{number}");
            let replies = rows::replies(&connection, id(number), ReplyNumber(0)).unwrap();
            assert_eq!(replies.len(), usize::from(known), "{number}");
        }
    }
}
