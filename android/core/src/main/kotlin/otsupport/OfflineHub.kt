package otsupport

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import otsupport.core.Card
import otsupport.core.Filter
import otsupport.core.HubException
import otsupport.core.HubOptions
import otsupport.core.InternalException
import otsupport.core.ItemId
import otsupport.core.ItemView
import otsupport.core.Page
import otsupport.core.SavedItem
import otsupport.core.Search
import otsupport.core.SearchAnswer
import otsupport.core.ServiceView
import otsupport.core.SupportHub
import otsupport.core.SyncReport
import otsupport.core.TopicView
import otsupport.core.VariantChoice

/**
 * The Support Hub on this phone, for coroutines.
 *
 * Every call leaves the caller's thread for [Dispatchers.IO], so it may be made from the main thread. Hold one for as long as the app
 * runs. Nothing is decided here: what a call answers is the core's.
 */
public class OfflineHub private constructor(private val core: SupportHub) :
    Strategies,
    AutoCloseable {
    override suspend fun service(): ServiceView = ask { service() }

    override suspend fun topics(): List<TopicView> = ask { topics() }

    override suspend fun browse(filter: Filter, page: Page): List<Card> = ask { browse(filter, page) }

    override suspend fun search(search: Search): SearchAnswer = ask { search(search) }

    override suspend fun show(id: ItemId, variant: VariantChoice): ItemView = ask { show(id, variant) }

    override suspend fun save(ids: List<ItemId>): List<SavedItem> = ask { save(ids) }

    override suspend fun unsave(ids: List<ItemId>): List<SavedItem> = ask { unsave(ids) }

    override suspend fun saved(): List<SavedItem> = ask { saved() }

    /**
     * Asks the hub at [url] for news. Being offline is an outcome, not an error.
     *
     * Cancelling the call only stops the waiting: what arrived is kept, and the sync goes on by itself.
     */
    public suspend fun sync(url: String): SyncReport = onIo { core.sync(url) }

    /**
     * Closes the files. Every later call throws [HubException.Closed].
     *
     * The Rust object itself lives until nothing points to it any more, so that a late call meets that error and not a freed object.
     */
    override fun close(): Unit = core.closeFiles()

    private suspend fun <T> ask(call: SupportHub.() -> T): T = onIo { core.call() }

    public companion object {
        /** Opens the hub in its folder, and makes it on first use. */
        public suspend fun open(options: HubOptions): OfflineHub = onIo { OfflineHub(SupportHub.open(options)) }

        /** Off the caller's thread; what UniFFI itself throws, as after a panic, becomes the core's own error for a fault of the program. */
        private suspend fun <T> onIo(call: suspend () -> T): T = withContext(Dispatchers.IO) {
            try {
                call()
            } catch (fault: InternalException) {
                throw HubException.Internal("internal").apply { initCause(fault) }
            }
        }
    }
}
