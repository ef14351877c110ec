import OTSupport
import OTSupportModel
import SwiftUI

/// The app: opens the hub on this phone, shows Find, and asks the service's hub for news.
@main
struct OTSupportApp: App {
    @State private var find: FindModel?
    @State private var fault: HubError?

    var body: some Scene {
        WindowGroup {
            Group {
                if let find {
                    FindView(model: find)
                } else if let fault {
                    FaultText(fault: fault).padding()
                } else {
                    ProgressView()
                }
            }
            .task { await start() }
        }
    }

    private func start() async {
        guard find == nil else { return }
        do throws(HubError) {
            let hub = try await Hub(Carried.options(key: FamilyKey.bytes()))
            let find = FindModel(hub: hub)
            self.find = find
            guard let url = Carried.hub else { return }
            // The bank that the app carries is on the screen already; news only adds to it.
            try await hub.sync(with: url)
            find.searchAgain()
        } catch {
            fault = error
        }
    }
}

/// What the app was built with.
private enum Carried {
    /// The service's hub.
    static var hub: URL? {
        (Bundle.main.object(forInfoDictionaryKey: "OTSupportHub") as? String).flatMap(URL.init(string:))
    }

    /// The root to trust and the bank to begin with, and the app's own folder. No extension shares it, so that
    /// nobody else holds a lock on it.
    static func options(key: Data) -> HubOptions {
        HubOptions(
            folder: URL.applicationSupportDirectory.appending(path: "hub").path,
            key: key,
            root: Bundle.main.url(forResource: "root", withExtension: "json")
                .flatMap { try? Data(contentsOf: $0) },
            seed: Bundle.main.url(forResource: "seed", withExtension: nil)?.path)
    }
}
