package otsupport.site

import java.net.InetAddress
import java.net.ServerSocket

/** A host that takes a connection and never says a word. */
class SilentHost : AutoCloseable {
    private val socket = ServerSocket(0, 1, InetAddress.getLoopbackAddress())

    val url = "http://127.0.0.1:${socket.localPort}"

    /** Returns when somebody has connected. */
    fun awaitCaller(): AutoCloseable = socket.accept()

    override fun close() = socket.close()
}
