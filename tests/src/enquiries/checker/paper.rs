//! What is known of a phone, and of each enquiry on it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use otsupport_core::enquiries::outbox::{Answer, Silence, Stage, Withdrawal};
use otsupport_wire::enquiry::{EnquiryId, KeyTag, Problem, ProblemCode, ReplyNumber};

use super::attempts::FURTHEST;
use crate::enquiries::history::{Ask, Because, Entry, Record};

/// A phone.
#[derive(Default)]
pub(super) struct Handset {
    pub(super) papers: BTreeMap<EnquiryId, Paper>,
    /// Which text each enquiry has.
    pub(super) numbers: BTreeMap<EnquiryId, usize>,
    /// Whether its disk is full.
    pub(super) full: bool,
    /// When its clock was set last.
    pub(super) set_at: Option<DateTime<Utc>>,
    /// To which key it has to seal.
    pub(super) key: Option<KeyTag>,
    /// What has to be tried in this run of the app.
    pub(super) wanted: BTreeSet<EnquiryId>,
    /// What was under way when it began, and is not looked at before it is heard of.
    pub(super) under_way: Vec<EnquiryId>,
}

impl Handset {
    /// The app looks at its enquiries: those that wait and may be tried have to be.
    pub(super) fn wakes(&mut self, now: DateTime<Utc>, under_way: &[EnquiryId]) {
        let is_wanted = |it: &&Paper| {
            let way = &it.record.way;
            matches!(way.stage, Stage::Waiting { .. })
                && !it.is_given_up()
                && way.next_attempt_at.is_none_or(|it| it <= now)
                && !under_way.contains(&it.record.id)
        };
        self.under_way = under_way.to_vec();
        self.wanted = self.papers.values().filter(is_wanted).map(|it| it.record.id).collect();
    }

    /// What was asked for by the clock before is not judged by the clock after.
    pub(super) fn clock_is_set(&mut self, at: DateTime<Utc>) {
        self.set_at = Some(at);
        for it in self.papers.values_mut() {
            (it.quiet_until, it.tried_at) = (None, None);
        }
    }
}

/// What came back: when, and upon what question.
type Heard = (DateTime<Utc>, Ask, Arc<Result<Answer, Silence>>);

/// An enquiry on a phone.
#[derive(Clone)]
pub(super) struct Paper {
    /// As it is stored.
    pub(super) record: Arc<Record>,
    /// The earliest time of day by the phone at which an attempt was begun.
    pub(super) first_begun: Option<DateTime<Utc>>,
    /// When the first attempt was begun, in truth.
    pub(super) first_begun_at: Option<DateTime<Utc>>,
    /// When the last attempt was begun, in truth.
    pub(super) tried_at: Option<DateTime<Utc>>,
    /// What a hub said that refused it.
    pub(super) problems: Vec<ProblemCode>,
    /// What was heard, until it is stored.
    pub(super) heard: Option<Heard>,
    /// Until when the hub wants to be left alone, in truth.
    pub(super) quiet_until: Option<DateTime<Utc>>,
    /// Since when it is shown as withdrawn.
    pub(super) withdrawn_at: Option<DateTime<Utc>>,
    /// Since when it is shown as received.
    pub(super) received_at: Option<DateTime<Utc>>,
    /// The replies that were told.
    pub(super) told: BTreeSet<ReplyNumber>,
}

impl Paper {
    pub(super) fn new(record: Arc<Record>) -> Self {
        Self {
            record,
            first_begun: None,
            first_begun_at: None,
            tried_at: None,
            problems: Vec::new(),
            heard: None,
            quiet_until: None,
            withdrawn_at: None,
            received_at: None,
            told: BTreeSet::new(),
        }
    }

    /// Whoever has no more than the envelope cannot give it back, and does not bring what is wanted back.
    pub(super) fn is_given_up(&self) -> bool {
        self.record.way.withdrawal == Withdrawal::Asked && self.record.secrets.is_none()
    }

    /// Something came back, or nothing did.
    pub(super) fn hears(&mut self, at: DateTime<Utc>, ask: Ask, answer: &Arc<Result<Answer, Silence>>) {
        self.heard = Some((at, ask, answer.clone()));
        let Ok(answer) = &**answer else { return };
        let problem = Problem::parse(answer.status, &answer.body);
        if let Some((code, _)) = problem.filter(|_| ask == Ask::Put && (400..500).contains(&answer.status)) {
            self.problems.push(code);
        }
    }

    /// It is stored.
    pub(super) fn is_stored(&mut self, entry: &Entry, because: Because) {
        let Entry { at, now, right, .. } = *entry;
        let stage = &self.record.way.stage;
        if because == Because::Begun && matches!(stage, Stage::Waiting { .. }) {
            self.first_begun = Some(self.first_begun.map_or(now, |it| it.min(now)));
            self.first_begun_at = self.first_begun_at.or(Some(at));
        }
        match stage {
            Stage::Withdrawn => self.withdrawn_at = self.withdrawn_at.or(Some(at)),
            Stage::Received { .. } => self.received_at = self.received_at.or(Some(at)),
            _ => {}
        }
        // What was asked for while the clock was wrong binds nobody whose clock is right.
        if because != Because::Heard || !right {
            return;
        }
        if let Some(Ok(answer)) = self.heard.as_ref().map(|it| it.2.as_ref()) {
            let asked = answer.retry_after.and_then(|it| TimeDelta::from_std(it).ok());
            let asked = asked.filter(|_| matches!(answer.status, 429 | 503));
            // A newer word of the hub's own takes the place of an older one.
            let before = self.quiet_until.filter(|_| !is_hubs(answer));
            self.quiet_until = asked.map(|it| at + it.min(FURTHEST)).or(before);
        }
    }
}

/// Whether an answer may be the hub's own: no page of a proxy is JSON.
fn is_hubs(answer: &Answer) -> bool {
    let Answer { status, body, .. } = answer;
    let is_json = || serde_json::from_slice::<serde_json::Value>(body).is_ok();
    Problem::parse(*status, body).is_some() || *status == 204 || (*status < 300 && is_json())
}
