/// `HTTP-version SP 3DIGIT SP [ reason-phrase ]` (RFC 9112 section 4); the second space may be missing where the phrase is.
struct StatusLine {
  private static let versionBytes = 8
  private static let statusDigits = 3

  let version: Version
  let status: Int

  init(_ bytes: Span<UInt8>, at place: Range<Int>) throws(ResponseError) {
    let start = place.lowerBound + Self.versionBytes + 1
    let end = start + Self.statusDigits
    guard end <= place.upperBound, bytes[start - 1] == Octet.space,
      end == place.upperBound || bytes[end] == Octet.space,
      let status = bytes.decimal(in: start..<end), (100...599).contains(status)
    else { throw .statusLine }
    self.status = status
    do { version = try Version(bytes, at: place.lowerBound..<start - 1) } catch { throw .malformed(error.reason) }
  }
}
