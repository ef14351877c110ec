//! A second program that opens the same folder does not disturb the first one's sync.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc;
use std::thread;

use otsupport_core::sync::Outcome;
use otsupport_tests::content_folder::small;
use otsupport_tests::phone::{Phone, sync};
use otsupport_tests::site::MORNING;

#[test]
fn opening_the_folder_again_while_a_bank_is_coming_loses_nothing() {
    let publisher = small().unwrap();
    publisher.publish(MORNING).unwrap();
    let (head, full) = ("head", "full/1.zst");
    let [head, full] = [head, full].map(|file| fs::read(publisher.site().join(file)).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (half_sent, half_is_sent) = mpsc::channel();
    let (go_on, told_to_go_on) = mpsc::channel::<()>();
    // A hub that sends half of the bank and waits.
    let hub = thread::spawn(move || {
        for body in [head, full] {
            let (mut stream, _) = listener.accept().unwrap();
            let (mut request, mut byte) = (Vec::new(), [0]);
            while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
                request.push(byte[0]);
            }
            write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len())
                .unwrap();
            let (first, rest) = body.split_at(body.len() / 2);
            stream.write_all(first).unwrap();
            if request.starts_with(b"GET /full/") {
                half_sent.send(()).unwrap();
                told_to_go_on.recv().unwrap();
            }
            stream.write_all(rest).unwrap();
        }
    });
    let phone = Phone::new(publisher.root().unwrap()).unwrap();
    let first = phone.open().unwrap();
    let syncing = thread::spawn(move || {
        sync(&first, &address).map(|report| (report, first.topics().map(|it| it.len())))
    });
    half_is_sent.recv().unwrap();
    let second = phone.open().unwrap();
    assert_eq!(second.topics().unwrap().len(), 0);
    go_on.send(()).unwrap();
    let synced = syncing.join().unwrap();
    hub.join().unwrap();
    assert!(matches!(&synced, Ok((report, Ok(2))) if report.outcome == Outcome::Updated), "{synced:?}");
    assert_eq!(second.topics().unwrap().len(), 2);
}
