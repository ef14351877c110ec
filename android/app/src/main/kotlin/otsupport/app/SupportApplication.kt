package otsupport.app

import android.app.Application
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import otsupport.OfflineHub
import otsupport.Strategies
import otsupport.app.hub.CarriedSite
import otsupport.app.hub.FamilyKey
import otsupport.app.hub.phoneKeystore
import otsupport.core.HubOptions

/** Holds the one hub for as long as the process lives. */
open class SupportApplication : Application() {
    private val opening = Mutex()
    private var opened: OfflineHub? = null

    /** The hub, opened on first use. */
    suspend fun hub(): OfflineHub = opening.withLock {
        opened ?: OfflineHub.open(withContext(Dispatchers.IO) { options() }).also { opened = it }
    }

    /** What the screens ask. */
    open suspend fun strategies(): Strategies = hub()

    /** The key that seals what the family writes. */
    protected open fun familyKey(): ByteArray = FamilyKey(noBackupFilesDir.resolve("family.key"), ::phoneKeystore).bytes()

    private fun options(): HubOptions {
        val site = CarriedSite(assets, codeCacheDir).unpacked()
        return HubOptions(
            folder = noBackupFilesDir.resolve("hub").path,
            key = familyKey(),
            root = site?.resolve("metadata/root.json")?.readBytes(),
            seed = site?.path,
        )
    }
}
