//! Work on several threads.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};
use std::{iter, thread};

/// The most threads: a delta of a large bank takes 300 MB of memory.
const MOST: usize = 4;

/// Does each task, as many at once as there are cores. The results come in no order; the first error of a thread ends it.
pub(super) fn at_once<T: Send, R: Send, E: Send>(
    tasks: Vec<T>,
    work: impl Fn(T) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let threads = cores.min(MOST).min(tasks.len());
    let tasks = Mutex::new(tasks.into_iter());
    let next = || tasks.lock().unwrap_or_else(PoisonError::into_inner).next();
    let all = || iter::from_fn(next).map(&work).collect::<Result<Vec<R>, E>>();
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(all)).collect();
        let ended = running.into_iter().map(|it| it.join().unwrap_or_else(|panic| resume_unwind(panic)));
        Ok(ended.collect::<Result<Vec<_>, E>>()?.into_iter().flatten().collect())
    })
}
