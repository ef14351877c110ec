package otsupport

import otsupport.core.HubException

/** The stable code that a front end's string table turns into words. Never show an exception's own message to a person. */
public val HubException.code: String
    get() = when (this) {
        is HubException.Closed -> code
        is HubException.NotFound -> code
        is HubException.Invalid -> code
        is HubException.NeedsUpdate -> code
        is HubException.StorageFull -> code
        is HubException.Storage -> code
        is HubException.WrongKey -> code
        is HubException.Untrusted -> code
        is HubException.Internal -> code
    }
