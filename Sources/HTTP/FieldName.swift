/// The name of a response field; names that differ in ASCII case only are equal.
///
/// Made from literals in the code alone. One that is no token traps, and so does one that the writer sets itself:
/// a second Content-Length cannot be written.
package struct FieldName: Hashable, Sendable, ExpressibleByStringLiteral {
  package let text: String

  package init(stringLiteral text: StaticString) {
    self.text = text.description
    precondition(!self.text.isEmpty && self.text.utf8.allSatisfy(\.isTokenCharacter), "a field name is a token")
    precondition(!Self.framing.contains(lowercased), "the writer frames the message")
  }

  package static func == (left: Self, right: Self) -> Bool {
    left.text.utf8.elementsEqual(right.text.utf8) { $0.lowercasedASCII == $1.lowercasedASCII }
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(lowercased)
  }

  private var lowercased: [UInt8] { text.utf8.map(\.lowercasedASCII) }

  private static let framing = ["connection", "content-length", "date", "transfer-encoding"].map { Array($0.utf8) }
}
