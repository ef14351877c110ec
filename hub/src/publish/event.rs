//! `events/*.ics`: workshops, training sessions and drop-ins.

use std::collections::BTreeMap;

use otsupport_core::reminders::calendar;
use otsupport_wire::snapshot::Event;

use super::fault::Faults;
use super::folder::Folder;

/// The events, and whether every file could be read.
pub(super) fn read(folder: &Folder, faults: &mut Faults) -> (Vec<Event>, bool) {
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
                    let event = Event {
                        uid: it.uid,
                        title: it.title,
                        sequence: it.sequence,
                        components: it.components,
                    };
                    events.insert(event.uid.clone(), event);
                }
            }
        }
    }
    (events.into_values().collect(), whole)
}
