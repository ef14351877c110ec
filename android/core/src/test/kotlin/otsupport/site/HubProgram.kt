package otsupport.site

import java.io.File

/** Where the build left the hub and the content; the poms say so. */
internal object HubProgram {
    private val program = File(System.getProperty("rust.target"), "otsupport-hub")

    val content = File(System.getProperty("content.folder"))

    fun command(vararg arguments: String): ProcessBuilder = ProcessBuilder(listOf(program.path) + arguments)
}
