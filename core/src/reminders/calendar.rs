//! Reading iCalendar (RFC 5545) as Outlook, Google and Apple export it, as far as the bank needs it today: which events
//! a file holds, and that each is one.

use std::collections::BTreeMap;

/// The largest calendar file, in bytes.
pub const FILE_LIMIT: usize = 1 << 20;

/// All components of one UID.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CalendarEvent {
    /// Its UID.
    pub uid: String,
    /// Its SUMMARY, that of the series if there is one.
    pub title: String,
    /// The highest SEQUENCE of its components.
    pub sequence: u32,
    /// The line in the file on which it begins, from 1.
    pub line: usize,
    /// Unfolded content lines of each VEVENT, the series before its changed dates.
    pub components: Vec<String>,
}

/// What is wrong with a file, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CalendarFault {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, in plain words.
    pub what: String,
}

/// Reads the events of a calendar file, by UID.
///
/// # Errors
/// Every fault in the file.
pub fn read(text: &str) -> Result<Vec<CalendarEvent>, Vec<CalendarFault>> {
    if text.len() > FILE_LIMIT {
        return Err(vec![fault(1, "a calendar file holds at most 1 MB")]);
    }
    let lines = unfold(text.trim_start_matches('\u{feff}'));
    let mut faults = Vec::new();
    let mut events: BTreeMap<String, CalendarEvent> = BTreeMap::new();
    let mut open: Vec<(String, usize)> = Vec::new();
    let mut component: Vec<(usize, String)> = Vec::new();
    if lines.first().is_none_or(|(_, it)| !it.eq_ignore_ascii_case("BEGIN:VCALENDAR")) {
        faults.push(fault(1, "the file does not begin with BEGIN:VCALENDAR"));
    }
    for (number, line) in lines {
        let Some(property) = Property::split(&line) else {
            faults.push(fault(number, "not a line of iCalendar"));
            continue;
        };
        if property.name == "BEGIN" {
            open.push((property.value.to_ascii_uppercase(), number));
        }
        if open.get(1).is_some_and(|(kind, _)| kind == "VEVENT") {
            component.push((number, line.clone()));
        }
        if property.name == "END" {
            match open.pop() {
                Some((kind, _)) if kind.eq_ignore_ascii_case(property.value) => {
                    if open.len() == 1 && kind == "VEVENT" {
                        add(&mut events, &std::mem::take(&mut component), &mut faults);
                    }
                }
                _ => faults.push(fault(number, "END without its BEGIN")),
            }
        }
    }
    if let Some((kind, number)) = open.first() {
        faults.push(fault(*number, &format!("BEGIN:{kind} without its END")));
    }
    if faults.is_empty() { Ok(events.into_values().collect()) } else { Err(faults) }
}

fn add(
    events: &mut BTreeMap<String, CalendarEvent>,
    component: &[(usize, String)],
    faults: &mut Vec<CalendarFault>,
) {
    let Some((line, _)) = component.first() else {
        return;
    };
    let value = |name: &str| {
        component
            .iter()
            .filter_map(|(_, it)| Property::split(it))
            .find(|it| it.name == name)
            .map(|it| it.value.trim())
    };
    let Some(uid) = value("UID").filter(|it| !it.is_empty()) else {
        faults.push(fault(*line, "an event without UID"));
        return;
    };
    if value("DTSTART").is_none() {
        faults.push(fault(*line, "an event without DTSTART"));
    }
    let title = value("SUMMARY").filter(|it| !it.is_empty());
    if title.is_none() {
        faults.push(fault(*line, "an event without SUMMARY"));
    }
    let sequence = match value("SEQUENCE").map(str::parse) {
        None => 0,
        Some(Ok(sequence)) => sequence,
        Some(Err(_)) => {
            faults.push(fault(*line, "SEQUENCE is not a number"));
            0
        }
    };
    let text: Vec<&str> = component.iter().map(|(_, it)| it.as_str()).collect();
    let text = text.join("\n");
    let title = unescape(title.unwrap_or_default());
    let changed_date = value("RECURRENCE-ID").is_some();
    let event = events.entry(uid.to_owned()).or_insert_with(|| CalendarEvent {
        uid: uid.to_owned(),
        title: title.clone(),
        sequence,
        line: *line,
        components: Vec::new(),
    });
    event.sequence = event.sequence.max(sequence);
    if changed_date {
        event.components.push(text);
    } else if event.components.first().is_some_and(|it| !it.lines().any(|it| it.starts_with("RECURRENCE-ID")))
    {
        faults.push(fault(*line, "an event with this UID stands twice"));
    } else {
        event.title = title;
        event.components.insert(0, text);
    }
}

struct Property<'a> {
    name: String,
    value: &'a str,
}

impl<'a> Property<'a> {
    /// The name before the parameters and the value after the first colon outside quotation marks.
    fn split(line: &'a str) -> Option<Self> {
        let mut quoted = false;
        let colon = line.find(|c| {
            quoted ^= c == '"';
            c == ':' && !quoted
        })?;
        let name = line[..colon].split(';').next()?;
        let valid = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        valid.then(|| Self { name: name.to_ascii_uppercase(), value: &line[colon + 1..] })
    }
}

/// Content lines with their folds undone (RFC 5545, section 3.1) and the number of the line where each begins.
fn unfold(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (index, raw) in text.split('\n').enumerate() {
        let raw = raw.strip_suffix('\r').unwrap_or(raw);
        match (raw.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some((_, line))) => line.push_str(rest),
            _ if raw.is_empty() => {}
            _ => lines.push((index + 1, raw.to_owned())),
        }
    }
    lines
}

/// TEXT with its escapes undone (RFC 5545, section 3.3.11).
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match (c, c == '\\') {
            (_, true) => match characters.next() {
                Some('n' | 'N') => plain.push(' '),
                Some(other) => plain.push(other),
                None => {}
            },
            (c, false) => plain.push(c),
        }
    }
    plain
}

fn fault(line: usize, what: &str) -> CalendarFault {
    CalendarFault { line, what: what.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = "\u{feff}BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:a@x\r\nRECURRENCE-ID:20270108T100000Z\r\n\
        DTSTART:20270108T110000Z\r\nSUMMARY:Moved\r\nSEQUENCE:2\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:a@x\r\n\
        DTSTART:20270101T100000Z\r\nSUMMARY:Sleep\\, wor\r\n kshop\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

    #[test]
    fn the_series_comes_before_its_changed_dates() {
        let events = read(TWO).unwrap_or_default();
        assert_eq!(events.len(), 1);
        assert_eq!(events[0].title, "Sleep, workshop");
        assert_eq!(events[0].sequence, 2);
        assert!(events[0].components[0].contains("SUMMARY:Sleep"));
        assert!(events[0].components[1].contains("RECURRENCE-ID"));
    }

    #[test]
    fn faults_name_their_lines() {
        let text =
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20270101T100000Z\nSUMMARY:x\nEND:VEVENT\nnonsense\n";
        let faults = read(text).err().unwrap_or_default();
        let lines: Vec<usize> = faults.iter().map(|it| it.line).collect();
        assert_eq!(lines, [2, 6, 1]);
    }
}
