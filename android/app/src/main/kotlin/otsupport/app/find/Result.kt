package otsupport.app.find

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.padding
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.pluralStringResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.text.AnnotatedString
import androidx.compose.ui.text.SpanStyle
import androidx.compose.ui.text.buildAnnotatedString
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.withStyle
import androidx.compose.ui.unit.dp
import otsupport.app.R
import otsupport.app.says
import otsupport.core.Card
import otsupport.core.ItemId
import otsupport.core.Run
import otsupport.core.TopicView

/** An item in a list: its title, its topic and the line that the search found. */
@Composable
fun Result(card: Card, topicTitle: String?, onOpen: (ItemId) -> Unit) {
    ListRow(card.title, onClick = { onOpen(card.id) }) {
        topicTitle?.let { ListLine(it) }
        card.matched?.let { Text(marked(it.runs), style = MaterialTheme.typography.bodyMedium) }
        card.currency.says?.let { ListLine(stringResource(it)) }
    }
}

/** The line with the words that were looked for in bold. A screen reader reads it as plain text. */
private fun marked(runs: List<Run>): AnnotatedString = buildAnnotatedString {
    runs.forEach { if (it.matched) withStyle(SpanStyle(fontWeight = FontWeight.Bold)) { append(it.text) } else append(it.text) }
}

/** A topic in the list of topics. */
@Composable
fun Topic(topic: TopicView, onPick: (TopicView) -> Unit) {
    ListRow(topic.title, onClick = { onPick(topic) }) {
        ListLine(pluralStringResource(R.plurals.topic_items, topic.items.toInt(), topic.items.toInt()))
    }
}

/** What the topic is about, above what it holds. */
@Composable
fun Covers(text: String, empty: Boolean) {
    Column(Modifier.padding(16.dp), verticalArrangement = Arrangement.spacedBy(8.dp)) {
        Text(text, style = MaterialTheme.typography.bodyLarge)
        if (empty) ListLine(stringResource(R.string.topic_empty))
    }
}
