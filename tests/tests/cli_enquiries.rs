//! Questions to the service as scripts see them: both programs, JSON, exit codes.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use otsupport_tests::service_desk::ServiceDesk;
use otsupport_tests::site::MORNING;
use serde_json::{Value, json};
use tempfile::TempDir;

const TEXT: &str = "He will not wear socks. What can we do?";

struct Scene {
    desk: ServiceDesk,
    folder: TempDir,
}

impl Scene {
    fn begin() -> Self {
        let scene = Self { desk: ServiceDesk::open().unwrap(), folder: tempfile::tempdir().unwrap() };
        assert_eq!(scene.json(&["sync"])["to"], 1);
        scene
    }

    fn program(name: &str) -> PathBuf {
        let test = std::env::current_exe().unwrap();
        test.parent().unwrap().parent().unwrap().join(name)
    }

    fn terminal(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(Self::program("otsupport"));
        command.arg("--data").arg(self.folder.path().join("data"));
        command.arg("--root").arg(self.desk.publisher.site().join("metadata/root.json"));
        command.args(["--now", MORNING, "--hub", self.desk.address()]).args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.terminal(arguments).stdin(Stdio::null()).output().unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[&["--json"], arguments].concat());
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The service's own machine.
    fn staff(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(Self::program("otsupport-hub"));
        let database = format!("sqlite:{}", self.desk.database().display());
        command.args(arguments).args(["--database", &database, "--keys"]).arg(self.desk.publisher.keys());
        command.stdin(Stdio::null()).output().unwrap()
    }
}

#[test]
fn from_a_terminal_to_the_inbox_and_back() {
    let scene = Scene::begin();
    let written = scene.json(&["enquire", "--topic", "dressing", "--age", "6", "--setting", "home", TEXT]);
    let id = written["id"].as_str().unwrap();
    assert_eq!((&written["state"], &written["expected_reply_by"]), (&json!("waiting"), &Value::Null));
    assert_eq!((&written["help"], &written["checked"]), (&Value::Null, &json!(true)));
    assert_eq!(written["messages"][0]["text"], TEXT);
    assert!(written["next_attempt_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(scene.json(&["sync"])["delivered"], 1);
    let all = scene.json(&["enquiries"]);
    assert_eq!((&all["enquiries"][0]["id"], &all["enquiries"][0]["state"]), (&json!(id), &json!("received")));
    let output = scene.staff(&["inbox", "--json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let inbox: Value = serde_json::from_slice(&output.stdout).unwrap();
    let listed = &inbox["enquiries"][0];
    assert_eq!(
        (&listed["id"], &listed["text"], &listed["topic"]),
        (&json!(id), &json!(TEXT), &json!("dressing"))
    );
    assert_eq!((&listed["urgent"], &listed["state"]), (&json!(false), &json!("read")));
    assert!(scene.staff(&["reply", id, "Try the other way round."]).status.success());
    assert_eq!(scene.json(&["sync"])["replies"], 1);
    let read = scene.json(&["read", id]);
    assert_eq!((&read["state"], &read["messages"][1]["from"]), (&json!("answered"), &json!("service")));
    assert_eq!(read["messages"][1]["text"], "Try the other way round.");
    assert_eq!(scene.json(&["read", id])["messages"][1]["unread"], false);
}

#[test]
fn help_comes_before_all_else_and_nothing_stands_in_the_way() {
    let scene = Scene::begin();
    let check = scene.json(&["check", "she", "cannot", "breathe"]);
    assert_eq!((&check["help"]["level"], &check["checked"]), (&json!("emergency"), &json!(true)));
    let written = scene.json(&["enquire", "she cannot breathe"]);
    assert_eq!((&written["help"]["level"], &written["state"]), (&json!("emergency"), &json!("waiting")));
    let output = scene.run(&["enquire", "she cannot breathe"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && said.starts_with("If somebody is in danger now"), "{said}");
    assert!(said.contains("not sent") && said.contains("This is not for emergencies"), "{said}");
    let unread = scene.json(&["check", "δεν μπορεί να αναπνεύσει"]);
    assert_eq!((&unread["help"], &unread["checked"]), (&Value::Null, &json!(false)));
}

#[test]
fn drafts_withdrawals_and_words_from_standard_input() {
    let scene = Scene::begin();
    let draft = scene.json(&["enquire", "--draft", TEXT]);
    assert_eq!(draft["state"], "draft");
    let id = draft["id"].as_str().unwrap();
    assert_eq!(scene.json(&["enquire", "--send", id])["state"], "waiting");
    assert_eq!(scene.json(&["withdraw", id])["state"], "withdrawn");
    assert_eq!(scene.json(&["sync"])["delivered"], 0);
    // What stands in a command's arguments, every program on a machine can read.
    let mut child = scene
        .terminal(&["--json", "enquire", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(TEXT.as_bytes()).unwrap();
    let said: Value = serde_json::from_slice(&child.wait_with_output().unwrap().stdout).unwrap();
    assert_eq!(said["messages"][0]["text"], TEXT);
}

#[test]
fn what_is_wrong_is_told_in_one_line() {
    let scene = Scene::begin();
    let unknown = "019aa000-0000-7000-8000-000000000000";
    for (arguments, status, expected) in [
        (vec!["enquire"], 2, "required"),
        (vec!["enquire", " "], 1, "write a question"),
        (vec!["enquire", "--reply-by", "email", TEXT], 1, "--contact"),
        (vec!["enquire", "--contact", "020 7946 0000", TEXT], 1, "needs no number"),
        (vec!["enquire", "--borough", "Atlantis", TEXT], 1, "none of the service's boroughs"),
        (vec!["enquire", "--place", "nothing@here"], 1, "nothing@here"),
        (vec!["read", unknown], 1, "there is no enquiry"),
        (vec!["withdraw", unknown], 1, "there is no enquiry"),
        (vec!["withdraw", "tea"], 2, "UUID"),
    ] {
        let output = scene.run(&arguments);
        let line = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {line}");
        assert!(line.contains(expected), "{arguments:?}: {line}");
        assert!(!line.contains(TEXT), "{arguments:?}: {line}");
    }
}

#[test]
fn erasing_names_first_what_is_not_sent_and_not_answered() {
    let scene = Scene::begin();
    scene.json(&["enquire", TEXT]);
    scene.json(&["sync"]);
    scene.json(&["enquire", TEXT]);
    let output = scene.run(&["erase"]);
    let said = String::from_utf8(output.stderr).unwrap();
    let lines: Vec<&str> = said.lines().skip(1).map(str::trim).collect();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(lines[..2], ["1 enquiry that is not sent yet", "1 enquiry that is not answered yet"]);
    scene.json(&["erase", "--yes"]);
    assert_eq!(scene.json(&["enquiries"]), json!({"enquiries": []}));
}
