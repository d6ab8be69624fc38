import Migration
import SQL

extension TableMove {
  /// Copies, in a transaction that holds the keys. Gives the rows written, by table.
  func run(keys: [Int], in session: any Session) async throws(DatabaseError) -> [String: Int] {
    let rows = try await session.query(copy, [.array(keys)])
    // What a deferred constraint refuses is refused here, and not when the transaction commits.
    _ = try await session.query(Statement("SET CONSTRAINTS ALL IMMEDIATE"))
    var counts: [String: Int] = [:]
    for (column, name) in rows.columns.map(\.name).enumerated() {
      counts[name] = rows.integer(row: 0, column: column)
    }
    return counts
  }
}
