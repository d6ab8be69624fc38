/// The decoded parameters of a target's query, in the order they came, duplicates kept.
///
/// `+` is a space, as in forms; an empty piece (`a=1&&b=2`) is omitted; a name without `=` has an empty value.
package struct Query: Equatable, Sendable {
  package struct Parameter: Equatable, Sendable {
    package let name: String
    package let value: String
  }

  package private(set) var parameters: [Parameter] = []

  init() {}

  init(_ bytes: Span<UInt8>, at place: Range<Int>) throws(ProtocolError) {
    var start = place.lowerBound
    while start < place.upperBound {
      let end = bytes.firstIndex(of: UInt8(ascii: "&"), in: start..<place.upperBound)
      if start < end {
        let equals = bytes.firstIndex(of: UInt8(ascii: "="), in: start..<end)
        let name = try PercentDecoding.text(bytes, in: start..<equals, plusIsSpace: true)
        let value = try PercentDecoding.text(bytes, in: Swift.min(equals + 1, end)..<end, plusIsSpace: true)
        parameters.append(Parameter(name: name, value: value))
      }
      start = end + 1
    }
  }

  /// The first value of that name.
  package subscript(_ name: String) -> String? {
    parameters.first { $0.name == name }?.value
  }

  package func values(_ name: String) -> [String] {
    parameters.filter { $0.name == name }.map(\.value)
  }
}
