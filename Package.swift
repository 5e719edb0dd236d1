// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// `make fuzz` builds the readers with the coverage and the checks that libFuzzer needs, and the target that calls them.
let isFuzzing = Context.environment["EPU_FUZZ"] != nil
let sanitizers: [String] = isFuzzing ? ["-sanitize=fuzzer,address"] : []
let fuzzed: [SwiftSetting] = isFuzzing ? strict + [.unsafeFlags(sanitizers)] : strict

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
/// SQLite's own functions, beside GRDB.
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")

/// What several stages need, each module with the one library that it is about: a folder of Sources/Shared.
func shared(
    _ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil,
    settings: [SwiftSetting] = strict
) -> Target {
    .target(
        name: "EPU\(name)", dependencies: dependencies, path: "Sources/Shared/\(name)", resources: resources,
        swiftSettings: settings)
}

/// What each stage needs: the archive and the command line.
let everyStage: [Target.Dependency] = ["EPUCore", "EPUArchive", "EPUConsole", argumentParser, grdb]

/// A stage of the pipeline: one executable and its folder under Sources.
func stage(
    _ name: String, folder: String, _ more: [Target.Dependency] = [], resources: [Resource]? = nil
) -> [Target] {
    [
        .executableTarget(
            name: name, dependencies: everyStage + more, path: "Sources/\(folder)",
            resources: resources, swiftSettings: strict)
    ]
}

/// Tests see the modules they name and everything that those need.
func tests(_ folder: String, of modules: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: folder, dependencies: modules + everyStage + ["EPUDrawing", "TestSupport"],
        path: "Tests/\(folder)", exclude: exclude,
        swiftSettings: strict)
}

let package = Package(
    name: "epu-archive",
    products: [
        // For other packages, with the module of the points and times that it gives.
        .library(name: "EPUFormat", targets: ["EPUFormat", "EPUCore"]),
        .executable(name: "epu-ingest", targets: ["epu-ingest"]),
        .executable(name: "epu-analyze", targets: ["epu-analyze"]),
        .executable(name: "epu-report", targets: ["epu-report"]),
        .executable(name: "epu-simulate", targets: ["epu-simulate"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CXML2", path: "Sources/CXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .systemLibrary(
            name: "CTurboJPEG", path: "Sources/CTurboJPEG", pkgConfig: "libturbojpeg",
            providers: [.apt(["libturbojpeg0-dev"])]),
        .systemLibrary(name: "CPNG", path: "Sources/CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(
            name: "CCairo", path: "Sources/CCairo", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev"])]),
        .systemLibrary(name: "CZlib", path: "Sources/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "CPNGWriter", dependencies: ["CPNG"], path: "Sources/CPNGWriter",
            cSettings: [.treatAllWarnings(as: .error)]),
        shared("Core", settings: fuzzed),
        shared("Archive", ["EPUCore", grdb, sqlite], resources: [.embedInCode("../../../schema.sql")]),
        shared("Console", ["EPUCore", argumentParser]),
        shared("Drawing", ["EPUCore", "CTurboJPEG", "CPNGWriter", "CCairo"]),
        .target(
            name: "EPUFormat", dependencies: ["EPUCore", "CXML2"], path: "Sources/Format", swiftSettings: fuzzed),
        .target(
            name: "TestSupport", dependencies: ["EPUCore", "EPUArchive", "EPUDrawing", "CCairo", "CTurboJPEG", grdb],
            path: "Tests/Support", swiftSettings: strict),
        tests("SharedTests", of: [], exclude: ["Fixtures"]),
    ]
        + stage("epu-ingest", folder: "Ingest", ["EPUFormat", "CZlib"])
        + stage("epu-analyze", folder: "Analyze", ["EPUDrawing"])
        + stage(
            "epu-report", folder: "Report", ["EPUDrawing", "CZlib"],
            // Parts of the HTML pages, compiled into the tool.
            resources: [
                .embedInCode("Page/page.css"), .embedInCode("Page/page.js"), .embedInCode("Page/chart.js"),
                .embedInCode("Page/rows.js"),
                .embedInCode("Compare/archive.css"), .embedInCode("Compare/archive.js"),
                .embedInCode("Compare/trends.js"),
                .embedInCode("SessionPage/report.css"), .embedInCode("SessionPage/data.js"),
                .embedInCode("SessionPage/charts.js"), .embedInCode("SessionPage/map.js"),
                .embedInCode("SessionPage/outlines.js"), .embedInCode("SessionPage/incidents.js"),
                .embedInCode("SessionPage/marks.js"), .embedInCode("SessionPage/overexposed.js"),
                .embedInCode("SessionPage/report.js"),
            ])
        + stage("epu-simulate", folder: "Simulate", ["EPUDrawing"])
        + [
            .executableTarget(
                name: "epu-benchmark", dependencies: everyStage + ["CXML2"], path: "Benchmarks",
                exclude: ["Peers", "SlowFiles"],
                swiftSettings: strict),
            tests("FormatTests", of: ["EPUFormat", "epu-simulate"]),
            tests("IngestTests", of: ["epu-ingest", "EPUFormat", "epu-simulate", "CZlib"], exclude: ["Peers"]),
            tests("AnalyzeTests", of: ["epu-analyze", "epu-ingest", "epu-simulate"]),
            tests("ReportTests", of: ["epu-report"]),
            tests("SimulateTests", of: ["epu-simulate"]),
        ]
        + (isFuzzing
            ? [
                .executableTarget(
                    name: "epu-fuzz", dependencies: ["EPUFormat", "EPUCore"], path: "Fuzz",
                    exclude: ["Seeds"], swiftSettings: fuzzed,
                    linkerSettings: [.unsafeFlags(sanitizers)])
            ] : [])
)
