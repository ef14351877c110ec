//! What a family keeps, as scripts see it: JSON, exit codes, files that only their owner can read.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use otsupport_tests::household::demonstration;
use otsupport_tests::site::{MORNING, Publisher};
use serde_json::{Value, json};
use tempfile::TempDir;

struct Terminal {
    folder: TempDir,
    publisher: Arc<Publisher>,
}

impl Terminal {
    /// A data folder that holds the demonstration bank.
    fn new() -> Self {
        let terminal = Self { folder: tempfile::tempdir().unwrap(), publisher: demonstration().unwrap() };
        terminal.json(&["--seed", terminal.publisher.site().to_str().unwrap(), "topics"]);
        terminal
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        fs::write(self.file(name), text).unwrap();
        self.file(name)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let program = std::env::current_exe().unwrap();
        let program = program.parent().unwrap().parent().unwrap().join("otsupport");
        Command::new(program)
            .arg("--data")
            .arg(self.data())
            .arg("--root")
            .arg(self.publisher.site().join("metadata/root.json"))
            .args(["--now", MORNING])
            .args(arguments)
            // A question would wait for ever.
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[&["--json"], arguments].concat());
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{arguments:?}: {error}"))
    }

    fn text(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The line of a refusal, which is the same with `--json` and without, and prints nothing else.
    fn refused(&self, arguments: &[&str], status: i32) -> String {
        let [plain, json] = [&[][..], &["--json"]].map(|first| self.run(&[first, arguments].concat()));
        for output in [&plain, &json] {
            let line = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(status), "{arguments:?}: {line}");
            assert!(output.stdout.is_empty(), "{arguments:?}");
            assert!(status == 2 || line.lines().count() == 1, "{arguments:?}: {line}");
        }
        String::from_utf8(plain.stderr).unwrap()
    }

    /// A bit of everything.
    fn fill(&self) {
        let filled: [&[&str]; 7] = [
            &["profile", "add", "Sam", "--ages", "3-6", "--settings", "home,school"],
            &["profile", "add", "Acorns", "--class", "--born", "2021-05"],
            &["save", "seam-free-socks", "pedals-off"],
            &["list", "Mornings", "seam-free-socks"],
            &["try", "seam-free-socks", "--days", "mon,wed,fri", "--profile", "sam"],
            &[
                "log",
                "seam-free-socks",
                "--result",
                "helped",
                "--profile",
                "Sam",
                "--note",
                "Quietly ثانيا 🧦",
                "--who",
                "Mum",
            ],
            &["view", "school"],
        ];
        for it in filled {
            self.json(it);
        }
    }
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

fn mode(file: &str) -> u32 {
    fs::metadata(file).unwrap().permissions().mode() & 0o777
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn trying_and_writing_down_speak_the_contracts_json() {
    let terminal = Terminal::new();
    let week = terminal.json(&["try", "seam-free-socks", "--days", "fri,mon,WED", "--profile", "Sam"]);
    assert_eq!(
        (keys(&week), &week["from"], &week["to"]),
        (vec!["from", "plans", "to"], &json!("2026-11-23"), &json!("2026-11-29"))
    );
    let plan = &week["plans"][0];
    assert_eq!(
        (&plan["days"], &plan["done"], &plan["nickname"]),
        (&json!(["mon", "wed", "fri"]), &json!([]), &json!("Sam"))
    );
    assert_eq!(terminal.json(&["week"]), week);
    let logged = terminal.json(&[
        "log",
        "seam-free-socks",
        "--result",
        "stopped",
        "--on",
        "2026-11-23",
        "--who",
        "Mum",
        "--profile",
        "sam",
        "--note",
        "-n",
    ]);
    let expected = [
        "changed_at",
        "id",
        "item",
        "note",
        "on",
        "profile",
        "result",
        "safety_copy",
        "title",
        "warnings",
        "who",
    ];
    assert_eq!(keys(&logged), expected);
    assert_eq!(
        (&logged["on"], &logged["result"], &logged["note"]),
        (&json!("2026-11-23"), &json!("stopped"), &json!("-n"))
    );
    assert!(!logged["warnings"]["stop_if"].as_array().unwrap().is_empty());
    assert!(!logged["warnings"]["get_help_when"].as_array().unwrap().is_empty());
    assert_eq!(terminal.json(&["week"])["plans"][0]["done"], json!(["mon"]));
    let id = logged["id"].as_str().unwrap();
    let changed = terminal.json(&["log", "seam-free-socks", "--result", "helped", "--change", id]);
    assert_eq!((&changed["id"], &changed["warnings"]), (&logged["id"], &Value::Null));
    let said = terminal.text(&["log", "seam-free-socks", "--result", "not"]);
    for words in ["Stop if", "Get help when", "Demonstration, not clinical advice"] {
        assert!(said.contains(words), "{words}");
    }
    terminal.json(&["unlog", id]);
    assert_eq!(terminal.json(&["untry", "seam-free-socks", "--profile", "SAM"])["plans"], json!([]));
}

#[test]
fn a_record_comes_in_three_forms_and_a_preview() {
    let terminal = Terminal::new();
    terminal.fill();
    let record = terminal.json(&["record"]);
    assert_eq!(
        (&record["written_by"], &record["from"], &record["to"]),
        (&json!("the family"), &json!("2026-09-02"), &json!("2026-11-24"))
    );
    assert_eq!(record["strategies"][0]["lines"][0]["note"], Value::Null);
    assert_eq!(terminal.json(&["record", "--format", "json"]), record);
    assert_eq!(
        serde_json::from_str::<Value>(&terminal.text(&["record", "--format", "json"])).unwrap(),
        record
    );
    for (format, begins) in [("csv", "\u{feff}Date,"), ("html", "<!DOCTYPE html>")] {
        let document = terminal.text(&["record", "--format", format, "--notes"]);
        assert!(document.starts_with(begins) && document.contains("Quietly ثانيا 🧦"), "{format}");
        let json = terminal.json(&["record", "--format", format, "--notes"]);
        assert_eq!(json, json!({"format": format, "document": document}));
    }
    assert!(terminal.text(&["record"]).contains("Written by the family"));
    let line = record["strategies"][0]["lines"][0]["id"].as_str().unwrap();
    assert_eq!(terminal.json(&["record", "--leave-out", line])["strategies"], json!([]));
    let without = terminal.text(&[
        "record",
        "--format",
        "html",
        "--notes",
        "--leave-out-note",
        line,
        "--no-names",
        "--no-who",
    ]);
    assert!(!without.contains("Quietly") && !without.contains("Sam") && !without.contains("Mum"));
    assert_eq!(
        terminal.json(&["record", "--from", "2026-11-25", "--to", "2026-12-01"])["strategies"],
        json!([])
    );
    assert_eq!(terminal.json(&["record", "--profile", "Acorns"])["strategies"], json!([]));
}

#[test]
fn what_is_typed_wrongly_changes_nothing_and_says_what_to_do() {
    let terminal = Terminal::new();
    terminal.fill();
    let export = |name: &str| {
        let file = terminal.file(name);
        terminal.json(&["export", &file, "--plain"]);
        fs::read(file).unwrap()
    };
    let before = export("before");
    let entry = "0".repeat(32);
    let long = "x".repeat(2001);
    let socks = "seam-free-socks";
    let cases: [(&[&str], i32, &str); 26] = [
        (&["try", socks], 2, "--days"),
        (&["try", socks, "--days", ""], 2, "--days"),
        (&["try", socks, "--days", "mon,,fri"], 2, "--days"),
        (&["try", socks, "--days", "someday"], 2, "someday"),
        (&["try", socks, "--days", "-1"], 2, "-1"),
        (&["try", "no-such-strategy", "--days", "mon"], 1, "no-such-strategy"),
        (&["try", "no-such-strategy", "--days", "mon", "--profile", "Nobody yet"], 1, "no-such-strategy"),
        (&["try", "signposting-parents", "--days", "mon", "--profile", "Nobody yet"], 1, "resource"),
        (&["untry", socks, "--profile", "Nobody yet"], 1, "Nobody yet"),
        (&["log", socks], 2, "--result"),
        (&["log", socks, "--result", "great"], 2, "great"),
        (&["log", socks, "--result", "helped", "--on", "tomorrow"], 2, "--on"),
        (&["log", socks, "--result", "helped", "--on", "2026-11-25"], 1, "lies ahead"),
        (
            &["log", socks, "--result", "helped", "--on", "1999-12-31", "--profile", "Nobody yet"],
            1,
            "too far back",
        ),
        (&["log", socks, "--result", "helped", "--note", &long], 1, "2,000"),
        (&["log", "signposting-parents", "--result", "helped"], 1, "resource"),
        (&["log", socks, "--result", "helped", "--change", &entry], 1, "no such line"),
        (&["log", socks, "--result", "helped", "--change", "7"], 2, "--change"),
        (&["unlog", &entry], 1, "no such line"),
        (&["record", "--from", "2026-12-01", "--to", "2026-11-01"], 1, "turn them round"),
        (&["record", "--profile", "Nobody yet"], 1, "Nobody yet"),
        (&["record", "--format", "pdf"], 2, "pdf"),
        (&["profile", "add", "SAM"], 1, "nickname already"),
        (&["profile", "add", "\u{200b}"], 1, "1 to 40"),
        (&["profile", "add", "Kim", "--ages", "6-3"], 1, "age"),
        (&["import", "/no/such/file"], 1, "/no/such/file"),
    ];
    for (arguments, status, words) in cases {
        let line = terminal.refused(arguments, status);
        assert!(line.contains(words), "{arguments:?}: {line}");
    }
    assert!(export("after") == before, "{}", String::from_utf8_lossy(&export("now")));
}

#[test]
fn a_name_is_found_however_it_is_typed() {
    let terminal = Terminal::new();
    terminal.json(&["profile", "add", "Big Zo\u{eb}"]);
    for same in ["big zoe\u{308}", "  BIG   ZO\u{cb} "] {
        let chosen = terminal.json(&["profile", "choose", same]);
        assert_eq!((chosen["profiles"].as_array().unwrap().len(), chosen["chosen"].is_string()), (1, true));
        let logged = terminal.json(&["log", "seam-free-socks", "--result", "helped", "--profile", same]);
        assert_eq!(logged["profile"], chosen["chosen"]);
        terminal.json(&["profile", "choose"]);
    }
    assert_eq!(terminal.json(&["profiles"])["profiles"].as_array().unwrap().len(), 1);
    terminal.json(&["list", "Caf\u{e9}", "seam-free-socks"]);
    assert_eq!(terminal.json(&["unlist", " CAFE\u{301}"])["lists"], json!([]));
}

#[test]
fn out_erased_and_back_gives_the_same_bytes() {
    let terminal = Terminal::new();
    terminal.fill();
    let words = terminal.write("words", "four blue socks dancing\n");
    let [one, two, three, sealed] = ["one", "two", "three", "sealed"].map(|it| terminal.file(it));
    let told = terminal.json(&["export", &one, "--plain"]);
    let holds = json!({"profiles": 2, "saved": 2, "lists": 1, "plans": 1, "entries": 1, "notes": 1, "waiting": 0, "unanswered": 0, "enquiries": 0, "followed": 0, "lookouts": 0});
    assert_eq!(told, json!({"file": one, "sealed": false, "holds": holds}));
    assert_eq!(
        terminal.json(&["storage"])["copy_kept_at"],
        Value::Null,
        "a file that anybody can read is no safety copy"
    );
    let told = terminal.json(&["export", &sealed, "--passphrase-file", &words]);
    assert_eq!(told, json!({"file": sealed, "sealed": true, "holds": holds}));
    assert_eq!(terminal.json(&["storage"])["copy_kept_at"], json!(MORNING));
    assert_eq!(terminal.json(&["erase", "--yes"]), json!({ "erased": holds }));
    assert_eq!(terminal.json(&["import", &one]), json!({ "new": holds }));
    terminal.json(&["export", &two, "--plain"]);
    assert!(fs::read(&one).unwrap() == fs::read(&two).unwrap());
    terminal.json(&["erase", "--yes"]);
    // The words as Windows would end their line.
    let windows = terminal.write("windows", "four blue socks dancing\r\n");
    assert_eq!(terminal.json(&["import", &sealed, "--passphrase-file", &windows]), json!({ "new": holds }));
    terminal.json(&["export", &three, "--plain"]);
    assert!(fs::read(&one).unwrap() == fs::read(&three).unwrap());
    let nothing = terminal.json(&["import", &one])["new"].clone();
    assert!(nothing.as_object().unwrap().values().all(|it| it == 0));
    for file in [&one, &two, &three, &sealed] {
        assert_eq!(mode(file), 0o600, "{file}");
    }
}

#[test]
fn a_plain_export_says_first_what_it_holds() {
    let terminal = Terminal::new();
    terminal.fill();
    let output = terminal.run(&["export", &terminal.file("plain"), "--plain"]);
    let said = String::from_utf8(output.stderr).unwrap();
    for words in ["will not be sealed", "2 children or classes", "1 line of your log", "1 note among them"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let text = fs::read_to_string(terminal.file("plain")).unwrap();
    let copy: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&copy["format"], &copy["version"]), (&json!("otsupport-family"), &json!(1)));
    let kinds = [
        "enquiries",
        "followed",
        "format",
        "lists",
        "log",
        "lookouts",
        "plans",
        "preferences",
        "profiles",
        "shelf",
        "version",
        "waiting",
    ];
    assert_eq!(keys(&copy), kinds);
    let documented = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/safety-copy.md"));
    let documented = documented.unwrap_or_default();
    for kind in kinds {
        assert!(
            documented.contains(&format!("`{kind}`")),
            "docs/safety-copy.md does not say what `{kind}` is"
        );
    }
}

#[test]
fn an_export_never_touches_a_file_that_is_there() {
    let terminal = Terminal::new();
    terminal.fill();
    let words = terminal.write("words", "four blue socks dancing");
    let there = terminal.write("there", "the only other copy");
    for more in [&["--plain"][..], &["--passphrase-file", &words]] {
        let output = terminal.run(&[&["--json", "export", &there], more].concat());
        assert_eq!((output.status.code(), output.stdout.is_empty()), (Some(1), true));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.lines().last().unwrap().contains("not written over"), "{said}");
    }
    assert_eq!(fs::read_to_string(&there).unwrap(), "the only other copy");
    assert_eq!(terminal.json(&["storage"])["copy_kept_at"], Value::Null);
    // Nor one that lies where the half-written file would, whoever may read it.
    let part = terminal.write("new.part", "somebody's");
    fs::set_permissions(&part, fs::Permissions::from_mode(0o666)).unwrap();
    let elsewhere = terminal.write("elsewhere", "somebody else's");
    std::os::unix::fs::symlink(&elsewhere, terminal.file("newer.part")).unwrap();
    for name in ["new", "newer"] {
        terminal.json(&["export", &terminal.file(name), "--plain"]);
        assert_eq!(mode(&terminal.file(name)), 0o600, "{name}");
    }
    assert_eq!(fs::read_to_string(part).unwrap(), "somebody's");
    assert_eq!(fs::read_to_string(elsewhere).unwrap(), "somebody else's");
    let left = ["data", "elsewhere", "new", "new.part", "newer", "newer.part", "there", "words"];
    assert_eq!(names(terminal.folder.path()), left);
    let missing = terminal.file("no/such/folder/copy");
    assert_eq!(terminal.run(&["export", &missing, "--plain"]).status.code(), Some(1));
}

#[test]
fn a_passphrase_is_never_asked_for_in_a_script() {
    let terminal = Terminal::new();
    terminal.fill();
    let words = terminal.write("words", "four blue socks dancing\n");
    let sealed = terminal.file("sealed");
    assert!(terminal.refused(&["export", &sealed], 2).contains("--passphrase-file"));
    assert!(!Path::new(&sealed).exists());
    terminal.json(&["export", &sealed, "--passphrase-file", &words]);
    assert!(terminal.refused(&["import", &sealed], 2).contains("--passphrase-file"));
    assert_eq!(
        terminal.run(&["export", &sealed, "--plain", "--passphrase-file", &words]).status.code(),
        Some(2)
    );
    let short = terminal.write("short", "1234567\n");
    assert!(
        terminal
            .refused(&["export", &terminal.file("x"), "--passphrase-file", &short], 1)
            .contains("8 characters")
    );
    let other = terminal.write("other", "four blue socks walking");
    assert!(terminal.refused(&["import", &sealed, "--passphrase-file", &other], 1).contains("does not open"));
    let mut bytes = fs::read(&sealed).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    let damaged = terminal.write("damaged", &bytes);
    assert!(terminal.refused(&["import", &damaged, "--passphrase-file", &words], 1).contains("damaged"));
    let newer = terminal.write("newer", br#"{"format": "otsupport-family", "version": 2}"#);
    assert!(terminal.refused(&["import", &newer], 1).contains("update"));
    let wrong = terminal.write("wrong", "{\"format\": \"otsupport-family\",\n\"version\": \"Quentin\"}");
    let line = terminal.refused(&["import", &wrong], 1);
    assert!(line.contains("line 2") && !line.contains("Quentin"), "{line}");
    assert!(terminal.refused(&["import", terminal.folder.path().to_str().unwrap()], 1).contains("directory"));
    assert!(terminal.refused(&["import", "/dev/zero"], 1).contains("too large"), "what has no end");
}

#[test]
fn erasing_says_first_what_will_be_lost_and_then_leaves_nothing() {
    let terminal = Terminal::new();
    terminal.fill();
    let kept = terminal.json(&["export", &terminal.file("kept"), "--plain"])["holds"].clone();
    let log = terminal.json(&["record"])["strategies"][0]["lines"][0]["id"].as_str().unwrap().to_owned();
    let lists = terminal.json(&["lists"]);
    let ids = [log, lists["lists"][0]["id"].as_str().unwrap().to_owned()];
    let line = terminal.refused(&["erase"], 2);
    for words in ["lost for ever", "--yes", "2 children or classes", "2 saved items", "1 line of your log"] {
        assert!(line.contains(words), "{words}: {line}");
    }
    assert_eq!(
        terminal.json(&["export", &terminal.file("still"), "--plain"])["holds"],
        kept,
        "nothing was lost"
    );
    // What was set aside once goes too, also where one of several was moved by hand.
    let data = terminal.data();
    let aside = [
        "family.db.damaged-2",
        "family.db.damaged-2-wal",
        "family.db.locked-3",
        "family.db.damaged-5-shm",
        "family.key.aside-4",
        "family.key.part",
    ];
    for name in aside {
        fs::write(data.join(name), "what a family wrote").unwrap();
    }
    fs::write(data.join("family.notes"), "not ours").unwrap();
    let said = terminal.text(&["erase", "--yes"]);
    assert!(said.find("This is lost").unwrap() < said.find("is gone").unwrap());
    let left = names(&data);
    assert!(
        left.iter().any(|it| it == "content.db") && left.iter().any(|it| it == "family.notes"),
        "{left:?}"
    );
    let left: Vec<&String> =
        left.iter().filter(|it| it.starts_with("family.") && *it != "family.notes").collect();
    assert!(
        left.iter().all(|it| ["family.db", "family.db-wal", "family.db-shm"].contains(&it.as_str())),
        "{left:?}"
    );
    for file in left {
        let bytes = fs::read(data.join(file)).unwrap();
        for id in &ids {
            assert!(!bytes.windows(id.len()).any(|it| it == id.as_bytes()), "{file} still holds a row");
        }
    }
    assert_eq!(terminal.json(&["topics"])["topics"].as_array().unwrap().len(), 24, "the bank stays");
    assert_eq!(terminal.json(&["saved"])["saved"], json!([]));
    assert_eq!(terminal.json(&["view"])["view"], "family");
    assert_eq!(mode(data.join("family.key").to_str().unwrap()), 0o600);
}

#[test]
fn what_is_stored_is_told_and_only_the_owner_can_read_it() {
    let terminal = Terminal::new();
    terminal.fill();
    let storage = terminal.json(&["storage"]);
    for key in ["content", "snapshot", "family", "aside", "total", "locked", "unreadable", "copy_kept_at"] {
        assert!(storage.get(key).is_some(), "{key}");
    }
    assert_eq!(
        (&storage["locked"], &storage["unreadable"], &storage["aside"]),
        (&Value::Null, &json!(0), &json!(0))
    );
    // What is written about a child is on disk sealed alone.
    for name in names(&terminal.data()).iter().filter(|it| it.starts_with("family")) {
        let bytes = fs::read(terminal.data().join(name)).unwrap();
        for word in ["Quietly", "Sam", "Acorns", "Mornings", "seam-free-socks"] {
            assert!(!bytes.windows(word.len()).any(|it| it == word.as_bytes()), "{word} in {name}");
        }
    }
}

#[test]
fn a_view_is_one_switch() {
    let terminal = Terminal::new();
    assert_eq!(terminal.json(&["view"]), json!({"view": "family"}));
    assert_eq!(terminal.json(&["view", "school"]), json!({"view": "school"}));
    assert_eq!(terminal.json(&["view"]), json!({"view": "school"}));
    assert_eq!(terminal.run(&["view", "admin"]).status.code(), Some(2));
    let first = terminal.json(&["browse", "--limit", "1"])["results"][0]["id"].clone();
    terminal.json(&["view", "family"]);
    assert_ne!(terminal.json(&["browse", "--limit", "1"])["results"][0]["id"], first);
}
