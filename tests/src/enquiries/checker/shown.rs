//! Each state and each reply that a phone shows: is it true?

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use otsupport_core::enquiries::outbox::{News, Stage, TRIED_FOR, Withdrawal};
use otsupport_wire::Sha256;
use otsupport_wire::enquiry::{EnquiryId, Envelope, ProblemCode, Replies};

use super::{Checker, Fault};
use crate::enquiries::history::{Ask, COPY, Entry, OWN, Record};

impl Checker<'_> {
    pub(super) fn look_at_stage(&mut self, entry: &Entry, phone: usize, before: &Record, record: &Record) {
        let id = record.id;
        let same = std::mem::discriminant(&before.way.stage) == std::mem::discriminant(&record.way.stage);
        let paper = self.phones[phone].papers.get(&id);
        let wrong = match &record.way.stage {
            Stage::Received { receipt, opened_at, last, .. } => {
                let opened = self.ledger.opened.get(&id);
                let is_open = |at: &DateTime<Utc>| opened.is_some_and(|it| it.contains(at));
                let replied = self.ledger.replies.get(&id);
                if !self.ledger.gave(id, receipt) {
                    Some((Fault::FalseReceipt, format!("{receipt:?}")))
                } else if opened_at.as_ref().is_some_and(|it| !is_open(it)) {
                    Some((Fault::FalseRead, format!("opened {opened_at:?}, in truth {opened:?}")))
                } else if last.is_some_and(|it| replied.is_none_or(|all| !all.contains_key(&it))) {
                    Some((Fault::FalseRead, format!("answered by {last:?}")))
                } else {
                    None
                }
            }
            Stage::Expired { .. } if !same => {
                let tried = paper.and_then(|it| it.first_begun).map(|it| entry.now - it);
                let early = tried.is_none_or(|it| it < TRIED_FOR);
                early.then(|| {
                    (Fault::ExpiredEarly, format!("after {tried:?}, {} failures", before.way.failures))
                })
            }
            Stage::Refused { because } if !same => {
                let said = paper.is_some_and(|it| it.problems.contains(because));
                let is_no_refusal = matches!(because, ProblemCode::TooMany | ProblemCode::RetiredKey);
                (!said || is_no_refusal).then(|| (Fault::FalseRefusal, format!("{because:?}")))
            }
            Stage::Withdrawn if !same => {
                let lies_there = self.ledger.has(id) && !self.is_anothers(id);
                lies_there.then(|| (Fault::WithdrawnButThere, "it lies at the hub".to_owned()))
            }
            _ => None,
        };
        let too_late =
            record.way.withdrawal == Withdrawal::TooLate && before.way.withdrawal != Withdrawal::TooLate;
        if too_late && !self.ledger.opened.contains_key(&id) {
            self.find(Fault::FalseTooLate, entry.at, Some(phone), Some(id), "nobody opened it".to_owned());
        }
        if let Some((fault, what)) = wrong {
            self.find(fault, entry.at, Some(phone), Some(id), what);
        }
    }

    /// Whether another phone may have brought it to the hub, which was never told to forget it.
    fn is_anothers(&self, id: EnquiryId) -> bool {
        let both = [OWN, COPY].iter().all(|it| self.phones[*it].papers.contains_key(&id));
        both && !self.ledger.withdrawn.contains_key(&id)
    }

    /// Something happens at the hub to an enquiry: is it shown as withdrawn?
    pub(super) fn look_for_withdrawn(&mut self, at: DateTime<Utc>, id: EnquiryId, what: &str) {
        for phone in [OWN, COPY] {
            let shown = self.phones[phone].papers.get(&id).and_then(|it| it.withdrawn_at);
            let restored = self.ledger.restored_at;
            let Some(shown) = shown.filter(|shown| restored.is_none_or(|it| it < *shown)) else { continue };
            if !self.is_anothers(id) {
                let what = format!("{what}, shown as withdrawn since {shown}");
                self.find(Fault::WithdrawnButThere, at, Some(phone), Some(id), what);
            }
        }
    }

    pub(super) fn look_at_replies(&mut self, entry: &Entry, phone: usize, record: &Record) {
        let truth = self.ledger.replies.get(&record.id);
        let mut seen = BTreeSet::new();
        let mut wrong = Vec::new();
        for (number, text) in &record.messages {
            if !seen.insert(*number) {
                wrong.push((Fault::ReplyTwice, format!("{number:?}")));
            }
            let written = truth.and_then(|it| it.get(number)).map(|it| &it.1);
            if written != Some(text) {
                wrong.push((Fault::FalseReply, format!("{text:?} in place of {written:?}")));
            }
        }
        for (fault, what) in wrong {
            self.find(fault, entry.at, Some(phone), Some(record.id), what);
        }
    }

    /// The family's words stay, and so does all that belongs to them.
    pub(super) fn look_at_words(&mut self, entry: &Entry, phone: usize, before: &Record, record: &Record) {
        let number = self.phones[OWN].numbers.get(&record.id);
        let written = number.and_then(|it| self.texts.get(*it));
        let has_words = record.text.is_some() || before.text.is_some() || phone == OWN;
        let other = has_words && record.text.as_ref() != written;
        if other || record.secrets != before.secrets {
            let what = format!("{:?} in place of {written:?}", record.text);
            self.find(Fault::TextLost, entry.at, Some(phone), Some(record.id), what);
        }
    }

    pub(super) fn look_at_sealed(
        &mut self,
        entry: &Entry,
        phone: usize,
        before: &Record,
        record: &Arc<Record>,
    ) {
        let (Some(old), Some(new)) = (envelope(before), envelope(record)) else {
            let what = "there is no envelope".to_owned();
            return self.find(Fault::SealedOtherwise, entry.at, Some(phone), Some(record.id), what);
        };
        let (text, now) = (self.ledger.texts.get(&Sha256::of(old)), self.ledger.texts.get(&Sha256::of(new)));
        let same_text = text.is_some() && text == now;
        let (Ok(old), Ok(new)) = (Envelope::parse(old), Envelope::parse(new)) else { return };
        let (old, new) = (old.header, new.header);
        if new.id != record.id || new.bearer != old.bearer || !same_text {
            let what = format!("{new:?} in place of {old:?}");
            self.find(Fault::SealedOtherwise, entry.at, Some(phone), Some(record.id), what);
        }
        if new.service == old.service || Some(new.service) != self.phones[phone].key {
            let what = format!("{:?} after {:?}", new.service, old.service);
            self.find(Fault::OldKey, entry.at, Some(phone), Some(record.id), what);
        }
    }

    /// What came is kept.
    pub(super) fn look_at_heard(&mut self, entry: &Entry, phone: usize, record: &Record) {
        let heard = self.phones[phone].papers.get_mut(&record.id).and_then(|it| it.heard.take());
        let Some((_, Ask::Replies, answer)) = heard else { return };
        let Some(answer) = answer.as_ref().as_ref().ok().filter(|it| it.status == 200) else { return };
        let Ok(came) = serde_json::from_slice::<Replies>(&answer.body) else { return };
        let is_here = |number| record.messages.iter().any(|it| it.0 == number);
        let lost = came.replies.iter().find(|it| !is_here(it.number)).map(|it| it.number);
        if let (Some(lost), Stage::Received { .. }) = (lost, &record.way.stage) {
            let what = format!("{lost:?} came and is not kept");
            self.find(Fault::ReplyLost, entry.at, Some(phone), Some(record.id), what);
        }
    }

    /// The family wanted it back: if that is too late, why?
    pub(super) fn look_at_wish(&mut self, entry: &Entry, phone: usize, id: EnquiryId, accepted: bool) {
        let Some(paper) = self.phones[phone].papers.get_mut(&id) else { return };
        if accepted {
            // Somebody has asked for the next attempt.
            paper.quiet_until = None;
            return;
        }
        let way = &paper.record.way;
        let may_be = match &way.stage {
            Stage::Waiting { .. } => true,
            Stage::Received { opened_at, last, .. } => opened_at.is_none() && last.is_none(),
            _ => false,
        };
        if may_be && way.withdrawal == Withdrawal::None && paper.record.secrets.is_some() {
            let what = format!("called too late while {:?}", way.state());
            self.find(Fault::FalseTooLate, entry.at, Some(phone), Some(id), what);
        }
    }

    pub(super) fn look_at_news(&mut self, entry: &Entry, phone: usize, id: EnquiryId, news: &News) {
        let Some(paper) = self.phones[phone].papers.get_mut(&id) else { return };
        let way = &paper.record.way;
        let fault = match (news, &way.stage) {
            (News::Received, Stage::Received { .. })
            | (News::Opened, Stage::Received { opened_at: Some(_), .. })
            | (News::Expired, Stage::Expired { .. })
            | (News::Refused, Stage::Refused { .. })
            | (News::Withdrawn, Stage::Withdrawn) => None,
            (News::Received, _) => Some(Fault::FalseReceipt),
            (News::Opened, _) => Some(Fault::FalseRead),
            (News::TooLate, _) => (way.withdrawal != Withdrawal::TooLate).then_some(Fault::FalseNews),
            (News::Replied(number, text), _) => {
                let is_here = paper.record.messages.iter().any(|it| (it.0, &it.1) == (*number, text));
                let is_new = paper.told.insert(*number);
                (!is_here).then_some(Fault::FalseReply).or((!is_new).then_some(Fault::ReplyTwice))
            }
            _ => Some(Fault::FalseNews),
        };
        if let Some(fault) = fault {
            let what = format!("told {news:?} while {:?}", paper.record.way.state());
            self.find(fault, entry.at, Some(phone), Some(id), what);
        }
    }
}

/// What is sent of an enquiry.
pub(super) fn envelope(record: &Record) -> Option<&[u8]> {
    match &record.way.stage {
        Stage::Waiting { envelope, .. } | Stage::Received { envelope, .. } => Some(&envelope.0),
        _ => None,
    }
}
