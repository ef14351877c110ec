package otsupport.app.look

import androidx.compose.material3.ColorScheme
import androidx.compose.material3.darkColorScheme
import androidx.compose.material3.lightColorScheme
import androidx.compose.ui.graphics.Color

/** The colours of the NHS website, which families know from elsewhere. */
object NhsColours {
    val blue = Color(0xFF005EB8)
    val text = Color(0xFF212B32)
    val yellow = Color(0xFFFFEB3B)
    val grey = Color(0xFFF0F4F5)
    val red = Color(0xFFD5281B)
    val white = Color(0xFFFFFFFF)

    /** By day. */
    val light: ColorScheme = lightColorScheme(
        primary = blue,
        onPrimary = white,
        primaryContainer = blue,
        onPrimaryContainer = white,
        background = white,
        onBackground = text,
        surface = white,
        onSurface = text,
        surfaceVariant = grey,
        onSurfaceVariant = Color(0xFF425563),
        surfaceContainer = grey,
        outline = Color(0xFF4C6272),
        outlineVariant = Color(0xFFD8DDE0),
        error = red,
        onError = white,
        errorContainer = Color(0xFFFCEEED),
        onErrorContainer = text,
        tertiaryContainer = Color(0xFFFFF9C4),
        onTertiaryContainer = text,
    )

    /** By night. The website has no dark form; these keep its hues and a contrast of at least 4.5 to 1. */
    val dark: ColorScheme = darkColorScheme(
        primary = Color(0xFF8CC4FF),
        onPrimary = Color(0xFF00203F),
        primaryContainer = Color(0xFF003D78),
        onPrimaryContainer = white,
        background = Color(0xFF12191D),
        onBackground = grey,
        surface = Color(0xFF12191D),
        onSurface = grey,
        surfaceVariant = text,
        onSurfaceVariant = Color(0xFFC3CCD2),
        surfaceContainer = text,
        outline = Color(0xFFAEB7BD),
        outlineVariant = Color(0xFF3A464E),
        error = Color(0xFFFF9B8F),
        onError = Color(0xFF3B0500),
        errorContainer = Color(0xFF4A1510),
        onErrorContainer = white,
        tertiaryContainer = Color(0xFF4A4300),
        onTertiaryContainer = Color(0xFFFFF6A6),
    )
}
