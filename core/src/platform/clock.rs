//! What time it is.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Europe::London;

/// A clock.
pub trait Clock: Send + Sync {
    /// The present instant, in UTC. A phone's clock may lie.
    fn now(&self) -> DateTime<Utc>;
}

/// The system's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        std::time::SystemTime::now().into()
    }
}

/// A clock that stands still: for planning ahead and for tests.
pub struct FixedClock(pub DateTime<Utc>);

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }
}

/// The day in the service's zone: just after midnight in summer it is already the next one, in UTC not yet.
pub(crate) fn day_in_london(now: DateTime<Utc>) -> NaiveDate {
    now.with_timezone(&London).date_naive()
}
