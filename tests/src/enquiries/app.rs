//! The app around the engine: what it stores, sends and shows, in which order, and what a kill or a full disk leaves of it.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Timelike, Utc};
use otsupport_core::enquiries::outbox::{Answer, Asking, Enclosed, News, Secrets, Silence, Stage, Way};
use otsupport_wire::Sha256;
use otsupport_wire::enquiry::{
    Asker, Bearer, EnquiryId, Envelope, KeyTag, Letter, Matter, ReplyBy, SealingChance, seal,
};

use super::history::{Ask, Because, OWN, Record, What, Why};
use super::hub::{Request, random};
use super::keys::{Pair, keys};
use super::life::{Act, Flight, Life};
use super::network::{Comes, Fate, Weather, plain};
use super::phone::NotStored;
use super::planted::Planted;

/// How long the app waits that could do nothing when it was woken, or could not store that it does.
const NOTHING_DONE: TimeDelta = TimeDelta::hours(1);

impl Life {
    /// The family writes an enquiry. Nothing, if it could not be kept: the family sees that.
    pub fn write(&mut self) -> Option<EnquiryId> {
        let now = self.phones.first().filter(|it| it.on && !it.full)?.now(self.now);
        let number = self.written.len();
        let text = format!("Enquiry {number} of the life {:x}: the seams itch.", self.history.seed);
        let id = EnquiryId::new(now.timestamp_millis().unsigned_abs(), &random(&mut self.chance));
        let secrets = Secrets {
            bearer: Bearer::from_bytes(random(&mut self.chance)),
            reply_key: self.reply_pair(number)?.0.clone(),
        };
        let envelope = self.sealed(OWN, id, number, &text, &secrets, None)?;
        let way = Way::waiting(Enclosed(envelope), now);
        let record =
            Record { id, text: Some(text.clone()), secrets: Some(secrets), way, messages: Vec::new() };
        self.written.push(id);
        self.note(OWN, What::Wrote(id, number, text));
        if !self.calm && self.chance.once_in(60) {
            self.tally("hub refuses");
            self.hub.refuses.insert(id);
        }
        if self.keep(OWN, Because::Wrote, &record) && !self.killed(OWN, "killed after writing") {
            self.look(OWN, Why::Written);
        }
        Some(id)
    }

    /// The family wants an enquiry back.
    pub fn withdraw(&mut self, phone: usize, id: EnquiryId) {
        let Some(it) = self.phones.get(phone).filter(|it| it.on && !it.full) else { return };
        let (now, Some(stored)) = (it.now(self.now), it.disk.get(&id)) else { return };
        let mut record = (**stored).clone();
        let has_secrets = record.secrets.is_some();
        let wrong = self.planted.withdraws(&mut record.way);
        let accepted = wrong || record.way.withdraw(now, has_secrets).is_ok();
        if accepted && !self.keep(phone, Because::Withdrew, &record) {
            return;
        }
        self.tally(if accepted { "withdrawn" } else { "withdrawn too late" });
        self.note(phone, What::Withdrew(phone, id, accepted));
        if !self.killed(phone, "killed after withdrawing") {
            self.look(phone, Why::Written);
        }
    }

    /// The app looks at all its enquiries.
    pub fn look(&mut self, phone: usize, why: Why) {
        let Some(it) = self.phones.get(phone).filter(|it| it.on) else { return };
        let (boot, in_flight) = (it.boot, it.in_flight.clone());
        let all: Vec<EnquiryId> = it.disk.keys().copied().filter(|id| !in_flight.contains(id)).collect();
        self.note(phone, What::Woke(phone, why, in_flight.into_iter().collect()));
        if self.chance.once_in(3) {
            self.try_bank(phone);
        }
        let mut idle = true;
        for id in all {
            let failed = self.phones[phone].disk.get(&id).is_some_and(|it| it.way.failures > 0);
            idle &= !self.attempt(phone, id, why);
            if self.phones[phone].boot != boot {
                return;
            }
            if self.planted == Planted::OneFailureStopsOthers && failed {
                break;
            }
        }
        let now = self.phones[phone].now(self.now);
        let wakes = self.phones[phone]
            .disk
            .values()
            .map(|it| (it.id, self.planted.wake_at(&it.way, now, it.secrets.is_some())));
        let wakes = wakes.collect();
        self.note(phone, What::Looked(phone, wakes));
        self.arm(phone, idle && why == Why::Timer);
    }

    /// Asks to be woken.
    fn arm(&mut self, phone: usize, idle: bool) {
        let Some(it) = self.phones.get_mut(phone) else { return };
        it.timer += 1;
        let (number, now) = (it.timer, it.now(self.now));
        // By a clock that is behind the last signature, no time passes.
        let stands = self.now + it.ahead < now;
        let after = |wake: DateTime<Utc>| {
            let passed_over = idle && (stands || wake <= now);
            (wake - now).max(if passed_over { NOTHING_DONE } else { TimeDelta::seconds(1) })
        };
        let wakes =
            it.disk.values().filter_map(|it| self.planted.wake_at(&it.way, now, it.secrets.is_some()));
        let Some(sleeps) = wakes.map(after).min() else { return };
        let late = self.chance.below(if self.calm { 60 } else { 300 });
        self.later(sleeps + TimeDelta::seconds(late as i64), Act::Timer(phone, number));
    }

    /// The app is killed here, by chance.
    fn killed(&mut self, phone: usize, name: &'static str) -> bool {
        let killed = !self.calm && self.chance.once_in(40);
        if killed {
            self.tally(name);
            self.kill(phone);
        }
        killed
    }

    /// All that was in memory is gone; the app is started again sooner or later.
    pub fn kill(&mut self, phone: usize) {
        let Some(it) = self.phones.get_mut(phone) else { return };
        it.boot += 1;
        it.in_flight.clear();
        self.note(phone, What::Killed(phone));
        let most = if self.chance.once_in(2) { 60 } else { 20 * 3600 };
        let after = TimeDelta::seconds(1 + self.chance.below(most) as i64);
        self.later(after, Act::Start(phone));
    }

    fn keep(&mut self, phone: usize, because: Because, record: &Record) -> bool {
        match self.phones[phone].store(record) {
            Ok(kept) => {
                self.note(phone, What::Stored(phone, because, kept));
                true
            }
            Err(NotStored::Full) => {
                self.tally("not stored");
                false
            }
            Err(NotStored::Unreadable) => {
                self.note(phone, What::Unreadable(phone, record.id));
                false
            }
        }
    }

    /// Does what is due about an enquiry, if anything is.
    fn attempt(&mut self, phone: usize, id: EnquiryId, why: Why) -> bool {
        let now = self.phones[phone].now(self.now);
        let Some(stored) = self.phones[phone].disk.get(&id).cloned() else { return false };
        let mut record = (*stored).clone();
        let due = record.way.due(now, why == Why::Person, record.secrets.is_some());
        let Some(asking) = due else { return false };
        if self.killed(phone, "killed before an attempt is stored") {
            return true;
        }
        if asking == Asking::SealAgain {
            self.seal_again(phone, record);
            return true;
        }
        record.way.begin(&asking, now, self.chance.number());
        if self.planted != Planted::BeginNotStored && !self.keep(phone, Because::Begun, &record) {
            return false;
        }
        self.note(phone, What::Begun(phone, id, Ask::from(&asking), why));
        if !self.killed(phone, "killed before a request leaves") {
            self.send(phone, &record, asking);
        }
        true
    }

    fn send(&mut self, phone: usize, record: &Record, asking: Asking) {
        let (mut id, ask) = (record.id, Ask::from(&asking));
        let mut request = Request { id, asking: asking.clone(), bearer: None };
        if let Asking::Put(body) = &asking {
            if self.planted == Planted::NewIdEachAttempt && record.way.failures > 0 {
                id = EnquiryId::new(self.now.timestamp_millis().unsigned_abs(), &random(&mut self.chance));
                let again = self.sealed_as(phone, id, record, None);
                request.asking = Asking::Put(again.unwrap_or_else(|| body.clone()));
            } else if let Ok(envelope) = Envelope::parse(body) {
                id = envelope.header.id;
            }
            request.id = id;
        } else {
            request.bearer = record.secrets.as_ref().map(|it| it.bearer.clone());
        }
        let fate = self.fate(record.id, ask, &request.asking);
        self.tally(fate.name);
        let it = &mut self.phones[phone];
        it.in_flight.insert(record.id);
        let boot = it.boot;
        // The phone knows what it asked, whatever became of that on the way.
        let of = record.id;
        let flight = |comes| Box::new(Flight { phone, boot, of, request: request.clone(), comes });
        let answered = !matches!(fate.comes, Comes::Instead(..));
        for (place, after) in fate.arrives.iter().enumerate() {
            let comes = Some(fate.comes.clone()).filter(|_| answered && place == 0);
            self.later(*after, Act::Arrive(flight(comes)));
        }
        if let Comes::Instead(after, heard) = fate.comes {
            self.later(after, Act::Hear(flight(None), heard, None));
        }
        if self.planted == Planted::ReceivedBeforeReceipt && ask == Ask::Put {
            self.note(phone, What::Told(phone, record.id, News::Received));
        }
        self.meanwhile(phone, record.id, boot);
    }

    /// Something may happen while a request is under way.
    fn meanwhile(&mut self, phone: usize, id: EnquiryId, boot: u32) {
        if self.calm {
            return;
        }
        let soon = TimeDelta::milliseconds(self.chance.below(2500) as i64);
        match self.chance.below(40) {
            0 => self.later(soon, Act::Kill(phone, Some(boot))),
            1 => self.later(soon, Act::Withdraw(phone, Some(id))),
            2 => self.later(soon, Act::Restart),
            _ => {}
        }
    }

    fn fate(&mut self, id: EnquiryId, ask: Ask, asking: &Asking) -> Fate {
        if let Some(told) = self.next.pop_front() {
            return told;
        }
        if self.poisoned.contains(&id) && ask == Ask::Put {
            let page = Ok(plain(413, b"<html>Request Entity Too Large</html>"));
            return Fate::instead("proxy refuses", Vec::new(), page, &mut self.chance);
        }
        let body = if let Asking::Put(body) = asking { body } else { &Vec::new() };
        let noisy = self.weather == Weather::Fine && !self.calm && self.chance.once_in(10);
        let weather = if noisy { Weather::Stormy } else { self.weather };
        Fate::of(weather, id, ask, body, &mut self.chance)
    }

    /// What came back, or that nothing did, if the app that asked still runs.
    pub(super) fn hear(&mut self, flight: &Flight, answer: Result<Answer, Silence>) {
        let Flight { phone, boot, of, request, .. } = flight;
        let (phone, id) = (*phone, *of);
        let it = &mut self.phones[phone];
        if it.boot != *boot || !it.on {
            return;
        }
        it.in_flight.remove(&id);
        if self.killed(phone, "killed before an answer is kept") {
            return;
        }
        let it = &self.phones[phone];
        let (now, receipts) = (it.now(self.now), it.keys.receipt.clone());
        let Some(stored) = it.disk.get(&id) else { return };
        let mut record = (**stored).clone();
        let asking = &request.asking;
        let answer = Arc::new(answer);
        let number = self.chance.number();
        let news = self.planted.heard(&mut record, asking, &answer, &receipts, now, number);
        for it in &news {
            if let News::Replied(number, text) = it {
                record.messages.push((*number, text.clone()));
            }
        }
        self.note(phone, What::Heard(phone, id, Ask::from(asking), answer));
        if !self.keep(phone, Because::Heard, &record) {
            self.kill(phone);
            return;
        }
        if self.killed(phone, "killed before news are told") {
            return;
        }
        self.tell(phone, id, news);
        self.arm(phone, false);
    }

    fn tell(&mut self, phone: usize, id: EnquiryId, news: Vec<News>) {
        for it in news {
            self.note(phone, What::Told(phone, id, it));
        }
    }

    /// Fetches the newest bank, if the way is free.
    fn try_bank(&mut self, phone: usize) {
        if self.weather.brings_bank(&mut self.chance) {
            self.sync_bank(phone);
        }
    }

    /// The phone verifies the newest bank. Its signature is renewed each day.
    pub(super) fn sync_bank(&mut self, phone: usize) {
        let midnight =
            self.now.with_hour(0).and_then(|it| it.with_minute(0)).and_then(|it| it.with_second(0));
        let signed = midnight.unwrap_or(self.now).with_nanosecond(0).unwrap_or(self.now).max(self.published);
        let it = &mut self.phones[phone];
        it.keys = self.hub.bank.clone();
        it.verified = it.verified.max(signed);
        let current = it.keys.current(it.now(self.now)).map(|it| it.public.tag());
        if let Some(tag) = current {
            self.note(phone, What::KnowsKey(phone, tag));
        }
    }

    fn seal_again(&mut self, phone: usize, mut record: Record) {
        self.try_bank(phone);
        let now = self.phones[phone].now(self.now);
        let old = match &record.way.stage {
            Stage::Waiting { envelope, .. } | Stage::Received { envelope, .. } => tag(&envelope.0),
            _ => None,
        };
        let again = match self.planted {
            Planted::SealedToOldKey => self.sealed_as(phone, record.id, &record, old),
            Planted::SealedUnderNewId => {
                let id = EnquiryId::new(now.timestamp_millis().unsigned_abs(), &random(&mut self.chance));
                self.sealed_as(phone, id, &record, None)
            }
            _ => {
                let current = self.phones[phone].keys.current(now).map(|it| it.public.tag());
                let newer = current.is_some() && current != old;
                newer.then(|| self.sealed_as(phone, record.id, &record, None)).flatten()
            }
        };
        let (because, news) = if let Some(sealed) = again {
            record.way.sealed_again(Enclosed(sealed), now);
            (Because::Sealed, Vec::new())
        } else {
            (Because::NotSealed, record.way.not_sealed_again(now, self.chance.number()))
        };
        self.tally(if because == Because::Sealed { "sealed again" } else { "not sealed again" });
        if self.keep(phone, because, &record) && !self.killed(phone, "killed after sealing again") {
            self.tell(phone, record.id, news);
        }
    }

    /// The same text in another envelope; nothing, where the text is not here.
    fn sealed_as(
        &mut self,
        phone: usize,
        id: EnquiryId,
        record: &Record,
        to: Option<KeyTag>,
    ) -> Option<Vec<u8>> {
        let number = self.written.iter().position(|it| *it == record.id)?;
        let (text, secrets) = (record.text.clone()?, record.secrets.clone()?);
        self.sealed(phone, id, number, &text, &secrets, to)
    }

    fn reply_pair(&self, number: usize) -> Option<&'static Pair> {
        let all = &keys().reply;
        all.get((self.history.seed as usize).wrapping_add(number) % all.len())
    }

    fn sealed(
        &mut self,
        phone: usize,
        id: EnquiryId,
        number: usize,
        text: &str,
        secrets: &Secrets,
        to: Option<KeyTag>,
    ) -> Option<Vec<u8>> {
        let (it, now) = (&self.phones[phone], self.phones[phone].now(self.now));
        let named = it.keys.service.iter().find(|it| Some(it.public.tag()) == to).map(|it| it.public);
        let to = named.or(it.keys.current(now).map(|it| it.public))?;
        let letter = Letter {
            written_at: now,
            matter: Matter::Question,
            asker: Asker::Parent,
            topic: None,
            age: None,
            setting: None,
            borough: None,
            reply_by: ReplyBy::Phone,
            format: None,
            language: None,
            interpreter: None,
            text: text.to_owned(),
            reply_key: self.reply_pair(number)?.1,
        };
        let recovery = it.keys.recovery;
        let chance = &mut self.chance;
        let chance =
            SealingChance { letter: random(chance), service: random(chance), recovery: random(chance) };
        let bytes = seal(id, &letter, secrets.bearer.hash(), &to, &recovery, chance).ok()?;
        self.note(phone, What::Sealed(number, Sha256::of(&bytes)));
        Some(bytes)
    }
}

/// To which key an envelope is sealed.
fn tag(envelope: &[u8]) -> Option<KeyTag> {
    Envelope::parse(envelope).ok().map(|it| it.header.service)
}
