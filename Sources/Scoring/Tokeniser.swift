/// Cuts a text into tokens: maximal runs of letters, marks and decimal digits of the normalised text, where one apostrophe
/// between two of those belongs to the token.
package enum Tokeniser {
  package static func tokens(of text: String) -> [String] {
    var tokens: [String] = []
    forEachToken(in: text[...]) { tokens.append(String(decoding: $0, as: UTF8.self)) }
    return tokens
  }

  /// Calls `body` with the UTF-8 of each token in turn.
  static func forEachToken(in text: Substring, _ body: ([UInt8]) -> Void) {
    let scalars = normalised(text)
    var token: [UInt8] = []
    for (index, scalar) in scalars.enumerated() {
      if scalar.isTokenPart {
        token.appendUTF8(scalar)
      } else if !token.isEmpty {
        if scalar == "'" && index + 1 < scalars.count && scalars[index + 1].isTokenPart {
          token.appendUTF8(scalar)
        } else {
          body(token)
          token.removeAll(keepingCapacity: true)
        }
      }
    }
    if !token.isEmpty { body(token) }
  }
}

extension [UInt8] {
  mutating func appendUTF8(_ scalar: Unicode.Scalar) {
    if scalar.isASCII {
      append(UInt8(scalar.value))
    } else {
      append(contentsOf: scalar.utf8)
    }
  }
}

extension Unicode.Scalar {
  fileprivate var isTokenPart: Bool {
    switch self {
    case "a"..."z", "0"..."9": true
    case "\0"..."\u{7F}": false
    default:
      switch properties.generalCategory {
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
      case .nonspacingMark, .spacingMark, .enclosingMark: true
      case .decimalNumber: true
      default: false
      }
    }
  }
}
