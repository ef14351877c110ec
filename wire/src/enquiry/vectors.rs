//! Known answers: RFC 9180, appendix A.2.1 (DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305, base mode), the setup and its
//! first message. The later ones have other nonces, and nothing here seals twice under one setup.
#![allow(clippy::unwrap_used)]

use data_encoding::HEXLOWER;

use super::keys::{PublicHalf, SecretHalf};
use super::suite::{ENCAPSULATED, open, seal};

/// `ikmE`: what the sender draws.
const RANDOM: &str = "909a9b35d3dc4713a5e72a4da274b55d3d3821a37e5d099e74a647db583a904b";
/// `pkRm`.
const PUBLIC: &str = "4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a";
/// `skRm`.
const SECRET: &str = "8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb";
/// `info`: "Ode on a Grecian Urn".
const INFO: &str = "4f6465206f6e2061204772656369616e2055726e";
/// `aad`: "Count-0".
const AAD: &str = "436f756e742d30";
/// `pt`: "Beauty is truth, truth beauty".
const PLAIN: &str = "4265617574792069732074727574682c20747275746820626561757479";
/// `enc`.
const ENCAPSULATED_KEY: &str = "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a";
/// `ct`, its tag at the end.
const TEXT: &str =
    "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28";

fn bytes(hex: &str) -> Vec<u8> {
    HEXLOWER.decode(hex.as_bytes()).unwrap()
}

fn half(hex: &str) -> [u8; 32] {
    bytes(hex).try_into().unwrap()
}

#[test]
fn sealing_gives_the_known_answer() {
    let to = PublicHalf::from_bytes(half(PUBLIC));
    let sealed = seal(&to, &bytes(INFO), &bytes(AAD), &bytes(PLAIN), &half(RANDOM)).unwrap();
    let (encapsulated, text) = sealed.split_at(ENCAPSULATED);
    assert_eq!(HEXLOWER.encode(encapsulated), ENCAPSULATED_KEY);
    assert_eq!(HEXLOWER.encode(text), TEXT);
}

#[test]
fn the_known_answer_opens() {
    let with = SecretHalf::from_bytes(half(SECRET));
    assert_eq!(with.public(), Some(PublicHalf::from_bytes(half(PUBLIC))));
    let sealed = [bytes(ENCAPSULATED_KEY), bytes(TEXT)].concat();
    let plain = open(&with, &bytes(INFO), &bytes(AAD), &sealed).unwrap();
    assert_eq!(HEXLOWER.encode(&plain), PLAIN);
}

/// The points of small order (RFC 7748, section 6.1): with them both sides agree on zeros, whatever the secret (RFC 9180, section 7.1.4).
#[test]
fn a_weak_point_is_refused() {
    let with = SecretHalf::from_bytes(half(SECRET));
    let all = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ];
    for weak in all {
        let sealed = seal(&PublicHalf::from_bytes(half(weak)), b"", b"", b"", &half(RANDOM));
        assert!(sealed.is_none(), "sealed to {weak}");
        let opened = open(&with, b"", b"", &[half(weak).as_slice(), &[0; 16]].concat());
        assert!(opened.is_none(), "opened from {weak}");
    }
}
