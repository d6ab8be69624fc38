/// The sentences of an answer as it is, each trimmed of white space, blank ones omitted.
///
/// A sentence ends at a line end, and after a run of `.`, `!` or `?` that white space follows. The cut works on scalars:
/// as a `Character`, `\r\n` would be neither of its halves. Since a cut only ever stands beside white space, no token and
/// no composition reaches across it.
package enum Sentences {
  package static func cut(_ answer: String) -> [Substring] {
    let scalars = answer.unicodeScalars
    var sentences: [Substring] = []
    var start = scalars.startIndex
    var followsStop = false

    func cut(at end: String.Index) {
      let sentence = trimmed(answer[start..<end])
      if !sentence.isEmpty { sentences.append(sentence) }
      start = end
    }

    for index in scalars.indices {
      let scalar = scalars[index]
      if scalar.isLineEnd || followsStop && scalar.properties.isWhitespace { cut(at: index) }
      followsStop = scalar == "." || scalar == "!" || scalar == "?"
    }
    cut(at: scalars.endIndex)
    return sentences
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var scalars = text.unicodeScalars
    while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
    while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
    return Substring(scalars)
  }
}

extension Unicode.Scalar {
  fileprivate var isLineEnd: Bool { self == "\n" || self == "\r" }
}
