//! Calendars (RFC 5545): as Outlook, Google and Apple export them, as they travel in the bank, and as a family takes them along.

mod component;
mod lines;
mod occurrence;
mod times;
mod write;
mod zones;

use std::collections::BTreeMap;

pub use component::{Category, Component, Status};
pub use occurrence::Occurrence;
pub use times::Length;
pub(super) use times::units;
pub use write::write;

use lines::{Property, unfold};
use zones::Zones;

/// The largest calendar file, in bytes.
pub const FILE_LIMIT: usize = 1 << 20;

/// An event: all components of one UID.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CalendarEvent {
    /// Its UID.
    pub uid: String,
    /// The line in the file on which it begins, from 1.
    pub line: usize,
    /// The event, or the series.
    pub main: Component,
    /// The dates of a series that are unlike the others.
    pub changed: Vec<Component>,
}

/// What is wrong with a file, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CalendarFault {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, in plain words.
    pub what: String,
}

impl CalendarEvent {
    /// The highest SEQUENCE of its components.
    pub fn sequence(&self) -> u32 {
        self.changed.iter().map(|it| it.sequence).fold(self.main.sequence, u32::max)
    }

    /// Its components as unfolded content lines, the series first.
    pub fn components(&self) -> Vec<String> {
        std::iter::once(&self.main).chain(&self.changed).map(|it| it.lines(&self.uid).join("\n")).collect()
    }

    /// The event that travelled as these components; `None` if they are not one.
    pub fn of(components: &[String]) -> Option<Self> {
        let text = format!("BEGIN:VCALENDAR\n{}\nEND:VCALENDAR", components.join("\n"));
        read(&text).ok()?.into_iter().next()
    }
}

/// Reads the events of a calendar file, by UID.
///
/// # Errors
/// Every fault in the file.
pub fn read(text: &str) -> Result<Vec<CalendarEvent>, Vec<CalendarFault>> {
    if text.len() > FILE_LIMIT {
        return Err(vec![fault(1, "a calendar file holds at most 1 MB")]);
    }
    let mut faults = Vec::new();
    let blocks = blocks(text, &mut faults);
    let mut zones = Zones::default();
    blocks.iter().filter(|it| it.kind == "VTIMEZONE").for_each(|it| zones.add(&it.properties));
    let mut events: BTreeMap<String, Gathered> = BTreeMap::new();
    for block in blocks.iter().filter(|it| it.kind == "VEVENT") {
        let uid = block.properties.iter().find(|it| it.name == "UID").map(Property::text);
        let Some(uid) = uid.filter(|it| !it.is_empty()) else {
            faults.push(fault(block.line, "an event without UID"));
            continue;
        };
        let Some(component) = Component::read(block.line, &block.properties, &zones, &mut faults) else {
            continue;
        };
        let event = events.entry(uid).or_insert_with(|| Gathered { line: block.line, ..Gathered::default() });
        event.line = event.line.min(block.line);
        if component.replaces.is_some() {
            event.changed.push(component);
        } else if event.main.replace(component).is_some() {
            faults.push(fault(block.line, "an event with this UID stands twice"));
        }
    }
    let whole = events.into_iter().filter_map(|(uid, it)| it.whole(uid, &mut faults)).collect();
    if faults.is_empty() { Ok(whole) } else { Err(faults) }
}

/// What a file holds of one UID.
#[derive(Default)]
struct Gathered {
    line: usize,
    main: Option<Component>,
    changed: Vec<Component>,
}

impl Gathered {
    fn whole(self, uid: String, faults: &mut Vec<CalendarFault>) -> Option<CalendarEvent> {
        let Some(main) = self.main else {
            // Where a fault was found in the series, that is told already.
            if faults.is_empty() {
                faults.push(fault(self.line, "RECURRENCE-ID of a series that is not in the file"));
            }
            return None;
        };
        let mut changed: Vec<Component> = Vec::new();
        for component in self.changed {
            let of_same = changed.iter().position(|it| it.replaces == component.replaces);
            match of_same {
                // A lower SEQUENCE than the one held is ignored (R4).
                Some(place) if changed[place].sequence > component.sequence => {}
                Some(place) => changed[place] = component.with_ours_of(&main),
                None => changed.push(component.with_ours_of(&main)),
            }
        }
        Some(CalendarEvent { uid, line: self.line, main, changed })
    }
}

/// A VEVENT or VTIMEZONE as it stands.
struct Block {
    kind: String,
    line: usize,
    properties: Vec<Property>,
}

/// The blocks right within the calendar. Of a VEVENT only its own properties are kept, not those of its alarms.
fn blocks(text: &str, faults: &mut Vec<CalendarFault>) -> Vec<Block> {
    let lines = unfold(text);
    let mut blocks: Vec<Block> = Vec::new();
    let mut open: Vec<(String, usize)> = Vec::new();
    if lines.first().is_none_or(|(_, it)| !it.eq_ignore_ascii_case("BEGIN:VCALENDAR")) {
        faults.push(fault(1, "the file does not begin with BEGIN:VCALENDAR"));
    }
    for (number, line) in lines {
        let Some(property) = Property::read(number, &line) else {
            faults.push(fault(number, "not a line of iCalendar"));
            continue;
        };
        match property.name.as_str() {
            "BEGIN" => {
                let kind = property.value.to_ascii_uppercase();
                if open.len() == 1 {
                    blocks.push(Block { kind: kind.clone(), line: number, properties: Vec::new() });
                }
                open.push((kind, number));
            }
            "END" => match open.pop() {
                Some((kind, _)) if kind.eq_ignore_ascii_case(&property.value) => continue,
                _ => faults.push(fault(number, "END without its BEGIN")),
            },
            _ => {}
        }
        let is_inner = open.len() > 2;
        if let Some(block) =
            blocks.last_mut().filter(|it| open.len() > 1 && !(is_inner && it.kind == "VEVENT"))
        {
            block.properties.push(property);
        }
    }
    if let Some((kind, number)) = open.first() {
        faults.push(fault(*number, &format!("BEGIN:{kind} without its END")));
    }
    blocks
}

fn fault(line: usize, what: &str) -> CalendarFault {
    CalendarFault { line, what: what.to_owned() }
}
