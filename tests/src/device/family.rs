//! What a phone stores of a family: what it follows and has last seen, and what it is to be told. Each change is one transaction.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Datelike, NaiveDate, Utc, Weekday};
use otsupport_core::reminders::planner::{Key, Told};

use super::choice::Choice;
use super::event::Published;
use super::history::Known;
use super::planner::Planted;
use super::service::Bank;

/// An event that the family follows.
#[derive(Clone, Debug)]
pub struct Follow {
    /// As it was last seen.
    pub seen: Arc<Published>,
    /// Whether it was told that it is not in the bank.
    pub unlisted: bool,
    /// Whether they booked.
    pub booked: bool,
}

/// Something that the family tries on some days of the week.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Practice {
    /// Its name.
    pub id: String,
    /// On which days.
    pub days: Vec<Weekday>,
    /// The days on which it was done.
    pub done: BTreeSet<NaiveDate>,
}

impl Practice {
    /// Whether it is meant on that day, and not done.
    pub fn is_on(&self, day: NaiveDate) -> bool {
        self.days.contains(&day.weekday()) && !self.done.contains(&day)
    }
}

/// A notice that is stored.
#[derive(Clone, Debug)]
pub struct Row {
    /// What is told.
    pub told: Told,
    /// Of no use afterwards.
    pub until: DateTime<Utc>,
    /// Whether it was shown.
    pub given: bool,
    /// The keys under which it was armed: a new choice of quiet hours gives it another.
    pub keys: Vec<Key>,
}

/// All that is stored.
#[derive(Debug)]
pub struct Family {
    /// What it follows, by UID.
    pub follows: BTreeMap<String, Follow>,
    /// What it tries.
    pub tries: Vec<Practice>,
    /// The notices.
    pub rows: Vec<Row>,
    /// The content, which is a file of its own.
    pub bank: Bank,
    /// What it chose.
    pub choice: Arc<Choice>,
    /// What is armed, as far as it remembers.
    pub armed: BTreeMap<Key, DateTime<Utc>>,
    /// What was shown, and when it was due.
    pub given: BTreeMap<Key, DateTime<Utc>>,
    next: u64,
}

/// What a transaction did: what had been seen, and what is there.
pub type Noted = (Arc<Published>, Option<Arc<Published>>);

impl Family {
    /// A family that follows nothing.
    pub fn new(choice: Choice) -> Self {
        Self {
            follows: BTreeMap::new(),
            tries: Vec::new(),
            rows: Vec::new(),
            bank: Bank::new(),
            choice: Arc::new(choice),
            armed: BTreeMap::new(),
            given: BTreeMap::new(),
            next: 0,
        }
    }

    /// The state of an event that holds: the bank's, unless its SEQUENCE is lower than the one seen (R4).
    fn holding(&self, follow: &Follow) -> Arc<Published> {
        let listed = self.bank.get(&follow.seen.uid);
        listed.filter(|it| it.sequence >= follow.seen.sequence).unwrap_or(&follow.seen).clone()
    }

    /// What it follows, as it is known.
    pub fn known(&self) -> Vec<Known> {
        let known = |it: &Follow| Known {
            event: self.holding(it),
            listed: self.bank.contains_key(&it.seen.uid),
            booked: it.booked,
        };
        self.follows.values().map(known).collect()
    }

    /// Begins to follow an event of the bank.
    pub fn follow(&mut self, uid: &str, booked: bool) {
        if let Some(event) = self.bank.get(uid) {
            self.follows.insert(uid.to_owned(), Follow { seen: event.clone(), unlisted: false, booked });
        }
    }

    /// Follows an event no longer, and wants to hear nothing more of it.
    pub fn unfollow(&mut self, uid: &str) {
        self.follows.remove(uid);
        self.rows.retain(|it| it.told.uid.as_deref() != Some(uid));
    }

    /// Writes down what became of an event and that it was seen: one transaction. `None` if there is nothing new.
    pub fn note(&mut self, uid: &str, planner: Planted, now: DateTime<Utc>) -> Option<Noted> {
        let follow = self.follows.get(uid)?.clone();
        let listed = self.bank.get(uid).cloned();
        let is = match &listed {
            Some(event) if event.sequence < follow.seen.sequence || Arc::ptr_eq(event, &follow.seen) => {
                self.follows.get_mut(uid)?.unlisted = false;
                return None;
            }
            None if follow.unlisted => return None,
            _ => listed,
        };
        let was = follow.seen.clone();
        let found = planner.differences(&was.event, is.as_ref().map(|it| &it.event), follow.booked, now);
        for it in found {
            self.next += 1;
            let told = Told {
                id: format!("n{}", self.next),
                kind: it.kind,
                uid: Some(uid.to_owned()),
                occurrence: it.differences.first().map(|it| it.occurrence),
                title: uid.to_owned(),
                at: now,
                before: it.before,
            };
            // Who wants no notices of a kind is not told of all of them on the day when they want them again.
            let given = !self.choice.gives(it.kind);
            self.rows.push(Row { told, until: it.until, given, keys: Vec::new() });
        }
        let seen = is.clone().unwrap_or(follow.seen);
        self.follows.insert(uid.to_owned(), Follow { seen, unlisted: is.is_none(), ..follow });
        Some((was, is))
    }

    /// Forgets what is of no use any more.
    pub fn clear_up(&mut self, now: DateTime<Utc>) {
        let month = now - chrono::TimeDelta::days(30);
        self.rows.retain(|it| it.until > now && !(it.given && it.told.at < month));
        self.given.retain(|_, at| *at > month);
    }
}
