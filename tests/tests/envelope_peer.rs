//! The sealed enquiry beside a second implementation (`tests/envelope`, JavaScript), in both directions.
//!
//! `make envelope` runs these; a plain `cargo test` does not, since they need Node and its packages.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use chrono::DateTime;
use data_encoding::HEXLOWER;
use otsupport_tests::seeded::Seeded;
use otsupport_wire::enquiry::{
    Asker, Bearer, EnquiryId, Envelope, Interpreter, Letter, Matter, PublicHalf, ReplyBy, ReplyNumber, SIZES,
    SealingChance, SecretHalf, open_reply, seal, seal_reply,
};
use otsupport_wire::snapshot::{Ages, Setting};
use serde::Serialize;
use serde_json::{Value, json};

/// The other program, which answers a line with a line.
struct Peer {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Peer {
    fn start() -> Self {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("envelope/main.js");
        let mut node = Command::new("node");
        let mut child = node.arg(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (to, from) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, to, from }
    }

    fn ask(&mut self, request: &impl Serialize) -> Value {
        writeln!(self.to, "{}", serde_json::to_string(request).unwrap()).unwrap();
        let mut answer = String::new();
        self.from.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).unwrap_or_else(|_| panic!("the peer ended: {:?}", self.child.wait()))
    }

    fn open(&mut self, role: &str, secret: &SecretHalf, envelope: &[u8]) -> Value {
        self.ask(&json!({"do": "open", "as": role, "secret": secret, "envelope": HEXLOWER.encode(envelope)}))
    }

    fn open_reply(
        &mut self,
        id: EnquiryId,
        number: ReplyNumber,
        secret: &SecretHalf,
        sealed: &[u8],
    ) -> Value {
        let sealed = HEXLOWER.encode(sealed);
        self.ask(&json!({"do": "open-reply", "id": id, "number": number, "secret": secret, "sealed": sealed}))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a sealing is asked for. A struct, for it keeps the order of the letter's fields, which a map would sort.
#[derive(Serialize)]
struct Seal<'a> {
    #[serde(rename = "do")]
    deed: &'static str,
    id: EnquiryId,
    bearer: String,
    service: PublicHalf,
    recovery: PublicHalf,
    letter: &'a Letter,
    chance: Value,
}

/// All that a case draws.
struct Case {
    name: &'static str,
    letter: Letter,
    id: EnquiryId,
    bearer: Bearer,
    service: SecretHalf,
    recovery: SecretHalf,
    reply: SecretHalf,
    /// For the letter, the service's part and the recovery's.
    chance: [[u8; 32]; 3],
}

impl Case {
    fn seal(&self) -> Vec<u8> {
        let [service, recovery] = self.public();
        let [letter, service_part, recovery_part] = self.chance;
        let chance = SealingChance { letter, service: service_part, recovery: recovery_part };
        seal(self.id, &self.letter, self.bearer.hash(), &service, &recovery, chance).unwrap()
    }

    fn public(&self) -> [PublicHalf; 2] {
        [&self.service, &self.recovery].map(|it| it.public().unwrap())
    }

    fn seal_by(&self, peer: &mut Peer) -> Vec<u8> {
        let [letter, service, recovery] = &self.chance;
        let chance = [("letter", letter), ("service", service), ("recovery", recovery)];
        let chance = chance.map(|(name, it)| (name.to_owned(), HEXLOWER.encode(it).into()));
        let [service, recovery] = self.public();
        let answer = peer.ask(&Seal {
            deed: "seal",
            id: self.id,
            bearer: HEXLOWER.encode(&self.bearer.hash().0),
            service,
            recovery,
            letter: &self.letter,
            chance: Value::Object(chance.into_iter().collect()),
        });
        bytes(&answer, "envelope")
    }
}

fn bytes(answer: &Value, field: &str) -> Vec<u8> {
    let hex = answer[field].as_str().unwrap_or_else(|| panic!("no {field}: {answer}"));
    HEXLOWER.decode(hex.as_bytes()).unwrap()
}

fn is_refused(answer: &Value) -> bool {
    answer["refused"].is_string()
}

fn drawn<const N: usize>(seeded: &mut Seeded) -> [u8; N] {
    std::array::from_fn(|_| seeded.number() as u8)
}

fn seeded(test: &str) -> Seeded {
    let seeded = Seeded::from_environment();
    println!("{test}: OTSUPPORT_SEED={}", seeded.0);
    seeded
}

const ARABIC: &str = "ابني لا يلبس جواربه، والخياطة تزعجه كل صباح.";

fn cases(seeded: &mut Seeded) -> Vec<Case> {
    let texts = [
        ("an empty text", String::new()),
        ("one line", "The seams of his socks itch.".to_owned()),
        ("Arabic", ARABIC.to_owned()),
        ("long Arabic", ARABIC.repeat(40)),
        ("emoji", "🧦 hurts 👩‍👧‍👦 🏳️‍🌈 \u{1F9D1}\u{1F3FD}\u{200D}\u{1F9BC}".to_owned()),
        ("4,000 characters", "x".repeat(4000)),
        ("4,000 emoji", "🧦".repeat(4000)),
        ("4,000 that JSON escapes", "\u{1}".repeat(4000)),
        (
            "all that JSON escapes",
            (0..0x20).map(char::from).chain("\"\\/\u{7f}\u{2028}\u{feff}".chars()).collect(),
        ),
        ("a mark at its beginning", "\u{feff}first".to_owned()),
        ("letters beside each other", "e\u{301} é \u{fffd} \u{10ffff}".to_owned()),
        ("lines", "One.\r\nTwo.\n\n\tThree.".to_owned()),
    ];
    let mut cases: Vec<Case> = texts.into_iter().map(|(name, text)| case(seeded, name, text)).collect();
    let mut full = case(seeded, "all fields", "Who can look at his grip?".to_owned());
    full.letter = Letter {
        matter: Matter::Place {
            uid: "sleep-workshop-2027@otsupport.example".to_owned(),
            title: "Sleep \"workshop\"".to_owned(),
        },
        asker: Asker::School,
        topic: Some("dressing".parse().unwrap()),
        age: Some(Ages { from: 4, to: 6 }),
        setting: Some(Setting::School),
        borough: Some("Tower Hamlets".to_owned()),
        reply_by: ReplyBy::Email("someone@otsupport.example".to_owned()),
        format: Some("large print, سطر واحد".to_owned()),
        language: Some("ar".parse().unwrap()),
        interpreter: Some(Interpreter::Spoken("zh-Hant".parse().unwrap())),
        ..full.letter
    };
    let mut rung = case(seeded, "a telephone and signs", "Please ring.".to_owned());
    rung.letter.reply_by = ReplyBy::Telephone("020 7946 0000".to_owned());
    rung.letter.interpreter = Some(Interpreter::Bsl);
    rung.letter.asker = Asker::Carer;
    cases.extend([full, rung]);
    cases
}

fn case(seeded: &mut Seeded, name: &'static str, text: String) -> Case {
    let reply = SecretHalf::from_bytes(drawn(seeded));
    let millisecond = 1_795_600_000_000 + seeded.below(1 << 40) as u64;
    let letter = Letter {
        written_at: DateTime::from_timestamp_millis(millisecond as i64).unwrap(),
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
        text,
        reply_key: reply.public().unwrap(),
    };
    Case {
        name,
        letter,
        id: EnquiryId::new(millisecond, &drawn(seeded)),
        bearer: Bearer::from_bytes(drawn(seeded)),
        service: SecretHalf::from_bytes(drawn(seeded)),
        recovery: SecretHalf::from_bytes(drawn(seeded)),
        reply,
        chance: std::array::from_fn(|_| drawn(seeded)),
    }
}

#[test]
#[ignore = "needs Node: `make envelope`"]
fn what_we_seal_the_peer_opens_with_either_key() {
    let mut peer = Peer::start();
    let mut sizes = BTreeSet::new();
    for case in cases(&mut seeded("sealed here")) {
        let envelope = case.seal();
        sizes.insert(envelope.len());
        let expected = json!({ "letter": case.letter });
        for (role, own, other) in
            [("service", &case.service, &case.recovery), ("recovery", &case.recovery, &case.service)]
        {
            assert_eq!(peer.open(role, own, &envelope), expected, "{}: {role}", case.name);
            assert!(is_refused(&peer.open(role, other, &envelope)), "{}: another's key as {role}", case.name);
        }
    }
    assert_eq!(sizes, BTreeSet::from(SIZES), "every size class");
}

#[test]
#[ignore = "needs Node: `make envelope`"]
fn what_the_peer_seals_we_open_with_either_key() {
    let mut peer = Peer::start();
    for case in cases(&mut seeded("sealed there")) {
        let sealed = case.seal_by(&mut peer);
        let envelope = Envelope::parse(&sealed).unwrap();
        assert_eq!(envelope.header.id, case.id, "{}", case.name);
        assert!(envelope.header.bearer.is_of(&case.bearer), "{}", case.name);
        assert_eq!(envelope.open([&case.service]).as_ref(), Ok(&case.letter), "{}", case.name);
        assert_eq!(envelope.recover([&case.recovery]).as_ref(), Ok(&case.letter), "{}", case.name);
        assert!(case.seal() == sealed, "{}: the same chance, other bytes", case.name);
    }
}

#[test]
#[ignore = "needs Node: `make envelope`"]
fn neither_seals_to_a_weak_key_or_a_letter_that_is_too_long() {
    let mut peer = Peer::start();
    let mut seeded = seeded("refused");
    let case = case(&mut seeded, "a reply", String::new());
    for (to, text) in [(PublicHalf::from_bytes([0; 32]), ""), (case.letter.reply_key, &"x".repeat(16 << 10))]
    {
        let (number, random) = (ReplyNumber(1), drawn(&mut seeded));
        assert!(seal_reply(case.id, number, text, &to, &random).is_err());
        let request = json!({"do": "seal-reply", "id": case.id, "number": number, "to": to, "text": text,
            "random": HEXLOWER.encode(&random)});
        assert!(is_refused(&peer.ask(&request)));
    }
}

#[test]
#[ignore = "needs Node: `make envelope`"]
fn replies_open_both_ways_and_in_their_own_place() {
    let mut peer = Peer::start();
    let mut seeded = seeded("replies");
    let mut sizes = BTreeSet::new();
    // The last one fills the largest size to its end.
    let longest = (16 << 10) - 32 - 16 - 4;
    let texts = ["", "Try seamless socks.", ARABIC, "🧦\r\n\u{1}", &"x".repeat(2000), &"x".repeat(longest)];
    for text in texts {
        let case = case(&mut seeded, "a reply", String::new());
        let number = ReplyNumber(1_795_600_000_000 + seeded.below(1 << 40) as u64);
        let (to, random) = (case.letter.reply_key, drawn(&mut seeded));
        let ours = seal_reply(case.id, number, text, &to, &random).unwrap();
        sizes.insert(ours.len());
        assert_eq!(peer.open_reply(case.id, number, &case.reply, &ours), json!({ "text": text }));
        let theirs = bytes(
            &peer.ask(&json!({"do": "seal-reply", "id": case.id, "number": number, "to": to, "text": text,
                "random": HEXLOWER.encode(&random)})),
            "sealed",
        );
        assert_eq!(open_reply(case.id, number, &theirs, &case.reply).as_deref(), Ok(text));
        assert!(ours == theirs, "the same chance, other bytes");

        let mut changed = ours.clone();
        let place = seeded.below(changed.len());
        changed[place] ^= 1 << seeded.below(8);
        let next = ReplyNumber(number.0 + 1);
        let other = EnquiryId::new(0, &drawn(&mut seeded));
        for (id, number, key, sealed, why) in [
            (case.id, number, &case.reply, &changed, "a changed byte"),
            (case.id, next, &case.reply, &ours, "another place"),
            (other, number, &case.reply, &ours, "another enquiry"),
            (case.id, number, &case.service, &ours, "another key"),
        ] {
            assert!(open_reply(id, number, sealed, key).is_err(), "{why} ({place})");
            assert!(is_refused(&peer.open_reply(id, number, key, sealed)), "the peer: {why} ({place})");
        }
    }
    assert_eq!(sizes, BTreeSet::from([1 << 10, 4 << 10, 16 << 10]), "every size class");
}

#[test]
#[ignore = "needs Node: `make envelope`"]
fn a_changed_byte_is_refused_by_both() {
    // Where each part begins, and where the envelope ends.
    const PARTS: [usize; 12] = [0, 3, 4, 20, 28, 36, 68, 100, 148, 180, 228, usize::MAX];
    let mut peer = Peer::start();
    let mut seeded = seeded("changed");
    for case in cases(&mut seeded) {
        let whole = case.seal();
        let mut places: Vec<(usize, usize)> = PARTS
            .windows(2)
            .map(|it| (it[0] + seeded.below(it[1].min(whole.len()) - it[0]), seeded.below(8)))
            .collect();
        // The highest bit of an encapsulated key, which X25519 itself does not look at; the first byte of the letter; the last of all.
        places.extend([(99, 7), (179, 7), (228, 0), (whole.len() - 1, 7)]);
        let mut wrong: Vec<(String, Vec<u8>)> = places
            .into_iter()
            .map(|(place, bit)| {
                let mut changed = whole.clone();
                changed[place] ^= 1 << bit;
                (format!("{}: bit {bit} of byte {place}", case.name), changed)
            })
            .collect();
        let cut = seeded.below(whole.len());
        wrong.push((format!("{}: cut at {cut}", case.name), whole[..cut].to_vec()));
        wrong.push((format!("{}: zeros added", case.name), [&whole[..], &[0; 64]].concat()));
        for (why, changed) in wrong {
            let ours = Envelope::parse(&changed);
            for (role, key) in [("service", &case.service), ("recovery", &case.recovery)] {
                let opened =
                    ours.and_then(|it| if role == "service" { it.open([key]) } else { it.recover([key]) });
                assert!(opened.is_err(), "{why}, as {role}");
                assert!(is_refused(&peer.open(role, key, &changed)), "{why}, as {role} by the peer");
            }
        }
    }
}
