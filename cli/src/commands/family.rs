//! What the family keeps: lists, profiles, plans, the log and the record.

use std::process::ExitCode;

use otsupport_core::strategies::{
    Age, EntryId, List, ListName, LogRequest, Nickname, Profile, ProfileId, ProfileKind, ProfileRequest,
    RecordRequest, TryRequest,
};
use otsupport_core::{HubError, SupportHub};
use serde_json::json;

use super::{Failure, print};
use crate::arguments::{FamilyCommand, Format, Global, ProfileCommand, ProfileFields, RecordFields, ids};
use crate::{paint, words};

pub(super) fn run(global: &Global, hub: &SupportHub, command: FamilyCommand) -> Result<ExitCode, Failure> {
    let ids = |typed: &[String]| ids(typed).map_err(|id| Failure(words::not_found(&id)));
    let id = |typed: String| Ok::<_, Failure>(ids(&[typed])?.swap_remove(0));
    match command {
        FamilyCommand::Lists => lists(global, &hub.lists()?),
        FamilyCommand::List { name, ids: typed } => {
            hub.put_list(&name, &ids(&typed)?)?;
            lists(global, &hub.lists()?);
        }
        FamilyCommand::Unlist { name } => {
            let lists_before = hub.lists()?;
            let typed = ListName::try_from(name.clone()).ok();
            let list =
                lists_before.iter().find(|it| typed.as_ref().is_some_and(|typed| it.name.is_same(typed)));
            hub.remove_list(&list.ok_or_else(|| Failure(words::no_such_list(&name)))?.id)?;
            lists(global, &hub.lists()?);
        }
        FamilyCommand::Profiles => profiles(global, hub)?,
        FamilyCommand::Profile(command) => {
            profile(hub, command)?;
            profiles(global, hub)?;
        }
        FamilyCommand::Try { id: typed, days, profile } => {
            let days = days.into_iter().map(Into::into).collect();
            let item = id(typed)?;
            let week = with(hub, profile, |profile| hub.try_this_week(&TryRequest { item, profile, days }))?;
            print(global, &week, || paint::week(&week));
        }
        FamilyCommand::Untry { id: typed, profile } => {
            let profile = profile.map(|it| known(hub, &it)).transpose()?;
            let week = hub.stop_trying(&id(typed)?, profile.map(|it| it.id).as_ref())?;
            print(global, &week, || paint::week(&week));
        }
        FamilyCommand::Week => {
            let week = hub.week()?;
            print(global, &week, || paint::week(&week));
        }
        FamilyCommand::Log { id: typed, result, on, who, profile, note, change } => {
            let item = id(typed)?;
            let logged = with(hub, profile, |profile| {
                let request = LogRequest { item, profile, on, result: result.into(), who, note };
                match &change {
                    None => hub.log(&request),
                    Some(entry) => hub.change_log(entry, &request),
                }
            })?;
            print(global, &logged, || paint::logged(&logged));
        }
        FamilyCommand::Unlog { entry } => {
            hub.unlog(&existing(hub, entry.clone())?)?;
            print(global, &json!({ "removed": entry }), || "That line is gone.\n".to_owned());
        }
        FamilyCommand::Record(fields) => record(global, hub, fields)?,
        FamilyCommand::View { view } => {
            let preferences = match view {
                None => hub.preferences()?,
                Some(view) => hub.set_view(view.into())?,
            };
            print(global, &json!({ "view": preferences.view }), || words::view(preferences.view).to_owned());
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn record(global: &Global, hub: &SupportHub, fields: RecordFields) -> Result<(), Failure> {
    let profile = fields.profile.map(|it| known(hub, &it)).transpose()?;
    let request = RecordRequest {
        from: fields.from,
        to: fields.to,
        profile: profile.map(|it| it.id),
        names: !fields.no_names,
        who: !fields.no_who,
        notes: fields.notes,
        lines_out: fields.leave_out.into_iter().collect(),
        notes_out: fields.leave_out_note.into_iter().collect(),
        who_out: fields.leave_out_who.into_iter().collect(),
    };
    let document = |format: &str, text: String| {
        print(global, &json!({ "format": format, "document": text }), || text.clone());
    };
    match fields.format {
        Some(Format::Csv) => document("csv", hub.record_csv(&request)?),
        Some(Format::Html) => document("html", hub.record_html(&request)?),
        Some(Format::Json) => {
            let record = hub.record(&request)?;
            let text = serde_json::to_string_pretty(&record).unwrap_or_default();
            print(global, &record, || text + "\n");
        }
        None => {
            let record = hub.record(&request)?;
            print(global, &record, || paint::record(&record));
        }
    }
    Ok(())
}

fn profile(hub: &SupportHub, command: ProfileCommand) -> Result<(), Failure> {
    match command {
        ProfileCommand::Add { nickname, fields } => {
            hub.add_profile(&request(nickname, fields))?;
        }
        ProfileCommand::Change { nickname, rename, fields } => {
            let profile = known(hub, &nickname)?;
            let nickname = rename.unwrap_or_else(|| profile.nickname.as_str().to_owned());
            hub.change_profile(&profile.id, &request(nickname, fields))?;
        }
        ProfileCommand::Choose { nickname } => {
            let profile = nickname.map(|it| known(hub, &it)).transpose()?;
            hub.choose_profile(profile.map(|it| it.id).as_ref())?;
        }
        ProfileCommand::Remove { nickname, with_log } => {
            hub.remove_profile(&known(hub, &nickname)?.id, with_log)?;
        }
    }
    Ok(())
}

fn request(nickname: String, fields: ProfileFields) -> ProfileRequest {
    ProfileRequest {
        nickname,
        kind: if fields.class { ProfileKind::Class } else { ProfileKind::Child },
        age: fields.ages.or(fields.born.map(Age::Born)),
        settings: fields.settings.into_iter().map(Into::into).collect(),
    }
}

/// Does something with the child of this nickname. One of a new name is added, unless it fails: a slip of the pen makes nobody.
fn with<T>(
    hub: &SupportHub,
    nickname: Option<String>,
    work: impl FnOnce(Option<ProfileId>) -> Result<T, HubError>,
) -> Result<T, Failure> {
    let Some(nickname) = nickname else { return Ok(work(None)?) };
    if let Some(profile) = find(hub, &nickname)? {
        return Ok(work(Some(profile.id))?);
    }
    let request = ProfileRequest {
        nickname: nickname.clone(),
        kind: ProfileKind::Child,
        age: None,
        settings: Default::default(),
    };
    let profile = hub.add_profile(&request)?;
    let done = work(Some(profile.id.clone()));
    match &done {
        Ok(_) => anstream::eprintln!("otsupport: {} is new here and was added", profile.nickname.as_str()),
        Err(_) => hub.remove_profile(&profile.id, false)?,
    }
    Ok(done?)
}

pub(super) fn known(hub: &SupportHub, nickname: &str) -> Result<Profile, Failure> {
    find(hub, nickname)?.ok_or_else(|| Failure(words::nobody_called(nickname)))
}

fn find(hub: &SupportHub, nickname: &str) -> Result<Option<Profile>, Failure> {
    let typed = Nickname::try_from(nickname.to_owned()).ok();
    let is_meant = |it: &Profile| {
        typed.as_ref().is_some_and(|typed| it.nickname.is_same(typed)) || it.id.as_str() == nickname
    };
    Ok(hub.profiles()?.into_iter().find(is_meant))
}

/// A line of the log that is there.
fn existing(hub: &SupportHub, entry: EntryId) -> Result<EntryId, Failure> {
    let all = hub.entries(chrono::NaiveDate::MIN, chrono::NaiveDate::MAX)?;
    if all.iter().any(|it| it.id == entry) { Ok(entry) } else { Err(Failure(words::NO_SUCH_LINE.to_owned())) }
}

fn lists(global: &Global, lists: &[List]) {
    print(global, &json!({ "lists": lists }), || paint::lists(lists));
}

fn profiles(global: &Global, hub: &SupportHub) -> Result<(), Failure> {
    let (profiles, chosen) = (hub.profiles()?, hub.preferences()?.profile);
    print(global, &json!({ "profiles": profiles, "chosen": chosen }), || {
        paint::profiles(&profiles, chosen.as_ref())
    });
    Ok(())
}
