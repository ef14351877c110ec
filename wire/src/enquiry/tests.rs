#![allow(clippy::unwrap_used)]

use chrono::{DateTime, TimeDelta};
use proptest::prelude::*;

use super::envelope::{EnvelopeError, SIZES};
use super::*;
use crate::Sha256;
use crate::trust::SigningKey;

fn secret(byte: u8) -> SecretHalf {
    SecretHalf::from_bytes([byte; 32])
}

fn chance(byte: u8) -> SealingChance {
    let of = |step: u8| [byte.wrapping_add(step); 32];
    SealingChance { letter: of(1), service: of(2), recovery: of(3) }
}

fn letter(text: &str) -> Letter {
    Letter {
        written_at: DateTime::UNIX_EPOCH,
        matter: Matter::Question,
        asker: Asker::Parent,
        topic: None,
        age: None,
        setting: None,
        borough: None,
        reply_by: ReplyBy::Phone,
        format: None,
        language: None,
        interpreter: None,
        text: text.to_owned(),
        reply_key: secret(9).public().unwrap(),
    }
}

fn id(byte: u8) -> EnquiryId {
    EnquiryId::new(1_795_600_000_000, &[byte; 10])
}

fn sealed(text: &str) -> Vec<u8> {
    let bearer = Bearer::from_bytes([5; 32]).hash();
    let keys = [secret(1), secret(2)].map(|it| it.public().unwrap());
    seal(id(7), &letter(text), bearer, &keys[0], &keys[1], chance(20)).unwrap()
}

#[test]
fn service_and_recovery_open_it_and_nobody_else() {
    let bytes = sealed("The seams itch.");
    let envelope = Envelope::parse(&bytes).unwrap();
    assert_eq!(envelope.header.id, id(7));
    assert!(envelope.header.bearer.is_of(&Bearer::from_bytes([5; 32])));
    let expected = Ok(letter("The seams itch."));
    assert_eq!(envelope.open([&secret(4), &secret(1)]), expected);
    assert_eq!(envelope.recover([&secret(2)]), expected);
    for (opened, who) in [
        (envelope.open([&secret(2)]), "the recovery key in the service's place"),
        (envelope.recover([&secret(1)]), "the service key in the recovery's place"),
        (envelope.open([&secret(3)]), "another key"),
        (envelope.open([]), "no key"),
    ] {
        assert_eq!(opened, Err(EnvelopeError::DoesNotOpen), "{who}");
    }
}

#[test]
fn no_byte_of_it_can_be_changed_or_cut() {
    let bytes = sealed("a");
    let opens = |bytes: &[u8]| {
        let envelope = Envelope::parse(bytes)?;
        envelope.open([&secret(1)])?;
        envelope.recover([&secret(2)])
    };
    // X25519 does not look at the highest bit of an encapsulated key: HPKE does.
    for place in [68 + 31, 68 + 80 + 31] {
        let mut changed = bytes.clone();
        changed[place] ^= 0x80;
        assert!(opens(&changed).is_err(), "the highest bit of byte {place}");
    }
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        assert!(opens(&changed).is_err(), "byte {place}");
        assert!(opens(&bytes[..place]).is_err(), "cut at {place}");
    }
    assert!(opens(&[&bytes[..], &[0]].concat()).is_err());
}

#[test]
fn its_length_tells_little_and_the_longest_is_told() {
    for (length, size) in [(0, SIZES[0]), (4000, SIZES[0]), (12_000, SIZES[1]), (32_000, SIZES[1])] {
        assert_eq!(sealed(&"x".repeat(length)).len(), size, "{length}");
    }
    for script in ["x", "é", "ب"] {
        assert_eq!(sealed(&script.repeat(4000)).len(), SIZES[0], "{script}");
    }
    let keys = [secret(1), secret(2)].map(|it| it.public().unwrap());
    let long = letter(&"x".repeat(SIZES[1]));
    let bearer = Bearer::from_bytes([5; 32]).hash();
    assert_eq!(seal(id(7), &long, bearer, &keys[0], &keys[1], chance(20)), Err(EnvelopeError::TooLong));
}

#[test]
fn a_newer_form_is_told_from_what_is_none() {
    let mut bytes = sealed("a");
    bytes[3] = 2;
    assert_eq!(Envelope::parse(&bytes).unwrap_err(), EnvelopeError::TooNew);
    bytes[0] = b'X';
    assert_eq!(Envelope::parse(&bytes).unwrap_err(), EnvelopeError::NotAnEnvelope);
}

#[test]
fn a_reply_is_bound_to_its_enquiry_and_its_place() {
    let (number, to) = (ReplyNumber(41), secret(9).public().unwrap());
    let sealed = seal_reply(id(7), number, "Try seamless socks.", &to, &[3; 32]).unwrap();
    assert_eq!(open_reply(id(7), number, &sealed, &secret(9)).as_deref(), Ok("Try seamless socks."));
    for (id, number, key) in [(id(8), number, 9), (id(7), ReplyNumber(42), 9), (id(7), number, 8)] {
        assert_eq!(open_reply(id, number, &sealed, &secret(key)), Err(ReplyError::DoesNotOpen));
    }
}

#[test]
fn a_receipt_holds_for_what_it_was_signed_for() {
    let key = SigningKey::from_secret(&[6; 32]);
    let public =
        ReceiptKey::from_bytes(ed25519_dalek::SigningKey::from_bytes(&[6; 32]).verifying_key().to_bytes());
    let receipt = Receipt { id: id(7), sha256: Sha256::of(b"envelope"), received_at: DateTime::UNIX_EPOCH };
    let signed = receipt.sign(&key);
    let read: SignedReceipt = serde_json::from_str(&serde_json::to_string(&signed).unwrap()).unwrap();
    assert!(read.is_signed_by(&[ReceiptKey::from_bytes([0; 32]), public]));
    assert!(!read.is_signed_by(&[]));
    for other in [
        Receipt { id: id(8), ..receipt },
        Receipt { sha256: Sha256::of(b"other"), ..receipt },
        Receipt { received_at: receipt.received_at + TimeDelta::milliseconds(1), ..receipt },
    ] {
        assert!(!SignedReceipt { receipt: other, ..signed.clone() }.is_signed_by(&[public]));
    }
}

#[test]
fn a_problem_is_the_hubs_own_or_none() {
    let own = serde_json::to_vec(&Problem::from(ProblemCode::RetiredKey)).unwrap();
    assert_eq!(Problem::parse(422, &own).unwrap().0, ProblemCode::RetiredKey);
    assert!(Problem::parse(400, &own).is_none(), "another status than it says");
    let newer = br#"{"type":"urn:otsupport:problem:tea-time","title":"","status":400}"#;
    assert_eq!(Problem::parse(400, newer).unwrap().0, ProblemCode::Other);
    for other in [
        &br#"{"type":"about:blank","title":"Bad Gateway","status":400}"#[..],
        b"<html>Please log in</html>",
        b"",
    ] {
        assert!(Problem::parse(400, other).is_none());
    }
}

proptest! {
    #[test]
    fn nothing_that_comes_breaks_it(bytes in prop::collection::vec(any::<u8>(), 0..3000)) {
        let _ = Envelope::parse(&bytes);
        let mut shaped = b"OTE\x01".to_vec();
        shaped.extend(bytes);
        shaped.resize(SIZES[0], 0);
        if let Ok(envelope) = Envelope::parse(&shaped) {
            prop_assert!(envelope.open([&secret(1)]).is_err());
        }
    }

    #[test]
    fn every_letter_comes_back(text in ".{0,400}", byte: u8) {
        let keys = [secret(1), secret(2)].map(|it| it.public().unwrap());
        let bearer = Bearer::from_bytes([5; 32]).hash();
        let bytes = seal(id(byte), &letter(&text), bearer, &keys[0], &keys[1], chance(byte)).unwrap();
        prop_assert_eq!(Envelope::parse(&bytes).unwrap().open([&secret(1)]), Ok(letter(&text)));
    }
}
