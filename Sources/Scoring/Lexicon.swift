/// What VADER knows about words: the two lexicons of vaderSentiment 3.3.2 and the words its rules turn on.
package struct Lexicon: Sendable {
  private let entries: [[UInt8]: Entry]
  private let emojiDescriptions: [Unicode.Scalar: [Unicode.Scalar]]

  /// What is known of one lower-case word.
  struct Entry: Sendable {
    /// Its sentiment; nil if the lexicon does not list it.
    var valence: Double?
    /// How it strengthens or dampens the words after it.
    var boost: Double?
    var negates = false
    var cue: Cue?

    static let unknown = Entry()
  }

  /// Reads the texts of `vader_lexicon.txt` and `emoji_utf8_lexicon.txt`.
  package init(words: String, emoji: String) throws(LexiconError) {
    var entries: [[UInt8]: Entry] = [:]
    for (line, word, measure) in try Self.records(of: words, file: .words) {
      guard let valence = Double(measure) else { throw LexiconError(file: .words, line: line) }
      entries[Array(word.utf8), default: .unknown].valence = valence
    }
    for (boost, words) in Modifiers.boosters {
      for word in words { entries[Array(word.utf8), default: .unknown].boost = boost }
    }
    for word in Modifiers.negations { entries[Array(word.utf8), default: .unknown].negates = true }
    for cue in Cue.allCases { entries[Array(cue.rawValue.utf8), default: .unknown].cue = cue }
    self.entries = entries

    // The reference looks emoji up one code point at a time, so longer ones are never found.
    var descriptions: [Unicode.Scalar: [Unicode.Scalar]] = [:]
    for (_, emoji, description) in try Self.records(of: emoji, file: .emoji) {
      let scalars = emoji.unicodeScalars
      if let scalar = scalars.first, scalars.count == 1 {
        descriptions[scalar] = Array(description.unicodeScalars)
      }
    }
    emojiDescriptions = descriptions
  }

  func entry(forLowerCase word: [UInt8]) -> Entry {
    entries[word] ?? .unknown
  }

  func description(of emoji: Unicode.Scalar) -> [Unicode.Scalar]? {
    emoji.isASCII ? nil : emojiDescriptions[emoji]
  }

  /// The first two tab-separated fields of each line that is not empty.
  private static func records(
    of text: String, file: LexiconError.File
  ) throws(LexiconError) -> [(line: Int, key: Substring, value: Substring)] {
    var records: [(line: Int, key: Substring, value: Substring)] = []
    let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where !line.isEmpty {
      let fields = line.trimmingSpace.split(separator: "\t", omittingEmptySubsequences: false)
      guard fields.count >= 2 else { throw LexiconError(file: file, line: index + 1) }
      records.append((index + 1, Substring(fields[0]), Substring(fields[1])))
    }
    return records
  }
}

/// A line of a lexicon that does not hold a word and its measure, or an emoji and its description.
package struct LexiconError: Error, Equatable, Sendable {
  package enum File: Sendable {
    case words
    case emoji
  }

  package let file: File
  /// Counted from 1.
  package let line: Int

  package init(file: File, line: Int) {
    self.file = file
    self.line = line
  }
}

extension Substring.UnicodeScalarView {
  fileprivate var trimmingSpace: Self {
    var rest = self
    while let first = rest.first, first.isPythonSpace { rest.removeFirst() }
    while let last = rest.last, last.isPythonSpace { rest.removeLast() }
    return rest
  }
}
