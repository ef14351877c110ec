package otsupport.app.hub

import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertThrows
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import otsupport.core.HubException
import java.io.File
import java.security.KeyStoreException
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey

@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35])
class FamilyKeyTest {
    @get:Rule
    val folder = TemporaryFolder()

    private val file: File get() = folder.root.resolve("family.key")
    private val inThePhone = newKey()

    @Test
    fun `the key is made once and is the same ever after`() {
        val first = FamilyKey(file) { inThePhone }.bytes()
        assertEquals(32, first.size)
        assertArrayEquals(first, FamilyKey(file) { inThePhone }.bytes())
    }

    @Test
    fun `the file does not hold the key in the clear`() {
        val key = FamilyKey(file) { inThePhone }.bytes()
        assertFalse(key.toList() in file.readBytes().toList().windowed(key.size))
    }

    @Test
    fun `another phone's keystore opens nothing and spoils nothing`() {
        val key = FamilyKey(file) { inThePhone }.bytes()
        assertUnavailable { FamilyKey(file) { newKey() }.bytes() }
        assertArrayEquals(key, FamilyKey(file) { inThePhone }.bytes())
    }

    @Test
    fun `a keystore that does not answer makes no key`() {
        assertUnavailable { FamilyKey(file) { throw KeyStoreException() }.bytes() }
        assertFalse(file.exists())
    }

    @Test
    fun `half a file is no key`() {
        FamilyKey(file) { inThePhone }.bytes()
        file.writeBytes(file.readBytes().copyOf(20))
        assertUnavailable { FamilyKey(file) { inThePhone }.bytes() }
    }

    private fun assertUnavailable(call: () -> Unit) {
        assertEquals("key-unavailable", assertThrows(HubException.WrongKey::class.java) { call() }.code)
    }

    private fun newKey(): SecretKey = KeyGenerator.getInstance("AES").apply { init(256) }.generateKey()
}
