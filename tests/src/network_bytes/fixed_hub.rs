//! A hub that is the same on every day: one key, one instant, two banks. What it signed lies in the corpus.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};
use otsupport_wire::trust::{
    Deltas, Expiry, Head, Newest, News, Root, Signers, SigningKey, Verifier, Versions, sign,
};
use otsupport_wire::{BankVersion, Sha256};

/// The instant of every verdict.
pub static NOW: LazyLock<DateTime<Utc>> = LazyLock::new(|| "2026-11-24T09:00:00Z".parse().unwrap());

/// Signs everything.
pub static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_secret(&[42; 32]));

/// Takes over the timestamp with the second root.
pub static NEXT_KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_secret(&[43; 32]));

/// What a phone holds: about as much like itself as a bank is.
pub static OLD_BANK: LazyLock<Vec<u8>> = LazyLock::new(|| bank(0..48));

/// What the hub has published since.
pub static NEW_BANK: LazyLock<Vec<u8>> = LazyLock::new(|| bank(7..55));

/// The root that the phone was built with.
pub static ROOT: LazyLock<Root> =
    LazyLock::new(|| Root::of_one_key(&KEY.public(), *NOW + TimeDelta::days(365)));

/// The one after it.
pub static NEXT_ROOT: LazyLock<Root> = LazyLock::new(|| {
    let (mut root, next) = (ROOT.clone(), NEXT_KEY.public());
    root.head.version = 2;
    root.keys.insert(next.id(), next.clone());
    root.roles.get_mut("timestamp").unwrap().keyids = BTreeSet::from([next.id()]);
    root
});

/// The only head that the hub has signed.
pub static HEAD: LazyLock<Head> = LazyLock::new(|| {
    let newest = Newest {
        version: BankVersion(7),
        length: NEW_BANK.len() as u64,
        sha256: Sha256::of(&NEW_BANK),
        packed: 1_000,
        published: *NOW,
    };
    naming(&News { deltas: Deltas::from([(BankVersion(6), 300)]), ..News::of_bank(newest) })
});

/// Begins with [`ROOT`].
pub static VERIFIER: LazyLock<Verifier> =
    LazyLock::new(|| Verifier::new(&sign(&*ROOT, &[&KEY]).unwrap(), *NOW).unwrap());

/// A head of this hub that says `news`.
pub fn naming(news: &News) -> Head {
    let later = *NOW + TimeDelta::days(30);
    let versions = Versions { timestamp: 9, snapshot: 7, targets: 7 };
    let expiry = Expiry { timestamp: later, rest: later };
    let signers = Signers { timestamp: &KEY, snapshot: &KEY, targets: &KEY };
    Head::naming(news, 1, versions, *NOW, expiry, &signers).unwrap()
}

fn bank(lines: std::ops::Range<u32>) -> Vec<u8> {
    lines
        .flat_map(|it| {
            format!("{} is line {it} of a bank of strategies.\n", it.wrapping_mul(2_654_435_761)).into_bytes()
        })
        .collect()
}
