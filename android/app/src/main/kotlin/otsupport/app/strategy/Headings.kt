package otsupport.app.strategy

import androidx.compose.runtime.Composable
import androidx.compose.ui.res.stringResource
import otsupport.app.R
import otsupport.core.Part
import otsupport.core.SectionView

/** The section's heading in the phone's language; one that is not a strategy's own is shown as it is. */
@Composable
fun heading(section: SectionView): String = when (section.part) {
    Part.WHY_IT_HELPS -> stringResource(R.string.section_why)
    Part.WHAT_YOU_NEED -> stringResource(R.string.section_need)
    Part.STEPS -> stringResource(R.string.section_steps)
    Part.MAKE_IT_EASIER -> stringResource(R.string.section_easier)
    Part.MAKE_IT_HARDER -> stringResource(R.string.section_harder)
    Part.STOP_IF -> stringResource(R.string.section_stop)
    Part.GET_HELP_WHEN -> stringResource(R.string.section_get_help)
    Part.OTHER -> section.heading
}
