//! Writes the bytes that the fuzzer begins with, as the house's own writers make them, to `tests/fuzz/corpus`. Run it again when a
//! format has changed.

use std::fs;
use std::io::Write;
use std::path::Path;

use chrono::NaiveDate;
use otsupport_core::wire::signpost::{Note, Signpost};
use otsupport_tests::content_folder::small;
use otsupport_tests::network_bytes::fixed_hub::{
    HEAD, KEY, NEW_BANK, NEXT_ROOT, OLD_BANK, ROOT, naming as naming_news,
};
use otsupport_tests::site::MORNING;
use otsupport_wire::trust::{Deltas, Newest, News, Recall, Recalls, Skips, sign};
use otsupport_wire::{BankVersion, ItemId, Sha256, delta};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let seeds = [
        ("compare", pairs()?),
        ("delta", deltas()?),
        ("head", heads()?),
        ("role_root", roots()?),
        (
            "role_snapshot",
            vec![("signed", HEAD.snapshot.clone()), ("unsigned", naming("snapshot", "targets.json")?)],
        ),
        ("role_targets", targets()?),
        (
            "role_timestamp",
            vec![("signed", HEAD.timestamp.clone()), ("unsigned", naming("timestamp", "snapshot.json")?)],
        ),
        ("signpost", signposts()?),
        ("snapshot", snapshots()?),
    ];
    for (target, seeds) in seeds {
        let folder = corpus.join(target);
        fs::create_dir_all(&folder)?;
        for (name, bytes) in seeds {
            fs::write(folder.join(name), bytes)?;
        }
    }
    Ok(())
}

/// A window of 128 MB, of which it fills four bytes.
const WIDEST_WINDOW: &[u8] = b"\x28\xb5\x2f\xfd\x00\x88\x21\x00\x00bank";

type Seeds = Vec<(&'static str, Vec<u8>)>;

fn deltas() -> Result<Seeds, Failure> {
    let packed = delta::pack(&OLD_BANK, &NEW_BANK, 19)?;
    let (framing, frame) = packed.split_at(delta::FRAMING as usize);
    Ok(vec![
        ("packed", packed.clone()),
        ("packed_in_haste", delta::pack(&OLD_BANK, &NEW_BANK, 1)?),
        ("without_framing", frame.to_vec()),
        ("without_the_old_bank", [framing, &zstd::encode_all(NEW_BANK.as_slice(), 3)?].concat()),
        ("against_another_bank", delta::pack(&NEW_BANK, &OLD_BANK, 19)?),
        ("bomb", delta::pack(&OLD_BANK, &vec![0; 1 << 20], 19)?),
        ("widest_window", WIDEST_WINDOW.to_vec()),
    ])
}

fn heads() -> Result<Seeds, Failure> {
    let packed = HEAD.pack()?;
    let mut bomb = zstd::Encoder::new(Vec::new(), 19)?;
    bomb.window_log(16)?;
    bomb.write_all(&vec![b' '; 1 << 20])?;
    Ok(vec![
        ("plain", zstd::decode_all(packed.as_slice())?),
        ("packed", packed),
        ("bomb", bomb.finish()?),
        ("widest_window", WIDEST_WINDOW.to_vec()),
    ])
}

fn roots() -> Result<Seeds, Failure> {
    Ok(vec![("first", sign(&*ROOT, &[&KEY])?), ("next", sign(&*NEXT_ROOT, &[&KEY])?)])
}

/// A document that names another by all that may be said of it, signed by nobody.
fn naming(kind: &str, file: &str) -> Result<Vec<u8>, Failure> {
    let named =
        serde_json::json!({"version": 7, "length": 4, "hashes": {"sha256": Sha256::of(b"bank"), "md5": "x"}});
    let document = serde_json::json!({
        "_type": kind, "spec_version": "1.0.31", "version": 7, "expires": "2027-01-01T00:00:00Z",
        "meta": {file: named, "other.json": {"version": 1}},
    });
    Ok(sign(&document, &[])?)
}

fn targets() -> Result<Seeds, Failure> {
    let delegating = serde_json::json!({
        "_type": "targets", "spec_version": "1.0.31", "version": 7, "expires": "2027-01-01T00:00:00Z", "targets": {},
        "delegations": {"keys": {"a": KEY.public()}, "roles": [
            {"name": "banks", "keyids": ["a"], "threshold": 1, "terminating": false, "paths": ["bank/*", "b?nk/7"]},
            {"name": "all", "keyids": ["a"], "threshold": 1, "terminating": true, "path_hash_prefixes": ["0", "f"]},
        ]},
    });
    let recall = Recall {
        on: NaiveDate::from_ymd_opt(2026, 11, 20).ok_or("no such day")?,
        reason: "A button came off.".to_owned(),
        instead: Some("coat-flip".parse()?),
    };
    let skips = Deltas::from([(BankVersion(16), 900), (BankVersion(32), 500)]);
    let news = News {
        newest: Newest { version: BankVersion(50), packed: 90_000, ..HEAD.claims().ok_or("no bank")? },
        deltas: Deltas::from([(BankVersion(48), 300)]),
        skips: Skips::from([(BankVersion(48), skips)]),
        recalls: Recalls::from([("big-buttons".parse()?, recall)]),
    };
    // By nobody: the corpus holds one document of the role that the hub has signed.
    let recalling: serde_json::Value = serde_json::from_slice(&naming_news(&news).targets)?;
    Ok(vec![
        ("signed", HEAD.targets.clone()),
        ("delegating", sign(&delegating, &[])?),
        ("recalling", sign(&recalling["signed"], &[])?),
    ])
}

fn signposts() -> Result<Seeds, Failure> {
    let until = NaiveDate::from_ymd_opt(2027, 3, 24).ok_or("no such day")?;
    let link = |ids: &[ItemId], note: &str| -> Result<String, Failure> {
        Ok(Signpost::new(ids, BankVersion(7), until, Note::new(note)?)?.fragment())
    };
    let few = ["coat-flip".parse()?, "big-buttons".parse()?];
    let many = (1..=20).map(|it| format!("strategy-{it}").parse()).collect::<Result<Vec<ItemId>, _>>()?;
    let fragment = link(&few, "Try the first one this week.")?;
    Ok(vec![
        ("link", format!("https://hub.otsupport.example.org/s/#{fragment}").into()),
        ("without_a_note", link(&few, "")?.into()),
        ("most_items", link(&many, "Été, 夏")?.into()),
        ("broken_over_lines", fragment.replacen('+', "+\r\n  ", 1).into()),
        ("unchecked", fragment.rsplit_once('.').map_or("", |(body, _)| body).into()),
        ("newer", fragment.replacen("1.", "2.", 1).into()),
    ])
}

/// The small bank as `publish` makes it, and as a newer program might.
/// Two banks, with a zero byte between them.
fn pairs() -> Result<Seeds, Failure> {
    let publisher = small()?;
    publisher.publish(MORNING)?;
    publisher.edit("strategies/dressing/coat-flip.md", "3. ", "3. Slowly. ")?;
    publisher.publish(MORNING)?;
    let full = |version: u32| -> Result<Vec<u8>, Failure> {
        let packed = fs::read(publisher.site().join(format!("full/{version}.zst")))?;
        Ok(zstd::decode_all(packed.as_slice())?)
    };
    let (old, new) = (full(1)?, full(2)?);
    let pair = |old: &[u8], new: &[u8]| [old, b"\0", new].concat();
    Ok(vec![
        ("next", pair(&old, &new)),
        ("same", pair(&old, &old)),
        ("cut", pair(&new, &old[..old.len() / 2])),
    ])
}

fn snapshots() -> Result<Seeds, Failure> {
    let publisher = small()?;
    publisher.publish(MORNING)?;
    let published = zstd::decode_all(fs::read(publisher.site().join("full/1.zst"))?.as_slice())?;
    let text = String::from_utf8(published.clone())?;
    let newer = text
        .replacen("otsupport-snapshot 1.0 ", "otsupport-snapshot 1.1 ", 1)
        .replacen("{\"slug\":\"sleep\",", "{\"slug\":\"sleep\",\"mood\":[1,2],", 1)
        .replacen("words 1\n", "songs 0\nwords 1\n", 1);
    let bare: String = text
        .lines()
        .filter(|it| it.starts_with("otsupport") || it.starts_with("service ") || it.starts_with("{\"status"))
        .map(|it| format!("{it}\n"))
        .collect();
    let empty = ["topics", "words", "strategies", "resources", "events", "media", "pictures"]
        .map(|it| format!("{it} 0\n"))
        .concat();
    Ok(vec![
        ("cut", text.trim_end().rsplit_once('\n').map_or("", |(before, _)| before).into()),
        ("published", published),
        ("newer", newer.into()),
        ("empty", format!("{bare}{empty}end 1\n").into()),
    ])
}
