import Migration
import SQL

/// Columns of old tables that the mapping does not know and that hold values: a copy leaves them behind.
package struct UncarriedColumns: Error, Equatable, CustomStringConvertible {
  /// As `table.column`.
  let columns: [String]
  /// How to go on without them.
  let advice: String

  package var description: String {
    "\(columns.joined(separator: ", ")): the mapping does not carry these columns, and they hold values that a drop would destroy. \(advice) goes on without them"
  }

  /// Throws where there are such columns that nobody has accepted, once the new tables exist. The compatibility views
  /// show what is carried; they are made for this look, and undone.
  /// - Parameter step: the one that is being taken.
  static func refuse(
    _ migration: Migration, accepted: [String], by step: Step, in session: any Session
  ) async throws {
    _ = try await session.query(Statement("SAVEPOINT carried"))
    try await session.run(script: migration.compatibilityViews.text)
    let rows = try await session.query(
      Statement(file: PackageResources.uncarried_columns_sql),
      [
        .array(migration.oldTables.map(\.name)), .array(migration.qualifiedOldTables),
        .array(migration.oldTables.map { migration.schema.qualified($0.compatibilityView) }),
      ])
    _ = try await session.query(Statement("ROLLBACK TO SAVEPOINT carried"))
    var found: [String] = []
    for row in 0..<rows.count {
      let name = rows.string(row: row, column: 0) ?? ""
      let holdsValues = try await session.query(Statement(rows.string(row: row, column: 1) ?? ""))
      if holdsValues.boolean(row: 0, column: 0), !accepted.contains(name) { found.append(name) }
    }
    guard found.isEmpty else {
      let all = (accepted + found).joined(separator: ",")
      throw UncarriedColumns(
        columns: found,
        advice: step == .create ? migration.command("create --accept-columns \(all)") : "--force --reason TEXT")
    }
  }
}
