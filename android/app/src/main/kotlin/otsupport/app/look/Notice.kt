package otsupport.app.look

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.material3.LocalContentColor
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.drawBehind
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.unit.LayoutDirection
import androidx.compose.ui.unit.dp

/** How much a notice weighs. */
enum class Weight {
    /** Good to know. */
    Note,

    /** Read this before anything else. */
    Warning,
}

/** A box with a coloured edge and a heading. It cannot be folded away. */
@Composable
fun Notice(title: String, weight: Weight, modifier: Modifier = Modifier, content: @Composable ColumnScope.() -> Unit = {}) {
    val colours = MaterialTheme.colorScheme
    val edge: Color
    val ground: Color
    val ink: Color
    when (weight) {
        Weight.Note -> {
            edge = colours.primary
            ground = colours.surfaceVariant
            ink = colours.onSurface
        }

        Weight.Warning -> {
            edge = colours.error
            ground = colours.errorContainer
            ink = colours.onErrorContainer
        }
    }
    Column(
        modifier = modifier
            .fillMaxWidth()
            .background(ground)
            .drawBehind {
                val width = 6.dp.toPx()
                val start = if (layoutDirection == LayoutDirection.Ltr) 0f else size.width - width
                drawRect(edge, Offset(start, 0f), Size(width, size.height))
            }
            .padding(start = 18.dp, top = 12.dp, end = 12.dp, bottom = 12.dp),
        verticalArrangement = Arrangement.spacedBy(8.dp),
    ) {
        CompositionLocalProvider(LocalContentColor provides ink) {
            Text(
                text = title,
                modifier = Modifier.semantics { heading() },
                style = MaterialTheme.typography.titleMedium,
                fontWeight = FontWeight.Bold,
            )
            content()
        }
    }
}
