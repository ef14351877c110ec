#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::LazyLock;

use chrono::TimeDelta;
use otsupport_wire::enquiry::{
    Asker, Letter, Matter, PublicHalf, ReceiptKey, ReplyBy, SealingChance, SecretHalf, ServiceKey, seal,
};
use proptest::prelude::*;

use super::*;

fn public(byte: u8) -> PublicHalf {
    SecretHalf::from_bytes([byte; 32]).public().unwrap()
}

pub(in crate::intake) fn receipt_key() -> SigningKey {
    SigningKey::from_secret(&[6; 32])
}

fn receipt_half() -> ReceiptKey {
    ReceiptKey::from_bytes(ed25519_dalek::SigningKey::from_bytes(&[6; 32]).verifying_key().to_bytes())
}

pub(in crate::intake) fn keys(service: &[(u8, Option<DateTime<Utc>>)]) -> EnquiryKeys {
    let service = service.iter().map(|(byte, until)| ServiceKey { public: public(*byte), until: *until });
    EnquiryKeys { service: service.collect(), recovery: public(2), receipt: vec![receipt_half()] }
}

pub(in crate::intake) fn id(byte: u8) -> EnquiryId {
    EnquiryId::new(1_795_600_000_000, &[byte; 10])
}

pub(in crate::intake) fn bearer(byte: u8) -> Bearer {
    Bearer::from_bytes([byte; 32])
}

pub(in crate::intake) fn at(millisecond: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_795_600_000_000 + millisecond).unwrap()
}

/// An envelope with this id, of the sender with this secret, sealed to this service key.
pub(in crate::intake) fn sealed(enquiry: u8, secret: u8, service: u8, text: &str) -> Vec<u8> {
    let letter = Letter {
        written_at: at(0),
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
        reply_key: public(9),
    };
    let chance = SealingChance { letter: [11; 32], service: [12; 32], recovery: [13; 32] };
    seal(id(enquiry), &letter, bearer(secret).hash(), &public(service), &public(2), chance).unwrap()
}

fn put_at(known: Option<&Row>, enquiry: u8, body: &[u8], keys: &EnquiryKeys, now: DateTime<Utc>) -> Put {
    put(known, id(enquiry), body, Some(keys), &receipt_key(), now)
}

fn kept(put: Put) -> (Row, SignedReceipt) {
    let Put::Keep { row, receipt } = put else { panic!("not kept: {put:?}") };
    (row, receipt)
}

fn code(problem: &Problem) -> ProblemCode {
    Problem::parse(problem.status, &serde_json::to_vec(problem).unwrap()).unwrap().0
}

fn refused(put: Put) -> ProblemCode {
    let Put::Refused(problem) = put else { panic!("not refused: {put:?}") };
    code(&problem)
}

#[test]
fn the_same_bytes_are_given_the_same_receipt_even_when_their_key_is_retired() {
    let body = sealed(7, 5, 1, "a");
    let (row, receipt) = kept(put_at(None, 7, &body, &keys(&[(1, None)]), at(0)));
    assert!(receipt.is_signed_by(&[receipt_half()]));
    assert_eq!((receipt.receipt.id, receipt.receipt.sha256), (id(7), Sha256::of(&body)));
    let retired = keys(&[(3, None)]);
    assert_eq!(put_at(Some(&row), 7, &body, &retired, at(9)), Put::Same(receipt.clone()));
    let again = put(Some(&row), id(7), &body, None, &SigningKey::from_secret(&[8; 32]), at(9));
    assert_eq!(again, Put::Same(receipt));
}

#[test]
fn other_bytes_under_a_known_id_are_refused_with_the_receipt_of_what_lies_there() {
    let keys = keys(&[(1, None)]);
    let (row, receipt) = kept(put_at(None, 7, &sealed(7, 5, 1, "a"), &keys, at(0)));
    for other in [sealed(7, 5, 1, "b"), sealed(7, 5, 3, "a"), vec![0; LARGEST + 1], Vec::new()] {
        let Put::Refused(problem) = put_at(Some(&row), 7, &other, &keys, at(1)) else { panic!("taken") };
        assert_eq!((code(&problem), problem.receipt), (ProblemCode::OtherBytes, Some(receipt.clone())));
    }
}

#[test]
fn what_is_no_envelope_for_this_address_and_these_keys_is_refused_by_name() {
    let (now, body) = (at(0), sealed(7, 5, 1, "a"));
    let ours = keys(&[(3, None), (1, Some(at(10)))]);
    for (enquiry, body, now, expected) in [
        (7, vec![0; LARGEST + 1], now, ProblemCode::TooLarge),
        (7, vec![0; LARGEST], now, ProblemCode::BadEnvelope),
        (7, body[..100].to_vec(), now, ProblemCode::BadEnvelope),
        (8, body.clone(), now, ProblemCode::OtherId),
        (7, body.clone(), at(10), ProblemCode::RetiredKey),
        (7, sealed(7, 5, 4, "a"), now, ProblemCode::RetiredKey),
    ] {
        assert_eq!(refused(put_at(None, enquiry, &body, &ours, now)), expected);
    }
    kept(put_at(None, 7, &body, &ours, at(9)));
    let without = put(None, id(7), &body, None, &receipt_key(), now);
    assert_eq!(refused(without), ProblemCode::Unavailable);
}

#[test]
fn nothing_tells_an_unknown_id_from_a_wrong_secret() {
    let (row, _) = kept(put_at(None, 7, &sealed(7, 5, 1, "a"), &keys(&[(1, None)]), at(0)));
    let unknown = ProblemCode::NotFound;
    assert_eq!(replies(None, Some(&bearer(5))), Err(unknown));
    assert_eq!(replies(None, None), Err(unknown));
    assert_eq!(replies(Some(&row), None), Err(unknown));
    assert_eq!(replies(Some(&row), Some(&bearer(4))), Err(unknown));
    assert_eq!(replies(Some(&row), Some(&bearer(5))), Ok(None));
    for known in [None, Some(&row)] {
        assert_eq!(delete(known, id(7), None, at(1)), Delete::Refused(unknown));
    }
    assert_eq!(delete(Some(&row), id(7), Some(&bearer(4)), at(1)), Delete::Refused(unknown));
}

#[test]
fn what_was_withdrawn_stays_so_and_what_was_opened_stays_here() {
    let (keys, body) = (keys(&[(1, None)]), sealed(7, 5, 1, "a"));
    let (row, _) = kept(put_at(None, 7, &body, &keys, at(0)));
    let Delete::Withdraw(gone) = delete(Some(&row), id(7), Some(&bearer(5)), at(1)) else { panic!("kept") };
    assert_eq!(gone.state, State::Withdrawn { at: at(1) });
    assert_eq!(delete(Some(&gone), id(7), Some(&bearer(5)), at(2)), Delete::Again);
    assert_eq!(refused(put_at(Some(&gone), 7, &body, &keys, at(3))), ProblemCode::Withdrawn);
    assert_eq!(replies(Some(&gone), Some(&bearer(5))), Err(ProblemCode::Withdrawn));
    assert_eq!(open(&gone, at(3)), None);

    let opened = open(&row, at(4)).unwrap();
    assert_eq!(open(&opened, at(5)), Some(opened.clone()), "the first time counts");
    assert_eq!(replies(Some(&opened), Some(&bearer(5))), Ok(Some(at(4))));
    assert_eq!(delete(Some(&opened), id(7), Some(&bearer(5)), at(6)), Delete::Refused(ProblemCode::Opened));
}

#[test]
fn a_withdrawal_that_overtakes_its_envelope_holds() {
    let Delete::Withdraw(row) = delete(None, id(7), Some(&bearer(5)), at(0)) else { panic!("refused") };
    let put = put_at(Some(&row), 7, &sealed(7, 5, 1, "a"), &keys(&[(1, None)]), at(1));
    assert_eq!(refused(put), ProblemCode::Withdrawn);
    assert_eq!(delete(Some(&row), id(7), Some(&bearer(5)), at(2)), Delete::Again);
    assert!(matches!(delete(Some(&row), id(7), Some(&bearer(4)), at(2)), Delete::Refused(_)));
}

#[test]
fn numbers_of_replies_rise_whatever_the_clock_does() {
    let now = 1_795_600_000_000;
    assert_eq!(next_number(None, at(0)), ReplyNumber(now));
    assert_eq!(next_number(Some(ReplyNumber(now - 5)), at(0)), ReplyNumber(now));
    assert_eq!(next_number(Some(ReplyNumber(now)), at(0)), ReplyNumber(now + 1));
    assert_eq!(next_number(Some(ReplyNumber(now + 9)), at(0)), ReplyNumber(now + 10));
}

/// One thing that comes to a hub for one id.
#[derive(Clone, Debug)]
enum Act {
    Put(u8, u8),
    Delete(u8),
    Open,
}

/// Envelopes with three texts, each by the senders 5 and 6.
static BODIES: LazyLock<[[Vec<u8>; 2]; 3]> =
    LazyLock::new(|| ["a", "b", "c"].map(|text| [5, 6].map(|secret| sealed(7, secret, 1, text))));

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => (0..3u8, 5..7u8).prop_map(|(text, secret)| Act::Put(text, secret)),
        1 => (4..7u8).prop_map(Act::Delete),
        1 => Just(Act::Open),
    ];
    prop::collection::vec(act, 0..24)
}

proptest! {
    #[test]
    fn one_id_has_one_receipt_and_never_comes_back(acts in acts()) {
        let keys = keys(&[(1, None)]);
        let bodies = LazyLock::force(&BODIES);
        let (mut known, mut given, mut gone) = (None::<Row>, None::<SignedReceipt>, false);
        for (step, act) in (0..).zip(acts) {
            match act {
                Act::Put(text, secret) => {
                    let body = &bodies[usize::from(text)][usize::from(secret - 5)];
                    match put_at(known.as_ref(), 7, body, &keys, at(step)) {
                        Put::Keep { row, receipt } => {
                            prop_assert!(given.is_none() && !gone, "a second receipt");
                            prop_assert_eq!(row.bearer, bearer(secret).hash());
                            (known, given) = (Some(row), Some(receipt));
                        }
                        Put::Same(receipt) => prop_assert_eq!(Some(receipt), given.clone()),
                        Put::Refused(problem) => prop_assert_eq!(gone, code(&problem) == ProblemCode::Withdrawn),
                    }
                }
                Act::Delete(secret) => match delete(known.as_ref(), id(7), Some(&bearer(secret)), at(step)) {
                    Delete::Withdraw(row) => {
                        let opened = known.as_ref().is_some_and(|it| {
                            matches!(it.state, State::Held { opened_at: Some(_), .. })
                        });
                        prop_assert!(!opened && !gone);
                        if let Some(known) = &known {
                            prop_assert_eq!(known.bearer, bearer(secret).hash());
                        }
                        (known, gone) = (Some(row), true);
                    }
                    Delete::Again => prop_assert!(gone),
                    Delete::Refused(_) => prop_assert!(known.is_some()),
                },
                Act::Open => {
                    let opened = known.as_ref().and_then(|it| open(it, at(step)));
                    prop_assert_eq!(opened.is_some(), known.is_some() && !gone);
                    known = opened.or(known);
                }
            }
        }
    }

    #[test]
    fn receipts_are_in_whole_milliseconds(nanoseconds in 0..2_000_000i64) {
        let now = at(0) + TimeDelta::nanoseconds(nanoseconds);
        let (_, receipt) = kept(put_at(None, 7, &sealed(7, 5, 1, "a"), &keys(&[(1, None)]), now));
        let read: SignedReceipt = serde_json::from_str(&serde_json::to_string(&receipt).unwrap()).unwrap();
        prop_assert_eq!(read, receipt);
    }
}
