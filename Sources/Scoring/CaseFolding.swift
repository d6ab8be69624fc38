extension Unicode.Scalar {
  /// Full case folding (CaseFolding.txt, status C and F) of a scalar outside ASCII.
  ///
  /// The standard library has no folding but has the mappings it is made from: a scalar folds to the lower case of its
  /// upper case. Three groups differ: those that do not fold though they have case (`ı`), Cherokee, which folds to
  /// upper case, and `ẞ`, which has no upper case to go through.
  var fullCaseFolding: String {
    switch self {
    case _ where !properties.changesWhenCaseFolded: String(self)
    case "\u{13F8}"..."\u{13FD}", "\u{AB70}"..."\u{ABBF}": properties.uppercaseMapping
    case "ẞ": "ss"
    default:
      properties.uppercaseMapping.unicodeScalars.reduce(into: "") { $0 += $1.properties.lowercaseMapping }
    }
  }
}
