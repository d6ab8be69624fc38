/// A text by its bytes: equal and ordered as PostgreSQL's collation `"C"` has it, not as Swift has strings.
struct Text: Hashable, Comparable {
  private let bytes: [UInt8]

  init(_ string: String) { bytes = Array(string.utf8) }

  var string: String { String(decoding: bytes, as: UTF8.self) }

  static func < (a: Text, b: Text) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }
}

/// The mean of values that were rounded to hundredths one by one; rounded once more, at the end.
struct Average {
  /// In hundredths; nil where there is no value.
  let mean: Int?

  init(_ values: [Exact?]) {
    let hundredths = values.compactMap { $0?.hundredths }
    mean = hundredths.isEmpty ? nil : Exact.rounded(hundredths.reduce(0, +), over: hundredths.count)
  }

  var text: String { mean.map { Exact($0, scale: 2).text } ?? "null" }
}

/// The numbers that the contract calls `Stats`, and a competitor's mentions.
struct Stats {
  let total: Int
  let present: Int
  let mentions: Int
  let visibility: Average
  let share: Average
  private let sentiment: Average
  private let labels: [String?]

  init(_ results: [World.Result]) {
    self.init(results.map(\.metrics), present: results.count { $0.isPresent == true }, mentions: 0)
  }

  init(_ competitors: [World.Competitor]) {
    self.init(
      competitors.map(\.metrics), present: competitors.count { $0.mentions ?? 0 > 0 },
      mentions: competitors.reduce(0) { $0 + ($1.mentions ?? 0) })
  }

  private init(_ metrics: [World.Metrics], present: Int, mentions: Int) {
    total = metrics.count
    self.present = present
    self.mentions = mentions
    visibility = Average(metrics.map(\.visibility))
    share = Average(metrics.map(\.share))
    sentiment = Average(metrics.map(\.score))
    labels = metrics.map(\.label)
  }

  var members: [(String, String)] {
    func count(_ label: String) -> String { String(labels.count { $0 == label }) }
    return [
      ("total_responses", String(total)), ("presence_count", String(present)), ("avg_visibility", visibility.text),
      ("avg_share", share.text), ("avg_sentiment", sentiment.text), ("positive_count", count("POSITIVE")),
      ("negative_count", count("NEGATIVE")), ("neutral_count", count("NEUTRAL")),
    ]
  }
}
