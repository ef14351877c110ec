import OTSupport
import SwiftUI

/// Where to get help at once: the first thing on the screen, with numbers that ring without a network.
struct HelpCard: View {
    let heading: LocalizedStringKey
    let contacts: [UrgentContact]

    var body: some View {
        VStack(alignment: .leading, spacing: 16) {
            Text(heading)
                .font(.title3.bold())
                .accessibilityAddTraits(.isHeader)
            ForEach(contacts, id: \.id) { contact in
                VStack(alignment: .leading, spacing: 4) {
                    Text(verbatim: contact.name).bold()
                    Text(verbatim: contact.says)
                    if let hours = contact.hours {
                        Text(verbatim: hours)
                    }
                    ContactLink(label: "help.ring", scheme: "tel", number: contact.telephone)
                    ContactLink(label: "help.text", scheme: "sms", number: contact.text)
                    if let relay = contact.relay {
                        Text(verbatim: relay)
                    }
                }
            }
        }
        .padding()
        .frame(maxWidth: .infinity, alignment: .leading)
        .foregroundStyle(.white)
        .background(Color.nhsRed)
        .listRowInsets(EdgeInsets())
    }
}

private struct ContactLink: View {
    let label: String
    let scheme: String
    let number: String?

    var body: some View {
        if let number, let url = URL(string: scheme + ":" + number.filter { !$0.isWhitespace }) {
            Link(destination: url) {
                Text(LocalizedStringKey(label)) + Text(verbatim: " " + number)
            }
            .bold()
            .underline()
            .frame(minHeight: 44)
        }
    }
}

extension HelpLevel {
    /// What stands over the card.
    var heading: LocalizedStringKey {
        switch self {
        case .emergency: "help.emergency"
        case .selfHarm: "help.self-harm"
        case .safeguarding: "help.safeguarding"
        case .urgent: "help.urgent"
        }
    }
}
