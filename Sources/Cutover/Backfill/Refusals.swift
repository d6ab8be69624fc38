import Migration
import SQL

/// Old rows with a value that the new tables cannot store, although nothing that the mapping knows is wrong with them.
struct Refusals {
  /// Rows of one key that are tried one by one; a key with more is skipped whole.
  private static let rowsMax = 200

  private let migration: Migration

  init(_ migration: Migration) { self.migration = migration }

  /// Old rows that the last backfill found refused.
  func known(of keys: [Int], in session: any Session) async throws(DatabaseError) -> [OldRow] {
    try await session.query(
      Statement(file: PackageResources.refused_known_sql), [.text(migration.name), .array(keys)]
    ).oldRows
  }

  /// Copies what can be copied of a key that the transaction has locked, and records each row that cannot.
  func isolate(_ key: Int, in session: any Session) async throws(DatabaseError) -> CopyCounts {
    let move = migration.copy
    let rows = try await session.query(move.rows, [.array([key])]).oldRows
    var refused = rows
    if rows.count <= Self.rowsMax {
      for row in rows {
        let others = refused.filter { $0 != row }
        if try await isStored(key, refused: others, in: session) { refused = others }
      }
    }
    _ = try await session.query(
      Statement(file: PackageResources.refused_record_sql),
      [.text(migration.name)] + refused.binds + [.integer(key)])
    return try await move.run(keys: [key], refused: refused, in: session)
  }

  /// Only a trial: what it writes is undone, so that the copy that follows counts all that it writes.
  private func isStored(_ key: Int, refused: [OldRow], in session: any Session) async throws(DatabaseError) -> Bool {
    _ = try await session.query(Statement("SAVEPOINT attempt"))
    var isStored = true
    do { _ = try await migration.copy.run(keys: [key], refused: refused, in: session) } catch  where error.isDataError {
      isStored = false
    }
    _ = try await session.query(Statement("ROLLBACK TO SAVEPOINT attempt"))
    return isStored
  }
}
