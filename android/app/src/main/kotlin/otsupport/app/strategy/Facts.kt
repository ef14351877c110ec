package otsupport.app.strategy

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.runtime.Composable
import androidx.compose.ui.res.pluralStringResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import otsupport.app.R
import otsupport.app.find.ListLine
import otsupport.core.ItemView
import otsupport.core.Setting

/** For what age, how long, where, and with what. */
@Composable
fun Facts(item: ItemView) {
    val facts = buildList {
        item.ages?.let { add(stringResource(R.string.facts_ages, it.from.toInt(), it.to.toInt())) }
        item.minutes?.toInt()?.let { add(pluralStringResource(R.plurals.facts_minutes, it, it)) }
        place(item.settings)?.let { add(stringResource(it)) }
        if (item.equipment.isNotEmpty()) add(stringResource(R.string.facts_equipment, item.equipment.joinToString()))
    }
    if (facts.isEmpty()) return
    Column(verticalArrangement = Arrangement.spacedBy(4.dp)) { facts.forEach { ListLine(it) } }
}

private fun place(settings: List<Setting>): Int? = when {
    settings.containsAll(listOf(Setting.HOME, Setting.SCHOOL)) -> R.string.facts_home_and_school
    Setting.HOME in settings -> R.string.facts_home
    Setting.SCHOOL in settings -> R.string.facts_school
    else -> null
}
