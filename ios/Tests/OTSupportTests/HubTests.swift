import Foundation
import OTSupport
import Testing

/// The core through its Swift layer, over a real hub on this machine.
@Suite(.serialized) struct HubTests {
    let phone: Phone

    init() throws {
        phone = try Phone()
    }

    @Test func syncBringsTheBank() async throws {
        let serving = try ServingHub(phone.site)
        let hub = try await phone.open()
        #expect(try await hub.topics().isEmpty)

        let first = try await hub.sync(with: serving.url)
        #expect(first.outcome == .updated)
        #expect(first.from == 0)
        #expect(first.to == 1)
        #expect(first.reason == nil)
        #expect(try await hub.sync(with: serving.url).outcome == .unchanged)
        await hub.close()
    }

    @Test func theServiceSaysWhoOffersTheBank() async throws {
        let empty = try await phone.open()
        let before = try await empty.service()
        #expect(before.name.isEmpty)
        #expect(before.demonstration)
        await empty.close()

        let service = try await phone.open(seeded: true).service()
        #expect(!service.name.isEmpty)
        #expect(service.demonstration)
        #expect(service.urgent.contains { $0.levels.contains(.emergency) })
    }

    @Test func topicsAreBrowsedByPage() async throws {
        let hub = try await phone.open(seeded: true)
        let topics = try await hub.topics()
        #expect(topics.count == 24)
        let topic = try #require(topics.first { $0.items > 1 })
        let filter = Filter(topic: topic.slug, audience: nil, setting: nil, age: nil, minutes: nil, kind: nil)

        let whole = try await hub.browse(filter)
        #expect(whole.count == Int(topic.items))
        #expect(whole.allSatisfy { $0.topic == topic.slug && $0.matched == nil })
        #expect(try await hub.browse(filter, page: Page(offset: 1, limit: 1)) == [whole[1]])
    }

    @Test func searchFindsAndShowOpens() async throws {
        let hub = try await phone.open(seeded: true)
        let found = try await hub.search(.words("sock"))
        let card = try #require(found.results.first)
        #expect(card.matched?.snippet.isEmpty == false)

        let item = try await hub.show(card.id)
        #expect(item.title == card.title)
        #expect(item.demonstration)
        #expect(item.review.status == .demonstration)
        #expect(item.sections.map(\.part).contains(.steps))
    }

    @Test func savedItemsKeepTheFamilysOrder() async throws {
        let hub = try await phone.open(seeded: true)
        let ids = try await hub.browse(page: Page(offset: 0, limit: 3)).map(\.id)
        try await hub.save([ids[2]])
        let shelf = try await hub.save([ids[0], ids[1]])
        #expect(shelf.map(\.id) == [ids[2], ids[0], ids[1]])
        #expect(try await hub.show(ids[0]).saved)
        #expect(try await hub.unsave([ids[0]]).map(\.id) == [ids[2], ids[1]])
        await hub.close()

        let again = try await phone.open()
        #expect(try await again.saved().map(\.id) == [ids[2], ids[1]])
    }

    @Test func everythingReadsOnWhenTheHubIsGone() async throws {
        let serving = try ServingHub(phone.site)
        let hub = try await phone.open()
        try await hub.sync(with: serving.url)
        let id = try #require(try await hub.browse().first).id
        try await hub.save([id])
        serving.kill()

        let report = try await hub.sync(with: serving.url)
        #expect(report.outcome == .offline)
        #expect(report.reason != nil)
        #expect(report.to == 1)
        #expect(try await hub.topics().count == 24)
        #expect(try await hub.search(.words("sock")).results.isEmpty == false)
        #expect(try await hub.show(id).saved)
        #expect(try await hub.saved().map(\.id) == [id])
    }

    @Test func theFirstStartNeedsNoHub() async throws {
        let hub = try await phone.open(seeded: true)
        #expect(try await hub.topics().count == 24)
        #expect(try await hub.browse().count >= 30)
        #expect(try await hub.search(.words("sock")).results.isEmpty == false)
    }

    @Test func readsDoNotWaitForASync() async throws {
        let serving = try ServingHub(phone.site)
        let hub = try await phone.open(seeded: true)
        async let report = hub.sync(with: serving.url)
        async let topics = hub.topics()
        #expect(try await topics.count == 24)
        #expect(try await report.outcome == .unchanged)
    }

    @Test func aCancelledSearchIsNotMade() async throws {
        let hub = try await phone.open(seeded: true)
        let search = Task {
            // Begins cancelled, however fast this machine is.
            withUnsafeCurrentTask { $0?.cancel() }
            return try await hub.search(.words("sock"))
        }
        await #expect(throws: CancellationError.self) { try await search.value }
    }
}
