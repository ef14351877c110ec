import Foundation

/// The checkout's content folder, published once into a temporary folder by the real hub.
final class PublishedSite: Sendable {
    /// The one site of all tests.
    static let shared = Result { try PublishedSite() }

    private let folder: TemporaryFolder

    var site: URL { folder.url.appending(path: "site") }
    var receiptKey: URL { folder.url.appending(path: "keys/receipt.key") }

    /// The root that an app would be built with.
    func root() throws -> Data {
        try Data(contentsOf: site.appending(path: "metadata/root.json"))
    }

    private init() throws {
        folder = try TemporaryFolder()
        let keys = folder.url.appending(path: "keys").path
        let content = Checkout.folder.appending(path: "content").path
        try HubProgram.run(["keys", "new", "--out", keys])
        try HubProgram.run(["publish", "--content", content, "--site", site.path, "--keys", keys])
    }
}

/// Where this package stands.
enum Checkout {
    static let folder = URL(filePath: #filePath)
        .appending(path: "../../../..").standardizedFileURL
}
