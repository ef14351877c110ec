//! Holds what phones stored and showed against what truly happened at the hub, by the contract alone.

mod attempts;
mod end;
mod ledger;
mod paper;
mod shown;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use otsupport_core::enquiries::outbox::State;
use otsupport_wire::enquiry::EnquiryId;

use super::history::{Because, COPY, Entry, History, OWN, Record, What};
use ledger::Ledger;
use paper::{Handset, Paper};

/// What may be wrong with a life.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Fault {
    /// What a family wrote is neither at the hub nor ended in a way that is true.
    Lost,
    /// One text came to the hub as two enquiries, or two envelopes were taken under one id.
    SecondEffect,
    /// Called received without a receipt that the hub gave.
    FalseReceipt,
    /// A receipt left the hub that had not kept the envelope.
    ReceiptBeforeKept,
    /// Called read or answered, and nobody opened it or replied.
    FalseRead,
    /// A reply that staff did not write, or not to this enquiry.
    FalseReply,
    /// A reply is here twice.
    ReplyTwice,
    /// A reply came, or would have been given, and is not here.
    ReplyLost,
    /// Called withdrawn, and it lies at the hub, or staff opened it after that.
    WithdrawnButThere,
    /// The family wants it back, and nobody told the hub.
    NeverWithdrawn,
    /// Called too late to withdraw, and nobody had opened it.
    FalseTooLate,
    /// Given up before thirty days of trying.
    ExpiredEarly,
    /// Not given up after thirty days of trying.
    NeverExpired,
    /// Called refused, and the hub did not refuse it.
    FalseRefusal,
    /// Something is to be delivered, and nothing will wake the app.
    NoWake,
    /// Two attempts are too far apart.
    RetriesTooFar,
    /// The hub was not left alone as it asked.
    TooSoon,
    /// Sealed again under another id, or not as it was.
    SealedOtherwise,
    /// Sealed again to the key that the hub had refused, or to none that the phone knows.
    OldKey,
    /// One enquiry had to wait for another.
    Blocked,
    /// The family's words, or what belongs to them, are not on the phone any more.
    TextLost,
    /// Staff read other words than the family's.
    OtherWords,
    /// What was told is not what was stored.
    FalseNews,
    /// A state that is not true, in another way.
    Untrue,
    /// What was stored cannot be read as it was.
    Unreadable,
}

/// Something that is wrong.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What.
    pub fault: Fault,
    /// When, in truth.
    pub at: DateTime<Utc>,
    /// On which phone, if on one.
    pub phone: Option<usize>,
    /// Of which enquiry.
    pub id: Option<EnquiryId>,
    /// The case, in words.
    pub what: String,
}

/// What the checker saw.
#[derive(Default, Debug)]
pub struct Verdict {
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// In which states the enquiries of the family's phone ended.
    pub ended: BTreeMap<State, usize>,
    /// How many attempts were made.
    pub attempts: usize,
    /// How often the hub was asked to take the same again and had it.
    pub again: usize,
}

struct Checker<'a> {
    history: &'a History,
    ledger: Ledger,
    texts: Vec<String>,
    phones: [Handset; 2],
    verdict: Verdict,
}

/// Holds a history against the contract.
pub fn check(history: &History) -> Verdict {
    let mut checker = Checker {
        history,
        ledger: Ledger::default(),
        texts: Vec::new(),
        phones: [Handset::default(), Handset::default()],
        verdict: Verdict::default(),
    };
    for entry in &history.entries {
        checker.look_at(entry);
    }
    checker.look_at_end();
    checker.verdict
}

impl Checker<'_> {
    fn look_at(&mut self, entry: &Entry) {
        match &entry.what {
            What::Wrote(id, number, text) => {
                self.texts.resize(*number, String::new());
                self.texts.push(text.clone());
                self.phones[OWN].numbers.insert(*id, *number);
            }
            What::Copied(record) => self.look_at_copy(record),
            What::Stored(phone, because, record) => self.look_at_stored(entry, *phone, *because, record),
            What::Withdrew(phone, id, accepted) => self.look_at_wish(entry, *phone, *id, *accepted),
            What::Woke(phone, _, under_way) => self.phones[*phone].wakes(entry.now, under_way),
            What::Begun(phone, id, ask, why) => self.look_at_attempt(entry, *phone, *id, *ask, *why),
            What::Heard(phone, id, ask, answer) => {
                if let Some(paper) = self.phones[*phone].papers.get_mut(id) {
                    paper.hears(entry.at, *ask, answer);
                }
            }
            What::KnowsKey(phone, tag) => self.phones[*phone].key = Some(*tag),
            What::Told(phone, id, news) => self.look_at_news(entry, *phone, *id, news),
            What::Looked(phone, wakes) => self.look_at_wakes(entry, *phone, wakes),
            What::Killed(phone) => self.phones[*phone].wanted.clear(),
            What::Switched(phone, _) => self.phones[*phone].wanted.clear(),
            What::ClockSet(phone) => self.phones[*phone].clock_is_set(entry.at),
            What::DiskFull(phone, full) => self.phones[*phone].full = *full,
            What::Unreadable(phone, id) => {
                self.find(Fault::Unreadable, entry.at, Some(*phone), Some(*id), String::new());
            }
            other => self.look_at_hub(entry, other),
        }
    }

    fn look_at_hub(&mut self, entry: &Entry, what: &What) {
        let Entry { at, .. } = *entry;
        match what {
            What::Sealed(number, sha) => {
                self.ledger.texts.insert(*sha, *number);
            }
            What::Accepted(id, sha) => {
                if let Some(why) = self.ledger.accepts(*id, *sha) {
                    self.find(Fault::SecondEffect, at, None, Some(*id), why.to_owned());
                }
                self.look_for_withdrawn(at, *id, "the hub took it");
            }
            What::Receipt(receipt) => {
                let id = receipt.receipt.id;
                if !self.ledger.is_kept(receipt) {
                    self.find(Fault::ReceiptBeforeKept, at, None, Some(id), format!("{:?}", receipt.receipt));
                }
                self.verdict.again += usize::from(!self.ledger.gives(receipt));
            }
            What::WithdrawnAtHub(id) => self.ledger.withdraws(*id, at),
            What::Opened(id, opened_at, text) => {
                self.ledger.opened.entry(*id).or_default().push(*opened_at);
                let number = self.phones[OWN].numbers.get(id).copied();
                if number.and_then(|it| self.texts.get(it)) != Some(text) {
                    self.find(Fault::OtherWords, at, None, Some(*id), text.clone());
                }
                self.look_for_withdrawn(at, *id, "staff opened it");
            }
            What::Replied(id, number, text) => {
                self.ledger.replies.entry(*id).or_default().insert(*number, (at, text.clone()));
            }
            What::Restored(holds) => {
                self.ledger.holds = holds.iter().copied().collect();
                self.ledger.restored_at = Some(at);
            }
            What::Takes(tags) => self.ledger.takes.clone_from(tags),
            _ => {}
        }
    }

    fn look_at_copy(&mut self, record: &Arc<Record>) {
        let own = self.phones[OWN].papers.get(&record.id);
        if let Some(mut paper) = own.cloned() {
            paper.record = record.clone();
            self.phones[COPY].papers.insert(record.id, paper);
        }
    }

    fn look_at_stored(&mut self, entry: &Entry, phone: usize, because: Because, record: &Arc<Record>) {
        let handset = &mut self.phones[phone];
        handset.wanted.remove(&record.id);
        if because == Because::Wrote {
            handset.papers.insert(record.id, Paper::new(record.clone()));
        }
        let Some(paper) = handset.papers.get_mut(&record.id) else { return };
        let before = std::mem::replace(&mut paper.record, record.clone());
        paper.is_stored(entry, because);
        self.look_at_stage(entry, phone, &before, record);
        self.look_at_replies(entry, phone, record);
        self.look_at_words(entry, phone, &before, record);
        if because == Because::Sealed {
            self.look_at_sealed(entry, phone, &before, record);
        }
        if because == Because::Heard {
            self.look_at_heard(entry, phone, record);
        }
    }

    fn find(
        &mut self,
        fault: Fault,
        at: DateTime<Utc>,
        phone: Option<usize>,
        id: Option<EnquiryId>,
        what: String,
    ) {
        self.verdict.findings.push(Finding { fault, at, phone, id, what });
    }
}
