package otsupport.app.find

import android.content.Intent
import android.net.Uri
import androidx.compose.foundation.BorderStroke
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.Button
import androidx.compose.material3.ButtonDefaults
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalContext
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import otsupport.app.R
import otsupport.app.look.Notice
import otsupport.app.look.Weight
import otsupport.app.look.focusMark
import otsupport.app.says
import otsupport.core.Help
import otsupport.core.UrgentContact

/** Where to get help at once. It stands before everything else. */
@Composable
fun HelpCard(help: Help) {
    Notice(stringResource(help.level.says), Weight.Warning) {
        help.contacts.forEach { Contact(it) }
    }
}

/** Whom to ring or text, and when. */
@Composable
fun Contact(contact: UrgentContact) {
    val context = LocalContext.current

    // The dialler and the message app open with the number filled in; the person decides.
    fun open(action: String, scheme: String, number: String) =
        context.startActivity(Intent(action, Uri.fromParts(scheme, number, null)).addFlags(Intent.FLAG_ACTIVITY_NEW_TASK))

    Column(Modifier.padding(top = 4.dp), verticalArrangement = Arrangement.spacedBy(4.dp)) {
        Text(contact.name, style = MaterialTheme.typography.titleSmall, fontWeight = FontWeight.Bold)
        Text(contact.says, style = MaterialTheme.typography.bodyMedium)
        Text(contact.hours ?: stringResource(R.string.help_always), style = MaterialTheme.typography.bodyMedium)
        contact.telephone?.let { number ->
            CallButton(
                words = stringResource(R.string.help_call, number),
                spoken = stringResource(R.string.help_call_who, contact.name, number),
                onClick = { open(Intent.ACTION_DIAL, "tel", number) },
            )
        }
        contact.text?.let { number ->
            TextButton(
                words = stringResource(R.string.help_text, number),
                spoken = stringResource(R.string.help_text_who, contact.name, number),
                onClick = { open(Intent.ACTION_SENDTO, "smsto", number) },
            )
        }
        contact.relay?.let { Text(stringResource(R.string.help_relay, it), style = MaterialTheme.typography.bodyMedium) }
    }
}

@Composable
private fun CallButton(words: String, spoken: String, onClick: () -> Unit) {
    Button(
        onClick = onClick,
        modifier = Modifier.button(spoken),
        shape = corners,
        colors = ButtonDefaults.buttonColors(MaterialTheme.colorScheme.error, MaterialTheme.colorScheme.onError),
    ) { Words(words) }
}

@Composable
private fun TextButton(words: String, spoken: String, onClick: () -> Unit) {
    OutlinedButton(
        onClick = onClick,
        modifier = Modifier.button(spoken),
        shape = corners,
        colors = ButtonDefaults.outlinedButtonColors(contentColor = MaterialTheme.colorScheme.onErrorContainer),
        border = BorderStroke(2.dp, MaterialTheme.colorScheme.onErrorContainer),
    ) { Words(words) }
}

@Composable
private fun Words(words: String) {
    Text(words, textAlign = TextAlign.Center, style = MaterialTheme.typography.titleMedium)
}

private fun Modifier.button(spoken: String): Modifier =
    focusMark().fillMaxWidth().heightIn(min = 48.dp).semantics { contentDescription = spoken }

private val corners = RoundedCornerShape(4.dp)
