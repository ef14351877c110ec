//! Sealed enquiries at the real hub process: what it takes, what it refuses, what it never forgets and what it never tells.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use otsupport_hub::embedded::EmbeddedHub;
use otsupport_hub::keys::{self, EnquiryRole};
use otsupport_tests::program;
use otsupport_tests::seeded::Seeded;
use otsupport_tests::site::{MORNING, Publisher, instant};
use otsupport_tests::small_disk::SmallDisk;
use otsupport_wire::Sha256;
use otsupport_wire::enquiry::{
    Asker, Bearer, EnquiryId, Letter, Matter, Problem, ProblemCode, PublicHalf, ReceiptKey, Replies, ReplyBy,
    ReplyNumber, SIZES, SealingChance, SecretHalf, SignedReceipt, open_reply, seal,
};
use serde_json::Value;

/// So often that no test is told to come back.
const OFTEN: [&str; 2] = ["--rate", "1000000/s"];

/// A hub's folders after its first publication.
fn published() -> Publisher {
    let publisher = Publisher::new().unwrap();
    publisher.publish(MORNING).unwrap();
    publisher
}

/// The keys that phones seal to and the key that they take receipts of.
struct Known {
    service: PublicHalf,
    recovery: PublicHalf,
    receipt: ReceiptKey,
}

impl Known {
    fn of(keys: &Path) -> Self {
        let first = |halves: Vec<SecretHalf>| halves[0].public().unwrap();
        Self {
            service: first(keys::service_secrets(keys, None).unwrap()),
            recovery: first(keys::recovery_secrets(keys, None).unwrap()),
            receipt: keys::read_receipt(&keys.join("receipt.key")).unwrap().1,
        }
    }
}

/// A family's end of one enquiry.
#[derive(Clone)]
struct Sender {
    id: EnquiryId,
    bearer: Bearer,
    reply: SecretHalf,
    body: Vec<u8>,
}

impl Sender {
    /// The enquiry of this number, which asks `text`.
    fn asks(number: u64, text: &str, known: &Known) -> Self {
        Self::sends(number, known, |letter| letter.text = text.to_owned())
    }

    fn sends(number: u64, known: &Known, write: impl FnOnce(&mut Letter)) -> Self {
        let of = |what: &str| *Sha256::of(format!("{what} {number}").as_bytes()).as_bytes();
        let reply = SecretHalf::from_bytes(of("reply"));
        let mut letter = Letter {
            written_at: instant(MORNING),
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
            text: "The seams of his socks itch.".to_owned(),
            reply_key: reply.public().unwrap(),
        };
        write(&mut letter);
        let mut random = [0; 10];
        random.copy_from_slice(&of("id")[..10]);
        let id = EnquiryId::new(1_795_600_000_000 + number, &random);
        let bearer = Bearer::from_bytes(of("bearer"));
        let chance = SealingChance { letter: of("a"), service: of("b"), recovery: of("c") };
        let body = seal(id, &letter, bearer.hash(), &known.service, &known.recovery, chance).unwrap();
        Self { id, bearer, reply, body }
    }

    fn path(&self) -> String {
        format!("/v1/enquiries/{}", self.id)
    }

    fn authorization(&self) -> String {
        format!("Authorization: Bearer {}\r\n", *self.bearer.to_token())
    }

    fn put(&self, hub: &Hub) -> Answer {
        hub.ask("PUT", &self.path(), "", &self.body)
    }

    /// The receipt of an envelope that is taken.
    fn sent(&self, hub: &Hub) -> SignedReceipt {
        let answer = self.put(hub);
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.receipt()
    }

    fn replies(&self, hub: &Hub, after: u64) -> Answer {
        hub.ask("GET", &format!("{}/replies?after={after}", self.path()), &self.authorization(), b"")
    }

    fn withdraw(&self, hub: &Hub) -> Answer {
        hub.ask("DELETE", &self.path(), &self.authorization(), b"")
    }
}

#[derive(Debug, PartialEq)]
struct Answer {
    status: u16,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

impl Answer {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|it| it == b"\r\n\r\n")?;
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let mut lines = head.lines();
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers = lines.filter_map(|it| it.split_once(": "));
        let headers: BTreeMap<_, _> =
            headers.map(|it| (it.0.to_lowercase(), it.1.to_owned())).filter(|it| it.0 != "date").collect();
        let body = bytes[end + 4..].to_vec();
        let length: Option<usize> = headers.get("content-length").map(|it| it.parse().unwrap());
        length.is_none_or(|it| it == body.len()).then_some(Self { status, headers, body })
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    fn receipt(&self) -> SignedReceipt {
        assert_eq!(self.header("content-type"), "application/json", "{self:?}");
        assert_eq!(self.header("cache-control"), "no-store");
        serde_json::from_slice(&self.body).unwrap()
    }

    fn problem(&self) -> (ProblemCode, Problem) {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        assert_eq!(self.header("cache-control"), "no-store");
        Problem::parse(self.status, &self.body).unwrap_or_else(|| panic!("no problem: {self:?}"))
    }

    fn code(&self) -> ProblemCode {
        self.problem().0
    }

    fn replies(&self) -> Replies {
        assert_eq!((self.status, self.header("cache-control")), (200, "no-store"), "{self:?}");
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A serving hub process.
struct Hub {
    process: Child,
    address: String,
    log: PathBuf,
}

impl Hub {
    fn start(publisher: &Publisher, options: &[&str]) -> Self {
        Self::start_with_key(publisher, &publisher.keys().join("receipt.key"), options)
    }

    fn start_with_key(publisher: &Publisher, receipt_key: &Path, options: &[&str]) -> Self {
        let log = publisher.keys().join("log");
        let mut process = Command::new(program("otsupport-hub"))
            .args(["serve", "--listen", "127.0.0.1:0", "--site"])
            .arg(publisher.site())
            .arg("--receipt-key")
            .arg(receipt_key)
            .args(options)
            .stdout(Stdio::piped())
            .stderr(File::options().create(true).append(true).open(&log).unwrap())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://");
        let address =
            address.unwrap_or_else(|| panic!("it does not listen: {}", fs::read_to_string(&log).unwrap()));
        Self { address: address.to_owned(), process, log }
    }

    fn ask(&self, method: &str, path: &str, headers: &str, body: &[u8]) -> Answer {
        self.try_ask(method, path, headers, body).unwrap()
    }

    /// The answer; none if the hub went away first.
    fn try_ask(&self, method: &str, path: &str, headers: &str, body: &[u8]) -> Option<Answer> {
        let length =
            if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
        let head =
            format!("{method} {path} HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n{headers}{length}\r\n");
        self.raw(&[head.as_bytes(), body].concat())
    }

    fn raw(&self, request: &[u8]) -> Option<Answer> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        stream.write_all(request).ok()?;
        read_answer(stream)
    }

    fn metrics(&self) -> String {
        String::from_utf8(self.ask("GET", "/metrics", "", b"").body).unwrap()
    }

    fn metric(&self, name: &str) -> u64 {
        let text = self.metrics();
        let value = text.lines().find_map(|it| it.strip_prefix(name)?.strip_prefix(' '));
        value.unwrap_or_else(|| panic!("no {name} in {text}")).parse().unwrap()
    }

    /// The lines of its log.
    fn log(&self) -> Vec<Value> {
        let log = fs::read_to_string(&self.log).unwrap();
        log.lines().map(|it| serde_json::from_str(it).unwrap()).collect()
    }

    /// Asks it to stop, and waits until it did.
    fn stop(mut self) {
        let stopped = Command::new("kill").arg("-TERM").arg(self.process.id().to_string()).status().unwrap();
        assert!(stopped.success());
        assert!(self.process.wait().unwrap().success());
    }

    fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn read_answer(mut stream: TcpStream) -> Option<Answer> {
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        Err(error) if error.kind() == ErrorKind::WouldBlock => panic!("no answer"),
        _ => Answer::parse(&bytes),
    }
}

/// A command of the service's own machine.
fn desk(publisher: &Publisher, arguments: &[&str]) -> Output {
    let database = format!("sqlite:{}", publisher.keys().join("intake.db").display());
    Command::new(program("otsupport-hub"))
        .args(arguments)
        .args(["--database", &database, "--keys"])
        .arg(publisher.keys())
        .output()
        .unwrap()
}

fn inbox(publisher: &Publisher, options: &[&str]) -> Vec<Value> {
    let output = desk(publisher, &[&["inbox", "--json"], options].concat());
    assert!(output.status.success(), "{output:?}");
    let mut value: Value = serde_json::from_slice(&output.stdout).unwrap();
    value["enquiries"].take().as_array().unwrap().clone()
}

/// The one line that a command that fails says.
fn refusal(output: &Output) -> String {
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    said
}

#[test]
fn the_same_bytes_have_one_receipt_and_other_bytes_are_refused_with_it() {
    let publisher = published();
    let known = Known::of(&publisher.keys());
    let hub = Hub::start(&publisher, &[]);
    let sender = Sender::asks(1, "The seams itch.", &known);
    let receipt = sender.sent(&hub);
    assert!(receipt.is_signed_by(&[known.receipt]), "phones take it");
    assert_eq!((receipt.receipt.id, receipt.receipt.sha256), (sender.id, Sha256::of(&sender.body)));

    let again = sender.put(&hub);
    assert_eq!((again.status, again.receipt()), (200, receipt.clone()));
    let other = Sender { body: Sender::asks(1, "Another text.", &known).body, ..sender.clone() };
    let (code, problem) = other.put(&hub).problem();
    assert_eq!((code, problem.receipt), (ProblemCode::OtherBytes, Some(receipt.clone())));
    assert_eq!(sender.put(&hub).receipt(), receipt, "what lies there is untouched");

    let mut forged = receipt;
    forged.receipt.sha256 = Sha256::of(&other.body);
    assert!(!forged.is_signed_by(&[known.receipt]));
    assert_eq!(hub.metric("otsupport_enquiries_received_total"), 1);
    assert_eq!(hub.metric("otsupport_enquiries_again_total"), 2);
    assert_eq!(hub.metric("otsupport_requests_refused_total{code=\"other-bytes\"}"), 1);
}

#[test]
fn a_retired_key_is_refused_by_name_and_what_was_taken_before_is_still_known() {
    let publisher = published();
    let old = Known::of(&publisher.keys());
    let hub = Hub::start(&publisher, &OFTEN);
    let sender = Sender::asks(1, "a", &old);
    let receipt = sender.sent(&hub);

    keys::change_enquiry_key(&publisher.keys(), EnquiryRole::Service, None, instant("2020-01-01T00:00:00Z"))
        .unwrap();
    publisher.publish("2026-11-24T10:00:00Z").unwrap();
    let new = Known::of(&publisher.keys());
    assert_ne!(old.service, new.service);
    // It looks at the site once a second.
    let deadline = Instant::now() + Duration::from_secs(20);
    let mut number = 2;
    let refused = loop {
        let answer = Sender::asks(number, "a", &old).put(&hub);
        if answer.status != 201 {
            break answer;
        }
        assert!(Instant::now() < deadline, "it takes the old key for ever");
        number += 1;
    };
    assert_eq!(refused.code(), ProblemCode::RetiredKey);
    assert_eq!(sender.put(&hub).receipt(), receipt, "a known id is looked for before anything else");
    // Sealed again under the same id.
    Sender::asks(number, "a", &new).sent(&hub);
    // Staff open what was sealed to either.
    assert!(inbox(&publisher, &[]).iter().all(|it| it["state"] == "read"));
}

#[test]
fn a_guess_learns_nothing() {
    let publisher = published();
    let known = Known::of(&publisher.keys());
    let hub = Hub::start(&publisher, &[]);
    let sender = Sender::asks(1, "a", &known);
    sender.sent(&hub);
    let unknown = Sender::asks(2, "a", &known);
    let paths = |it: &Sender| [("GET", format!("{}/replies?after=0", it.path())), ("DELETE", it.path())];
    let stranger = unknown.authorization();
    let nothing = hub.ask("GET", &paths(&unknown)[0].1, &stranger, b"");
    assert_eq!((nothing.status, nothing.code()), (404, ProblemCode::NotFound));
    let mut guesses = vec![hub.ask("DELETE", &paths(&unknown)[1].1, "", b"")];
    for (method, path) in paths(&sender) {
        for headers in [
            "",
            &stranger,
            "Authorization: Bearer 00\r\n",
            &sender.authorization().replace("Bearer", "Basic"),
            &sender.authorization().to_uppercase(),
        ] {
            guesses.push(hub.ask(method, &path, headers, b""));
        }
    }
    for guess in guesses {
        assert_eq!(guess, nothing, "told apart");
    }
    assert_eq!(sender.replies(&hub, 0).replies(), Replies::default());
    // Each attempt stands in the log.
    let refused = hub.log().iter().filter(|it| it["code"] == "not-found").count();
    assert_eq!(refused, 12);
}

#[test]
fn an_envelope_is_taken_under_its_own_id_alone() {
    let publisher = published();
    let known = Known::of(&publisher.keys());
    let hub = Hub::start(&publisher, &[]);
    let sender = Sender::asks(1, "a", &known);
    sender.sent(&hub);
    let replayed = Sender { id: Sender::asks(2, "a", &known).id, ..sender.clone() };
    assert_eq!(replayed.put(&hub).code(), ProblemCode::OtherId);
    for (body, status) in [(&b""[..], 400), (&[0; 2048], 400), (&sender.body[..2047], 400)] {
        let answer = hub.ask("PUT", &replayed.path(), "", body);
        assert_eq!((answer.status, answer.code()), (status, ProblemCode::BadEnvelope));
    }
    assert_eq!(inbox(&publisher, &[]).len(), 1);
}

#[test]
fn there_is_no_list_and_every_other_request_is_a_problem() {
    let publisher = published();
    let known = Known::of(&publisher.keys());
    let hub = Hub::start(&publisher, &[]);
    let sender = Sender::asks(1, "a", &known);
    sender.sent(&hub);
    let bearer = sender.authorization();
    for path in ["/v1", "/v1/", "/v1/enquiries", "/v1/enquiries/a/b", &format!("{}/", sender.path())] {
        let answer = hub.ask("GET", path, &bearer, b"");
        assert_eq!((answer.status, answer.code()), (404, ProblemCode::NotFound), "{path}");
    }
    for (method, path, allowed) in [
        ("GET", sender.path(), "PUT, DELETE"),
        ("POST", sender.path(), "PUT, DELETE"),
        ("GET", "/v1/enquiries/".to_owned(), "PUT, DELETE"),
        ("PUT", format!("{}/replies", sender.path()), "GET"),
    ] {
        let answer = hub.ask(method, &path, &bearer, b"");
        assert_eq!((answer.status, answer.code()), (405, ProblemCode::BadRequest), "{method} {path}");
        assert_eq!(answer.header("allow"), allowed);
    }
    for (method, path) in [
        ("PUT", "/v1/enquiries/not-an-id".to_owned()),
        ("PUT", sender.path().to_uppercase().replace("V1/ENQUIRIES", "v1/enquiries")),
        ("GET", format!("{}/replies?after=x", sender.path())),
    ] {
        let answer = hub.ask(method, &path, &bearer, b"");
        assert_eq!((answer.status, answer.code()), (400, ProblemCode::BadRequest), "{method} {path}");
    }
}

#[test]
fn what_is_too_large_is_refused_before_it_is_read() {
    let publisher = published();
    let known = Known::of(&publisher.keys());
    let hub = Hub::start(&publisher, &[]);
    let sender = Sender::asks(1, "a", &known);
    // Nothing of the body is sent: the answer does not wait for it.
    let head = format!("PUT {} HTTP/1.1\r\nHost: hub\r\n", sender.path());
    let said =
        hub.raw(format!("{head}Content-Length: 1000000000000\r\nConnection: close\r\n\r\n").as_bytes());
    assert_eq!(said.unwrap().code(), ProblemCode::TooLarge);
    // One that does not say how long it is: the last piece is never sent.
    let size = SIZES[1] + 1;
    let pieces = format!(
        "{head}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n{size:x}\r\n{}\r\n",
        "x".repeat(size)
    );
    assert_eq!(hub.raw(pieces.as_bytes()).unwrap().code(), ProblemCode::TooLarge);
    let longest = Sender::asks(1, &"x".repeat(20_000), &known);
    assert_eq!(longest.body.len(), SIZES[1]);
    longest.sent(&hub);
}

#[test]
fn an_envelope_that_is_cut_on_its_way_is_not_kept() {
    let publisher = published();
    let known = Known::of(&publisher.keys());
    let hub = Hub::start(&publisher, &[]);
    let sender = Sender::asks(1, "a", &known);
    let head = format!(
        "PUT {} HTTP/1.1\r\nHost: hub\r\nContent-Length: {}\r\n\r\n",
        sender.path(),
        sender.body.len()
    );
    for cut in [0, 1, 1000, sender.body.len() - 1] {
        let mut stream = TcpStream::connect(&hub.address).unwrap();
        stream.write_all(&[head.as_bytes(), &sender.body[..cut]].concat()).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let answer = read_answer(stream);
        assert!(answer.is_none_or(|it| it.status >= 400), "{cut}");
    }
    sender.sent(&hub);
}

#[test]
fn who_asks_too_often_is_told_when_to_come_back_and_nobody_else_is() {
    let publisher = published();
    let known = Known::of(&publisher.keys());
    let sender = Sender::asks(1, "a", &known);
    let hub = Hub::start(&publisher, &["--rate", "1/s"]);
    // What a client says of where it comes from does not help it.
    let forwarded = |number| format!("X-Forwarded-For: 192.0.2.{number}\r\n");
    // Ten at once, and one more for each second that this takes.
    let began = Instant::now();
    let allowed = |began: Instant| 10..=11 + began.elapsed().as_secs() as usize;
    let answers = (0..60).map(|it| hub.ask("PUT", &sender.path(), &forwarded(it), &sender.body));
    let (told, taken): (Vec<_>, Vec<_>) = answers.partition(|it| it.status == 429);
    assert!(allowed(began).contains(&taken.len()), "{} at once", taken.len());
    for answer in told {
        assert_eq!(answer.code(), ProblemCode::TooMany);
        assert_eq!(answer.header("retry-after"), "1");
    }
    for path in ["/head", "/healthz", "/metrics"] {
        assert_eq!(hub.ask("GET", path, "", b"").status, 200, "{path} is for everybody");
    }
    assert!(hub.metric("otsupport_requests_refused_total{code=\"too-many\"}") > 0);
    hub.stop();

    let hub = Hub::start(&publisher, &["--rate", "1/s", "--behind-proxy"]);
    for number in [1, 2] {
        // Each address behind the proxy has a rate of its own.
        let began = Instant::now();
        let answers = (0..60).map(|_| hub.ask("PUT", &sender.path(), &forwarded(number), &sender.body));
        let taken = answers.filter(|it| it.status == 200).count();
        assert!(allowed(began).contains(&taken), "{taken} at once");
    }
}

#[test]
fn a_withdrawal_holds_whenever_it_comes() {
    let publisher = published();
    let known = Known::of(&publisher.keys());
    let hub = Hub::start(&publisher, &[]);
    let gone = Sender::asks(1, "a", &known);
    gone.sent(&hub);
    for _ in 0..2 {
        let answer = gone.withdraw(&hub);
        assert_eq!((answer.status, answer.body.len()), (204, 0));
    }
    assert_eq!(gone.put(&hub).code(), ProblemCode::Withdrawn);
    assert_eq!(gone.replies(&hub, 0).code(), ProblemCode::Withdrawn);
    // One that overtook its envelope.
    let overtaken = Sender::asks(2, "a", &known);
    assert_eq!(overtaken.withdraw(&hub).status, 204);
    let hub = {
        hub.kill();
        Hub::start(&publisher, &[])
    };
    assert_eq!(overtaken.put(&hub).code(), ProblemCode::Withdrawn);
    assert_eq!(gone.put(&hub).code(), ProblemCode::Withdrawn);
    assert_eq!(inbox(&publisher, &[]), Vec::<Value>::new());
    let empty = desk(&publisher, &["inbox"]);
    assert_eq!(String::from_utf8(empty.stdout).unwrap(), "the inbox is empty\n");

    let opened = Sender::asks(3, "a", &known);
    opened.sent(&hub);
    assert_eq!(inbox(&publisher, &[]).len(), 1);
    let answer = opened.withdraw(&hub);
    assert_eq!((answer.status, answer.code()), (409, ProblemCode::Opened));
    assert_eq!(opened.put(&hub).status, 200);
}

#[test]
fn staff_read_urgent_words_first_and_their_reply_reaches_its_sender_alone() {
    let publisher = published();
    let known = Known::of(&publisher.keys());
    let hub = Hub::start(&publisher, &[]);
    let calm = Sender::sends(1, &known, |letter| {
        letter.text = "The seams itch.\u{1b}[2J".to_owned();
        letter.reply_by = ReplyBy::Telephone("020 7946 0000".to_owned());
        letter.topic = Some("dressing".parse().unwrap());
        letter.borough = Some("Camden".to_owned());
    });
    let place = Sender::sends(2, &known, |letter| {
        letter.text = String::new();
        letter.matter = Matter::Place { uid: "w1@hub".to_owned(), title: "Sleep workshop".to_owned() };
    });
    let urgent = Sender::asks(3, "he cant breathe", &known);
    let other_script = Sender::asks(4, "δεν μπορεί να αναπνεύσει", &known);
    let (junk, withdrawn) = (Sender::asks(5, "a", &known), Sender::asks(6, "a", &known));
    let mut damaged = junk.clone();
    *damaged.body.last_mut().unwrap() ^= 1;
    for sender in [&calm, &place, &urgent, &other_script, &damaged, &withdrawn] {
        sender.sent(&hub);
    }
    withdrawn.withdraw(&hub);

    let listed = inbox(&publisher, &["--now", "2026-11-25T08:00:00Z"]);
    let ids: Vec<&str> = listed.iter().map(|it| it["id"].as_str().unwrap()).collect();
    let expected = [&urgent, &other_script, &damaged, &calm, &place].map(|it| it.id.to_string());
    assert_eq!(ids, expected, "urgent first, and what nobody could check");
    assert_eq!(listed[0]["levels"], serde_json::json!(["emergency"]));
    assert_eq!((&listed[1]["urgent"], &listed[1]["checked"]), (&true.into(), &false.into()));
    assert_eq!((&listed[2]["state"], &listed[2]["text"]), (&"unreadable".into(), &Value::Null));
    for (field, value) in [
        ("text", "The seams itch.\u{1b}[2J"),
        ("state", "read"),
        ("topic", "dressing"),
        ("borough", "Camden"),
        ("kind", "question"),
        ("as", "parent"),
        ("reply_by", "telephone"),
        ("contact", "020 7946 0000"),
        ("written_at", MORNING),
    ] {
        assert_eq!(listed[3][field], value, "{field}");
    }
    assert_eq!(listed[3]["urgent"], false);
    assert_eq!(listed[4]["event"]["title"], "Sleep workshop");
    assert_eq!(calm.replies(&hub, 0).replies().opened_at, Some(instant("2026-11-25T08:00:00Z")));
    assert_eq!(damaged.replies(&hub, 0).replies().opened_at, None, "nobody read it");
    let text = String::from_utf8(desk(&publisher, &["inbox"]).stdout).unwrap();
    assert!(text.contains("The seams itch.") && !text.contains('\u{1b}'), "{text:?}");

    // Replies.
    let reply = |id: &EnquiryId, text: &str, now: &str| {
        desk(&publisher, &["reply", &id.to_string(), text, "--now", now, "--json"])
    };
    for (words, now) in
        [("Try seamless socks.", "2026-11-25T09:00:00Z"), ("And wash them.", "2026-11-25T08:30:00Z")]
    {
        let output = reply(&calm.id, words, now);
        assert!(output.status.success(), "{output:?}");
    }
    let replies = calm.replies(&hub, 0).replies().replies;
    let opened: Vec<String> =
        replies.iter().map(|it| open_reply(calm.id, it.number, &it.sealed, &calm.reply).unwrap()).collect();
    assert_eq!(opened, ["Try seamless socks.", "And wash them."]);
    let first = instant("2026-11-25T09:00:00Z").timestamp_millis() as u64;
    assert_eq!([replies[0].number, replies[1].number], [ReplyNumber(first), ReplyNumber(first + 1)]);
    assert_eq!(calm.replies(&hub, first).replies().replies, replies[1..]);
    assert_eq!(calm.replies(&hub, u64::MAX).replies().replies, []);
    assert_eq!(urgent.replies(&hub, 0).replies().replies, []);
    let answered = inbox(&publisher, &[]);
    let answered = answered.iter().find(|it| it["id"] == calm.id.to_string()).unwrap();
    assert_eq!((&answered["state"], &answered["replies"]), (&"answered".into(), &2.into()));

    let unknown = Sender::asks(7, "a", &known);
    for (id, text, said) in [
        (&calm.id, " ", "the reply is empty"),
        (&unknown.id, "a", "there is no enquiry with this id"),
        (&withdrawn.id, "a", "withdrew"),
        (&damaged.id, "a", "cannot be answered"),
        (&calm.id, &"x".repeat(20_000), "too long"),
    ] {
        let refusal = refusal(&reply(id, text, MORNING));
        assert!(refusal.contains(said), "{refusal}");
    }
    assert_eq!(calm.replies(&hub, 0).replies().replies.len(), 2);
}

#[test]
fn the_recovery_key_opens_what_a_lost_service_key_does_not() {
    let publisher = published();
    let known = Known::of(&publisher.keys());
    let hub = Hub::start(&publisher, &[]);
    let sender = Sender::asks(1, "The seams itch.", &known);
    sender.sent(&hub);
    // Another key in the place of the lost one.
    let other = Publisher::new().unwrap();
    fs::copy(other.keys().join("service.key"), publisher.keys().join("service.key")).unwrap();
    assert_eq!(inbox(&publisher, &[])[0]["state"], "unreadable");
    assert_eq!(sender.replies(&hub, 0).replies().opened_at, None);
    assert_eq!(inbox(&publisher, &["--recovery"])[0]["text"], "The seams itch.");
    let output = desk(&publisher, &["reply", &sender.id.to_string(), "Hello.", "--recovery"]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(sender.replies(&hub, 0).replies().replies.len(), 1);
}

/// Sends from many threads until the hub is gone; the receipts that were given.
fn sent_by_many(hub: &Hub, senders: &[Sender], stop: &AtomicBool) -> Vec<(usize, SignedReceipt)> {
    thread::scope(|scope| {
        let each = senders.len().div_ceil(16);
        let threads: Vec<_> = senders
            .chunks(each)
            .enumerate()
            .map(|(chunk, senders)| {
                scope.spawn(move || {
                    let mut given = Vec::new();
                    for (place, sender) in senders.iter().enumerate() {
                        if stop.load(Ordering::Relaxed) {
                            break;
                        }
                        let answer = hub.try_ask("PUT", &sender.path(), "", &sender.body);
                        if let Some(answer) = answer.filter(|it| it.status < 300) {
                            given.push((chunk * each + place, answer.receipt()));
                        }
                    }
                    given
                })
            })
            .collect();
        threads.into_iter().flat_map(|it| it.join().unwrap()).collect()
    })
}

#[test]
fn a_receipt_that_was_given_is_known_whenever_the_hub_is_killed_or_stopped() {
    let publisher = published();
    let known = Known::of(&publisher.keys());
    let mut seeded = Seeded::from_environment();
    writeln!(std::io::stderr(), "intake: OTSUPPORT_SEED={}", seeded.0).unwrap();
    let mut all = Vec::new();
    for round in 0..6 {
        let senders: Vec<Sender> = (0..320).map(|it| Sender::asks(round * 1000 + it, "a", &known)).collect();
        let hub = Hub::start(&publisher, &OFTEN);
        let process = hub.process.id().to_string();
        let stopped = AtomicBool::new(false);
        let moment = Duration::from_millis(seeded.below(250) as u64);
        // Every third is asked to stop, and finishes what is under way.
        let signal = if round % 3 == 2 { "-TERM" } else { "-KILL" };
        let given = thread::scope(|scope| {
            scope.spawn(|| {
                thread::sleep(moment);
                assert!(Command::new("kill").args([signal, &process]).status().unwrap().success());
                stopped.store(true, Ordering::Relaxed);
            });
            sent_by_many(&hub, &senders, &stopped)
        });
        drop(hub);
        all.extend(given.into_iter().map(|(place, receipt)| (senders[place].clone(), receipt)));
    }
    assert!(all.len() > 20, "they were killed before they did anything");
    let hub = Hub::start(&publisher, &OFTEN);
    for (sender, receipt) in &all {
        let again = sender.put(&hub);
        assert_eq!((again.status, again.receipt()), (200, receipt.clone()));
    }
    let listed = inbox(&publisher, &[]);
    assert!(listed.len() >= all.len());
    assert!(listed.iter().all(|it| it["state"] == "read"), "nothing lies there by half");
}

#[test]
fn many_share_a_commit() {
    let publisher = published();
    let known = Known::of(&publisher.keys());
    let hub = Hub::start(&publisher, &OFTEN);
    let senders: Vec<Vec<Sender>> = (0..64)
        .map(|thread| (0..8).map(|it| Sender::asks(thread * 100 + it, "a", &known)).collect())
        .collect();
    let together = Barrier::new(senders.len());
    thread::scope(|scope| {
        for senders in &senders {
            let (hub, together) = (&hub, &together);
            scope.spawn(move || {
                for sender in senders {
                    together.wait();
                    sender.sent(hub);
                }
            });
        }
    });
    let (received, commits) =
        (hub.metric("otsupport_enquiries_received_total"), hub.metric("otsupport_commits_count"));
    assert_eq!(received, 512);
    assert_eq!(hub.metric("otsupport_commits_sum"), 512);
    assert!(commits < received, "{commits} commits for {received} enquiries");
}

#[test]
fn nothing_that_a_family_sends_stands_in_log_or_metrics_or_in_clear_in_the_database() {
    const WORDS: &str = "CANARY-seams-itch";
    const NUMBER: &str = "020-CANARY-7946";
    const REPLY: &str = "CANARY-seamless";
    let publisher = published();
    let known = Known::of(&publisher.keys());
    let hub = Hub::start(&publisher, &["--behind-proxy"]);
    let sender = Sender::sends(1, &known, |letter| {
        letter.text = WORDS.to_owned();
        letter.reply_by = ReplyBy::Telephone(NUMBER.to_owned());
    });
    sender.sent(&hub);
    let away =
        format!("X-Forwarded-For: 203.0.113.77\r\nUser-Agent: CANARY-agent\r\n{}", sender.authorization());
    for (method, path, body) in [
        ("PUT", sender.path(), &b"CANARY-body"[..]),
        ("PUT", "/v1/enquiries/CANARY-path".to_owned(), b""),
        ("CANARY-METHOD", sender.path(), b""),
        ("GET", format!("{}/replies?after=0&CANARY-query=1", sender.path()), b""),
        ("GET", format!("/v1/CANARY-path/{}", sender.id), b""),
    ] {
        hub.ask(method, &path, &away, body);
    }
    assert_eq!(inbox(&publisher, &[])[0]["text"], WORDS);
    assert!(desk(&publisher, &["reply", &sender.id.to_string(), REPLY]).status.success());
    assert_eq!(sender.replies(&hub, 0).replies().replies.len(), 1);

    let log = hub.log();
    let own = |it: &&Value| it["enquiry"].is_string();
    let names: Vec<&Value> = log.iter().filter(own).map(|it| &it["enquiry"]).collect();
    assert!(names.len() >= 4 && names.iter().all(|it| *it == names[0]), "lines of one enquiry can be joined");
    assert!(!Sha256::of(sender.id.as_bytes()).to_string().starts_with(names[0].as_str().unwrap()));
    let (id, token) = (sender.id.to_string(), sender.bearer.to_token());
    let mut places = vec![("log", fs::read(&hub.log).unwrap()), ("metrics", hub.metrics().into_bytes())];
    let told = ["CANARY", "203.0.113", "127.0.0.1", &id, &id[..8], &token];
    for (place, bytes) in &places {
        for told in told {
            assert!(
                !holds(bytes, told.as_bytes()),
                "{told} stands in the {place}: {}",
                String::from_utf8_lossy(bytes)
            );
        }
    }
    places.clear();
    let database = publisher.keys().join("intake.db");
    for end in ["", "-wal", "-shm"] {
        let file = PathBuf::from(format!("{}{end}", database.display()));
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "{end}");
        let bytes = fs::read(&file).unwrap();
        for told in [WORDS, NUMBER, REPLY, "CANARY", "203.0.113", "127.0.0.1", &token] {
            assert!(!holds(&bytes, told.as_bytes()), "{told} stands in the database{end}");
        }
        assert!(!holds(&bytes, sender.bearer.as_bytes()), "the secret itself");
    }
    // The search finds what is there.
    assert!(holds(&fs::read(format!("{}-wal", database.display())).unwrap(), sender.id.as_bytes()));
}

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|it| it == what)
}

#[test]
fn a_hub_that_is_stopped_leaves_one_file_and_knows_everything_again() {
    let publisher = published();
    let known = Known::of(&publisher.keys());
    let (database, key) = (publisher.keys().join("intake.db"), publisher.keys().join("receipt.key"));
    let hub = Hub::start(&publisher, &[]);
    let sender = Sender::asks(1, "a", &known);
    let receipt = sender.sent(&hub);
    // Somebody who keeps a connection open holds nobody up.
    let idle = TcpStream::connect(&hub.address).unwrap();
    let began = Instant::now();
    hub.stop();
    assert!(began.elapsed() < Duration::from_secs(20));
    drop(idle);
    let beside = || {
        fs::read_dir(publisher.keys())
            .unwrap()
            .filter(|it| it.as_ref().unwrap().file_name().to_str().unwrap().starts_with("intake.db"))
            .count()
    };
    assert_eq!(beside(), 1, "the log is folded in");

    let embedded = EmbeddedHub::start_with_intake(&publisher.site(), &key, &database).unwrap();
    let address = embedded.address().strip_prefix("http://").unwrap().to_owned();
    let head = format!(
        "PUT {} HTTP/1.1\r\nHost: hub\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        sender.path(),
        sender.body.len()
    );
    let mut stream = TcpStream::connect(&address).unwrap();
    stream.write_all(&[head.as_bytes(), &sender.body].concat()).unwrap();
    assert_eq!(read_answer(stream).unwrap().receipt(), receipt);
    drop(embedded);
    assert_eq!(beside(), 1);
    assert!(TcpStream::connect(&address).is_err());
}

#[test]
fn a_full_disk_takes_nothing_and_loses_nothing() {
    let Some(disk) = SmallDisk::new() else { return };
    let publisher = published();
    let known = Known::of(&publisher.keys());
    let database = format!("sqlite:{}", disk.path().join("intake.db").display());
    let options = ["--database", &database, OFTEN[0], OFTEN[1]];
    let hub = Hub::start(&publisher, &options);
    let sender = |number| Sender::asks(number, &"x".repeat(20_000), &known);
    let before = sender(1);
    let receipt = before.sent(&hub);
    disk.fill().unwrap();
    let mut number = 2;
    // What room SQLite still holds is used up first.
    let refused = loop {
        let answer = sender(number).put(&hub);
        if answer.status != 201 {
            break answer;
        }
        number += 1;
        assert!(number < 500, "the disk is not full");
    };
    assert_eq!((refused.status, refused.code()), (503, ProblemCode::Unavailable));
    let again = before.put(&hub);
    assert_eq!((again.status, again.receipt()), (200, receipt.clone()), "what is known needs no room");
    assert_eq!(hub.ask("GET", "/healthz", "", b"").status, 200);
    // Staff read even so, and are told that it could not be noted.
    let listing = Command::new(program("otsupport-hub"))
        .args(["inbox", "--json", "--database", &database, "--keys"])
        .arg(publisher.keys())
        .output()
        .unwrap();
    assert!(listing.status.success(), "{listing:?}");
    let value: Value = serde_json::from_slice(&listing.stdout).unwrap();
    assert_eq!(value["enquiries"].as_array().unwrap().len() as u64, number - 1);

    disk.make_room().unwrap();
    sender(number).sent(&hub);
    hub.kill();
    let hub = Hub::start(&publisher, &options);
    for number in 1..=number {
        assert_eq!(sender(number).put(&hub).status, 200, "{number}");
    }
    assert_eq!(before.put(&hub).receipt(), receipt);
}

#[test]
fn a_hub_says_at_once_what_it_lacks() {
    let publisher = Publisher::new().unwrap();
    fs::create_dir(publisher.site()).unwrap();
    let known = Known::of(&publisher.keys());
    let hub = Hub::start(&publisher, &[]);
    assert_eq!(Sender::asks(1, "a", &known).put(&hub).code(), ProblemCode::Unavailable);
    assert!(hub.log()[0]["warning"].as_str().unwrap().contains("nothing was published yet"));
    let page = hub.ask("GET", "/inbox", "", b"");
    assert!(page.status == 200 && String::from_utf8(page.body).unwrap().contains("otsupport-hub inbox"));
    hub.stop();

    publisher.publish(MORNING).unwrap();
    let other = Publisher::new().unwrap();
    let hub = Hub::start_with_key(&publisher, &other.keys().join("receipt.key"), &[]);
    let warnings = hub
        .log()
        .iter()
        .filter(|it| {
            it["warning"].as_str().is_some_and(|it| it.contains("does not name the key of --receipt-key"))
        })
        .count();
    assert_eq!(warnings, 1);

    let serve = |database: &str| {
        Command::new(program("otsupport-hub"))
            .args(["serve", "--listen", "127.0.0.1:0", "--database", database, "--site"])
            .arg(publisher.site())
            .arg("--receipt-key")
            .arg(publisher.keys().join("receipt.key"))
            .output()
            .unwrap()
    };
    let said = refusal(&serve("postgres://hub:CANARY@localhost/intake"));
    assert!(said.contains("SQLite") && !said.contains("CANARY"), "{said}");
    assert!(refusal(&serve("intake.db")).contains("sqlite:FILE"));
    let nowhere = desk(&Publisher::new().unwrap(), &["inbox"]);
    assert!(refusal(&nowhere).contains("there is no database there yet"));
}
