//! One sync at a time: whoever comes while one is under way joins it.

use std::future::Future;
use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

/// What a sync came to, once it has.
type Ended<T> = Option<T>;

/// The sync under way, if there is one.
pub(crate) struct Joining<T> {
    under_way: Mutex<Option<watch::Receiver<Ended<T>>>>,
}

enum Part<T> {
    Lead(watch::Sender<Ended<T>>),
    Join(watch::Receiver<Ended<T>>),
}

impl<T: Clone> Joining<T> {
    pub(crate) fn new() -> Self {
        Self { under_way: Mutex::new(None) }
    }

    /// Runs `work`, or waits for the end of what is under way. Where that is given up before its end, one of those who waited runs its
    /// own.
    pub(crate) async fn run<F: Future<Output = T>>(&self, work: impl FnOnce() -> F) -> T {
        loop {
            match self.part() {
                Part::Lead(end) => {
                    let ended = work().await;
                    // Nobody may be waiting.
                    let _ = end.send(Some(ended.clone()));
                    return ended;
                }
                Part::Join(mut under_way) => {
                    let ended = under_way.wait_for(Option::is_some).await.map(|it| it.clone());
                    if let Ok(Some(ended)) = ended {
                        return ended;
                    }
                }
            }
        }
    }

    fn part(&self) -> Part<T> {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever leads holds the other end until the end, however it comes.
        match under_way.as_ref().filter(|it| it.has_changed().is_ok()) {
            Some(it) => Part::Join(it.clone()),
            None => {
                let (end, receiver) = watch::channel(None);
                *under_way = Some(receiver);
                Part::Lead(end)
            }
        }
    }
}
