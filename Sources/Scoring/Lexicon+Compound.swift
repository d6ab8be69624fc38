extension Lexicon {
  /// The compound score of a sentence by VADER (Hutto and Gilbert, 2014), equal to vaderSentiment 3.3.2.
  package func compound(of sentence: Substring) -> Compound {
    let words = Words(of: sentence, lexicon: self)
    let rules = ValenceRules(words: words.words, capitalsDiffer: words.capitalsDiffer)
    var valences = words.words.indices.map { rules.valence(at: $0) }
    if let pivot = words.words.firstIndex(where: { $0.cue == .but }) {
      shiftWeight(of: &valences, around: pivot)
    }

    var sum = valences.reduce(0, +)
    let emphasis = emphasis(exclamationMarks: words.exclamationMarks, questionMarks: words.questionMarks)
    if sum > 0 { sum += emphasis } else if sum < 0 { sum -= emphasis }
    return Compound(rounding: sum / (sum * sum + 15).squareRoot())
  }

  /// What stands before the first `but` counts half, what stands after it half as much again.
  ///
  /// The reference looks each valence up by value and changes the first that is equal, so one may change twice and
  /// another not at all.
  private func shiftWeight(of valences: inout [Double], around pivot: Int) {
    // No equal valence stands before this index. Without it a long sentence costs the square of its length.
    var searchStart: [Double: Int] = [:]
    for index in valences.indices where valences[index] != 0 {
      let valence = valences[index]
      guard let first = valences[(searchStart[valence] ?? 0)...].firstIndex(of: valence) else { continue }
      let shifted = first < pivot ? valence * 0.5 : first > pivot ? valence * 1.5 : valence
      valences[first] = shifted
      searchStart[valence] = first
      if let start = searchStart[shifted] { searchStart[shifted] = min(start, first) }
    }
  }

  private func emphasis(exclamationMarks: Int, questionMarks: Int) -> Double {
    let exclamation = Double(min(exclamationMarks, 4)) * 0.292
    let question: Double =
      switch questionMarks {
      case ...1: 0
      case 2...3: Double(questionMarks) * 0.18
      default: 0.96
      }
    return exclamation + question
  }
}
