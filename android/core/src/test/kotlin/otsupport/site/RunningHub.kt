package otsupport.site

/** A real hub process on a free port of this machine. */
class RunningHub private constructor(private val process: Process, val url: String) : AutoCloseable {
    /** Kills the process, as a power cut would, and returns when it is gone. */
    override fun close() {
        process.destroyForcibly().waitFor()
    }

    companion object {
        private const val READY = "listening on "

        /** Starts serving [site] and returns when the hub answers. */
        fun serving(site: PublishedSite): RunningHub {
            val process = HubProgram
                .command("serve", "--site", site.folder.path, "--listen", "127.0.0.1:0", "--receipt-key", site.receiptKey.path)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start()
            val ready = process.inputStream.bufferedReader().lineSequence().firstOrNull { READY in it }
            if (ready == null) {
                process.destroyForcibly()
                error("the hub ended before it listened")
            }
            return RunningHub(process, ready.substringAfter(READY).trim())
        }
    }
}
