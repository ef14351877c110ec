package otsupport.site

import java.io.File

/** The project's own content, published into a folder as an editor would. */
class PublishedSite private constructor(val folder: File, private val keys: File) {
    /** The root that an app is built with. */
    val root: ByteArray get() = folder.resolve("metadata/root.json").readBytes()

    /** The only private key that a hub holds. */
    val receiptKey: File get() = keys.resolve("receipt.key")

    companion object {
        /** Makes keys and publishes once, below [folder]. */
        fun under(folder: File): PublishedSite {
            folder.mkdirs()
            val keys = folder.resolve("keys")
            val site = folder.resolve("site")
            run("keys", "new", "--out", keys.path)
            run("publish", "--content", HubProgram.content.path, "--site", site.path, "--keys", keys.path)
            return PublishedSite(site, keys)
        }

        private fun run(vararg arguments: String) {
            val process = HubProgram.command(*arguments).redirectErrorStream(true).start()
            val said = process.inputStream.bufferedReader().readText()
            check(process.waitFor() == 0) { "otsupport-hub ${arguments.joinToString(" ")}:\n$said" }
        }
    }
}
