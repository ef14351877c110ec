import OTSupport
import OTSupportModel
import SwiftUI

/// One strategy, whole, in the core's order. No part of it can be folded away: "Stop if" and "Get help when" are always
/// there to be read.
struct StrategyView: View {
    let model: FindModel
    let id: ItemId

    var body: some View {
        ScrollView {
            VStack(alignment: .leading, spacing: 24) {
                if let item = model.opened, item.id == id {
                    ItemText(item: item)
                } else if let fault = model.fault {
                    FaultText(fault: fault)
                }
            }
            .padding()
            .frame(maxWidth: .infinity, alignment: .leading)
        }
        .navigationBarTitleDisplayMode(.inline)
        .task { await model.open(id) }
        .onDisappear { model.leave() }
    }
}

private struct ItemText: View {
    let item: ItemView

    var body: some View {
        Text(verbatim: item.title)
            .font(.largeTitle.bold())
            .accessibilityAddTraits(.isHeader)
        CurrencyText(currency: item.currency)
        if item.mayHaveChanged, item.currency != .withdrawn {
            Text("may-have-changed").foregroundStyle(Color.nhsGrey)
        }
        ReviewText(status: item.review.status)
        CalloutLines(heading: "strategy.safety", lines: item.safety)
        ForEach(item.sections, id: \.heading) { section in
            if section.part.warns {
                SectionText(section: section).callout()
            } else {
                SectionText(section: section)
            }
        }
        CalloutLines(heading: "strategy.get-help", lines: item.getHelp)
    }
}

private struct SectionText: View {
    let section: SectionView

    var body: some View {
        VStack(alignment: .leading, spacing: 8) {
            Text(verbatim: section.heading)
                .font(.title2.bold())
                .accessibilityAddTraits(.isHeader)
            Text(verbatim: section.text)
        }
    }
}

extension Part {
    /// Whether it says when to stop or to get help.
    fileprivate var warns: Bool { self == .stopIf || self == .getHelpWhen }
}

/// The topic's own warnings, shown with each of its strategies.
private struct CalloutLines: View {
    let heading: LocalizedStringKey
    let lines: [String]

    var body: some View {
        if !lines.isEmpty {
            VStack(alignment: .leading, spacing: 8) {
                Text(heading)
                    .font(.title3.bold())
                    .accessibilityAddTraits(.isHeader)
                ForEach(lines, id: \.self) { line in
                    Text(verbatim: line)
                }
            }
            .callout()
        }
    }
}

private struct ReviewText: View {
    let status: ReviewStatus

    var body: some View {
        switch status {
        case .demonstration:
            Text("review.demonstration").bold()
        case .reviewed(let reviewer, let reviewed, _):
            Text("review.reviewed \(reviewer) \(reviewed)")
        case .withdrawn(let on, let reason, let instead):
            VStack(alignment: .leading, spacing: 8) {
                Text("review.withdrawn \(on) \(reason)").bold()
                if let instead {
                    NavigationLink("review.instead", value: instead)
                }
            }
            .foregroundStyle(Color.nhsRed)
        }
    }
}
