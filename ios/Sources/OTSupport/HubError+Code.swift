import OTSupportCore

extension HubError {
    /// The stable code that chooses a text for people from the app's string table.
    ///
    /// Never show the error's own description: it is a debug print.
    public var code: String {
        switch self {
        case .Closed(let code), .NotFound(let code, _), .Invalid(let code, _), .NeedsUpdate(let code),
            .StorageFull(let code), .Storage(let code), .WrongKey(let code), .Untrusted(let code),
            .Internal(let code):
            code
        }
    }

    /// What the generated code throws besides its declared errors is a fault of this program.
    init(_ error: any Error) {
        self = error as? HubError ?? .Internal(code: "internal")
    }
}
