//! The signed documents, one role at a time. Each is tried as it came, when only what the hub signed may pass, and signed with
//! the hub's own key, as a thief of it could: that is how deep any bytes can get.

use std::fmt::Debug;
use std::sync::LazyLock;

use otsupport_wire::trust::{
    Document, Freshness, Head, MOST_DELEGATIONS, Origin, Search, Snapshot, Targets, Timestamp, TrustError,
    Verifier, Versions, Way, sign,
};
use serde::Serialize;
use serde_json::Value;

use super::fixed_hub::{HEAD, KEY, NEXT_KEY, NEXT_ROOT, NOW, VERIFIER, naming};

/// Knows the timestamp.
static WITH_TIMESTAMP: LazyLock<Verifier> = LazyLock::new(|| {
    let mut verifier = VERIFIER.clone();
    verifier.take_timestamp(&HEAD.timestamp).unwrap();
    verifier
});

/// Knows the snapshot too.
static WITH_SNAPSHOT: LazyLock<Verifier> = LazyLock::new(|| {
    let mut verifier = WITH_TIMESTAMP.clone();
    verifier.take_snapshot(&HEAD.snapshot, Origin::Fetched).unwrap();
    verifier
});

/// Knows all that the hub signed.
static WITH_ALL: LazyLock<Verifier> = LazyLock::new(|| {
    let mut verifier = WITH_SNAPSHOT.clone();
    verifier.take_targets(&HEAD.targets).unwrap();
    verifier
});

/// Roots are followed one by one.
pub(super) fn root(bytes: &[u8]) -> bool {
    check(bytes, &*NEXT_ROOT, |bytes| {
        let mut verifier = VERIFIER.clone();
        let taken = verifier.take_root(bytes);
        assert_eq!(verifier.root().head.version, if taken.is_ok() { 2 } else { 1 });
        taken.map(|()| verifier.root().clone())
    })
}

/// A timestamp holds, is the same when it comes again, and is refused by who has seen a newer one.
pub(super) fn timestamp(bytes: &[u8]) -> bool {
    check(bytes, WITH_ALL.timestamp().unwrap(), |bytes| {
        let mut verifier = VERIFIER.clone();
        verifier.take_timestamp(bytes)?;
        let taken: Timestamp = verifier.timestamp().unwrap().clone();
        assert!(taken.head.expires > *NOW);
        assert!(matches!(verifier.take_timestamp(bytes), Ok(Freshness::Same)));
        if let Some(timestamp) = taken.head.version.checked_add(1) {
            let mut ahead = VERIFIER.clone().with_marks(Versions { timestamp, ..Versions::default() });
            assert!(matches!(ahead.take_timestamp(bytes), Err(TrustError::Rollback)));
        }
        Ok(taken)
    })
}

/// A snapshot holds and is the one that the timestamp names, whether it was kept or has just come.
pub(super) fn snapshot(bytes: &[u8]) -> bool {
    check(bytes, WITH_ALL.snapshot().unwrap(), |bytes| {
        let (mut fetched, mut kept) = (WITH_TIMESTAMP.clone(), WITH_TIMESTAMP.clone());
        let taken = fetched.take_snapshot(bytes, Origin::Fetched);
        assert_eq!(kept.take_snapshot(bytes, Origin::Kept).is_ok(), taken.is_ok());
        taken?;
        let taken: Snapshot = fetched.snapshot().unwrap().clone();
        assert!(taken.head.version == 7 && taken.head.expires > *NOW);
        Ok(taken)
    })
}

/// Targets hold, are the ones that the snapshot names, end every search, and name a bank that can be named again.
pub(super) fn targets(bytes: &[u8]) -> bool {
    check(bytes, WITH_ALL.targets().unwrap(), |bytes| {
        let mut verifier = WITH_SNAPSHOT.clone();
        verifier.take_targets(bytes)?;
        let taken: Targets = verifier.targets().unwrap().clone();
        assert!(taken.head.version == 7 && taken.head.expires > *NOW);
        let mut search = Search::of("bank/7");
        let mut asked = 0;
        while let Some(chain) = search.next() {
            asked += 1;
            if let Some(targets) = verifier.delegated(&chain) {
                search.look(targets, &chain);
            }
        }
        assert!(asked <= MOST_DELEGATIONS + 1, "{asked} documents were asked for");
        let head = Head { targets: bytes.to_owned(), ..HEAD.clone() };
        if let Ok(said) = head.verify(VERIFIER.clone()) {
            assert_eq!(head.claims().as_ref(), Some(&said.news.newest));
            let again = naming(&said.news).verify(VERIFIER.clone()).unwrap();
            assert_eq!(again.news, said.news);
            for here in said.news.deltas.keys().chain(said.news.skips.keys()) {
                if let Way::Deltas(hops) = said.news.cheapest(Some(*here)) {
                    assert!(hops.first().is_some_and(|it| it.from == *here));
                    assert!(hops.last().is_some_and(|it| it.to == said.news.newest.version));
                }
            }
        }
        Ok(taken)
    })
}

/// Whether the hub signed it. `genuine` is the only document of the role that it has signed.
fn check<T: Document + Serialize + PartialEq + Debug>(
    bytes: &[u8],
    genuine: &T,
    take: impl Fn(&[u8]) -> Result<T, TrustError>,
) -> bool {
    let passes = match take(bytes) {
        Ok(taken) => {
            assert_eq!(&taken, genuine, "the hub never signed it");
            true
        }
        Err(_) => false,
    };
    if let Some(stolen) = signed_by_a_thief(bytes)
        && let Ok(taken) = take(&stolen)
    {
        assert!(taken.head().version > 0);
        let laid_out = serde_json::from_slice(&stolen).and_then(|it: Value| serde_json::to_vec_pretty(&it));
        assert_eq!(take(&laid_out.unwrap()).unwrap(), taken, "depends on its layout");
        let again = sign(&taken, &[&KEY, &NEXT_KEY]).unwrap();
        assert_eq!(take(&again).unwrap(), taken, "says something else when it is written again");
    }
    passes
}

/// What the bytes say, under the hub's own signatures.
fn signed_by_a_thief(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut document: Value = serde_json::from_slice(bytes).ok()?;
    let says = document.get_mut("signed").map(Value::take).unwrap_or(document);
    sign(&says, &[&KEY, &NEXT_KEY]).ok()
}
