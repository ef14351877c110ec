package otsupport.app.find

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.WindowInsets
import androidx.compose.foundation.layout.WindowInsetsSides
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.only
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.safeDrawing
import androidx.compose.foundation.layout.windowInsetsPadding
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.foundation.text.input.TextFieldLineLimits
import androidx.compose.foundation.text.input.TextFieldState
import androidx.compose.foundation.text.input.clearText
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.OutlinedTextFieldDefaults
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.res.painterResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.unit.dp
import otsupport.app.R
import otsupport.app.look.focusMark

/** Where a person says in their own words what would help. */
@Composable
fun SearchField(field: TextFieldState, onSearch: () -> Unit) {
    val label = stringResource(R.string.find_label)
    Column(
        modifier = Modifier
            .windowInsetsPadding(WindowInsets.safeDrawing.only(WindowInsetsSides.Horizontal))
            .padding(horizontal = 16.dp, vertical = 12.dp),
        verticalArrangement = Arrangement.spacedBy(4.dp),
    ) {
        // The field itself carries the label for a screen reader.
        Text(
            text = label,
            modifier = Modifier.clearAndSetSemantics {},
            style = MaterialTheme.typography.titleMedium,
            fontWeight = FontWeight.Bold,
        )
        if (field.text.isEmpty()) ListLine(stringResource(R.string.find_hint))
        OutlinedTextField(
            state = field,
            modifier = Modifier.fillMaxWidth().focusMark().semantics { contentDescription = label },
            trailingIcon = { if (field.text.isNotEmpty()) Clear(field) },
            lineLimits = TextFieldLineLimits.SingleLine,
            keyboardOptions = KeyboardOptions(imeAction = ImeAction.Search),
            onKeyboardAction = { onSearch() },
            shape = RoundedCornerShape(0.dp),
            // In focus the focus mark is the border.
            colors = OutlinedTextFieldDefaults.colors(focusedBorderColor = Color.Transparent),
        )
    }
}

@Composable
private fun Clear(field: TextFieldState) {
    IconButton(onClick = { field.clearText() }) {
        Icon(painterResource(R.drawable.clear), contentDescription = stringResource(R.string.find_clear))
    }
}
