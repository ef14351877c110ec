//! The conversation with a hub as a state machine: an event goes in, the next instruction comes out.
//!
//! It reads no clock, no disk and no network, so that every order of events can be tried.

use chrono::{DateTime, Utc};
use std::collections::VecDeque;

use otsupport_wire::BankVersion;
use otsupport_wire::trust::{
    Head, HeadError, Hop, MOST_ROOTS, Newest, News, TrustError, Verified, Verifier, Way,
};

use super::report::{Outcome, Reason};
use crate::platform::{HttpFault, Reply};
use crate::storage::Floor;

/// The largest bank that a phone takes, packed or unpacked: 128 MB.
pub(super) const BANK_LIMIT: u64 = 128 << 20;

/// What is here when the conversation begins.
pub(crate) struct Here {
    /// What was once trusted.
    pub(crate) floor: Floor,
    /// The bank in `content.db`; 0 for none.
    pub(crate) bank: u64,
    /// How it was signed.
    pub(crate) base: Option<Newest>,
    /// The head that vouches for it, and the tag it came with.
    pub(crate) head: Option<(Vec<u8>, Option<String>)>,
    /// Whether the snapshot of that bank is kept: what a delta needs.
    pub(crate) has_base: bool,
    /// Whether expiry is judged: it is not for a bank that an app carried, which may be opened long after it was built.
    pub(crate) judges_expiry: bool,
}

/// What happened.
pub(crate) enum Event {
    /// The head was asked for; the bytes are those of its body.
    Head(Result<Reply, HttpFault>, Vec<u8>),
    /// The next root was asked for.
    Root(Result<Reply, HttpFault>, Vec<u8>),
    /// The followed root is kept.
    RootKept,
    /// The news is kept, and what it recalls is withdrawn.
    Trusted,
    /// The delta was asked for and lies in its file, together with what an earlier run left of it.
    Delta(Result<Reply, HttpFault>),
    /// The full snapshot was asked for and lies in its file, as above.
    Full(Result<Reply, HttpFault>),
    /// The snapshot was kept by an earlier run and is the one that was signed.
    Kept,
    /// The snapshot was unpacked and was the one that was signed, or was not; one on the way to it need only unpack.
    Unpacked(bool),
    /// The snapshot was taken in, or needs a newer app, or breaks the format.
    Applied(Result<(), Reason>),
}

/// What to do next.
#[derive(Debug, PartialEq)]
pub(crate) enum Instruction {
    /// Ask for the head.
    FetchHead { if_none_match: Option<String> },
    /// Ask for `metadata/<version>.root.json`.
    FetchRoot { version: u64 },
    /// Keep the floor with the root that was followed: it is trusted for good, whatever becomes of the head.
    KeepRoot { floor: Floor },
    /// Keep the news, raise the floor, and withdraw what it recalls: that holds whether or not its bank can be had.
    Trust { floor: Floor, head: Vec<u8>, news: News },
    /// Ask for `full/<version>.zst`, unless it was kept by an earlier run.
    FetchFull { newest: Newest },
    /// Ask for `delta/<from>-<to>.dcz`, unless the newest snapshot was kept by an earlier run.
    FetchDelta { hop: Hop, newest: Newest },
    /// Unpack what came against the snapshot that the hop begins at. Where it ends at the newest, compare it with what was signed.
    Patch { hop: Hop, newest: Newest },
    /// Unpack what came and compare it with what was signed.
    Unpack { newest: Newest },
    /// Take the bank in.
    Apply { newest: Newest, head: Vec<u8>, etag: Option<String> },
    /// Note that the hub confirmed what is here.
    Confirm { floor: Floor, head: Vec<u8>, news: News, etag: Option<String> },
    /// The end.
    Finish { outcome: Outcome, reason: Option<Reason> },
}

/// Where the conversation stands.
pub(crate) struct Conversation {
    here: Here,
    state: State,
}

enum State {
    AskedHead,
    Following(Arrived),
    Trusting(Coming, News),
    FetchingDelta(Coming, Hops),
    Patching(Coming, Hops, Came),
    Fetching(Coming),
    Unpacking(Coming, Came),
    Applying,
    Done,
}

/// A head that came, before its roots are all here.
struct Arrived {
    head: Head,
    bytes: Vec<u8>,
    etag: Option<String>,
    /// How many roots were followed.
    roots: u32,
}

/// The deltas that are still to be fetched, the next one first.
type Hops = VecDeque<Hop>;

/// How a packed file came.
enum Came {
    /// In one answer.
    Whole,
    /// An answer was cut, and a later one went on: they may be of two files.
    Pieced,
}

impl Came {
    fn by(reply: &Reply) -> Option<Self> {
        match reply {
            Reply::Body { .. } => Some(Self::Whole),
            Reply::Rest { .. } => Some(Self::Pieced),
            Reply::NotModified | Reply::Later(_) | Reply::Status(_) => None,
        }
    }
}

/// A bank on its way.
struct Coming {
    newest: Newest,
    head: Vec<u8>,
    etag: Option<String>,
}

impl Conversation {
    /// Begins with the question for the head.
    pub(crate) fn begin(here: Here) -> (Self, Instruction) {
        let if_none_match = here.head.as_ref().and_then(|(_, etag)| etag.clone());
        (Self { here, state: State::AskedHead }, Instruction::FetchHead { if_none_match })
    }

    /// Takes in what happened and says what to do next.
    pub(crate) fn step(&mut self, event: Event, now: DateTime<Utc>) -> Instruction {
        match (std::mem::replace(&mut self.state, State::Done), event) {
            (State::AskedHead, Event::Head(Ok(Reply::NotModified), _)) => self.not_modified(now),
            (State::AskedHead, Event::Head(Ok(Reply::Body { etag, .. }), bytes)) => {
                match Head::unpack(&bytes) {
                    Ok(head) => self.follow(Arrived { head, bytes, etag, roots: 0 }, now),
                    Err(HeadError::NotAHead) if looks_like_a_page(&bytes) => end(Reason::CaptivePortal),
                    Err(_) => end(Reason::BadHead),
                }
            }
            (State::Following(arrived), Event::Root(Ok(Reply::Body { .. }), root)) => {
                self.next_root(arrived, root, now)
            }
            (State::Following(arrived), Event::RootKept) => self.follow(arrived, now),
            // Whoever names a root that is not there gains no more than by hiding it: what is trusted judges the head.
            (State::Following(arrived), Event::Root(Ok(_), _)) => self.judge(arrived, now),
            (State::Trusting(coming, news), Event::Trusted) => self.begin_fetching(coming, &news),
            // Too busy for the short cut is too busy for the whole.
            (State::FetchingDelta(..), Event::Delta(Ok(Reply::Later(_)))) => end(Reason::HubDown),
            (State::FetchingDelta(coming, hops), Event::Delta(Ok(reply))) => {
                match (Came::by(&reply), hops.front().copied()) {
                    (Some(came), Some(hop)) => {
                        let newest = coming.newest;
                        self.state = State::Patching(coming, hops, came);
                        Instruction::Patch { hop, newest }
                    }
                    // A delta is a short cut: where it leads nowhere, the whole way is still there.
                    _ => self.fetch_full(coming),
                }
            }
            (
                State::FetchingDelta(coming, _),
                Event::Delta(Err(HttpFault::TooLarge | HttpFault::AnotherBody)),
            ) => self.fetch_full(coming),
            (State::Patching(coming, mut hops, _), Event::Unpacked(true)) => {
                hops.pop_front();
                if hops.is_empty() { self.apply(coming) } else { self.fetch_delta(coming, hops) }
            }
            (State::Patching(coming, hops, Came::Pieced), Event::Unpacked(false)) => {
                self.fetch_delta(coming, hops)
            }
            (State::Patching(coming, _, Came::Whole), Event::Unpacked(false)) => self.fetch_full(coming),
            (State::Fetching(coming), Event::Full(Ok(reply))) => match Came::by(&reply) {
                Some(came) => {
                    let newest = coming.newest;
                    self.state = State::Unpacking(coming, came);
                    Instruction::Unpack { newest }
                }
                None => end(Reason::HubDown),
            },
            // Another length than was signed for is not the bank that was signed.
            (State::Fetching(_), Event::Full(Err(HttpFault::TooLarge | HttpFault::AnotherBody))) => {
                end(Reason::BadBank)
            }
            // Two halves of two files are worth one more request; one whole that is wrong is not.
            (State::Unpacking(coming, Came::Pieced), Event::Unpacked(false)) => self.fetch_full(coming),
            (State::Unpacking(_, Came::Whole), Event::Unpacked(false)) => end(Reason::BadBank),
            (State::Unpacking(coming, _), Event::Unpacked(true))
            | (State::Fetching(coming) | State::FetchingDelta(coming, _), Event::Kept) => self.apply(coming),
            (State::Applying, Event::Applied(Ok(()))) => {
                Instruction::Finish { outcome: Outcome::Updated, reason: None }
            }
            (State::Applying, Event::Applied(Err(reason))) => end(reason),
            (_, Event::Head(Err(HttpFault::TooLarge), _) | Event::Root(Err(HttpFault::TooLarge), _)) => {
                end(Reason::BadHead)
            }
            (
                _,
                Event::Head(Err(fault), _)
                | Event::Root(Err(fault), _)
                | Event::Delta(Err(fault))
                | Event::Full(Err(fault)),
            ) => end(unreached(&fault)),
            (
                _,
                Event::Head(..)
                | Event::Root(..)
                | Event::RootKept
                | Event::Trusted
                | Event::Delta(_)
                | Event::Full(_)
                | Event::Kept
                | Event::Unpacked(_)
                | Event::Applied(_),
            ) => end(Reason::HubDown),
        }
    }

    /// The tag still fits: what is stored is judged again, since time has passed.
    fn not_modified(&mut self, now: DateTime<Utc>) -> Instruction {
        let Some((bytes, etag)) = self.here.head.take() else {
            return end(Reason::HubDown);
        };
        let Ok(head) = Head::unpack(&bytes) else { return end(Reason::BadHead) };
        match self.verify(&head, now) {
            Ok(verified) => {
                let floor = self.floor(&verified);
                Instruction::Confirm { floor, head: bytes, news: verified.news, etag }
            }
            Err(error) => end(refusal(&error)),
        }
    }

    /// Asks for the roots that the head's number promises, one after the other, then judges the head.
    fn follow(&mut self, arrived: Arrived, now: DateTime<Utc>) -> Instruction {
        let here = self.here.floor.root_version;
        if arrived.head.root <= here || arrived.roots == MOST_ROOTS {
            return self.judge(arrived, now);
        }
        self.state = State::Following(arrived);
        Instruction::FetchRoot { version: here + 1 }
    }

    fn next_root(&mut self, arrived: Arrived, root: Vec<u8>, now: DateTime<Utc>) -> Instruction {
        let followed = self.verifier(now).and_then(|mut verifier| {
            verifier.take_root(&root)?;
            Ok(verifier)
        });
        let verifier = match followed {
            Ok(verifier) => verifier,
            Err(TrustError::Malformed(_)) if looks_like_a_page(&root) => return end(Reason::CaptivePortal),
            Err(error) => return end(refusal(&error)),
        };
        let floor = &mut self.here.floor;
        let versions = verifier.marks();
        if versions.timestamp < floor.versions.timestamp {
            // New keys for what says the time: a thief of the old ones may have said any.
            floor.verified_at = DateTime::UNIX_EPOCH;
        }
        if versions.targets < floor.versions.targets {
            // New keys for what names the bank: its number starts from what they say.
            (floor.bank, floor.sha256) = (0, None);
        }
        (floor.root, floor.root_version, floor.versions) = (root, verifier.root().head.version, versions);
        let floor = floor.clone();
        self.state = State::Following(Arrived { roots: arrived.roots + 1, ..arrived });
        Instruction::KeepRoot { floor }
    }

    fn judge(&mut self, arrived: Arrived, now: DateTime<Utc>) -> Instruction {
        let Arrived { head, bytes, etag, .. } = arrived;
        let verified = match self.verify(&head, now) {
            Ok(verified) => verified,
            Err(error) => return end(refusal(&error)),
        };
        let newest = verified.news.newest;
        let was = &self.here.floor;
        if newest.version.0 < was.bank {
            return end(Reason::Rollback);
        }
        if newest.version.0 == was.bank && was.sha256.is_some_and(|it| it != newest.sha256) {
            return end(Reason::Forked);
        }
        let floor = self.floor(&verified);
        let news = verified.news;
        // Under keys that were changed, the same number may have been given to another bank.
        let is_here = self.here.base.is_none_or(|it| it.sha256 == newest.sha256);
        if newest.version.0 == self.here.bank && is_here {
            return Instruction::Confirm { floor, head: bytes, news, etag };
        }
        let coming = Coming { newest, head: bytes.clone(), etag };
        self.state = State::Trusting(coming, news.clone());
        Instruction::Trust { floor, head: bytes, news }
    }

    fn begin_fetching(&mut self, coming: Coming, news: &News) -> Instruction {
        if coming.newest.length.max(coming.newest.packed) > BANK_LIMIT {
            return end(Reason::BadBank);
        }
        match news.cheapest(self.here.has_base.then_some(BankVersion(self.here.bank))) {
            Way::Deltas(hops) => self.fetch_delta(coming, hops.into()),
            Way::Full => self.fetch_full(coming),
        }
    }

    fn fetch_delta(&mut self, coming: Coming, hops: Hops) -> Instruction {
        let Some(hop) = hops.front().copied() else { return self.fetch_full(coming) };
        let newest = coming.newest;
        self.state = State::FetchingDelta(coming, hops);
        Instruction::FetchDelta { hop, newest }
    }

    fn fetch_full(&mut self, coming: Coming) -> Instruction {
        let newest = coming.newest;
        self.state = State::Fetching(coming);
        Instruction::FetchFull { newest }
    }

    fn apply(&mut self, coming: Coming) -> Instruction {
        self.state = State::Applying;
        let Coming { newest, head, etag } = coming;
        Instruction::Apply { newest, head, etag }
    }

    fn verifier(&self, now: DateTime<Utc>) -> Result<Verifier, TrustError> {
        let floor = &self.here.floor;
        // A phone's clock lies: time does not run behind what a hub has signed.
        let now = if self.here.judges_expiry { now.max(floor.verified_at) } else { DateTime::<Utc>::MIN_UTC };
        Ok(Verifier::new(&floor.root, now)?.with_marks(floor.versions))
    }

    fn verify(&self, head: &Head, now: DateTime<Utc>) -> Result<Verified, TrustError> {
        head.verify(self.verifier(now)?)
    }

    fn floor(&self, verified: &Verified) -> Floor {
        let was = &self.here.floor;
        Floor {
            root: was.root.clone(),
            root_version: was.root_version,
            versions: verified.versions,
            bank: verified.news.newest.version.0,
            sha256: Some(verified.news.newest.sha256),
            verified_at: was.verified_at.max(verified.issued.unwrap_or_default()),
        }
    }
}

fn end(reason: Reason) -> Instruction {
    Instruction::Finish { outcome: reason.outcome(), reason: Some(reason) }
}

fn refusal(error: &TrustError) -> Reason {
    match error {
        TrustError::Expired(_) => Reason::Expired,
        TrustError::Unsigned => Reason::BadSignature,
        TrustError::Rollback => Reason::Rollback,
        TrustError::WrongVersion | TrustError::NotAsNamed | TrustError::NotListed => Reason::Mixed,
        TrustError::Malformed(_) | TrustError::WrongKind | TrustError::OutOfOrder => Reason::BadHead,
    }
}

pub(super) fn unreached(fault: &HttpFault) -> Reason {
    match fault {
        HttpFault::NoNetwork => Reason::NoNetwork,
        HttpFault::Intercepted => Reason::Intercepted,
        HttpFault::Redirected => Reason::CaptivePortal,
        HttpFault::HubDown
        | HttpFault::TooLarge
        | HttpFault::AnotherBody
        | HttpFault::BadAddress
        | HttpFault::Kept(_) => Reason::HubDown,
    }
}

/// A log-in page where a compressed file should be.
fn looks_like_a_page(body: &[u8]) -> bool {
    body.iter().find(|byte| !byte.is_ascii_whitespace() && !b"\xef\xbb\xbf".contains(byte)) == Some(&b'<')
}

#[cfg(test)]
#[path = "conversation_tests.rs"]
mod tests;
