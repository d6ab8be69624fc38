import Migration
import SQL

extension TableMove {
  /// Copies, in a transaction that holds the keys. Gives the rows written, by table.
  ///
  /// The plan is made without looking at the keys: one that is made for a long list of them would read a whole table
  /// whose statistics are old.
  func run(keys: [Int], in session: any Session) async throws(DatabaseError) -> [String: Int] {
    _ = try await session.query(Statement("SET LOCAL plan_cache_mode = force_generic_plan"))
    let rows = try await session.query(copy, [.array(keys)])
    var counts: [String: Int] = [:]
    for (column, name) in rows.columns.map(\.name).enumerated() {
      counts[name] = rows.integer(row: 0, column: column)
    }
    return counts
  }
}
