package otsupport.app

import android.app.Activity
import android.graphics.Bitmap
import android.graphics.Canvas
import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.SemanticsNodeInteraction
import androidx.compose.ui.test.SemanticsNodeInteractionsProvider
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.text.TextLayoutResult
import androidx.compose.ui.unit.Density
import androidx.compose.ui.unit.dp
import org.junit.Assert.assertEquals
import java.io.File

/** What every screen owes to everybody: targets large enough, a role and a name for each, and nothing cut off. */
fun SemanticsNodeInteractionsProvider.assertUsableByAll(density: Density) {
    val buttons = onAllNodes(hasClickAction()).fetchSemanticsNodes()
    val least = with(density) { 48.dp.toPx() } - 0.5f
    val small = buttons.filter {
        // Touch is wider than the shape where Compose widens it, and narrower where the list's edge cuts it: neither alone tells.
        val height = maxOf(it.size.height.toFloat(), it.touchBoundsInRoot.height)
        val width = maxOf(it.size.width.toFloat(), it.touchBoundsInRoot.width)
        minOf(height, width) < least
    }
    assertEquals("smaller than 48 dp", emptyList<String>(), small.map { it.name })
    assertEquals("without a name", emptyList<Int>(), buttons.filter { it.name.isBlank() }.map { it.id })
    assertEquals("without a role", emptyList<String>(), buttons.filter { it.role == null && !it.isField }.map { it.name })
    assertNothingIsCut()
}

/** No text is clipped or ends in dots. */
fun SemanticsNodeInteractionsProvider.assertNothingIsCut() {
    val laidOut = onAllNodes(SemanticsMatcher.keyIsDefined(SemanticsActions.GetTextLayoutResult), useUnmergedTree = true)
    val cut = laidOut.fetchSemanticsNodes().filter { node ->
        val results = mutableListOf<TextLayoutResult>()
        node.config[SemanticsActions.GetTextLayoutResult].action?.invoke(results)
        results.any { it.isCut }
    }
    assertEquals("cut off", emptyList<String>(), cut.map { it.name })
}

/** Whether a screen reader announces it as a heading. */
fun SemanticsNodeInteraction.isHeading(): Boolean = SemanticsProperties.Heading in fetchSemanticsNode().config

/** Draws the window into `target/screens`, for people to look at. */
fun Activity.photograph(name: String) {
    val view = window.decorView
    val bitmap = Bitmap.createBitmap(view.width, view.height, Bitmap.Config.ARGB_8888)
    view.draw(Canvas(bitmap))
    val file = File("target/screens/$name.png").apply { parentFile.mkdirs() }
    file.outputStream().use { bitmap.compress(Bitmap.CompressFormat.PNG, 100, it) }
}

// Not hasVisualOverflow: it is true for any single line whose width is rounded down to whole pixels.
private val TextLayoutResult.isCut: Boolean
    get() = didOverflowHeight || (0 until lineCount).any { isLineEllipsized(it) || getLineRight(it) > layoutInput.constraints.maxWidth }

private val SemanticsNode.name: String
    get() = listOfNotNull(
        config.getOrNull(SemanticsProperties.ContentDescription)?.joinToString(),
        config.getOrNull(SemanticsProperties.Text)?.joinToString(),
    ).joinToString(" ")

private val SemanticsNode.role get() = config.getOrNull(SemanticsProperties.Role)

private val SemanticsNode.isField get() = SemanticsActions.SetText in config
