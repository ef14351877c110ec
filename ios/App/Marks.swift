import OTSupport
import SwiftUI

/// "Demonstration, not clinical advice". It stands on every screen for as long as the bank is a demonstration.
struct DemonstrationMark: View {
    var body: some View {
        Text("demonstration")
            .font(.footnote.bold())
            .foregroundStyle(Color.nhsText)
            .frame(maxWidth: .infinity)
            .padding(.vertical, 6)
            .background(Color.nhsYellow)
    }
}

extension View {
    /// The box around a warning.
    func callout() -> some View {
        padding()
            .frame(maxWidth: .infinity, alignment: .leading)
            .foregroundStyle(Color.nhsText)
            .background(Color.nhsPaleGrey)
            .border(Color.nhsYellow, width: 2)
    }
}

/// How far a text can be relied on today; nothing while it is in date.
struct CurrencyText: View {
    let currency: Currency

    var body: some View {
        switch currency {
        case .current: EmptyView()
        case .reviewDue: Text("currency.review-due").foregroundStyle(Color.nhsGrey)
        case .notChecked: Text("currency.not-checked").foregroundStyle(Color.nhsGrey)
        case .withdrawn: Text("currency.withdrawn").bold().foregroundStyle(Color.nhsRed)
        }
    }
}

/// What went wrong, in words chosen by the error's stable code.
struct FaultText: View {
    let fault: HubError

    var body: some View {
        Text(verbatim: text)
            .foregroundStyle(Color.nhsRed)
    }

    /// A code that this app has no text for is a fault of the app.
    private var text: String {
        let otherwise = Bundle.main.localizedString(forKey: "error.internal", value: nil, table: nil)
        return Bundle.main.localizedString(forKey: "error." + fault.code, value: otherwise, table: nil)
    }
}
