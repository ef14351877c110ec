package otsupport.app.find

import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.Button
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import otsupport.app.R
import otsupport.app.look.Notice
import otsupport.app.look.Weight
import otsupport.app.look.focusMark
import otsupport.app.wordsFor
import otsupport.core.UrgentContact

/** Nothing in the bank really answers, and the screen says so. */
@Composable
fun Unsure(some: Boolean) {
    Notice(stringResource(R.string.find_unsure), Weight.Note, Modifier.semantics { liveRegion = LiveRegionMode.Polite }) {
        val advice = if (some) R.string.find_unsure_some else R.string.find_unsure_none
        Text(stringResource(advice), style = MaterialTheme.typography.bodyMedium)
    }
}

/** The urgent rules could not read the words. That is never calm. */
@Composable
fun Unchecked(contacts: List<UrgentContact>) {
    Notice(stringResource(R.string.find_unchecked), Weight.Warning) {
        contacts.forEach { Contact(it) }
    }
}

/** Something went wrong; [code] is the core's. */
@Composable
fun Trouble(code: String, onTryAgain: () -> Unit) {
    Notice(stringResource(wordsFor(code)), Weight.Warning, Modifier.semantics { liveRegion = LiveRegionMode.Assertive }) {
        Button(onClick = onTryAgain, modifier = Modifier.focusMark(), shape = RoundedCornerShape(4.dp)) {
            Text(stringResource(R.string.try_again))
        }
    }
}
