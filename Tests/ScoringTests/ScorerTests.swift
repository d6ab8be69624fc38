import Scoring
import Testing

struct ScorerTests {
  /// Compounds: good 0.6325, fine 0.0500, fair 0.0499, and their opposites bad, meh and poor.
  private let scorer: Scorer
  private let roster = Roster(
    brand: "Tuck", competitors: [Competitor(id: 2, name: "Snib"), Competitor(id: 1, name: "VARQ")])

  init() throws {
    scorer = Scorer(
      lexicon: try Lexicon(
        words: "good\t3.1623\nfine\t0.1937\nfair\t0.1936\nmeh\t-0.1937\npoor\t-0.1936\nbad\t-3.1623", emoji: ""))
  }

  @Test("the contract's example: 12,000 tokens, 40 mentions, first at 2")
  func contractExample() {
    var words = [String](repeating: "word", count: 12_000)
    for index in 0..<40 { words[1 + 300 * index] = "Tuck" }
    let score = scorer.score(answer: words.joined(separator: " "), for: roster)
    #expect(score.totalWordCount == 12_000)
    #expect(score.brand.mentions == 40)
    #expect(score.brand.firstPosition == 2)
    #expect(score.brand.visibility.description == "70.00")
    #expect(score.brand.share.description == "100.00")
    #expect(score.brand.sentiment?.label == .neutral)
    #expect(score.brand.sentiment?.score.description == "0.00")
  }

  @Test("who is not mentioned has zeros and no sentiment")
  func unmentioned() {
    for answer in ["", "Nobody is named here. Good!", "\r\n"] {
      let score = scorer.score(answer: answer, for: roster)
      #expect(score.competitors.count == 2)
      for entity in [score.brand] + score.competitors {
        #expect(entity.positions == [] && entity.firstPosition == nil && entity.mentions == 0)
        #expect(entity.visibility == .zero && entity.share == .zero && entity.sentiment == nil)
      }
    }
  }

  @Test("metrics of an answer worked out by hand, competitors in the order given")
  func worked() {
    let score = scorer.score(answer: "VARQ or Tuck? Tuck is good. VARQ's bad!", for: roster)
    #expect(score.totalWordCount == 8)
    #expect(score.brand.positions == [3, 4])
    #expect(score.competitors.map(\.positions) == [[], [1, 7]])
    #expect(score.brand.share.description == "50.00")
    #expect(score.competitors.map(\.share.description) == ["0.00", "50.00"])
    // 60 * 6/8 + 40 * 200/208 and 60 + 40 * 200/208
    #expect(score.brand.visibility.description == "83.46")
    #expect(score.competitors.map(\.visibility.description) == ["0.00", "98.46"])
  }

  @Test(
    "label and score of the mean",
    arguments: [
      // 0.0500 is positive, 0.0499 is not.
      ("Tuck fine", SentimentLabel.positive, "0.05"), ("Tuck fair", .neutral, "0.05"),
      ("Tuck meh", .negative, "-0.05"), ("Tuck poor", .neutral, "-0.05"),
      ("Tuck good. Tuck bad", .neutral, "0.00"),
      ("Tuck good. Tuck", .positive, "0.32"),
      ("Tuck is. Tuck bad. Tuck is", .negative, "-0.21"),
      // The mean of 0.0500, 0.0500 and 0.0499 is 0.04997.
      ("Tuck fine. Tuck fair. Tuck fine", .neutral, "0.05"),
      // 0.025, away from zero.
      ("Tuck fine. Tuck", .neutral, "0.03"), ("Tuck meh. Tuck", .neutral, "-0.03"),
      // A sentence with two mentions counts once.
      ("Tuck, Tuck good. Tuck", .positive, "0.32"),
    ])
  func mean(answer: String, label: SentimentLabel, text: String) throws {
    let sentiment = try #require(scorer.score(answer: answer, for: roster).brand.sentiment)
    #expect(sentiment.label == label)
    #expect(sentiment.score.description == text)
  }

  @Test("sentence lists hold the raw sentences, trimmed, in order, each once")
  func lists() throws {
    let answer =
      " Good **TUCK**, good tuck’s\u{A0}!  \r\nSnib is bad. Tuck\tfine...\rBad Tuck?! Meh, Snib & Tuck fine. Tuck poor"
    let score = scorer.score(answer: answer, for: roster)
    let brand = try #require(score.brand.sentiment)
    #expect(brand.positiveSentences == ["Good **TUCK**, good tuck’s\u{A0}!", "Tuck\tfine..."])
    #expect(brand.negativeSentences == ["Bad Tuck?!"])
    let snib = try #require(score.competitors[0].sentiment)
    #expect(snib.positiveSentences == [])
    #expect(snib.negativeSentences == ["Snib is bad."])
    #expect(score.competitors[1].sentiment == nil)
  }

  @Test("a supplied sentiment leaves the brand's out and changes nothing else")
  func supplied() {
    let answer = "Tuck is good. Snib is bad, Tuck too."
    let computed = scorer.score(answer: answer, for: roster)
    let supplied = scorer.score(answer: answer, for: roster, brandSentiment: .supplied)
    #expect(computed.brand.sentiment != nil)
    #expect(supplied.brand.sentiment == nil)
    #expect(supplied.brand.positions == computed.brand.positions)
    #expect(supplied.brand.visibility == computed.brand.visibility)
    #expect(supplied.competitors == computed.competitors)
  }
}
