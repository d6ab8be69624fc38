package import Migration
package import SQL

/// Which old rows have a reason to differ for a subject, at this moment.
///
/// What a verification has noted of them is older than the snapshot on which the answers are compared: rows come, go,
/// and are put right meanwhile.
package struct AnswerReasons {
  private static let batchKeys = 2_000

  /// Old rows that are not copied.
  package private(set) var skipped: [OldRow] = []
  /// There are rows that are copied and answered differently all the same: the answers prove nothing.
  package private(set) var isExcused = false

  package static func find(
    of subject: String, _ migration: Migration, in session: any Session
  ) async throws(DatabaseError) -> AnswerReasons {
    var reasons = AnswerReasons()
    let rows = try await session.query(migration.parity.subjectKeys, [.text(subject)])
    let keys = (0..<rows.count).compactMap { rows.integer(row: $0, column: 0) }
    for start in stride(from: 0, to: keys.count, by: batchKeys) {
      let batch = Array(keys[start..<min(start + batchKeys, keys.count)])
      let refused = try await Refusals(migration).known(of: batch, in: session)
      let explained = try await session.query(migration.parity.explained, [.array(batch)] + refused.binds)
      for row in 0..<explained.count {
        if explained.boolean(row: row, column: 4) {
          reasons.skipped.append(explained.oldRow(row))
        } else if !explained.isNull(row: row, column: 5) {
          reasons.isExcused = true
        }
      }
    }
    return reasons
  }

  /// From now until `HiddenRows.show` statements of `HiddenRows.without` do not see the rows that are not copied.
  package func hide(of migration: Migration, in session: any Session) async throws(DatabaseError) {
    try await HiddenRows(migration).hide(
      Statement("SELECT r.table_name, r.id FROM unnest($1::text[], $2::bigint[]) r (table_name, id)"), skipped.binds,
      in: session)
  }
}
