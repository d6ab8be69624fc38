// Composition is not yet public in the standard library. This entry is the one swift-foundation is built on, and
// Foundation would bring ICU into the server for the sake of a few rare answers.
@_spi(_Unicode) private import Swift

/// The text in NFC and full case folding, with `’` read as `'`: equal for any two spellings that must compare alike.
func normalised(_ text: Substring) -> [Unicode.Scalar] {
  var scalars: [Unicode.Scalar] = []
  scalars.reserveCapacity(text.utf8.count)
  for scalar in text.unicodeScalars {
    guard scalar.isComposedWhenFolded else { return normalisedByComposing(text) }
    appendFolding(of: scalar, to: &scalars)
  }
  return scalars
}

/// Folding can open a composed scalar (`ǰ`), so the result is composed once more.
private func normalisedByComposing(_ text: Substring) -> [Unicode.Scalar] {
  var folded: [Unicode.Scalar] = []
  for scalar in String(text)._nfc {
    appendFolding(of: scalar, to: &folded)
  }
  return Array(String(String.UnicodeScalarView(folded))._nfc)
}

private func appendFolding(of scalar: Unicode.Scalar, to scalars: inout [Unicode.Scalar]) {
  switch scalar {
  case "A"..."Z": scalars.append(Unicode.Scalar(UInt8(scalar.value) | 0x20))
  case "\0"..."\u{7F}": scalars.append(scalar)
  case "’": scalars.append("'")
  default: scalars.append(contentsOf: scalar.fullCaseFolding.unicodeScalars)
  }
}

extension Unicode.Scalar {
  /// Text of these scalars alone is in NFC, and stays so when folded: ASCII, Latin-1, Latin Extended-A, general
  /// punctuation up to the currency signs, emoji.
  fileprivate var isComposedWhenFolded: Bool {
    switch value {
    case 0..<0x180, 0x2002...0x20CF, 0xFE0F, 0x1F000...0x1FAFF: true
    default: false
    }
  }
}
