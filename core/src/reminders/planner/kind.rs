//! What a notification is about.

use serde::{Deserialize, Serialize};

/// What a notification is about. Each kind has its own switch.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotificationKind {
    /// Something that the family saved or plans was withdrawn.
    Recall,
    /// The team answered.
    Reply,
    /// An enquiry could not be sent for a day.
    Unsent,
    /// The day on which an answer was expected has passed.
    Overdue,
    /// An event that the family follows was cancelled, or one of its dates.
    Cancelled,
    /// Its time, place or join link changed.
    Change,
    /// It is no longer in the bank.
    Unlisted,
    /// There may be a place again.
    Offer,
    /// It is soon.
    Event,
    /// Booking closes soon.
    Deadline,
    /// Booking has closed: did they get a place?
    Asked,
    /// A new event of the kind that the family looks out for.
    New,
    /// What they are trying this week.
    Practice,
    /// There is more than the phone may hold: open the app.
    Refresh,
}

impl NotificationKind {
    /// All of them, the weightiest first.
    pub const ALL: [Self; 14] = [
        Self::Recall,
        Self::Reply,
        Self::Unsent,
        Self::Overdue,
        Self::Cancelled,
        Self::Change,
        Self::Unlisted,
        Self::Offer,
        Self::Event,
        Self::Deadline,
        Self::Asked,
        Self::New,
        Self::Practice,
        Self::Refresh,
    ];

    /// As the contract has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Recall => "recall",
            Self::Reply => "reply",
            Self::Unsent => "unsent",
            Self::Overdue => "overdue",
            Self::Cancelled => "cancelled",
            Self::Change => "change",
            Self::Unlisted => "unlisted",
            Self::Offer => "offer",
            Self::Event => "event",
            Self::Deadline => "deadline",
            Self::Asked => "asked",
            Self::New => "new",
            Self::Practice => "practice",
            Self::Refresh => "refresh",
        }
    }

    /// Whether nothing less weighty takes its place.
    pub(super) fn has_right_of_way(self) -> bool {
        matches!(self, Self::Recall | Self::Reply | Self::Unsent | Self::Overdue)
    }
}
