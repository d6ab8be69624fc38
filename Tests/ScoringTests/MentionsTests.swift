import Scoring
import Testing
import TestSupport

struct MentionsTests {
  private let scorer: Scorer

  init() throws {
    scorer = Scorer(lexicon: try Lexicon(words: "", emoji: ""))
  }

  private func positions(
    _ answer: String, brand: String, competitors: [String] = []
  ) -> [[Int]] {
    let roster = Roster(
      brand: brand, competitors: competitors.enumerated().map { Competitor(id: $0.offset + 1, name: $0.element) })
    let score = scorer.score(answer: answer, for: roster)
    return [score.brand.positions] + score.competitors.map(\.positions)
  }

  @Test(
    "names as they are written",
    arguments: [
      ("Tuck", "Tuck it in, tuck, TUCK; tucked", [1, 4, 5]),
      ("Bramble & Oake", "Bramble & Oake, BRAMBLE\u{A0}&\u{A0}OAKE, Bramble Oake", [1, 3, 5]),
      ("Bramble & Oake", "Bramble and Oake, Bramble &amp; Oake", []),
      ("quillet.pad", "quillet.pad Quillet Pad quilletpad quillet-pad's", [1, 3, 6]),
      ("Käuzli", "Käuzli Ka\u{308}uzli KÄUZLI Kauzli Kaeuzli Käuzlis", [1, 2, 3]),
      ("Ka\u{308}uzli", "Käuzli", [1]),
      ("Café Tambour", "Cafe\u{301} Tambour's CAFÉ TAMBOUR Cafe Tambour", [1, 3]),
      ("Vault 19", "Vault 19, Vault19, vault 190", [1]),
      ("VARQ", "Varq's VARQs varq", [1, 3]),
      ("Velluna Air", "Velluna. Air", [1]),
      ("&", "& & &", []),
      ("", "anything", []),
    ])
  func spellings(name: String, answer: String, expected: [Int]) {
    #expect(positions(answer, brand: name) == [expected])
  }

  @Test(
    "possessives",
    arguments: [
      ("Odalie's", "Odalie's Odalie’s ODALIE’S", [1, 2, 3]),
      ("Odalie’s", "Odalie's", [1]),
      ("Odalie's", "Odalie´s Odalies Odalie Odalie''s Odalies'", []),
      ("Odalie's", "Odalie's's", [1]),
      ("Tuck", "Tuck's Tuck’S Tuck' 'Tuck's' tuck's's tuck'd", [1, 2, 3, 4]),
      // Only the last token may carry it.
      ("Velluna Air", "Velluna's Air Velluna Air’s", [3]),
      ("S", "s's 's it's", [1, 2]),
    ])
  func possessives(name: String, answer: String, expected: [Int]) {
    #expect(positions(answer, brand: name) == [expected])
  }

  @Test("the longest name at the leftmost place wins, and mentions never overlap")
  func overlaps() {
    #expect(
      positions("Velluna Air and Velluna; Velluna's Air", brand: "Velluna Air", competitors: ["Velluna"])
        == [[1], [4, 5]])
    #expect(positions("Velluna Air", brand: "Velluna", competitors: ["Velluna Air"]) == [[], [1]])
    // Leftmost first, though the other is longer.
    #expect(positions("a b c d", brand: "b c d", competitors: ["a b"]) == [[], [1]])
    #expect(positions("a b c d", brand: "b c d", competitors: ["a b c e"]) == [[2], []])
    #expect(positions("a a a a a", brand: "a a") == [[1, 3]])
    // Tokens count before characters.
    #expect(positions("a b", brand: "A ----", competitors: ["A b"]) == [[], [1]])
  }

  @Test("of names of as many tokens that match, the one of most characters wins")
  func characters() {
    #expect(positions("Odalie's", brand: "Odalie", competitors: ["Odalie's"]) == [[], [1]])
    #expect(positions("Odalie's", brand: "Odalie's", competitors: ["Odalie"]) == [[1], []])
    #expect(positions("quillet pad", brand: "Quillet Pad", competitors: ["Quillet & Pad"]) == [[], [1]])
  }

  @Test("on a tie the brand wins, then the lower id; the order given does not matter")
  func ties() {
    #expect(positions("Tuck", brand: "tuck", competitors: ["TUCK"]) == [[1], []])
    // However it is spelt, it is the same name.
    #expect(positions("Käuzli", brand: "Käuzli", competitors: ["Ka\u{308}uzli"]) == [[1], []])
    let roster = Roster(
      brand: "x",
      competitors: [Competitor(id: 9, name: "Tuck"), Competitor(id: -3, name: "TUCK"), Competitor(id: 4, name: "tuck")])
    #expect(scorer.score(answer: "Tuck", for: roster).competitors.map(\.positions) == [[], [1], []])
  }

  @Test("a mention reaches over the end of a sentence, and belongs to the one it starts in")
  func acrossSentences() throws {
    let lexicon = try Lexicon(words: "good\t2\nbad\t-2", emoji: "")
    let roster = Roster(brand: "Velluna Air", competitors: [])
    let score = Scorer(lexicon: lexicon).score(answer: "A good Velluna.\r\nAir is bad.", for: roster)
    #expect(score.brand.positions == [3])
    #expect(score.brand.sentiment?.positiveSentences == ["A good Velluna."])
    #expect(score.brand.sentiment?.negativeSentences == [])
  }

  @Test("names and answers of few letters, against a search of every place for every name")
  func model() throws {
    let seed: UInt64 = 0x0DD_BA11
    var generator = SeededGenerator(seed: seed)
    let tokens = ["a", "b", "c", "a's", "b's", "a's's", "d"]
    var mentions = 0
    for round in 0..<20_000 {
      func name() -> String {
        generator.some(1...3, of: tokens).joined(separator: generator.pick([" ", " ", "-", " & "]))
          + generator.pick(["", "", " &&&&"])
      }
      let brand = name()
      let ids = (0..<generator.below(6)).map { $0 * 7 - 11 }.shuffled(using: &generator)
      let competitors = ids.map { Competitor(id: $0, name: name()) }
      let words = generator.some(0...14, of: tokens)
      let separators = [" ", ", ", ". ", "\r\n", "'' "]
      let answer = words.map { generator.pick([$0, $0.uppercased()]) + generator.pick(separators) }.joined()

      let expected = Self.mentions(words: words, brand: brand, competitors: competitors)
      let score = scorer.score(answer: answer, for: Roster(brand: brand, competitors: competitors))
      let found = [score.brand.positions] + score.competitors.map(\.positions)
      try #require(found == expected, "seed \(seed), round \(round): \(answer) for \(brand), \(competitors)")
      #expect(score.totalWordCount == words.count)
      let all = expected.reduce(0) { $0 + $1.count }
      #expect(
        ([score.brand] + score.competitors).allSatisfy { $0.share == Metrics.share(mentions: $0.mentions, of: all) })
      mentions += all
    }
    print("seed \(seed): \(mentions) mentions found as the model finds them")
    #expect(mentions > 20_000)
  }

  /// Lists every match of every name, sorts them by the contract's order and takes what does not overlap.
  private static func mentions(words: [String], brand: String, competitors: [Competitor]) -> [[Int]] {
    struct Match {
      let start, length, characters, rank, entity: Int
    }
    let ids = competitors.map(\.id).sorted()
    var matches: [Match] = []
    let names = [(brand, -1)] + competitors.map { ($0.name, ids.firstIndex(of: $0.id)!) }
    for (entity, (name, rank)) in names.enumerated() {
      let parts = name.split { $0 == " " || $0 == "-" || $0 == "&" }.map(String.init)
      for start in words.indices where start + parts.count <= words.count {
        var run = Array(words[start..<start + parts.count])
        if run != parts, run[run.count - 1].hasSuffix("'s") { run[run.count - 1].removeLast(2) }
        guard run == parts else { continue }
        matches.append(
          Match(start: start, length: parts.count, characters: name.count, rank: rank, entity: entity))
      }
    }
    matches.sort { ($0.start, -$0.length, -$0.characters, $0.rank) < ($1.start, -$1.length, -$1.characters, $1.rank) }
    var positions = [[Int]](repeating: [], count: names.count)
    var free = 0
    for match in matches where match.start >= free {
      positions[match.entity].append(match.start + 1)
      free = match.start + match.length
    }
    return positions
  }
}
