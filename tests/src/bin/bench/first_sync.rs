//! What the first sync costs in bytes: the whole bank, text and line pictures.

use std::fs;

use otsupport_hub::embedded::EmbeddedHub;
use otsupport_tests::generated_bank::content;
use otsupport_tests::phone::{Phone, sync};
use otsupport_tests::site::{MORNING, Publisher};

use crate::figures::verdict;
use crate::{Failure, SEED, STRATEGIES, peers};

/// What a first sync may cost beside zstd -19 of what it brings, its head apart.
const LIMIT: f64 = 1.05;

pub(crate) fn run() -> Result<(), Failure> {
    let publisher = Publisher::new()?;
    println!("the bank of content/");
    if let Some(ratio) = first(&publisher)? {
        println!("  ratio {ratio:.3}; at most {LIMIT}: {}", verdict(ratio <= LIMIT));
    }
    println!("the same, filled up to {STRATEGIES} strategies with generated ones, seed {SEED}");
    let publisher = Publisher::new()?;
    content::fill(&publisher.content(), STRATEGIES, SEED)?;
    if let Some(ratio) = first(&publisher)? {
        println!("  ratio {ratio:.3}");
    }
    println!();
    Ok(())
}

/// The bytes of a new phone's first sync, without the head, as a multiple of what zstd makes of the snapshot.
fn first(publisher: &Publisher) -> Result<Option<f64>, Failure> {
    publisher.publish(MORNING)?;
    let hub = EmbeddedHub::start(&publisher.site())?;
    let report = sync(&Phone::new(publisher.root()?)?.open()?, hub.address())?;
    let head = fs::metadata(publisher.site().join("head"))?.len();
    let folder = tempfile::tempdir()?;
    let unpacked = zstd::decode_all(fs::File::open(publisher.site().join("full/1.zst"))?)?;
    fs::write(folder.path().join("new"), &unpacked)?;
    println!("first sync of {} bytes: {} bytes, of them {head} for the head", unpacked.len(), report.bytes);
    let Some(theirs) = peers::whole(folder.path())? else { return Ok(None) };
    println!("  zstd -19: {theirs} bytes");
    Ok(Some((report.bytes - head) as f64 / theirs as f64))
}
