/// The PostgreSQL schema in which a migration's tables are. Its SQL files name the one that they are written for, so that
/// they are SQL as they stand; where a setting names another, that one takes its place.
package struct TableSchema: Sendable, Equatable {
  /// What the SQL files say: `public` in `public.brands`.
  package let written: String
  package let name: String

  package init(_ written: String) { (self.written, name) = (written, written) }

  /// - Parameter name: nil if it is not a plain identifier (PostgreSQL section 4.1.1).
  package init?(_ name: String, insteadOf written: String) {
    let octets = name.utf8
    guard let first = octets.first, first.isWord, !(0x30...0x39).contains(first), octets.count <= Self.octetsMax,
      octets.allSatisfy(\.isWord)
    else { return nil }
    (self.written, self.name) = (written, name)
  }

  /// NAMEDATALEN less the final zero.
  private static let octetsMax = 63

  /// For SQL.
  package func qualified(_ table: String) -> String { "\(quoted).\(table)" }

  /// Itself, for SQL.
  package var quoted: String { name == written ? name : "\"\(name)\"" }

  /// SQL in which this schema stands where the written one stood.
  package func place(in sql: String) -> String {
    guard name != written else { return sql }
    return sql.replacing(name: "\(written).", with: "\(quoted).")
  }
}

extension String {
  /// Replaces a name of SQL where it is not a part of another one.
  package func replacing(name: String, with other: String) -> String {
    var (replaced, rest) = ("", self[...])
    while let found = rest.firstRange(of: name) {
      replaced += rest[..<found.lowerBound]
      let isPart =
        replaced.utf8.last.map { $0.isWord || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "\"") } == true
        || name.utf8.last!.isWord && rest[found.upperBound...].utf8.first?.isWord == true
      replaced += isPart ? rest[found] : other[...]
      rest = rest[found.upperBound...]
    }
    return replaced + rest
  }
}

extension UInt8 {
  /// Of an identifier in ASCII.
  fileprivate var isWord: Bool {
    (0x61...0x7A).contains(self) || (0x41...0x5A).contains(self) || (0x30...0x39).contains(self) || self == 0x5F
  }
}

extension Statement {
  /// - Parameter schema: in which its tables are.
  package init(file: [UInt8], in schema: TableSchema) {
    let written = Statement(file: file)
    self.init(name: written.name, schema.place(in: written.text))
  }
}
