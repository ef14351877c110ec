package otsupport.app.strategy

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.unit.dp
import otsupport.core.SectionView

/** A section under its heading. */
@Composable
fun SectionText(section: SectionView) {
    Column(verticalArrangement = Arrangement.spacedBy(8.dp)) {
        Text(
            text = heading(section),
            modifier = Modifier.semantics { heading() },
            style = MaterialTheme.typography.titleLarge,
            fontWeight = FontWeight.Bold,
        )
        Lines(section.text)
    }
}

/** A section's text: paragraphs, numbered steps, points. */
@Composable
fun Lines(text: String) {
    pieces(text).forEach {
        when (it) {
            is Piece.Paragraph -> Line(it.words)
            is Piece.Entry -> Entry(it.number?.let { number -> "$number." } ?: "•", it.words)
        }
    }
}

/** A paragraph. */
@Composable
fun Line(words: String) {
    Text(words, style = MaterialTheme.typography.bodyLarge)
}

/** A point of a list. */
@Composable
fun Bullet(words: String) = Entry("•", words)

/** A screen reader reads the mark and the words in one breath. */
@Composable
private fun Entry(mark: String, words: String) {
    Row(Modifier.semantics(mergeDescendants = true) {}, horizontalArrangement = Arrangement.spacedBy(8.dp)) {
        Text(mark, style = MaterialTheme.typography.bodyLarge, fontWeight = FontWeight.Bold)
        Line(words)
    }
}
