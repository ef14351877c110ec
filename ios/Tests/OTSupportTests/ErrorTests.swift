import Foundation
import OTSupport
import Testing

/// What goes wrong arrives typed, with its stable code.
@Suite struct ErrorTests {
    let phone: Phone

    init() throws {
        phone = try Phone()
    }

    @Test func afterCloseEveryCallSaysClosed() async throws {
        let hub = try await phone.open(seeded: true)
        await hub.close()
        await #expect(throws: HubError.Closed(code: "closed")) { try await hub.topics() }
        await #expect(throws: HubError.Closed(code: "closed")) { try await hub.search(.words("sock")) }
        await #expect(throws: HubError.Closed(code: "closed")) { try await hub.saved() }
        let nowhere = try #require(URL(string: "http://127.0.0.1:9"))
        await #expect(throws: HubError.Closed(code: "closed")) { try await hub.sync(with: nowhere) }
        await hub.close()
    }

    @Test func whatTheBankLacksIsNamed() async throws {
        let hub = try await phone.open(seeded: true)
        await #expect(throws: HubError.NotFound(code: "not-found", id: "no-such-item")) {
            try await hub.show("no-such-item")
        }
    }

    @Test func anotherKeyLocksWhatTheFamilyKeepsAndLeavesTheBank() async throws {
        let hub = try await phone.open(seeded: true)
        await hub.close()
        let locked = try await phone.open(key: 8)
        await #expect(throws: HubError.WrongKey(code: "wrong-key")) { _ = try await locked.saved() }
        #expect(try await locked.topics().count == 24)
    }

    @Test func aKeyHas32Bytes() async throws {
        let options = HubOptions(folder: "unused", key: Data([1, 2, 3]), root: nil, seed: nil)
        await #expect(throws: HubError.Invalid(code: "invalid-key", field: "key")) {
            _ = try await Hub(options)
        }
    }

    @Test func typedErrorsAreCaughtWithoutACast() async throws {
        let hub = try await phone.open(seeded: true)
        do throws(HubError) {
            _ = try await hub.show("no-such-item")
            Issue.record("an item that is not there was shown")
        } catch {
            #expect(error.code == "not-found")
        }
    }
}
