import OTSupportCore

// The core's values under their own names, so that an app imports this module and none of the generated ones. One is
// renamed, because SwiftUI has a `Link` of its own.

/// The ages something is often used at, in years, both included.
public typealias Ages = OTSupportCore.Ages
/// For whom something is.
public typealias Audience = OTSupportCore.Audience
/// One line of a list.
public typealias Card = OTSupportCore.Card
/// One part of an item that changed.
public typealias ChangedPart = OTSupportCore.ChangedPart
/// How an item differs from what the family saved.
public typealias Changes = OTSupportCore.Changes
/// How to reach the service.
public typealias Contact = OTSupportCore.Contact
/// How far a text can be relied on today.
public typealias Currency = OTSupportCore.Currency
/// A calendar day, as `2027-01-31`.
public typealias Day = OTSupportCore.Day
/// What a person asked to see.
public typealias Filter = OTSupportCore.Filter
/// Where to get help at once.
public typealias Help = OTSupportCore.Help
/// What kind of help a person may need at once.
public typealias HelpLevel = OTSupportCore.HelpLevel
/// What a front end can act on.
public typealias HubError = OTSupportCore.HubError
/// Where a hub keeps its files and whom it trusts.
public typealias HubOptions = OTSupportCore.HubOptions
/// An instant.
public typealias Instant = OTSupportCore.Instant
/// An item's name: lower-case letters, digits and hyphens.
public typealias ItemId = OTSupportCore.ItemId
/// A pointer to another item.
public typealias ItemLink = OTSupportCore.Link
/// A strategy or a resource, whole.
public typealias ItemView = OTSupportCore.ItemView
/// Strategy or resource.
public typealias Kind = OTSupportCore.Kind
/// A language tag (BCP 47).
public typealias Language = OTSupportCore.Language
/// Why a search found an item.
public typealias Match = OTSupportCore.Match
/// A media file's name.
public typealias MediaPath = OTSupportCore.MediaPath
/// A media file of an item.
public typealias MediaView = OTSupportCore.MediaView
/// What a sync came to.
public typealias Outcome = OTSupportCore.Outcome
/// Which part of a list.
public typealias Page = OTSupportCore.Page
/// What a section of a strategy is for.
public typealias Part = OTSupportCore.Part
/// Why a sync ended offline or refused.
public typealias Reason = OTSupportCore.Reason
/// Who wrote a text and how far it has been checked.
public typealias Review = OTSupportCore.Review
/// How far a text has been checked.
public typealias ReviewStatus = OTSupportCore.ReviewStatus
/// A part of a line, marked or not.
public typealias Run = OTSupportCore.Run
/// A saved item in the family's order.
public typealias SavedItem = OTSupportCore.SavedItem
/// A search.
public typealias Search = OTSupportCore.Search
/// The answer to a search.
public typealias SearchAnswer = OTSupportCore.SearchAnswer
/// One part of a text under its heading.
public typealias SectionView = OTSupportCore.SectionView
/// Who offers the bank.
public typealias ServiceView = OTSupportCore.ServiceView
/// Where something is done.
public typealias Setting = OTSupportCore.Setting
/// What a sync did.
public typealias SyncReport = OTSupportCore.SyncReport
/// A topic's name in code.
public typealias TopicSlug = OTSupportCore.TopicSlug
/// A topic with the number of items in it.
public typealias TopicView = OTSupportCore.TopicView
/// A place that helps at once.
public typealias UrgentContact = OTSupportCore.UrgentContact
/// Which of an item's texts to show.
public typealias VariantChoice = OTSupportCore.VariantChoice

extension Filter {
    /// Nothing set by hand.
    public static let everything = Filter(
        topic: nil, audience: nil, setting: nil, age: nil, minutes: nil, kind: nil)
}

extension Page {
    /// The whole list.
    public static let whole = Page(offset: 0, limit: nil)
}

extension VariantChoice {
    /// The text as it was written.
    public static let original = VariantChoice(language: nil, easy: false)
}
