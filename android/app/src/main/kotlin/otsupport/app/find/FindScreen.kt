package otsupport.app.find

import androidx.activity.compose.BackHandler
import androidx.compose.foundation.lazy.rememberLazyListState
import androidx.compose.foundation.text.input.TextFieldState
import androidx.compose.foundation.text.input.clearText
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.compose.runtime.snapshotFlow
import otsupport.app.strategy.StrategyScreen

/** Find, and above it the strategy that was opened. */
@Composable
fun FindScreen(find: Find) {
    val state by find.state.collectAsState()
    // Not a saved state: Android would keep what the person typed outside the app.
    val field = remember(find) { TextFieldState(state.words) }
    // Kept here, so that going back finds the list where it was left.
    val list = rememberLazyListState()
    LaunchedEffect(find, field) { snapshotFlow { field.text.toString() }.collect(find::type) }
    LaunchedEffect(state.words, state.topic) { list.scrollToItem(0) }

    val item = state.reading.lastOrNull()
    BackHandler(enabled = item != null || state.topic != null || field.text.isNotEmpty()) {
        if (item == null && state.topic == null) field.clearText() else find.back()
    }
    if (item != null) {
        StrategyScreen(item, state.titleOf(item.topic), state.trouble, onOpen = find::open, onBack = find::back)
    } else {
        FindList(state, field, list, find)
    }
}
