package otsupport.app

import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.assert
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasSetTextAction
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import androidx.compose.ui.test.onAllNodesWithText
import androidx.compose.ui.test.onFirst
import androidx.compose.ui.test.onNodeWithContentDescription
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performTextInput
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

/** The screens over the real core and the real bank, with no network anywhere. */
@OptIn(ExperimentalTestApi::class)
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], qualifiers = "w412dp-h915dp-xhdpi", application = SeededApplication::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
class FindScreenTest {
    @get:Rule
    val compose = createAndroidComposeRule<FindActivity>()

    @Test
    fun `from a word to a strategy and back`() {
        type("sock")
        compose.onAllNodesWithText("sock", substring = true, ignoreCase = true).onFirst().assertIsDisplayed()
        markIsInView()
        check("find")

        openFirstResult()
        for (heading in listOf("Stop if", "Steps", "Get help when")) {
            val node = compose.onNodeWithText(heading)
            node.performScrollTo().assertIsDisplayed()
            assertTrue(heading, node.isHeading())
        }
        markIsInView()
        check()

        compose.onNodeWithContentDescription("Back").performClick()
        compose.onNode(hasSetTextAction()).assertIsDisplayed()
        compose.onNode(resultCount).assertIsDisplayed()
    }

    @Test
    fun `an empty field offers the topics`() {
        val topic = hasText("items", substring = true) and hasClickAction()
        compose.waitUntilAtLeastOneExists(topic, PATIENCE)
        markIsInView()
        check("topics")

        compose.onAllNodes(topic).onFirst().performClick()
        compose.waitUntilDoesNotExist(hasText("Find a strategy"), PATIENCE)
        check("topic")
        compose.onNodeWithContentDescription("Back").performClick()
        compose.onNodeWithText("Find a strategy").assertIsDisplayed()
    }

    @Test
    fun `words that nothing answers are not answered`() {
        compose.onNode(hasSetTextAction()).performTextInput("xylophone quasar")
        compose.waitUntilAtLeastOneExists(hasText("We did not find a good match"), PATIENCE)
        check("unsure")
    }

    @Test
    fun `the phone's own back leads from the strategy to the list and to the topics`() {
        type("sock")
        openFirstResult()
        compose.activity.onBackPressedDispatcher.onBackPressed()
        compose.onNode(resultCount).assertIsDisplayed()
        compose.activity.onBackPressedDispatcher.onBackPressed()
        compose.waitUntilAtLeastOneExists(hasText("Or pick a topic"), PATIENCE)
    }

    @Test
    fun `turning the phone keeps the strategy open, and the words behind it`() {
        type("sock")
        openFirstResult()
        compose.activityRule.scenario.recreate()
        compose.onNodeWithText("Steps").performScrollTo().assertIsDisplayed()
        compose.onNodeWithContentDescription("Back").performClick()
        compose.onNode(hasSetTextAction()).assert(hasText("sock"))
    }

    @Test
    @Config(qualifiers = "w412dp-h2400dp-xhdpi")
    fun `a strategy by day`() = photographStrategy("strategy")

    @Test
    @Config(qualifiers = "w412dp-h2400dp-night-xhdpi")
    fun `a strategy by night`() = photographStrategy("strategy-dark")

    @Test
    @Config(qualifiers = "w412dp-h915dp-night-xhdpi")
    fun `results by night`() {
        type("sock")
        check("find-dark")
    }

    @Test
    @Config(qualifiers = "w412dp-h915dp-xhdpi", fontScale = 2f)
    fun `results in letters twice as large`() {
        type("sock")
        check("find-large")
    }

    @Test
    @Config(qualifiers = "w412dp-h4000dp-xhdpi", fontScale = 2f)
    fun `a strategy in letters twice as large`() = photographStrategy("strategy-large")

    private val resultCount = hasText("result", substring = true) and hasClickAction().not()

    private fun type(words: String) {
        compose.onNode(hasSetTextAction()).performTextInput(words)
        compose.waitUntilAtLeastOneExists(resultCount, PATIENCE)
    }

    private fun openFirstResult() {
        compose.onAllNodes(hasClickAction() and hasSetTextAction().not() and hasText("", substring = true)).onFirst().performClick()
        compose.waitUntilAtLeastOneExists(hasText("Stop if"), PATIENCE)
    }

    private fun photographStrategy(name: String) {
        type("sock")
        openFirstResult()
        check(name)
    }

    private fun markIsInView() {
        compose.onNodeWithText("Demonstration, not clinical advice").assertIsDisplayed()
    }

    private fun check(picture: String? = null) {
        compose.waitForIdle()
        compose.assertUsableByAll(compose.density)
        picture?.let { compose.activity.photograph(it) }
    }

    private companion object {
        /** The longest that the phone's own answer may take here, in milliseconds. */
        const val PATIENCE = 10_000L
    }
}
