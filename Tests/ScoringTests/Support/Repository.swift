import Foundation
import Scoring
import Testing

/// The repository of these tests, and what it holds for them.
enum Repository {
  static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static let vaderFolder = root.appending(path: ".setup/vader")

  static func text(_ path: String) throws -> String {
    let data: Data
    do {
      data = try Data(contentsOf: root.appending(path: path))
    } catch {
      throw Missing(what: path)
    }
    return try #require(String(validating: data, as: UTF8.self), "\(path) is not UTF-8")
  }

  static func lexicon() throws -> Lexicon {
    try Lexicon(
      words: text(".setup/vader/vaderSentiment/vader_lexicon.txt"),
      emoji: text(".setup/vader/vaderSentiment/emoji_utf8_lexicon.txt"))
  }
}

/// Something that set-up should have put in place.
struct Missing: Error, CustomStringConvertible {
  let what: String

  var description: String { "\(what) is missing: run `make setup`" }
}
