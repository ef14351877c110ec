//! `service.yaml`: who offers the bank.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use otsupport_wire::snapshot::{Contact, HelpLevel, Service, ServiceStatus, UrgentContact};

use super::fault::Faults;
use super::folder::Folder;
use super::yaml::{self, Fields, Node, Value, Word};

const FILE: &str = "service.yaml";

pub(super) fn read(folder: &Folder, now: DateTime<Utc>, faults: &mut Faults) -> Option<Service> {
    let text = folder.text(FILE, faults)?;
    let node = yaml::parse(FILE, 1, &text.text, faults)?;
    let mut fields = Fields::of(FILE, &node, faults);
    let status = fields.parsed("status", "one of demonstration, live", faults).map(|Word(it)| it);
    let holidays_line = fields.node("bank_holidays").map_or(fields.line, |it| it.line);
    let service = Service {
        status: status.unwrap_or(ServiceStatus::Demonstration),
        name: fields.text("name", faults),
        boroughs: fields.texts("boroughs", faults),
        contact: contact(&mut fields, faults),
        reply_days: fields.parsed("reply_days", "a number of working days", faults).unwrap_or_default(),
        bank_holidays: fields.list_of("bank_holidays", "a day as 2027-12-25", faults),
        urgent: urgent(&mut fields, faults),
        languages: fields.list_of("languages", "a language as en, fr or zh-Hant", faults),
        unchecked_after_days: fields
            .parsed("unchecked_after_days", "a number of days", faults)
            .unwrap_or_default(),
        privacy: fields.text("privacy", faults),
        explained: explained(&mut fields, faults),
        // Of the key folder, not of the content.
        keys: None,
    };
    fields.end(faults);
    let last = service.bank_holidays.iter().max().copied().unwrap_or(NaiveDate::MIN);
    if now.date_naive().checked_add_days(Days::new(365)).is_some_and(|year| last < year) {
        faults.warning(FILE, holidays_line, "the bank holidays end within 12 months");
    }
    Some(service)
}

fn contact(fields: &mut Fields<'_>, faults: &mut Faults) -> Contact {
    let Some(node) = fields.required("contact", faults) else {
        return Contact::default();
    };
    let mut fields = Fields::of(FILE, node, faults);
    let contact = Contact {
        telephone: fields.text("telephone", faults),
        email: fields.text("email", faults),
        hours: fields.text("hours", faults),
    };
    fields.end(faults);
    contact
}

fn urgent(fields: &mut Fields<'_>, faults: &mut Faults) -> Vec<UrgentContact> {
    let nodes = fields.list("urgent", faults);
    let contacts: Vec<UrgentContact> = nodes.iter().map(|it| urgent_contact(it, faults)).collect();
    if !contacts.iter().any(|it| it.levels.contains(&HelpLevel::Emergency)) {
        faults.fault(FILE, fields.line, "`urgent` names nobody for an emergency");
    }
    contacts
}

fn urgent_contact(node: &Node, faults: &mut Faults) -> UrgentContact {
    const LEVELS: &str = "one of emergency, urgent, self-harm, safeguarding";
    let mut fields = Fields::of(FILE, node, faults);
    let contact = UrgentContact {
        id: fields.text("id", faults),
        name: fields.text("name", faults),
        levels: fields.list_of("levels", LEVELS, faults).into_iter().map(|Word(it)| it).collect(),
        telephone: fields.optional("telephone", faults),
        text: fields.optional("text", faults),
        relay: fields.optional("relay", faults),
        hours: fields.optional("hours", faults),
        says: fields.text("says", faults),
    };
    if contact.levels.is_empty() {
        faults.fault(FILE, fields.line, format!("`levels` is missing: {LEVELS}"));
    }
    if contact.telephone.is_none() && contact.text.is_none() {
        faults.fault(FILE, fields.line, "a contact needs `telephone` or `text`");
    }
    fields.end(faults);
    contact
}

/// Words that the bank explains, with their explanations.
fn explained(fields: &mut Fields<'_>, faults: &mut Faults) -> BTreeMap<String, String> {
    let Some(node) = fields.node("explained") else {
        return BTreeMap::new();
    };
    let Value::Map(map) = &node.value else {
        faults.fault(FILE, node.line, "`explained` lists words as `word: explanation`");
        return BTreeMap::new();
    };
    map.iter()
        .filter_map(|(word, line, explanation)| match &explanation.value {
            Value::Text(text) => Some((word.clone(), text.split_whitespace().collect::<Vec<_>>().join(" "))),
            _ => {
                faults.fault(FILE, *line, format!("`{word}` has no explanation"));
                None
            }
        })
        .collect()
}
