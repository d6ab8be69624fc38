/// A word or emoticon of a sentence, as far as VADER's rules look at it.
struct Word: Sendable {
  let valence: Double?
  let boost: Double?
  let negates: Bool
  let cue: Cue?
  let isUpperCase: Bool
}

/// A sentence cut into words as the reference does it, with what counts for the whole sentence.
struct Words: Sendable {
  private(set) var words: [Word] = []
  private(set) var exclamationMarks = 0
  private(set) var questionMarks = 0

  init(of sentence: Substring, lexicon: Lexicon) {
    let scalars = Self.describingEmoji(in: sentence, lexicon: lexicon)
    var reader = WordReader(lexicon: lexicon)
    var start = 0
    for (index, scalar) in scalars.enumerated() {
      if scalar == "!" { exclamationMarks += 1 }
      if scalar == "?" { questionMarks += 1 }
      guard scalar.isPythonSpace else { continue }
      if start < index { words.append(reader.read(scalars[start..<index])) }
      start = index + 1
    }
    if start < scalars.count { words.append(reader.read(scalars[start...])) }
  }

  /// Whether some of the words, but not all, are in capitals.
  var capitalsDiffer: Bool {
    let upperCase = words.count { $0.isUpperCase }
    return upperCase > 0 && upperCase < words.count
  }

  /// An emoji is set off by a space from what stands before it, never from what stands after.
  private static func describingEmoji(in sentence: Substring, lexicon: Lexicon) -> [Unicode.Scalar] {
    var scalars: [Unicode.Scalar] = []
    scalars.reserveCapacity(sentence.utf8.count)
    for scalar in sentence.unicodeScalars {
      if let description = lexicon.description(of: scalar) {
        scalars.append(" ")
        scalars.append(contentsOf: description)
      } else {
        scalars.append(scalar)
      }
    }
    return scalars
  }
}

/// Turns runs of scalars into words; keeps its buffer from one to the next.
private struct WordReader {
  let lexicon: Lexicon
  private var lowerCase: [UInt8] = []

  init(lexicon: Lexicon) {
    self.lexicon = lexicon
  }

  mutating func read(_ token: ArraySlice<Unicode.Scalar>) -> Word {
    let scalars = strippingPunctuation(token)
    lowerCase.removeAll(keepingCapacity: true)
    for scalar in scalars { lowerCase.appendLowerCase(of: scalar) }
    let entry = lexicon.entry(forLowerCase: lowerCase)
    return Word(
      valence: entry.valence, boost: entry.boost, negates: entry.negates || lowerCase.containsNegatedContraction,
      cue: entry.cue, isUpperCase: isUpperCase(scalars))
  }

  /// What two scalars or fewer would be left of was likely an emoticon, and stays as it is.
  private func strippingPunctuation(_ token: ArraySlice<Unicode.Scalar>) -> ArraySlice<Unicode.Scalar> {
    var stripped = token
    while let first = stripped.first, first.isASCIIPunctuation { stripped.removeFirst() }
    while let last = stripped.last, last.isASCIIPunctuation { stripped.removeLast() }
    return stripped.count <= 2 ? token : stripped
  }

  /// Something has case, and nothing is in lower or title case.
  private func isUpperCase(_ scalars: ArraySlice<Unicode.Scalar>) -> Bool {
    var hasUpperCase = false
    for scalar in scalars {
      switch scalar {
      case "a"..."z": return false
      case "A"..."Z": hasUpperCase = true
      case "\0"..."\u{7F}": continue
      default:
        let properties = scalar.properties
        if properties.isLowercase || properties.generalCategory == .titlecaseLetter { return false }
        if properties.isUppercase { hasUpperCase = true }
      }
    }
    return hasUpperCase
  }
}

extension [UInt8] {
  fileprivate mutating func appendLowerCase(of scalar: Unicode.Scalar) {
    switch scalar {
    case "A"..."Z": append(UInt8(scalar.value) | 0x20)
    case "\0"..."\u{7F}": append(UInt8(scalar.value))
    default: append(contentsOf: scalar.properties.lowercaseMapping.utf8)
    }
  }

  fileprivate var containsNegatedContraction: Bool {
    guard count >= 3 else { return false }
    return indices.dropLast(2).contains { index in
      self[index] == UInt8(ascii: "n") && self[index + 1] == UInt8(ascii: "'") && self[index + 2] == UInt8(ascii: "t")
    }
  }
}

extension Unicode.Scalar {
  /// White space to Python: that of Unicode and the four information separators.
  var isPythonSpace: Bool {
    switch self {
    case " ", "\t"..."\r", "\u{1C}"..."\u{1F}": true
    case "\0"..."\u{7F}": false
    default: properties.isWhitespace
    }
  }

  fileprivate var isASCIIPunctuation: Bool {
    switch self {
    case "!"..."/", ":"..."@", "["..."`", "{"..."~": true
    default: false
    }
  }
}
