//! Each command: ask the core, print the answer.

mod copies;
mod enquiries;
mod events;
mod family;
mod media;
mod new_file;

use std::fs;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use indicatif::ProgressBar;
use otsupport_core::platform::{FileKey, FixedClock, Platform};
use otsupport_core::strategies::{Page, Search, SignpostRequest};
use otsupport_core::sync::{NetworkLink, Outcome, Progress, Started, SyncListener, SyncReport, SyncRequest};
use otsupport_core::{HubError, OpenOptions, SupportHub};
use serde::Serialize;
use serde_json::json;

use crate::arguments::{Command, Global, MediaArguments, ids};
use crate::{paint, words};

/// Why a command failed, in one line.
pub(crate) struct Failure(String);

/// What a command that was typed wrongly ends with.
const WRONG_USAGE: u8 = 2;

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<HubError> for Failure {
    fn from(error: HubError) -> Self {
        Self(words::error(&error))
    }
}

/// Runs a command over the data folder.
pub(crate) fn run(global: &Global, command: Command) -> Result<ExitCode, Failure> {
    if command.needs_hub() && global.hub.is_none() {
        anstream::eprintln!("otsupport: this needs the hub's address: --hub URL");
        return Ok(ExitCode::from(WRONG_USAGE));
    }
    let hub = open(global)?;
    for it in hub.mended() {
        anstream::eprintln!("otsupport: {}", words::mended(it));
    }
    if let Some(locked) = hub.locked()
        && !command.is_about_the_familys()
    {
        anstream::eprintln!("otsupport: {}", words::locked(locked));
    }
    let ids = |typed: &[String]| ids(typed).map_err(|id| Failure(words::not_found(&id)));
    match command {
        Command::Sync { by_itself, link } => {
            let started = if by_itself { Started::ByItself } else { Started::ByPerson };
            return sync(global, &hub, started, link.into());
        }
        Command::Topics => {
            let topics = hub.topics()?;
            print(global, &json!({ "topics": topics }), || paint::topics(&topics));
        }
        Command::Browse { filter, limit, offset } => {
            let cards = hub.browse(&filter.into(), Page { offset, limit })?;
            print(global, &json!({ "results": cards }), || {
                listed(&paint::cards(&cards), "Nothing here yet.\n")
            });
        }
        Command::Search { words, filter, limit, as_you_type } => {
            let search = Search { words: words.join(" "), filter: filter.into(), limit, as_you_type };
            let (answer, service) = (hub.search(&search)?, hub.service()?);
            print(global, &answer, || {
                let help = match &answer.help {
                    Some(help) => paint::help(words::DANGER, &help.contacts),
                    None if !answer.checked => paint::help(words::UNREAD, &service.urgent),
                    None => String::new(),
                };
                let unsure = match (answer.results.is_empty(), answer.confident) {
                    (true, _) => words::NOTHING_FOUND.to_owned(),
                    (_, false) => words::unsure(&answer.topics),
                    _ => String::new(),
                };
                let hidden = match answer.hidden {
                    0 => String::new(),
                    hidden => {
                        paint::paint(paint::QUIET, format!("Your filters hide {hidden} good matches.\n"))
                    }
                };
                format!("{help}{unsure}{}{hidden}", paint::cards(&answer.results))
            });
        }
        Command::Show { id } => {
            let ids = ids(std::slice::from_ref(&id))?;
            let item = hub.show(&ids[0], &global.variant())?;
            print(global, &item, || paint::item(&item));
        }
        Command::Save { ids: typed } => shelf(global, &hub.save(&ids(&typed)?)?),
        Command::Unsave { ids: typed } => shelf(global, &hub.unsave(&ids(&typed)?)?),
        Command::Saved => shelf(global, &hub.saved()?),
        Command::Arrange { ids: typed } => shelf(global, &hub.arrange(&ids(&typed)?)?),
        Command::Family(command) => return family::run(global, &hub, command),
        Command::Event(command) => return events::run(global, &hub, command),
        Command::Enquiry(command) => return enquiries::run(global, &hub, command),
        Command::Copy(command) => return copies::run(global, &hub, command),
        Command::Signpost { ids: typed, note, expires, sheet } => {
            let site = global.hub.clone().unwrap_or_default();
            let request = SignpostRequest { items: ids(&typed)?, note, until: expires, site };
            let signpost = hub.signpost(&request)?;
            if let Some(file) = sheet {
                new_file::write(&file, hub.signpost_sheet(&request)?.as_bytes())?;
            }
            print(global, &signpost, || paint::signpost(&signpost));
        }
        Command::Open { link } => {
            let opened = hub.open_signpost(&link)?;
            print(global, &opened, || paint::opened(&opened));
        }
        Command::Media(typed) => return media::run(global, &hub, typed),
        Command::Storage => {
            let storage = hub.storage()?;
            print(global, &storage, || {
                let checked = storage
                    .checked_at
                    .map_or("never".to_owned(), |it| it.format("%-d %B %Y %H:%M").to_string());
                let copy = storage
                    .copy_kept_at
                    .map_or("none yet".to_owned(), |it| it.format("%-d %B %Y").to_string());
                let size = paint::size;
                let aside = match storage.aside {
                    0 => String::new(),
                    bytes => format!("  set aside {}\n", size(bytes)),
                };
                let unreadable = match storage.unreadable {
                    0 => String::new(),
                    rows => {
                        paint::paint(paint::CARE, format!("{rows} things that you keep cannot be read\n"))
                    }
                };
                let media = format!(
                    "  media {} of {} at most, {} of it saved items'\n",
                    size(storage.media),
                    size(storage.media_budget),
                    size(storage.media_saved)
                );
                format!(
                    "Bank {} with {} items, last checked: {checked}\n  database {}\n  kept snapshot {}\n  what you keep {}\n\
                     {media}{aside}  together {}\nLast safety copy: {copy}\n{unreadable}",
                    storage.version,
                    storage.items,
                    size(storage.content),
                    size(storage.snapshot),
                    size(storage.family),
                    size(storage.total)
                )
            });
        }
        Command::Completions { .. } => {}
        #[cfg(feature = "demo")]
        Command::Demo { .. } => {}
    }
    Ok(ExitCode::SUCCESS)
}

impl Command {
    /// Whether it cannot be done without the hub's address.
    fn needs_hub(&self) -> bool {
        match self {
            Self::Sync { .. } | Self::Signpost { .. } => true,
            Self::Media(typed) => typed.needs_hub(),
            _ => false,
        }
    }

    /// Whether it says itself that what the family keeps is locked.
    fn is_about_the_familys(&self) -> bool {
        matches!(
            self,
            Self::Media(MediaArguments { id: None, .. })
                | Self::Family(_)
                | Self::Event(_)
                | Self::Enquiry(_)
                | Self::Copy(_)
                | Self::Save { .. }
                | Self::Unsave { .. }
                | Self::Saved
                | Self::Arrange { .. }
        )
    }
}

fn open(global: &Global) -> Result<SupportHub, Failure> {
    let mut platform = Platform::with_key(Arc::new(FileKey(global.data.join("family.key"))));
    if let Some(now) = global.now {
        platform.clock = Arc::new(FixedClock(now));
    }
    let root = match &global.root {
        None => None,
        Some(path) => Some(fs::read(path).map_err(|error| Failure(format!("{}: {error}", path.display())))?),
    };
    let options = OpenOptions { folder: global.data.clone(), root, seed: global.seed.clone() };
    Ok(SupportHub::open(options, platform)?)
}

/// A line that says how far a sync has come.
struct Shown(ProgressBar);

impl SyncListener for Shown {
    fn progress(&self, progress: Progress) {
        self.0.set_message(match progress {
            Progress::Asking => "asking the hub".to_owned(),
            Progress::Fetching { bytes, .. } => format!("fetching: {}", paint::size(bytes)),
            Progress::TakingIn => "taking the bank in".to_owned(),
        });
    }
}

fn sync(global: &Global, hub: &SupportHub, started: Started, link: NetworkLink) -> Result<ExitCode, Failure> {
    let site = global.hub.clone().unwrap_or_default();
    let report = asking(global, |line| {
        let listener: Option<Arc<dyn SyncListener>> = Some(Arc::new(Shown(line.clone())));
        talk(hub, SyncRequest { site, started, link, listener })
    })?;
    let newer = hub.storage()?.newer_app_needed;
    print(global, &report, || {
        let style = if report.outcome == Outcome::Refused { paint::ALARM } else { paint::GOOD };
        let traffic = format!("{} requests, {}", report.requests, paint::size(report.bytes));
        let newer = if newer { words::NEWER } else { "" };
        format!(
            "{}\n{newer}{}{}\n",
            paint::paint(style, words::sync(&report)),
            words::delivered(&report),
            paint::paint(paint::QUIET, traffic)
        )
    });
    if report.outcome == Outcome::Refused {
        let why = report.reason.map(words::reason).unwrap_or_default();
        return Err(Failure(format!("{why}; the bank that was here stays. If it goes on, tell the service")));
    }
    Ok(ExitCode::SUCCESS)
}

/// Shows that the hub is being asked, where somebody can see it.
fn asking<T>(global: &Global, talk: impl FnOnce(&ProgressBar) -> T) -> T {
    let progress = if global.json || !std::io::stderr().is_terminal() {
        ProgressBar::hidden()
    } else {
        ProgressBar::new_spinner().with_message("asking the hub")
    };
    progress.enable_steady_tick(Duration::from_millis(100));
    let answer = talk(&progress);
    progress.finish_and_clear();
    answer
}

/// Syncs on a runtime of this thread.
pub(crate) fn talk(hub: &SupportHub, request: impl Into<SyncRequest>) -> Result<SyncReport, HubError> {
    on_a_runtime(hub.sync(request))
}

fn on_a_runtime<T>(talk: impl Future<Output = Result<T, HubError>>) -> Result<T, HubError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|_| HubError::Internal { code: "internal".to_owned() })?;
    runtime.block_on(talk)
}

fn shelf(global: &Global, saved: &[otsupport_core::strategies::SavedItem]) {
    let ids: Vec<&str> = saved.iter().map(|it| it.id.as_str()).collect();
    let shelf = json!({ "saved": ids, "items": saved });
    print(global, &shelf, || {
        listed(&paint::saved(saved), "Your shelf is empty. `otsupport save ID` keeps a strategy.\n")
    });
}

fn listed(list: &str, empty: &str) -> String {
    if list.is_empty() { empty.to_owned() } else { list.to_owned() }
}

/// Prints one JSON value, or the words for a person.
fn print(global: &Global, json: &impl Serialize, words: impl FnOnce() -> String) {
    let mut out = anstream::stdout().lock();
    // A closed pipe (`… | head`) is no fault.
    let _ = if global.json {
        serde_json::to_writer(&mut out, json).map_err(std::io::Error::from).and_then(|()| writeln!(out))
    } else {
        write!(out, "{}", words())
    };
}
