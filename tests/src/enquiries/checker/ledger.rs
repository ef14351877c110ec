//! The truth at the hub.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use otsupport_wire::Sha256;
use otsupport_wire::enquiry::{EnquiryId, KeyTag, ReplyNumber, SignedReceipt};

use crate::enquiries::history::AtHub;

/// What is, and was, at the hub.
#[derive(Default)]
pub(super) struct Ledger {
    /// Which text is in an envelope.
    pub(super) texts: BTreeMap<Sha256, usize>,
    /// What is in its database.
    pub(super) holds: BTreeMap<EnquiryId, AtHub>,
    /// Under which ids a text ever came to it.
    ids: BTreeMap<usize, BTreeSet<EnquiryId>>,
    /// The receipts that it gave.
    given: BTreeMap<EnquiryId, Vec<SignedReceipt>>,
    /// When staff opened each.
    pub(super) opened: BTreeMap<EnquiryId, Vec<DateTime<Utc>>>,
    /// What staff replied, and when.
    pub(super) replies: BTreeMap<EnquiryId, BTreeMap<ReplyNumber, (DateTime<Utc>, String)>>,
    /// When one was given back.
    pub(super) withdrawn: BTreeMap<EnquiryId, DateTime<Utc>>,
    /// When an older copy of the database took its place.
    pub(super) restored_at: Option<DateTime<Utc>>,
    /// To which keys it takes envelopes.
    pub(super) takes: Vec<KeyTag>,
}

impl Ledger {
    /// The hub took an envelope in: what is wrong with that.
    pub(super) fn accepts(&mut self, id: EnquiryId, sha: Sha256) -> Option<&'static str> {
        let known = self.holds.insert(id, AtHub::Held(sha));
        let ids = self.texts.get(&sha).map(|it| self.ids.entry(*it).or_default());
        let Some(ids) = ids else { return Some("nobody sealed it") };
        ids.insert(id);
        if ids.len() > 1 {
            return Some("the same text is there under another id");
        }
        known.map(|_| "the id was known")
    }

    /// Whether a receipt is for what lies there.
    pub(super) fn is_kept(&self, receipt: &SignedReceipt) -> bool {
        self.holds.get(&receipt.receipt.id) == Some(&AtHub::Held(receipt.receipt.sha256))
    }

    /// A receipt is given; whether for the first time.
    pub(super) fn gives(&mut self, receipt: &SignedReceipt) -> bool {
        let given = self.given.entry(receipt.receipt.id).or_default();
        let is_new = !given.contains(receipt);
        if is_new {
            given.push(receipt.clone());
        }
        is_new
    }

    /// Whether the hub gave this receipt for this enquiry.
    pub(super) fn gave(&self, id: EnquiryId, receipt: &SignedReceipt) -> bool {
        self.given.get(&id).is_some_and(|it| it.contains(receipt))
    }

    /// One is given back.
    pub(super) fn withdraws(&mut self, id: EnquiryId, at: DateTime<Utc>) {
        self.holds.insert(id, AtHub::Withdrawn);
        self.withdrawn.insert(id, at);
    }

    /// Whether an envelope of it lies there.
    pub(super) fn has(&self, id: EnquiryId) -> bool {
        matches!(self.holds.get(&id), Some(AtHub::Held(_)))
    }
}
