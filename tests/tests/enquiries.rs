//! A family writes to the service: over a real hub, with a real inbox, from the phone and back.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;

use chrono::{DateTime, TimeDelta, Utc};
use otsupport_core::enquiries::outbox::{State, Trouble, Withdrawal};
use otsupport_core::enquiries::{Author, Can, EnquiryRequest, PrivateDetail, ReplyWay, SeenBy, expected_by};
use otsupport_core::reminders::planner::NotificationKind;
use otsupport_core::sync::{Reason, Started, SyncReport, SyncRequest};
use otsupport_core::{HubError, SupportHub};
use otsupport_hub::keys::{EnquiryRole, change_enquiry_key};
use otsupport_tests::hostile_hub::{Answer, HostileHub};
use otsupport_tests::phone::{Phone, sync};
use otsupport_tests::service_desk::ServiceDesk;
use otsupport_tests::site::{MORNING, instant};
use otsupport_wire::enquiry::EnquiryId;
use otsupport_wire::snapshot::HelpLevel;

const TEXT: &str = "He will not wear socks. What can we do in the morning?";

struct Scene {
    desk: ServiceDesk,
    phone: Phone,
}

impl Scene {
    /// A service, and a phone that has its bank.
    fn begin() -> Self {
        let desk = ServiceDesk::open().unwrap();
        let phone = Phone::new(desk.publisher.root().unwrap()).unwrap();
        assert_eq!(sync(&phone.open().unwrap(), desk.address()).unwrap().to, 1);
        Self { desk, phone }
    }

    fn at(&mut self, now: &str) -> SupportHub {
        self.phone.now = now.to_owned();
        self.phone.open().unwrap()
    }

    fn sync(&self, hub: &SupportHub) -> SyncReport {
        sync(hub, self.desk.address()).unwrap()
    }
}

fn asked(text: &str) -> EnquiryRequest {
    EnquiryRequest { text: text.to_owned(), ..EnquiryRequest::default() }
}

fn code<T>(result: Result<T, HubError>) -> String {
    result.err().map_or("done".to_owned(), |it| it.code().to_owned())
}

fn by_itself(hub: &SupportHub, address: &str) -> SyncReport {
    let request =
        SyncRequest { site: address.to_owned(), started: Started::ByItself, ..SyncRequest::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(hub.sync(request)).unwrap()
}

fn after(now: &str, later: TimeDelta) -> String {
    (instant(now) + later).to_rfc3339()
}

/// A second, so that an instant that stands in a record's whole seconds has come.
const MOMENT: TimeDelta = TimeDelta::seconds(1);

#[test]
fn written_offline_it_waits_and_goes_out_and_an_answer_comes_back() {
    let mut scene = Scene::begin();
    scene.desk.stop();
    let hub = scene.at(MORNING);
    let written = hub
        .enquire(&EnquiryRequest {
            topic: Some("dressing".parse().unwrap()),
            age: Some(6),
            borough: Some("westminster".to_owned()),
            ..asked(TEXT)
        })
        .unwrap();
    assert_eq!((written.state, written.expected_reply_by), (State::Waiting, None));
    assert_eq!(
        (written.borough.as_deref(), written.age.map(|it| (it.from, it.to))),
        (Some("Westminster"), Some((5, 7)))
    );
    assert_eq!(written.can, [Can::Retry, Can::Withdraw]);
    assert_eq!(written.next_attempt_at, Some(instant(MORNING)));
    // The hub is down: it waits, and says so.
    assert_eq!(scene.sync(&hub).delivered, 0);
    let waits = hub.enquiry(written.id).unwrap();
    assert_eq!((waits.state, waits.trouble), (State::Waiting, Some(Trouble::HubDown)));
    assert!(waits.next_attempt_at.unwrap() > instant(MORNING));
    hub.close();
    scene.desk.start().unwrap();
    let hub = scene.phone.open().unwrap();
    let report = scene.sync(&hub);
    assert_eq!((report.delivered, report.replies), (1, 0));
    let received = hub.enquiry(written.id).unwrap();
    let day = received.received_at.unwrap().with_timezone(&otsupport_core::reminders::SERVICE_ZONE);
    assert_eq!(received.state, State::Received);
    let holidays = ["2028-12-25".parse().unwrap()];
    assert_eq!(received.expected_reply_by, expected_by(day.date_naive(), 5, &holidays));
    // Nothing is new, and nothing is sent again.
    assert_eq!(scene.sync(&hub).delivered, 0);
    assert_eq!(hub.enquiry(written.id).unwrap().state, State::Received);
    // Staff open it, and answer.
    let inbox = scene.desk.inbox().unwrap();
    assert_eq!(inbox.enquiries.len(), 1);
    assert_eq!(inbox.enquiries[0].words.text.as_deref(), Some(TEXT));
    assert!(!inbox.enquiries[0].urgent);
    scene.sync(&hub);
    assert_eq!(hub.enquiry(written.id).unwrap().state, State::Read);
    scene.desk.reply(written.id, "Try seamless socks first.").unwrap();
    assert_eq!(scene.sync(&hub).replies, 1);
    let notices = hub.notices().unwrap();
    assert!(notices.iter().any(|it| it.kind == NotificationKind::Reply && it.enquiry == Some(written.id)));
    let answered = hub.read_enquiry(written.id).unwrap();
    assert_eq!(answered.state, State::Answered);
    let said: Vec<_> = answered.messages.iter().map(|it| (it.from, it.text.as_str(), it.unread)).collect();
    assert_eq!(said, [(Author::Family, TEXT, false), (Author::Service, "Try seamless socks first.", true)]);
    // It was read: it is no news any more, and no reply is asked for.
    assert!(hub.enquiry(written.id).unwrap().messages.iter().all(|it| !it.unread));
    assert!(hub.notices().unwrap().iter().all(|it| it.enquiry.is_none()));
    assert_eq!((scene.sync(&hub).requests, hub.next_delivery_at().unwrap()), (1, None));
}

#[test]
fn one_write_one_failure_and_no_further_input() {
    let mut scene = Scene::begin();
    let hub = scene.at(MORNING);
    let id = hub.enquire(&asked(TEXT)).unwrap().id;
    let hostile = HostileHub::start().unwrap();
    hostile.tell(&format!("v1/enquiries/{id}"), Answer::Status("503 Service Unavailable"));
    sync(&hub, &hostile.address).unwrap();
    let wake = hub.next_delivery_at().unwrap().unwrap();
    assert!(wake > instant(MORNING) && wake <= instant(MORNING) + TimeDelta::seconds(30));
    hub.close();
    // Nothing but the timer: before its time nothing is sent, at its time it is.
    let hub = scene.at(&(wake - MOMENT).to_rfc3339());
    assert_eq!(by_itself(&hub, scene.desk.address()).delivered, 0);
    hub.close();
    let hub = scene.at(&wake.to_rfc3339());
    assert_eq!(by_itself(&hub, scene.desk.address()).delivered, 1);
}

#[test]
fn what_a_log_in_page_or_a_proxy_answers_is_no_receipt() {
    let mut scene = Scene::begin();
    let hub = scene.at(MORNING);
    let id = hub.enquire(&asked(TEXT)).unwrap().id;
    let other = hub.enquire(&asked("Another question")).unwrap().id;
    let hostile = HostileHub::start().unwrap();
    let page = b"<html>Please log in</html>".to_vec();
    for (answer, trouble) in [
        (Answer::Bytes(page), Trouble::CaptivePortal),
        (Answer::Status("404 Not Found"), Trouble::CaptivePortal),
        (Answer::Status("413 Content Too Large"), Trouble::CaptivePortal),
        (Answer::Status("500 Internal Server Error"), Trouble::HubDown),
        (Answer::Status("429 Too Many Requests"), Trouble::Busy),
        (Answer::Status("302 Found\r\nLocation: /log-in"), Trouble::CaptivePortal),
    ] {
        hostile.tell(&format!("v1/enquiries/{id}"), answer.clone());
        hostile.tell(&format!("v1/enquiries/{other}"), answer);
        sync(&hub, &hostile.address).unwrap();
        let enquiry = hub.enquiry(id).unwrap();
        assert_eq!((enquiry.state, enquiry.trouble), (State::Waiting, Some(trouble)));
    }
    // One that fails holds the other not up.
    hostile.tell(&format!("v1/enquiries/{id}"), Answer::Status("500 Internal Server Error"));
    assert_eq!(scene.sync(&hub).delivered, 2);
    assert_eq!(scene.desk.inbox().unwrap().enquiries.len(), 2);
}

#[test]
fn it_can_be_taken_back_until_staff_have_opened_it() {
    let mut scene = Scene::begin();
    let hub = scene.at(MORNING);
    // Never sent: at once, and nothing ever is.
    let never = hub.enquire(&asked(TEXT)).unwrap().id;
    assert_eq!(hub.withdraw(never).unwrap().unwrap().state, State::Withdrawn);
    assert_eq!(scene.sync(&hub).delivered, 0);
    // Sent: when the hub has said so.
    let sent = hub.enquire(&asked(TEXT)).unwrap().id;
    scene.sync(&hub);
    let asked_back = hub.withdraw(sent).unwrap().unwrap();
    assert_eq!((asked_back.state, asked_back.withdrawal), (State::Received, Withdrawal::Asked));
    scene.sync(&hub);
    assert_eq!(hub.enquiry(sent).unwrap().state, State::Withdrawn);
    assert!(scene.desk.inbox().unwrap().enquiries.is_empty());
    // Opened: not any more.
    let opened = hub.enquire(&asked(TEXT)).unwrap().id;
    scene.sync(&hub);
    scene.desk.inbox().unwrap();
    hub.withdraw(opened).unwrap();
    scene.sync(&hub);
    let read = hub.enquiry(opened).unwrap();
    assert_eq!((read.state, read.withdrawal), (State::Read, Withdrawal::TooLate));
    assert_eq!(code(hub.withdraw(opened)), "invalid-opened");
    // Perhaps sent, since nobody answered: the hub is told, and takes it no more.
    let hostile = HostileHub::start().unwrap();
    let perhaps = hub.enquire(&asked(TEXT)).unwrap().id;
    hostile.tell(&format!("v1/enquiries/{perhaps}"), Answer::Status("500 Internal Server Error"));
    sync(&hub, &hostile.address).unwrap();
    assert_eq!(hub.withdraw(perhaps).unwrap().unwrap().state, State::Waiting);
    scene.sync(&hub);
    assert_eq!(hub.enquiry(perhaps).unwrap().state, State::Withdrawn);
}

#[test]
fn a_retired_key_has_the_same_text_sealed_again_under_the_same_id() {
    let mut scene = Scene::begin();
    let hub = scene.at(MORNING);
    let id = hub.enquire(&asked(TEXT)).unwrap().id;
    change_enquiry_key(&scene.desk.publisher.keys(), EnquiryRole::Service, None, instant(MORNING)).unwrap();
    scene.desk.publisher.publish(&after(MORNING, TimeDelta::hours(1))).unwrap();
    let report = scene.sync(&hub);
    assert_eq!((report.to, report.delivered), (2, 1));
    let inbox = scene.desk.inbox().unwrap();
    let listed: Vec<_> = inbox.enquiries.iter().map(|it| (it.id, it.words.text.as_deref())).collect();
    assert_eq!(listed, [(id, Some(TEXT))]);
}

#[test]
fn after_thirty_days_of_trying_it_expires_and_one_act_sends_it_anew() {
    let mut scene = Scene::begin();
    scene.desk.stop();
    let hub = scene.at(MORNING);
    let id = hub.enquire(&asked(TEXT)).unwrap().id;
    scene.sync(&hub);
    hub.close();
    let hub = scene.at(&after(MORNING, TimeDelta::days(29)));
    for _ in 0..20 {
        scene.sync(&hub);
    }
    assert_eq!(hub.enquiry(id).unwrap().state, State::Waiting, "however often it was tried");
    hub.close();
    let hub = scene.at(&after(MORNING, TimeDelta::days(30)));
    scene.sync(&hub);
    let over = hub.enquiry(id).unwrap();
    assert_eq!((over.state, over.messages[0].text.as_str()), (State::Expired, TEXT));
    assert_eq!(over.can, [Can::SendAnew, Can::Withdraw, Can::Forget]);
    let anew = hub.send_anew(id).unwrap();
    assert_ne!(anew.id, id);
    assert_eq!(code(hub.send_anew(id)), "invalid-over");
    scene.desk.start().unwrap();
    assert_eq!(scene.sync(&hub).delivered, 1);
    let inbox = scene.desk.inbox().unwrap();
    assert_eq!(inbox.enquiries.iter().map(|it| it.id).collect::<Vec<_>>(), [anew.id]);
}

#[test]
fn a_month_in_flight_mode_expires_nothing() {
    let mut scene = Scene::begin();
    let hub = scene.at(MORNING);
    let id = hub.enquire(&asked(TEXT)).unwrap().id;
    hub.close();
    let hub = scene.at(&after(MORNING, TimeDelta::days(100)));
    scene.sync(&hub);
    assert_eq!(hub.enquiry(id).unwrap().state, State::Received);
}

#[test]
fn a_copy_carries_what_waits_and_two_phones_send_it_once() {
    let mut scene = Scene::begin();
    let hub = scene.at(MORNING);
    let id = hub.enquire(&asked(TEXT)).unwrap().id;
    let copy = hub.plain_copy().unwrap();
    let holds = hub.holdings().unwrap();
    assert_eq!((holds.waiting, holds.unanswered, holds.enquiries), (1, 0, 1));
    let other = Phone::new(scene.desk.publisher.root().unwrap()).unwrap();
    let twin = other.open().unwrap();
    scene.sync(&twin);
    assert_eq!(twin.import(&copy, None).unwrap().waiting, 1);
    assert_eq!(scene.sync(&twin).delivered, 1);
    assert_eq!(scene.sync(&hub).delivered, 1);
    let receipts = [&hub, &twin].map(|it| it.enquiry(id).unwrap().received_at);
    assert_eq!(receipts[0], receipts[1]);
    let inbox = scene.desk.inbox().unwrap();
    assert_eq!(inbox.enquiries.len(), 1);
    scene.desk.reply(id, "Good morning.").unwrap();
    for phone in [&hub, &twin] {
        assert_eq!(scene.sync(phone).replies, 1);
        assert_eq!(phone.enquiry(id).unwrap().state, State::Answered);
    }
    // The copy of before takes nothing of it away.
    hub.import(&copy, None).unwrap();
    assert_eq!(hub.enquiry(id).unwrap().state, State::Answered);
    // An envelope alone goes out as well: what an older app kept of it.
    let mut alone: serde_json::Value = serde_json::from_slice(&copy).unwrap();
    alone.as_object_mut().unwrap().remove("enquiries");
    let third = Phone::new(scene.desk.publisher.root().unwrap()).unwrap();
    let third = third.open().unwrap();
    third.import(&serde_json::to_vec(&alone).unwrap(), None).unwrap();
    scene.sync(&third);
    assert_eq!(third.enquiry(id).unwrap().received_at, receipts[0]);
    assert_eq!(scene.desk.inbox().unwrap().enquiries.len(), 1);
}

#[test]
fn a_hub_that_forgot_it_is_sent_it_again() {
    let mut scene = Scene::begin();
    let hub = scene.at(MORNING);
    let id = hub.enquire(&asked(TEXT)).unwrap().id;
    scene.desk.stop();
    let backup = scene.desk.database().with_extension("backup");
    fs::copy(scene.desk.database(), &backup).unwrap();
    scene.desk.start().unwrap();
    assert_eq!(scene.sync(&hub).delivered, 1);
    scene.desk.stop();
    fs::copy(&backup, scene.desk.database()).unwrap();
    scene.desk.start().unwrap();
    scene.sync(&hub);
    assert_eq!(hub.enquiry(id).unwrap().state, State::Received);
    assert_eq!(scene.desk.inbox().unwrap().enquiries.iter().map(|it| it.id).collect::<Vec<_>>(), [id]);
}

#[test]
fn a_wait_of_a_day_and_a_passed_day_are_told_once() {
    let mut scene = Scene::begin();
    let hub = scene.at(MORNING);
    let mut chosen = hub.preferences().unwrap().reminders;
    chosen.notify = true;
    hub.choose_reminders(&chosen).unwrap();
    let id = hub.enquire(&asked(TEXT)).unwrap().id;
    let of = |hub: &SupportHub, kind| -> Vec<DateTime<Utc>> {
        let plan = hub.plan_reminders(Default::default()).unwrap();
        plan.notifications.iter().filter(|it| it.kind == kind).map(|it| it.at).collect()
    };
    // Planned from the beginning: nobody may open the app until then.
    let tomorrow = instant(MORNING) + TimeDelta::hours(24);
    assert_eq!(of(&hub, NotificationKind::Unsent), [tomorrow]);
    assert!(hub.notices().unwrap().is_empty());
    hub.close();
    let hub = scene.at(&(tomorrow + MOMENT).to_rfc3339());
    assert!(hub.enquiry(id).unwrap().unsent_for_a_day);
    assert_eq!(
        hub.notices().unwrap().iter().map(|it| it.kind).collect::<Vec<_>>(),
        [NotificationKind::Unsent]
    );
    scene.sync(&hub);
    assert!(hub.notices().unwrap().is_empty() && of(&hub, NotificationKind::Unsent).is_empty());
    // The morning after the day by which an answer was expected.
    let day = hub.enquiry(id).unwrap().expected_reply_by.unwrap();
    let overdue = of(&hub, NotificationKind::Overdue);
    assert_eq!(overdue.len(), 1);
    assert_eq!(
        overdue[0].with_timezone(&otsupport_core::reminders::SERVICE_ZONE).date_naive(),
        day.succ_opt().unwrap()
    );
    hub.close();
    let hub = scene.at(&(overdue[0] + MOMENT).to_rfc3339());
    assert!(hub.enquiry(id).unwrap().overdue);
    scene.desk.inbox().unwrap();
    scene.desk.reply(id, "Sorry that it took so long.").unwrap();
    scene.sync(&hub);
    assert!(!hub.enquiry(id).unwrap().overdue);
    assert_eq!(
        hub.notices().unwrap().iter().map(|it| it.kind).collect::<Vec<_>>(),
        [NotificationKind::Reply]
    );
}

#[test]
fn a_reply_that_is_not_safe_to_announce_is_not() {
    let mut scene = Scene::begin();
    let hub = scene.at(MORNING);
    let id = hub.enquire(&EnquiryRequest { tell_of_reply: false, ..asked(TEXT) }).unwrap().id;
    scene.sync(&hub);
    scene.desk.reply(id, "Good morning.").unwrap();
    assert_eq!(scene.sync(&hub).replies, 1);
    assert!(hub.notices().unwrap().is_empty());
    assert!(hub.enquiry(id).unwrap().messages[1].unread);
}

#[test]
fn asking_for_a_place_books_nothing() {
    let mut scene = Scene::begin();
    let hub = scene.at(MORNING);
    let request = EnquiryRequest { event: Some("drop-in@otsupport.example".to_owned()), ..asked("") };
    let enquiry = hub.enquire(&request).unwrap();
    assert_eq!(enquiry.event.unwrap().title, "Drop-in");
    scene.sync(&hub);
    let inbox = scene.desk.inbox().unwrap();
    assert_eq!(inbox.enquiries[0].words.kind, Some("place"));
    assert_eq!(inbox.enquiries[0].words.event.as_ref().unwrap().uid, "drop-in@otsupport.example");
    assert_eq!(hub.holdings().unwrap().followed, 0);
    let gone = EnquiryRequest { event: Some("nothing@here".to_owned()), ..asked("") };
    assert_eq!(code(hub.enquire(&gone)), "not-found");
}

#[test]
fn what_is_missing_or_wrong_is_told_and_keeps_nothing() {
    let mut scene = Scene::begin();
    let hub = scene.at(MORNING);
    let by = |reply_by, contact: Option<&str>| EnquiryRequest {
        reply_by,
        contact: contact.map(str::to_owned),
        ..asked(TEXT)
    };
    for (request, expected) in [
        (asked(" \n "), "invalid-text"),
        (asked(&"x".repeat(4001)), "invalid-text"),
        (EnquiryRequest { topic: Some("tea".parse().unwrap()), ..asked(TEXT) }, "invalid-topic"),
        (EnquiryRequest { age: Some(26), ..asked(TEXT) }, "invalid-age"),
        (EnquiryRequest { borough: Some("Atlantis".to_owned()), ..asked(TEXT) }, "invalid-borough"),
        (EnquiryRequest { format: Some("x".repeat(81)), ..asked(TEXT) }, "invalid-format"),
        (by(ReplyWay::Telephone, None), "invalid-contact"),
        (by(ReplyWay::Telephone, Some("me@example.org")), "invalid-contact"),
        (by(ReplyWay::Email, Some("020 7946 0000")), "invalid-contact"),
        (by(ReplyWay::Phone, Some("020 7946 0000")), "invalid-contact-unneeded"),
    ] {
        assert_eq!(code(hub.enquire(&request)), expected);
    }
    assert!(hub.enquiries().unwrap().is_empty());
    for (request, contact) in [
        (by(ReplyWay::Telephone, Some("020 7946 0000")), "020 7946 0000"),
        (by(ReplyWay::Email, Some("me@example.org")), "me@example.org"),
    ] {
        let id = hub.enquire(&request).unwrap().id;
        scene.sync(&hub);
        let inbox = scene.desk.inbox().unwrap();
        let listed = inbox.enquiries.iter().find(|it| it.id == id).unwrap();
        assert_eq!(listed.words.contact.as_deref(), Some(contact));
    }
}

#[test]
fn a_draft_may_lack_what_sending_needs() {
    let mut scene = Scene::begin();
    let hub = scene.at(MORNING);
    let draft = hub.keep_draft(&EnquiryRequest { reply_by: ReplyWay::Email, ..asked("") }, None).unwrap();
    assert_eq!((draft.state, draft.can.as_slice()), (State::Draft, &[Can::Send, Can::Withdraw][..]));
    assert_eq!(code(hub.send_draft(draft.id)), "invalid-text");
    hub.keep_draft(&asked(TEXT), Some(draft.id)).unwrap();
    assert_eq!(scene.sync(&hub).delivered, 0);
    assert_eq!(hub.send_draft(draft.id).unwrap().state, State::Waiting);
    assert_eq!(code(hub.send_draft(draft.id)), "invalid-draft");
    assert_eq!(code(hub.keep_draft(&asked(TEXT), Some(draft.id))), "invalid-draft");
    assert_eq!(scene.sync(&hub).delivered, 1);
    let other = hub.keep_draft(&asked(TEXT), None).unwrap().id;
    assert_eq!(hub.withdraw(other).unwrap(), None);
    assert_eq!(code(hub.enquiry(other)), "not-found");
}

#[test]
fn without_a_key_nothing_is_promised_and_a_draft_is_kept() {
    let desk = ServiceDesk::open().unwrap();
    for name in ["service.key", "recovery.key", "receipt.key"] {
        fs::remove_file(desk.publisher.keys().join(name)).unwrap();
    }
    fs::remove_dir_all(desk.publisher.site()).unwrap();
    let published = desk.publisher.publish(MORNING).unwrap();
    assert!(published.warnings.iter().any(|it| it.what.contains("families cannot write")));
    let phone = Phone::new(desk.publisher.root().unwrap()).unwrap();
    let hub = phone.open().unwrap();
    sync(&hub, desk.address()).unwrap();
    assert!(!hub.before_enquiring().unwrap().takes);
    assert_eq!(code(hub.enquire(&asked(TEXT))), "no-service-key");
    assert_eq!(hub.keep_draft(&asked(TEXT), None).unwrap().state, State::Draft);
}

#[test]
fn what_is_to_be_known_before_writing_and_what_is_found_in_a_text() {
    let mut scene = Scene::begin();
    let hub = scene.at(MORNING);
    let before = hub.before_enquiring().unwrap();
    assert!(before.takes && before.urgent[0].telephone.as_deref() == Some("999"));
    assert_eq!((before.reply_days, before.contact.hours.as_str()), (5, "Monday to Friday"));
    assert_eq!(before.seen_by, [SeenBy::PhoneHolder, SeenBy::ServiceTeam]);
    let check = hub.check("My son Samuel swallowed a battery").unwrap();
    assert_eq!(check.help.unwrap().level, HelpLevel::Emergency);
    assert_eq!(check.private_details, [PrivateDetail::Name]);
    // Never in the way.
    let urgent = hub.enquire(&asked("She cannot breathe")).unwrap().id;
    scene.sync(&hub);
    hub.enquire(&asked("calm")).unwrap();
    scene.sync(&hub);
    let inbox = scene.desk.inbox().unwrap();
    assert_eq!((inbox.enquiries[0].id, inbox.enquiries[0].urgent), (urgent, true));
}

#[test]
fn a_locked_family_loses_nothing_and_sends_when_it_opens() {
    let mut scene = Scene::begin();
    let hub = scene.at(MORNING);
    let id = hub.enquire(&asked(TEXT)).unwrap().id;
    hub.close();
    scene.phone.key = 8;
    let hub = scene.phone.open().unwrap();
    assert_eq!(scene.sync(&hub).delivered, 0);
    assert_eq!(code(hub.enquire(&asked(TEXT))), "wrong-key");
    hub.close();
    scene.phone.key = 7;
    let hub = scene.phone.open().unwrap();
    assert_eq!(scene.sync(&hub).delivered, 1);
    assert_eq!(hub.enquiry(id).unwrap().state, State::Received);
}

#[test]
fn what_is_over_can_be_removed_and_nothing_else() {
    let mut scene = Scene::begin();
    let hub = scene.at(MORNING);
    let id = hub.enquire(&asked(TEXT)).unwrap().id;
    assert_eq!(code(hub.forget_enquiry(id)), "invalid-under-way");
    scene.sync(&hub);
    assert_eq!(code(hub.forget_enquiry(id)), "invalid-under-way");
    hub.withdraw(id).unwrap();
    scene.sync(&hub);
    hub.forget_enquiry(id).unwrap();
    assert!(hub.enquiries().unwrap().is_empty());
    let unknown = EnquiryId::new(1, &[1; 10]);
    assert_eq!(code(hub.withdraw(unknown)), "not-found");
}

#[test]
fn content_that_is_refused_holds_no_enquiry_back() {
    let mut scene = Scene::begin();
    let hub = scene.at(MORNING);
    let id = hub.enquire(&asked(TEXT)).unwrap().id;
    hub.close();
    // Two years on nobody has signed anything new.
    let hub = scene.at(&after(MORNING, TimeDelta::days(730)));
    let report = scene.sync(&hub);
    assert_eq!(report.reason, Some(Reason::Expired));
    assert_eq!((report.delivered, hub.enquiry(id).unwrap().state), (1, State::Received));
}
