package otsupport.app.hub

import android.content.res.AssetManager
import otsupport.core.HubException
import java.io.File
import java.io.IOException

/**
 * The published site of the day on which the app was built, for a first start with no network.
 *
 * The core reads files, and assets are none, so the site is unpacked once. [cache] is emptied by Android with every update of the app,
 * which is when the carried site changes.
 */
class CarriedSite(private val assets: AssetManager, private val cache: File) {
    /** The unpacked site; absent if the app was built without one. A full phone is a fault of the storage, as it is in the core. */
    fun unpacked(): File? = try {
        val site = cache.resolve(NAME)
        if (!site.exists() && !assets.list(NAME).isNullOrEmpty()) unpackTo(site)
        site.takeIf { it.exists() }
    } catch (_: IOException) {
        throw HubException.Storage("storage-failed")
    }

    private fun unpackTo(site: File) {
        // Under another name until it is whole, so that a kill in between leaves no half a site.
        val part = cache.resolve("$NAME.part").apply { deleteRecursively() }
        copy(NAME, part)
        if (!part.renameTo(site)) throw IOException("no room for the carried site")
    }

    private fun copy(asset: String, to: File) {
        val children = assets.list(asset).orEmpty()
        if (children.isEmpty()) {
            to.parentFile?.mkdirs()
            assets.open(asset).use { from -> to.outputStream().use { from.copyTo(it) } }
        } else {
            children.forEach { copy("$asset/$it", to.resolve(it)) }
        }
    }

    private companion object {
        const val NAME = "site"
    }
}
