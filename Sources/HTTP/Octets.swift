/// Character classes of RFC 9110 and RFC 3986 over octets. Never over `Character`: there CR LF is one, and case and
/// white space follow Unicode.
enum Octet {
  static let tab: UInt8 = 0x09
  static let lineFeed: UInt8 = 0x0A
  static let carriageReturn: UInt8 = 0x0D
  static let space: UInt8 = 0x20
  static let quote = UInt8(ascii: "\"")
  static let backslash = UInt8(ascii: "\\")
}

extension UInt8 {
  /// A control that no part of a message may hold: all of them but HTAB (RFC 9110 section 5.5).
  @inline(__always)
  var isForbiddenControl: Bool { (self < 0x20 && self != Octet.tab) || self == 0x7F }

  @inline(__always)
  var isWhitespace: Bool { self == Octet.space || self == Octet.tab }

  @inline(__always)
  var isDigit: Bool { self &- 0x30 < 10 }

  /// RFC 9110 section 5.6.2.
  @inline(__always)
  var isTokenCharacter: Bool { Self.tokenCharacters.contains(self) }

  /// RFC 3986: pchar or "/". The percent sign is in; its two digits are checked where it is decoded.
  @inline(__always)
  var isPathCharacter: Bool { Self.pathCharacters.contains(self) }

  /// RFC 3986: pchar, "/" or "?".
  @inline(__always)
  var isQueryCharacter: Bool { self == UInt8(ascii: "?") || Self.pathCharacters.contains(self) }

  /// RFC 3986: unreserved, sub-delims or "%".
  @inline(__always)
  var isRegisteredNameCharacter: Bool { Self.registeredNameCharacters.contains(self) }

  /// The value of a hexadecimal digit, else nil.
  @inline(__always)
  var hexadecimalValue: Int? {
    if isDigit { return Int(self &- 0x30) }
    let letter = (self | 0x20) &- UInt8(ascii: "a")
    return letter < 6 ? Int(letter) + 10 : nil
  }

  /// ASCII lower case; any other octet as it is.
  @inline(__always)
  var lowercasedASCII: UInt8 { self &- UInt8(ascii: "A") < 26 ? self | 0x20 : self }

  // One bit an octet; the tests spell the sets out.
  private static var tokenCharacters: OctetSet {
    OctetSet(low: 0x03FF_6CFA_0000_0000, high: 0x57FF_FFFF_C7FF_FFFE)
  }
  private static var pathCharacters: OctetSet {
    OctetSet(low: 0x2FFF_FFF2_0000_0000, high: 0x47FF_FFFE_87FF_FFFF)
  }
  private static var registeredNameCharacters: OctetSet {
    OctetSet(low: 0x2BFF_7FF2_0000_0000, high: 0x47FF_FFFE_87FF_FFFE)
  }
}

/// A set of ASCII octets in two words.
struct OctetSet {
  let low: UInt64
  let high: UInt64

  @inline(__always)
  func contains(_ octet: UInt8) -> Bool {
    let word = octet < 64 ? low : high
    return octet < 128 && (word &>> UInt64(octet & 63)) & 1 == 1
  }
}
