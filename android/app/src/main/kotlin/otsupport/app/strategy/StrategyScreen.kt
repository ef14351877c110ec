package otsupport.app.strategy

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.WindowInsets
import androidx.compose.foundation.layout.WindowInsetsSides
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.only
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.safeDrawing
import androidx.compose.foundation.layout.windowInsetsPadding
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.key
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.unit.dp
import otsupport.app.R
import otsupport.app.look.HubBar
import otsupport.app.look.Notice
import otsupport.app.look.Weight
import otsupport.app.wordsFor
import otsupport.core.Currency
import otsupport.core.ItemId
import otsupport.core.ItemView
import otsupport.core.Part

/**
 * One strategy or resource, whole, on one page that only scrolls.
 *
 * When to stop stands before the steps, and nothing on the page folds away.
 */
@Composable
fun StrategyScreen(item: ItemView, topic: String, trouble: String?, onOpen: (ItemId) -> Unit, onBack: () -> Unit) {
    Surface(Modifier.fillMaxSize(), color = MaterialTheme.colorScheme.background) {
        Column {
            HubBar(title = topic, demonstration = item.demonstration, onBack = onBack)
            // A page opened from another begins at its top.
            key(item.id) {
                Column(
                    modifier = Modifier
                        .weight(1f)
                        .verticalScroll(rememberScrollState())
                        .windowInsetsPadding(WindowInsets.safeDrawing.only(WindowInsetsSides.Horizontal + WindowInsetsSides.Bottom))
                        .padding(16.dp),
                    verticalArrangement = Arrangement.spacedBy(16.dp),
                ) {
                    trouble?.let { Notice(stringResource(wordsFor(it)), Weight.Warning) }
                    Title(item.title)
                    ReviewMark(item, onOpen)
                    // How to do what is no longer advice is not said.
                    if (item.currency != Currency.WITHDRAWN) Facts(item)
                    KeepSafe(item)
                    item.sections.filterNot { it.part in warnings }.forEach { SectionText(it) }
                    GetHelp(item)
                    SeeAlso(item.links, onOpen)
                }
            }
        }
    }
}

/** What stands in a box of its own. */
private val warnings = setOf(Part.STOP_IF, Part.GET_HELP_WHEN)

@Composable
private fun Title(text: String) {
    Text(
        text = text,
        modifier = Modifier.semantics { heading() },
        style = MaterialTheme.typography.headlineMedium,
        fontWeight = FontWeight.Bold,
    )
}

/** The topic's safety lines, and when to stop. */
@Composable
private fun KeepSafe(item: ItemView) {
    if (item.safety.isNotEmpty() && item.currency != Currency.WITHDRAWN) {
        Notice(stringResource(R.string.section_safety), Weight.Note) { item.safety.forEach { Line(it) } }
    }
    item.sections.filter { it.part == Part.STOP_IF }.forEach {
        Notice(heading(it), Weight.Warning) { Lines(it.text) }
    }
}

/** When to get help: the item's own lines, then its topic's. */
@Composable
private fun GetHelp(item: ItemView) {
    val own = item.sections.filter { it.part == Part.GET_HELP_WHEN }
    if (own.isEmpty() && item.getHelp.isEmpty()) return
    Notice(stringResource(R.string.section_get_help), Weight.Warning) {
        own.forEach { Lines(it.text) }
        item.getHelp.forEach { Bullet(it) }
    }
}
