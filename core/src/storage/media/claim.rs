//! Who fetches which file: one at a time in this program. No lock is held meanwhile; a claim that is dropped is free again.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use otsupport_wire::Sha256;
use tokio::sync::Notify;

/// The files that are being fetched.
#[derive(Default)]
pub(super) struct Claims {
    taken: Mutex<HashSet<Sha256>>,
    freed: Notify,
}

/// The right to fetch a file. Dropping it lets the next one try.
pub(crate) struct Claim<'a> {
    claims: &'a Claims,
    sha256: Sha256,
}

impl Claims {
    /// Takes the right if nobody has it.
    pub(super) fn try_claim(&self, sha256: Sha256) -> Option<Claim<'_>> {
        let free = self.taken().insert(sha256);
        // Made only if it is ours: a claim that goes away frees the file.
        free.then(|| Claim { claims: self, sha256 })
    }

    /// Waits for the right and takes it.
    pub(super) async fn claim(&self, sha256: Sha256) -> Claim<'_> {
        loop {
            // Listens before it tries, so that nothing is missed between.
            let freed = self.freed.notified();
            if let Some(claim) = self.try_claim(sha256) {
                return claim;
            }
            freed.await;
        }
    }

    fn taken(&self) -> MutexGuard<'_, HashSet<Sha256>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.claims.taken().remove(&self.sha256);
        self.claims.freed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Waker};

    use super::*;

    #[test]
    fn a_file_is_one_fetchers_until_it_is_let_go() {
        let (claims, file, another) = (Claims::default(), Sha256::of(b"one"), Sha256::of(b"another"));
        let first = claims.try_claim(file);
        assert!(first.is_some());
        assert!(claims.try_claim(file).is_none() && claims.try_claim(file).is_none());
        assert!(claims.try_claim(another).is_some());
        let context = &mut Context::from_waker(Waker::noop());
        let mut second = pin!(claims.claim(file));
        assert!(second.as_mut().poll(context).is_pending());
        drop(first);
        let second = second.as_mut().poll(context);
        assert!(second.is_ready() && claims.try_claim(file).is_none());
        drop(second);
        assert!(claims.try_claim(file).is_some());
    }
}
