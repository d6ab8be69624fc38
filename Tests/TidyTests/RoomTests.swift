import Foundation
import Testing

@Suite struct RoomTests {
  /// Modules of the toolchain, and the rooms that have a reason to use them.
  private static let toolchain: [String: Set<String>] = [
    "Swift": ["Scoring"],
    "Synchronization": ["EventLoop", "Rollout", "Cutover", "API"],
    "Glibc": [
      "EventLoop", "Postgres", "PrivatePostgres", "CivilTime", "Observability", "Scoring", "switchyard",
    ],
    "FoundationEssentials": ["Demo", "PrivatePostgres", "Cutover", "switchyard"],
  ]

  @Test("a room imports exactly what Package.swift says") func imports() throws {
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
          #expect(users.contains(file.room), "\(file.path) imports \(module)")
        } else {
          #expect(declared[file.room]?.contains(module) == true, "\(file.path) imports \(module)")
          imported[file.room, default: []].insert(module)
        }
      }
    }
    for (room, rooms) in declared where !room.hasPrefix("C") || imported[room] != nil {
      #expect(imported[room, default: []] == rooms, "\(room) declares what it does not import, or the other way round")
    }
  }

  @Test("no room stands on itself") func cycles() throws {
    let declared = try Manifest.dependencies()
    func below(_ room: String, _ path: [String]) {
      #expect(!path.contains(room), "\(path) -> \(room)")
      guard !path.contains(room) else { return }
      for next in declared[room] ?? [] { below(next, path + [room]) }
    }
    for room in declared.keys { below(room, []) }
  }

  @Test(
    "each C library has one importer",
    arguments: [
      ("CLibUV", "EventLoop"), ("CLibPQ", "Postgres"), ("CZlib", "Compression"), ("CCrypto", "Hashing"),
    ])
  func libraries(_ library: String, _ room: String) throws {
    let users = try Manifest.dependencies().filter { $0.value.contains(library) }.map(\.key)
    #expect(users == [room])
  }

  @Test("ARCHITECTURE.md draws every room, each above what it imports") func picture() throws {
    let text = try Tree.read("ARCHITECTURE.md")
    let pictures = text.components(separatedBy: "```")
    try #require(pictures.count >= 3)
    var level: [String: Int] = [:]
    for (number, line) in pictures[1].split(separator: "\n").enumerated() {
      for word in line.split(separator: " ") { level[String(word)] = level[String(word)] ?? number }
    }
    for (room, rooms) in try Manifest.dependencies() {
      let own = try #require(level[room], "\(room) is not in the picture")
      #expect(text.contains("| `\(room)` |") || rooms.isEmpty, "\(room) is not in the table")
      for other in rooms { #expect((level[other] ?? -1) >= own, "\(room) imports \(other), which stands above it") }
    }
  }
}
