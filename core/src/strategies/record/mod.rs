//! The strategy record: what services ask for before they see a child. Which strategies were practised, when, how often, with
//! whom, how it went, and what comes next; written by the family, and readable by somebody who has never seen the app.

mod page;
mod table;

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use otsupport_wire::snapshot::{Contact, Service, ServiceStatus};
use serde::Serialize;

use super::currency::Freshness;
use super::ids::{EntryId, ProfileId};
use super::log::{Entry, PracticeResult};
use super::plan::{Day, Plan};
use super::profile::{Profile, ProfileKind};
use super::warnings::{Warnings, warnings};
use crate::error::Error;
use crate::storage::{Bank, FamilyStore, Reading};

/// How many days a record covers if nobody says: the twelve weeks that record forms ask for.
const USUAL_DAYS: u64 = 84;

/// What goes into a record. What is left out here is in none of its forms.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordRequest {
    /// The first day; absent means twelve weeks up to `to`.
    pub from: Option<NaiveDate>,
    /// The last day; absent means today.
    pub to: Option<NaiveDate>,
    /// One child or class only.
    pub profile: Option<ProfileId>,
    /// Whether nicknames are in it. Without them several children are told apart by numbers.
    pub names: bool,
    /// Whether it says who was there.
    pub who: bool,
    /// Whether notes are in it.
    pub notes: bool,
    /// Lines that are left out.
    pub lines_out: BTreeSet<EntryId>,
    /// Lines whose note is left out.
    pub notes_out: BTreeSet<EntryId>,
    /// Lines that do not say who was there.
    pub who_out: BTreeSet<EntryId>,
}

impl Default for RecordRequest {
    fn default() -> Self {
        Self {
            from: None,
            to: None,
            profile: None,
            names: true,
            who: true,
            // Notes are the family's own unless they choose otherwise.
            notes: false,
            lines_out: BTreeSet::new(),
            notes_out: BTreeSet::new(),
            who_out: BTreeSet::new(),
        }
    }
}

/// A record: the preview of what leaves the phone, and the source of each of its forms.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Record {
    /// Always "the family".
    pub written_by: &'static str,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// The day on which it was made.
    pub made_on: NaiveDate,
    /// The service whose strategies these are; empty before the first bank.
    pub service: String,
    /// How to reach it.
    pub contact: Contact,
    /// Whether the bank is for showing only, not clinical advice.
    pub demonstration: bool,
    /// What was practised, child by child.
    pub strategies: Vec<Practised>,
}

/// One strategy as it was practised with one child.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Practised {
    /// With whom: a nickname, or "Child 2" where names are left out and there are several.
    pub child: Option<String>,
    /// The strategy, with what goes along with it wherever it goes.
    #[serde(flatten)]
    pub strategy: Warnings,
    /// How many lines there are.
    pub times: usize,
    /// On how many days.
    pub days: usize,
    /// The first of them.
    pub first: NaiveDate,
    /// The last of them.
    pub last: NaiveDate,
    /// Who was there, each once.
    pub who: Vec<String>,
    /// How often it went how.
    pub results: Results,
    /// What comes next.
    pub next: Next,
    /// The lines, by day.
    pub lines: Vec<Line>,
}

/// How often it went how.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Results {
    /// It helped.
    pub helped: usize,
    /// It helped in part.
    pub partly: usize,
    /// It did not help that time.
    pub not: usize,
    /// They stopped.
    pub stopped: usize,
}

/// What comes next.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Next {
    /// It is planned on these days.
    GoingOn {
        /// Which.
        days: BTreeSet<Day>,
    },
    /// It was stopped.
    Stopped {
        /// When.
        on: NaiveDate,
    },
    /// Nothing is planned.
    NothingPlanned,
    /// The service has withdrawn it, or no longer lists it: it is not to go on without asking.
    AskTheService,
}

/// One line of a record.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Line {
    /// The log entry's id, by which it can be left out.
    pub id: EntryId,
    /// When.
    pub on: NaiveDate,
    /// How it went.
    pub result: PracticeResult,
    /// Who was there.
    pub who: Option<String>,
    /// A few words.
    pub note: Option<String>,
}

impl Record {
    /// The record for a spreadsheet: a row for each line (RFC 4180).
    pub(crate) fn csv(&self) -> Result<String, Error> {
        table::csv(self)
    }

    /// The record as a page that prints on A4 and needs nothing else.
    pub(crate) fn html(&self) -> String {
        page::html(self)
    }
}

/// Makes a record of what was logged.
pub(crate) fn record(
    bank: &Reading<'_>,
    family: &FamilyStore,
    request: &RecordRequest,
    freshness: &Freshness,
    today: NaiveDate,
) -> Result<Record, Error> {
    let to = request.to.unwrap_or(today);
    let from = request.from.unwrap_or(to.checked_sub_days(Days::new(USUAL_DAYS - 1)).unwrap_or(to));
    if from > to {
        return Err(Error::Invalid("from"));
    }
    let made = family
        .read(|reading| Ok(Made { profiles: reading.all()?, plans: reading.all()?, log: reading.all()? }))?;
    if let Some(id) = &request.profile
        && !made.profiles.iter().any(|it| it.id == *id)
    {
        return Err(Error::Invalid("profile"));
    }
    let Service { name, status, contact, .. } = Bank::service(bank)?;
    let mut strategies = Vec::new();
    for group in groups(&made, request, from, to) {
        let latest = group.lines.last().map_or("", |it| it.title.as_str());
        let strategy = warnings(bank, &group.lines[0].item, latest, freshness)?;
        strategies.push(practised(&group, strategy, &made.plans, request));
    }
    Ok(Record {
        written_by: "the family",
        from,
        to,
        made_on: today,
        service: name,
        contact,
        demonstration: status == ServiceStatus::Demonstration,
        strategies,
    })
}

/// What the family made that a record is made of.
struct Made {
    profiles: Vec<Profile>,
    plans: Vec<Plan>,
    log: Vec<Entry>,
}

/// The lines about one strategy with one child, by day; at least one.
struct Group<'a> {
    child: Option<String>,
    lines: Vec<&'a Entry>,
}

/// The lines that are in the record, in groups: by child in the family's order, then by first day.
fn groups<'a>(made: &'a Made, request: &RecordRequest, from: NaiveDate, to: NaiveDate) -> Vec<Group<'a>> {
    let mut lines: Vec<&Entry> = made
        .log
        .iter()
        .filter(|it| (from..=to).contains(&it.on) && !request.lines_out.contains(&it.id))
        .filter(|it| request.profile.is_none() || it.profile == request.profile)
        .collect();
    lines.sort_by_key(|it| it.on);
    let rank = |entry: &Entry| {
        made.profiles
            .iter()
            .position(|it| Some(&it.id) == entry.profile.as_ref())
            .unwrap_or(made.profiles.len())
    };
    let mut groups: Vec<(usize, Vec<&Entry>)> = Vec::new();
    for line in lines {
        let child = rank(line);
        match groups.iter_mut().find(|(it, lines)| *it == child && lines[0].item == line.item) {
            Some((_, lines)) => lines.push(line),
            None => groups.push((child, vec![line])),
        }
    }
    groups.sort_by_key(|(child, _)| *child);
    let ranks: BTreeSet<usize> = groups.iter().map(|(it, _)| *it).collect();
    let name = |rank: usize| {
        let profile = made.profiles.get(rank)?;
        if request.names {
            return Some(profile.nickname.as_str().to_owned());
        }
        // Without names, several are told apart all the same.
        let number = ranks.iter().position(|it| *it == rank)? + 1;
        let word = if profile.kind == ProfileKind::Class { "Class" } else { "Child" };
        (ranks.len() > 1).then(|| format!("{word} {number}"))
    };
    groups.into_iter().map(|(rank, lines)| Group { child: name(rank), lines }).collect()
}

fn practised(group: &Group<'_>, strategy: Warnings, plans: &[Plan], request: &RecordRequest) -> Practised {
    let lines: Vec<Line> = group.lines.iter().map(|it| line(it, request)).collect();
    let mut results = Results::default();
    let mut who: Vec<String> = Vec::new();
    for line in &lines {
        match line.result {
            PracticeResult::Helped => results.helped += 1,
            PracticeResult::Partly => results.partly += 1,
            PracticeResult::Not => results.not += 1,
            PracticeResult::Stopped => results.stopped += 1,
        }
        who.extend(line.who.clone().filter(|it| !who.contains(it)));
    }
    let (first, last) = (group.lines[0], group.lines[group.lines.len() - 1]);
    Practised {
        child: group.child.clone(),
        next: next(last, &strategy, plans),
        strategy,
        times: lines.len(),
        days: lines.iter().map(|it| it.on).collect::<BTreeSet<_>>().len(),
        first: first.on,
        last: last.on,
        who,
        results,
        lines,
    }
}

fn next(last: &Entry, strategy: &Warnings, plans: &[Plan]) -> Next {
    if strategy.review.is_none() || strategy.is_withdrawn() {
        return Next::AskTheService;
    }
    match plans.iter().find(|it| it.is_of(&last.item, &last.profile)) {
        Some(plan) => Next::GoingOn { days: plan.days.clone() },
        None if last.result == PracticeResult::Stopped => Next::Stopped { on: last.on },
        None => Next::NothingPlanned,
    }
}

fn line(entry: &Entry, request: &RecordRequest) -> Line {
    let who = entry.who.as_ref().filter(|_| request.who && !request.who_out.contains(&entry.id));
    let note = entry.note.as_ref().filter(|_| request.notes && !request.notes_out.contains(&entry.id));
    Line {
        id: entry.id.clone(),
        on: entry.on,
        result: entry.result,
        who: who.map(|it| it.as_str().to_owned()),
        note: note.map(|it| it.as_str().to_owned()),
    }
}
