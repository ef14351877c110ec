import OTSupport
import Observation
import Testing

@testable import OTSupportModel

/// The Find screen's model over the real library.
@MainActor @Suite struct FindModelTests {
    let phone: Phone

    init() throws {
        phone = try Phone()
    }

    @Test func findsSockAndOpensAStrategy() async throws {
        let model = FindModel(hub: try await phone.open(seeded: true))
        model.text = "sock"
        await model.settled()
        let card = try #require(model.results.first)
        #expect(card.demonstration)

        await model.open(card.id)
        let item = try #require(model.opened)
        #expect(item.demonstration)
        #expect(item.sections.contains { $0.part == .stopIf && !$0.text.isEmpty })
        #expect(item.sections.contains { $0.part == .getHelpWhen && !$0.text.isEmpty })
        model.leave()
        #expect(model.opened == nil)
    }

    @Test func theMarkStandsUntilTheServiceIsKnown() async throws {
        let hub = try await phone.open(seeded: true)
        let model = FindModel(hub: hub)
        #expect(model.service == nil)
        #expect(model.demonstration)
        model.searchAgain()
        await model.settled()
        #expect(try await model.service == hub.service())
        #expect(model.demonstration)
    }

    @Test func onlyTheLastKeystrokeAnswers() async throws {
        let hub = try await phone.open(seeded: true)
        let model = FindModel(hub: hub)
        var searches: [Task<Void, Never>] = []
        for text in ["s", "so", "soc", "sock"] {
            model.text = text
            searches.append(try #require(model.searching))
        }
        #expect(searches.map(\.isCancelled) == [true, true, true, false])
        await model.settled()
        #expect(try await model.results == hub.search(.words("sock")).results)
    }

    @Test func aViewSeesTheAnswerArrive() async throws {
        let model = FindModel(hub: try await phone.open(seeded: true))
        await confirmation { changed in
            withObservationTracking {
                _ = model.results
            } onChange: {
                changed()
            }
            model.text = "sock"
            await model.settled()
        }
    }

    @Test func helpComesWithTheAnswerAndGoesWithIt() async throws {
        let model = FindModel(hub: try await phone.open(seeded: true))
        model.text = "she cannot breathe"
        await model.settled()
        let help = try #require(model.help)
        #expect(help.level == .emergency)
        #expect(help.contacts.first?.telephone == "999")

        model.text = "sock"
        await model.settled()
        #expect(model.help == nil)
    }

    @Test func wordsThatTheRulesCannotReadAreNotCalledCalm() async throws {
        let model = FindModel(hub: try await phone.open(seeded: true))
        model.text = "δεν μπορεί να αναπνεύσει"
        await model.settled()
        #expect(!model.checked)
        #expect(model.service?.urgent.first?.telephone == "999")

        model.text = "sock"
        await model.settled()
        #expect(model.checked)
    }

    @Test func aFaultIsShownAndGoesAway() async throws {
        let model = FindModel(hub: try await phone.open(seeded: true))
        await model.open("no-such-item")
        #expect(model.opened == nil)
        #expect(model.fault?.code == "not-found")
        model.text = "sock"
        await model.settled()
        #expect(model.fault == nil)
    }

    @Test func aClosedHubIsAFaultWithACode() async throws {
        let hub = try await phone.open(seeded: true)
        let model = FindModel(hub: hub)
        await hub.close()
        model.text = "sock"
        await model.settled()
        #expect(model.fault?.code == "closed")
        #expect(model.results.isEmpty)
    }
}
