import Foundation
import Testing

@Suite struct SourceTests {
  /// Where raw memory and C are at home, and why.
  private static let unsafeAllowed: [String: String] = [
    "EventLoop": "libuv",
    "Postgres": "libpq",
    "Compression": "zlib",
    "Hashing": "libcrypto",
    "PrivatePostgres": "users, modes and locks of files",
    "CivilTime": "the wall clock",
    "Observability": "writing to standard error",
    "switchyard": "standard error, the token's file, the exit code",
  ]

  private let sources: [Tree.File]

  init() throws {
    sources = try Tree.files(under: "Sources", ending: ".swift")
    try #require(sources.count > 80)
  }

  @Test("unsafe only at home") func unsafe() {
    for file in sources where file.text.contains(/\bunsafe\b|Unsafe/) && Self.unsafeAllowed[file.module] == nil {
      let lines = file.lines.filter { $0.contains(/\bunsafe\b|Unsafe/) && !$0.contains("//") }
      #expect(lines.isEmpty, "\(file.path): \(lines.first ?? "")")
    }
  }

  /// Swift 6.3 runs such a closure off its loop: docs/decisions/0001-loops-are-actors.md.
  @Test("no capture list in a closure that starts on a loop") func captureLists() {
    for file in sources { #expect(!file.text.contains(/spawn\s*\{\s*\[/), "\(file.path)") }
  }

  @Test("nothing is left to be done in a comment") func leftovers() throws {
    let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
    for file in try sources + Tree.files(under: "Tests", ending: ".swift")
      + Tree.files(under: "Sources", ending: ".sql")
    {
      for word in file.text.split(whereSeparator: { !$0.isLetter }) where marks.contains(String(word)) {
        Issue.record("\(file.path) has \(word)")
      }
    }
  }

  @Test("a file holds one idea") func length() {
    for file in sources { #expect(file.lines.count <= 450, "\(file.path): \(file.lines.count) lines") }
  }

  @Test("no forced unwrapping, no forced try") func force() {
    for file in sources {
      for line in file.lines where !line.contains("//") {
        #expect(!line.contains(/\btry!|\bas! |fatalError\(/), "\(file.path): \(line)")
      }
    }
  }
}
