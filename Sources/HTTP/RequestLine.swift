/// `method SP request-target SP HTTP-version`, exactly (RFC 9112 section 3). Nothing is repaired.
struct RequestLine: Sendable {
  let method: Method
  let target: RequestTarget
  let version: Version

  /// Reads the line at `place`. Shape is judged first, then version, method and target.
  init(_ bytes: Span<UInt8>, at place: Range<Int>) throws(ProtocolError) {
    let methodEnd = bytes.firstIndex(in: place) { $0.isTokenCharacter } ?? place.upperBound
    guard methodEnd > place.lowerBound, methodEnd < place.upperBound, bytes[methodEnd] == Octet.space else {
      throw ProtocolError(reason: .requestLineSyntax, offset: methodEnd)
    }
    let targetStart = methodEnd + 1
    let targetEnd = bytes.firstIndex(of: Octet.space, in: targetStart..<place.upperBound)
    guard targetEnd > targetStart, targetEnd < place.upperBound else {
      throw ProtocolError(reason: .requestLineSyntax, offset: targetEnd)
    }
    version = try Version(bytes, at: targetEnd + 1..<place.upperBound)
    guard let method = Method(bytes, in: place.lowerBound..<methodEnd) else {
      throw ProtocolError(reason: .methodUnknown, offset: place.lowerBound)
    }
    self.method = method
    target = try RequestTarget(bytes, at: targetStart..<targetEnd, for: method)
  }
}
