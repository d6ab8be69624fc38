/// A request target, taken apart and decoded once (RFC 9112 section 3.2).
///
/// Only what RFC 3986 allows in a path or query is accepted: a raw `"`, `<`, `\`, `{`, `|`, `#` or an octet beyond ASCII
/// makes the request line invalid.
struct RequestTarget: Sendable {
  let path: [String]
  let query: Query
  /// Empty for an absolute target without a path.
  let rawPath: Range<Int>
  let rawQuery: Range<Int>?
  /// Set for an absolute target.
  let authority: Range<Int>?

  init(_ bytes: Span<UInt8>, at place: Range<Int>, for method: Method) throws(ProtocolError) {
    switch bytes[place.lowerBound] {
    case UInt8(ascii: "/"):
      try self.init(bytes, pathAndQuery: place, authority: nil)
    case UInt8(ascii: "*") where place.count == 1 && method == .options:
      self.init(wholeServerAt: place, authority: nil)
    default:
      guard let start = Self.authorityStart(bytes, at: place) else {
        throw ProtocolError(reason: .targetForm, offset: place.lowerBound)
      }
      let end =
        bytes.firstIndex(in: start..<place.upperBound) { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        ?? place.upperBound
      guard Authority.isValid(bytes, at: start..<end) else {
        throw ProtocolError(reason: .targetAuthority, offset: start)
      }
      if end == place.upperBound, method == .options {
        self.init(wholeServerAt: end..<end, authority: start..<end)
      } else {
        try self.init(bytes, pathAndQuery: end..<place.upperBound, authority: start..<end)
      }
    }
  }

  private init(
    _ bytes: Span<UInt8>, pathAndQuery place: Range<Int>, authority: Range<Int>?
  ) throws(ProtocolError) {
    let pathEnd = bytes.firstIndex(in: place) { $0.isPathCharacter } ?? place.upperBound
    rawPath = place.lowerBound..<pathEnd
    rawQuery = try Self.queryPlace(bytes, in: pathEnd..<place.upperBound)
    path = try Self.segments(bytes, in: rawPath)
    query = if let rawQuery { try Query(bytes, at: rawQuery) } else { Query() }
    self.authority = authority
  }

  private init(wholeServerAt place: Range<Int>, authority: Range<Int>?) {
    path = []
    query = Query()
    rawPath = place
    rawQuery = nil
    self.authority = authority
  }

  /// Where the authority begins after `http://` or `https://`; nil for any other form.
  private static func authorityStart(_ bytes: Span<UInt8>, at place: Range<Int>) -> Int? {
    for scheme in ["http://", "https://"] {
      let end = place.lowerBound + scheme.utf8.count
      if end <= place.upperBound, bytes.equalsIgnoringCase(scheme, in: place.lowerBound..<end) { return end }
    }
    return nil
  }

  /// What stands behind the "?"; nil when the target ends with its path.
  private static func queryPlace(_ bytes: Span<UInt8>, in rest: Range<Int>) throws(ProtocolError) -> Range<Int>? {
    guard !rest.isEmpty else { return nil }
    guard bytes[rest.lowerBound] == UInt8(ascii: "?") else {
      throw ProtocolError(reason: .targetCharacter, offset: rest.lowerBound)
    }
    let place = rest.lowerBound + 1..<rest.upperBound
    if let wrong = bytes.firstIndex(in: place, failing: { $0.isQueryCharacter }) {
      throw ProtocolError(reason: .targetCharacter, offset: wrong)
    }
    return place
  }

  /// The segments after the first "/". They are split before they are decoded, so `%2F` is part of a segment.
  private static func segments(_ bytes: Span<UInt8>, in place: Range<Int>) throws(ProtocolError) -> [String] {
    guard !place.isEmpty else { return [""] }
    var segments: [String] = []
    segments.reserveCapacity(8)
    var start = place.lowerBound + 1
    while true {
      let end = bytes.firstIndex(of: UInt8(ascii: "/"), in: start..<place.upperBound)
      segments.append(try PercentDecoding.text(bytes, in: start..<end))
      guard end < place.upperBound else { return segments }
      start = end + 1
    }
  }
}
