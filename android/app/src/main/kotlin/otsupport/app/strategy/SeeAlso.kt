package otsupport.app.strategy

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.heightIn
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.unit.dp
import otsupport.app.R
import otsupport.app.look.focusMark
import otsupport.core.ItemId
import otsupport.core.Link

/** The items that the text points to. */
@Composable
fun SeeAlso(links: List<Link>, onOpen: (ItemId) -> Unit) {
    if (links.isEmpty()) return
    Column {
        Text(
            text = stringResource(R.string.section_links),
            modifier = Modifier.semantics { heading() },
            style = MaterialTheme.typography.titleLarge,
            fontWeight = FontWeight.Bold,
        )
        links.forEach {
            TextButton(onClick = { onOpen(it.to) }, modifier = Modifier.focusMark().heightIn(min = 48.dp)) { Text(it.words) }
        }
    }
}
