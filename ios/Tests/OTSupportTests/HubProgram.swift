import Foundation

/// The hub's own program, as cargo built it for this machine.
enum HubProgram {
    static var path: String {
        ProcessInfo.processInfo.environment["OTSUPPORT_HUB"]
            ?? Checkout.folder.appending(path: "target/release/otsupport-hub").path
    }

    struct Failed: Error {
        let arguments: [String]
    }

    /// Runs it to its end.
    static func run(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(arguments: arguments) }
    }
}

/// A hub that serves a site on a free port of this machine until it is stopped.
final class ServingHub {
    let url: URL
    private let process: Process
    private let lifeline: Pipe

    /// Starts a hub and waits for the line that says where it listens.
    init(_ published: PublishedSite) throws {
        let output = Pipe()
        lifeline = Pipe()
        process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        // Beside the hub waits a shell that kills it when the lifeline is cut, so that the hub cannot outlive a test
        // that crashed. It lets go of the output, so that the output ends with the hub.
        process.arguments =
            ["-c", #"exec 3<&0; (read -r _; kill -9 $$) <&3 >&- & exec "$@" 3<&- </dev/null"#, "sh"]
            + [HubProgram.path, "serve", "--site", published.site.path, "--listen", "127.0.0.1:0"]
            + ["--receipt-key", published.receiptKey.path]
        process.standardInput = lifeline
        process.standardOutput = output
        try process.run()
        url = try Self.address(in: output.fileHandleForReading)
    }

    /// Kills the hub and returns when it is gone.
    func kill() {
        try? lifeline.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    deinit {
        kill()
    }

    struct NeverListened: Error {
        let said: String
    }

    private static func address(in output: FileHandle) throws -> URL {
        var said = ""
        while !said.hasSuffix("\n") {
            let more = output.availableData
            if more.isEmpty { break }
            said += String(decoding: more, as: UTF8.self)
        }
        let line = said.split(separator: "\n").last { $0.hasPrefix("listening on ") }
        guard let url = line.flatMap({ URL(string: String($0.dropFirst("listening on ".count))) }) else {
            throw NeverListened(said: said)
        }
        return url
    }
}
