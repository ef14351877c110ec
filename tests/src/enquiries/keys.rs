//! Keys that are made once and shared by all lives: making one takes longer than an hour of a life.

use std::sync::LazyLock;

use otsupport_wire::enquiry::{PublicHalf, ReceiptKey, SecretHalf};
use otsupport_wire::trust::SigningKey;

/// A pair of keys to seal to.
pub type Pair = (SecretHalf, PublicHalf);

/// All keys.
pub struct Keys {
    /// The service's, in the order in which they come into use.
    pub service: Vec<Pair>,
    /// The one that lies offline.
    pub recovery: PublicHalf,
    /// The hub's, in the order in which they come into use.
    pub receipt: Vec<(SigningKey, ReceiptKey)>,
    /// Those of enquiries.
    pub reply: Vec<Pair>,
    /// Somebody's who would like to be the hub.
    pub forger: (SigningKey, ReceiptKey),
}

static KEYS: LazyLock<Keys> = LazyLock::new(|| Keys {
    service: (1..=8).map(pair).collect(),
    recovery: pair(50).1,
    receipt: (60..66).map(signing).collect(),
    reply: (100..=200).map(pair).collect(),
    forger: signing(90),
});

/// The keys.
pub fn keys() -> &'static Keys {
    &KEYS
}

fn pair(byte: u8) -> Pair {
    let secret = SecretHalf::from_bytes([byte; 32]);
    let public = secret.public().unwrap_or_else(|| PublicHalf::from_bytes([0; 32]));
    (secret, public)
}

fn signing(byte: u8) -> (SigningKey, ReceiptKey) {
    let key = SigningKey::from_secret(&[byte; 32]);
    // The form in which a root names it is the one way to its bytes.
    let public = serde_json::to_value(key.public()).unwrap_or_default();
    let hex = public["keyval"]["public"].as_str().unwrap_or_default().to_owned();
    let public = ReceiptKey::try_from(hex).unwrap_or_else(|_| ReceiptKey::from_bytes([0; 32]));
    (key, public)
}
