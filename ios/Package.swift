// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "OTSupport",
    platforms: [.iOS(.v17), .macOS(.v14)],
    products: [
        .library(name: "OTSupport", targets: ["OTSupport"]),
        .library(name: "OTSupportModel", targets: ["OTSupportModel"]),
    ],
    targets: [
        // The core's C surface; generate.sh puts the header in.
        .systemLibrary(name: "otsupportFFI"),
        // The generated Swift; generate.sh puts it in.
        .target(name: "OTSupportCore", dependencies: ["otsupportFFI"]),
        .target(name: "OTSupport", dependencies: ["OTSupportCore"]),
        .target(name: "OTSupportModel", dependencies: ["OTSupport"]),
        .testTarget(name: "OTSupportTests", dependencies: ["OTSupport", "OTSupportModel"]),
    ],
    swiftLanguageModes: [.v6]
)
