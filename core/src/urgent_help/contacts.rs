//! Whom to ring, text or tell where a person's words may mean that help is needed at once.

use otsupport_wire::snapshot::{HelpLevel, UrgentContact};

use crate::error::Error;
use crate::storage::{Bank, Reading};
use crate::strategies::{Help, View};

/// The service's contacts for all of these levels, those for the worst first; staff of a school are told of its safeguarding lead
/// before all others, and in an emergency after 999.
pub(crate) fn help(reading: &Reading<'_>, levels: &[HelpLevel], view: View) -> Result<Option<Help>, Error> {
    let Some((level, also)) = levels.split_first() else {
        return Ok(None);
    };
    let contacts: Vec<UrgentContact> = Bank::service(reading)?.urgent;
    let concerns = |contact: &UrgentContact, level| contact.levels.contains(level);
    let (mut first, rest): (Vec<_>, Vec<_>) = contacts.into_iter().partition(|it| concerns(it, level));
    if view == View::School && levels.contains(&HelpLevel::Safeguarding) {
        let at = if *level == HelpLevel::Emergency { first.len().min(1) } else { 0 };
        first.insert(at, safeguarding_lead());
    }
    let rest = rest.into_iter().filter(|it| also.iter().any(|level| concerns(it, level)));
    Ok(Some(Help { level: *level, also: also.to_vec(), contacts: first.into_iter().chain(rest).collect() }))
}

/// Keeping children safe in education, part one: staff tell the designated safeguarding lead at once, and call 999 where a child is in
/// immediate danger.
fn safeguarding_lead() -> UrgentContact {
    UrgentContact {
        id: "safeguarding-lead".to_owned(),
        name: "Your school's safeguarding lead".to_owned(),
        levels: vec![HelpLevel::Safeguarding],
        telephone: None,
        text: None,
        relay: None,
        hours: None,
        says: "Tell your safeguarding lead or their deputy now. If anyone is in danger now, call 999 first."
            .to_owned(),
    }
}
