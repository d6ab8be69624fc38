import Catalog
import Foundation
import Migration
import SQL

/// A `.sql` file of any module, and what its header says.
struct SQLFile: Sendable {
  let path: String
  let text: String
  /// By key: `name`, `takes`, `gives`, `why`, in the header's order.
  let header: [(key: String, value: String)]

  /// Files of several statements, or of one that PREPARE does not take: run as they are.
  static let scripts: Set = [
    "old_schema", "new_schema", "freshness", "refresh_view", "control", "remove_new",
    "compatibility", "content_old_schema", "content_new_schema", "content_remove_new", "content_compatibility",
    "social_old_schema", "social_new_schema", "social_remove_new", "social_compatibility",
  ]
  /// Parts of statements that name them in a line `-- include: name`.
  static let parts: Set = [
    "judged_rows", "star_rows", "content_mapped_rows", "content_expected_rows",
    "content_old_posted", "content_old_snapshots", "social_old_posts", "social_old_reels", "social_mapped_rows",
    "social_expected_rows",
  ]

  static let all: [SQLFile] = {
    let sources = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")
    let walk = FileManager.default.enumerator(at: sources.resolvingSymlinksInPath(), includingPropertiesForKeys: nil)!
    return walk.compactMap { $0 as? URL }.filter { $0.pathExtension == "sql" }.map { file in
      SQLFile(path: file.path(), text: (try? String(contentsOf: file, encoding: .utf8)) ?? "")
    }.sorted { $0.path < $1.path }
  }()

  init(path: String, text: String) {
    self.path = path
    self.text = text
    var header: [(key: String, value: String)] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      guard line.hasPrefix("-- ") else { break }
      if let colon = line.firstIndex(of: ":"),
        Self.keys.contains(String(line[line.index(line.startIndex, offsetBy: 3)..<colon]))
      {
        let value = line[line.index(after: colon)...].trimmingPrefix { $0 == " " }
        header.append((String(line.dropFirst(3).prefix { $0 != ":" }), String(value)))
      } else if !header.isEmpty {
        header[header.count - 1].value += " " + line.dropFirst(2).trimmingPrefix { $0 == " " }
      }
    }
    self.header = header
  }

  var baseName: String { String(path.split(separator: "/").last!.dropLast(4)) }
  var name: String? { value("name") }
  var isScript: Bool { Self.scripts.contains(baseName) }
  var isPart: Bool { Self.parts.contains(baseName) }

  /// What is run: with its parts, as the catalog puts them in.
  var statement: String { Self.composed.first { $0.hasPrefix("-- name: \(baseName)\n") } ?? text }

  private static let composed: [String] = {
    let migration = BrandMetrics.migration()
    let services = Catalog().services.flatMap(\.endpoints).map(\.queries.old)
    let bulk = [
      migration.copy.rows, migration.parity.fingerprints, migration.parity.differences, migration.parity.explained,
      migration.parity.newSizes, ContentPipeline.migration().retirement.writeBack,
      SocialPosts.migration().retirement.writeBack,
    ]
    return (services + bulk).map(\.text)
  }()

  func value(_ key: String) -> String? { header.first { $0.key == key }?.value }

  /// The type of `$1`, `$2`, …; nil where they are not numbered so.
  var takes: [String]? {
    let marks = (value("takes") ?? "").matches(of: /\$([0-9]+) ([a-z]+(?:\[\])?)/)
    guard marks.enumerated().allSatisfy({ Int($1.output.1) == $0 + 1 }) else { return nil }
    return marks.map { String($0.output.2) }
  }

  /// Names and types of the columns.
  var gives: [(name: String, type: String)] {
    (value("gives") ?? "").split(separator: ",").map { item in
      let words = item.split(separator: " ")
      return (String(words.first ?? ""), words.dropFirst().joined(separator: " "))
    }
  }

  static let keys = ["name", "takes", "gives", "why"]
}
