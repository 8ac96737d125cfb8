// swift-tools-version: 6.2
import Foundation
import PackageDescription

/// Every target is Swift 6 with complete concurrency checking; async functions stay on their caller's executor.
let common: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
]

/// For targets that parse bytes from a peer: each unsafe construct must be written out as `unsafe`.
let bytes: [SwiftSetting] = common + [.strictMemorySafety(), .enableExperimentalFeature("Lifetimes")]

/// What `articdbm version` prints. `make` gives all three; a bare `swift build` has the file's version and no number.
let versionFile = try? String(contentsOfFile: Context.packageDirectory + "/.version", encoding: .utf8)
let version = Context.environment["ARTICDBM_VERSION"] ?? versionFile.map { $0.filter { !$0.isWhitespace } } ?? "v0.0.0"
let head = Context.gitInformation.map { String($0.currentCommit.prefix(12)) }
let commit = Context.environment["ARTICDBM_COMMIT"] ?? head ?? "unknown"
let buildInfo: [CSetting] = [
    .define("ARTICDBM_VERSION", to: "\"\(version)\""),
    .define("ARTICDBM_BUILD", to: Context.environment["ARTICDBM_BUILD"] ?? "0"),
    .define("ARTICDBM_COMMIT", to: "\"\(commit)\""),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
/// Hummingbird brings a module of the same name as one of ours.
let hummingbird = Target.Dependency.product(
    name: "Hummingbird", package: "hummingbird", moduleAliases: ["Configuration": "SwiftConfiguration"])
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "articdbm",
    products: [.executable(name: "articdbm", targets: ["articdbm"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // L0: no knowledge of proxies.
        .target(name: "CLinux"),
        .target(name: "CBuildInfo", cSettings: buildInfo),
        .target(name: "COpenSSL", linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
        .target(name: "Bytes", swiftSettings: bytes),
        .target(name: "Core", dependencies: ["Bytes"], swiftSettings: common),
        .target(name: "Credentials", dependencies: ["Bytes", "COpenSSL"], swiftSettings: common),

        // L1: bytes in, values out; and the loops.
        .target(name: "Sockets", dependencies: ["Core", "COpenSSL", "CLinux"], swiftSettings: common),
        .target(name: "WirePostgres", dependencies: ["Bytes", "Credentials"], swiftSettings: bytes),
        .target(name: "Inspection", dependencies: ["Bytes", "Core"], swiftSettings: bytes),

        // L2: services of a session.
        .target(name: "Pooling", dependencies: ["Core", "Sockets"], swiftSettings: common),
        .target(name: "Policy", dependencies: ["Core", "Inspection"], swiftSettings: common),
        .target(
            name: "Identity", dependencies: ["Core", "Credentials", "Inspection", "Policy"], swiftSettings: common),
        .target(name: "Limits", dependencies: ["Core"], swiftSettings: common),
        .target(
            name: "Audit", dependencies: ["Bytes", "Core", "CLinux", "Credentials", "Sockets", logging],
            swiftSettings: common),
        .target(name: "Telemetry", dependencies: ["Core", "CLinux"], swiftSettings: common),

        // L3: sessions and their control.
        .target(name: "Configuration", dependencies: ["Core", "Credentials", yams], swiftSettings: common),
        .target(
            name: "Proxy",
            dependencies: [
                "Core", "Credentials", "Sockets", "Pooling", "Identity", "Limits", "Audit", "Telemetry", "Inspection",
            ],
            swiftSettings: common),
        .target(
            name: "ProxyPostgres",
            dependencies: [
                "Proxy", "WirePostgres", "Inspection", "Bytes", "Core", "Credentials", "Sockets", "Pooling", "Identity",
                "Limits", "Policy", "Audit", "Telemetry", logging,
            ],
            swiftSettings: common),
        .target(
            name: "Control",
            dependencies: ["Bytes", "CLinux", "Core", "Pooling", "Proxy", "Sockets", "WirePostgres", logging],
            swiftSettings: common),
        .target(
            name: "AdminAPI",
            dependencies: ["Core", "Telemetry", hummingbird, logging, nioCore, nioPosix],
            swiftSettings: common),

        // L4: one process.
        .target(
            name: "Server",
            dependencies: [
                "CBuildInfo", "CLinux", "Core", "Credentials", "Inspection", "Sockets", "Pooling", "Identity", "Limits",
                "Policy",
                "Audit", "Telemetry", "Configuration", "Proxy", "ProxyPostgres", "Control", "AdminAPI", lifecycle,
                unixSignals, logging,
            ],
            swiftSettings: common),
        .executableTarget(
            name: "articdbm",
            dependencies: [
                "Server", "Audit", "Configuration", "Credentials", "Inspection", "CBuildInfo", argumentParser,
            ],
            swiftSettings: common),

        // Unit tests, one target for each of the above.
        .testTarget(name: "BytesTests", dependencies: ["Bytes"], swiftSettings: common),
        .testTarget(name: "CoreTests", dependencies: ["Core"], swiftSettings: common),
        .testTarget(name: "CredentialsTests", dependencies: ["Credentials"], swiftSettings: common),
        .testTarget(name: "SocketsTests", dependencies: ["Core", "CLinux", "Sockets"], swiftSettings: common),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "Audit", "Configuration", "Identity", "Limits", "Pooling", "Proxy", "ProxyPostgres", "Server",
                "Sockets", "Telemetry", logging,
            ],
            swiftSettings: common),
        .testTarget(name: "articdbmTests", dependencies: ["articdbm"], swiftSettings: common),
        .testTarget(name: "ConfigurationTests", dependencies: ["Configuration", "Core"], swiftSettings: common),
        .testTarget(name: "WirePostgresTests", dependencies: ["Bytes", "WirePostgres"], swiftSettings: common),
        .testTarget(name: "InspectionTests", dependencies: ["Inspection"], swiftSettings: common),
        .testTarget(
            name: "ProxyPostgresTests", dependencies: ["ProxyPostgres", "Inspection", "WirePostgres"],
            swiftSettings: common),
        .testTarget(name: "ProxyTests", dependencies: ["Proxy", "Telemetry"], swiftSettings: common),
        .testTarget(name: "PolicyTests", dependencies: ["Policy", "Core", "Inspection"], swiftSettings: common),
        .testTarget(name: "LimitsTests", dependencies: ["Limits", "Core"], swiftSettings: common),
        .testTarget(name: "PoolingTests", dependencies: ["Pooling", "Sockets"], swiftSettings: common),
        .testTarget(
            name: "IdentityTests", dependencies: ["Identity", "Core", "Credentials"], swiftSettings: common),
        .testTarget(name: "AuditTests", dependencies: ["Audit", logging], swiftSettings: common),
        .testTarget(name: "TelemetryTests", dependencies: ["Telemetry"], swiftSettings: common),
        .testTarget(
            name: "ControlTests",
            dependencies: ["Bytes", "Control", "Pooling", "Proxy", "Sockets", "WirePostgres", logging],
            swiftSettings: common),
        .testTarget(name: "AdminAPITests", dependencies: ["AdminAPI", "Telemetry", logging], swiftSettings: common),
    ]
)
