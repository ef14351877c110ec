//! A family follows an event, and the service changes it: over a real hub, with the phone shut in between.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::Arc;

use otsupport_core::SupportHub;
use otsupport_core::platform::FileKey;
use otsupport_core::reminders::planner::{NotificationKind, ReminderPreferences};
use otsupport_core::reminders::{EventFilter, EventStatus, EventView, PhoneState, Wanted};
use otsupport_hub::embedded::EmbeddedHub;
use otsupport_tests::content_folder::small;
use otsupport_tests::phone::{Phone, sync};
use otsupport_tests::site::{MORNING, Publisher, instant};

const FILE: &str = "events/drop-in.ics";
const UID: &str = "drop-in@otsupport.example";
const PHONE: PhoneState = PhoneState {
    zone: otsupport_core::reminders::SERVICE_ZONE,
    permitted: true,
    limit: 64,
    gives_late: false,
    afresh: false,
    arms: true,
};

struct Scene {
    publisher: Publisher,
    phone: Phone,
}

impl Scene {
    /// A family with reminders on that follows the drop-in.
    fn following() -> Self {
        let publisher = small().unwrap();
        publisher.publish(MORNING).unwrap();
        let phone = Phone::new(publisher.root().unwrap()).unwrap();
        let scene = Self { publisher, phone };
        let open = scene.synced();
        open.follow(UID).unwrap();
        open.choose_reminders(&ReminderPreferences { notify: true, ..ReminderPreferences::default() })
            .unwrap();
        open.close();
        scene
    }

    fn synced(&self) -> SupportHub {
        let hub = EmbeddedHub::start(&self.publisher.site()).unwrap();
        let open = self.phone.open().unwrap();
        sync(&open, hub.address()).unwrap();
        open
    }

    /// Publishes an edit at an instant, and brings the phone there.
    fn publish(&mut self, now: &str, from: &str, to: &str) {
        self.publisher.edit(FILE, "SEQUENCE:", "SEQUENCE:1").unwrap();
        self.publisher.edit(FILE, from, to).unwrap();
        self.publisher.publish(now).unwrap();
        self.phone.now = now.to_owned();
    }
}

fn reminders(open: &SupportHub) -> Vec<String> {
    let plan = open.plan_reminders(PHONE).unwrap();
    plan.notifications
        .iter()
        .map(|it| format!("{} {}", it.at.format("%m-%dT%H:%M"), it.kind.as_str()))
        .collect()
}

fn event(open: &SupportHub) -> EventView {
    let filter = EventFilter { uid: Some(UID.to_owned()), ..EventFilter::default() };
    open.events(&filter, PHONE).unwrap().swap_remove(0)
}

#[test]
fn a_move_is_told_once_and_its_old_reminders_are_withdrawn() {
    let mut scene = Scene::following();
    scene.phone.now = "2027-01-20T09:00:00Z".to_owned();
    let open = scene.phone.open().unwrap();
    let plan = open.plan_reminders(PHONE).unwrap();
    assert_eq!(reminders(&open), ["02-02T19:00 event", "02-03T17:00 event"]);
    assert!(
        plan.notifications.iter().all(|it| it.checked_at == Some(instant(MORNING))),
        "how old the news is"
    );
    open.note_armed(&plan, PHONE).unwrap();
    assert!(open.plan_reminders(PHONE).unwrap().arm.is_empty(), "planning again arms nothing");
    open.close();

    scene.publish(
        "2027-01-21T12:00:00Z",
        "DTSTART;TZID=Europe/London:20270203T190000",
        "DTSTART;TZID=Europe/London:20270203T180000",
    );
    let open = scene.synced();
    let plan = open.plan_reminders(PHONE).unwrap();
    assert_eq!(reminders(&open), ["01-21T12:00 change", "02-02T18:00 event", "02-03T16:00 event"]);
    assert_eq!((plan.arm.len(), plan.disarm.len()), (3, 2));
    let notices = open.notices().unwrap();
    assert_eq!(notices.len(), 1);
    let told = notices[0].event.as_ref().unwrap();
    assert_eq!((told.uid.as_str(), told.differences.len()), (UID, 1));
    assert_eq!(told.differences[0].was.begins, instant("2027-02-03T19:00:00Z"));
    assert_eq!(told.differences[0].is.as_ref().unwrap().begins, instant("2027-02-03T18:00:00Z"));
    assert_eq!(event(&open).start, instant("2027-02-03T18:00:00Z"));
    open.note_armed(&plan, PHONE).unwrap();
    open.close();

    // Neither a start nor a sync without news says it again.
    scene.phone.now = "2027-01-21T13:00:00Z".to_owned();
    let open = scene.synced();
    assert_eq!(open.notices().unwrap().len(), 1);
    assert_eq!(reminders(&open), ["02-02T18:00 event", "02-03T16:00 event"]);
}

#[test]
fn two_changes_of_one_night_are_one_notice_although_the_app_was_ended_before_it_armed_the_second() {
    for gives_late in [false, true] {
        let phone = PhoneState { gives_late, ..PHONE };
        let mut scene = Scene::following();
        scene.publish("2027-01-21T23:00:00Z", "SUMMARY:", "LOCATION:Upstairs\nSUMMARY:");
        let open = scene.synced();
        let plan = open.plan_reminders(phone).unwrap();
        open.note_armed(&plan, phone).unwrap();
        let key = plan.arm.iter().find(|it| it.kind == NotificationKind::Change).unwrap().key.clone();
        open.close();
        scene.publisher.edit(FILE, "SEQUENCE:1", "SEQUENCE:11").unwrap();
        scene.publisher.edit(FILE, "Upstairs", "Downstairs").unwrap();
        scene.publisher.publish("2027-01-21T23:30:00Z").unwrap();
        scene.phone.now = "2027-01-21T23:30:00Z".to_owned();
        let open = scene.synced();
        assert_eq!(open.notices().unwrap().len(), 2);
        open.close();
        scene.phone.now = "2027-01-22T07:05:00Z".to_owned();
        let open = scene.phone.open().unwrap();
        if !gives_late {
            assert!(open.reminder_due(&key, phone).unwrap().is_some());
        }
        let plan = open.plan_reminders(phone).unwrap();
        assert!(plan.notifications.iter().all(|it| it.kind != NotificationKind::Change), "{plan:?}");
    }
}

#[test]
fn a_move_that_came_while_the_app_was_shut_shows_at_the_next_start() {
    let mut scene = Scene::following();
    scene
        .publisher
        .edit(FILE, "DTEND;TZID=Europe/London:20270203T200000", "DTEND;TZID=Europe/London:20270204T200000")
        .unwrap();
    scene.publish("2027-01-21T12:00:00Z", "20270203T190000", "20270204T190000");
    // The bank lies there verified, and the process ended before anything was noted.
    let site = scene.publisher.site();
    scene.phone.seed = Some(site);
    let open = scene.phone.open().unwrap();
    assert_eq!(open.notices().unwrap().len(), 1);
    assert_eq!(event(&open).start, instant("2027-02-04T19:00:00Z"));
}

#[test]
fn a_cancelled_event_keeps_its_place_and_has_no_reminder() {
    let mut scene = Scene::following();
    scene.publish("2027-01-21T12:00:00Z", "SUMMARY:", "STATUS:CANCELLED\nSUMMARY:");
    let open = scene.synced();
    assert_eq!(reminders(&open), ["01-21T12:00 cancelled"]);
    assert_eq!(event(&open).status, EventStatus::Cancelled);
}

#[test]
fn an_event_that_is_gone_is_no_longer_listed_and_never_called_cancelled() {
    let mut scene = Scene::following();
    std::fs::remove_file(scene.publisher.content().join(FILE)).unwrap();
    scene.publisher.allow_removed = true;
    scene.publisher.publish("2027-01-21T12:00:00Z").unwrap();
    scene.phone.now = "2027-01-21T12:00:00Z".to_owned();
    let open = scene.synced();
    assert_eq!(reminders(&open), ["01-21T12:00 unlisted"]);
    assert_eq!(event(&open).status, EventStatus::Unlisted);
    open.close();
    assert_eq!(scene.synced().notices().unwrap().len(), 1);
}

#[test]
fn a_lower_sequence_is_ignored_by_publish_and_by_the_phone() {
    let mut scene = Scene::following();
    scene.publish("2027-01-21T12:00:00Z", "T190000", "T180000");
    scene.synced().close();
    scene.publisher.edit(FILE, "SEQUENCE:13", "SEQUENCE:2").unwrap();
    scene.publisher.edit(FILE, "T180000", "T110000").unwrap();
    let published = scene.publisher.publish("2027-01-22T12:00:00Z").unwrap();
    assert!(published.warnings.iter().any(|it| it.what.contains("SEQUENCE 2")), "{:?}", published.warnings);
    assert_eq!(event(&scene.synced()).start, instant("2027-02-03T18:00:00Z"));
}

#[test]
fn a_new_event_that_fits_gives_one_notice() {
    let mut scene = Scene::following();
    let open = scene.phone.open().unwrap();
    open.look_out(&Wanted { topic: Some("dressing".to_owned()), ..Wanted::default() }).unwrap();
    assert!(open.look_out(&Wanted::default()).is_err());
    open.close();
    let add = |scene: &Scene, name: &str, topic: &str| {
        let text = std::fs::read_to_string(scene.publisher.content().join(FILE)).unwrap();
        let text = text
            .replace("UID:drop-in", &format!("UID:{name}"))
            .replace("CATEGORIES", &format!("X-TOPIC:{topic}\nCATEGORIES"));
        std::fs::write(scene.publisher.content().join(format!("events/{name}.ics")), text).unwrap();
    };
    add(&scene, "coats", "dressing");
    scene.phone.now = "2026-11-25T12:00:00Z".to_owned();
    scene.publisher.publish("2026-11-25T12:00:00Z").unwrap();
    let open = scene.synced();
    let plan = open.plan_reminders(PHONE).unwrap();
    let new: Vec<_> = plan.notifications.iter().filter(|it| it.kind == NotificationKind::New).collect();
    assert_eq!(new.len(), 1);
    assert_eq!(new[0].uid.as_deref(), Some("coats@otsupport.example"));
    open.close();
    scene.phone.now = "2026-11-26T12:00:00Z".to_owned();
    let open = scene.synced();
    assert_eq!(open.notices().unwrap().len(), 1);
    // A safety copy brings what is looked out for, and makes nothing of the old new.
    let copy = open.plain_copy().unwrap();
    open.close();
    let other = Phone::new(scene.publisher.root().unwrap()).unwrap();
    let open = other.open().unwrap();
    open.import(&copy, None).unwrap();
    assert_eq!((open.lookouts().unwrap().len(), open.holdings().unwrap().followed), (1, 1));
    let hub = EmbeddedHub::start(&scene.publisher.site()).unwrap();
    sync(&open, hub.address()).unwrap();
    assert!(open.notices().unwrap().is_empty());
    assert!(event(&open).followed);
}

#[test]
fn what_came_while_the_phone_was_off_is_listed_and_not_sent() {
    let mut scene = Scene::following();
    scene.phone.now = "2027-01-20T09:00:00Z".to_owned();
    let open = scene.phone.open().unwrap();
    let plan = open.plan_reminders(PHONE).unwrap();
    open.note_armed(&plan, PHONE).unwrap();
    open.close();
    scene.phone.now = "2027-02-03T16:00:00Z".to_owned();
    let open = scene.phone.open().unwrap();
    let after = open.plan_reminders(PhoneState { afresh: true, ..PHONE }).unwrap();
    assert_eq!(after.missed.iter().map(|it| &it.key).collect::<Vec<_>>(), [&plan.notifications[0].key]);
    assert_eq!(after.arm.len(), 1, "after a boot all is armed again");
    open.note_armed(&after, PhoneState { afresh: true, ..PHONE }).unwrap();
    // The alarm goes off half an hour late on a phone that dozes; the second after the start is of no use.
    let key = after.arm[0].key.clone();
    open.close();
    for (now, given) in [("2027-02-03T17:30:00Z", true), ("2027-02-03T19:00:00Z", false)] {
        let mut late = scene.phone.twin().unwrap();
        late.now = now.to_owned();
        assert_eq!(late.open().unwrap().reminder_due(&key, PHONE).unwrap().is_some(), given, "{now}");
    }
}

#[test]
fn a_calendar_file_comes_back_to_the_same_instants() {
    let scene = Scene::following();
    let open = scene.phone.open().unwrap();
    let file = open.calendar(None).unwrap();
    assert!(file.contains("TRIGGER:-P1D\r\n") && file.contains("BEGIN:VTIMEZONE\r\n"));
    let read = otsupport_core::reminders::calendar::read(&file).unwrap();
    let starts: Vec<_> = read[0].occurrences(instant(MORNING)).map(|it| it.begins()).collect();
    assert_eq!(starts, [otsupport_core::reminders::recurrence::When::At(event(&open).start)]);
    assert!(open.calendar(Some("nobody")).is_err());
}

#[test]
fn a_notice_that_was_never_armed_comes_at_the_next_plan_and_once() {
    let mut scene = Scene::following();
    scene.publish("2027-01-21T12:00:00Z", "SUMMARY:", "STATUS:CANCELLED\nSUMMARY:");
    // The app is ended before it arms anything.
    scene.synced().close();
    scene.phone.now = "2027-01-21T15:00:00Z".to_owned();
    let open = scene.phone.open().unwrap();
    let plan = open.plan_reminders(PHONE).unwrap();
    assert_eq!(reminders(&open), ["01-21T15:00 cancelled"]);
    open.note_armed(&plan, PHONE).unwrap();
    open.close();
    scene.phone.now = "2027-01-21T16:00:00Z".to_owned();
    assert_eq!(reminders(&scene.phone.open().unwrap()), [""; 0]);
}

#[test]
fn an_alarm_that_is_overdue_takes_up_room_until_it_goes_off() {
    let mut scene = Scene::following();
    let phone = PhoneState { limit: 1, ..PHONE };
    let armed_at = |scene: &Scene| {
        let open = scene.phone.open().unwrap();
        let plan = open.plan_reminders(phone).unwrap();
        open.note_armed(&plan, phone).unwrap();
        plan.notifications.iter().map(|it| it.at.format("%m-%dT%H:%M").to_string()).collect::<Vec<_>>()
    };
    for (now, expected) in [
        ("2027-01-20T09:00:00Z", &["02-02T19:00"][..]),
        ("2027-02-02T19:20:00Z", &[]),
        ("2027-02-02T20:20:00Z", &["02-03T17:00"]),
    ] {
        scene.phone.now = now.to_owned();
        assert_eq!(armed_at(&scene), expected, "{now}");
    }
}

#[test]
fn what_changed_while_the_family_was_locked_is_told_when_it_opens() {
    let mut scene = Scene::following();
    scene.publish("2027-01-21T12:00:00Z", "SUMMARY:", "STATUS:CANCELLED\nSUMMARY:");
    let file = scene.phone.folder().join("late.key");
    std::fs::write(&file, [scene.phone.key + 1; 32]).unwrap();
    let hub = EmbeddedHub::start(&scene.publisher.site()).unwrap();
    let open = scene.phone.open_with(Arc::new(FileKey(file.clone()))).unwrap();
    sync(&open, hub.address()).unwrap();
    assert!(open.locked().is_some() && open.unlock().is_err());
    assert_eq!(reminders(&open), [""; 0], "nobody's events");
    std::fs::write(&file, [scene.phone.key; 32]).unwrap();
    open.unlock().unwrap();
    let kinds: Vec<NotificationKind> = open.notices().unwrap().iter().map(|it| it.kind).collect();
    assert_eq!(kinds, [NotificationKind::Cancelled]);
    assert_eq!(reminders(&open), ["01-21T12:00 cancelled"]);
}
