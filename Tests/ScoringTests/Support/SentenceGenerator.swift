import Foundation
import TestSupport

/// Writes sentences that hit each rule and quirk of VADER on purpose.
struct SentenceGenerator {
  private var random: SeededGenerator
  private let vocabulary: VaderReference.Vocabulary

  init(seed: UInt64, vocabulary: VaderReference.Vocabulary) {
    random = SeededGenerator(seed: seed)
    self.vocabulary = vocabulary
  }

  enum Rule: CaseIterable {
    case boosters, negations, capitals, idioms, but, butAmongEquals, least, dampeningPhrases, neverSo, withoutDoubt, no
    case emoticons, emoji, marks, contractions, strippedPunctuation, whiteSpace, oddLetters, hyphens, digits, long
    case shortWords, cueSoup, listedSoup, scalarSoup
  }

  mutating func sentence(for rule: Rule) -> String {
    switch rule {
    case .boosters:
      // Each at distance 1 to 4 of a listed word, two at once, in either case.
      joined([
        [cased(booster())], fillers(0...3), [cased(listed())], fillers(0...2), [cased(booster())], [cased(listed())],
      ])
    case .negations:
      joined([
        fillers(0...2), [anyCase(random.pick(vocabulary.negations))], fillers(0...3), [cased(listed())], fillers(0...1),
      ])
    case .capitals:
      random.some(
        1...6,
        of: [
          listed(), listed(), filler(), random.pick(vocabulary.boosters), "I", "A", "123", "X-1", "ÄÖÜ", "É", "Ⅷ", "中文",
        ]
      )
      .map { random.chance(2) ? $0.uppercased() : cased($0) }.joined(separator: " ")
    case .idioms:
      joined([
        fillers(0...4), [anyCase(random.pick(vocabulary.idioms))], fillers(0...3),
        random.some(0...2, of: [listed(), booster()]),
        [anyCase(random.pick(vocabulary.idioms + ["right yeah", "the", "bus", "to die"]))], fillers(0...2),
      ])
    case .but:
      inserting("but", into: random.some(1...9, of: [listed(), listed(), filler(), booster()]))
    case .butAmongEquals:
      // Words of one valence, and of half and one and a half times it.
      inserting(
        "but",
        into: random.some(2...12, of: ["good", "nice", "good", "bad", "ok", "terrible", "awful", "no", filler()]))
    case .least:
      joined([
        fillers(0...2), random.some(0...1, of: ["at", "very", "AT", "the", "not"]), [anyCase("least")], fillers(0...1),
        [cased(listed())], fillers(0...1),
      ])
    case .dampeningPhrases:
      joined([
        fillers(0...3),
        [anyCase(random.pick(["kind of", "sort of", "just enough", "kind-of", "sort-of", "kind", "kind kind of"]))],
        fillers(0...2), [cased(listed())], random.some(0...1, of: ["kind of", "kind"]),
      ])
    case .neverSo:
      joined([
        fillers(0...1), random.some(0...1, of: ["never", "NEVER", "without", "not"]), fillers(0...1),
        [anyCase(random.pick(["so", "this"]))],
        fillers(0...1), random.some(0...1, of: ["so", "this", "very"]), [cased(listed())],
      ])
    case .withoutDoubt:
      joined([
        fillers(0...1), [anyCase("without")], fillers(0...1),
        random.some(1...1, of: ["doubt", "doubt", "a doubt", "so"]), fillers(0...1),
        [cased(listed())],
      ])
    case .no:
      joined([
        fillers(0...1), [anyCase("no")], random.some(0...2, of: [listed(), filler()]),
        random.some(0...1, of: ["or", "nor", "OR", "and"]),
        [cased(listed())], random.some(0...1, of: ["no", "No.", "no"]),
      ])
    case .emoticons:
      joined([
        random.some(0...3, of: [filler(), listed()]), [emoticon()], fillers(0...2),
        [emoticon() + random.pick(["", ".", "!"])],
      ])
    case .emoji:
      random.some(
        1...6,
        of: [random.pick(vocabulary.emoji), random.pick(vocabulary.emoji), listed(), filler(), "not", "very", "🏽"]
      )
      .joined(separator: random.pick([" ", "", "\u{200D}", "\n", "  "]))
    case .marks:
      joined([fillers(0...2), [cased(listed())], [filler()]]) + String(repeating: "!", count: random.below(7))
        + random.pick(["", " ", listed()]) + String(repeating: "?", count: random.below(7))
        + random.pick(["", "!", " ?!"])
    case .contractions:
      joined([fillers(0...2), [contraction()], fillers(0...2), [cased(listed())], [contraction()]])
    case .strippedPunctuation:
      random.some(1...6, of: [listed(), "ok", "no", "but", "so", "kind", "of", "a", "", filler(), "not"])
        .map { punctuation() + $0 + punctuation() }.joined(separator: " ")
    case .whiteSpace:
      random.some(1...7, of: [listed(), "not", "very", filler(), "but"]).map { $0 + random.pick(Self.spaces) }.joined()
    case .oddLetters:
      random.some(1...6, of: [listed(), "not", "like", "KIND", "isn't"]).map { odd($0) }.joined(separator: " ")
    case .hyphens:
      random.some(1...6, of: [listed(), filler(), "kind", "of", "uh", "not", "self"]).joined(
        separator: random.pick(["-", "-", " ", "–", "/", "_"]))
    case .digits:
      random.some(1...7, of: [listed(), "10", "3.5", "$5", "1st", "GR8", "not", "100%", "8)", "<3", "</3"]).map {
        cased($0)
      }.joined(separator: " ")
    case .long:
      random.some(
        80...300,
        of: Self.fillerWords + vocabulary.boosters + ["not", "but", "never", "least", "no"]
          + (0..<40).map { _ in listed() }
      )
      .joined(separator: " ")
    case .shortWords:
      random.some(
        0...2, of: [listed(), "", " ", "\u{A0}", "no", "so", "but", "kind", "kind of", "!", "?!", "\t", "least"]
      ).joined(separator: " ")
    case .cueSoup:
      random.some(2...10, of: Self.cues + [listed(), listed(), listed()]).map { cased($0) }.joined(separator: " ")
    case .listedSoup:
      random.some(1...12, of: vocabulary.listed).map { cased($0) }.joined(separator: " ")
    case .scalarSoup:
      String(String.UnicodeScalarView(random.some(0...30, of: Self.scalars)))
    }
  }

  // MARK: Words

  static let cues = [
    "at", "but", "very", "least", "kind", "of", "sort", "just", "enough", "never", "so", "this", "without", "doubt",
    "no", "or",
    "nor", "not", "the", "shit", "bomb", "bad", "ass", "badass", "bus", "stop", "yeah", "right", "kiss", "death", "to",
    "die", "for",
    "beating", "heart", "isn't", "nothing",
  ]

  private static let fillerWords = [
    "table", "the", "is", "paper", "window", "of", "and", "it", "was", "Monday", "client", "at", "a",
  ]

  private static let spaces = [
    " ", "  ", "\t", "\n", "\r\n", "\u{B}", "\u{C}", "\u{1C}", "\u{1D}", "\u{1E}", "\u{1F}", "\u{85}", "\u{A0}",
    "\u{1680}",
    "\u{2003}", "\u{2028}", "\u{2029}", "\u{202F}", "\u{205F}", "\u{3000}", "\u{200B}", "\u{FEFF}", "\u{180E}",
  ]

  /// Case, folding and composition at their oddest, with enough ASCII to make words.
  private static let scalars = Array(
    "good bad NOT but isn't !?:)(-.' \u{212A}ıİſßẞǅǆªºⅧⅷⒶⓐ\u{301}\u{308}\u{37E}\u{1FEF}éÉÅ\u{212B}中Þþ😀❤\u{FE0F}’“”…—\u{A0}\u{85}Σσς"
      .unicodeScalars)

  private mutating func filler() -> String { random.pick(Self.fillerWords) }

  private mutating func fillers(_ range: ClosedRange<Int>) -> [String] { random.some(range, of: Self.fillerWords) }

  private mutating func listed() -> String {
    random.chance(3)
      ? random.pick(vocabulary.listed)
      : random.pick(["good", "great", "bad", "terrible", "love", "hate", "like", "ok", "kind"])
  }

  private mutating func booster() -> String { random.pick(vocabulary.boosters) }

  private mutating func emoticon() -> String {
    random.pick([
      ":)", ":-)", ":(", ":D", ":d", "XD", ":'(", "<3", ":/", ";)", "=)", "o.O", ":-Þ", ":P", "( '}{' )", "8)", ":')",
      "D:",
    ])
  }

  private mutating func contraction() -> String {
    let word = random.pick([
      "isn't", "don't", "won't", "can't", "ain't", "n't", "couldn't've", "amn't", "it's", "cannot", "dont",
      "can't stand",
    ])
    return random.pick([word, word, word.uppercased(), word.replacing("'", with: "’"), word.replacing("'", with: "`")])
  }

  private mutating func punctuation() -> String {
    random.some(
      0...3,
      of: [".", ",", "!", "?", "'", "\"", "-", "(", ")", "*", "**", "’", "“", "…", "—", ":", "`", "~", "_", "[1]"]
    ).joined()
  }

  // MARK: Spelling

  private mutating func cased(_ word: String) -> String {
    random.pick([word, word, word, word.capitalized, word.uppercased()])
  }

  /// Each letter by itself.
  private mutating func anyCase(_ word: String) -> String {
    random.chance(2) ? cased(word) : word.map { random.chance(2) ? $0.uppercased() : String($0) }.joined()
  }

  private mutating func odd(_ word: String) -> String {
    let word = cased(word)
    return switch random.below(6) {
    case 0: word.replacing("k", with: "\u{212A}").replacing("K", with: "\u{212A}")
    case 1: word.replacing("s", with: "ſ")
    case 2: word.replacing("i", with: random.pick(["ı", "İ", "i\u{307}"]))
    case 3: word + random.pick(["\u{301}", "ß", "ẞ", "ǅ", "ª", "Ⅷ", "ⓐ", "Σ"])
    case 4: random.pick(["\u{37E})", "\u{1FEF}", "É", "é", "ǅ", "中", "\u{345}"]) + word
    default: word
    }
  }

  private mutating func inserting(_ word: String, into words: [String]) -> String {
    var words = words.map { cased($0) }
    for _ in 0...random.below(2) { words.insert(anyCase(word), at: random.below(words.count + 1)) }
    return words.joined(separator: " ")
  }

  private func joined(_ parts: [[String]]) -> String {
    parts.joined().joined(separator: " ")
  }
}
