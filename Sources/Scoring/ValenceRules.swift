/// The rules of VADER that give each word of a sentence its valence.
///
/// The order of the steps and of the additions is that of the reference: it decides the last bits of the sum.
struct ValenceRules {
  let words: [Word]
  let capitalsDiffer: Bool

  func valence(at index: Int) -> Double {
    let word = words[index]
    let opensKindOf = word.cue == .kind && cue(at: index + 1) == .of
    guard word.boost == nil, !opensKindOf, let listed = word.valence else { return 0 }

    var valence = afterNo(listed, at: index)
    if word.isUpperCase && capitalsDiffer {
      valence += valence > 0 ? Modifiers.capitals : -Modifiers.capitals
    }
    for distance in 1...3 where index >= distance && words[index - distance].valence == nil {
      valence += boost(of: words[index - distance], on: valence, distance: distance)
      valence = afterNegation(valence, at: index, distance: distance)
      if distance == 3 { valence = inPhrase(valence, at: index) }
    }
    return afterLeast(valence, at: index)
  }

  /// `no` beside a listed word only negates it.
  private func afterNo(_ listed: Double, at index: Int) -> Double {
    if cue(at: index - 1) == .no || cue(at: index - 2) == .no
      || cue(at: index - 3) == .no && (cue(at: index - 1) == .or || cue(at: index - 1) == .nor)
    {
      return listed * Modifiers.negation
    }
    let negatesNext = words[index].cue == .no && index + 1 < words.count && words[index + 1].valence != nil
    return negatesNext ? 0 : listed
  }

  /// A booster's effect fades with its distance.
  private func boost(of word: Word, on valence: Double, distance: Int) -> Double {
    guard var boost = word.boost else { return 0 }
    if valence < 0 { boost = -boost }
    if word.isUpperCase && capitalsDiffer {
      boost += valence > 0 ? Modifiers.capitals : -Modifiers.capitals
    }
    return switch distance {
    case 2: boost * 0.95
    case 3: boost * 0.9
    default: boost
    }
  }

  private func afterNegation(_ valence: Double, at index: Int, distance: Int) -> Double {
    let before = (cue(at: index - 1), cue(at: index - 2), cue(at: index - 3))
    switch (distance, before) {
    case (2, (.so?, .never?, _)), (2, (.this?, .never?, _)): return valence * 1.25
    case (2, (.doubt?, .without?, _)): return valence
    // Without `never`, a `so` or `this` just before counts too.
    case (3, (.so?, _, _)), (3, (.this?, _, _)), (3, (_, .so?, .never?)), (3, (_, .this?, .never?)):
      return valence * 1.25
    case (3, (.doubt?, _, .without?)), (3, (_, .doubt?, .without?)): return valence
    default: return words[index - distance].negates ? valence * Modifiers.negation : valence
    }
  }

  /// Idioms around the word replace its valence, then dampening phrases before it apply.
  private func inPhrase(_ valence: Double, at index: Int) -> Double {
    var valence = valence
    let endings = [
      index - 1...index, index - 2...index, index - 2...index - 1, index - 3...index - 1, index - 3...index - 2,
    ]
    if let idiom = endings.lazy.compactMap({ value(of: $0, in: Phrase.idioms) }).first { valence = idiom }
    if let idiom = value(of: index...index + 1, in: Phrase.idioms) { valence = idiom }
    if let idiom = value(of: index...index + 2, in: Phrase.idioms) { valence = idiom }
    for range in [index - 3...index - 2, index - 2...index - 1] {
      if let dampening = value(of: range, in: Phrase.dampeners) { valence += dampening }
    }
    return valence
  }

  /// `least` negates unless it is `at least` or `very least`.
  private func afterLeast(_ valence: Double, at index: Int) -> Double {
    guard cue(at: index - 1) == .least, cue(at: index - 2) != .at, cue(at: index - 2) != .very else { return valence }
    return valence * Modifiers.negation
  }

  private func cue(at index: Int) -> Cue? {
    words.indices.contains(index) ? words[index].cue : nil
  }

  private func value(of range: ClosedRange<Int>, in phrases: [Phrase]) -> Double? {
    guard words[range.lowerBound].cue != nil else { return nil }
    return phrases.first { phrase in
      phrase.cues.count == range.count && zip(phrase.cues, range).allSatisfy { cue(at: $1) == $0 }
    }?.value
  }
}
