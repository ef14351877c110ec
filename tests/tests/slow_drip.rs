//! A hub that answers a byte now and then does not hold a phone up for ever.
#![allow(clippy::unwrap_used)]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use otsupport_core::platform::{Get, Http, HttpFault, Network, Patience, Reply};

/// Answers every request with a byte every 20 ms, for as long as somebody listens; of a body of this length. Its slowness is what is
/// tested: nothing waits for it to be right.
fn drip(length: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 1024]);
            let _ = write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
            for _ in 0..length {
                thread::sleep(Duration::from_millis(20));
                if stream.write_all(b"x").is_err() {
                    break;
                }
            }
        }
    });
    address
}

fn fetch(site: &str, limit: u64, patience: Patience) -> (Result<Reply, HttpFault>, Vec<u8>, Duration) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (network, began, mut body) = (Network::with_patience(patience), Instant::now(), Vec::new());
    let get = Get { site, path: "head", if_none_match: None, limit, from: None };
    let reply = runtime.block_on(network.get(get, &mut body));
    (reply, body, began.elapsed())
}

#[test]
fn an_answer_that_trickles_in_ends_with_its_time() {
    let patience = Patience {
        answer: Duration::from_millis(400),
        kilobyte: Duration::from_millis(1),
        ..Patience::default()
    };
    let (reply, body, took) = fetch(&drip(1_000_000), 1_000_000, patience);
    assert!(matches!(reply, Err(HttpFault::HubDown)), "{reply:?}");
    // Bytes came all the time; what ended it was the limit of 400 ms and 977 kilobytes.
    assert!(!body.is_empty() && took < Duration::from_secs(10), "{} bytes, {took:?}", body.len());
}

#[test]
fn a_slow_answer_within_its_time_is_an_answer() {
    let patience = Patience { kilobyte: Duration::from_secs(60), ..Patience::default() };
    let (reply, body, _) = fetch(&drip(50), 1024, patience);
    assert!(matches!(reply, Ok(Reply::Body { bytes: 50, .. })), "{reply:?}");
    assert_eq!(body.len(), 50);
}
