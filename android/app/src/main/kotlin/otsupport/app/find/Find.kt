package otsupport.app.find

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import otsupport.Strategies
import otsupport.code
import otsupport.core.HubException
import otsupport.core.ItemId
import otsupport.core.Search
import otsupport.core.TopicView
import otsupport.everything

/**
 * Finding a strategy and reading it: what the screen shows, and what a person can do about it.
 *
 * It asks the core and keeps the answer; it decides nothing itself. [hub] is asked anew for each call, so that a hub which could not be
 * opened is tried again with the next one.
 */
class Find(private val scope: CoroutineScope, private val hub: suspend () -> Strategies) {
    private val shown = MutableStateFlow(FindState())

    /** What the screen shows now. */
    val state: StateFlow<FindState> = shown.asStateFlow()

    private var asking: Job? = null
    private var lastAsked: suspend Strategies.() -> FindState = { start() }

    init {
        ask(lastAsked)
    }

    /** Searches while the person types. Each keystroke takes the place of the one before. */
    fun type(words: String) {
        if (words == shown.value.words) return
        shown.update { it.copy(words = words) }
        search(asYouType = true)
    }

    /** Searches with the last word finished. */
    fun search() = search(asYouType = false)

    /** Shows what a topic holds. */
    fun pick(topic: TopicView) = ask {
        shown.value.copy(topic = topic, cards = browse(everything.copy(topic = topic.slug)))
    }

    /** Opens an item above what is shown. */
    fun open(id: ItemId) = ask {
        val item = show(id)
        shown.value.copy(reading = shown.value.reading + item)
    }

    /** Goes back one step. */
    fun back() {
        asking?.cancel()
        shown.update {
            when {
                it.reading.isNotEmpty() -> it.copy(reading = it.reading.dropLast(1), trouble = null)
                else -> it.copy(topic = null, cards = emptyList(), trouble = null)
            }
        }
    }

    /** Asks once more what last went wrong. */
    fun tryAgain() = ask(lastAsked)

    private fun search(asYouType: Boolean) = ask {
        val words = shown.value.words
        val begun = if (shown.value.topics.isEmpty()) start() else shown.value
        val answer = if (words.isBlank()) null else search(Search(words, everything, limit = null, asYouType = asYouType))
        begun.copy(answer = answer, topic = null, cards = emptyList())
    }

    private suspend fun Strategies.start(): FindState = shown.value.copy(topics = topics(), service = service())

    private fun ask(question: suspend Strategies.() -> FindState) {
        asking?.cancel()
        lastAsked = question
        asking = scope.launch {
            try {
                val next = hub().question()
                shown.value = next.copy(trouble = null)
            } catch (refused: HubException) {
                shown.update { it.copy(trouble = refused.code) }
            }
        }
    }
}
