import Foundation
import Testing

/// vaderSentiment 3.3.2 itself, run by Python.
enum VaderReference {
  /// The reference's compound of each sentence.
  static func compounds(of sentences: [String]) throws -> [Double] {
    let compounds: [Double] = try Python.map(
      sentences,
      with: """
        \(importing)
        analyzer = SentimentIntensityAnalyzer()
        for line in sys.stdin:
            print(json.dumps(analyzer.polarity_scores(json.loads(line))["compound"]))
        """)
    try #require(compounds.count == sentences.count)
    return compounds
  }

  /// The words the reference's rules and lexicons hold, so that none can be forgotten here.
  struct Vocabulary: Decodable {
    let listed: [String]
    let emoji: [String]
    let boosters: [String]
    let negations: [String]
    let idioms: [String]
  }

  static func vocabulary() throws -> Vocabulary {
    let answers: [Vocabulary] = try Python.map(
      [0],
      with: """
        \(importing)
        analyzer = SentimentIntensityAnalyzer()
        print(json.dumps({"listed": list(analyzer.lexicon), "emoji": list(analyzer.emojis),
                          "boosters": list(vader.BOOSTER_DICT), "negations": vader.NEGATE,
                          "idioms": list(vader.SPECIAL_CASES)}))
        """)
    return try #require(answers.first)
  }

  /// Exit code 3 says that the module is missing.
  private static let importing = """
    import json, sys
    try:
        from vaderSentiment import vaderSentiment as vader
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
    except ImportError:
        sys.exit(3)
    """
}
