//! How often one client may ask: a bucket of requests that fills at a steady rate.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

/// A full bucket lets so many seconds' requests through at once.
const BURST_SECONDS: u32 = 10;
/// The most clients that are remembered at once.
const MOST: usize = 1 << 16;

/// So many requests a second for one address: `20/s`. Ten seconds' worth may come at once, since a whole school shares an address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rate(u32);

/// The text is no rate.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a rate is a whole number of requests a second from 1 to 1000000, such as 20/s")]
pub struct BadRate;

impl Rate {
    /// What a hub allows unless told otherwise.
    pub const DEFAULT: Self = Self(20);

    fn interval(self) -> Duration {
        Duration::from_secs(1) / self.0
    }

    fn burst(self) -> Duration {
        self.interval() * (self.0 * BURST_SECONDS)
    }
}

impl FromStr for Rate {
    type Err = BadRate;

    fn from_str(text: &str) -> Result<Self, BadRate> {
        let number = text.strip_suffix("/s").and_then(|it| it.parse().ok());
        number.filter(|it| (1..=1_000_000).contains(it)).map(Self).ok_or(BadRate)
    }
}

/// The buckets of the clients that asked of late. Addresses are not kept: each is known by a hash under a key of this process.
pub(super) struct Buckets<S = RandomState> {
    rate: Rate,
    names: S,
    /// For each client, when its bucket is full again, counted from the process's beginning.
    full_at: HashMap<u64, Duration>,
}

impl Buckets {
    /// Full ones for everybody.
    pub(super) fn new(rate: Rate) -> Self {
        Self { rate, names: RandomState::new(), full_at: HashMap::new() }
    }
}

impl<S: BuildHasher> Buckets<S> {
    /// Takes a request from the client's bucket. `now` counts from the process's beginning.
    ///
    /// # Errors
    /// After how long the next is allowed.
    pub(super) fn take(&mut self, client: IpAddr, now: Duration) -> Result<(), Duration> {
        let client = self.names.hash_one(network(client));
        let full_at = self.full_at.get(&client).copied().unwrap_or_default().max(now) + self.rate.interval();
        if let Some(wait) = full_at.checked_sub(now + self.rate.burst()).filter(|it| !it.is_zero()) {
            return Err(wait);
        }
        if self.full_at.len() >= MOST {
            // A full bucket is as good as none.
            self.full_at.retain(|_, full_at| *full_at > now);
        }
        if self.full_at.len() >= MOST {
            self.full_at.clear();
        }
        self.full_at.insert(client, full_at);
        Ok(())
    }
}

/// One client has as many addresses of IPv6 as it likes, in one network.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        address => address,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_burst_is_let_through_then_a_steady_rate() {
        let (mut buckets, school) = (Buckets::new(Rate(20)), address("192.0.2.1"));
        let second = Duration::from_secs(1);
        let taken =
            |buckets: &mut Buckets, now| (0..500).filter(|_| buckets.take(school, now).is_ok()).count();
        assert_eq!(taken(&mut buckets, second), 200);
        let wait = buckets.take(school, second).unwrap_err();
        assert_eq!(wait, Duration::from_millis(50));
        assert!(buckets.take(school, second + wait).is_ok(), "after the wait that it was told");
        assert_eq!(
            buckets.take(address("192.0.2.2"), second),
            Ok(()),
            "another address has a bucket of its own"
        );
        assert_eq!(taken(&mut buckets, second * 2), 19);
        assert_eq!(taken(&mut buckets, second * 60), 200);
    }

    #[test]
    fn idle_addresses_are_forgotten_and_memory_is_bounded() {
        let mut buckets = Buckets::new(Rate(1));
        for number in 0..3 * MOST as u32 {
            let _ = buckets.take(IpAddr::from(number.to_be_bytes()), Duration::from_millis(number.into()));
            assert!(buckets.full_at.len() <= MOST);
        }
    }

    #[test]
    fn a_network_of_ipv6_is_one_client() {
        let mut buckets = Buckets::new(Rate(1));
        let mut taken =
            |text: &str| (0..20).filter(|_| buckets.take(address(text), Duration::ZERO).is_ok()).count();
        assert_eq!(taken("2001:db8::1"), 10);
        assert_eq!(taken("2001:db8::2"), 0);
        assert_eq!(taken("2001:db8:0:1::2"), 10);
        assert_eq!(taken("::ffff:192.0.2.1"), 10);
        assert_eq!(taken("192.0.2.1"), 0);
    }

    #[test]
    fn a_rate_is_so_many_a_second() {
        assert_eq!("20/s".parse(), Ok(Rate::DEFAULT));
        for text in ["0/s", "20", "-1/s", "1.5/s", "20/m", "4294967295/s", ""] {
            assert_eq!(text.parse::<Rate>(), Err(BadRate), "{text}");
        }
    }
}
