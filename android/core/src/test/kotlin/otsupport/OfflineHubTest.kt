package otsupport

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeAll
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir
import otsupport.core.HelpLevel
import otsupport.core.HubException
import otsupport.core.HubOptions
import otsupport.core.Outcome
import otsupport.core.Page
import otsupport.core.Part
import otsupport.core.Search
import otsupport.site.PublishedSite
import otsupport.site.RunningHub
import otsupport.site.SilentHost
import java.io.File

/** The generated Kotlin over the real library, beside a real hub. */
@Timeout(60)
class OfflineHubTest {
    @TempDir
    lateinit var phone: File

    @Test
    fun `a family's first day, with the hub there and then gone`() = runBlocking {
        open().use { hub ->
            RunningHub.serving(site).use { assertEquals(Outcome.UPDATED, hub.sync(it.url).outcome) }

            val report = hub.sync(NOBODY)
            assertEquals(Outcome.OFFLINE, report.outcome)
            assertNotNull(report.reason)
            everyReadWorks(hub)
        }
    }

    @Test
    fun `a second sync finds nothing new`() = runBlocking {
        open().use { hub ->
            RunningHub.serving(site).use {
                hub.sync(it.url)
                assertEquals(Outcome.UNCHANGED, hub.sync(it.url).outcome)
            }
        }
    }

    @Test
    fun `the first start needs no hub at all`() = runBlocking {
        open(seeded = true).use { hub ->
            everyReadWorks(hub)
            assertEquals(Outcome.OFFLINE, hub.sync(NOBODY).outcome)
        }
    }

    @Test
    fun `what was saved is there after the app was closed`() = runBlocking {
        val id = open(seeded = true).use { hub ->
            hub.browse().first().id.also { hub.save(listOf(it)) }
        }
        open(seeded = true).use { hub ->
            assertEquals(listOf(id), hub.saved().map { it.id })
            assertEquals(emptyList<Any>(), hub.unsave(listOf(id)))
        }
    }

    @Test
    fun `a page is a part of the whole`() = runBlocking {
        open(seeded = true).use { hub ->
            val all = hub.browse()
            assertEquals(all.subList(2, 5), hub.browse(page = Page(offset = 2u, limit = 3u)))
        }
    }

    @Test
    fun `a call after close says so`() = runBlocking {
        val hub = open(seeded = true)
        hub.close()
        hub.close()
        val closed = assertThrows<HubException.Closed> { runBlocking { hub.topics() } }
        assertEquals("closed", closed.code)
        assertThrows<HubException.Closed> { runBlocking { hub.sync(NOBODY) } }
        Unit
    }

    @Test
    fun `an unknown item is named`() = runBlocking {
        open(seeded = true).use { hub ->
            val missing = assertThrows<HubException.NotFound> { runBlocking { hub.show("no-such-item") } }
            assertEquals("not-found" to "no-such-item", missing.code to missing.id)
        }
    }

    @Test
    fun `what is no id at all is refused, not crashed on`() = runBlocking {
        open(seeded = true).use { hub ->
            val refused = assertThrows<HubException.Invalid> { runBlocking { hub.show("../Not an id") } }
            assertEquals("invalid-id", refused.code)
        }
    }

    @Test
    fun `a wrong key locks what the family keeps, loses nothing, and leaves the bank`() = runBlocking {
        val id = open(seeded = true).use { hub -> hub.browse().first().id.also { hub.save(listOf(it)) } }
        open(key = ByteArray(32) { 9 }).use { hub ->
            val refused = assertThrows<HubException.WrongKey> { runBlocking { hub.saved() } }
            assertEquals("wrong-key", refused.code)
            assertEquals(id, hub.show(id).id)
        }
        assertThrows<HubException.Invalid> { runBlocking { open(key = ByteArray(7)) } }
        open().use { assertEquals(listOf(id), it.saved().map { item -> item.id }) }
    }

    @Test
    fun `a cancelled sync leaves the hub in order`() = runBlocking {
        open(seeded = true).use { hub ->
            SilentHost().use { host ->
                val sync = launch(Dispatchers.Default) { hub.sync(host.url) }
                host.awaitCaller().use { sync.cancelAndJoin() }
            }
            everyReadWorks(hub)
            RunningHub.serving(site).use { assertEquals(Outcome.UNCHANGED, hub.sync(it.url).outcome) }
        }
    }

    private suspend fun everyReadWorks(hub: OfflineHub) {
        val service = hub.service()
        assertTrue(service.demonstration)
        assertTrue(service.name.isNotBlank())
        assertTrue(service.urgent.any { HelpLevel.EMERGENCY in it.levels })

        val topics = hub.topics()
        assertTrue(topics.isNotEmpty())
        val cards = hub.browse()
        assertEquals(topics.sumOf { it.items.toInt() }, cards.size)

        val answer = hub.search(Search(words = "itchy socks", filter = everything, limit = null, asYouType = false))
        assertEquals(null, answer.help)
        assertTrue(answer.confident)
        val best = answer.results.first()
        assertTrue(best.matched!!.snippet.isNotBlank())

        val item = hub.show(best.id)
        assertEquals(best.title, item.title)
        assertTrue(item.sections.any { it.part == Part.STOP_IF && it.text.isNotBlank() })
        assertTrue(item.demonstration)
        assertFalse(item.saved)

        hub.save(listOf(best.id))
        assertEquals(listOf(best.id), hub.saved().map { it.id })
        assertTrue(hub.show(best.id).saved)
        hub.unsave(listOf(best.id))
    }

    private suspend fun open(seeded: Boolean = false, key: ByteArray = ByteArray(32) { 7 }) = OfflineHub.open(
        HubOptions(
            folder = phone.path,
            key = key,
            root = site.root,
            seed = site.folder.path.takeIf { seeded },
        ),
    )

    companion object {
        /** Port 1 of this machine: nothing listens there. */
        private const val NOBODY = "http://127.0.0.1:1"

        private lateinit var site: PublishedSite

        @BeforeAll
        @JvmStatic
        fun publish(@TempDir folder: File) {
            site = PublishedSite.under(folder)
        }
    }
}
