import Foundation
import OTSupport

/// A phone with an empty disk and the root that its app was built with.
struct Phone {
    let site: PublishedSite
    private let folder: TemporaryFolder

    init() throws {
        site = try PublishedSite.shared.get()
        folder = try TemporaryFolder()
    }

    /// Opens its hub, with the bank that the app carries if `seeded`.
    func open(seeded: Bool = false, key: UInt8 = 7) async throws -> Hub {
        try await Hub(
            HubOptions(
                folder: folder.url.path,
                key: Data(repeating: key, count: 32),
                root: try site.root(),
                seed: seeded ? site.site.path : nil))
    }
}

extension Search {
    /// What the Find screen asks for.
    static func words(_ words: String) -> Search {
        Search(words: words, filter: .everything, limit: nil, asYouType: true)
    }
}
