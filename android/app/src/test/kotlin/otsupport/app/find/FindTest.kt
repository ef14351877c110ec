package otsupport.app.find

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import otsupport.app.Answers
import otsupport.app.card
import otsupport.app.emergencyServices
import otsupport.app.found
import otsupport.app.liveService
import otsupport.app.topic
import otsupport.core.Help
import otsupport.core.HelpLevel
import otsupport.core.HubException
import otsupport.core.SearchAnswer

/** What [Find] asks and keeps, without a screen. */
class FindTest {
    private val answers = Answers()

    @Test
    fun `each keystroke takes the place of the one before`() = runTest {
        val asked = mutableMapOf<String, CompletableDeferred<SearchAnswer>>()
        answers.answer = { CompletableDeferred<SearchAnswer>().also { answer -> asked[it.words] = answer }.await() }
        val find = find()
        find.type("so")
        find.type("sock")
        asked.getValue("sock").complete(found(card("new")))
        asked.getValue("so").complete(found(card("old")))
        assertEquals(listOf("new"), find.state.value.answer?.results?.map { it.id })
    }

    @Test
    fun `the last word may be unfinished until the person searches`() = runTest {
        val asYouType = mutableListOf<Boolean>()
        answers.answer = { found().also { _ -> asYouType += it.asYouType } }
        val find = find()
        find.type("sock")
        find.search()
        assertEquals(listOf(true, false), asYouType)
    }

    @Test
    fun `no words, no search`() = runTest {
        val find = find()
        find.type("sock")
        find.type(" ")
        assertNull(find.state.value.answer)
        assertEquals(listOf(topic), find.state.value.topics)
    }

    @Test
    fun `what went wrong is a code, and trying again takes it away`() = runTest {
        answers.answer = { throw HubException.StorageFull("storage-full") }
        val find = find()
        find.type("sock")
        assertEquals("storage-full", find.state.value.trouble)
        answers.answer = { found(card("one")) }
        find.tryAgain()
        assertNull(find.state.value.trouble)
        assertEquals(listOf("one"), find.state.value.answer?.results?.map { it.id })
    }

    @Test
    fun `a hub that could not be opened is opened with the next call`() = runTest {
        var locked = true
        val find = Find(eager()) { if (locked) throw HubException.WrongKey("key-unavailable") else answers }
        assertEquals("key-unavailable", find.state.value.trouble)
        locked = false
        find.type("sock")
        assertNull(find.state.value.trouble)
        assertEquals(listOf(topic), find.state.value.topics)
    }

    @Test
    fun `back leads through what was opened, one step at a time`() = runTest {
        val find = find()
        find.pick(topic)
        find.open("one")
        find.open("two")
        assertEquals(listOf("one", "two"), find.state.value.reading.map { it.id })
        find.back()
        find.back()
        assertTrue(find.state.value.reading.isEmpty())
        assertEquals(topic, find.state.value.topic)
        find.back()
        assertNull(find.state.value.topic)
    }

    @Test
    fun `only a live service bears no mark`() = runTest {
        assertFalse(find().state.value.demonstration)
        answers.service = liveService.copy(demonstration = true)
        assertTrue(find().state.value.demonstration)
    }

    @Test
    fun `the mark stands until the service is known`() = runTest {
        val find = Find(eager()) { throw HubException.WrongKey("key-unavailable") }
        assertTrue(find.state.value.demonstration)
    }

    @Test
    fun `no contact is named twice`() = runTest {
        val help = Help(HelpLevel.EMERGENCY, also = emptyList(), contacts = listOf(emergencyServices))
        answers.answer = { found().copy(checked = false, help = help) }
        val find = find()
        find.type("sock")
        assertEquals(listOf("111", "shout"), find.state.value.otherUrgent.map { it.id })
    }

    private fun TestScope.find() = Find(eager()) { answers }

    private fun TestScope.eager() = TestScope(UnconfinedTestDispatcher(testScheduler))
}
