package enum SentimentLabel: String, Hashable, Sendable {
  case positive = "POSITIVE"
  case negative = "NEGATIVE"
  case neutral = "NEUTRAL"
}

/// How the sentences that mention an entity speak, by VADER.
package struct Sentiment: Hashable, Sendable {
  package let label: SentimentLabel
  /// The mean of the sentences' compounds.
  package let score: Hundredths
  package let positiveSentences: [String]
  package let negativeSentences: [String]
}

extension Sentiment {
  /// Sums up the sentences of one entity; there must be one. The label comes from the mean before it is rounded.
  init(of sentences: [(text: Substring, compound: Compound)]) {
    precondition(!sentences.isEmpty)
    let sum = sentences.reduce(0) { $0 + $1.compound.tenThousandths }
    label = SentimentLabel(mean: sum, over: sentences.count)
    score = Hundredths(rounding: sum, over: 100 * sentences.count)
    positiveSentences = Self.texts(of: sentences, labelled: .positive)
    negativeSentences = Self.texts(of: sentences, labelled: .negative)
  }

  private static func texts(
    of sentences: [(text: Substring, compound: Compound)], labelled label: SentimentLabel
  ) -> [String] {
    sentences
      .filter { SentimentLabel(mean: $0.compound.tenThousandths, over: 1) == label }
      .map { String($0.text) }
  }
}

extension SentimentLabel {
  private static let boundTenThousandths = 500

  fileprivate init(mean sum: Int, over count: Int) {
    let bound = Self.boundTenThousandths * count
    self = sum >= bound ? .positive : sum <= -bound ? .negative : .neutral
  }
}
