//! Sound, photographs and papers come whole or not at all, and what had come is not fetched again.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::sync::Arc;
use std::thread;

use otsupport_core::SupportHub;
use otsupport_core::sync::{MediaReport, NetworkLink, Outcome, Reason};
use otsupport_hub::embedded::EmbeddedHub;
use otsupport_tests::blob_hub::{Asked, BlobHub, Manner};
use otsupport_tests::household::{code, id};
use otsupport_tests::media::{fetch, folder, noise, opened, part, phone_of, shown, whole, with_papers};
use otsupport_tests::phone::{Phone, sync};
use otsupport_tests::site::Publisher;
use otsupport_tests::small_disk::SmallDisk;

const ITEM: &str = "coat-flip";
const PAPER: &str = "media/coat.pdf";

/// A phone whose bank names `bytes` as the paper of one item, and a hub that serves them.
struct Setting {
    publisher: Publisher,
    phone: Phone,
    hub: SupportHub,
    blobs: BlobHub,
    bytes: Vec<u8>,
}

impl Setting {
    fn of(bytes: Vec<u8>) -> Self {
        let publisher = with_papers(&bytes, b"buttons", b"chart").unwrap();
        let phone = phone_of(&publisher).unwrap();
        let hub = phone.open().unwrap();
        let blobs = BlobHub::start().unwrap();
        blobs.serve(&bytes);
        Self { publisher, phone, hub, blobs, bytes }
    }

    fn fetch(&self) -> MediaReport {
        fetch(&self.hub, &self.blobs.address, ITEM).unwrap()
    }

    /// Begins the paper with the first bytes of it, which came with the hub's tag.
    fn begun(bytes: Vec<u8>, first: usize) -> Self {
        let setting = Self::of(bytes);
        setting.begin(first);
        setting
    }

    fn begin(&self, first: usize) {
        self.blobs.behave(Manner { cut: Some(first), ..Manner::default() });
        assert_eq!(self.fetch().reason, Some(Reason::HubDown));
        self.blobs.behave(Manner::default());
        self.blobs.asked();
        assert_eq!(self.folder()[&part(&self.bytes)], first as u64);
    }

    fn folder(&self) -> std::collections::BTreeMap<String, u64> {
        folder(&self.phone).unwrap()
    }

    fn is_here(&self) -> bool {
        let media = shown(&self.hub, ITEM).unwrap();
        let same = opened(&self.hub, ITEM, PAPER).unwrap().is_some_and(|it| it == self.bytes);
        assert_eq!(media[0].here, same);
        same
    }

    fn asked(&self) -> Vec<Option<String>> {
        self.blobs.asked().into_iter().map(|it| it.range).collect()
    }
}

#[test]
fn a_cut_at_any_byte_goes_on_there() {
    let setting = Setting::of(noise(2_049, 1));
    for cut in 0..setting.bytes.len() {
        let left = setting.folder();
        assert!(left.is_empty(), "{cut}: {left:?}");
        setting.blobs.behave(Manner { cut: Some(cut), ..Manner::default() });
        let report = setting.fetch();
        assert_eq!((report.outcome, report.reason), (Outcome::Offline, Some(Reason::HubDown)), "{cut}");
        assert_eq!((report.bytes, report.here, report.missing), (cut as u64, 0, 1));
        assert!(!setting.is_here());
        setting.blobs.behave(Manner::default());
        setting.blobs.asked();
        let report = setting.fetch();
        assert_eq!((report.outcome, report.requests, report.fetched), (Outcome::Updated, 1, 1), "{cut}");
        assert_eq!(report.bytes, (setting.bytes.len() - cut) as u64, "what had come is not fetched again");
        assert_eq!(setting.asked(), [(cut > 0).then(|| format!("bytes={cut}-"))]);
        assert!(setting.is_here());
        fs::remove_file(setting.phone.folder().join("media").join(whole(&setting.bytes))).unwrap();
    }
}

#[test]
fn the_hub_itself_goes_on_where_a_connection_was_cut() {
    let setting = Setting::of(noise(200_000, 2));
    // Without a tag: the hub has its own.
    setting.blobs.put(whole(&setting.bytes).parse().unwrap(), &setting.bytes, None);
    setting.begin(123_457);
    let hub = EmbeddedHub::start(&setting.publisher.site()).unwrap();
    let report = fetch(&setting.hub, hub.address(), ITEM).unwrap();
    assert_eq!((report.outcome, report.requests, report.bytes), (Outcome::Updated, 1, 200_000 - 123_457));
    assert!(setting.is_here());
    let again = fetch(&setting.hub, hub.address(), ITEM).unwrap();
    assert_eq!((again.outcome, again.requests, again.bytes), (Outcome::Unchanged, 0, 0));
    assert_eq!((again.here, again.missing), (1, 0));
}

#[test]
fn a_part_goes_on_after_the_app_was_closed_and_says_the_tag_that_it_came_with() {
    let setting = Setting::begun(noise(9_000, 3), 4_000);
    setting.hub.close();
    let hub = setting.phone.open().unwrap();
    assert_eq!(fetch(&hub, &setting.blobs.address, ITEM).unwrap().bytes, 5_000);
    let name = whole(&setting.bytes);
    let asked = Asked {
        path: format!("/blob/{name}"),
        range: Some("bytes=4000-".to_owned()),
        if_range: Some(format!("\"{name}\"")),
    };
    assert_eq!(setting.blobs.asked(), [asked]);
    assert_eq!(setting.folder().keys().collect::<Vec<_>>(), [&name], "no part and no tag is left");
}

#[test]
fn a_body_that_was_changed_since_is_begun_anew() {
    let setting = Setting::of(noise(5_000, 4));
    let name = whole(&setting.bytes).parse().unwrap();
    setting.blobs.put(name, &noise(5_000, 99), Some("\"another\""));
    setting.begin(2_000);
    setting.blobs.serve(&setting.bytes);
    let report = setting.fetch();
    assert_eq!((report.outcome, report.requests, report.bytes), (Outcome::Updated, 1, 5_000));
    assert!(setting.is_here());
}

#[test]
fn two_halves_of_two_bodies_are_found_out_and_fetched_once_from_the_beginning() {
    let setting = Setting::of(noise(5_000, 5));
    let name = whole(&setting.bytes).parse().unwrap();
    setting.blobs.put(name, &noise(5_000, 99), Some("\"another\""));
    setting.begin(2_000);
    setting.blobs.serve(&setting.bytes);
    setting.blobs.behave(Manner { forgets_tags: true, ..Manner::default() });
    let report = setting.fetch();
    assert_eq!((report.outcome, report.requests, report.bytes), (Outcome::Updated, 2, 3_000 + 5_000));
    assert_eq!(setting.asked(), [Some("bytes=2000-".to_owned()), None]);
    assert!(setting.is_here());
}

#[test]
fn wrong_bytes_are_refused_and_nothing_of_them_stays() {
    let setting = Setting::of(noise(5_000, 6));
    let name = whole(&setting.bytes).parse().unwrap();
    setting.blobs.put(name, &noise(5_000, 99), Some("\"another\""));
    let report = setting.fetch();
    assert_eq!((report.outcome, report.reason), (Outcome::Refused, Some(Reason::BadMedia)));
    assert_eq!((report.requests, report.fetched, report.missing), (1, 0, 1));
    assert!(setting.folder().is_empty() && !setting.is_here());
    // In two pieces: once more from the beginning, then no more.
    setting.begin(2_000);
    let report = setting.fetch();
    assert_eq!((report.reason, report.requests), (Some(Reason::BadMedia), 2));
    assert!(setting.folder().is_empty() && !setting.is_here());
    // The same name with the right bytes is taken afterwards.
    setting.blobs.serve(&setting.bytes);
    assert_eq!(setting.fetch().outcome, Outcome::Updated);
}

#[test]
fn a_whole_part_that_is_wrong_costs_one_request() {
    let setting = Setting::begun(noise(5_000, 7), 4_999);
    let begun = setting.phone.folder().join("media").join(part(&setting.bytes));
    fs::write(&begun, noise(5_000, 99)).unwrap();
    let report = setting.fetch();
    assert_eq!((report.outcome, report.requests, report.bytes), (Outcome::Updated, 1, 5_000));
    // And one that is right costs none: the power went before it bore its name.
    fs::rename(begun.with_extension(""), &begun).unwrap();
    let report = setting.fetch();
    assert_eq!((report.outcome, report.requests, report.fetched), (Outcome::Updated, 0, 1));
    assert!(setting.is_here());
}

#[test]
fn a_hub_that_cannot_go_on_there_is_asked_from_the_beginning() {
    for manner in [
        Manner { to_ranges: Some("416 Range Not Satisfiable"), ..Manner::default() },
        Manner { to_ranges: Some("206 Partial Content"), ..Manner::default() },
        Manner { goes_on_elsewhere: true, ..Manner::default() },
    ] {
        let setting = Setting::begun(noise(5_000, 8), 2_000);
        setting.blobs.behave(manner.clone());
        let report = setting.fetch();
        assert_eq!((report.outcome, report.requests), (Outcome::Updated, 2), "{manner:?}");
        assert_eq!(setting.asked(), [Some("bytes=2000-".to_owned()), None], "{manner:?}");
        assert!(setting.is_here());
    }
    let setting = Setting::begun(noise(5_000, 8), 2_000);
    setting.blobs.behave(Manner { forgets_ranges: true, ..Manner::default() });
    let report = setting.fetch();
    assert_eq!((report.outcome, report.requests, report.bytes), (Outcome::Updated, 1, 5_000));
    assert!(setting.is_here());
}

#[test]
fn more_or_fewer_bytes_than_were_signed_are_not_taken() {
    let setting = Setting::begun(noise(5_000, 9), 2_000);
    let name = whole(&setting.bytes).parse().unwrap();
    let longer = [setting.bytes.clone(), vec![0]].concat();
    for (other, forgets_tags) in
        [&longer[..], &setting.bytes[..4_999], &[]].iter().flat_map(|it| [(it, false), (it, true)])
    {
        // One that says its length costs nothing that is here.
        setting.blobs.put(name, other, None);
        setting.blobs.behave(Manner { forgets_tags, ..Manner::default() });
        let report = setting.fetch();
        assert_eq!((report.outcome, report.missing), (Outcome::Refused, 1), "{}", other.len());
        assert_eq!((report.reason, report.bytes), (Some(Reason::BadMedia), 0), "{}", other.len());
    }
    assert_eq!(setting.folder()[&part(&setting.bytes)], 2_000);
    // One that does not is taken up to the signed length.
    setting.blobs.put(name, &noise(1_000_000, 99), None);
    setting.blobs.behave(Manner { says_no_length: true, forgets_ranges: true, ..Manner::default() });
    let report = setting.fetch();
    assert_eq!(report.reason, Some(Reason::BadMedia));
    assert!(report.bytes <= 5_000, "{}", report.bytes);
    assert!(setting.folder().is_empty() && !setting.is_here());
}

#[test]
fn a_log_in_page_costs_nothing_that_had_come() {
    let setting = Setting::begun(noise(5_000, 10), 2_000);
    setting.blobs.behave(Manner { page: true, ..Manner::default() });
    let report = setting.fetch();
    assert_eq!((report.outcome, report.reason), (Outcome::Offline, Some(Reason::CaptivePortal)));
    setting.blobs.behave(Manner::default());
    assert_eq!(setting.fetch().bytes, 3_000);
}

#[test]
fn a_file_that_the_hub_does_not_have_is_said_to_be_missing_and_nowhere_is_offline() {
    let setting = Setting::of(noise(5_000, 11));
    let empty = BlobHub::start().unwrap();
    let report = fetch(&setting.hub, &empty.address, ITEM).unwrap();
    assert_eq!((report.outcome, report.reason), (Outcome::Offline, Some(Reason::HubDown)));
    assert!(setting.folder().is_empty());
    let nowhere = fetch(&setting.hub, "http://127.0.0.1:9", ITEM).unwrap();
    assert_eq!((nowhere.outcome, nowhere.missing), (Outcome::Offline, 1));
    assert_eq!(code(fetch(&setting.hub, "a hub", ITEM)), "invalid-hub");
    assert_eq!(code(fetch(&setting.hub, &empty.address, "no-such-item")), "not-found");
    assert_eq!(code(setting.hub.media(&id("no-such-item"))), "not-found");
    setting.hub.close();
    assert_eq!(code(fetch(&setting.hub, &empty.address, ITEM)), "closed");
}

/// Fetches in another thread.
fn fetching(hub: &Arc<SupportHub>, address: &str) -> thread::JoinHandle<MediaReport> {
    let (hub, address) = (hub.clone(), address.to_owned());
    thread::spawn(move || fetch(&hub, &address, ITEM).unwrap())
}

#[test]
fn two_who_want_the_same_file_at_once_fetch_it_once() {
    let Setting { phone, hub, blobs, bytes, .. } = Setting::of(noise(60_000, 12));
    let hub = Arc::new(hub);
    // The same object, and a second program's over the same folder.
    for second in [hub.clone(), Arc::new(phone.open().unwrap())] {
        let gate = blobs.gate();
        let first = fetching(&hub, &blobs.address);
        gate.half_is_sent.recv().unwrap();
        let second = fetching(&second, &blobs.address);
        // The second has had its time to do harm.
        assert!(!second.is_finished());
        gate.go_on.send(()).unwrap();
        let (first, second) = (first.join().unwrap(), second.join().unwrap());
        assert_eq!((first.fetched, first.here, first.requests), (1, 1, 1));
        assert_eq!((second.fetched, second.here, second.requests), (0, 1, 0));
        assert_eq!(blobs.asked().len(), 1);
        assert!(opened(&hub, ITEM, PAPER).unwrap().unwrap() == bytes);
        fs::remove_dir_all(phone.folder().join("media")).unwrap();
    }
}

#[test]
fn a_fetch_that_is_dropped_loses_nothing_and_lets_the_next_one_go_on() {
    let setting = Setting::of(noise(60_000, 13));
    let gate = setting.blobs.gate();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let item = id(ITEM);
        let mut fetch =
            std::pin::pin!(setting.hub.fetch_media(&setting.blobs.address, &item, NetworkLink::Unmetered));
        let begun = setting.phone.folder().join("media").join(part(&setting.bytes));
        // Polled until half of it is here.
        std::future::poll_fn(|context| {
            let pending = fetch.as_mut().poll(context).is_pending();
            assert!(pending);
            match fs::metadata(&begun) {
                Ok(it) if it.len() == 30_000 => std::task::Poll::Ready(()),
                _ => std::task::Poll::Pending,
            }
        })
        .await;
    });
    drop(gate);
    setting.blobs.asked();
    let report = setting.fetch();
    assert_eq!((report.outcome, report.bytes), (Outcome::Updated, 30_000));
    assert_eq!(setting.asked(), [Some("bytes=30000-".to_owned())]);
}

#[test]
fn a_bank_that_names_another_file_meanwhile_gets_that_one() {
    let Setting { publisher, phone, hub, blobs, .. } = Setting::of(noise(60_000, 14));
    let hub = Arc::new(hub);
    let newer = noise(50_000, 15);
    let gate = blobs.gate();
    let under_way = fetching(&hub, &blobs.address);
    gate.half_is_sent.recv().unwrap();
    fs::write(publisher.content().join(PAPER), &newer).unwrap();
    publisher.publish("2026-11-25T09:00:00Z").unwrap();
    blobs.serve(&newer);
    let site = EmbeddedHub::start(&publisher.site()).unwrap();
    assert_eq!(sync(&hub, site.address()).unwrap().outcome, Outcome::Updated);
    assert!(!shown(&hub, ITEM).unwrap()[0].here);
    gate.go_on.send(()).unwrap();
    let report = under_way.join().unwrap();
    assert_eq!((report.outcome, report.here, report.missing), (Outcome::Updated, 1, 0));
    assert!(opened(&hub, ITEM, PAPER).unwrap().unwrap() == newer);
    let names = folder(&phone).unwrap();
    assert_eq!(names.keys().collect::<Vec<_>>(), [&whole(&newer)], "what nothing names any more is gone");
}

#[test]
fn a_file_that_was_damaged_is_not_opened_and_comes_again() {
    let setting = Setting::of(noise(5_000, 16));
    let path = setting.phone.folder().join("media").join(whole(&setting.bytes));
    for damage in [vec![0; 5_000], vec![0; 4_999], vec![0; 5_001], Vec::new()] {
        assert_eq!(setting.fetch().missing, 0);
        assert!(setting.is_here());
        fs::write(&path, &damage).unwrap();
        assert_eq!(opened(&setting.hub, ITEM, PAPER).unwrap(), None, "{}", damage.len());
        assert!(!path.exists());
        assert!(!shown(&setting.hub, ITEM).unwrap()[0].here);
    }
    assert_eq!(setting.fetch().outcome, Outcome::Updated);
    assert!(setting.is_here());
}

#[test]
fn a_full_disk_loses_nothing_and_leaves_the_family_room_to_write() {
    let Some(disk) = SmallDisk::new() else { return };
    let bytes = noise(3_000_000, 17);
    let publisher = with_papers(&bytes, b"buttons", b"chart").unwrap();
    let phone = phone_of(&publisher).unwrap();
    let data = disk.path().join("data");
    let blobs = BlobHub::start().unwrap();
    blobs.serve(&bytes);
    let hub = phone.open_in(&data).unwrap();
    hub.save(&[id("big-buttons")]).unwrap();
    blobs.behave(Manner { cut: Some(500_000), ..Manner::default() });
    assert_eq!(fetch(&hub, &blobs.address, ITEM).unwrap().reason, Some(Reason::HubDown));
    blobs.behave(Manner::default());
    let begun = data.join("media").join(part(&bytes));
    disk.leave(1_000_000).unwrap();
    for _ in 0..2 {
        assert_eq!(code(fetch(&hub, &blobs.address, ITEM)), "storage-full");
        assert_eq!(fs::metadata(&begun).unwrap().len(), 500_000, "what had come is here, and no more");
        hub.save(&[id(ITEM)]).unwrap();
    }
    assert_eq!(hub.saved().unwrap().len(), 2);
    disk.make_room().unwrap();
    blobs.asked();
    let report = fetch(&hub, &blobs.address, ITEM).unwrap();
    assert_eq!((report.outcome, report.bytes), (Outcome::Updated, 2_500_000));
}
