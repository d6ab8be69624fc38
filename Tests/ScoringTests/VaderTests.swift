import Scoring
import Testing

/// Our compounds against those of vaderSentiment 3.3.2, run here and now.
struct VaderTests {
  private let lexicon: Lexicon

  init() throws {
    lexicon = try Repository.lexicon()
  }

  @Test("every sentence of the sample answers, and the answers uncut")
  func corpus() throws {
    let answers = try Corpus().answers.map(\.rawAnswer)
    try compare(answers.flatMap { Sentences.cut($0).map { String($0) } } + answers, "of the sample answers")
  }

  @Test("every listed word, emoji and emoticon, in each case, plain and among others")
  func everyListedWord() throws {
    let vocabulary = try VaderReference.vocabulary()
    var sentences: [String] = []
    for word in vocabulary.listed {
      sentences += [word, word.uppercased(), "not \(word)", "VERY \(word.uppercased())! yes"]
    }
    for emoji in vocabulary.emoji { sentences += [emoji, "a\(emoji)good", "not \(emoji) \(emoji)"] }
    try compare(sentences, "with every listed word and emoji")
  }

  @Test("every booster, negation and idiom at each distance of a positive and a negative word")
  func everyModifier() throws {
    let vocabulary = try VaderReference.vocabulary()
    var sentences: [String] = []
    let modifiers = vocabulary.boosters + vocabulary.negations + vocabulary.idioms + SentenceGenerator.cues
    for modifier in modifiers {
      for word in ["good", "horrible", "GOOD", "HORRIBLE"] {
        for gap in ["", "x ", "x y ", "x y z ", "so ", "this x ", "no "] {
          for modifier in [modifier, modifier.uppercased()] {
            sentences += [
              "\(modifier) \(gap)\(word)", "a b c \(modifier) \(gap)\(word) d", "\(word) \(gap)\(modifier) \(word)",
            ]
          }
        }
      }
    }
    for a in SentenceGenerator.cues { for b in SentenceGenerator.cues { sentences.append("x \(a) \(b) nice y") } }
    try compare(sentences, "with every booster, negation and idiom")
  }

  @Test("generated sentences for each rule", arguments: SentenceGenerator.Rule.allCases)
  func generated(rule: SentenceGenerator.Rule) throws {
    let seed: UInt64 = 0x7ADE_2014
    var generator = SentenceGenerator(seed: seed, vocabulary: try VaderReference.vocabulary())
    let count = rule == .long ? 100 : 1000
    try compare((0..<count).map { _ in generator.sentence(for: rule) }, "for \(rule), seed \(seed)")
  }

  @Test("a long sentence costs no square of its length", .timeLimit(.minutes(1)))
  func longSentence() {
    let half = String(repeating: "good bad ", count: 50_000)
    #expect(lexicon.compound(of: "\(half)but \(half)").tenThousandths != 0)
  }

  private func compare(_ sentences: [String], _ description: String) throws {
    let expected = try VaderReference.compounds(of: sentences)
    var largest = 0
    var scored = 0
    for (sentence, compound) in zip(sentences, expected) {
      let reference = Int((compound * 10_000).rounded())
      let found = lexicon.compound(of: sentence[...]).tenThousandths
      if found != reference { Issue.record("\(found), reference \(reference): \(sentence.debugDescription)") }
      largest = max(largest, abs(found - reference))
      if reference != 0 { scored += 1 }
    }
    print("VADER: \(sentences.count) sentences \(description), \(scored) not 0; largest difference \(largest) / 10,000")
    #expect(!sentences.isEmpty && 10 * scored > sentences.count, "too few sentences say anything")
  }
}
