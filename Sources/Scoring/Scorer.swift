/// Scores answers: finds the mentions of a brand and its competitors and computes their metrics and sentiment.
package struct Scorer: Sendable {
  private let lexicon: Lexicon

  package init(lexicon: Lexicon) {
    self.lexicon = lexicon
  }

  /// Where the brand's sentiment comes from.
  package enum BrandSentiment: Sendable {
    case computed
    /// The collector result carries it; none is computed for the brand.
    case supplied
  }

  package func score(
    answer: String, for roster: Roster, brandSentiment: BrandSentiment = .computed
  ) -> AnswerScore {
    let sentences = Sentences.cut(answer)
    let tokens = roster.tokens(of: sentences)
    let mentions = roster.mentions(in: tokens)
    var compounds = Compounds(sentences: sentences, lexicon: lexicon)

    func score(_ entity: Roster.Entity, starts: [Int], hasComputedSentiment: Bool) -> EntityScore {
      let mentioning = hasComputedSentiment ? starts.map { tokens[$0].sentence } : []
      return EntityScore(
        positions: starts.map { $0 + 1 },
        visibility: starts.first.map {
          Metrics.visibility(mentions: starts.count, firstPosition: $0 + 1, words: tokens.count)
        } ?? .zero,
        share: Metrics.share(mentions: starts.count, of: mentions.count),
        sentiment: mentioning.isEmpty ? nil : compounds.sentiment(ofSentences: mentioning))
    }

    let starts = Dictionary(grouping: mentions, by: \.entity).mapValues { $0.map(\.start) }
    return AnswerScore(
      totalWordCount: tokens.count,
      brand: score(.brand, starts: starts[.brand] ?? [], hasComputedSentiment: brandSentiment == .computed),
      competitors: (0..<roster.competitorCount).map {
        score(.competitor($0), starts: starts[.competitor($0)] ?? [], hasComputedSentiment: true)
      })
  }
}

/// The compounds of an answer's sentences, each computed at most once and only when an entity needs it.
private struct Compounds {
  private let sentences: [Substring]
  private let lexicon: Lexicon
  private var known: [Int: Compound] = [:]

  init(sentences: [Substring], lexicon: Lexicon) {
    self.sentences = sentences
    self.lexicon = lexicon
  }

  /// `indices` ascend; a sentence with several mentions counts once.
  mutating func sentiment(ofSentences indices: [Int]) -> Sentiment {
    var read: [(text: Substring, compound: Compound)] = []
    var last: Int?
    for index in indices where index != last {
      read.append((sentences[index], compound(ofSentence: index)))
      last = index
    }
    return Sentiment(of: read)
  }

  private mutating func compound(ofSentence index: Int) -> Compound {
    if let compound = known[index] { return compound }
    let compound = lexicon.compound(of: sentences[index])
    known[index] = compound
    return compound
  }
}
