//! `events/*.ics`: workshops, training sessions and drop-ins.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use otsupport_core::reminders::calendar::{self, CalendarEvent};
use otsupport_wire::TopicSlug;
use otsupport_wire::snapshot::Event;

use super::fault::Faults;
use super::folder::Folder;

/// How many times of a series are looked at.
const LOOKED_AT: usize = 500;

/// What an event may name.
pub(super) struct Names<'a> {
    pub(super) topics: &'a BTreeSet<TopicSlug>,
    /// The service's boroughs; empty where the service could not be read.
    pub(super) boroughs: &'a [String],
}

/// The events, and whether every file could be read.
pub(super) fn read(folder: &Folder, names: &Names<'_>, faults: &mut Faults) -> (Vec<Event>, bool) {
    let mut events: BTreeMap<String, Event> = BTreeMap::new();
    let mut whole = true;
    for file in folder.files("events", faults) {
        if !file.ends_with(".ics") {
            faults.fault(&file, 1, "only .ics files belong here");
            continue;
        }
        let Some(text) = folder.text(&file, faults) else {
            continue;
        };
        match calendar::read(&text.text) {
            Err(found) => {
                whole = false;
                found.into_iter().for_each(|it| faults.fault(&file, it.line, it.what));
            }
            Ok(found) => {
                for it in found {
                    if events.contains_key(&it.uid) {
                        faults.fault(&file, it.line, format!("the event `{}` stands in two files", it.uid));
                        continue;
                    }
                    check(&it, &file, names, faults);
                    let (sequence, components) = (it.sequence(), it.components());
                    events.insert(
                        it.uid.clone(),
                        Event { uid: it.uid, title: it.main.title, sequence, components },
                    );
                }
            }
        }
    }
    (events.into_values().collect(), whole)
}

fn check(event: &CalendarEvent, file: &str, names: &Names<'_>, faults: &mut Faults) {
    for component in std::iter::once(&event.main).chain(&event.changed) {
        for topic in
            component.topics.iter().filter(|it| !names.topics.iter().any(|slug| slug.as_str() == *it))
        {
            faults.fault(file, event.line, format!("there is no topic `{topic}`"));
        }
        let is_known = |it: &&String| names.boroughs.is_empty() || names.boroughs.contains(it);
        for borough in component.boroughs.iter().filter(|it| !is_known(it)) {
            faults.fault(file, event.line, format!("`{borough}` is not a borough of the service"));
        }
    }
    if !event.main.series.begins_by_rule() {
        let what =
            format!("`{}`: DTSTART is not a date of its RRULE; it takes place all the same", event.uid);
        faults.warning(file, event.line, what);
    }
    let skipped =
        event.occurrences(DateTime::<Utc>::MIN_UTC).take(LOOKED_AT).find(|it| it.start.is_skipped());
    if let Some(skipped) = skipped {
        let what = format!(
            "`{}`: the clocks skip this time on {}; it begins as much later",
            event.uid,
            skipped.start.day().format("%-d %B %Y")
        );
        faults.warning(file, event.line, what);
    }
}
