package otsupport.app

import android.content.Intent
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.hasSetTextAction
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import androidx.compose.ui.test.onNodeWithContentDescription
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performTextInput
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode
import otsupport.core.Currency
import otsupport.core.Help
import otsupport.core.HelpLevel
import otsupport.core.HubException
import otsupport.core.Review
import otsupport.core.ReviewStatus

/** What the screen says when something is out of the ordinary. */
@OptIn(ExperimentalTestApi::class)
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], qualifiers = "w412dp-h915dp-xhdpi", application = AnswersApplication::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
class PlainWordsTest {
    @get:Rule
    val compose = createAndroidComposeRule<FindActivity>()

    private val answers get() = (RuntimeEnvironment.getApplication() as AnswersApplication).answers

    @Test
    fun `help comes before everything else and rings the number`() {
        answers.answer = { found(card("one")).copy(help = help) }
        type()
        val title = compose.onNodeWithText("Someone may be in danger. Get help now.").assertIsDisplayed()
        val result = compose.onNodeWithText("Card one", substring = true).assertIsDisplayed()
        assertTrue(title.fetchSemanticsNode().boundsInRoot.bottom < result.fetchSemanticsNode().boundsInRoot.top)
        check("help")

        compose.onNodeWithContentDescription("Call Emergency services on 999").performClick()
        val dialled = shadowOf(RuntimeEnvironment.getApplication()).nextStartedActivity
        assertEquals(Intent.ACTION_DIAL to "tel:999", dialled.action to dialled.dataString)
    }

    @Test
    @Config(qualifiers = "w412dp-h915dp-night-xhdpi")
    fun `help by night`() {
        answers.answer = { found(card("one")).copy(help = help) }
        type()
        check("help-dark")
    }

    @Test
    @Config(qualifiers = "w412dp-h2400dp-xhdpi", fontScale = 2f)
    fun `help in letters twice as large`() {
        answers.answer = { found(card("one")).copy(help = help) }
        type()
        check("help-large")
    }

    @Test
    fun `words that could not be read are never calm`() {
        answers.answer = { found().copy(checked = false, confident = false) }
        type("xxx")
        compose.onNodeWithText("We could not read all of your words.", substring = true).assertIsDisplayed()
        compose.onNodeWithText("Call 999").assertIsDisplayed()
        compose.onNodeWithText("Call 111").assertIsDisplayed()
        compose.onNodeWithText("Shout").assertIsDisplayed()
        compose.onNodeWithText("We did not find a good match").assertIsDisplayed()
        check("unchecked")
    }

    @Test
    fun `a withdrawn item is no advice, and says what is`() {
        answers.item = {
            val status = ReviewStatus.Withdrawn(on = "2026-05-04", reason = "A safer way is known.", instead = "two")
            if (it == "one") {
                checkedItem(it).copy(review = Review("A. Writer", status), currency = Currency.WITHDRAWN, sections = emptyList())
            } else {
                checkedItem(it)
            }
        }
        type()
        compose.onNodeWithText("Card one", substring = true).performClick()
        compose.waitUntilAtLeastOneExists(hasText("No longer advice"), PATIENCE)
        compose.onNodeWithText("A safer way is known.", substring = true).assertIsDisplayed()
        check("withdrawn")
        compose.onNodeWithText("See what to use instead").performClick()
        compose.waitUntilAtLeastOneExists(hasText("Item two"), PATIENCE)
        compose.onNodeWithText("Checked by B. Checker", substring = true).assertIsDisplayed()
    }

    @Test
    fun `what went wrong is said in words`() {
        answers.answer = { throw HubException.StorageFull("storage-full") }
        compose.onNode(hasSetTextAction()).performTextInput("sock")
        compose.waitUntilAtLeastOneExists(hasText("Your phone is full", substring = true), PATIENCE)
        check("trouble")
        answers.answer = { found(card("one")) }
        compose.onNodeWithText("Try again").performClick()
        compose.waitUntilAtLeastOneExists(hasText("Card one", substring = true), PATIENCE)
    }

    @Test
    fun `every code of the core has its words`() {
        val codes = listOf(
            "closed", "not-found", "invalid-key", "needs-update", "storage-full", "storage-read-only", "storage-busy",
            "storage-damaged", "storage-failed", "wrong-key", "key-unavailable", "no-root", "bad-root",
        )
        assertEquals(emptyList<String>(), codes.filter { wordsFor(it) == R.string.error_internal })
        assertEquals(R.string.error_internal, wordsFor("internal"))
        assertEquals(R.string.error_internal, wordsFor("a code of tomorrow"))
    }

    private fun type(words: String = "sock") {
        compose.onNode(hasSetTextAction()).performTextInput(words)
        compose.waitUntil(PATIENCE) { answered() }
    }

    private fun answered() = compose.onAllNodes(hasText("Card one", substring = true)).fetchSemanticsNodes().isNotEmpty() ||
        compose.onAllNodes(hasText("We did not find", substring = true)).fetchSemanticsNodes().isNotEmpty()

    private fun check(picture: String) {
        compose.waitForIdle()
        compose.assertUsableByAll(compose.density)
        compose.activity.photograph(picture)
    }

    private companion object {
        /** The longest that an answer may take here, in milliseconds. */
        const val PATIENCE = 10_000L

        val help = Help(
            level = HelpLevel.EMERGENCY,
            also = listOf(HelpLevel.SELF_HARM),
            contacts = listOf(emergencyServices, shout),
        )
    }
}
