import OTSupport
import OTSupportModel
import SwiftUI

/// Find: a search field and what it finds. Help comes before everything else.
struct FindView: View {
    @Bindable var model: FindModel

    var body: some View {
        NavigationStack {
            List {
                if let help = model.help {
                    HelpCard(heading: help.level.heading, contacts: help.contacts)
                } else if !model.checked, let service = model.service {
                    HelpCard(heading: "help.unchecked", contacts: service.urgent)
                }
                if let fault = model.fault {
                    FaultText(fault: fault)
                }
                ForEach(model.results, id: \.id) { card in
                    NavigationLink(value: card.id) {
                        CardRow(card: card)
                    }
                }
            }
            .navigationTitle("find.title")
            .navigationDestination(for: ItemId.self) { id in
                StrategyView(model: model, id: id)
            }
            .searchable(text: $model.text, prompt: "find.prompt")
            .toolbarBackground(Color.nhsBlue, for: .navigationBar)
            .toolbarBackground(.visible, for: .navigationBar)
            .toolbarColorScheme(.dark, for: .navigationBar)
        }
        .tint(.nhsBlue)
        // Outside the list and the stack: no screen scrolls it away.
        .safeAreaInset(edge: .top, spacing: 0) {
            if model.demonstration { DemonstrationMark() }
        }
        .task { model.searchAgain() }
    }
}

private struct CardRow: View {
    let card: Card

    var body: some View {
        VStack(alignment: .leading, spacing: 4) {
            Text(verbatim: card.title)
                .font(.headline)
            if let matched = card.matched {
                Text(marked(matched.runs))
            }
            CurrencyText(currency: card.currency)
        }
        .frame(minHeight: 44)
        .accessibilityElement(children: .combine)
    }

    /// The line with the words that were looked for in bold; VoiceOver reads it as plain text.
    private func marked(_ runs: [Run]) -> AttributedString {
        runs.reduce(into: AttributedString()) { line, run in
            var part = AttributedString(run.text)
            if run.matched { part.inlinePresentationIntent = .stronglyEmphasized }
            line += part
        }
    }
}
