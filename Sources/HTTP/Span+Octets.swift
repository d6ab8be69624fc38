extension Span where Element == UInt8 {
  /// Whether the octets at `place` are exactly those of `text`.
  func equals(_ text: String, in place: Range<Int>) -> Bool {
    let expected = text.utf8
    guard expected.count == place.count else { return false }
    var index = place.lowerBound
    for octet in expected {
      if self[index] != octet { return false }
      index += 1
    }
    return true
  }

  /// The same without regard to ASCII case.
  @inline(__always)
  func equalsIgnoringCase(_ text: String, in place: Range<Int>) -> Bool {
    let expected = text.utf8
    guard expected.count == place.count else { return false }
    var index = place.lowerBound
    for octet in expected {
      if self[index].lowercasedASCII != octet.lowercasedASCII { return false }
      index += 1
    }
    return true
  }

  /// `place` without the white space at its two ends: SP and HTAB only (RFC 9110 section 5.6.3).
  @inline(__always)
  func trimmed(_ place: Range<Int>) -> Range<Int> {
    var lower = place.lowerBound
    var upper = place.upperBound
    while lower < upper, self[lower].isWhitespace { lower += 1 }
    while lower < upper, self[upper - 1].isWhitespace { upper -= 1 }
    return lower..<upper
  }

  /// The first place of `octet` in `place`, else its end.
  @inline(__always)
  func firstIndex(of octet: UInt8, in place: Range<Int>) -> Int {
    var index = place.lowerBound
    while index < place.upperBound, self[index] != octet { index += 1 }
    return index
  }

  /// The first octet in `place` that fails `isAllowed`, if any.
  @inline(__always)
  func firstIndex(in place: Range<Int>, failing isAllowed: (UInt8) -> Bool) -> Int? {
    for index in place where !isAllowed(self[index]) { return index }
    return nil
  }

  /// The number `1*DIGIT` at `place`, nil for anything else. One that no Int holds is given as `Int.max`.
  func decimal(in place: Range<Int>) -> Int? {
    guard !place.isEmpty else { return nil }
    var value = 0
    for index in place {
      guard self[index].isDigit else { return nil }
      let (tenfold, overflowsTenfold) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflowsSum) = tenfold.addingReportingOverflow(Int(self[index] - 0x30))
      value = overflowsTenfold || overflowsSum ? Int.max : sum
    }
    return value
  }

  /// Calls `visit` with each element of the comma-separated list at `place`, trimmed; empty ones too.
  func forEachElement(in place: Range<Int>, _ visit: (Range<Int>) -> Void) {
    var start = place.lowerBound
    while true {
      let end = firstIndex(of: UInt8(ascii: ","), in: start..<place.upperBound)
      visit(trimmed(start..<end))
      guard end < place.upperBound else { return }
      start = end + 1
    }
  }
}

extension [UInt8] {
  /// Copies `place` of `bytes` to the end.
  @inline(__always)
  mutating func append(_ bytes: Span<UInt8>, in place: Range<Int>) {
    append(addingCapacity: place.count) { output in
      for index in place { output.append(bytes[index]) }
    }
  }
}
