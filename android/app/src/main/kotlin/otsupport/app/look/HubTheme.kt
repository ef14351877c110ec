package otsupport.app.look

import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable

/** Every screen's look: NHS colours over the phone's own font, by day and by night. */
@Composable
fun HubTheme(dark: Boolean = isSystemInDarkTheme(), content: @Composable () -> Unit) {
    MaterialTheme(colorScheme = if (dark) NhsColours.dark else NhsColours.light, content = content)
}
