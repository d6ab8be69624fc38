/// The value of a response field, valid by construction: no CR, LF, NUL or other control but HTAB can be in one, so a
/// header cannot be injected (RFC 9110 section 5.5).
package struct FieldValue: Hashable, Sendable {
  package let text: String

  /// Nil for text with a control character, or with white space at its ends.
  package init?(_ text: String) {
    let bytes = text.utf8
    guard !bytes.contains(where: \.isForbiddenControl), bytes.first?.isWhitespace != true,
      bytes.last?.isWhitespace != true
    else { return nil }
    self.text = text
  }

  package init(_ number: Int) {
    text = String(number)
  }

  /// For Allow (RFC 9110 section 10.2.1).
  package init(_ methods: [Method]) {
    text = methods.map(\.rawValue).joined(separator: ", ")
  }

  package init(_ tag: EntityTag) {
    text = tag.text
  }
}

extension FieldValue: ExpressibleByStringLiteral {
  /// Traps on a literal that is no field value.
  package init(stringLiteral text: StaticString) {
    guard let value = FieldValue(text.description) else { preconditionFailure("a field value has no controls") }
    self = value
  }
}
