package otsupport.app.hub

import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import java.io.File

@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35])
class CarriedSiteTest {
    @get:Rule
    val cache = TemporaryFolder()

    @Test
    fun `every file comes out as it went in`() {
        assertEquals(filesBelow(File("target/assets/site")), filesBelow(unpacked()))
    }

    @Test
    fun `what a kill left half done is done again`() {
        cache.newFolder("site.part", "full").resolve("1.zst").writeText("half")
        assertEquals(filesBelow(File("target/assets/site")), filesBelow(unpacked()))
    }

    @Test
    fun `it is unpacked once`() {
        val root = unpacked().resolve("metadata/root.json")
        assertTrue(root.setLastModified(1_000))
        unpacked()
        assertEquals(1_000, root.lastModified())
    }

    private fun unpacked(): File {
        val site = CarriedSite(RuntimeEnvironment.getApplication().assets, cache.root).unpacked()
        assertNotNull(site)
        return site!!
    }

    private fun filesBelow(folder: File): Map<String, List<Byte>> =
        folder.walk().filter { it.isFile }.associate { it.relativeTo(folder).path to it.readBytes().toList() }
}
