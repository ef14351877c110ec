//! A life of a few enquiries, from their writing to a long calm end. Time steps from one thing that happens to the next.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use otsupport_core::enquiries::outbox::{Answer, Silence};
use otsupport_wire::enquiry::EnquiryId;

use super::history::{COPY, Ending, Entry, History, OWN, Record, What, Why};
use super::hub::{Hub, Request};
use super::network::{Comes, Fate, Weather};
use super::phone::Phone;
use super::planted::Planted;
use crate::seeded::Seeded;

/// A request on its way.
#[derive(Clone, Debug)]
pub(super) struct Flight {
    pub(super) phone: usize,
    pub(super) boot: u32,
    /// By which name the phone knows what it asks about.
    pub(super) of: EnquiryId,
    pub(super) request: Request,
    /// What the phone hears when this comes to the hub; nothing, if it heard before or will hear otherwise.
    pub(super) comes: Option<Comes>,
}

/// Something that is going to happen.
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// A timer fires: it counts if it is the phone's last.
    Timer(usize, u64),
    /// The app is started.
    Start(usize),
    /// The system lets the app run, and will again tomorrow.
    Refresh(usize),
    /// A request comes to the hub.
    Arrive(Box<Flight>),
    /// A phone hears; from which run of the hub, if it is the hub's answer.
    Hear(Box<Flight>, Result<Answer, Silence>, Option<u32>),
    /// The app is killed, if it is still this run of it.
    Kill(usize, Option<u32>),
    /// The family writes.
    Write,
    /// The family wants one back.
    Withdraw(usize, Option<EnquiryId>),
    /// Somebody starts a sync.
    Sync(usize),
    /// Somebody opens the app.
    Open(usize),
    /// The way to the hub is another.
    Weather(Weather),
    /// The phone is switched off, for so long.
    Off(usize, TimeDelta),
    /// And on.
    On(usize),
    /// The phone's clock is set wrong by so much, for so long.
    ClockWrong(usize, TimeDelta, TimeDelta),
    /// And right.
    ClockRight(usize),
    /// The disk is full, for so long.
    DiskFull(usize, TimeDelta),
    /// And not any more.
    DiskFree(usize),
    /// The hub is started again.
    Restart,
    /// A copy of the hub is laid aside.
    BackUp,
    /// An older copy of the hub takes its place.
    Restore,
    /// Staff come to work.
    Staff,
    /// The service has a new key; at once, or with a month to change.
    ServiceKey(bool),
    /// The hub has a new key.
    ReceiptKey,
    /// A safety copy is brought to another phone.
    Copy,
    /// Something about one enquiry offends a proxy.
    Poison,
    /// The end begins.
    Calm,
}

/// A family, its phones, the network and the hub.
pub struct Life {
    /// The time, in truth.
    pub now: DateTime<Utc>,
    /// The family's phone, and the one with a copy, if there is one.
    pub phones: Vec<Phone>,
    /// The hub.
    pub hub: Hub,
    /// How the way to the hub is.
    pub weather: Weather,
    /// What becomes of the next requests, whatever the weather.
    pub next: VecDeque<Fate>,
    /// Whether nothing goes wrong by chance.
    pub calm: bool,
    /// All that happened.
    pub history: History,
    /// What is offended by one enquiry.
    pub(super) poisoned: BTreeSet<EnquiryId>,
    pub(super) chance: Seeded,
    pub(super) planted: Planted,
    pub(super) written: Vec<EnquiryId>,
    pub(super) published: DateTime<Utc>,
    agenda: BTreeMap<(DateTime<Utc>, u64), Act>,
    planned: u64,
}

impl Life {
    /// A life in which nothing happens but what is told to.
    pub fn still(seed: u64, planted: Planted) -> Self {
        let mut chance = Seeded(seed);
        let now = DateTime::UNIX_EPOCH + TimeDelta::seconds(1_790_000_000 + chance.below(30_000_000) as i64);
        let hub = Hub::new();
        let history = History {
            seed,
            ending: Ending::Calm,
            refreshed: false,
            calm: now,
            end: now,
            entries: Vec::new(),
            left: Vec::new(),
            troubles: BTreeMap::new(),
        };
        let mut life = Self {
            now,
            phones: vec![Phone::new(hub.bank.clone(), now)],
            weather: Weather::Fine,
            next: VecDeque::new(),
            calm: true,
            history,
            poisoned: BTreeSet::new(),
            chance,
            planted,
            written: Vec::new(),
            published: now,
            agenda: BTreeMap::new(),
            planned: 0,
            hub,
        };
        life.published();
        life.sync_bank(OWN);
        life
    }

    /// A whole life.
    pub fn lived(seed: u64, planted: Planted) -> History {
        let mut life = Self::still(seed, planted);
        life.calm = false;
        life.plan();
        let end = life.history.end;
        life.live(end);
        life.ended()
    }

    /// What happened, and what is left.
    pub fn ended(mut self) -> History {
        self.history.end = self.now;
        self.history.left = self.phones.iter().map(|it| it.disk.values().cloned().collect()).collect();
        self.history
    }

    /// Lets so much time pass.
    pub fn pass(&mut self, time: TimeDelta) {
        self.live(self.now + time);
    }

    fn live(&mut self, end: DateTime<Utc>) {
        while let Some(next) = self.agenda.first_entry().filter(|it| it.key().0 <= end) {
            let ((at, _), act) = next.remove_entry();
            self.now = at;
            self.happens(act);
        }
        self.now = end;
    }

    /// Something happens so much later.
    pub(super) fn later(&mut self, after: TimeDelta, act: Act) {
        self.planned += 1;
        self.agenda.insert((self.now + after, self.planned), act);
    }

    /// Counts something that goes wrong.
    pub(super) fn tally(&mut self, what: &'static str) {
        *self.history.troubles.entry(what).or_default() += 1;
    }

    /// Something happened to a phone.
    pub(super) fn note(&mut self, phone: usize, what: What) {
        let right = self.phones.get(phone).is_none_or(|it| it.ahead.is_zero());
        let now = self.phones.get(phone).map_or(self.now, |it| it.now(self.now));
        self.history.entries.push(Entry { at: self.now, now, right, what });
    }

    /// Something happened elsewhere.
    pub(super) fn note_all(&mut self, all: impl IntoIterator<Item = What>) {
        let at = self.now;
        self.history.entries.extend(all.into_iter().map(|what| Entry { at, now: at, right: true, what }));
    }

    /// The service has a new key, and the one before it is taken no longer.
    pub fn revoke_key(&mut self) {
        self.disturb(Act::ServiceKey(true));
    }

    /// An older copy of the hub's database takes its place: an empty one.
    pub fn restore_hub(&mut self) {
        self.disturb(Act::Restore);
    }

    /// Staff open an enquiry, if there is one to open: when.
    pub fn staff_open(&mut self) -> Option<DateTime<Utc>> {
        let happened = self.hub.open_one(self.now, &mut self.chance)?;
        let at = if let What::Opened(_, at, _) = &happened { Some(*at) } else { None };
        self.note_all([happened]);
        at
    }

    /// The enquiry as the family's phone has it.
    pub fn record(&self, id: EnquiryId) -> Option<Arc<Record>> {
        self.phones.first().and_then(|it| it.disk.get(&id)).cloned()
    }

    fn happens(&mut self, act: Act) {
        match act {
            Act::Timer(phone, number) => {
                if self.phones.get(phone).is_some_and(|it| it.timer == number) {
                    self.look(phone, Why::Timer);
                }
            }
            Act::Start(phone) => self.look(phone, Why::Started),
            Act::Refresh(phone) => {
                self.look(phone, Why::Refresh);
                let hours = 20 + self.chance.below(8) as i64;
                self.later(TimeDelta::hours(hours), Act::Refresh(phone));
            }
            Act::Arrive(flight) => self.arrive(*flight),
            Act::Hear(flight, heard, hub) => {
                let is_lost = hub.is_some_and(|it| it != self.hub.boot);
                let heard = if is_lost { Err(Silence::HubDown) } else { heard };
                self.hear(&flight, heard);
            }
            Act::Staff => self.staff(),
            Act::Calm => self.ends(),
            _ if self.calm && self.history.calm < self.now => {}
            Act::Kill(phone, boot) => {
                if self.phones.get(phone).is_some_and(|it| it.on && boot.is_none_or(|boot| it.boot == boot)) {
                    self.tally("killed under way");
                    self.kill(phone);
                }
            }
            Act::Write => {
                self.write();
            }
            Act::Withdraw(phone, id) => {
                let one = self.chance.one_of(&self.written).copied();
                if let Some(id) = id.or(one) {
                    self.withdraw(phone, id);
                }
            }
            Act::Sync(phone) => self.look(phone, Why::Person),
            Act::Open(phone) => self.look(phone, Why::Opened),
            other => self.disturb(other),
        }
    }

    /// A request comes to the hub.
    fn arrive(&mut self, flight: Flight) {
        let (answer, happened) = self.hub.take(&flight.request, self.now, self.planted);
        self.note_all(happened);
        let Some(comes) = flight.comes.clone() else { return };
        let boot = Some(self.hub.boot);
        let (after, heard) = match comes {
            Comes::Answer(after) => (after, Ok(answer)),
            Comes::Cut(after, _, true) => (after, Err(Silence::HubDown)),
            Comes::Cut(after, thousandths, false) => {
                let mut answer = answer;
                let left = answer.body.len() * thousandths / 1000;
                answer.body.truncate(left);
                (after, Ok(answer))
            }
            Comes::Instead(after, heard) => (after, heard),
        };
        self.later(after, Act::Hear(Box::new(flight), heard, boot));
    }

    fn staff(&mut self) {
        for _ in 0..1 + self.chance.below(3) {
            let opens = self.chance.once_in(2);
            let open = if opens { self.hub.open_one(self.now, &mut self.chance) } else { None };
            let done = open.or_else(|| self.hub.reply_one(self.now, &mut self.chance));
            self.note_all(done);
        }
    }

    /// All is well from now on, or nothing ever comes to the hub again.
    fn ends(&mut self) {
        self.calm = true;
        self.poisoned.clear();
        self.weather = match self.history.ending {
            Ending::Calm => Weather::Fine,
            Ending::DownForGood => *self.chance.one_of(&Weather::CLOSED).unwrap_or(&Weather::Down),
        };
        let takes = self.hub.takes(self.now);
        self.note_all([takes]);
        for phone in 0..self.phones.len() {
            self.right(phone);
            self.freed(phone);
            self.switched_on(phone);
        }
    }

    /// The enquiries of the family's phone come to another.
    pub(super) fn copy(&mut self) {
        if self.phones.len() > COPY {
            return;
        }
        let bare = self.chance.once_in(4);
        let Some(own) = self.phones.first() else { return };
        let mut copy = Phone::new(own.keys.clone(), own.verified);
        for (id, record) in &own.disk {
            let mut record = (**record).clone();
            if bare {
                (record.text, record.secrets) = (None, None);
            }
            copy.disk.insert(*id, Arc::new(record));
        }
        let all: Vec<What> = copy.disk.values().cloned().map(What::Copied).collect();
        self.tally("copied to another phone");
        self.phones.push(copy);
        self.note_all(all);
        let after = TimeDelta::seconds(self.chance.below(7200) as i64);
        self.later(after, Act::Start(COPY));
    }
}
