//! A family's day, against a hub of its own over real HTTP on loopback. Nothing stays behind.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use otsupport_core::enquiries::EnquiryRequest;
use otsupport_core::platform::{FileKey, Platform};
use otsupport_core::reminders::calendar::Category;
use otsupport_core::reminders::planner::{FURTHEST, ReminderPreferences};
use otsupport_core::reminders::{EventFilter, PhoneState};
use otsupport_core::strategies::{
    Day, LogRequest, PracticeResult, RecordRequest, Search, TryRequest, VariantChoice,
};
use otsupport_core::sync::{Outcome, SyncReport};
use otsupport_core::wire::enquiry::EnquiryId;
use otsupport_core::wire::snapshot::Part;
use otsupport_core::{HubError, OpenOptions, SupportHub};
use otsupport_hub::embedded::EmbeddedHub;
use otsupport_hub::inbox::{self, Secrets};
use otsupport_hub::intake::Database;
use otsupport_hub::keys::{self, service_secrets};
use otsupport_hub::publish::{PublishOptions, publish};

use crate::commands::talk;
use crate::paint::{self, paint};
use crate::words;

type Failure = Box<dyn std::error::Error>;

/// Plays the day with the bank at `content`.
pub(crate) fn run(content: PathBuf) -> Result<(), Failure> {
    let content = find(content)?;
    let folder = tempfile::tempdir()?;
    let (bank, site, key_folder) =
        (folder.path().join("content"), folder.path().join("site"), folder.path().join("keys"));
    copy(&content, &bank)?;
    say(&format!("{}\n", paint(paint::TITLE, "A family's day with the Children's OT Support Hub")));
    say(&format!("{}\n\n", paint(paint::CARE, words::DEMONSTRATION)));

    let publish = |step: &Step| -> Result<(), Failure> {
        let options = PublishOptions {
            content: bank.clone(),
            site: site.clone(),
            keys: key_folder.clone(),
            passphrase: None,
            now: std::time::SystemTime::now().into(),
            allow_removed: false,
        };
        let done = publish(&options)?;
        step.done(&format!(
            "bank {}: {} strategies, {} resources, {} events, {} on the wire",
            done.version,
            done.strategies,
            done.resources,
            done.events,
            paint::size(done.packed)
        ));
        Ok(())
    };

    let step = Step::new("The service publishes its bank");
    keys::make(&key_folder, None)?;
    publish(&step)?;

    let step = Step::new("The hub starts");
    let database = folder.path().join("intake.db");
    let start = || EmbeddedHub::start_with_intake(&site, &key_folder.join("receipt.key"), &database);
    let hub = start()?;
    step.done(hub.address());

    let step = Step::new("A parent opens the app for the first time and syncs");
    let phone = SupportHub::open(
        OpenOptions {
            folder: folder.path().join("phone"),
            root: Some(fs::read(site.join("metadata/root.json"))?),
            seed: None,
        },
        Platform::with_key(Arc::new(FileKey(folder.path().join("family.key")))),
    )
    .map_err(told)?;
    sync(&phone, hub.address(), &step)?;

    let step = Step::new("The network goes away");
    let address = hub.address().to_owned();
    drop(hub);
    if sync(&phone, &address, &step)?.outcome != Outcome::Offline {
        return Err("the stopped hub still answers".into());
    }

    let saved = offline(&phone)?;
    let workshop = follow(&phone)?;
    let enquiry = write(&phone)?;

    let step = Step::new("At the hub, the strategy is made clearer and one is withdrawn");
    let withdrawn = change(&bank, &saved)?;
    publish(&step)?;

    let step = Step::new("And the workshop moves to another place");
    move_event(&bank, &workshop)?;
    publish(&step)?;

    let step = Step::new("The network comes back");
    let hub = start()?;
    sync(&phone, hub.address(), &step)?;
    say(&indented(&paint::enquiries(&phone.enquiries().map_err(told)?)));

    let step = Step::new("She is told once that the workshop has moved");
    let notices = phone.notices().map_err(told)?;
    let moved = notices.iter().filter_map(|it| Some((words::notification(it.kind), it.event.as_ref()?)));
    let moved: Vec<String> = moved.map(|(what, event)| format!("{}: {what}", event.title)).collect();
    step.done(&moved.join("; "));

    let step = Step::new("The team opens its inbox and answers");
    let (inbox, secrets) = (Database::in_file(database.clone()), service_secrets(&key_folder, None)?);
    let secrets = Secrets::Service(secrets);
    let now = std::time::SystemTime::now().into();
    let listed = inbox::read(&inbox, &secrets, now)?.enquiries.len();
    let words =
        "Try the socks inside out, so that the seams are outside. We ring you on Monday if it goes on.";
    let mut random = [0; 32];
    getrandom::fill(&mut random)?;
    inbox::reply(&inbox, &secrets, enquiry, words, now, &random)?;
    step.done(&format!("{listed} enquiry, sealed to her phone again"));

    let step = Step::new("The phone syncs once more");
    sync(&phone, hub.address(), &step)?;
    say(&indented(&paint::enquiry(&phone.read_enquiry(enquiry).map_err(told)?)));

    let step = Step::new("The shelf says what happened meanwhile");
    let shelf = phone.saved().map_err(told)?;
    step.done("");
    say(&indented(&paint::saved(&shelf)));
    let item = phone.show(&withdrawn.parse()?, &VariantChoice::default()).map_err(told)?;
    say(&indented(&paint::item(&item)));

    let storage = phone.storage().map_err(told)?;
    say(&format!(
        "\nOn the phone: {} items, {} in all. Nothing stays behind.\n",
        storage.items,
        paint::size(storage.total)
    ));
    phone.close();
    Ok(())
}

fn sync(phone: &SupportHub, address: &str, step: &Step) -> Result<SyncReport, Failure> {
    let report = talk(phone, address).map_err(told)?;
    let traffic = format!("{} requests, {}", report.requests, paint::size(report.bytes));
    step.done(&format!("{}; {traffic}", words::sync(&report)));
    Ok(report)
}

/// What works in flight mode. Gives the ids that were saved.
fn offline(phone: &SupportHub) -> Result<Vec<String>, Failure> {
    const WORDS: &str = "wont keep his socks on";
    let step = Step::new(&format!("In flight mode she searches: \"{WORDS}\""));
    let search = Search { words: WORDS.to_owned(), limit: Some(3), ..Search::default() };
    let answer = phone.search(&search).map_err(told)?;
    step.done(&format!("{} results", answer.results.len()));
    say(&indented(&paint::cards(&answer.results)));
    let best = answer.results.first().ok_or("the search found nothing")?.id.clone();

    let step = Step::new("She opens the first");
    let item = phone.show(&best, &VariantChoice::default()).map_err(told)?;
    step.done(&item.title);
    for section in item.sections.iter().filter(|it| matches!(it.part, Part::Steps | Part::StopIf)) {
        say(&indented(&format!("{}\n{}\n", paint(paint::TITLE, &section.heading), section.text)));
    }

    let step = Step::new("She saves it, and the next one");
    let ids: Vec<_> = answer.results.iter().take(2).map(|it| it.id.clone()).collect();
    let shelf = phone.save(&ids).map_err(told)?;
    step.done(&format!("{} on the shelf, no signal needed", shelf.len()));

    let step = Step::new("She plans it for three days, and in the evening writes down how it went");
    let days = [Day::Mon, Day::Wed, Day::Fri].into();
    let week = phone.try_this_week(&TryRequest { item: best.clone(), profile: None, days }).map_err(told)?;
    let logged = phone
        .log(&LogRequest {
            item: best,
            profile: None,
            on: None,
            result: PracticeResult::Partly,
            who: "Grandad".to_owned(),
            note: "Better with the seams outside.".to_owned(),
        })
        .map_err(told)?;
    let record = phone.record(&RecordRequest::default()).map_err(told)?;
    step.done(&format!("{} line for the record that services ask for", record.strategies.len()));
    say(&indented(&format!("{}{}", paint::week(&week), paint::logged(&logged))));
    Ok(ids.iter().map(ToString::to_string).collect())
}

/// The next workshop is followed, and its reminders are planned. Gives its UID.
fn follow(phone: &SupportHub) -> Result<String, Failure> {
    let step = Step::new("She follows the next workshop, says that she booked, and turns reminders on");
    let filter = EventFilter { category: Some(Category::Workshop), ..EventFilter::default() };
    let events = phone.events(&filter, PhoneState::default()).map_err(told)?;
    let uid = events.first().ok_or("there is no workshop ahead")?.uid.clone();
    phone.set_booked(&uid, true).map_err(told)?;
    let chosen = phone.preferences().map_err(told)?.reminders;
    let chosen = ReminderPreferences { notify: true, horizon: FURTHEST, ..chosen };
    phone.choose_reminders(&chosen).map_err(told)?;
    let plan = phone.plan_reminders(PhoneState::default()).map_err(told)?;
    step.done(&format!("{} reminders, without a network", plan.notifications.len()));
    say(&indented(&paint::reminders(&plan, true)));
    Ok(uid)
}

/// Gives the event another place, as an editor would.
fn move_event(bank: &Path, uid: &str) -> Result<(), Failure> {
    let stem = uid.split('@').next().unwrap_or(uid);
    let path = bank.join("events").join(format!("{stem}.ics"));
    let calendar: String = fs::read_to_string(&path)?
        .lines()
        .map(|line| match line.split_once(':') {
            Some(("LOCATION", _)) => "LOCATION:The town library\n".to_owned(),
            Some(("SEQUENCE", number)) => {
                format!("SEQUENCE:{}\n", number.trim().parse::<u32>().unwrap_or_default() + 1)
            }
            _ => format!("{line}\n"),
        })
        .collect();
    Ok(fs::write(&path, calendar)?)
}

/// A question to the service, without a network. Gives its id.
fn write(phone: &SupportHub) -> Result<EnquiryId, Failure> {
    let step = Step::new("At midnight she writes to the service");
    let text = "He cries every morning when the socks go on. What else can we try?";
    let request = EnquiryRequest {
        topic: Some("dressing".parse()?),
        age: Some(6),
        text: text.to_owned(),
        ..EnquiryRequest::default()
    };
    let enquiry = phone.enquire(&request).map_err(told)?;
    step.done("sealed so that only the team can read it, and kept until there is a network");
    say(&indented(&paint::enquiry(&enquiry)));
    Ok(enquiry.id)
}

/// Edits the first saved strategy and withdraws the last in favour of it. Gives the id that was withdrawn.
fn change(bank: &Path, saved: &[String]) -> Result<String, Failure> {
    let (Some(first), Some(last)) = (saved.first(), saved.last().filter(|_| saved.len() > 1)) else {
        return Err("the search found too little to go on with".into());
    };
    let path = file_of(bank, first)?;
    let text = fs::read_to_string(&path)?;
    fs::write(&path, text.replacen("## Steps\n\n1. ", "## Steps\n\n1. Sit down together first. ", 1))?;
    let path = file_of(bank, last)?;
    let text = fs::read_to_string(&path)?;
    let today = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now()).date_naive();
    let header: String = text
        .lines()
        .skip(1)
        .take_while(|line| *line != "---")
        .map(|line| {
            if line.starts_with("review:") {
                "review: {status: withdrawn, author: demonstration}"
            } else {
                line
            }
        })
        .flat_map(|line| [line, "\n"])
        .collect();
    let withdrawn = format!(
        "withdrawn: {{on: {today}, reason: \"A clearer one has taken its place.\", instead: {first}}}"
    );
    fs::write(&path, format!("---\n{header}{withdrawn}\n---\n"))?;
    relink(&bank.join("strategies"), last, first)?;
    relink(&bank.join("resources"), last, first)?;
    Ok(last.clone())
}

/// Leads every link to an item to another one.
fn relink(folder: &Path, from: &str, to: &str) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            relink(&path, from, to)?;
        } else {
            let text = fs::read_to_string(&path)?;
            fs::write(&path, text.replace(&format!("]({from})"), &format!("]({to})")))?;
        }
    }
    Ok(())
}

fn file_of(bank: &Path, id: &str) -> Result<PathBuf, Failure> {
    let folders = fs::read_dir(bank.join("strategies"))?.chain(fs::read_dir(bank)?);
    let mut files = folders.flatten().map(|it| it.path().join(format!("{id}.md")));
    Ok(files.find(|it| it.is_file()).ok_or("a strategy has no file")?)
}

/// The content folder as given, or beside the checkout that this was built from.
fn find(content: PathBuf) -> Result<PathBuf, Failure> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../content");
    [content.clone(), beside]
        .into_iter()
        .find(|it| it.join("service.yaml").is_file())
        .ok_or_else(|| format!("{} is no content folder; give one with --content", content.display()).into())
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// A step of the story and how long it took.
struct Step {
    began: Instant,
}

impl Step {
    fn new(what: &str) -> Self {
        say(&format!("{} {what}\n", paint(paint::GOOD, "●")));
        Self { began: Instant::now() }
    }

    fn done(&self, result: &str) {
        let took = format!("{:.0} ms", self.began.elapsed().as_secs_f64() * 1e3);
        let space = if result.is_empty() { "" } else { "  " };
        say(&format!("  {result}{space}{}\n", paint(paint::QUIET, took)));
    }
}

fn told(error: HubError) -> String {
    words::error(&error)
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}

fn say(text: &str) {
    anstream::print!("{text}");
}
