//! A family that never stops writing, for a test that kills it: `family_writer FOLDER SITE SEED`. It says on standard output what it
//! begins, and that the hub has said it is done.

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;

use otsupport_tests::family::{Act, Holding, open};
use otsupport_tests::seeded::Seeded;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or("use: family_writer FOLDER SITE SEED");
    let (folder, site, seed) = (PathBuf::from(next()?), PathBuf::from(next()?), next()?.parse()?);
    let mut hub = open(&folder, &site)?;
    say("open")?;
    if hub.locked().is_some() {
        say(&format!("begin {}", serde_json::to_string(&Act::StartAfresh)?))?;
        Act::StartAfresh.perform(&hub)?;
        say("acknowledged")?;
    }
    let mut seeded = Seeded(seed);
    let mut here = Holding::of(&hub)?;
    loop {
        let act = Act::any(&mut seeded, &here);
        say(&format!("begin {}", serde_json::to_string(&act)?))?;
        if act == Act::Reopen {
            hub.close();
            hub = open(&folder, &site)?;
        }
        act.perform(&hub)?;
        say("acknowledged")?;
        here = here.after(&act);
    }
}

/// One line, in one write: whoever is killed has said it whole or not at all.
fn say(line: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("{line}\n").as_bytes())?;
    out.flush()
}
