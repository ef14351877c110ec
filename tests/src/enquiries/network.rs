//! What lies between a phone and the hub, and what becomes of a request there.

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use otsupport_core::enquiries::outbox::{Answer, Silence};
use otsupport_wire::Sha256;
use otsupport_wire::enquiry::{EnquiryId, Problem, ProblemCode, Receipt};

use super::history::Ask;
use super::keys::keys;
use crate::seeded::Seeded;

const PORTAL: &[u8] = b"<!doctype html><html><title>Welcome</title><p>Log in to use this network.</p></html>";
const PROXY: &[u8] = b"<html><h1>Blocked by policy</h1></html>";
const PLAIN_PROBLEM: &[u8] = br#"{"type":"about:blank","title":"Forbidden","status":403}"#;

/// How the way to the hub is for a while.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weather {
    /// All comes through.
    Fine,
    /// Anything may happen.
    Stormy,
    /// There is no way.
    Offline,
    /// The hub does not answer.
    Down,
    /// A log-in page answers with 200.
    Portal,
    /// A log-in page redirects.
    Redirects,
    /// Somebody answers without the hub's certificate.
    Intercepted,
    /// The hub asks to be left alone.
    Busy,
    /// A gateway answers that there is no hub behind it.
    BadGateway,
    /// A proxy refuses.
    Proxy,
}

impl Weather {
    /// All but fine weather.
    pub const BAD: [Self; 9] = [
        Self::Stormy,
        Self::Offline,
        Self::Down,
        Self::Portal,
        Self::Redirects,
        Self::Intercepted,
        Self::Busy,
        Self::BadGateway,
        Self::Proxy,
    ];

    /// Those in which nothing gets through.
    pub const CLOSED: [Self; 8] = [
        Self::Offline,
        Self::Down,
        Self::Portal,
        Self::Redirects,
        Self::Intercepted,
        Self::Busy,
        Self::BadGateway,
        Self::Proxy,
    ];

    /// Whether the newest bank can be fetched.
    pub fn brings_bank(self, chance: &mut Seeded) -> bool {
        match self {
            Self::Fine => true,
            // What is in the way of a request may let a file through.
            Self::Stormy | Self::Busy | Self::BadGateway => chance.once_in(2),
            _ => false,
        }
    }
}

/// What a phone hears.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Comes {
    /// The hub's answer, so long after it was given.
    Answer(TimeDelta),
    /// The same, cut after so many thousandths of it; noticed, or taken for whole.
    Cut(TimeDelta, usize, bool),
    /// This, so long after the request left.
    Instead(TimeDelta, Result<Answer, Silence>),
}

/// What becomes of a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fate {
    /// What it is called in the figures.
    pub name: &'static str,
    /// How long after it left it comes to the hub: each time that it does.
    pub arrives: Vec<TimeDelta>,
    /// What the phone hears.
    pub comes: Comes,
}

fn milliseconds(most: usize, chance: &mut Seeded) -> TimeDelta {
    TimeDelta::milliseconds(20 + chance.below(most) as i64)
}

/// Later than a phone waits, by minutes to days.
fn much_later(chance: &mut Seeded) -> TimeDelta {
    let most = [10 * 60, 6 * 3600, 2 * 86_400, 8 * 86_400][chance.below(4)];
    TimeDelta::seconds(90 + chance.below(most) as i64)
}

impl Fate {
    /// It comes through, and so does the answer.
    pub fn through(chance: &mut Seeded) -> Self {
        // Some answers take long enough that much happens meanwhile.
        let slow = if chance.once_in(8) { 25_000 } else { 800 };
        let arrives = vec![milliseconds(slow, chance)];
        Self { name: "through", arrives, comes: Comes::Answer(milliseconds(slow, chance)) }
    }

    /// It comes to the hub when it comes, and the phone hears this.
    pub fn instead(
        name: &'static str,
        arrives: Vec<TimeDelta>,
        heard: Result<Answer, Silence>,
        chance: &mut Seeded,
    ) -> Self {
        Self { name, arrives, comes: Comes::Instead(milliseconds(30_000, chance), heard) }
    }

    /// It is lost on the way.
    pub fn lost(chance: &mut Seeded) -> Self {
        Self::instead("lost", Vec::new(), Err(Silence::HubDown), chance)
    }

    /// It comes to the hub, and the answer is lost.
    pub fn unanswered(chance: &mut Seeded) -> Self {
        let arrives = vec![milliseconds(800, chance)];
        Self::instead("answer lost", arrives, Err(Silence::HubDown), chance)
    }

    /// It comes to the hub when nobody waits for it any more.
    pub fn late(chance: &mut Seeded) -> Self {
        let arrives = vec![much_later(chance)];
        Self::instead("late", arrives, Err(Silence::HubDown), chance)
    }

    /// It comes to the hub twice.
    pub fn twice(chance: &mut Seeded) -> Self {
        let (mut fate, again) = (Self::through(chance), much_later(chance));
        let soon = fate.arrives.first().copied().unwrap_or_default() + milliseconds(900, chance);
        fate.arrives.push(if chance.once_in(2) { soon } else { again });
        Self { name: "twice", ..fate }
    }

    /// The answer is cut at any byte.
    pub fn cut(chance: &mut Seeded) -> Self {
        let noticed = chance.once_in(2);
        let name = if noticed { "cut" } else { "cut unnoticed" };
        let arrives = vec![milliseconds(800, chance)];
        let comes = Comes::Cut(milliseconds(800, chance), chance.below(1000), noticed);
        Self { name, arrives, comes }
    }

    /// There is no network.
    pub fn offline() -> Self {
        let comes = Comes::Instead(TimeDelta::milliseconds(5), Err(Silence::NoNetwork));
        Self { name: "no network", arrives: Vec::new(), comes }
    }

    /// A gateway answers, behind which the hub may have heard.
    pub fn gateway(chance: &mut Seeded) -> Self {
        let arrives = if chance.once_in(3) { vec![milliseconds(800, chance)] } else { Vec::new() };
        let status = [500, 502, 503, 504][chance.below(4)];
        let html = if chance.once_in(2) { PROXY } else { b"" };
        let own = chance.once_in(4).then(|| problem(ProblemCode::Unavailable, None));
        let answer = own.unwrap_or_else(|| plain(status, html));
        Self::instead("5xx", arrives, Ok(answer), chance)
    }

    /// The hub, or a proxy, asks to be left alone.
    pub fn busy(chance: &mut Seeded) -> Self {
        let after = [None, Some(30), Some(900), Some(3 * 3600), Some(5 * 86_400)][chance.below(5)];
        let after = after.map(Duration::from_secs);
        let mut answer = match chance.below(4) {
            0 => plain(429, PROXY),
            1 => plain(503, PROXY),
            _ => problem(ProblemCode::TooMany, None),
        };
        answer.retry_after = after;
        let name = if after.is_some() { "429 with Retry-After" } else { "429" };
        Self::instead(name, Vec::new(), Ok(answer), chance)
    }

    /// A log-in page answers.
    pub fn portal(chance: &mut Seeded) -> Self {
        Self::instead("captive portal", Vec::new(), Ok(plain(200, PORTAL)), chance)
    }

    /// A log-in page redirects.
    pub fn redirects(chance: &mut Seeded) -> Self {
        Self::instead("redirected", Vec::new(), Err(Silence::Redirected), chance)
    }

    /// Somebody answers without the hub's certificate.
    pub fn intercepted(chance: &mut Seeded) -> Self {
        Self::instead("intercepted", Vec::new(), Err(Silence::Intercepted), chance)
    }

    /// A proxy refuses.
    pub fn proxy(chance: &mut Seeded) -> Self {
        let status = [403, 404, 413, 407, 409, 410][chance.below(6)];
        let answer = if chance.once_in(3) { plain(403, PLAIN_PROBLEM) } else { plain(status, PROXY) };
        Self::instead("proxy refuses", Vec::new(), Ok(answer), chance)
    }

    /// Somebody answers who has the phone's trust and not the hub's key.
    pub fn forged(id: EnquiryId, body: &[u8], chance: &mut Seeded) -> Self {
        let at = chrono::DateTime::<Utc>::UNIX_EPOCH + TimeDelta::seconds(chance.below(1 << 31) as i64);
        let receipt = Receipt { id, sha256: Sha256::of(body), received_at: at }.sign(&keys().forger.0);
        let body = serde_json::to_vec(&receipt).unwrap_or_default();
        Self::instead("forged receipt", Vec::new(), Ok(plain(201, &body)), chance)
    }

    /// What becomes of a request in this weather.
    pub fn of(weather: Weather, id: EnquiryId, ask: Ask, body: &[u8], chance: &mut Seeded) -> Self {
        match weather {
            Weather::Fine => Self::through(chance),
            Weather::Offline => Self::offline(),
            Weather::Down => Self::lost(chance),
            Weather::Portal => Self::portal(chance),
            Weather::Redirects => Self::redirects(chance),
            Weather::Intercepted => Self::intercepted(chance),
            Weather::Busy => Self::busy(chance),
            Weather::BadGateway => {
                let mut fate = Self::gateway(chance);
                fate.arrives.clear();
                fate
            }
            Weather::Proxy => Self::proxy(chance),
            Weather::Stormy => match chance.below(20) {
                0 | 1 => Self::lost(chance),
                2 | 3 => Self::unanswered(chance),
                4 | 5 => Self::late(chance),
                6 | 7 => Self::twice(chance),
                8 | 9 => Self::cut(chance),
                10 => Self::gateway(chance),
                11 => Self::busy(chance),
                12 => Self::portal(chance),
                13 => Self::proxy(chance),
                14 => Self::redirects(chance),
                15 if ask == Ask::Put => Self::forged(id, body, chance),
                _ => Self::through(chance),
            },
        }
    }
}

/// An answer that is nobody's problem document.
pub fn plain(status: u16, body: &[u8]) -> Answer {
    Answer { status, body: body.to_vec(), retry_after: None }
}

/// A hub's own problem.
pub fn problem(code: ProblemCode, retry_after: Option<Duration>) -> Answer {
    of_problem(&Problem::from(code), retry_after)
}

/// The same, as it stands.
pub fn of_problem(problem: &Problem, retry_after: Option<Duration>) -> Answer {
    let body = serde_json::to_vec(problem).unwrap_or_default();
    Answer { status: problem.status, body, retry_after }
}
