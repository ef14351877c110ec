package otsupport.app.find

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.WindowInsets
import androidx.compose.foundation.layout.WindowInsetsSides
import androidx.compose.foundation.layout.asPaddingValues
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.only
import androidx.compose.foundation.layout.safeDrawing
import androidx.compose.foundation.layout.windowInsetsPadding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.LazyListState
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.text.input.TextFieldState
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.pluralStringResource
import androidx.compose.ui.res.stringResource
import otsupport.app.R
import otsupport.app.look.HubBar
import otsupport.core.SearchAnswer

/** The search field with what it found; with nothing typed, the topics. */
@Composable
fun FindList(state: FindState, field: TextFieldState, list: LazyListState, find: Find) {
    Surface(Modifier.fillMaxSize(), color = MaterialTheme.colorScheme.background) {
        Column {
            val topic = state.topic
            HubBar(
                title = topic?.title ?: stringResource(R.string.find_title),
                demonstration = state.demonstration,
                onBack = if (topic == null) null else find::back,
            )
            if (topic == null) SearchField(field, onSearch = find::search)
            LazyColumn(
                state = list,
                modifier = Modifier
                    .weight(1f)
                    .windowInsetsPadding(WindowInsets.safeDrawing.only(WindowInsetsSides.Horizontal)),
                contentPadding = bottomOfTheScreen(),
            ) {
                state.trouble?.let { item { Trouble(it, onTryAgain = find::tryAgain) } }
                val answer = state.answer
                when {
                    topic != null -> {
                        item { Covers(topic.covers, empty = state.cards.isEmpty()) }
                        items(state.cards, key = { it.id }) { Result(it, topicTitle = null, onOpen = find::open) }
                    }

                    answer != null -> found(answer, state, find)

                    state.topics.isNotEmpty() -> {
                        item { ListHeading(stringResource(R.string.find_topics)) }
                        items(state.topics, key = { it.slug }) { Topic(it, onPick = find::pick) }
                    }
                }
            }
        }
    }
}

private fun LazyListScope.found(answer: SearchAnswer, state: FindState, find: Find) {
    answer.help?.let { item { HelpCard(it) } }
    if (!answer.checked) item { Unchecked(state.otherUrgent) }
    if (!answer.confident) item { Unsure(some = answer.results.isNotEmpty()) }
    if (answer.results.isNotEmpty()) {
        item { ListHeading(pluralStringResource(R.plurals.find_found, answer.results.size, answer.results.size)) }
    }
    items(answer.results, key = { it.id }) { Result(it, state.titleOf(it.topic), onOpen = find::open) }
}

@Composable
private fun bottomOfTheScreen(): PaddingValues = WindowInsets.safeDrawing.only(WindowInsetsSides.Bottom).asPaddingValues()
