//! Kills, at any moment, of programs that write to the service and send what was written: what was acknowledged arrives, once.
//!
//! `OTSUPPORT_KILLS` says how many (`make soak`: 2,000), `OTSUPPORT_SEED` repeats a run, though not at which instruction a kill falls.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use otsupport_tests::seeded::Seeded;
use otsupport_tests::service_desk::ServiceDesk;
use serde_json::Value;

/// The longest that a program is let run.
const MOST: Duration = Duration::from_millis(40);

struct Scene {
    desk: ServiceDesk,
    folder: tempfile::TempDir,
}

impl Scene {
    fn terminal(&self, arguments: &[&str]) -> Command {
        let test = std::env::current_exe().unwrap();
        let program: PathBuf = test.parent().unwrap().parent().unwrap().join("otsupport");
        let mut command = Command::new(program);
        command.arg("--data").arg(self.folder.path().join("data"));
        command.arg("--root").arg(self.desk.publisher.site().join("metadata/root.json"));
        command.args(["--json", "--hub", self.desk.address()]).args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        command
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.terminal(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Runs a program, and kills it after so long; what it said, if it came to say it.
    fn killed(&self, arguments: &[&str], after: Duration) -> Option<Value> {
        let mut child = self.terminal(arguments).spawn().unwrap();
        let began = Instant::now();
        while began.elapsed() < after && child.try_wait().unwrap().is_none() {
            thread::yield_now();
        }
        let _ = child.kill();
        serde_json::from_slice(&child.wait_with_output().unwrap().stdout).ok()
    }
}

#[test]
fn what_was_acknowledged_arrives_once() {
    let kills: usize = std::env::var("OTSUPPORT_KILLS").ok().and_then(|it| it.parse().ok()).unwrap_or(150);
    let mut seeded = Seeded::from_environment();
    println!("killed_enquiries: {kills} kills to come, OTSUPPORT_SEED={}", seeded.0);
    let scene = Scene { desk: ServiceDesk::open().unwrap(), folder: tempfile::tempdir().unwrap() };
    assert_eq!(scene.json(&["sync"])["to"], 1);
    let mut acknowledged: BTreeMap<String, String> = BTreeMap::new();
    let (mut unheard, mut syncs) = (0, 0);
    for number in 0..kills {
        let after = MOST.mul_f64(seeded.below(1000) as f64 / 1000.0);
        if seeded.once_in(3) {
            syncs += usize::from(scene.killed(&["sync"], after).is_none());
            continue;
        }
        let text = format!("Question number {number}: what can we try?");
        match scene.killed(&["enquire", &text], after) {
            Some(said) => {
                acknowledged.insert(said["id"].as_str().unwrap().to_owned(), text);
            }
            None => unheard += 1,
        }
    }
    scene.json(&["sync"]);
    let all = scene.json(&["enquiries"]);
    let here: BTreeMap<&str, &str> = all["enquiries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["id"].as_str().unwrap(), it["state"].as_str().unwrap()))
        .collect();
    let inbox = scene.desk.inbox().unwrap().enquiries;
    let there: BTreeMap<String, &str> =
        inbox.iter().map(|it| (it.id.to_string(), it.words.text.as_deref().unwrap())).collect();
    assert_eq!(there.len(), inbox.len(), "twice");
    for (id, text) in &acknowledged {
        assert_eq!(here.get(id.as_str()), Some(&"received"), "{id}");
        assert_eq!(there.get(id), Some(&text.as_str()), "{id}");
    }
    // What nobody was told of is here and there, or nowhere.
    assert_eq!(
        here.keys().map(|it| (*it).to_owned()).collect::<Vec<_>>(),
        there.keys().cloned().collect::<Vec<_>>()
    );
    println!(
        "killed_enquiries: {} acknowledged, {unheard} unheard of which {} were kept, {syncs} syncs cut",
        acknowledged.len(),
        here.len() - acknowledged.len()
    );
    assert!(
        acknowledged.len() * 10 > kills && unheard * 10 > kills && syncs * 20 > kills,
        "the kills fell to one side"
    );
}
