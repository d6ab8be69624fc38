/// Checks `uri-host [":" port]`, the value of Host and the authority of an absolute target (RFC 9110 section 4.2.1).
///
/// An empty host, user information and an IPvFuture literal are refused: no http URI served here has one.
enum Authority {
  static func isValid(_ bytes: Span<UInt8>, at place: Range<Int>) -> Bool {
    guard !place.isEmpty else { return false }
    let hostEnd: Int
    if bytes[place.lowerBound] == UInt8(ascii: "[") {
      let close = bytes.firstIndex(of: UInt8(ascii: "]"), in: place)
      guard close < place.upperBound, isIPv6(bytes, at: place.lowerBound + 1..<close) else { return false }
      hostEnd = close + 1
    } else {
      hostEnd = bytes.firstIndex(of: UInt8(ascii: ":"), in: place)
      guard hostEnd > place.lowerBound, isRegisteredName(bytes, at: place.lowerBound..<hostEnd) else { return false }
    }
    return hostEnd == place.upperBound || isPort(bytes, at: hostEnd..<place.upperBound)
  }

  private static func isRegisteredName(_ bytes: Span<UInt8>, at place: Range<Int>) -> Bool {
    var index = place.lowerBound
    while index < place.upperBound {
      guard bytes[index].isRegisteredNameCharacter else { return false }
      if bytes[index] == UInt8(ascii: "%") {
        guard index + 2 < place.upperBound, bytes[index + 1].hexadecimalValue != nil,
          bytes[index + 2].hexadecimalValue != nil
        else { return false }
      }
      index += 1
    }
    return true
  }

  /// ":" and a number up to 65535, which may be omitted.
  private static func isPort(_ bytes: Span<UInt8>, at place: Range<Int>) -> Bool {
    guard bytes[place.lowerBound] == UInt8(ascii: ":") else { return false }
    guard place.count > 1 else { return true }
    guard let port = bytes.decimal(in: place.lowerBound + 1..<place.upperBound) else { return false }
    return port <= Int(UInt16.max)
  }

  /// RFC 3986 section 3.2.2: eight groups, or fewer and one "::"; the last two may be an IPv4 address.
  private static func isIPv6(_ bytes: Span<UInt8>, at place: Range<Int>) -> Bool {
    var groups = 0
    var hasGap = false
    var index = place.lowerBound
    while index < place.upperBound {
      if bytes[index] == UInt8(ascii: ":"), index + 1 < place.upperBound, bytes[index + 1] == UInt8(ascii: ":") {
        guard !hasGap else { return false }
        hasGap = true
        index += 2
        continue
      }
      if index > place.lowerBound, bytes[index - 1] != UInt8(ascii: ":") {
        guard bytes[index] == UInt8(ascii: ":") else { return false }
        index += 1
      }
      let end = bytes.firstIndex(of: UInt8(ascii: ":"), in: index..<place.upperBound)
      if end == place.upperBound, isIPv4(bytes, at: index..<end) {
        groups += 2
      } else {
        guard (1...4).contains(end - index),
          bytes.firstIndex(in: index..<end, failing: { $0.hexadecimalValue != nil }) == nil
        else { return false }
        groups += 1
      }
      index = end
    }
    return hasGap ? groups < 8 : groups == 8
  }

  private static func isIPv4(_ bytes: Span<UInt8>, at place: Range<Int>) -> Bool {
    var start = place.lowerBound
    for part in 1...4 {
      let end = bytes.firstIndex(of: UInt8(ascii: "."), in: start..<place.upperBound)
      guard (1...3).contains(end - start), end - start == 1 || bytes[start] != UInt8(ascii: "0"),
        let number = bytes.decimal(in: start..<end), number <= 255, (end == place.upperBound) == (part == 4)
      else { return false }
      start = end + 1
    }
    return true
  }
}
