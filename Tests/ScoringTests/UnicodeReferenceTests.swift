import Foundation
import Scoring
import Testing
import TestSupport

/// Normalisation and tokens against Python's `unicodedata` and `str.casefold()`.
struct UnicodeReferenceTests {
  @Test("every code point, alone and between letters")
  func everyCodePoint() throws {
    var texts: [String] = []
    for value in UInt32(0)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value), scalar.properties.generalCategory != .unassigned,
        scalar.properties.generalCategory != .privateUse
      else { continue }
      texts += ["\(scalar)", "a\(scalar)b"]
    }
    let compared = try compare(texts)
    print("case folding: \(compared) texts of one code point compared with Python")
    #expect(compared > 250_000)
  }

  @Test("every code point compares equal to its folding")
  func foldsAlike() throws {
    let answers: [[[String]]] = try Python.map(
      [0],
      with: """
        import json, sys, unicodedata
        print(json.dumps([[chr(c), chr(c).casefold()] for c in range(0x110000)
                          if not 0xD800 <= c < 0xE000 and chr(c).casefold() != chr(c)]))
        """)
    let pairs = try #require(answers.first)
    #expect(pairs.count > 1400)
    for pair in pairs {
      #expect(Tokeniser.tokens(of: pair[0]) == Tokeniser.tokens(of: pair[1]), "\(pair)")
    }
  }

  @Test("soups of letters and marks, composed and decomposed")
  func soups() throws {
    let seed: UInt64 = 0x0A11_0F17
    var generator = SeededGenerator(seed: seed)
    let assigned = (UInt32(0x20)...0x2FFFF).compactMap(Unicode.Scalar.init).filter {
      $0.properties.generalCategory != .unassigned && !Self.decomposesToMarks.contains($0)
    }
    let marks = assigned.filter { $0.properties.canonicalCombiningClass != .notReordered }
    let cased = assigned.filter(\.properties.changesWhenCaseMapped)
    let greek = (UInt32(0x370)...0x3FF).compactMap(Unicode.Scalar.init)
    let pools = [assigned, marks, marks, cased, cased, greek, ["'", "’", " ", "."]]
    let texts = (0..<60_000).map { _ in
      var text = String.UnicodeScalarView()
      for _ in 0...generator.below(7) { text.append(generator.pick(generator.pick(pools))) }
      let string = String(text)
      return generator.chance(2) ? string : string.decomposedStringWithCanonicalMapping
    }
    let compared = try compare(texts)
    print("seed \(seed): \(compared) soups compared with Python")
    #expect(compared > 30_000)
  }

  @Test("the sample answers")
  func corpus() throws {
    let answers = try Corpus().answers.map(\.rawAnswer)
    #expect(try compare(answers) == 192)
  }

  /// These marks have combining class 0 but decompose to marks that do not; Swift 6.3 leaves those unordered.
  private static let decomposesToMarks: Set<Unicode.Scalar> = ["\u{F73}", "\u{F75}", "\u{F81}", "\u{344}"]

  /// Returns how many texts there were without code points that one of the two does not know.
  private func compare(_ texts: [String]) throws -> Int {
    let expected: [[String]?] = try Python.map(texts, with: Self.tokeniser)
    #expect(expected.count == texts.count)
    var compared = 0
    for (text, expected) in zip(texts, expected) {
      guard let expected else { continue }
      compared += 1
      let found = Tokeniser.tokens(of: text)
      if found.map({ Array($0.unicodeScalars) }) != expected.map({ Array($0.unicodeScalars) }) {
        let scalars = text.unicodeScalars.map { String($0.value, radix: 16) }
        Issue.record("\(scalars): \(found), Python \(expected)")
      }
    }
    return compared
  }

  private static let tokeniser = """
    import json, sys
    from unicodedata import category, normalize

    def part(c):
        return category(c)[0] in "LM" or category(c) == "Nd"

    for line in sys.stdin:
        text = json.loads(line)
        if any(category(c) == "Cn" for c in text):
            print("null")
            continue
        text = normalize("NFC", normalize("NFC", text).casefold()).replace("\\u2019", "'")
        marks = [part(c) for c in text]
        for i in range(1, len(text) - 1):
            if text[i] == "'" and part(text[i - 1]) and part(text[i + 1]):
                marks[i] = True
        tokens = "".join(c if m else " " for c, m in zip(text, marks)).split(" ")
        print(json.dumps([t for t in tokens if t]))
    """
}
