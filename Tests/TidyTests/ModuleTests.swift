import Foundation
import Testing

@Suite struct ModuleTests {
  /// Modules of the toolchain, and the modules that have a reason to use them.
  private static let toolchain: [String: Set<String>] = [
    "Swift": ["Scoring"],
    "Synchronization": ["EventLoop", "Rollout", "Cutover", "API"],
    "Glibc": [
      "EventLoop", "Postgres", "PrivatePostgres", "CivilTime", "Observability", "Scoring", "switchyard",
    ],
    "FoundationEssentials": ["Demo", "PrivatePostgres", "Cutover", "switchyard"],
  ]

  @Test("a module imports exactly what Package.swift says") func imports() throws {
    let declared = try Manifest.dependencies()
    #expect(declared.count > 20)
    var imported: [String: Set<String>] = [:]
    for file in try Tree.files(under: "Sources", ending: ".swift") {
      for line in file.lines {
        guard let match = line.firstMatch(of: /^(?:@\S+ )?(?:(?:private|internal|package|public) )?import (\w+)/) else {
          continue
        }
        let module = String(match.1)
        if let users = Self.toolchain[module] {
          #expect(users.contains(file.module), "\(file.path) imports \(module)")
        } else {
          #expect(declared[file.module]?.contains(module) == true, "\(file.path) imports \(module)")
          imported[file.module, default: []].insert(module)
        }
      }
    }
    for (module, modules) in declared where !module.hasPrefix("C") || imported[module] != nil {
      #expect(
        imported[module, default: []] == modules, "\(module) declares what it does not import, or the other way round")
    }
  }

  @Test("no module stands on itself") func cycles() throws {
    let declared = try Manifest.dependencies()
    func below(_ module: String, _ path: [String]) {
      #expect(!path.contains(module), "\(path) -> \(module)")
      guard !path.contains(module) else { return }
      for next in declared[module] ?? [] { below(next, path + [module]) }
    }
    for module in declared.keys { below(module, []) }
  }

  @Test(
    "each C library has one importer",
    arguments: [
      ("CLibUV", "EventLoop"), ("CLibPQ", "Postgres"), ("CZlib", "Compression"), ("CCrypto", "Hashing"),
    ])
  func libraries(_ library: String, _ module: String) throws {
    let users = try Manifest.dependencies().filter { $0.value.contains(library) }.map(\.key)
    #expect(users == [module])
  }

  @Test("ARCHITECTURE.md draws every module, each above what it imports") func picture() throws {
    let text = try Tree.read("ARCHITECTURE.md")
    let pictures = text.components(separatedBy: "```")
    try #require(pictures.count >= 3)
    var level: [String: Int] = [:]
    for (number, line) in pictures[1].split(separator: "\n").enumerated() {
      for word in line.split(separator: " ") { level[String(word)] = level[String(word)] ?? number }
    }
    for (module, modules) in try Manifest.dependencies() {
      let own = try #require(level[module], "\(module) is not in the picture")
      #expect(text.contains("| `\(module)` |") || modules.isEmpty, "\(module) is not in the table")
      for other in modules { #expect((level[other] ?? -1) >= own, "\(module) imports \(other), which stands above it") }
    }
  }
}
