package otsupport.app.strategy

import androidx.compose.runtime.Composable
import androidx.compose.ui.res.stringResource
import otsupport.app.R
import otsupport.core.Section

// The bank's headings are fixed words, so they serve as codes; a heading that this app does not know is shown as it is.
private const val STOP_IF = "Stop if"
private const val GET_HELP_WHEN = "Get help when"

/** Whether the section says when to stop. */
val Section.saysWhenToStop: Boolean get() = heading == STOP_IF

/** Whether the section says when to get help. */
val Section.saysWhenToGetHelp: Boolean get() = heading == GET_HELP_WHEN

/** The section's heading in the phone's language. */
@Composable
fun heading(section: Section): String = when (section.heading) {
    STOP_IF -> stringResource(R.string.section_stop)
    GET_HELP_WHEN -> stringResource(R.string.section_get_help)
    "Why it helps" -> stringResource(R.string.section_why)
    "What you need" -> stringResource(R.string.section_need)
    "Steps" -> stringResource(R.string.section_steps)
    "Make it easier" -> stringResource(R.string.section_easier)
    "Make it harder" -> stringResource(R.string.section_harder)
    else -> section.heading
}
