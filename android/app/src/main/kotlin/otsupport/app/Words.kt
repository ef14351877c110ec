package otsupport.app

import androidx.annotation.StringRes
import otsupport.core.Currency
import otsupport.core.HelpLevel

/** The words for a code of the core. A code that this app does not know yet is a fault like any other. */
@StringRes
fun wordsFor(code: String): Int = when {
    code == "closed" -> R.string.error_closed
    code == "not-found" -> R.string.error_not_found
    code.startsWith("invalid-") -> R.string.error_invalid
    code == "needs-update" -> R.string.error_needs_update
    code == "storage-full" -> R.string.error_storage_full
    code.startsWith("storage-") -> R.string.error_storage
    code == "wrong-key" || code == "key-unavailable" -> R.string.error_key
    code == "no-root" || code == "bad-root" -> R.string.error_untrusted
    else -> R.string.error_internal
}

/** What a person should know about how far a text can be relied on; nothing if it is in date. */
@get:StringRes
val Currency.says: Int?
    get() = when (this) {
        Currency.CURRENT -> null
        Currency.REVIEW_DUE -> R.string.currency_review_due
        Currency.NOT_CHECKED -> R.string.currency_not_checked
        Currency.WITHDRAWN -> R.string.currency_withdrawn
    }

/** The heading over the help that comes first. */
@get:StringRes
val HelpLevel.says: Int
    get() = when (this) {
        HelpLevel.EMERGENCY -> R.string.help_emergency
        HelpLevel.SELF_HARM -> R.string.help_self_harm
        HelpLevel.SAFEGUARDING -> R.string.help_safeguarding
        HelpLevel.URGENT -> R.string.help_urgent
    }
