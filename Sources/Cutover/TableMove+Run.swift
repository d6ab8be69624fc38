import Migration
import SQL

/// What one run of a mapping did.
struct CopyCounts: Equatable {
  /// Rows written, by table.
  var written: [String: Int] = [:]
  /// Keys that had new rows, all of them right.
  var unchanged = 0

  private static let unchangedColumn = "unchanged"

  init(_ rows: Rows) {
    for (column, name) in rows.columns.map(\.name).enumerated() {
      let count = rows.integer(row: 0, column: column) ?? 0
      if name == Self.unchangedColumn { unchanged = count } else { written[name] = count }
    }
  }
}

extension TableMove {
  /// Copies, in a transaction that has locked the keys.
  /// - Parameter refused: old rows to skip.
  func run(keys: [Int], refused: [OldRow] = [], in session: any Session) async throws(DatabaseError) -> CopyCounts {
    _ = try await session.query(Statement("SELECT set_config('switchyard.is_copying', '0', true)"))
    let rows = try await session.query(copy, [.array(keys)] + refused.binds)
    // What a deferred constraint refuses is refused here, and not when the transaction commits.
    _ = try await session.query(Statement("SET CONSTRAINTS ALL IMMEDIATE"))
    return CopyCounts(rows)
  }
}
