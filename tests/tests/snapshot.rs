//! The canonical snapshot: the same bank gives the same bytes, nothing else reads as a bank, and a newer minor format is
//! read as far as it is known.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::sync::LazyLock;

use otsupport_tests::content_folder::small;
use otsupport_tests::generated_bank;
use otsupport_tests::site::MORNING;
use otsupport_wire::snapshot::{Item, Limits, ReadError, Record, Snapshot, read, write};
use otsupport_wire::{ItemId, MediaPath, TopicSlug};
use proptest::prelude::*;

fn bytes(bank: &Snapshot) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(bank, &mut bytes).unwrap();
    bytes
}

fn parse(bytes: &[u8]) -> Result<Snapshot, ReadError> {
    Snapshot::parse(bytes, &Limits::default())
}

/// The small bank as it is published: some four kilobytes with something in every section.
static PUBLISHED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let publisher = small().unwrap();
    publisher.publish(MORNING).unwrap();
    let packed = fs::read(publisher.site().join("full/1.zst")).unwrap();
    zstd::decode_all(packed.as_slice()).unwrap()
});

fn published() -> Vec<u8> {
    PUBLISHED.clone()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Any item: any text in its texts, a unique id.
fn items() -> impl Strategy<Value = Vec<Item>> {
    let review = prop_oneof![
        Just(r#""status":"demonstration""#.to_owned()),
        Just(r#""status":"reviewed","reviewer":"B","reviewed":"2026-01-31","next":"2027-01-31""#.to_owned()),
        any::<Option<bool>>().prop_map(|instead| {
            let instead = if instead.is_some() { "\"x\"" } else { "null" };
            format!(r#""status":"withdrawn","on":"2026-01-31","reason":"r","instead":{instead}"#)
        }),
    ];
    let item = (any::<[String; 3]>(), review, any::<Option<(bool, bool)>>(), any::<Option<u16>>());
    let made = prop::collection::btree_map("[a-z0-9]{1,6}(-[a-z0-9]{1,4}){0,2}", item, 0..12);
    made.prop_map(|made| {
        made.into_iter()
            .map(|(id, ([title, heading, words], review, variant, minutes))| {
                let variant = variant.map(|(easy, outdated)| {
                    serde_json::json!({"language": if easy { "fr" } else { "zh-Hant" }, "easy": easy, "outdated": outdated})
                });
                let review: serde_json::Value = serde_json::from_str(&format!("{{\"author\":\"A\",{review}}}")).unwrap();
                serde_json::from_value(serde_json::json!({
                    "id": id, "variant": variant, "changed_in": 1, "title": title, "topic": "sleep",
                    "audiences": ["family"], "settings": [], "ages": minutes.map(|it| serde_json::json!({"from": it % 5, "to": 9})),
                    "minutes": minutes, "equipment": [words], "keywords": [], "asks": [heading], "media": [],
                    "review": review, "sections": [{"heading": heading, "text": words}],
                    "links": [{"words": title, "to": "x"}],
                }))
                .unwrap()
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_written_reads_back_the_same(items in items(), version in any::<u64>()) {
        let mut bank = parse(&published()).unwrap();
        (bank.strategies, bank.version.0) = (items, version);
        prop_assert_eq!(parse(&bytes(&bank)).unwrap(), bank);
    }

    #[test]
    fn records_in_any_order_give_the_same_bytes(items in items().prop_flat_map(|it| (Just(it.clone()), Just(it).prop_shuffle()))) {
        let (ordered, shuffled) = items;
        let mut bank = parse(&published()).unwrap();
        bank.strategies = ordered;
        let canonical = bytes(&bank);
        bank.strategies = shuffled;
        bank.topics.reverse();
        prop_assert_eq!(bytes(&bank), canonical);
    }

    /// Lines that look like a snapshot's never stop the parser.
    #[test]
    fn noise_is_refused_and_never_stops_the_parser(noise in "(otsupport-snapshot [0-9]{1,2}\\.[0-9]{1,12} [0-9]{1,22}\n)?((service|topics|strategies|end|x) [0-9]{1,22}\n|\\{.{0,40}\\}\n|.{0,20}\n){0,8}") {
        prop_assert!(parse(noise.as_bytes()).is_err());
    }
}

#[test]
fn a_generated_bank_is_the_same_for_the_same_seed() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a", "b"] {
        generated_bank::publish(&folder.path().join(name), 200, 7).unwrap();
    }
    let full = |name: &str| fs::read(folder.path().join(name).join("full/1.zst")).unwrap();
    assert!(full("a") == full("b"));
    let unpacked = zstd::decode_all(full("a").as_slice()).unwrap();
    let bank = parse(&unpacked).unwrap();
    assert_eq!(bank.strategies.len(), 200);
    assert!(bytes(&bank) == unpacked);
}

#[test]
fn two_records_of_one_name_are_not_written() {
    let mut bank = parse(&published()).unwrap();
    bank.strategies.push(bank.strategies[0].clone());
    assert!(write(&bank, &mut Vec::new()).is_err());
}

#[test]
fn cut_at_any_byte_it_is_refused() {
    let whole = published();
    assert!(parse(&whole).is_ok());
    for length in 0..whole.len() {
        assert!(parse(&whole[..length]).is_err(), "{length} of {} bytes", whole.len());
    }
}

#[test]
fn with_a_byte_more_it_is_refused() {
    let whole = published();
    for byte in 0..=u8::MAX {
        assert!(parse(&[whole.as_slice(), &[byte]].concat()).is_err(), "{byte}");
    }
}

#[test]
fn with_any_byte_changed_it_is_refused_or_reads_as_exactly_what_it_says() {
    let whole = published();
    let mut read = 0;
    for place in 0..whole.len() {
        for change in [0x01, 0x02, 0x20, 0x80] {
            let mut changed = whole.clone();
            changed[place] ^= change;
            // A header that became one of a newer minor format is read as far as it is known.
            if let Ok(bank) = parse(&changed)
                && changed.starts_with(b"otsupport-snapshot 1.1 ")
            {
                assert!(bytes(&bank) == changed, "byte {place}, change {change}");
                read += 1;
            }
        }
    }
    assert!(read > 100, "letters of a text may change: {read}");
}

#[test]
fn spaces_escapes_and_order_that_mean_the_same_are_refused() {
    let whole = text(&published());
    let cases = [
        ("a space", "{\"slug\":\"dressing\"", "{ \"slug\":\"dressing\""),
        ("an escape", "\"title\":\"Sleep\"", "\"title\":\"Sl\\u0065ep\""),
        (
            "fields in another order",
            "\"slug\":\"sleep\",\"title\":\"Sleep\"",
            "\"title\":\"Sleep\",\"slug\":\"sleep\"",
        ),
        ("a field twice", "\"slug\":\"sleep\",", "\"slug\":\"sleep\",\"slug\":\"sleep\","),
        ("a field too many", "\"slug\":\"sleep\",", "\"slug\":\"sleep\",\"more\":1,"),
        ("a field too few", "\"order\":2,", ""),
        ("a number with a zero", "topics 2", "topics 02"),
        ("a number with a sign", "topics 2", "topics +2"),
        ("a carriage return", "topics 2\n", "topics 2\r\n"),
        ("too few records", "topics 2", "topics 3"),
        ("too many records", "topics 2", "topics 1"),
        ("another order of sections", "words 1\n{\"says\":[\"jacket\"],\"means\":[\"coat\"]}\n", ""),
        ("an unknown section", "topics 2", "songs 0\ntopics 2"),
        ("two services", "service 1", "service 2"),
        ("a number beyond every limit", "topics 2", "topics 18446744073709551615"),
    ];
    for (what, from, to) in cases {
        assert!(whole.contains(from), "{what}");
        assert!(parse(whole.replacen(from, to, 1).as_bytes()).is_err(), "{what}");
    }
}

#[test]
fn records_out_of_order_are_refused() {
    let whole = text(&published());
    let mut lines: Vec<&str> = whole.lines().collect();
    let first = lines.iter().position(|it| it.starts_with("{\"slug\"")).unwrap();
    lines.swap(first, first + 1);
    assert!(parse((lines.join("\n") + "\n").as_bytes()).is_err());
}

/// The small bank in format 1.2, with a field and two sections more.
fn newer() -> String {
    let whole = text(&published());
    let end: u32 = whole.lines().last().unwrap().strip_prefix("end ").unwrap().parse().unwrap();
    whole
        .replacen("otsupport-snapshot 1.1 ", "otsupport-snapshot 1.2 ", 1)
        .replacen("{\"slug\":\"sleep\",", "{\"slug\":\"sleep\",\"mood\":{\"calm\":[1,2]},", 1)
        .replacen("words 1\n", "songs 2\n{\"la\":1}\nnot even JSON\nwords 1\n", 1)
        .replacen(&format!("end {end}\n"), &format!("films 0\nend {}\n", end + 2), 1)
}

#[test]
fn a_newer_minor_format_is_read_as_far_as_it_is_known_and_says_so() {
    let mut topics = Vec::new();
    let summary = read(newer().as_bytes(), &Limits::default(), |record, json| {
        if let Record::Topic(it) = record {
            topics.push((it.slug.to_string(), json.contains("mood")));
        }
        Ok::<(), ReadError>(())
    })
    .unwrap();
    assert!(summary.newer);
    assert_eq!(topics, [("dressing".to_owned(), false), ("sleep".to_owned(), true)]);
    let (newer, today) = (parse(newer().as_bytes()).unwrap(), parse(&published()).unwrap());
    assert_eq!(newer, today);
    let whole = published();
    assert!(!read(whole.as_slice(), &Limits::default(), |_, _| Ok::<(), ReadError>(())).unwrap().newer);
}

#[test]
fn a_newer_minor_format_cut_at_any_byte_is_refused() {
    let whole = newer();
    assert!(parse(whole.as_bytes()).is_ok());
    for length in 0..whole.len() {
        assert!(parse(&whole.as_bytes()[..length]).is_err(), "{length} of {} bytes", whole.len());
    }
}

#[test]
fn a_newer_major_format_is_refused_as_too_new() {
    let whole = text(&published());
    for format in ["2.0", "2.7", "4294967295.0"] {
        let newer = whole.replacen("snapshot 1.1 ", &format!("snapshot {format} "), 1);
        assert!(matches!(parse(newer.as_bytes()), Err(ReadError::TooNew(_))), "{format}");
    }
    for format in ["1", "1.01", "01.1", "1.-1", "x.y", "4294967296.0"] {
        let none = whole.replacen("snapshot 1.1 ", &format!("snapshot {format} "), 1);
        assert!(matches!(parse(none.as_bytes()), Err(ReadError::NotASnapshot)), "{format}");
    }
}

#[test]
fn a_line_or_a_section_beyond_its_limit_is_refused() {
    let whole = published();
    let longest = text(&whole).lines().map(str::len).max().unwrap();
    let with = |line, records| Snapshot::parse(&whole, &Limits { line, records });
    assert!(with(longest, 3).is_err_and(|it| matches!(it, ReadError::TooMany(_))));
    assert!(with(longest, 4).is_ok());
    assert!(matches!(with(longest - 1, 4), Err(ReadError::LineTooLong(_))));
    let endless = [b"otsupport-snapshot 1.1 1\nservice 1\n".as_slice(), &vec![b'a'; 2 << 20]].concat();
    assert!(matches!(parse(&endless), Err(ReadError::LineTooLong(3))));
    let many = "otsupport-snapshot 1.9 1\nsongs 200001\n";
    assert!(matches!(parse(many.as_bytes()), Err(ReadError::TooMany(2))));
}

#[test]
fn a_newer_minor_format_keeps_the_order_of_the_known_sections() {
    let whole = text(&published()).replacen(" 1.1 ", " 1.2 ", 1);
    let mut lines: Vec<&str> = whole.lines().collect();
    let topics: Vec<_> = lines.drain(3..6).collect();
    let at = lines.iter().position(|it| it.starts_with("events ")).unwrap();
    lines.splice(at..at, topics);
    assert!(parse((lines.join("\n") + "\n").as_bytes()).is_err(), "the topics were left out without a word");
}

#[test]
fn a_newer_minor_format_without_its_service_is_refused() {
    let whole = text(&published()).replacen(" 1.1 ", " 1.2 ", 1);
    let mut lines: Vec<String> = whole.lines().map(str::to_owned).collect();
    lines.drain(1..3);
    let end: usize = lines.pop().unwrap().strip_prefix("end ").unwrap().parse().unwrap();
    lines.push(format!("end {}\n", end - 1));
    assert!(matches!(parse(lines.join("\n").as_bytes()), Err(ReadError::Missing)));
}

#[test]
fn a_media_path_that_climbs_or_is_odd_is_refused() {
    for odd in [
        "",
        "media",
        "media/",
        "media//a.svg",
        "media/.",
        "media/..",
        "media/../a.svg",
        "media/a/../../b.svg",
        "media/./a.svg",
        "media/.hidden",
        "media/a/",
        "/media/a.svg",
        "/etc/passwd",
        "../media/a.svg",
        "Media/a.svg",
        "mediaa.svg",
        "media\\a.svg",
        "media/..\\a.svg",
        "media/C:a.svg",
        "media/a b.svg",
        "media/a%2e.svg",
        "media/a\n.svg",
        "media/a\0.svg",
        "media/é.svg",
        "media/a.svg?x",
        "media/\u{202e}gvs.a",
    ] {
        assert!(odd.parse::<MediaPath>().is_err(), "{odd:?}");
    }
    assert!(format!("media/{}", "a".repeat(195)).parse::<MediaPath>().is_err());
    for good in ["media/a.svg", "media/a/b/c-d_e.F.2.pdf", "media/a..b.svg"] {
        assert_eq!(good.parse::<MediaPath>().unwrap().as_str(), good);
    }
    assert!(format!("media/{}", "a".repeat(194)).parse::<MediaPath>().is_ok());
}

#[test]
fn an_item_id_that_climbs_or_is_odd_is_refused() {
    for odd in
        ["", "-", "a-", "-a", "a--b", "A", "a_b", "a.b", "a b", "a/b", "..", "../a", "é", "a\n", "a\0", "ａ"]
    {
        assert!(odd.parse::<ItemId>().is_err(), "{odd:?}");
        assert!(odd.parse::<TopicSlug>().is_err(), "{odd:?}");
    }
    assert!("a".repeat(65).parse::<ItemId>().is_err());
    for good in ["a", "7", "big-buttons-2", "a".repeat(64).as_str()] {
        assert_eq!(good.parse::<ItemId>().unwrap().as_str(), good);
    }
}
