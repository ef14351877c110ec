//! The terminal front end as scripts see it: JSON, exit codes, one line for a failure.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use otsupport_hub::embedded::EmbeddedHub;
use otsupport_tests::program;
use otsupport_tests::site::{MORNING, Publisher};
use serde_json::Value;
use tempfile::TempDir;

struct Terminal {
    folder: TempDir,
    publisher: Publisher,
    now: &'static str,
}

impl Terminal {
    fn new() -> Self {
        let publisher = Publisher::new().unwrap();
        publisher.publish(MORNING).unwrap();
        Self { folder: tempfile::tempdir().unwrap(), publisher, now: MORNING }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let site = self.publisher.site();
        Command::new(program("otsupport"))
            .arg("--data")
            .arg(self.data())
            .arg("--root")
            .arg(site.join("metadata/root.json"))
            .args(["--now", self.now])
            .args(arguments)
            .output()
            .unwrap()
    }

    /// Runs with `--json`; exactly one value must come.
    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[&["--json"], arguments].concat());
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{arguments:?}: {error}"))
    }

    fn seeded(&self) -> String {
        self.publisher.site().to_str().unwrap().to_owned()
    }
}

fn has(value: &Value, keys: &[&str]) {
    for key in keys {
        assert!(value.get(key).is_some(), "{key} is missing in {value}");
    }
}

#[test]
fn each_command_speaks_the_contracts_json() {
    let terminal = Terminal::new();
    let served = EmbeddedHub::start(&terminal.publisher.site()).unwrap();
    let report = terminal.json(&["--hub", served.address(), "sync"]);
    has(&report, &["outcome", "from", "to", "requests", "bytes", "delivered", "replies", "reason"]);
    assert_eq!((report["outcome"].as_str(), report["to"].as_u64()), (Some("updated"), Some(1)));
    assert_eq!(terminal.json(&["topics"])["topics"].as_array().unwrap().len(), 24);
    let browsed = terminal.json(&["browse", "--topic", "dressing", "--limit", "2"]);
    let card = &browsed["results"][0];
    has(card, &["id", "kind", "title", "topic", "currency"]);
    assert_eq!((card.get("score"), card.get("snippet")), (None, None));
    let found = terminal.json(&["search", "wont", "keep", "socks", "on", "--limit", "3", "--as-you-type"]);
    has(&found, &["help", "checked", "confident", "hidden", "results"]);
    assert_eq!(found["results"].as_array().unwrap().len(), 3);
    has(&found["results"][0], &["id", "kind", "title", "topic", "score", "snippet", "currency"]);
    let unread = String::from_utf8(terminal.run(&["search", "δεν μπορεί να αναπνεύσει"]).stdout).unwrap();
    assert!(unread.contains("could not be read") && unread.contains("999"), "{unread}");
    assert_eq!(terminal.json(&["search", "لا يستطيع التنفس"])["help"]["level"], "emergency");
    let help = terminal.json(&["search", "she cant breathe"]);
    assert_eq!(help["help"]["level"], "emergency");
    has(&help["help"], &["level", "also", "contacts"]);
    let shown = terminal.json(&["show", "seam-free-socks"]);
    has(
        &shown,
        &[
            "id",
            "kind",
            "version",
            "title",
            "topic",
            "audiences",
            "settings",
            "ages",
            "minutes",
            "equipment",
            "language",
            "easy",
            "review",
            "sections",
            "media",
            "saved",
            "changed",
            "currency",
            "checked_at",
        ],
    );
    has(&shown["sections"][0], &["heading", "text"]);
    has(&shown["media"][0], &["file", "alt", "bytes", "here"]);
    assert_eq!((shown["currency"].as_str(), shown["saved"].as_bool()), (Some("current"), Some(false)));
    let saved = terminal.json(&["save", "seam-free-socks", "pedals-off"]);
    assert_eq!(saved["saved"], serde_json::json!(["seam-free-socks", "pedals-off"]));
    assert_eq!(terminal.json(&["unsave", "seam-free-socks"])["saved"], serde_json::json!(["pedals-off"]));
    assert_eq!(terminal.json(&["saved"])["saved"], serde_json::json!(["pedals-off"]));
    has(&terminal.json(&["storage"]), &["content", "family", "total"]);
}

#[test]
fn a_signpost_is_made_and_opened() {
    let terminal = Terminal::new();
    let made = terminal.json(&[
        "--seed",
        &terminal.seeded(),
        "--hub",
        "https://hub.example",
        "signpost",
        "zip-helper",
        "coat-trick",
        "--note",
        "Try the first",
        "--expires",
        "2027-03-31",
    ]);
    has(&made, &["link", "qr", "until", "warning"]);
    assert!(made["qr"].as_str().is_some_and(|it| it.starts_with("<svg")));
    let opened = terminal.json(&["open", made["link"].as_str().unwrap()]);
    has(&opened, &["items", "note", "missing", "withdrawn", "expired", "sync_may_help"]);
    has(&opened["items"][0], &["id", "kind", "title", "topic", "currency"]);
    assert_eq!(opened["note"], "Try the first");
    assert_eq!(opened["missing"], serde_json::json!([]));
}

#[test]
fn media_are_fetched_for_an_item_and_by_choice() {
    let terminal = Terminal::new();
    let served = EmbeddedHub::start(&terminal.publisher.site()).unwrap();
    let hub = served.address().to_owned();
    terminal.json(&["--hub", &hub, "sync"]);
    let missing = terminal.run(&["media", "laces-in-steps"]);
    assert_eq!(missing.status.code(), Some(2), "it needs the hub's address");
    let fetched = terminal.json(&["--hub", &hub, "media", "laces-in-steps"]);
    has(&fetched, &["item", "media", "fetched", "bytes", "requests", "outcome", "reason", "here", "missing"]);
    assert_eq!((fetched["outcome"].as_str(), fetched["fetched"].as_u64()), (Some("updated"), Some(1)));
    let paper = fetched["media"].as_array().unwrap().iter().find(|it| it["path"].is_string()).unwrap();
    has(paper, &["file", "alt", "bytes", "here", "path"]);
    assert_eq!((paper["bytes"].as_u64(), paper["here"].as_bool()), (fetched["bytes"].as_u64(), Some(true)));
    let name = paper["file"].as_str().unwrap();
    assert!(
        fs::read(paper["path"].as_str().unwrap()).unwrap()
            == fs::read(terminal.publisher.content().join(name)).unwrap()
    );
    drop(served);
    let again = terminal.json(&["--hub", &hub, "media", "laces-in-steps"]);
    assert_eq!((again["outcome"].as_str(), again["requests"].as_u64()), (Some("unchanged"), Some(0)));
    let shown = terminal.json(&["show", "laces-in-steps"]);
    assert!(shown["media"].as_array().unwrap().iter().all(|it| it["here"] == true), "{}", shown["media"]);
    let text =
        String::from_utf8(terminal.run(&["--hub", &hub, "media", "feet-flat-on-a-step"]).stdout).unwrap();
    assert!(text.contains("to be fetched") && text.contains("KB") && text.contains("Offline"), "{text}");

    terminal.json(&["save", "feet-flat-on-a-step"]);
    let chosen = terminal.json(&["media", "--keep", "saved", "--budget", "50"]);
    assert_eq!((chosen["keep"].as_str(), chosen["budget"].as_u64()), (Some("saved"), Some(50_000_000)));
    assert_eq!(chosen["wanted"]["files"], 1);
    let served = EmbeddedHub::start(&terminal.publisher.site()).unwrap();
    let came = terminal.json(&["--hub", served.address(), "media", "--fetch"]);
    assert_eq!((came["keep"].as_str(), came["fetched"].as_u64()), (Some("saved"), Some(1)));
    assert_eq!(
        terminal.json(&["media"])["wanted"],
        serde_json::json!({"files": 0, "bytes": 0, "left_out": 0})
    );
    let storage = terminal.json(&["storage"]);
    assert_eq!(storage["media_saved"], chosen["wanted"]["bytes"]);
    assert_eq!(storage["media_budget"], 50_000_000);
    // Wrong bytes under the right name: JSON, one line, and a failure.
    fs::remove_dir_all(terminal.data().join("media")).unwrap();
    for blob in fs::read_dir(terminal.publisher.site().join("blob")).unwrap() {
        let path = blob.unwrap().path();
        fs::write(&path, vec![0; fs::metadata(&path).unwrap().len() as usize]).unwrap();
    }
    let output = terminal.run(&["--json", "--hub", served.address(), "media", "laces-in-steps"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((report["outcome"].as_str(), report["reason"].as_str()), (Some("refused"), Some("bad-media")));
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8(output.stderr).unwrap().lines().count(), 1);
}

#[test]
fn being_offline_is_not_a_failure() {
    let terminal = Terminal::new();
    let report = terminal.json(&["--seed", &terminal.seeded(), "--hub", "http://127.0.0.1:1", "sync"]);
    assert_eq!((report["outcome"].as_str(), report["reason"].as_str()), (Some("offline"), Some("hub-down")));
}

#[test]
fn a_refused_sync_gives_its_json_one_line_and_a_failure() {
    let mut terminal = Terminal::new();
    let served = EmbeddedHub::start(&terminal.publisher.site()).unwrap();
    terminal.now = "2029-01-01T00:00:00Z";
    let output = terminal.run(&["--json", "--hub", served.address(), "sync"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((report["outcome"].as_str(), report["reason"].as_str()), (Some("refused"), Some("expired")));
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8(output.stderr).unwrap().lines().count(), 1);
}

#[test]
fn a_failure_is_one_line_that_says_what_to_do() {
    let terminal = Terminal::new();
    let seed = terminal.seeded();
    let cases: [(&[&str], i32, &str); 6] = [
        (&["--seed", &seed, "show", "no-such-strategy"], 1, "no-such-strategy"),
        (&["--seed", &seed, "show", "Not An Id!"], 1, "Not An Id!"),
        (&["--seed", &seed, "save", "pedals-off", "no-such-strategy"], 1, "no-such-strategy"),
        (&["--hub", "ftp://hub", "sync"], 1, "--hub https://"),
        (&["--hub", "not an address", "sync"], 1, "--hub https://"),
        (&["sync"], 2, "--hub URL"),
    ];
    for (arguments, code, words) in cases {
        for json in [false, true] {
            let output = terminal.run(&[if json { &["--json"][..] } else { &[] }, arguments].concat());
            let line = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(code), "{arguments:?}: {line}");
            assert!(line.contains(words), "{arguments:?}: {line}");
            assert_eq!(line.lines().count(), 1, "{arguments:?}: {line}");
            assert!(output.stdout.is_empty(), "{arguments:?}");
        }
    }
    assert_eq!(terminal.json(&["saved"])["saved"], serde_json::json!([]));
    assert_eq!(terminal.run(&["no-such-command"]).status.code(), Some(2));
    fs::write(terminal.data().join("family.key"), "not a key").unwrap();
    let line = String::from_utf8(terminal.run(&["topics"]).stderr).unwrap();
    assert!(line.contains("family.key") && line.contains("Nothing was changed"), "{line}");
}

#[test]
fn without_a_root_nothing_is_trusted() {
    let terminal = Terminal::new();
    let output = Command::new(program("otsupport"))
        .arg("--data")
        .arg(terminal.data())
        .args(["--hub", "http://127.0.0.1:1", "sync"])
        .output()
        .unwrap();
    let line = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(line.contains("--root FILE"), "{line}");
}

#[test]
fn what_is_piped_holds_no_colour() {
    let terminal = Terminal::new();
    let output = terminal.run(&["--seed", &terminal.seeded(), "show", "seam-free-socks"]);
    assert!(!output.stdout.contains(&0x1b));
    let text = String::from_utf8(output.stdout).unwrap();
    for words in ["Demonstration, not clinical advice", "Stop if", "Get help when"] {
        assert!(text.contains(words), "{words}");
    }
}

#[test]
#[cfg(unix)]
fn the_key_is_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let terminal = Terminal::new();
    terminal.json(&["topics"]);
    let mode = fs::metadata(terminal.data().join("family.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn completions_are_printed() {
    let output = Terminal::new().run(&["completions", "bash"]);
    assert!(String::from_utf8(output.stdout).unwrap().contains("_otsupport"));
}

#[test]
fn the_demonstration_takes_less_than_ten_seconds_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let began = Instant::now();
    let output = Command::new(program("otsupport"))
        .args(["demo", "--content"])
        .arg(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../content"))
        .current_dir(folder.path())
        .env("TMPDIR", folder.path())
        .output()
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{told}");
    assert!(began.elapsed() < Duration::from_secs(10));
    for words in ["Offline: the hub does not answer", "changed since you saved it", "Withdrawn on"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
