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
    guard let first = index(of: name, from: 0) else { return nil }
    if index(of: name, from: first + 1) != nil { return String(decoding: joined(name, from: first), as: UTF8.self) }
    let place = lines[first].value
    if let text = try? UTF8Span(validating: head.span.extracting(place)) { return String(copying: text) }
    return String(decoding: head[place], as: UTF8.self)
  }

  /// The value's octets, nil when the field is absent.
  package func bytes(_ name: String) -> [UInt8]? {
    index(of: name, from: 0).map { joined(name, from: $0) }
  }

  private func joined(_ name: String, from first: Int) -> [UInt8] {
    var value = Array(head[lines[first].value])
    var last = first
    while let next = index(of: name, from: last + 1) {
      value.append(contentsOf: ", ".utf8)
      value.append(contentsOf: head[lines[next].value])
      last = next
    }
    return value
  }

  private func index(of name: String, from start: Int) -> Int? {
    let span = head.span
    for index in start..<lines.count where span.equalsIgnoringCase(name, in: lines[index].name) { return index }
    return nil
  }
}
