package otsupport.app.look

import androidx.compose.material3.ColorScheme
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.luminance
import org.junit.Assert.assertTrue
import org.junit.Test

/** Text on its ground, by day and by night, at least as clear as WCAG 2.2 AA asks. */
class ContrastTest {
    @Test
    fun `by day`() = check(NhsColours.light)

    @Test
    fun `by night`() = check(NhsColours.dark)

    private fun check(colours: ColorScheme) = with(colours) {
        val pairs = mapOf(
            "text" to (onBackground to background),
            "small text" to (onSurfaceVariant to background),
            "titles of a list" to (primary to background),
            "the bar" to (onPrimaryContainer to primaryContainer),
            "the demonstration mark" to (onTertiaryContainer to tertiaryContainer),
            "a note" to (onSurface to surfaceVariant),
            "a warning" to (onErrorContainer to errorContainer),
            "a button" to (onPrimary to primary),
            "a call button" to (onError to error),
        )
        pairs.forEach { (what, colour) ->
            val ratio = contrast(colour.first, colour.second)
            assertTrue("$what: $ratio", ratio >= 4.5)
        }
    }

    private fun contrast(one: Color, other: Color): Double {
        val (dark, light) = listOf(one.luminance(), other.luminance()).sorted()
        return (light + 0.05) / (dark + 0.05)
    }
}
