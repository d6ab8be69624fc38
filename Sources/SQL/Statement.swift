/// One SQL statement with binds `$1`, `$2`, …
///
/// A statement with a name is prepared once on each connection, under that name; one without is parsed each time.
package struct Statement: Sendable, Hashable {
  package let name: String?
  package let text: String

  package init(name: String? = nil, _ text: String) {
    self.name = name
    self.text = text
  }

  /// A statement from a `.sql` file, which names itself in its header: `-- name: dashboard.old`.
  package init(file: [UInt8]) {
    let text = String(decoding: file, as: UTF8.self)
    let header = text.prefix { $0 != "\n" }
    guard header.hasPrefix(Self.nameMark) else {
      preconditionFailure("an SQL file begins with its name: \(header)")
    }
    self.init(name: String(header.dropFirst(Self.nameMark.count)), text)
  }

  private static let nameMark = "-- name: "
}
