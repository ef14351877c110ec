package otsupport.app.strategy

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.heightIn
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import otsupport.app.R
import otsupport.app.find.ListLine
import otsupport.app.look.Notice
import otsupport.app.look.Weight
import otsupport.app.look.focusMark
import otsupport.app.says
import otsupport.core.Currency
import otsupport.core.Day
import otsupport.core.ItemId
import otsupport.core.ItemView
import otsupport.core.ReviewStatus
import java.time.LocalDate
import java.time.format.DateTimeFormatter
import java.time.format.FormatStyle

/** Who wrote the text, who checked it, and how far it can be relied on today. */
@Composable
fun ReviewMark(item: ItemView, onOpen: (ItemId) -> Unit) {
    val author = item.review.author
    Column(verticalArrangement = Arrangement.spacedBy(8.dp)) {
        when (val status = item.review.status) {
            is ReviewStatus.Demonstration -> ListLine(stringResource(R.string.review_demonstration, author))

            is ReviewStatus.Reviewed ->
                ListLine(stringResource(R.string.review_reviewed, author, status.reviewer, read(status.reviewed), read(status.next)))

            is ReviewStatus.Withdrawn -> Withdrawn(status, onOpen)
        }
        if (item.outdated) Notice(stringResource(R.string.outdated), Weight.Note)
        if (item.currency != Currency.WITHDRAWN) {
            item.currency.says?.let { Notice(stringResource(it), Weight.Note) }
            if (item.mayHaveChanged) Notice(stringResource(R.string.may_have_changed), Weight.Note)
        }
    }
}

@Composable
private fun Withdrawn(status: ReviewStatus.Withdrawn, onOpen: (ItemId) -> Unit) {
    Notice(stringResource(R.string.currency_withdrawn), Weight.Warning) {
        Line(stringResource(R.string.review_withdrawn, read(status.on), status.reason))
        status.instead?.let {
            TextButton(onClick = { onOpen(it) }, modifier = Modifier.focusMark().heightIn(min = 48.dp)) {
                Text(stringResource(R.string.review_instead))
            }
        }
    }
}

/** A day as people write it where the phone is. */
private fun read(day: Day): String = LocalDate.parse(day).format(DateTimeFormatter.ofLocalizedDate(FormatStyle.LONG))
