//! Writing to the service on a phone, beside one bare commit; and taking enquiries at the hub, beside an intake
//! that commits each by itself.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use otsupport_core::enquiries::EnquiryRequest;
use otsupport_hub::embedded::EmbeddedHub;
use otsupport_tests::content_folder::small;
use otsupport_tests::seeded::Seeded;
use otsupport_tests::site::MORNING;
use otsupport_wire::enquiry::{
    Asker, Bearer, EnquiryId, EnquiryKeys, Letter, Matter, ReplyBy, SealingChance, SecretHalf, seal,
};
use rusqlite::Connection;

use crate::figures::{median, ms, verdict};
use crate::one_each::OneEach;
use crate::{Failure, SEED, phone};

const WRITES: usize = 200;
/// What writing may cost beside one commit.
const LIMIT: Duration = Duration::from_millis(2);
const SENDERS: usize = 64;
const ENQUIRIES: usize = 6_400;
const ROUNDS: usize = 3;
/// How many times as many the hub takes as one that commits each by itself.
const TIMES: f64 = 3.0;

pub(crate) fn run() -> Result<(), Failure> {
    writing()?;
    taking()
}

fn writing() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let publisher = small()?;
    publisher.publish(MORNING)?;
    let hub = phone::open(&folder.path().join("phone"), &publisher.site(), &publisher.root()?)?;
    phone::sync(&hub)?;
    let request = EnquiryRequest { text: "He will not wear socks. ".repeat(40), ..EnquiryRequest::default() };
    let bare = bare(&folder.path().join("bare.db"))?;
    // One after the other, so that both meet the same disk.
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for number in 0..WRITES {
        let began = Instant::now();
        hub.enquire(&request)?;
        ours.push(began.elapsed());
        let began = Instant::now();
        bare.execute("INSERT INTO enquiries VALUES (?1, ?2)", (number.to_string(), vec![7; 16 << 10]))?;
        theirs.push(began.elapsed());
    }
    let (ours, theirs) = (median(&mut ours), median(&mut theirs));
    let more = ours.saturating_sub(theirs);
    println!("{WRITES} enquiries written on the phone: {} each (one commit: {})", ms(ours), ms(theirs));
    println!("  {} more; at most {}: {}\n", ms(more), ms(LIMIT), verdict(more <= LIMIT));
    Ok(())
}

fn taking() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let publisher = small()?;
    publisher.publish(MORNING)?;
    let keys =
        otsupport_hub::keys::public_halves(&publisher.keys(), None, otsupport_tests::site::instant(MORNING))?
            .ok_or("no keys")?;
    let receipt_key = publisher.keys().join("receipt.key");
    let envelopes = envelopes(&keys)?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    // One after the other, so that both meet the same disk.
    for round in 0..ROUNDS {
        let database = folder.path().join(format!("intake-{round}.db"));
        let hub = EmbeddedHub::start_with_intake(&publisher.site(), &receipt_key, &database)?;
        ours.push(sent(hub.address().trim_start_matches("http://"), &envelopes)?);
        drop(hub);
        let bare = bare(&folder.path().join(format!("one-each-{round}.db")))?;
        let peer = OneEach::start(bare, keys.clone(), &receipt_key)?;
        theirs.push(sent(&peer.address, &envelopes[..ENQUIRIES / 8])? * 8);
    }
    let a_second = |took: Duration| ENQUIRIES as f64 / took.as_secs_f64();
    let (ours, theirs) = (a_second(median(&mut ours)), a_second(median(&mut theirs)));
    let bare = bare(&folder.path().join("bare.db"))?;
    let began = Instant::now();
    for (id, envelope) in &envelopes[..ENQUIRIES / 8] {
        bare.execute("INSERT INTO enquiries VALUES (?1, ?2)", (id.to_string(), envelope))?;
    }
    let commits = a_second(began.elapsed() * 8);
    let times = ours / theirs;
    println!(
        "{SENDERS} senders: {ours:.0} enquiries a second over HTTP (an intake with a commit for each: {theirs:.0})"
    );
    println!("  {times:.1} times; at least {TIMES}: {}", verdict(times >= TIMES));
    println!(
        "  {commits:.0} bare commits a second on this disk, without HTTP, check or receipt: {:.1} times\n",
        ours / commits
    );
    Ok(())
}

/// How long the senders take together.
fn sent(address: &str, envelopes: &[(EnquiryId, Vec<u8>)]) -> Result<Duration, Failure> {
    let next = AtomicUsize::new(0);
    let began = Instant::now();
    let sent: Result<Vec<()>, String> = thread::scope(|scope| {
        let senders: Vec<_> = (0..SENDERS).map(|_| scope.spawn(|| send(address, envelopes, &next))).collect();
        senders.into_iter().map(|it| it.join().map_err(|_| "a sender failed".to_owned())?).collect()
    });
    sent?;
    Ok(began.elapsed())
}

/// A database as careful as both ends' own.
fn bare(file: &Path) -> Result<Connection, Failure> {
    let connection = Connection::open(file)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON;
         CREATE TABLE enquiries (id TEXT PRIMARY KEY, envelope BLOB NOT NULL) STRICT;",
    )?;
    Ok(connection)
}

fn envelopes(keys: &EnquiryKeys) -> Result<Vec<(EnquiryId, Vec<u8>)>, Failure> {
    let mut seeded = Seeded(SEED);
    let mut drawn = || -> [u8; 32] { std::array::from_fn(|_| seeded.number() as u8) };
    (0..ENQUIRIES)
        .map(|_| {
            let mut random = [0; 10];
            random.copy_from_slice(&drawn()[..10]);
            let id = EnquiryId::new(0, &random);
            let letter = Letter {
                written_at: otsupport_tests::site::instant(MORNING),
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
                text: "He will not wear socks.".to_owned(),
                reply_key: SecretHalf::from_bytes(drawn()).public().ok_or("no key")?,
            };
            let chance = SealingChance { letter: drawn(), service: drawn(), recovery: drawn() };
            let bearer = Bearer::from_bytes(drawn()).hash();
            Ok((id, seal(id, &letter, bearer, &keys.service[0].public, &keys.recovery, chance)?))
        })
        .collect()
}

/// Sends what nobody has sent yet, over one connection.
fn send(address: &str, envelopes: &[(EnquiryId, Vec<u8>)], next: &AtomicUsize) -> Result<(), String> {
    let told = |error: std::io::Error| error.to_string();
    let mut stream = TcpStream::connect(address).map_err(told)?;
    stream.set_nodelay(true).map_err(told)?;
    let mut answers = BufReader::new(stream.try_clone().map_err(told)?);
    while let Some((id, envelope)) = envelopes.get(next.fetch_add(1, Ordering::Relaxed)) {
        let head = format!(
            "PUT /v1/enquiries/{id} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {}\r\n\r\n",
            envelope.len()
        );
        stream.write_all(&[head.as_bytes(), envelope].concat()).map_err(told)?;
        let (mut line, mut length) = (String::new(), 0);
        answers.read_line(&mut line).map_err(told)?;
        if !line.starts_with("HTTP/1.1 201") {
            return Err(line);
        }
        while line.trim() != "" {
            line.clear();
            answers.read_line(&mut line).map_err(told)?;
            if let Some((_, value)) =
                line.split_once(':').filter(|it| it.0.eq_ignore_ascii_case("content-length"))
            {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        answers.read_exact(&mut vec![0; length]).map_err(told)?;
    }
    Ok(())
}
