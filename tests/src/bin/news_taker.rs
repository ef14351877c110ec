//! A phone that opens, asks the hub for news and arms its reminders, for a test that kills it: `news_taker FOLDER ADDRESS ROOT NOW`.
//! It says on standard output what came of it.

use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::Path;

use otsupport_tests::phone::{arm, open_in, sync};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, address, root, now] = arguments.as_slice() else {
        return Err("use: news_taker FOLDER ADDRESS ROOT NOW".into());
    };
    let hub = open_in(Path::new(folder), now, Some(fs::read(root)?))?;
    let report = sync(&hub, address)?;
    arm(&hub)?;
    hub.close();
    let said = format!("{}\n", serde_json::to_string(&report)?);
    Ok(std::io::stdout().write_all(said.as_bytes())?)
}
