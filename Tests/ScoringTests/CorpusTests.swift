import Scoring
import Testing

/// The traps that `Data/answers/README.md` lists, with what the contract makes of them.
struct CorpusTests {
  private let corpus: Corpus
  private let scorer: Scorer

  init() throws {
    corpus = try Corpus()
    scorer = Scorer(lexicon: try Repository.lexicon())
  }

  private func score(_ key: String) throws -> AnswerScore {
    let answer = try corpus.answer(key)
    return scorer.score(answer: answer.rawAnswer, for: try corpus.roster(for: answer))
  }

  @Test("how many answers mention their brand, only competitors, nobody")
  func counts() throws {
    var brand = 0
    var competitors = 0
    var nobody = 0
    for answer in corpus.answers {
      let score = scorer.score(answer: answer.rawAnswer, for: try corpus.roster(for: answer))
      if score.brand.mentions > 0 {
        brand += 1
      } else if score.competitors.contains(where: { $0.mentions > 0 }) {
        competitors += 1
      } else {
        nobody += 1
      }
    }
    // The README counts 150, 24 and 18 by meaning. Three plain verbs are mentions to the contract: "tuck" in two answers
    // of the brand, "linger" in one of a competitor.
    #expect([brand, competitors, nobody] == [152, 25, 15])
  }

  @Test(
    "a plain verb that spells a name is a mention",
    arguments: [("tk-7/claude", 0, [29]), ("tk-8/chatgpt", 0, [87]), ("od-8/claude", 1, [69])])
  func verbs(key: String, entity: Int, positions: [Int]) throws {
    let score = try score(key)
    #expect(([score.brand] + score.competitors).map(\.positions)[entity] == positions)
  }

  @Test("answers that decline to judge mention nobody", arguments: ["bo-6/claude", "ql-7/claude", "tk-2/gemini"])
  func declining(key: String) throws {
    let score = try score(key)
    #expect(score.competitors.allSatisfy { $0.mentions == 0 })
  }

  @Test("a decomposed ä is the letter")
  func decomposed() throws {
    #expect(try corpus.answer("kz-6/gemini").rawAnswer.unicodeScalars.contains("\u{308}"))
    let score = try score("kz-6/gemini")
    #expect(score.brand.positions == [1, 46])
    #expect(score.competitors.map(\.mentions) == [0, 0, 1, 0, 1])
  }

  @Test("no-break spaces and other cases")
  func noBreakSpaces() throws {
    #expect(try corpus.answer("bo-4/gemini").rawAnswer.unicodeScalars.contains("\u{A0}"))
    let score = try score("bo-4/gemini")
    #expect(score.brand.positions == [2, 9, 57])
    #expect(score.competitors[0].positions == [5, 26, 51])
  }

  @Test("`&amp;` and `and` are words between the two of the name")
  func ampersands() throws {
    #expect(try score("bo-5/perplexity").brand.mentions == 1)
    #expect(try score("bo-8/perplexity").brand.mentions == 1)
  }

  @Test("Varq’s is VARQ, Vault19 is not Vault 19")
  func cases() throws {
    let score = try score("tk-3/gemini")
    #expect(score.brand.mentions == 8)
    #expect(score.competitors.map(\.mentions) == [9, 5, 0, 0, 0])
  }

  @Test("Odalie´s is two other tokens, Kaeuzli another name")
  func nearMisses() throws {
    #expect(try corpus.answer("od-7/claude").rawAnswer.contains("Odalie´s"))
    #expect(try score("od-7/claude").brand.mentions == 1)
    #expect(try corpus.answer("kz-3/perplexity").rawAnswer.contains("Kaeuzli"))
    #expect(try score("kz-3/perplexity").brand.mentions == 1)
  }
}
