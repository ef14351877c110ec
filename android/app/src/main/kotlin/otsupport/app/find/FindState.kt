package otsupport.app.find

import otsupport.core.Card
import otsupport.core.ItemView
import otsupport.core.SearchAnswer
import otsupport.core.TopicSlug
import otsupport.core.TopicView

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
    /** Whether the bank is for showing only. */
    val demonstration: Boolean = false,
    /** The code of what went wrong last. */
    val trouble: String? = null,
) {
    /** A topic's name for people. */
    fun titleOf(topic: TopicSlug): String = topics.firstOrNull { it.slug == topic }?.title ?: topic
}
