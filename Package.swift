// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target is built alike: Swift 6 mode, strict memory safety, warnings are errors.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("InferIsolatedConformances"),
]

func module(
  _ name: String, on dependencies: [String] = [], path: String? = nil, exclude: [String] = [],
  resources: [Resource] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies.map { .byName(name: $0) }, path: path, exclude: exclude,
    resources: resources, swiftSettings: settings)
}

func tests(_ module: String, on dependencies: [String] = []) -> Target {
  .testTarget(
    name: "\(module)Tests", dependencies: ([module] + dependencies).map { .byName(name: $0) },
    swiftSettings: settings)
}

// A module may import only what stands below it. ARCHITECTURE.md draws the same picture; TidyTests holds both to it.
let modules: [Target] = [
  .executableTarget(
    name: "switchyard",
    dependencies: [
      "API", "Catalog", "Demo", "ScoreNow", "LoadTest", "Scoring", "QueryAdapter", "Cutover", "Migration", "HTTPServer",
      "HTTP", "PrivatePostgres", "Postgres", "EventLoop", "Rollout", "Observability", "Hashing", "RowJSON", "SQL",
      "JSON",
      "CivilTime",
    ],
    swiftSettings: settings),
  module(
    "API",
    on: [
      "QueryAdapter", "Cutover", "ScoreNow", "Scoring", "Migration", "Rollout", "Observability", "RowJSON", "HTTP",
      "Compression", "Hashing", "SQL", "JSON", "CivilTime",
    ]),
  module(
    "Catalog", on: ["Migration", "SQL"], exclude: ["ContentPipeline/README.md", "SocialPosts/README.md"],
    resources: [.embedInCode("BrandMetrics/sql"), .embedInCode("ContentPipeline/sql"), .embedInCode("SocialPosts/sql")]),
  module("Demo", on: ["Migration", "Postgres", "SQL", "Hashing", "CivilTime"], resources: [.embedInCode("sql")]),
  module("ScoreNow", on: ["Cutover", "Migration", "Scoring", "SQL", "JSON"], resources: [.embedInCode("sql")]),

  module("LoadTest", on: ["EventLoop", "HTTP", "JSON"]),

  // the two planes, and the nouns that they share
  module(
    "Cutover",
    on: ["Migration", "Rollout", "Postgres", "EventLoop", "Observability", "RowJSON", "SQL", "JSON", "CivilTime"],
    resources: [.embedInCode("sql")]),
  module("QueryAdapter", on: ["Migration", "Rollout", "EventLoop", "RowJSON", "SQL", "JSON"]),
  module("Migration", on: ["SQL"]),

  // adapters: each the only importer of its C library
  module("HTTPServer", on: ["EventLoop", "HTTP", "CivilTime"]),
  module("PrivatePostgres", on: ["Postgres", "EventLoop", "SQL"]),
  module("Postgres", on: ["EventLoop", "SQL", "CLibPQ"]),
  module("Compression", on: ["CZlib"]),
  module("Hashing", on: ["CCrypto"]),
  module("EventLoop", on: ["CLibUV"]),

  // pure: no I/O
  module("Rollout", on: ["Hashing"]),
  module("RowJSON", on: ["SQL", "JSON"]),
  module("Observability", on: ["JSON", "CivilTime"]),
  module("SQL", on: ["CivilTime"]),
  module("Scoring"),
  module("HTTP", on: ["CivilTime"]),
  module("JSON"),
  module("CivilTime"),

  // module maps only
  .systemLibrary(name: "CLibUV", pkgConfig: "libuv"),
  .systemLibrary(name: "CLibPQ", pkgConfig: "libpq"),
  .systemLibrary(name: "CZlib", pkgConfig: "zlib"),
  .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto"),
]

let testModules: [Target] = [
  module("TestSupport", on: ["PrivatePostgres", "Postgres", "EventLoop", "Hashing", "SQL"], path: "Tests/TestSupport"),
  tests(
    "Catalog",
    on: [
      "QueryAdapter", "Cutover", "Migration", "Rollout", "Postgres", "EventLoop", "SQL", "JSON", "CivilTime",
      "TestSupport",
    ]),
  tests(
    "API",
    on: [
      "Catalog", "Cutover", "QueryAdapter", "Migration", "HTTP", "HTTPServer", "Hashing", "Observability", "Rollout",
      "Scoring", "ScoreNow", "Postgres", "EventLoop", "SQL", "JSON", "CivilTime", "TestSupport",
    ]),
  tests(
    "Cutover",
    on: [
      "Catalog", "ScoreNow", "Scoring", "Migration", "Observability", "Rollout", "QueryAdapter", "Postgres",
      "EventLoop", "SQL",
      "JSON", "TestSupport",
    ]),
  tests(
    "switchyard",
    on: ["Catalog", "CivilTime", "Demo", "Postgres", "PrivatePostgres", "EventLoop", "SQL", "JSON", "TestSupport"]),
  tests("QueryAdapter", on: ["Migration", "Rollout", "SQL", "JSON", "TestSupport", "EventLoop"]),
  tests("LoadTest", on: ["HTTP", "EventLoop", "JSON", "TestSupport"]),
  tests("HTTPServer", on: ["HTTP", "EventLoop", "CivilTime", "TestSupport"]),
  tests("Postgres", on: ["EventLoop", "SQL", "TestSupport"]),
  tests("EventLoop", on: ["TestSupport"]),
  tests("Rollout", on: ["Hashing", "TestSupport"]),
  tests("Hashing"),
  tests("Compression"),
  tests("Observability", on: ["CivilTime", "JSON", "TestSupport"]),
  tests("SQL", on: ["CivilTime"]),
  tests("JSON", on: ["RowJSON", "SQL", "TestSupport"]),
  tests("CivilTime"),
  tests("HTTP", on: ["TestSupport"]),
  tests("Scoring", on: ["TestSupport"]),
  .testTarget(name: "TidyTests", swiftSettings: settings),
  .testTarget(
    name: "KillTests",
    dependencies: [
      "switchyard", "Catalog", "Cutover", "ScoreNow", "Scoring", "Migration", "PrivatePostgres", "Postgres",
      "EventLoop", "SQL", "TestSupport",
    ],
    swiftSettings: settings),
]

let package = Package(name: "switchyard", platforms: [.macOS(.v26)], targets: modules + testModules)
