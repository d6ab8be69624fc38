package import SQL

/// Reads what a verification found.
package struct FindingsReader {
  package struct Difference: Sendable, Equatable {
    package let number: Int
    /// A table, the view, or a service whose answers differ.
    package let table: String
    package let key: Int?
    /// Which of the key's rows, as a person knows it.
    package let member: String?
    /// nil: the whole row.
    package let column: String?
    /// As JSON.
    package let old: String?
    package let new: String?

    /// - Parameter keyTitle: what a key stands for.
    package func text(_ keyTitle: String) -> String {
      let place = [
        table, key.map { "\(keyTitle) \($0)" }, member, column ?? (key == nil ? nil : "the whole row"),
      ]
      return "\(place.compactMap { $0 }.joined(separator: ", ")): old \(old ?? "none"), new \(new ?? "none")"
    }
  }

  private static let pageRows = 1_000

  private let verification: Int
  private let database: any Database

  package init(_ verification: Int, database: any Database) {
    self.verification = verification
    self.database = database
  }

  package func differences(after number: Int, limit: Int) async throws(DatabaseError) -> [Difference] {
    let rows = try await database.query(
      Statement(file: PackageResources.differences_list_sql),
      [.integer(verification), .integer(number), .integer(limit)])
    return (0..<rows.count).map { row in
      Difference(
        number: rows.integer(row: row, column: 0) ?? 0, table: rows.string(row: row, column: 1) ?? "",
        key: rows.integer(row: row, column: 2), member: rows.string(row: row, column: 3),
        column: rows.string(row: row, column: 4), old: rows.string(row: row, column: 5),
        new: rows.string(row: row, column: 6))
    }
  }

  package func forEachDifference(_ body: (Difference) -> Void) async throws(DatabaseError) {
    var last = 0
    while case let page = try await differences(after: last, limit: Self.pageRows), let end = page.last {
      for difference in page { body(difference) }
      last = end.number
    }
  }

  /// Rows of an old table, by id.
  package func forEachExplained(
    of table: String, _ body: (_ id: Int, _ reason: String) -> Void
  ) async throws(DatabaseError) {
    var last = Int.min
    while true {
      let rows = try await database.query(
        Statement(file: PackageResources.explained_list_sql),
        [.integer(verification), .text(table), .integer(last), .integer(Self.pageRows)])
      guard !rows.isEmpty else { return }
      for row in 0..<rows.count {
        last = rows.integer(row: row, column: 0) ?? 0
        body(last, rows.string(row: row, column: 1) ?? "")
      }
    }
  }
}
