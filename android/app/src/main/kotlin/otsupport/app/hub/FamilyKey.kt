package otsupport.app.hub

import android.util.AtomicFile
import otsupport.core.HubException
import java.io.File
import java.security.GeneralSecurityException
import java.security.SecureRandom
import javax.crypto.Cipher
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/**
 * The 32 bytes that seal what the family writes.
 *
 * They are made once and kept in [file], wrapped with a key that stays inside the phone's keystore: the file alone opens nothing.
 */
class FamilyKey(private val file: File, private val wrapping: () -> SecretKey) {
    /** The key, made on first use. A keystore that does not answer is `key-unavailable`; the file is then left as it is. */
    fun bytes(): ByteArray = try {
        if (file.exists()) unwrap(file.readBytes()) else make()
    } catch (_: GeneralSecurityException) {
        throw HubException.WrongKey("key-unavailable")
    }

    private fun make(): ByteArray {
        val key = ByteArray(KEY).also { SecureRandom().nextBytes(it) }
        val cipher = Cipher.getInstance(CIPHER).apply { init(Cipher.ENCRYPT_MODE, wrapping()) }
        val wrapped = cipher.iv + cipher.doFinal(key)
        val whole = AtomicFile(file)
        val out = whole.startWrite()
        out.write(wrapped)
        whole.finishWrite(out)
        return key
    }

    private fun unwrap(wrapped: ByteArray): ByteArray {
        if (wrapped.size != NONCE + KEY + TAG) throw HubException.WrongKey("key-unavailable")
        val cipher = Cipher.getInstance(CIPHER)
        cipher.init(Cipher.DECRYPT_MODE, wrapping(), GCMParameterSpec(TAG * 8, wrapped, 0, NONCE))
        return cipher.doFinal(wrapped, NONCE, wrapped.size - NONCE)
    }

    private companion object {
        const val CIPHER = "AES/GCM/NoPadding"
        const val KEY = 32
        const val NONCE = 12
        const val TAG = 16
    }
}
