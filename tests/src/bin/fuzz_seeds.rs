//! Writes the bytes that the fuzzer begins with, as the house's own writers make them, to `tests/fuzz/corpus`. Run it again when a
//! format has changed.

use std::fs;
use std::io::Write;
use std::path::Path;

use chrono::NaiveDate;
use otsupport_core::reminders::calendar;
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
        ("calendar", events()?),
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
        ("urgent", typed()),
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

/// Urgent words in three languages, and calm ones.
fn typed() -> Seeds {
    let texts = [
        ("english", "Thanks for the grips. Since Friday he can't lift that arm; he cant breethe!"),
        ("french", "il ne respire plus, j'ai peur"),
        ("arabic", "ابني لا يتنفس"),
        ("romanised", "ebni msh 2ader yetnafas"),
        ("calm", "wont wear socks \" OR NEAR(socks) -- 🧦"),
    ];
    texts.map(|(name, text)| (name, text.as_bytes().to_vec())).to_vec()
}

/// Events as they travel, and one as a calendar writes it.
fn events() -> Result<Seeds, Failure> {
    let travelling = |lines: &str| -> Result<Vec<u8>, Failure> {
        let read = calendar::read(&format!("BEGIN:VCALENDAR\n{lines}END:VCALENDAR\n"));
        let event = read.map_err(|it| format!("{it:?}"))?.into_iter().next().ok_or("no event")?;
        Ok(event.components().join("\0\n").into())
    };
    Ok(vec![
        ("once", travelling(ONCE)?),
        ("whole_days", travelling(WHOLE_DAYS)?),
        ("series", travelling(SERIES)?),
        ("by_others", BY_OTHERS.into()),
        (
            "changed_date_alone",
            travelling(SERIES)?.split_inclusive(|it| *it == b'\n').skip(10).flatten().copied().collect(),
        ),
        ("endless", travelling(ENDLESS)?),
    ])
}

const ONCE: &str = "BEGIN:VEVENT\nUID:once\nSEQUENCE:3\nSTATUS:TENTATIVE\nSUMMARY:Sleep\\, soundly\nDESCRIPTION:Come\\nalong\n\
    LOCATION:Town hall\nGEO:51.5;-0.1\nURL:https://hub.example/e\nCONFERENCE;VALUE=URI:https://join.example/1\n\
    CATEGORIES:workshop\nX-TOPIC:sleep,dressing\nX-BOROUGH:north\nX-AGES:3-11\nX-BOOKING-URL:https://book.example/1\n\
    X-PLACES-LEFT:0\nX-AUDIENCE:family,school\nX-BOOKING-CLOSES:20270201T120000Z\n\
    DTSTART;TZID=Europe/London:20270208T100000\nDURATION:PT90M\nEND:VEVENT\n";
const WHOLE_DAYS: &str = "BEGIN:VEVENT\nUID:days\nSUMMARY:Half term\nDTSTART;VALUE=DATE:20270215\nDURATION:P3D\n\
    RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1;COUNT=4\nRDATE;VALUE=DATE:20270401,20270402\nEXDATE;VALUE=DATE:20280229\n\
    END:VEVENT\n";
const SERIES: &str = "BEGIN:VEVENT\nUID:series\nSUMMARY:Course\nDTSTART;TZID=Europe/London:20270304T180000\nDURATION:P1DT1H\n\
    RRULE:FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=TU,TH;UNTIL=20270601T170000Z\nRDATE;TZID=America/New_York:20270611T050000\n\
    EXDATE;VALUE=DATE:20270406\nEND:VEVENT\n\
    BEGIN:VEVENT\nUID:series\nSEQUENCE:1\nSUMMARY:Course\nRECURRENCE-ID;TZID=Europe/London:20270401T180000\n\
    DTSTART;TZID=Europe/London:20270328T013000\nDURATION:PT1H\nEND:VEVENT\n\
    BEGIN:VEVENT\nUID:series\nSTATUS:CANCELLED\nSUMMARY:Course\nRECURRENCE-ID:20270330T170000Z\n\
    DTSTART;TZID=Europe/London:20270330T180000\nEND:VEVENT\n";
const ENDLESS: &str = "BEGIN:VEVENT\nUID:endless\nSUMMARY:Drop-in\nDTSTART;TZID=Europe/London:20171031T013000\nDURATION:PT1H\n\
    RRULE:FREQ=MONTHLY;BYDAY=-1SU,+2MO\nEND:VEVENT\n";
const BY_OTHERS: &str = "BEGIN:VTIMEZONE\r\nTZID:GMT Standard Time\r\nBEGIN:STANDARD\r\nDTSTART:16011028T020000\r\n\
    TZOFFSETFROM:+0100\r\nTZOFFSETTO:-0000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n\
    BEGIN:VEVENT\r\nUID:others\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY;LANGUAGE=en-gb:A workshop with a lo\r\n ng name\r\n\
    DTSTART;TZID=\"GMT Standard Time\":20270308T100000\r\nDTEND;TZID=\"GMT Standard Time\":20270308T113000\r\n\
    RRULE:FREQ=DAILY;COUNT=10;BYDAY=MO,TU\r\nX-ALT-DESC;FMTTYPE=text/html:<p>\r\nBEGIN:VALARM\r\nTRIGGER:-PT15M\r\n\
    ACTION:DISPLAY\r\nDESCRIPTION:Reminder\r\nEND:VALARM\r\nEND:VEVENT\r\n";

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

/// The small bank as `publish` makes it, and as a newer program might.
fn snapshots() -> Result<Seeds, Failure> {
    let publisher = small()?;
    publisher.publish(MORNING)?;
    let published = zstd::decode_all(fs::read(publisher.site().join("full/1.zst"))?.as_slice())?;
    let text = String::from_utf8(published.clone())?;
    let newer = text
        .replacen("otsupport-snapshot 1.1 ", "otsupport-snapshot 1.2 ", 1)
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
