/// The fields of a request's head, kept as the bytes that came.
///
/// Lookup ignores ASCII case. A field that came more than once gives its values joined with ", ", as RFC 9110
/// section 5.3 reads them, so a repeated `Authorization` or `X-User-Id` is never mistaken for a single one.
package struct Headers: Sendable {
  let head: [UInt8]
  let lines: [FieldLine]

  package var count: Int { lines.count }

  /// The value as text, nil when the field is absent. Octets that are not UTF-8 come as U+FFFD, so that a broken value
  /// is a wrong value and not an absent one; `bytes(_:)` has them unchanged.
  package subscript(_ name: String) -> String? {
    let span = head.span
    guard let first = index(of: name, from: 0) else { return nil }
    guard index(of: name, from: first + 1) == nil else {
      return bytes(name).map { String(decoding: $0, as: UTF8.self) }
    }
    let place = lines[first].value
    if let text = try? UTF8Span(validating: span.extracting(place)) { return String(copying: text) }
    return String(decoding: head[place], as: UTF8.self)
  }

  /// The value's octets, nil when the field is absent.
  package func bytes(_ name: String) -> [UInt8]? {
    var joined: [UInt8]?
    var next = index(of: name, from: 0)
    while let found = next {
      let value = head[lines[found].value]
      if joined == nil {
        joined = Array(value)
      } else {
        joined?.append(contentsOf: ", ".utf8)
        joined?.append(contentsOf: value)
      }
      next = index(of: name, from: found + 1)
    }
    return joined
  }

  private func index(of name: String, from start: Int) -> Int? {
    let span = head.span
    for index in start..<lines.count where span.equalsIgnoringCase(name, in: lines[index].name) { return index }
    return nil
  }
}
