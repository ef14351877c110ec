package otsupport.app.find

import otsupport.core.Card
import otsupport.core.ItemView
import otsupport.core.SearchAnswer
import otsupport.core.ServiceView
import otsupport.core.TopicSlug
import otsupport.core.TopicView
import otsupport.core.UrgentContact

/** What the screen shows, as one value. */
data class FindState(
    /** What the person typed. */
    val words: String = "",
    /** All topics; empty until the hub is open. */
    val topics: List<TopicView> = emptyList(),
    /** The answer to [words]; absent while the field is empty. */
    val answer: SearchAnswer? = null,
    /** The topic that was picked, if one was. */
    val topic: TopicView? = null,
    /** What [topic] holds. */
    val cards: List<Card> = emptyList(),
    /** The items opened one from another; the last one is on the screen. */
    val reading: List<ItemView> = emptyList(),
    /** Who offers the bank; absent until the hub is open. */
    val service: ServiceView? = null,
    /** The code of what went wrong last. */
    val trouble: String? = null,
) {
    /** Whether the bank is for showing only. Nothing passes for advice before the service says that it is. */
    val demonstration: Boolean get() = service?.demonstration ?: true

    /** Everybody whom the service names for help at once, besides those whom the answer names already. */
    val otherUrgent: List<UrgentContact>
        get() = service?.urgent.orEmpty() - answer?.help?.contacts.orEmpty().toSet()

    /** A topic's name for people. */
    fun titleOf(topic: TopicSlug): String = topics.firstOrNull { it.slug == topic }?.title ?: topic
}
