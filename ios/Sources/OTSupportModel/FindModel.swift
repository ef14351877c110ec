import OTSupport
import Observation

/// What the Find screen shows: the words typed, what they find, and the strategy that was opened.
///
/// It holds answers of the core and decides nothing about them.
@MainActor @Observable
public final class FindModel {
    /// What the person typed. At each keystroke the search before it is cancelled, and what it may still find is
    /// thrown away.
    public var text = "" {
        didSet { searchAgain() }
    }
    /// Who offers the bank; absent until the first answer.
    public private(set) var service: ServiceView?
    /// The best first.
    public private(set) var results: [Card] = []
    /// Help that comes before everything else on the screen.
    public private(set) var help: Help?
    /// Whether the urgent rules could read the words. False is never calm: the screen shows the service's contacts.
    public private(set) var checked = true
    /// The strategy or resource being read.
    public private(set) var opened: ItemView?
    /// What went wrong last, until something goes right.
    public private(set) var fault: HubError?

    /// Whether everything is for showing only. Nothing passes for advice before the service says that it is.
    public var demonstration: Bool { service?.demonstration ?? true }

    @ObservationIgnored private let hub: Hub
    @ObservationIgnored private(set) var searching: Task<Void, Never>?

    /// A screen over an open hub.
    public init(hub: Hub) {
        self.hub = hub
    }

    /// Searches for the same words again: for when a sync has brought news.
    public func searchAgain() {
        searching?.cancel()
        let search = Search(words: text, filter: .everything, limit: nil, asYouType: true)
        searching = Task { await find(search) }
    }

    /// Opens one item.
    public func open(_ id: ItemId) async {
        do throws(HubError) {
            let item = try await hub.show(id)
            guard !Task.isCancelled else { return }
            opened = item
            fault = nil
        } catch {
            opened = nil
            fault = error
        }
    }

    /// Leaves the opened item.
    public func leave() {
        opened = nil
    }

    /// Returns when no search is under way.
    func settled() async {
        while let last = searching {
            await last.value
            if last == searching { return }
        }
    }

    private func find(_ search: Search) async {
        do {
            let answer = try await hub.search(search)
            // Asked each time: a sync may have brought another bank.
            let service = try await hub.service()
            guard !Task.isCancelled else { return }
            self.service = service
            results = answer.results
            help = answer.help
            checked = answer.checked
            fault = nil
        } catch let error as HubError {
            guard !Task.isCancelled else { return }
            fault = error
        } catch {
            // Cancelled by the next keystroke, whose search gives the answer.
        }
    }
}
