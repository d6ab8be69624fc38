/// `chunk-size [ chunk-ext ]` (RFC 9112 section 7.1). The size has to be right; extensions have to be well formed and
/// are then ignored.
struct ChunkLine {
  let byteCount: Int
  let extensionBytes: Int

  init(_ bytes: Span<UInt8>, at place: Range<Int>, digitsMax: Int) throws(ProtocolError) {
    var index = place.lowerBound
    var size = 0
    while index < place.upperBound, let digit = bytes[index].hexadecimalValue {
      guard index - place.lowerBound < digitsMax else { throw ProtocolError(reason: .chunkSize, offset: index) }
      size = size << 4 | digit
      index += 1
    }
    guard index > place.lowerBound else { throw ProtocolError(reason: .chunkSize, offset: index) }
    byteCount = size
    extensionBytes = place.upperBound - index
    while index < place.upperBound {
      guard Self.skipExtension(bytes, at: &index, end: place.upperBound) else {
        throw ProtocolError(reason: .chunkExtension, offset: index)
      }
    }
  }

  /// `BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ]`.
  private static func skipExtension(_ bytes: Span<UInt8>, at index: inout Int, end: Int) -> Bool {
    skipWhitespace(bytes, at: &index, end: end)
    guard index < end, bytes[index] == UInt8(ascii: ";") else { return false }
    index += 1
    skipWhitespace(bytes, at: &index, end: end)
    guard skipToken(bytes, at: &index, end: end) else { return false }
    var equals = index
    skipWhitespace(bytes, at: &equals, end: end)
    guard equals < end, bytes[equals] == UInt8(ascii: "=") else { return true }
    index = equals + 1
    skipWhitespace(bytes, at: &index, end: end)
    if index < end, bytes[index] == Octet.quote { return skipQuoted(bytes, at: &index, end: end) }
    return skipToken(bytes, at: &index, end: end)
  }

  private static func skipWhitespace(_ bytes: Span<UInt8>, at index: inout Int, end: Int) {
    while index < end, bytes[index].isWhitespace { index += 1 }
  }

  private static func skipToken(_ bytes: Span<UInt8>, at index: inout Int, end: Int) -> Bool {
    let start = index
    while index < end, bytes[index].isTokenCharacter { index += 1 }
    return index > start
  }

  private static func skipQuoted(_ bytes: Span<UInt8>, at index: inout Int, end: Int) -> Bool {
    index += 1
    while index < end, bytes[index] != Octet.quote {
      index += bytes[index] == Octet.backslash ? 2 : 1
    }
    guard index < end else { return false }
    index += 1
    return true
  }
}
