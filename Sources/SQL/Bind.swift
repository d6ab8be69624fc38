package import CivilTime

/// A value for one `$n`, as the text that PostgreSQL reads it from.
package struct Bind: Sendable, Hashable {
  /// nil is NULL.
  package let text: String?

  package static let null = Bind(text: nil)

  /// PostgreSQL has no text with U+0000 in it.
  package var holdsNUL: Bool { text?.utf8.contains(0) ?? false }

  package static func text(_ value: String?) -> Bind { Bind(text: value) }
  package static func integer(_ value: Int) -> Bind { Bind(text: String(value)) }
  package static func boolean(_ value: Bool) -> Bind { Bind(text: value ? "t" : "f") }
  package static func uuid(_ value: UUIDValue) -> Bind { Bind(text: value.description) }
  package static func day(_ value: Day) -> Bind { Bind(text: value.description) }

  /// An array, in the text form of PostgreSQL section 8.15.2. nil is NULL.
  package static func array(_ values: [String]?) -> Bind {
    guard let values else { return .null }
    let items = values.map { "\"\($0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\"" }
    return Bind(text: "{\(items.joined(separator: ","))}")
  }

  /// An array with NULLs in it.
  package static func array(_ values: [String?]) -> Bind {
    let items = values.map {
      $0.map { "\"\($0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\"" } ?? "NULL"
    }
    return Bind(text: "{\(items.joined(separator: ","))}")
  }

  package static func array(_ values: [Int]) -> Bind {
    Bind(text: "{\(values.map(String.init).joined(separator: ","))}")
  }
}
