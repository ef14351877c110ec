import Foundation
import OTSupport
import Security

/// The key that what the family writes is sealed with. It never leaves this phone's keychain.
enum FamilyKey {
    private static var place: [CFString: Any] {
        [
            kSecClass: kSecClassGenericPassword,
            kSecAttrService: "otsupport",
            kSecAttrAccount: "family-key",
        ]
    }

    /// The key; it is made on first use.
    ///
    /// A keychain that cannot be read is no reason for a new key: what was written under the old one would be lost.
    static func bytes() throws(HubError) -> Data {
        var found: CFTypeRef?
        let query = place.merging([kSecReturnData: true]) { _, new in new }
        switch SecItemCopyMatching(query as CFDictionary, &found) {
        case errSecSuccess:
            guard let key = found as? Data else { throw .WrongKey(code: "key-unavailable") }
            return key
        case errSecItemNotFound:
            return try made()
        default:
            throw .WrongKey(code: "key-unavailable")
        }
    }

    private static func made() throws(HubError) -> Data {
        var bytes = [UInt8](repeating: 0, count: 32)
        guard SecRandomCopyBytes(kSecRandomDefault, bytes.count, &bytes) == errSecSuccess else {
            throw .WrongKey(code: "key-unavailable")
        }
        let key = Data(bytes)
        // Reminders and syncs run while the phone is locked, after it was unlocked once.
        let item = place.merging([
            kSecValueData: key,
            kSecAttrAccessible: kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly,
        ]) { _, new in new }
        guard SecItemAdd(item as CFDictionary, nil) == errSecSuccess else {
            throw .WrongKey(code: "key-unavailable")
        }
        return key
    }
}
