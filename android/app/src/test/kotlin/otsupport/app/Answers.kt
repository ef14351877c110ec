package otsupport.app

import otsupport.Strategies
import otsupport.core.Ages
import otsupport.core.Card
import otsupport.core.Contact
import otsupport.core.Currency
import otsupport.core.Filter
import otsupport.core.HelpLevel
import otsupport.core.ItemId
import otsupport.core.ItemView
import otsupport.core.Kind
import otsupport.core.Match
import otsupport.core.Page
import otsupport.core.Part
import otsupport.core.Review
import otsupport.core.ReviewStatus
import otsupport.core.Run
import otsupport.core.SavedItem
import otsupport.core.Search
import otsupport.core.SearchAnswer
import otsupport.core.SectionView
import otsupport.core.ServiceView
import otsupport.core.Setting
import otsupport.core.TopicView
import otsupport.core.UrgentContact
import otsupport.core.VariantChoice

/** A core that says what a test tells it to: for the answers that the real bank gives too seldom. */
open class Answers : Strategies {
    /** Who offers the bank. */
    var service: ServiceView = liveService

    /** What a search answers. */
    var answer: suspend (Search) -> SearchAnswer = { found(card("one")) }

    /** What an item is. */
    var item: suspend (ItemId) -> ItemView = { checkedItem(it) }

    override suspend fun service(): ServiceView = service

    override suspend fun topics(): List<TopicView> = listOf(topic)

    override suspend fun browse(filter: Filter, page: Page): List<Card> = listOf(card("one"))

    override suspend fun search(search: Search): SearchAnswer = answer(search)

    override suspend fun show(id: ItemId, variant: VariantChoice): ItemView = item(id)

    override suspend fun save(ids: List<ItemId>): List<SavedItem> = emptyList()

    override suspend fun unsave(ids: List<ItemId>): List<SavedItem> = emptyList()

    override suspend fun saved(): List<SavedItem> = emptyList()
}

/** Help for an emergency. */
val emergencyServices = UrgentContact(
    id = "999",
    name = "Emergency services",
    levels = listOf(HelpLevel.EMERGENCY),
    telephone = "999",
    text = null,
    relay = "Dial 18000",
    hours = null,
    says = "Ring if somebody may be badly hurt or in danger now.",
)

/** Help for thoughts of self-harm. */
val shout = UrgentContact(
    id = "shout",
    name = "Shout",
    levels = listOf(HelpLevel.SELF_HARM),
    telephone = null,
    text = "85258",
    relay = null,
    hours = null,
    says = "Text if it is easier than talking.",
)

/** A service that families rely on. */
val liveService = ServiceView(
    name = "The service",
    demonstration = false,
    contact = Contact(telephone = "020 7946 0000", email = "hello@example.org", hours = "Every day"),
    urgent = listOf(
        emergencyServices,
        emergencyServices.copy(
            id = "111",
            name = "NHS 111",
            levels = listOf(HelpLevel.URGENT),
            telephone = "111",
            says = "Ring for medical help today.",
        ),
        shout,
    ),
    mayHaveChanged = false,
)

/** The only topic of these answers. */
val topic = TopicView(
    slug = "dressing",
    title = "Getting dressed",
    covers = "Clothes, shoes and socks.",
    audiences = emptyList(),
    picture = null,
    safety = listOf("Stay close."),
    getHelp = listOf("Your child is in pain."),
    items = 1u,
)

/** A line of a list. */
fun card(id: ItemId) = Card(
    id = id,
    kind = Kind.STRATEGY,
    title = "Card $id",
    topic = topic.slug,
    ages = null,
    suits = null,
    matched = Match(score = 1.0, snippet = "A line with $id", runs = listOf(Run("A line with $id", false))),
    currency = Currency.CURRENT,
    demonstration = false,
)

/** An answer that holds [cards] and nothing out of the ordinary. */
fun found(vararg cards: Card) = SearchAnswer(help = null, checked = true, confident = true, topics = listOf(), hidden = 0u, results = cards.toList())

/** An item that was checked and is in date. */
fun checkedItem(id: ItemId) = ItemView(
    id = id,
    kind = Kind.STRATEGY,
    version = 1u,
    title = "Item $id",
    topic = topic.slug,
    audiences = emptyList(),
    settings = listOf(Setting.HOME),
    ages = Ages(3u, 11u),
    minutes = 10u,
    equipment = emptyList(),
    language = "en",
    easy = false,
    outdated = false,
    review = Review("A. Writer", ReviewStatus.Reviewed("B. Checker", "2026-03-01", "2027-03-01")),
    demonstration = false,
    sections = listOf(SectionView(Part.STEPS, "Steps", "1. Look.\n2. Do."), SectionView(Part.STOP_IF, "Stop if", "- It hurts.")),
    links = emptyList(),
    safety = topic.safety,
    getHelp = topic.getHelp,
    media = emptyList(),
    saved = false,
    changed = null,
    currency = Currency.CURRENT,
    mayHaveChanged = false,
    checkedAt = null,
)
