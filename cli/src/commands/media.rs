//! Sound, photographs and papers.

use std::process::ExitCode;

use otsupport_core::SupportHub;
use otsupport_core::strategies::{MediaBudget, MediaView};
use otsupport_core::sync::{MediaReport, MediaSizes, NetworkLink, Outcome};
use otsupport_core::wire::ItemId;
use serde_json::{Value, json};

use super::{Failure, asking, on_a_runtime, print};
use crate::arguments::{Global, MediaArguments, ids};
use crate::{paint, words};

const MB: u64 = 1_000_000;

pub(super) fn run(global: &Global, hub: &SupportHub, typed: MediaArguments) -> Result<ExitCode, Failure> {
    match &typed.id {
        Some(id) => {
            let ids = ids(std::slice::from_ref(id)).map_err(|id| Failure(words::not_found(&id)))?;
            one(global, hub, &ids[0])
        }
        None => chosen(global, hub, &typed),
    }
}

fn one(global: &Global, hub: &SupportHub, id: &ItemId) -> Result<ExitCode, Failure> {
    let before = hub.media(id)?;
    if !global.json {
        anstream::print!("{}", paint::media_sizes(&before));
    }
    let report = if before.iter().all(|it| it.here) {
        None
    } else {
        let address = global.hub.clone().unwrap_or_default();
        Some(asking(global, |_| on_a_runtime(hub.fetch_media(&address, id, NetworkLink::Unmetered)))?)
    };
    let report = report.unwrap_or_else(|| nothing_to_do(&before));
    let mut files = Vec::new();
    for media in hub.media(id)? {
        let path = if media.picture.is_none() { hub.open_media(id, &media.file)? } else { None };
        files.push(json!({
            "file": media.file, "alt": media.alt, "bytes": media.bytes, "here": media.here,
            "path": path.as_ref().map(|it| it.to_string_lossy()),
        }));
    }
    let json = with_report(json!({ "item": id, "media": files }), &report);
    print(global, &json, || {
        let here = files.iter().filter_map(|it| Some((it["file"].as_str()?, it["path"].as_str()?)));
        let here: String = here.map(|(file, path)| format!("{file}: {path}\n")).collect();
        format!("{here}{}", paint::media_report(&report))
    });
    ended(&report)
}

fn chosen(global: &Global, hub: &SupportHub, typed: &MediaArguments) -> Result<ExitCode, Failure> {
    let mut chosen = hub.preferences()?;
    if typed.keep.is_some() || typed.budget.is_some() {
        let keep = typed.keep.map_or(chosen.media, Into::into);
        let budget = typed.budget.map_or(chosen.media_budget, |it| MediaBudget(it.saturating_mul(MB)));
        chosen = hub.choose_media(keep, budget)?;
    }
    let wanted = hub.wanted_media()?;
    let said = json!({ "keep": chosen.media, "budget": chosen.media_budget, "wanted": wanted });
    let choice = || words::keep_media(chosen.media, &paint::size(chosen.media_budget.0)) + &sizes(&wanted);
    if !typed.fetch {
        print(global, &said, choice);
        return Ok(ExitCode::SUCCESS);
    }
    if !global.json {
        anstream::print!("{}", choice());
    }
    let address = global.hub.clone().unwrap_or_default();
    let report = asking(global, |_| on_a_runtime(hub.fetch_wanted_media(&address, NetworkLink::Unmetered)))?;
    print(global, &with_report(said, &report), || paint::media_report(&report));
    ended(&report)
}

fn sizes(wanted: &MediaSizes) -> String {
    let files = |count: u32| if count == 1 { "1 file".to_owned() } else { format!("{count} files") };
    let left_out = match wanted.left_out {
        0 => String::new(),
        more => format!("{} more would not fit.\n", files(more)),
    };
    match wanted.files {
        0 => left_out,
        some => format!("To be fetched: {}, {}.\n{left_out}", files(some), paint::size(wanted.bytes)),
    }
}

fn with_report(mut said: Value, report: &MediaReport) -> Value {
    if let (Value::Object(said), Ok(Value::Object(report))) = (&mut said, serde_json::to_value(report)) {
        said.extend(report);
    }
    said
}

fn nothing_to_do(media: &[MediaView]) -> MediaReport {
    let here = media.iter().filter(|it| it.picture.is_none()).count();
    MediaReport {
        outcome: Outcome::Unchanged,
        reason: None,
        fetched: 0,
        bytes: 0,
        requests: 0,
        here: u32::try_from(here).unwrap_or(u32::MAX),
        missing: 0,
    }
}

fn ended(report: &MediaReport) -> Result<ExitCode, Failure> {
    match (report.outcome, report.reason) {
        (Outcome::Refused, Some(reason)) => Err(Failure(words::media_refused(reason))),
        _ => Ok(ExitCode::SUCCESS),
    }
}
