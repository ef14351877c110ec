//! Short lives of one enquiry, each told step by step.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use otsupport_core::enquiries::outbox::{Presence, Silence, Stage, State, Withdrawal};
use otsupport_tests::enquiries::checker::check;
use otsupport_tests::enquiries::history::{Because, Ending, OWN, What, Why};
use otsupport_tests::enquiries::life::Life;
use otsupport_tests::enquiries::network::{Comes, Fate, Weather, plain, problem};
use otsupport_tests::enquiries::planted::Planted;
use otsupport_tests::seeded::Seeded;
use otsupport_wire::enquiry::{EnquiryId, ProblemCode};

/// A life in which one enquiry is written, and its first requests have these fates.
fn written(fates: impl IntoIterator<Item = Fate>) -> (Life, EnquiryId) {
    let mut life = Life::still(1, Planted::Nothing);
    life.next.extend(fates);
    let id = life.write().unwrap();
    (life, id)
}

/// The state after so much time.
fn after(life: &mut Life, id: EnquiryId, time: TimeDelta) -> State {
    life.pass(time);
    life.record(id).unwrap().way.state()
}

fn instead(heard: Result<otsupport_core::enquiries::outbox::Answer, Silence>) -> Fate {
    let comes = Comes::Instead(TimeDelta::seconds(1), heard);
    Fate { name: "told", arrives: Vec::new(), comes }
}

fn lost() -> Fate {
    instead(Err(Silence::HubDown))
}

/// It comes to the hub, and nothing comes back.
fn unanswered() -> Fate {
    Fate { arrives: vec![TimeDelta::milliseconds(100)], ..lost() }
}

/// How often the hub took an envelope in.
fn accepted(life: &Life) -> usize {
    life.history.entries.iter().filter(|it| matches!(it.what, What::Accepted(..))).count()
}

/// When attempts were begun.
fn attempts(life: &Life) -> Vec<DateTime<Utc>> {
    let begun = life.history.entries.iter().filter(|it| matches!(it.what, What::Begun(..)));
    begun.map(|it| it.at).collect()
}

/// Nothing is wrong with it.
fn well(mut life: Life, ending: Ending) {
    life.history.ending = ending;
    let history = life.ended();
    let findings = check(&history).findings;
    assert!(findings.is_empty(), "{findings:#?}");
}

#[test]
fn one_write_one_failure_no_further_input() {
    let (mut life, id) = written([lost()]);
    assert_eq!(after(&mut life, id, TimeDelta::seconds(5)), State::Waiting);
    assert_eq!(after(&mut life, id, TimeDelta::hours(1)), State::Received);
    assert_eq!((accepted(&life), attempts(&life).len()), (1, 2));
    well(life, Ending::Calm);
}

#[test]
fn a_lost_answer_is_no_second_enquiry() {
    let (mut life, id) = written([unanswered(), unanswered(), unanswered()]);
    assert_eq!(after(&mut life, id, TimeDelta::seconds(5)), State::Waiting);
    assert_eq!(accepted(&life), 1);
    assert_eq!(after(&mut life, id, TimeDelta::days(1)), State::Received);
    assert_eq!(accepted(&life), 1);
    well(life, Ending::Calm);
}

#[test]
fn an_answer_that_is_cut_at_any_byte_is_no_receipt() {
    for thousandths in 0..1000 {
        let comes = Comes::Cut(TimeDelta::seconds(1), thousandths, false);
        let fate = Fate { name: "told", arrives: vec![TimeDelta::zero()], comes };
        let (mut life, id) = written([fate]);
        assert_eq!(after(&mut life, id, TimeDelta::seconds(3)), State::Waiting, "{thousandths}");
    }
}

#[test]
fn nobody_but_the_hub_says_received_or_refused() {
    let mut chance = Seeded(3);
    let page = b"<html>Log in</html>";
    let mut fates = vec![
        instead(Ok(plain(200, page))),
        instead(Ok(plain(201, b""))),
        instead(Ok(plain(204, b""))),
        instead(Err(Silence::Redirected)),
        instead(Err(Silence::Intercepted)),
        instead(Ok(problem(ProblemCode::TooMany, None))),
        instead(Ok(problem(ProblemCode::Unavailable, None))),
    ];
    fates.extend([400, 401, 403, 404, 409, 410, 413, 422, 429, 500].map(|it| instead(Ok(plain(it, page)))));
    fates.extend((0..20).map(|_| Fate::proxy(&mut chance)));
    for fate in fates {
        let (mut life, id) = written([fate.clone()]);
        assert_eq!(after(&mut life, id, TimeDelta::seconds(31)), State::Waiting, "{fate:?}");
        assert_eq!(after(&mut life, id, TimeDelta::hours(13)), State::Received, "{fate:?}");
        well(life, Ending::Calm);
    }
}

#[test]
fn a_refusal_of_the_hubs_own_ends_it_and_keeps_the_words() {
    let (mut life, id) = written([instead(Ok(problem(ProblemCode::BadEnvelope, None)))]);
    assert_eq!(after(&mut life, id, TimeDelta::days(40)), State::Refused);
    assert!(life.record(id).unwrap().text.is_some());
    assert_eq!(attempts(&life).len(), 1);
    well(life, Ending::Calm);
}

#[test]
fn the_hub_is_left_alone_as_it_asks_for_six_hours_at_most() {
    for (asked, hours) in [(3600, 1), (4 * 3600, 4), (9 * 86_400, 6)] {
        let busy = problem(ProblemCode::TooMany, Some(Duration::from_secs(asked)));
        let (mut life, id) = written([instead(Ok(busy))]);
        assert_eq!(after(&mut life, id, TimeDelta::hours(hours)), State::Waiting, "{asked}");
        assert_eq!(after(&mut life, id, TimeDelta::minutes(10)), State::Received, "{asked}");
    }
}

#[test]
fn a_person_need_not_wait() {
    let busy = problem(ProblemCode::TooMany, Some(Duration::from_secs(3600)));
    let (mut life, id) = written([instead(Ok(busy))]);
    life.pass(TimeDelta::minutes(1));
    life.look(OWN, Why::Person);
    assert_eq!(after(&mut life, id, TimeDelta::minutes(1)), State::Received);
}

#[test]
fn it_expires_after_thirty_days_and_no_number_of_tries() {
    let (mut life, id) = written([]);
    let (mut other, second) = written([]);
    other.look(OWN, Why::Person);
    other.weather = Weather::Down;
    assert_eq!(after(&mut other, second, TimeDelta::minutes(1)), State::Received);
    let mut down = Life::still(2, Planted::Nothing);
    down.weather = Weather::Down;
    let late = down.write().unwrap();
    for _ in 0..1000 {
        down.look(OWN, Why::Person);
        down.pass(TimeDelta::minutes(40));
    }
    assert_eq!(after(&mut down, late, TimeDelta::days(2)), State::Waiting);
    let state = after(&mut down, late, TimeDelta::hours(24 + 13));
    assert_eq!(state, State::Expired, "{:?}", down.record(late).unwrap().way);
    assert!(down.record(late).unwrap().text.is_some());
    well(down, Ending::DownForGood);
    assert_eq!(after(&mut life, id, TimeDelta::minutes(1)), State::Received);
}

#[test]
fn attempts_are_six_hours_apart_at_most() {
    let mut life = Life::still(4, Planted::Nothing);
    life.weather = Weather::Offline;
    life.write().unwrap();
    life.pass(TimeDelta::days(20));
    let all = attempts(&life);
    let furthest = all.windows(2).map(|it| it[1] - it[0]).max().unwrap();
    assert!(all.len() >= 80 && furthest <= TimeDelta::hours(6) + TimeDelta::minutes(2), "{furthest}");
}

#[test]
fn what_never_left_is_withdrawn_at_once() {
    let mut life = Life::still(5, Planted::Nothing);
    life.phones[OWN].full = true;
    assert!(life.write().is_none(), "kept on a full disk");
    life.phones[OWN].full = false;
    life.weather = Weather::Offline;
    let id = life.write().unwrap();
    life.withdraw(OWN, id);
    life.pass(TimeDelta::minutes(1));
    life.weather = Weather::Fine;
    assert_eq!(after(&mut life, id, TimeDelta::hours(7)), State::Withdrawn);
    well(life, Ending::Calm);
}

#[test]
fn withdrawn_while_it_is_under_way_the_hub_is_told() {
    let slow = Fate {
        name: "told",
        arrives: vec![TimeDelta::seconds(10), TimeDelta::days(2)],
        comes: Comes::Answer(TimeDelta::seconds(10)),
    };
    let (mut life, id) = written([slow]);
    life.pass(TimeDelta::seconds(2));
    life.withdraw(OWN, id);
    assert_ne!(life.record(id).unwrap().way.state(), State::Withdrawn);
    assert_eq!(after(&mut life, id, TimeDelta::hours(1)), State::Withdrawn);
    assert_eq!(after(&mut life, id, TimeDelta::days(3)), State::Withdrawn);
    well(life, Ending::Calm);
}

#[test]
fn a_copy_that_comes_after_the_withdrawal_is_not_kept() {
    let late = Fate { arrives: vec![TimeDelta::days(2)], ..lost() };
    let (mut life, id) = written([late]);
    life.pass(TimeDelta::milliseconds(1500));
    life.withdraw(OWN, id);
    assert_eq!(after(&mut life, id, TimeDelta::days(3)), State::Withdrawn);
    assert_eq!(accepted(&life), 0);
    well(life, Ending::Calm);
}

#[test]
fn a_retired_key_is_sealed_again_under_the_same_id() {
    let (mut life, id) = written([lost()]);
    life.pass(TimeDelta::seconds(2));
    life.revoke_key();
    assert_eq!(after(&mut life, id, TimeDelta::hours(1)), State::Received);
    let sealed = |it: &&otsupport_tests::enquiries::history::Entry| {
        matches!(&it.what, What::Stored(_, Because::Sealed, _))
    };
    assert_eq!((life.history.entries.iter().filter(sealed).count(), accepted(&life)), (1, 1));
    well(life, Ending::Calm);
}

#[test]
fn a_hub_that_forgot_it_gets_it_again() {
    let (mut life, id) = written([]);
    assert_eq!(after(&mut life, id, TimeDelta::minutes(1)), State::Received);
    life.restore_hub();
    life.pass(TimeDelta::days(1));
    // Replies are fetched when the app runs.
    life.look(OWN, Why::Refresh);
    assert_eq!(after(&mut life, id, TimeDelta::hours(7)), State::Received);
    assert_eq!(accepted(&life), 2);
    well(life, Ending::Calm);
}

#[test]
fn a_kill_during_an_attempt_leaves_one_too_many_and_none_too_few() {
    let (mut life, id) = written([unanswered()]);
    life.pass(TimeDelta::milliseconds(500));
    life.kill(OWN);
    assert_eq!(after(&mut life, id, TimeDelta::days(1)), State::Received);
    assert_eq!(accepted(&life), 1);
    well(life, Ending::Calm);
}

#[test]
fn a_clock_that_was_years_ahead_holds_nothing_up() {
    for years in [-3, 3] {
        let mut life = Life::still(6, Planted::Nothing);
        life.set_clock(OWN, TimeDelta::days(365 * years));
        life.weather = Weather::Down;
        let id = life.write().unwrap();
        life.pass(TimeDelta::hours(2));
        life.set_clock(OWN, TimeDelta::zero());
        life.weather = Weather::Fine;
        assert_eq!(after(&mut life, id, TimeDelta::hours(7)), State::Received, "{years} years");
        well(life, Ending::Calm);
    }
}

#[test]
fn nothing_left_that_had_no_network() {
    let mut life = Life::still(7, Planted::Nothing);
    life.weather = Weather::Offline;
    let id = life.write().unwrap();
    life.pass(TimeDelta::hours(1));
    let record = life.record(id).unwrap();
    let Stage::Waiting { there, .. } = record.way.stage else { panic!("{:?}", record.way) };
    assert_ne!(there, Presence::Maybe);
    assert_eq!(record.way.withdrawal, Withdrawal::None);
}

/// The hub forgot it, and the family wants it back while the phone asks for replies.
fn withdrawn_while_replies_are_fetched() -> (Life, EnquiryId) {
    let late = Fate {
        name: "told",
        arrives: vec![TimeDelta::zero(), TimeDelta::days(3)],
        comes: Comes::Answer(TimeDelta::seconds(1)),
    };
    let (mut life, id) = written([late]);
    life.pass(TimeDelta::minutes(1));
    life.restore_hub();
    life.pass(TimeDelta::hours(1));
    let slow = Fate {
        name: "told",
        arrives: vec![TimeDelta::seconds(5)],
        comes: Comes::Answer(TimeDelta::seconds(5)),
    };
    life.next.push_back(slow);
    life.look(OWN, Why::Refresh);
    life.pass(TimeDelta::seconds(2));
    life.withdraw(OWN, id);
    (life, id)
}

#[test]
fn a_hub_that_forgot_what_is_withdrawn_is_told_to_remember_that() {
    let (mut life, id) = withdrawn_while_replies_are_fetched();
    assert_eq!(after(&mut life, id, TimeDelta::days(1)), State::Withdrawn);
    life.pass(TimeDelta::days(3));
    assert_eq!(accepted(&life), 1, "a copy that was under way came to a hub that was not told");
}

#[test]
fn what_is_wanted_back_is_asked_for_until_the_hub_answers() {
    let (mut life, id) = written([lost()]);
    life.weather = Weather::Down;
    life.pass(TimeDelta::milliseconds(500));
    life.withdraw(OWN, id);
    assert_eq!(after(&mut life, id, TimeDelta::days(31)), State::Waiting);
    assert_eq!(life.record(id).unwrap().way.withdrawal, Withdrawal::Asked);
}

#[test]
fn the_hub_is_left_alone_at_the_end_of_thirty_days_too() {
    let mut life = Life::still(8, Planted::Nothing);
    life.weather = Weather::Down;
    life.write().unwrap();
    life.pass(TimeDelta::days(30) - TimeDelta::hours(1));
    let busy = problem(ProblemCode::TooMany, Some(Duration::from_secs(3 * 3600)));
    life.next.push_back(instead(Ok(busy)));
    life.look(OWN, Why::Person);
    let before = attempts(&life).len();
    life.pass(TimeDelta::hours(2));
    assert_eq!(attempts(&life).len(), before);
}

#[test]
fn a_person_who_tries_does_not_end_the_time_that_the_hub_asked_for() {
    let busy = problem(ProblemCode::TooMany, Some(Duration::from_secs(5 * 3600)));
    let (mut life, _) = written([instead(Ok(busy)), lost()]);
    life.pass(TimeDelta::minutes(1));
    life.look(OWN, Why::Person);
    life.pass(TimeDelta::hours(4));
    assert_eq!(attempts(&life).len(), 2);
}

#[test]
fn when_staff_opened_it_is_what_the_hub_says() {
    let (mut life, id) = written([]);
    life.pass(TimeDelta::minutes(1));
    let opened = life.staff_open().unwrap();
    life.pass(TimeDelta::days(2));
    life.withdraw(OWN, id);
    life.pass(TimeDelta::hours(1));
    let record = life.record(id).unwrap();
    assert_eq!(record.way.withdrawal, Withdrawal::TooLate);
    let Stage::Received { opened_at, .. } = record.way.stage else { panic!("{:?}", record.way) };
    assert!(opened_at.is_none_or(|it| it == opened), "{opened_at:?} in place of {opened}");
}

#[test]
fn a_bare_copy_of_what_is_wanted_back_comes_to_an_end() {
    let (mut life, id) = written([lost()]);
    life.pass(TimeDelta::milliseconds(500));
    life.weather = Weather::Offline;
    life.withdraw(OWN, id);
    let way = life.record(id).unwrap().way.clone();
    let now = life.now + TimeDelta::days(31);
    assert!(way.due(now, false, false).is_some() || way.wake_at(now, false).is_none_or(|it| it > now));
}

#[test]
fn what_the_hub_asked_for_by_a_clock_that_was_ahead_is_overtaken() {
    let busy = || instead(Ok(problem(ProblemCode::TooMany, Some(Duration::from_secs(5 * 3600)))));
    let mut life = Life::still(9, Planted::Nothing);
    life.set_clock(OWN, TimeDelta::days(17));
    life.next.extend([busy(), busy(), lost()]);
    life.write().unwrap();
    life.pass(TimeDelta::minutes(1));
    life.set_clock(OWN, TimeDelta::zero());
    life.look(OWN, Why::Person);
    life.pass(TimeDelta::minutes(1));
    life.look(OWN, Why::Person);
    life.kill(OWN);
    life.pass(TimeDelta::hours(4));
    let by_itself = |it: &&otsupport_tests::enquiries::history::Entry| {
        matches!(it.what, What::Begun(_, _, _, Why::Timer | Why::Started))
    };
    assert_eq!(life.history.entries.iter().filter(by_itself).count(), 0);
}
