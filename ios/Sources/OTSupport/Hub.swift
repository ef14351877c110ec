import Foundation
import OTSupportCore

/// The Support Hub on this phone: strategies, saved items, sync.
///
/// Hold one for as long as the app runs. Calls take turns on a thread of their own, so any of them may be awaited from
/// the main actor. Only `sync` uses the network, and the other calls do not wait for it.
public actor Hub {
    private let files: FileQueue
    private let core: SupportHub

    /// The actor's turns are taken on its own thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { files.asUnownedSerialExecutor() }

    /// Opens the hub in its folder, and makes it on first use.
    public init(_ options: HubOptions) async throws(HubError) {
        let files = FileQueue()
        self.files = files
        core = try await files.run { opening(options) }.get()
    }

    /// Who offers the bank, whether it is a demonstration, and where urgent help is.
    public func service() throws(HubError) -> ServiceView {
        try typed { try core.service() }
    }

    /// All topics in the service's order.
    public func topics() throws(HubError) -> [TopicView] {
        try typed { try core.topics() }
    }

    /// The items that pass the filter, a page at a time, by topic and title.
    public func browse(_ filter: Filter = .everything, page: Page = .whole) throws(HubError) -> [Card] {
        try typed { try core.browse(filter: filter, page: page) }
    }

    /// Searches the bank. Show `help` before everything else.
    ///
    /// Throws `HubError`, or `CancellationError` if the task was cancelled before the search had its turn: then
    /// nobody waits for the answer any more.
    public func search(_ search: Search) throws -> SearchAnswer {
        try Task.checkCancellation()
        return try typed { try core.search(search: search) }
    }

    /// One item, whole, in the variant asked for or else the original.
    public func show(_ id: ItemId, variant: VariantChoice = .original) throws(HubError) -> ItemView {
        try typed { try core.show(id: id, variant: variant) }
    }

    /// Saves items, in this order, after those saved before. Gives the whole shelf.
    @discardableResult
    public func save(_ ids: [ItemId]) throws(HubError) -> [SavedItem] {
        try typed { try core.save(ids: ids) }
    }

    /// Takes items off the shelf. Gives the whole shelf.
    @discardableResult
    public func unsave(_ ids: [ItemId]) throws(HubError) -> [SavedItem] {
        try typed { try core.unsave(ids: ids) }
    }

    /// The saved items in the family's order.
    public func saved() throws(HubError) -> [SavedItem] {
        try typed { try core.saved() }
    }

    /// Asks the hub at `url` for news and takes it in. Being offline is an outcome, not an error.
    ///
    /// Cancelling the task does not stop a sync under way, and loses nothing.
    @discardableResult
    public func sync(with url: URL) async throws(HubError) -> SyncReport {
        do {
            return try await core.sync(url: url.absoluteString)
        } catch {
            throw HubError(error)
        }
    }

    /// Closes the files. Afterwards every call throws `HubError.Closed`.
    public func close() {
        core.close()
    }
}

/// A result, because typed errors do not pass through a continuation.
private func opening(_ options: HubOptions) -> Result<SupportHub, HubError> {
    Result { try SupportHub.open(options: options) }.mapError(HubError.init)
}

private func typed<Value>(_ call: () throws -> Value) throws(HubError) -> Value {
    do {
        return try call()
    } catch {
        throw HubError(error)
    }
}
