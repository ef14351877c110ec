//! When a series takes place (RFC 5545, sections 3.8.5 and 3.3.10), by the rules R1, R3 and R4: the wall-clock time stays through changes of
//! the clocks, endless series are walked lazily, and a search may begin anywhere.

mod clock_time;
mod dates;
mod rule;
mod series;

pub use clock_time::{Start, When, at};
pub use dates::YEARS;
pub use rule::{Rule, RuleFault};
pub use series::Series;
pub(super) use series::{day_meant, is_meant};
