import Foundation
import Scoring
import Testing

/// The sample answers in `Data/answers`.
struct Corpus {
  struct Brand: Decodable {
    let key: String
    let name: String
    let competitors: [String]

    var roster: Roster {
      Roster(brand: name, competitors: competitors.enumerated().map { Competitor(id: $0.offset + 1, name: $0.element) })
    }
  }

  struct Answer: Decodable {
    let promptKey: String
    let brandKey: String
    let collectorType: String
    let rawAnswer: String
  }

  let brands: [String: Brand]
  let answers: [Answer]

  init() throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let brands = try decoder.decode([Brand].self, from: Data(Repository.text("Data/answers/brands.json").utf8))
    self.brands = Dictionary(uniqueKeysWithValues: brands.map { ($0.key, $0) })
    answers = try Repository.text("Data/answers/answers.jsonl").split(separator: "\n").map {
      try decoder.decode(Answer.self, from: Data($0.utf8))
    }
  }

  func roster(for answer: Answer) throws -> Roster {
    try #require(brands[answer.brandKey]).roster
  }

  /// For instance `tk-7/claude`.
  func answer(_ key: String) throws -> Answer {
    try #require(answers.first { "\($0.promptKey)/\($0.collectorType)" == key })
  }
}
