import JSON
import Scoring

/// The wide rows of scored answers, as the JSON that `score_insert.sql` reads.
struct WideRows: ~Copyable {
  private var json = JSONWriter()
  private(set) var count = 0

  init() { json.beginArray() }

  consuming func finish() -> String {
    json.endArray()
    return String(decoding: json.finish(), as: UTF8.self)
  }

  /// One row for the brand and one for every competitor.
  mutating func append(_ answer: Answer, _ score: AnswerScore, competitors: [Competitor]) {
    let supplied = answer.suppliedSentiment.map { ($0.label, $0.score, [String](), [String]()) }
    append(answer.id, nil, score.brand, words: score.totalWordCount, supplied ?? score.brand.sentiment.map(Self.texts))
    for (competitor, entity) in zip(competitors, score.competitors) {
      append(answer.id, competitor.name, entity, words: score.totalWordCount, entity.sentiment.map(Self.texts))
    }
  }

  private typealias SentimentTexts = (label: String, score: String, positive: [String], negative: [String])

  private static func texts(_ sentiment: Sentiment) -> SentimentTexts {
    (
      sentiment.label.rawValue, sentiment.score.description, sentiment.positiveSentences, sentiment.negativeSentences
    )
  }

  private mutating func append(
    _ id: Int, _ competitor: String?, _ entity: EntityScore, words: Int, _ sentiment: SentimentTexts?
  ) {
    count += 1
    json.beginObject()
    json.key("id")
    json.integer(id)
    json.key("competitor")
    json.string(competitor)
    json.key("positions")
    json.beginArray()
    for position in entity.positions { json.integer(position) }
    json.endArray()
    json.key("mentions")
    json.integer(entity.mentions)
    json.key("words")
    json.integer(words)
    json.key("visibility")
    json.verbatim(entity.visibility.description)
    json.key("share")
    json.verbatim(entity.share.description)
    if let sentiment {
      json.key("label")
      json.string(sentiment.label)
      json.key("score")
      json.verbatim(sentiment.score)
      json.key("positive")
      strings(sentiment.positive)
      json.key("negative")
      strings(sentiment.negative)
    }
    json.endObject()
  }

  private mutating func strings(_ values: [String]) {
    json.beginArray()
    for value in values { json.string(value) }
    json.endArray()
  }
}

/// A collector result to score.
struct Answer: Sendable {
  let id: Int
  let text: String
  /// As the collector gave it, label and score.
  let suppliedSentiment: (label: String, score: String)?
}
