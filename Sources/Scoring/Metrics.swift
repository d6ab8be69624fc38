package enum Metrics {
  /// The visibility index of an entity with `mentions` mentions, the first at token `firstPosition` of `words`.
  ///
  /// With d mentions per 100 tokens it is `100 * (0.6 * (1 - (p - 1) / w) + 0.4 * d / (d + 1))`. As `d = 100m / w`, the last
  /// quotient is `100m / (100m + w)`, so the whole is one fraction of integers and is rounded once.
  package static func visibility(mentions: Int, firstPosition: Int, words: Int) -> Hundredths {
    precondition(mentions > 0 && firstPosition > 0 && firstPosition <= words)
    let words = UInt128(words)
    let wordsLeft = words - UInt128(firstPosition - 1)
    let density = 100 * UInt128(mentions)
    return Hundredths(
      rounding: 6000 * wordsLeft * (density + words) + 4000 * density * words,
      over: words * (density + words))
  }

  /// The percentage that `mentions` are of the mentions of the brand and all its competitors.
  package static func share(mentions: Int, of allMentions: Int) -> Hundredths {
    precondition(mentions >= 0 && mentions <= allMentions)
    return allMentions == 0 ? .zero : Hundredths(rounding: 10_000 * mentions, over: allMentions)
  }
}
