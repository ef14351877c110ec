package otsupport.app.look

import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.composed
import androidx.compose.ui.draw.drawWithContent
import androidx.compose.ui.focus.onFocusChanged
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.drawscope.DrawScope
import androidx.compose.ui.graphics.drawscope.Stroke
import androidx.compose.ui.unit.dp

/**
 * The NHS focus mark, for people who move through the screen with a keyboard or a switch.
 *
 * Yellow alone is too pale on white, so a dark line runs inside it: one of the two is seen on any ground.
 */
fun Modifier.focusMark(): Modifier = composed {
    var focused by remember { mutableStateOf(false) }
    onFocusChanged { focused = it.isFocused }.drawWithContent {
        drawContent()
        if (focused) {
            frame(NhsColours.yellow, inset = 2f, width = 4f)
            frame(NhsColours.text, inset = 5f, width = 2f)
        }
    }
}

private fun DrawScope.frame(colour: Color, inset: Float, width: Float) {
    val edge = inset.dp.toPx()
    drawRect(colour, Offset(edge, edge), Size(size.width - 2 * edge, size.height - 2 * edge), style = Stroke(width.dp.toPx()))
}
