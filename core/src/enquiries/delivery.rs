//! Carries out what the outbox says: each enquiry by itself, so that one that fails holds no other up.

use chrono::{DateTime, SubsecRound, Utc};
use otsupport_wire::enquiry::{EnquiryId, EnquiryKeys, Envelope};
use otsupport_wire::snapshot::Service;

use super::enquiry::{Enquiry, Reply};
use super::keeping::get;
use super::outbox::{Answer, Asking, News, Secrets, Silence, Stage};
use super::sealing::enclosed;
use super::telling::{tell_failed, tell_if_overdue, tell_replied};
use super::working_days::expected_by;
use crate::error::Error;
use crate::platform::{Exchange, Http, Method, day_in_london};
use crate::storage::{FamilyStore, FamilyWriting, random};

/// The largest answer: a page of replies.
const ANSWER_LIMIT: u64 = 1 << 20;
/// The most that is asked about one enquiry in one run: refused key, sealed again, sent, refused once more.
const MOST_STEPS: usize = 4;

/// What a run over the outbox came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Delivered {
    pub(crate) delivered: u32,
    pub(crate) replies: u32,
    pub(crate) requests: u32,
    pub(crate) bytes: u64,
}

/// Who is told which enquiry is on its way just now.
pub(crate) trait Underway: Sync {
    /// It is this one, or none.
    fn now_sending(&self, id: Option<EnquiryId>);
}

/// The parts that a delivery works on.
pub(crate) struct Delivery<'a> {
    pub(crate) family: &'a FamilyStore,
    pub(crate) http: &'a dyn Http,
    pub(crate) hub: &'a str,
    /// Of the bank that is here: its keys, its days.
    pub(crate) service: &'a Service,
    pub(crate) underway: &'a dyn Underway,
    pub(crate) now: DateTime<Utc>,
    pub(crate) by_person: bool,
}

impl Delivery<'_> {
    /// Tries everything whose turn it is. What cannot be stored is not sent; the first such failure is given once all were tried.
    pub(crate) async fn run(&self) -> Result<Delivered, Error> {
        let ids: Vec<EnquiryId> =
            self.family.read(|reading| Ok(reading.all::<Enquiry>()?.iter().map(|it| it.id).collect()))?;
        let (mut sum, mut failed) = (Delivered::default(), None);
        for id in ids {
            let done = self.deliver(id, &mut sum).await;
            self.underway.now_sending(None);
            if let Err(error) = done {
                failed.get_or_insert(error);
            }
        }
        failed.map_or(Ok(sum), Err)
    }

    async fn deliver(&self, id: EnquiryId, sum: &mut Delivered) -> Result<(), Error> {
        for step in 0..MOST_STEPS {
            let Some((asking, secrets)) = self.begin(id, self.by_person && step == 0)? else { return Ok(()) };
            if asking == Asking::SealAgain {
                self.seal_again(id)?;
                continue;
            }
            if matches!(asking, Asking::Put(_)) {
                self.underway.now_sending(Some(id));
            }
            let answer = self.ask(id, &asking, secrets.as_ref()).await;
            self.underway.now_sending(None);
            sum.requests += 1;
            sum.bytes += answer.as_ref().map_or(0, |it| it.body.len() as u64);
            let news = self.heard(id, &asking, &answer)?;
            sum.delivered += news.iter().filter(|it| **it == News::Received).count() as u32;
            sum.replies += news.iter().filter(|it| matches!(it, News::Replied(..))).count() as u32;
            // Whether it was opened within the last second can wait for the next run.
            if news.contains(&News::Received) {
                return Ok(());
            }
        }
        Ok(())
    }

    /// What is to be asked, noted before it is asked.
    fn begin(&self, id: EnquiryId, by_person: bool) -> Result<Option<(Asking, Option<Secrets>)>, Error> {
        let due =
            |enquiry: &Enquiry| enquiry.way.as_ref()?.due(self.now, by_person, enquiry.secrets.is_some());
        let seen: Option<Enquiry> = self.family.read(|reading| reading.get(id.as_str()))?;
        let Some((enquiry, asking)) = seen.and_then(|it| due(&it).map(|asking| (it, asking))) else {
            return Ok(None);
        };
        // To ask for replies changes nothing at the hub, so there is nothing to note.
        if !matches!(asking, Asking::Put(_) | Asking::Delete) {
            return Ok(Some((asking, enquiry.secrets)));
        }
        let chance = chance()?;
        self.family.write(|writing| {
            let mut enquiry = get(writing, id)?;
            // It may have been taken back meanwhile.
            let Some(asking) = due(&enquiry) else { return Ok(None) };
            if let Some(way) = &mut enquiry.way {
                way.begin(&asking, self.now, chance);
            }
            writing.put(&enquiry)?;
            Ok(Some((asking, enquiry.secrets)))
        })
    }

    async fn ask(
        &self,
        id: EnquiryId,
        asking: &Asking,
        secrets: Option<&Secrets>,
    ) -> Result<Answer, Silence> {
        let token = secrets.map(|it| it.bearer.to_token());
        let (path, method) = match asking {
            Asking::Put(envelope) => (format!("v1/enquiries/{id}"), Method::Put(envelope)),
            Asking::Replies(after) => (format!("v1/enquiries/{id}/replies?after={}", after.0), Method::Get),
            Asking::Delete => (format!("v1/enquiries/{id}"), Method::Delete),
            Asking::SealAgain => return Err(Silence::NoNetwork),
        };
        // The secret stays here until it is needed: an envelope bears its hash.
        let bearer = token.as_ref().map(|it| it.as_str()).filter(|_| !matches!(method, Method::Put(_)));
        let exchange = Exchange { hub: self.hub, path: &path, method, bearer, limit: ANSWER_LIMIT };
        self.http.exchange(exchange).await.map_err(Silence::from)
    }

    fn heard(
        &self,
        id: EnquiryId,
        asking: &Asking,
        answer: &Result<Answer, Silence>,
    ) -> Result<Vec<News>, Error> {
        let chance = chance()?;
        let receipts = self.service.keys.as_ref().map_or(&[][..], |it| &it.receipt);
        self.family.write(|writing| {
            let mut enquiry = get(writing, id)?;
            let secrets = enquiry.secrets.clone();
            let Some(way) = &mut enquiry.way else { return Ok(Vec::new()) };
            let news = way.heard(asking, answer, id, secrets.as_ref(), receipts, self.now, chance);
            self.note(writing, &mut enquiry, &news)?;
            writing.put(&enquiry)?;
            Ok(news)
        })
    }

    /// What is new beside where it is.
    fn note(&self, writing: &FamilyWriting<'_>, enquiry: &mut Enquiry, news: &[News]) -> Result<(), Error> {
        for it in news {
            match it {
                News::Received => {
                    let day = enquiry.received_at().map_or_else(|| day_in_london(self.now), day_in_london);
                    let Service { reply_days, bank_holidays, .. } = self.service;
                    enquiry.expected_by = expected_by(day, *reply_days, bank_holidays);
                    tell_if_overdue(writing, enquiry)?;
                }
                News::Replied(number, text) => {
                    let reply = Reply { number: *number, text: text.clone(), seen: false };
                    enquiry.replies.push(reply);
                    tell_replied(writing, enquiry, self.now.trunc_subsecs(0))?;
                }
                News::Expired | News::Refused => {
                    tell_failed(writing, enquiry, self.now.trunc_subsecs(0))?;
                }
                News::Opened | News::Withdrawn | News::TooLate => {}
            }
        }
        Ok(())
    }

    /// Seals the same text to the bank's newest key, if that is another than before.
    fn seal_again(&self, id: EnquiryId) -> Result<(), Error> {
        let chance = chance()?;
        self.family.write(|writing| {
            let mut enquiry = get(writing, id)?;
            let sealed =
                self.service.keys.as_ref().map(|keys| self.sealed_anew(&enquiry, keys)).transpose()?;
            let Some(way) = &mut enquiry.way else { return Ok(()) };
            match sealed.flatten() {
                Some(sealed) => way.sealed_again(sealed, self.now),
                None => {
                    let news = way.not_sealed_again(self.now, chance);
                    self.note(writing, &mut enquiry, &news)?;
                }
            }
            writing.put(&enquiry)
        })
    }

    fn sealed_anew(
        &self,
        enquiry: &Enquiry,
        keys: &EnquiryKeys,
    ) -> Result<Option<super::outbox::Enclosed>, Error> {
        let (Some(written), Some(secrets), Some(way)) = (&enquiry.written, &enquiry.secrets, &enquiry.way)
        else {
            return Ok(None);
        };
        let (Stage::Waiting { envelope, .. } | Stage::Received { envelope, .. }) = &way.stage else {
            return Ok(None);
        };
        let before = Envelope::parse(&envelope.0).ok().map(|it| it.header.service);
        let current = keys.current(self.now).map(|it| it.public.tag());
        if current.is_none() || current == before {
            return Ok(None);
        }
        enclosed(written, enquiry.written_at, enquiry.id, secrets, keys, self.now).map(Some)
    }
}

fn chance() -> Result<u64, Error> {
    Ok(u64::from_be_bytes(random()?))
}
