//! What a family does, as data, and what it then has: the same act for a real hub, and for a model too simple to be wrong.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use chrono::NaiveDate;
use otsupport_core::platform::{FileKey, FixedClock, KeyStore, Platform};
use otsupport_core::strategies::{
    Age, Day, Entry, LogRequest, PracticeResult, ProfileId, ProfileKind, ProfileRequest, TryRequest, View,
};
use otsupport_core::wire::ItemId;
use otsupport_core::wire::snapshot::{Ages, Setting};
use otsupport_core::{HubError, OpenOptions, SupportHub};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::seeded::Seeded;
use crate::site::{MORNING, instant};

type Failure = Box<dyn std::error::Error>;

/// How many strategies the bank of these families holds: `strategy-0` and so on.
pub const STRATEGIES: usize = 12;

/// Where a hub keeps its key in its folder, as the terminal does.
pub const KEY_FILE: &str = "family.key";

/// Opens the hub in `folder` with the key in its file, and the bank of `site`.
///
/// # Errors
/// As [`SupportHub::open`].
pub fn open(folder: &Path, site: &Path) -> Result<SupportHub, HubError> {
    open_with(folder, site, Arc::new(FileKey(folder.join(KEY_FILE))))
}

/// Opens the hub in `folder` with these keys, and the bank of `site`.
///
/// # Errors
/// As [`SupportHub::open`].
pub fn open_with(folder: &Path, site: &Path, keys: Arc<dyn KeyStore>) -> Result<SupportHub, HubError> {
    let mut platform = Platform::with_key(keys);
    platform.clock = Arc::new(FixedClock(instant(MORNING)));
    let root = std::fs::read(site.join("metadata/root.json")).ok();
    SupportHub::open(OpenOptions { folder: folder.to_owned(), root, seed: Some(site.to_owned()) }, platform)
}

/// Something that a family does. People, lists and lines are named by their words: ids are the hub's to draw.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Act {
    Save(Vec<String>),
    Unsave(Vec<String>),
    Arrange(Vec<String>),
    List {
        name: String,
        items: Vec<String>,
    },
    Unlist(String),
    Add(Person),
    Change {
        nickname: String,
        into: Person,
    },
    Remove {
        nickname: String,
        with_log: bool,
    },
    Choose(Option<String>),
    Look {
        as_school: bool,
    },
    Try(Plan),
    Untry {
        item: String,
        nickname: Option<String>,
    },
    Log(Line),
    ChangeLog {
        note: String,
        into: Line,
    },
    Unlog(String),
    /// The plain copy of this number, see [`copy`].
    Import(u64),
    CopyKept,
    ChangeKey,
    Erase,
    StartAfresh,
    /// Closes the hub and opens it again.
    Reopen,
}

/// A child or a class.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Person {
    pub nickname: String,
    pub class: bool,
    pub ages: Option<(u8, u8)>,
    pub at_school: bool,
}

/// What is tried on which days.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Plan {
    pub item: String,
    pub nickname: Option<String>,
    /// As in the plain copy: `mon`, `tue` …
    pub days: BTreeSet<String>,
}

/// A line of the log. Its note is unlike that of every other one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Line {
    pub note: String,
    pub item: String,
    pub nickname: Option<String>,
    pub on: NaiveDate,
    /// As in the plain copy: `helped`, `partly`, `not`, `stopped`.
    pub result: String,
    pub who: String,
}

/// Everything that a family has.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[allow(missing_docs)]
pub struct Holding {
    pub people: Vec<Person>,
    pub shelf: Vec<String>,
    pub lists: Vec<(String, Vec<String>)>,
    pub plans: Vec<Plan>,
    /// By their notes.
    pub log: BTreeSet<Line>,
    pub as_school: bool,
    pub chosen: Option<String>,
    pub waiting: Vec<String>,
    pub copy_kept: bool,
}

impl Act {
    /// Something that somebody who has `here` might do next. Starting afresh is for those whose key is lost.
    pub fn any(seeded: &mut Seeded, here: &Holding) -> Self {
        loop {
            if let Some(act) = Self::drawn(seeded, here) {
                return act;
            }
        }
    }

    fn drawn(seeded: &mut Seeded, here: &Holding) -> Option<Self> {
        let listed: Vec<String> = (0..STRATEGIES).map(|number| format!("strategy-{number}")).collect();
        let number = seeded.number();
        let nickname = |seeded: &mut Seeded| {
            let drawn = seeded.one_of(&here.people).map(|it| it.nickname.clone());
            drawn.filter(|_| !seeded.once_in(3))
        };
        let person = |seeded: &mut Seeded, nickname: String| Person {
            nickname,
            class: seeded.once_in(4),
            ages: (!seeded.once_in(3)).then(|| (seeded.below(5) as u8, 5 + seeded.below(8) as u8)),
            at_school: seeded.once_in(2),
        };
        let line = |seeded: &mut Seeded| {
            Some(Line {
                note: format!("note-{number:016x} {}", "long ".repeat(seeded.below(300))),
                item: seeded.one_of(&listed)?.clone(),
                nickname: nickname(seeded),
                on: NaiveDate::from_ymd_opt(2026, 11, 1 + seeded.below(24) as u32)?,
                result: (*seeded.one_of(&["helped", "partly", "not", "stopped"])?).to_owned(),
                who: if seeded.once_in(2) { String::new() } else { format!("who-{number:x}") },
            })
        };
        Some(match seeded.below(30) {
            0..=2 => Self::Save(seeded.some_of(&listed, 5)),
            3 => Self::Unsave(seeded.some_of(&here.shelf, 4)),
            4 if !here.shelf.is_empty() => Self::Arrange(seeded.some_of(&here.shelf, 4)),
            5 | 6 => {
                let known = seeded.one_of(&here.lists).map(|it| it.0.clone());
                let name = known.filter(|_| here.lists.len() > 5 || seeded.once_in(2));
                let items = seeded.some_of(&listed, 8);
                Self::List { name: name.unwrap_or_else(|| format!("list-{number:x}")), items }
            }
            7 => Self::Unlist(seeded.one_of(&here.lists)?.0.clone()),
            8 | 9 if here.people.len() < 8 => Self::Add(person(seeded, format!("nick-{number:x}"))),
            10 => {
                let known = seeded.one_of(&here.people)?.nickname.clone();
                let new = if seeded.once_in(2) { known.clone() } else { format!("nick-{number:x}") };
                Self::Change { nickname: known, into: person(seeded, new) }
            }
            11 => {
                let nickname = seeded.one_of(&here.people)?.nickname.clone();
                Self::Remove { nickname, with_log: seeded.once_in(2) }
            }
            12 => Self::Choose(nickname(seeded)),
            13 => Self::Look { as_school: seeded.once_in(2) },
            14 | 15 => Self::Try(Plan {
                item: seeded.one_of(&listed)?.clone(),
                nickname: nickname(seeded),
                days: seeded.some_of(&Day::ALL, 7).into_iter().map(day_word).collect(),
            }),
            16 => {
                let plan = seeded.one_of(&here.plans)?.clone();
                Self::Untry { item: plan.item, nickname: plan.nickname }
            }
            17..=20 => Self::Log(line(seeded)?),
            21 => {
                let notes: Vec<&String> = here.log.iter().map(|it| &it.note).collect();
                Self::ChangeLog { note: (*seeded.one_of(&notes)?).clone(), into: line(seeded)? }
            }
            22 => {
                let notes: Vec<&String> = here.log.iter().map(|it| &it.note).collect();
                Self::Unlog((*seeded.one_of(&notes)?).clone())
            }
            23 | 24 if here.log.len() < 400 => Self::Import(number),
            25 => Self::CopyKept,
            26 | 27 => Self::ChangeKey,
            28 if seeded.once_in(3) => Self::Erase,
            29 => Self::Reopen,
            _ => return None,
        })
    }

    /// Does it with a real hub. Opening again is for whoever holds the hub.
    ///
    /// # Errors
    /// As the hub's methods.
    pub fn perform(&self, hub: &SupportHub) -> Result<(), HubError> {
        match self {
            Self::Save(items) => hub.save(&ids(items)?).map(drop),
            Self::Unsave(items) => hub.unsave(&ids(items)?).map(drop),
            Self::Arrange(items) => hub.arrange(&ids(items)?).map(drop),
            Self::List { name, items } => hub.put_list(name, &ids(items)?).map(drop),
            Self::Unlist(name) => {
                let lists = hub.lists()?;
                lists.iter().filter(|it| it.name.as_str() == name).try_for_each(|it| hub.remove_list(&it.id))
            }
            Self::Add(person) => hub.add_profile(&person.request()).map(drop),
            Self::Change { nickname, into } => {
                hub.change_profile(&known(hub, nickname)?, &into.request()).map(drop)
            }
            Self::Remove { nickname, with_log } => hub.remove_profile(&known(hub, nickname)?, *with_log),
            Self::Choose(nickname) => hub.choose_profile(perhaps(hub, nickname)?.as_ref()).map(drop),
            Self::Look { as_school } => {
                hub.set_view(if *as_school { View::School } else { View::Family }).map(drop)
            }
            Self::Try(plan) => {
                let days = Day::ALL.into_iter().filter(|it| plan.days.contains(&day_word(*it))).collect();
                let profile = perhaps(hub, &plan.nickname)?;
                hub.try_this_week(&TryRequest { item: id(&plan.item)?, profile, days }).map(drop)
            }
            Self::Untry { item, nickname } => {
                hub.stop_trying(&id(item)?, perhaps(hub, nickname)?.as_ref()).map(drop)
            }
            Self::Log(line) => hub.log(&line.request(hub)?).map(drop),
            Self::ChangeLog { note, into } => {
                let request = into.request(hub)?;
                written(hub, note)?.iter().try_for_each(|it| hub.change_log(&it.id, &request).map(drop))
            }
            Self::Unlog(note) => written(hub, note)?.iter().try_for_each(|it| hub.unlog(&it.id)),
            Self::Import(number) => hub.import(copy(*number).to_string().as_bytes(), None).map(drop),
            Self::CopyKept => hub.copy_kept(),
            Self::ChangeKey => hub.change_key(),
            Self::Erase => hub.erase(),
            Self::StartAfresh => hub.start_afresh().map(drop),
            Self::Reopen => Ok(()),
        }
    }

    /// What kind of act it is.
    pub fn kind(&self) -> String {
        let words = format!("{self:?}");
        words.split(|it: char| !it.is_alphanumeric()).next().unwrap_or_default().to_lowercase()
    }
}

impl Person {
    fn request(&self) -> ProfileRequest {
        ProfileRequest {
            nickname: self.nickname.clone(),
            kind: if self.class { ProfileKind::Class } else { ProfileKind::Child },
            age: self.ages.map(|(from, to)| Age::Band(Ages { from, to })),
            settings: self.at_school.then_some(Setting::School).into_iter().collect(),
        }
    }
}

impl Line {
    fn request(&self, hub: &SupportHub) -> Result<LogRequest, HubError> {
        let result = match self.result.as_str() {
            "helped" => PracticeResult::Helped,
            "partly" => PracticeResult::Partly,
            "not" => PracticeResult::Not,
            _ => PracticeResult::Stopped,
        };
        Ok(LogRequest {
            item: id(&self.item)?,
            profile: perhaps(hub, &self.nickname)?,
            on: Some(self.on),
            result,
            who: self.who.clone(),
            note: self.note.clone(),
        })
    }
}

impl Holding {
    /// What the hub says that the family has: its plain copy, and whether one was kept.
    ///
    /// # Errors
    /// As the hub's methods, and a copy that is not as `docs/safety-copy.md` describes it.
    pub fn of(hub: &SupportHub) -> Result<Self, Failure> {
        let copy: Value = serde_json::from_slice(&hub.plain_copy()?)?;
        let rows = |name: &str| copy[name].as_array().cloned().ok_or_else(|| format!("no {name}"));
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let texts =
            |value: &Value| -> Vec<String> { value.as_array().into_iter().flatten().map(&text).collect() };
        let people = rows("profiles")?;
        let nickname = |id: &Value| -> Result<Option<String>, String> {
            if id.is_null() {
                return Ok(None);
            }
            let person = people.iter().find(|it| it["id"] == *id);
            Ok(Some(text(&person.ok_or_else(|| format!("nobody has the id {id}"))?["nickname"])))
        };
        let mut holding = Self {
            as_school: copy["preferences"]["view"] == "school",
            chosen: nickname(&copy["preferences"]["profile"])?,
            copy_kept: hub.storage()?.copy_kept_at.is_some(),
            ..Self::default()
        };
        for row in &people {
            let band = &row["age"]["band"];
            let age = |name: &str| band[name].as_u64().map(|it| it as u8);
            holding.people.push(Person {
                nickname: text(&row["nickname"]),
                class: row["kind"] == "class",
                ages: age("from").zip(age("to")),
                at_school: texts(&row["settings"]).contains(&"school".to_owned()),
            });
        }
        for row in rows("shelf")? {
            let item = text(&row["item"]);
            // Those that an import brought were never seen here.
            if row["seen"].is_null() && !item.starts_with("imported") {
                return Err(format!("{item} lost what the family saw").into());
            }
            holding.shelf.push(item);
        }
        for row in rows("lists")? {
            holding.lists.push((text(&row["name"]), texts(&row["items"])));
        }
        for row in rows("plans")? {
            let days = texts(&row["days"]).into_iter().collect();
            holding.plans.push(Plan { item: text(&row["item"]), nickname: nickname(&row["profile"])?, days });
        }
        for row in rows("log")? {
            let line = Line {
                note: text(&row["note"]),
                item: text(&row["item"]),
                nickname: nickname(&row["profile"])?,
                on: text(&row["on"]).parse()?,
                result: text(&row["result"]),
                who: text(&row["who"]),
            };
            if !holding.log.insert(line) {
                return Err("a line stands in the log twice".into());
            }
        }
        holding.waiting = rows("waiting")?.iter().map(|it| text(&it["id"])).collect();
        Ok(holding)
    }

    /// What the family has after `act`.
    #[must_use]
    pub fn after(&self, act: &Act) -> Self {
        let mut new = self.clone();
        match act {
            Act::Save(items) => new.shelve(items),
            Act::Unsave(items) => {
                new.shelf.retain(|it| !items.contains(it));
                new.lists.iter_mut().for_each(|list| list.1.retain(|it| !items.contains(it)));
            }
            Act::Arrange(items) => {
                new.shelf.retain(|it| !items.contains(it));
                new.shelf.splice(0..0, items.iter().cloned());
            }
            Act::List { name, items } => {
                new.shelve(items);
                match new.lists.iter_mut().find(|it| it.0 == *name) {
                    Some(list) => list.1.clone_from(items),
                    None => new.lists.push((name.clone(), items.clone())),
                }
            }
            Act::Unlist(name) => new.lists.retain(|it| it.0 != *name),
            Act::Add(person) => new.people.push(person.clone()),
            Act::Change { nickname, into } => {
                for person in new.people.iter_mut().filter(|it| it.nickname == *nickname) {
                    *person = into.clone();
                }
                new.call(nickname, Some(&into.nickname));
            }
            Act::Remove { nickname, with_log } => {
                let theirs = Some(nickname.clone());
                new.people.retain(|it| it.nickname != *nickname);
                new.plans.retain(|it| it.nickname != theirs);
                new.log.retain(|it| !with_log || it.nickname != theirs);
                new.call(nickname, None);
            }
            Act::Choose(nickname) => new.chosen.clone_from(nickname),
            Act::Look { as_school } => new.as_school = *as_school,
            Act::Try(plan) => {
                let same = |it: &&mut Plan| it.item == plan.item && it.nickname == plan.nickname;
                match new.plans.iter_mut().find(same) {
                    Some(known) => known.days.clone_from(&plan.days),
                    None => new.plans.push(plan.clone()),
                }
            }
            Act::Untry { item, nickname } => {
                new.plans.retain(|it| it.item != *item || it.nickname != *nickname);
            }
            Act::Log(line) => {
                new.log.insert(line.trimmed());
            }
            Act::ChangeLog { note, into } => {
                new.log.retain(|it| it.note != *note);
                new.log.insert(into.trimmed());
            }
            Act::Unlog(note) => new.log.retain(|it| it.note != *note),
            Act::Import(number) => new.bring_back(*number),
            Act::CopyKept => new.copy_kept = true,
            Act::Erase | Act::StartAfresh => new = Self::default(),
            Act::ChangeKey | Act::Reopen => {}
        }
        new
    }

    fn shelve(&mut self, items: &[String]) {
        for item in items {
            if !self.shelf.contains(item) {
                self.shelf.push(item.clone());
            }
        }
    }

    /// Gives what belongs to `nickname` to `other`.
    fn call(&mut self, nickname: &str, other: Option<&String>) {
        let rename = |it: &mut Option<String>| {
            if it.as_deref() == Some(nickname) {
                *it = other.cloned();
            }
        };
        rename(&mut self.chosen);
        self.plans.iter_mut().for_each(|it| rename(&mut it.nickname));
        let log = std::mem::take(&mut self.log).into_iter();
        self.log = log.map(|mut it| (rename(&mut it.nickname), it).1).collect();
    }

    fn bring_back(&mut self, number: u64) {
        let nickname = format!("imported-{number:x}");
        let items: Vec<String> = (0..3).map(|it| format!("imported-{number:x}-{it}")).collect();
        self.shelve(&items);
        self.lists.push((nickname.clone(), items.clone()));
        let of = |item: &String| Plan {
            item: item.clone(),
            nickname: Some(nickname.clone()),
            days: BTreeSet::from(["wed".to_owned()]),
        };
        self.plans.extend(items.iter().take(2).map(of));
        self.log.extend((0..LINES).filter_map(|line| {
            Some(Line {
                note: format!("imported-{number:x}-{line}"),
                item: items[0].clone(),
                nickname: Some(nickname.clone()),
                on: NaiveDate::from_ymd_opt(2026, 11, 2)?,
                result: "helped".to_owned(),
                who: "Grandad".to_owned(),
            })
        }));
        self.people.push(Person { nickname, class: false, ages: Some((3, 6)), at_school: true });
        self.waiting.push(format!("{number:032x}"));
    }
}

impl Line {
    /// Space at the ends of a text is nobody's.
    fn trimmed(&self) -> Self {
        Self { note: self.note.trim().to_owned(), who: self.who.trim().to_owned(), ..self.clone() }
    }
}

/// How many lines of the log a copy holds.
const LINES: u64 = 20;

/// A plain copy that another phone might have written, unlike that of every other number: a child, three saved items in a
/// list, two plans, twenty lines of the log, an enquiry that waits.
pub fn copy(number: u64) -> Value {
    let name = format!("imported-{number:x}");
    let id = format!("{number:032x}");
    let item = |it: u64| format!("{name}-{it}");
    let at = MORNING;
    json!({
        "format": "otsupport-family",
        "version": 1,
        "profiles": [{
            "id": id, "nickname": name, "kind": "child", "age": {"band": {"from": 3, "to": 6}},
            "settings": ["school"], "changed_at": at
        }],
        "shelf": (0..3).map(|it| json!({"item": item(it), "saved_at": at, "seen": null})).collect::<Vec<_>>(),
        "lists": [{"id": id, "name": name, "items": [item(0), item(1), item(2)], "changed_at": at}],
        "plans": (0..2).map(|it| json!({
            "item": item(it), "title": "Imported", "profile": id, "days": ["wed"], "since": "2026-11-01", "changed_at": at
        })).collect::<Vec<_>>(),
        "log": (0..LINES).map(|line| json!({
            "id": format!("{number:016x}{line:016x}"), "item": item(0), "title": "Imported", "profile": id, "on": "2026-11-02",
            "result": "helped", "who": "Grandad", "note": item(line), "changed_at": at
        })).collect::<Vec<_>>(),
        "preferences": {"view": "family", "profile": null, "changed_at": null},
        "waiting": [{"id": id, "sealed": "c2VhbGVk"}],
    })
}

fn day_word(day: Day) -> String {
    day.name()[..3].to_lowercase()
}

fn id(item: &str) -> Result<ItemId, HubError> {
    item.parse().map_err(|_| HubError::NotFound { code: "not-found".to_owned(), id: item.to_owned() })
}

fn ids(items: &[String]) -> Result<Vec<ItemId>, HubError> {
    items.iter().map(|it| id(it)).collect()
}

fn known(hub: &SupportHub, nickname: &str) -> Result<ProfileId, HubError> {
    let found = hub.profiles()?.into_iter().find(|it| it.nickname.as_str() == nickname);
    let field = || HubError::Invalid { code: "invalid-profile".to_owned(), field: "profile".to_owned() };
    found.map(|it| it.id).ok_or_else(field)
}

fn perhaps(hub: &SupportHub, nickname: &Option<String>) -> Result<Option<ProfileId>, HubError> {
    nickname.as_deref().map(|it| known(hub, it)).transpose()
}

/// The lines with this note.
fn written(hub: &SupportHub, note: &str) -> Result<Vec<Entry>, HubError> {
    let mut lines = hub.entries(NaiveDate::MIN, NaiveDate::MAX)?;
    lines.retain(|it| it.note.as_ref().is_some_and(|it| it.as_str() == note.trim()));
    Ok(lines)
}
