//! How long the phone leaves a hub alone after it failed.

use std::time::Duration;

/// After the first failure.
const FIRST: Duration = Duration::from_secs(30);
/// Retries are at most this far apart, whatever the hub asks for.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(6 * 60 * 60);

/// How long to wait after so many failures in a row: twice as long each time, by chance between half of that and all of it, so that the
/// phones of a borough do not come back at once; never sooner than the hub asked for.
///
/// `chance` is any number; every one is as likely as another.
pub(crate) fn wait(failures: u32, retry_after: Option<Duration>, chance: u64) -> Duration {
    let doubled = FIRST.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(LONGEST_WAIT);
    let half = doubled / 2;
    let share = chance as f64 / u64::MAX as f64;
    (half + half.mul_f64(share)).max(retry_after.unwrap_or_default()).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_doubles_up_to_six_hours() {
        let longest = |failures| wait(failures, None, u64::MAX).as_secs();
        assert_eq!([1, 2, 3, 4].map(longest), [30, 60, 120, 240]);
        assert_eq!([11, 20, u32::MAX].map(longest), [6 * 3600; 3]);
    }

    proptest! {
        #[test]
        fn it_is_never_longer_than_six_hours_nor_sooner_than_the_hub_asked(
            failures in 1u32.., asked in prop::option::of(0u64..100_000), chance: u64
        ) {
            let asked = asked.map(Duration::from_secs);
            let waits = wait(failures, asked, chance);
            prop_assert!(waits <= LONGEST_WAIT && waits >= FIRST / 2);
            prop_assert!(waits >= asked.unwrap_or_default().min(LONGEST_WAIT));
            let sooner = wait(failures, None, 0);
            prop_assert!(wait(failures, None, chance) <= sooner * 2);
        }
    }
}
