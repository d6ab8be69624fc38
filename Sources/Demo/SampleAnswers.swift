import FoundationEssentials

/// The sample answers in `Data/answers`.
package struct SampleAnswers: Sendable {
  struct Brand: Decodable, Sendable {
    let key: String
    let name: String
    let competitors: [String]
  }

  struct Prompt: Decodable, Sendable {
    let key: String
    let brandKey: String
    let topic: String?
    let queryText: String
    let keywords: [String]
  }

  struct Answer: Decodable, Sendable {
    struct Citation: Codable, Sendable {
      let url: String
      let title: String
    }

    let promptKey: String
    let brandKey: String
    let collectorType: String
    let topic: String?
    let answeredOn: String
    let rawAnswer: String
    let citations: [Citation]
  }

  let brands: [Brand]
  let prompts: [Prompt]
  let answers: [Answer]

  package var count: Int { answers.count }

  /// - Parameter folder: holds `brands.json`, `prompts.json` and `answers.jsonl`.
  package init(folder: String) throws {
    func read(_ name: String) throws -> Data { try Data(contentsOf: URL(filePath: "\(folder)/\(name)")) }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    brands = try decoder.decode([Brand].self, from: read("brands.json"))
    prompts = try decoder.decode([Prompt].self, from: read("prompts.json"))
    answers = try read("answers.jsonl").split(separator: UInt8(ascii: "\n")).map {
      try decoder.decode(Answer.self, from: $0)
    }
  }
}
