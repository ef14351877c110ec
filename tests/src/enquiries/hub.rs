//! The service's end: a database around the hub's real rules, staff who read and reply, and keys that change.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use otsupport_core::enquiries::outbox::{Answer, Asking};
use otsupport_hub::intake::rules::{self, Delete, Put, Row, State};
use otsupport_wire::Sha256;
use otsupport_wire::enquiry::{
    Bearer, EnquiryId, EnquiryKeys, Envelope, KeyTag, ProblemCode, PublicHalf, Replies, ReplyNumber,
    SealedReply, ServiceKey, SignedReceipt, seal_reply,
};

use super::history::{AtHub, What};
use super::keys::keys;
use super::network::{of_problem, plain, problem};
use super::planted::Planted;
use crate::seeded::Seeded;

/// What a request brings to the hub.
#[derive(Clone, Debug)]
pub struct Request {
    /// The id of its address.
    pub id: EnquiryId,
    /// What is asked.
    pub asking: Asking,
    /// Its bearer secret.
    pub bearer: Option<Bearer>,
}

/// What is on the hub's disk.
#[derive(Clone, Default, Debug)]
pub struct Database {
    rows: BTreeMap<EnquiryId, Row>,
    envelopes: BTreeMap<EnquiryId, Arc<Vec<u8>>>,
    replies: BTreeMap<EnquiryId, Vec<SealedReply>>,
}

/// The hub, and whoever works with it.
pub struct Hub {
    database: Database,
    /// Copies of the database, the newest last.
    backups: Vec<Database>,
    /// What the newest bank names.
    pub bank: EnquiryKeys,
    /// How often it was started: an answer of an earlier run does not come.
    pub boot: u32,
    /// It takes no envelope of these, and says so by a problem of its own.
    pub refuses: BTreeSet<EnquiryId>,
    /// To whom staff reply: what they know of a letter they once opened.
    reply_keys: BTreeMap<EnquiryId, PublicHalf>,
    service: usize,
    receipt: usize,
    written: usize,
}

impl Hub {
    /// A new hub.
    pub fn new() -> Self {
        let all = keys();
        let service = all.service.iter().take(1).map(|it| ServiceKey { public: it.1, until: None }).collect();
        let receipt = all.receipt.iter().take(1).map(|it| it.1).collect();
        Self {
            database: Database::default(),
            backups: Vec::new(),
            bank: EnquiryKeys { service, recovery: all.recovery, receipt },
            boot: 0,
            refuses: BTreeSet::new(),
            reply_keys: BTreeMap::new(),
            service: 0,
            receipt: 0,
            written: 0,
        }
    }

    /// Takes a request, and says what happened.
    pub fn take(&mut self, request: &Request, now: DateTime<Utc>, planted: Planted) -> (Answer, Vec<What>) {
        let Request { id, asking, bearer } = request;
        match asking {
            Asking::Put(body) => self.put(*id, body, now, planted),
            Asking::Replies(after) => (self.replies(*id, *after, bearer.as_ref()), Vec::new()),
            Asking::Delete => self.delete(*id, bearer.as_ref(), now),
            Asking::SealAgain => (problem(ProblemCode::BadRequest, None), Vec::new()),
        }
    }

    fn put(
        &mut self,
        id: EnquiryId,
        body: &[u8],
        now: DateTime<Utc>,
        planted: Planted,
    ) -> (Answer, Vec<What>) {
        let is_other = self.database.envelopes.get(&id).is_some_and(|it| it.as_slice() != body);
        let ignored = is_other && planted == Planted::HubTakesOtherBytes;
        let known = self.database.rows.get(&id).filter(|_| !ignored);
        if known.is_none() && self.refuses.contains(&id) {
            return (problem(ProblemCode::BadEnvelope, None), Vec::new());
        }
        let Some((key, _)) = keys().receipt.get(self.receipt) else {
            return (problem(ProblemCode::Unavailable, None), Vec::new());
        };
        match rules::put(known, id, body, Some(&self.bank), key, now) {
            Put::Keep { row, receipt } => {
                let answered = (self.receipt(201, &receipt), What::Receipt(receipt));
                // An answer that leaves before the commit is one too many for each hub that is killed between the two.
                let is_lost = planted == Planted::HubAnswersBeforeCommit && now.timestamp() % 2 == 0;
                if is_lost {
                    return (answered.0, vec![answered.1]);
                }
                self.database.rows.insert(id, row);
                self.database.envelopes.insert(id, Arc::new(body.to_vec()));
                (answered.0, vec![What::Accepted(id, Sha256::of(body)), answered.1])
            }
            Put::Same(receipt) => (self.receipt(200, &receipt), vec![What::Receipt(receipt)]),
            Put::Refused(problem) => {
                let given = problem.receipt.clone().map(What::Receipt);
                (of_problem(&problem, None), given.into_iter().collect())
            }
        }
    }

    fn receipt(&self, status: u16, receipt: &SignedReceipt) -> Answer {
        plain(status, &serde_json::to_vec(receipt).unwrap_or_default())
    }

    fn replies(&self, id: EnquiryId, after: ReplyNumber, bearer: Option<&Bearer>) -> Answer {
        match rules::replies(self.database.rows.get(&id), bearer) {
            Ok(opened_at) => {
                let all = self.database.replies.get(&id).into_iter().flatten();
                let replies = all.filter(|it| it.number > after).cloned().collect();
                plain(200, &serde_json::to_vec(&Replies { opened_at, replies }).unwrap_or_default())
            }
            Err(code) => of_problem(&code.into(), None),
        }
    }

    fn delete(&mut self, id: EnquiryId, bearer: Option<&Bearer>, now: DateTime<Utc>) -> (Answer, Vec<What>) {
        match rules::delete(self.database.rows.get(&id), id, bearer, now) {
            Delete::Withdraw(row) => {
                self.database.rows.insert(id, row);
                self.database.envelopes.remove(&id);
                self.database.replies.remove(&id);
                (plain(204, b""), vec![What::WithdrawnAtHub(id)])
            }
            Delete::Again => (plain(204, b""), Vec::new()),
            Delete::Refused(code) => (of_problem(&code.into(), None), Vec::new()),
        }
    }

    /// A copy of the database is laid aside.
    pub fn back_up(&mut self) {
        self.backups.push(self.database.clone());
        if self.backups.len() > 3 {
            self.backups.remove(0);
        }
    }

    /// The hub is started again.
    pub fn restart(&mut self) {
        self.boot += 1;
    }

    /// An older copy of the database takes its place; without one, an empty one.
    pub fn restore(&mut self, chance: &mut Seeded) -> What {
        self.restart();
        self.database = chance.one_of(&self.backups).cloned().unwrap_or_default();
        self.holds()
    }

    fn holds(&self) -> What {
        let at_hub = |(id, row): (&EnquiryId, &Row)| {
            let envelope = self.database.envelopes.get(id).map(|it| AtHub::Held(Sha256::of(it)));
            let held = matches!(row.state, State::Held { .. }).then_some(envelope).flatten();
            (*id, held.unwrap_or(AtHub::Withdrawn))
        };
        What::Restored(self.database.rows.iter().map(at_hub).collect())
    }

    /// Staff open one enquiry that nobody has opened.
    pub fn open_one(&mut self, now: DateTime<Utc>, chance: &mut Seeded) -> Option<What> {
        let is_new = |it: &&Row| matches!(it.state, State::Held { opened_at: None, .. });
        let new: Vec<EnquiryId> = self.database.rows.values().filter(is_new).map(|it| it.id).collect();
        let id = *chance.one_of(&new)?;
        let row = rules::open(self.database.rows.get(&id)?, now)?;
        let State::Held { opened_at: Some(opened_at), .. } = row.state else { return None };
        self.database.rows.insert(id, row);
        let envelope = self.database.envelopes.get(&id)?;
        let letter = Envelope::parse(envelope).and_then(|it| it.open(keys().service.iter().map(|it| &it.0)));
        let text = match letter {
            Ok(letter) => {
                self.reply_keys.insert(id, letter.reply_key);
                letter.text
            }
            Err(error) => error.to_string(),
        };
        Some(What::Opened(id, opened_at, text))
    }

    /// Staff reply to one enquiry that somebody has opened; rather to one without a reply.
    pub fn reply_one(&mut self, now: DateTime<Utc>, chance: &mut Seeded) -> Option<What> {
        let is_open = |it: &&Row| matches!(it.state, State::Held { opened_at: Some(_), .. });
        let open: Vec<EnquiryId> = self.database.rows.values().filter(is_open).map(|it| it.id).collect();
        let bare: Vec<EnquiryId> =
            open.iter().copied().filter(|it| !self.database.replies.contains_key(it)).collect();
        let id = *chance.one_of(&bare).or(chance.one_of(&open))?;
        let to = self.reply_keys.get(&id)?;
        let replies = self.database.replies.entry(id).or_default();
        let number = rules::next_number(replies.last().map(|it| it.number), now);
        self.written += 1;
        let text = format!("Words {} of the service to {id}.", self.written);
        let sealed = seal_reply(id, number, &text, to, &random(chance)).ok()?;
        replies.push(SealedReply { number, sealed });
        Some(What::Replied(id, number, text))
    }

    /// The service has a new key; the one before it serves for a month more, or not a moment longer.
    pub fn change_service_key(&mut self, now: DateTime<Utc>, at_once: bool) -> Option<What> {
        let (_, public) = keys().service.get(self.service + 1)?;
        self.service += 1;
        let end = (now + if at_once { TimeDelta::zero() } else { TimeDelta::days(30) }).trunc_subsecs(0);
        for key in &mut self.bank.service {
            key.until = Some(key.until.unwrap_or(end).min(end));
        }
        self.bank.service.insert(0, ServiceKey { public: *public, until: None });
        Some(self.takes(now))
    }

    /// The tags of the keys that the hub takes envelopes for.
    pub fn takes(&self, now: DateTime<Utc>) -> What {
        let tags = self.bank.service.iter().map(|it| it.public.tag());
        What::Takes(tags.filter(|it: &KeyTag| self.bank.takes(*it, now)).collect())
    }

    /// The hub signs with a new key; what the one before it signed still holds.
    pub fn change_receipt_key(&mut self) {
        if let Some((_, public)) = keys().receipt.get(self.receipt + 1) {
            self.receipt += 1;
            self.bank.receipt.insert(0, *public);
        }
    }
}

impl Default for Hub {
    fn default() -> Self {
        Self::new()
    }
}

/// Random bytes of a life.
pub fn random<const N: usize>(chance: &mut Seeded) -> [u8; N] {
    let mut bytes = [0; N];
    for part in bytes.chunks_mut(8) {
        part.copy_from_slice(&chance.number().to_le_bytes()[..part.len()]);
    }
    bytes
}
